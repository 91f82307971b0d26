#include "headwater/report/grid_book.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/profiles.hpp"

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
  GridStyle style() const { return {options_.stars, options_.statistics}; }
  std::vector<std::string> notes_of(const Tree& fit) const;
  std::string under_note(const std::vector<const Tree*>& fits) const;
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

// What is true of several models is said once.
struct ModelNote {
  std::string text;
  std::vector<std::string> models;  // none: of the table
};

void add_model_note(std::vector<ModelNote>& notes, const std::string& text, const std::string& model) {
  for (ModelNote& note : notes)
    if (note.text == text) return note.models.push_back(model);
  notes.push_back({text, {model}});
}

bool triplet_starts(const std::vector<Tree>& fits, std::size_t at) {
  const char* wanted[] = {"activity", "resource", "ratio"};
  if (at + 3 > fits.size()) return false;
  for (std::size_t i = 0; i < 3; ++i)
    if (text_attribute(fits[at + i], "role") != wanted[i]) return false;
  return true;
}

std::vector<std::string> Builder::notes_of(const Tree& fit) const {
  std::vector<std::string> notes = options_.full_notes ? fit_notes(fit) : short_fit_notes(fit);
  append(notes, unidentified_notes(fit));
  return notes;
}

// What stands under the estimates.
std::string Builder::under_note(const std::vector<const Tree*>& fits) const {
  const auto usable = std::find_if(fits.begin(), fits.end(), [](const Tree* fit) { return !failed(*fit); });
  if (usable == fits.end()) return "";
  std::vector<std::string> parts;
  const std::vector<std::string> names =
      options_.statistics.empty() ? std::vector<std::string>{"std_error"} : options_.statistics;
  for (const std::string& name : names) {
    if (name == "std_error") parts.emplace_back("standard errors in brackets");
    if (name == "interval")
      parts.push_back(significant(100 * number_attribute(**usable, "level"), 4) + " % intervals in square brackets");
    if (name == "mde")
      parts.push_back("in braces the smallest effect found with " +
                      significant(100 * number_attribute(**usable, "power"), 4) + " % power (MDE)");
  }
  return parts.empty() ? "" : "Under the estimates: " + joined(parts, "; ") + ".";
}

void Builder::one_model(const Tree& fit) {
  Grid grid = model_grid(fit, style());
  grid.title = "Coefficients: " + title_of(fit);
  if (options_.full_notes) add(grid.lead, text_attribute(fit, "question"));
  if (options_.full_notes) add(grid.lead, text_attribute(fit, "formula"));
  if (options_.stars) grid.notes.push_back(stars_note());
  append(grid.notes, notes_of(fit));
  grids.push_back(std::move(grid));
  Grid summary = summary_grid(fit);
  summary.title = "Sample and fit: " + title_of(fit);
  summary.columns[0].heading = "quantity";
  summary.columns[1].heading = "value";
  grids.push_back(std::move(summary));
  tests(fit);
}

void Builder::models(const std::vector<const Tree*>& fits) {
  Grid grid = models_grid(fits, style());
  const bool triplet = !text_attribute(*fits.front(), "role").empty() && fits.size() == 3;
  grid.title = "Coefficients: " + (triplet ? title_of(*fits.front()) : std::string("models side by side"));
  if (triplet && options_.full_notes) add(grid.lead, text_attribute(*fits.front(), "question"));
  add(grid.notes, under_note(fits));
  add(grid.notes, samples_note(fits));
  if (options_.stars) grid.notes.push_back(stars_note());
  std::vector<ModelNote> notes;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const std::string& heading = grid.columns[i + 1].heading;
    if (failed(*fits[i])) {
      notes.push_back({fits[i]->name + " failed: " + text_attribute(*fits[i], "error_message"), {}});
      continue;
    }
    if (options_.full_notes) notes.push_back({text_attribute(*fits[i], "formula"), {heading}});
    for (const std::string& note : notes_of(*fits[i])) add_model_note(notes, note, heading);
  }
  for (const ModelNote& note : notes) {
    const bool of_all = note.models.empty() || note.models.size() == fits.size();
    grid.notes.push_back((of_all ? "" : "[" + joined(note.models, ", ") + "] ") + note.text);
  }
  grids.push_back(std::move(grid));
  for (const Tree* fit : fits)
    if (!failed(*fit)) tests(*fit);
}

void Builder::tests(const Tree& fit) {
  if (Grid profiles = profiles_grid(fit); !profiles.rows.empty()) grids.push_back(std::move(profiles));
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
    if (!options_.side_by_side && options_.fits.empty() && triplet_starts(fits->children, i)) {
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
  if (options_.extras) extras(node, title);
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
  // The folders of a machine are no part of a published table.
  if (const Tree* data = result.find_child("data"))
    add(lead, "Data: " + std::filesystem::path(text_attribute(*data, "file")).filename().string() + ".");
  add(lead, "Made by Headwater " + text_attribute(result, "program_version") + ".");
}

std::string time_of(const Tree& result) {
  const Tree* fits = result.find_child("fits");
  return fits && !fits->children.empty() ? text_attribute(fits->children.front(), "time") : "";
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

Words words_of(const Tree& result, const BookOptions& options) {
  const Tree* run = result.find_child("run");
  return Words((run ? text_attribute(*run, "report.names") : "") + ";" + options.names);
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

namespace {

bool of_coefficients(const Grid& grid) { return !grid.columns.empty() && grid.columns.front().heading == "term"; }

// The rows that are asked for, and what the author writes over and under the first table.
void edit(std::vector<Grid>& grids, const BookOptions& options, const Words& words) {
  check_patterns(grids, options.rows, words);
  bool first = true;
  for (Grid& grid : grids) {
    if (!of_coefficients(grid)) {
      if (grid.title.rfind("Sample and fit: ", 0) == 0) choose_below(grid, options.rows);
      continue;
    }
    choose_rows(grid, options.rows, words);
    if (first && !options.caption.empty()) grid.title = options.caption;
    if (first) grid.label = options.label;
    if (first) add(grid.notes, options.note);
    first = false;
  }
}

}  // namespace

GridBook grid_book(const Tree& result, const BookOptions& options) {
  const Tree chosen = with_fits(result, options.fits);
  Builder builder(chosen, options);
  if (options.what != TableWhat::decompositions) builder.coefficients();
  if (options.what != TableWhat::coefficients) builder.decompositions();
  GridBook book{"Tables of a result of Headwater", {}, std::move(builder.grids)};
  add_origin(book.lead, result);
  const Words words = words_of(result, options);
  edit(book.grids, options, words);
  if (!words.empty()) rename(book, words, words.key(time_of(result), "period"));
  return book;
}

}  // namespace headwater
