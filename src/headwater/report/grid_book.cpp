#include "headwater/report/grid_book.hpp"

#include <algorithm>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"

namespace headwater {
namespace {

constexpr std::size_t kEveryRow = std::numeric_limits<std::size_t>::max();

void add(std::vector<std::string>& notes, std::string note) {
  if (!note.empty()) notes.push_back(std::move(note));
}

void append(std::vector<std::string>& notes, std::vector<std::string> more) {
  for (std::string& note : more) notes.push_back(std::move(note));
}

class Builder {
 public:
  Builder(const Tree& result, const BookOptions& options) : result_(result), options_(options) {}

  std::vector<Grid> grids;

  void coefficients();
  void decompositions();

 private:
  void one_model(const Tree& fit);
  void models(const std::vector<const Tree*>& fits);
  void tests(const Tree& fit);
  void triplet(const std::vector<const Tree*>& members);
  void nodes_of(const Tree& fit);
  void by_group(const Tree& fit, std::size_t from, std::size_t count);
  void parts(const Tree& node, const std::string& fit);
  void extras(const Tree& node, const std::string& title);

  const Tree& result_;
  const BookOptions& options_;
};

std::string stars_note() { return "Stars: *** p < 0.001, ** p < 0.01, * p < 0.05."; }

std::string title_of(const Tree& fit) {
  const std::string title = text_attribute(fit, "title");
  return title.empty() ? fit.name : title;
}

// "" when the models that could be fitted use equally many rows.
std::string samples_note(const std::vector<const Tree*>& fits) {
  std::vector<double> rows;
  for (const Tree* fit : fits)
    if (!failed(*fit)) rows.push_back(number_attribute(*fit, "nobs"));
  const bool differ = std::any_of(rows.begin(), rows.end(), [&](double n) { return n != rows.front(); });
  return differ ? "The models use different rows, so differences between them mix models and samples." : "";
}

bool triplet_starts(const std::vector<Tree>& fits, std::size_t at) {
  const char* wanted[] = {"activity", "resource", "ratio"};
  if (at + 3 > fits.size()) return false;
  for (std::size_t i = 0; i < 3; ++i)
    if (text_attribute(fits[at + i], "role") != wanted[i]) return false;
  return true;
}

void Builder::one_model(const Tree& fit) {
  Grid grid = model_grid(fit, options_.stars);
  grid.title = "Coefficients: " + title_of(fit);
  add(grid.lead, text_attribute(fit, "question"));
  add(grid.lead, text_attribute(fit, "formula"));
  if (options_.stars) grid.notes.push_back(stars_note());
  append(grid.notes, fit_notes(fit));
  append(grid.notes, unidentified_notes(fit));
  grids.push_back(std::move(grid));
  Grid summary = summary_grid(fit);
  summary.title = "Sample and fit: " + title_of(fit);
  summary.columns[0].heading = "quantity";
  summary.columns[1].heading = "value";
  grids.push_back(std::move(summary));
  tests(fit);
}

void Builder::models(const std::vector<const Tree*>& fits) {
  Grid grid = models_grid(fits, options_.stars);
  const bool triplet = !text_attribute(*fits.front(), "role").empty() && fits.size() == 3;
  grid.title = "Coefficients: " + (triplet ? title_of(*fits.front()) : std::string("models side by side"));
  if (triplet) add(grid.lead, text_attribute(*fits.front(), "question"));
  grid.notes.emplace_back("Standard errors in brackets under the estimates.");
  add(grid.notes, samples_note(fits));
  if (options_.stars) grid.notes.push_back(stars_note());
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const Tree& fit = *fits[i];
    if (failed(fit)) {
      grid.notes.push_back(fit.name + " failed: " + text_attribute(fit, "error_message"));
      continue;
    }
    std::vector<std::string> own = fit_notes(fit);
    append(own, unidentified_notes(fit));
    const std::string name = "[" + grid.columns[i + 1].heading + "] ";
    grid.notes.push_back(name + text_attribute(fit, "formula"));
    for (const std::string& note : own) grid.notes.push_back(name + note);
  }
  grids.push_back(std::move(grid));
  for (const Tree* fit : fits)
    if (!failed(*fit)) tests(*fit);
}

void Builder::tests(const Tree& fit) {
  Grid grid = tests_grid(fit);
  if (grid.rows.empty()) return;
  grid.title = "Tests: " + fit.name;
  grid.notes.emplace_back("MDE: the smallest effect found with the power of the analysis; read a null beside it.");
  grids.push_back(std::move(grid));
}

void Builder::coefficients() {
  const Tree* fits = result_.find_child("fits");
  if (!fits) return;
  std::vector<const Tree*> rest;
  for (std::size_t i = 0; i < fits->children.size(); ++i) {
    if (options_.fits.empty() && triplet_starts(fits->children, i)) {
      models({&fits->children[i], &fits->children[i + 1], &fits->children[i + 2]});
      i += 2;
    } else {
      rest.push_back(&fits->children[i]);
    }
  }
  if (rest.size() == 1 && !failed(*rest.front()))
    one_model(*rest.front());
  else if (!rest.empty())
    models(rest);
}

void Builder::extras(const Tree& node, const std::string& title) {
  if (Grid grid = quantities_grid(node); !grid.rows.empty()) {
    grid.title = title + ": beside the parts";
    grid.columns[0].heading = "quantity";
    grids.push_back(std::move(grid));
  }
  if (Grid grid = bootstrap_grid(node); !grid.rows.empty()) {
    grid.title = title + ": bootstrap";
    grid.columns[0].heading = "component";
    grids.push_back(std::move(grid));
  }
  for (const MethodTable& table : method_tables(node)) {
    Grid grid = method_grid(table, kEveryRow);
    if (grid.rows.empty()) continue;
    grid.title = title + ": " + grid.title;
    grids.push_back(std::move(grid));
  }
}

void Builder::parts(const Tree& node, const std::string& fit) {
  Grid grid = parts_grid(node);
  grid.title = text_attribute(node, "method") + " (" + fit + ")";
  add(grid.lead, text_attribute(node, "question"));
  add(grid.lead, explained_note(node));
  grid.notes.push_back(frame_note(node));
  add(grid.notes, no_shares_note(node));
  append(grid.notes, decomposition_notes(node));
  const std::string title = grid.title;
  grids.push_back(std::move(grid));
  extras(node, title);
}

void Builder::by_group(const Tree& fit, std::size_t from, std::size_t count) {
  const Tree& first = fit.children[from];
  Grid grid = group_grid(fit.children, from, count);
  grid.title = text_attribute(first, "method") + " by " + text_attribute(first, "choice.by") + " (" + fit.name + ")";
  grid.notes.push_back("In " + text_attribute(first, "unit") +
                       ", standard errors in brackets. Uncertainty: " + text_attribute(first, "frame") + ".");
  grids.push_back(std::move(grid));
}

void Builder::nodes_of(const Tree& fit) {
  for (std::size_t k = 0; k < fit.children.size(); ++k) {
    if (const std::size_t groups = groups_at(fit.children, k)) {
      by_group(fit, k, groups);
      k += groups - 1;
    } else {
      parts(fit.children[k], fit.name);
    }
  }
}

void Builder::triplet(const std::vector<const Tree*>& members) {
  const Tree& last = *members.back();
  for (std::size_t k = 0; k < last.children.size(); ++k) {
    const Tree& ratio = last.children[k];
    if (groups_at(last.children, k) > 0 || !additive(ratio)) continue;
    Grid grid = triplet_grid({&members[0]->children[k], &members[1]->children[k], &ratio});
    grid.title = text_attribute(ratio, "method") + ": activity, resource and ratio (" + last.name + ")";
    add(grid.lead, text_attribute(ratio, "question"));
    grid.notes.emplace_back("In " + text_attribute(ratio, "unit") + ". Standard errors in brackets.");
    grids.push_back(std::move(grid));
  }
  for (const Tree* member : members) nodes_of(*member);
}

void Builder::decompositions() {
  const Tree* all = result_.find_child("decompositions");
  if (!all) return;
  for (std::size_t fit = 0; fit < all->children.size(); ++fit) {
    if (const std::vector<const Tree*> members = triplet_at(result_, *all, fit); !members.empty()) {
      triplet(members);
      fit += 2;
    } else {
      nodes_of(all->children[fit]);
    }
  }
}

void add_origin(std::vector<std::string>& lead, const Tree& result) {
  add(lead, simulated_notice(result));
  if (const Tree* data = result.find_child("data")) {
    const std::string hash = text_attribute(*data, "sha256");
    add(lead, "Data: " + text_attribute(*data, "file") + (hash.empty() ? "" : ", SHA-256 " + hash) + ".");
  }
  add(lead, "Made by Headwater " + text_attribute(result, "program_version") + ".");
}

}  // namespace

std::string without_markup(char c) {
  switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    default: return {c};
  }
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '\n' || c == '\t' || c == '\r')
      out += ' ';
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      out += c;
  return out;
}

std::string simulated_notice(const Tree& result) {
  return result.find_attribute("simulated") && number_attribute(result, "simulated") != 0
             ? "SIMULATED DATA: no real trust is described here."
             : "";
}

Tree with_fits(const Tree& result, const std::vector<std::string>& fits) {
  if (fits.empty()) return result;
  const Tree* all = result.find_child("fits");
  std::vector<std::string> known;
  if (all)
    for (const Tree& fit : all->children) known.push_back(fit.name);
  Tree chosen = result;
  for (const char* folder : {"fits", "decompositions"}) {
    const Tree* from = result.find_child(folder);
    if (!from) continue;
    Tree& to = chosen.child(folder);
    to.children.clear();
    for (const std::string& name : fits)
      if (const Tree* fit = from->find_child(name)) to.children.push_back(*fit);
  }
  for (const std::string& name : fits)
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string near = nearest(name, known);
      throw Error(ErrorKind::usage, "table.unknown_fit",
                  "the result has no fit '" + name + "'" +
                      (near.empty() ? "; it has " + joined(known, ", ") : "; did you mean '" + near + "'?"),
                  {.key = "fits"});
    }
  return chosen;
}

GridBook grid_book(const Tree& result, const BookOptions& options) {
  const Tree chosen = with_fits(result, options.fits);
  Builder builder(chosen, options);
  if (options.what != TableWhat::decompositions) builder.coefficients();
  if (options.what != TableWhat::coefficients) builder.decompositions();
  GridBook book{"Tables of a result of Headwater", {}, std::move(builder.grids)};
  add_origin(book.lead, result);
  return book;
}

}  // namespace headwater
