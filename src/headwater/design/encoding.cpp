#include "headwater/design/encoding.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/polynomial.hpp"

namespace headwater {
namespace {

constexpr int kMostColumns = 1000;  // of one term

bool is_call(const Expression& e, const char* function) {
  return e.kind == Expression::Kind::call && e.name == function;
}

bool is_text_column(const Panel& panel, const Expression& e) {
  return e.kind == Expression::Kind::column && panel.column(e.name).type == Column::Type::text;
}

// A mistake rather than a factor: numbers with something that is none among them.
void refuse_text_that_may_be_numbers(const Panel& panel, const Column& column) {
  if (!may_be_numbers(column)) return;
  const std::string& file = panel.ledger().file;
  throw Error(ErrorKind::data, "data.not_a_number",
              "column '" + column.name + "' of " + file + " holds text and is used as a number: " + column.why_text +
                  "; correct it or mark it as missing, or write factor(" + column.name +
                  ") if its texts are categories",
              {.file = file, .column = column.name});
}

// What was made of a text column that nobody called a factor.
Note text_factor(const FactorPart& part, const Encoding::Factor& factor) {
  const std::string left_out = factor.references.empty() ? "none" : joined(factor.references, ", ");
  return {"design.text_factor", "'" + part.label + "' is text, so it is a factor: " +
                                    counted(static_cast<long long>(factor.levels.size()), "level") + ", " + left_out +
                                    " left out; write factor(" + part.label + ") if that is meant"};
}

Grouping groups_of(const Panel& panel, const Expression& e) {
  if (e.kind == Expression::Kind::column) return grouping(panel.column(e.name));
  Column column;
  column.name = to_text(e);
  column.numbers = evaluate(panel, e);
  return grouping(column);
}

std::string level_text(const Expression& e) {
  if (e.kind == Expression::Kind::unary && e.name == "-") return "-" + level_text(*e.arguments[0].value);
  return e.kind == Expression::Kind::text || e.kind == Expression::Kind::column ? e.name : to_text(e);
}

std::vector<std::string> level_list(const Expression& e) {
  if (!is_call(e, "c")) return {level_text(e)};
  std::vector<std::string> levels;
  for (const Argument& argument : e.arguments) levels.push_back(level_text(*argument.value));
  return levels;
}

void merge_levels(Grouping& groups, const std::map<std::string, std::string>& renamed) {
  Names labels;
  std::vector<std::int32_t> code_of;
  for (const std::string& label : groups.labels) {
    const auto found = renamed.find(label);
    const std::string& name = found == renamed.end() ? label : found->second;
    const auto known = std::find(labels.begin(), labels.end(), name);
    code_of.push_back(static_cast<std::int32_t>(known - labels.begin()));
    if (known == labels.end()) labels.push_back(name);
  }
  for (std::int32_t& code : groups.code)
    if (code >= 0) code = code_of[static_cast<std::size_t>(code)];
  groups.labels = labels;
  groups.count = static_cast<std::int32_t>(labels.size());
}

// bin = .(early = c(2013, 2014), late = c(2015, 2016)), or bin = "bin::2" for steps of a numeric factor.
void apply_bins(Grouping& groups, const Expression& bins) {
  std::map<std::string, std::string> renamed;
  if (bins.kind == Expression::Kind::text && bins.name.rfind("bin::", 0) == 0) {
    const auto width = parse_number(std::string_view(bins.name).substr(5));
    if (!width || !(*width > 0)) formula_error("bin", "\"" + bins.name + "\" is not a bin width; write \"bin::5\"");
    for (const std::string& label : groups.labels)
      if (const auto value = parse_number(label)) renamed[label] = shortest(std::floor(*value / *width) * *width);
  } else if (bins.kind == Expression::Kind::call && (bins.name == "." || bins.name == "list")) {
    for (const Argument& bin : bins.arguments) {
      if (bin.name.empty()) formula_error("bin", "every bin needs a name: bin = .(early = c(2013, 2014))");
      for (const std::string& level : level_list(*bin.value)) {
        if (std::find(groups.labels.begin(), groups.labels.end(), level) == groups.labels.end())
          formula_error("bin", "'" + level + "' is not a level of '" + groups.name + "'; its levels are " +
                                   joined(groups.labels, ", "));
        renamed[level] = bin.name;
      }
    }
  } else {
    formula_error("bin", "bin = " + to_text(bins) +
                             " is not understood; write bin = .(name = c(level, level)) or bin = \"bin::5\"");
  }
  merge_levels(groups, renamed);
}

void add_fixest_factor(const Panel& panel, const Expression& call, std::vector<FactorPart>& parts) {
  const Expression* partner = nullptr;
  FactorPart factor{.kind = FactorPart::Kind::factor, .fixest = true};
  for (std::size_t a = 0; a < call.arguments.size(); ++a) {
    const Argument& argument = call.arguments[a];
    if (a == 0 && argument.name.empty()) {
      factor.label = to_text(*argument.value);
      factor.groups = groups_of(panel, *argument.value);
    } else if (a == 1 && argument.name.empty()) {
      partner = argument.value.get();
    } else if (argument.name == "ref" || (a == 2 && argument.name.empty())) {
      factor.references = level_list(*argument.value);
    } else if (argument.name == "bin") {
      apply_bins(factor.groups, *argument.value);
    } else {
      formula_error("arguments", "i() takes a factor, a partner, ref = and bin =; '" +
                                     (argument.name.empty() ? to_text(*argument.value) : argument.name) +
                                     "' is none of them");
    }
  }
  if (factor.label.empty())
    formula_error("arguments", "i() needs the column whose levels are meant: i(year, x, ref = 2014)");
  const auto& labels = factor.groups.labels;
  for (const std::string& reference : factor.references)
    if (std::find(labels.begin(), labels.end(), reference) == labels.end())
      formula_error("reference", "'" + reference + "' is not a level of '" + factor.label + "'; its levels are " +
                                     joined(labels, ", "));
  parts.push_back(std::move(factor));
  if (!partner) return;
  FactorPart second{.label = to_text(*partner)};
  if (is_text_column(panel, *partner)) {
    second.kind = FactorPart::Kind::factor;
    second.fixest = true;
    second.every_level = true;  // as the first factor already has them all
    second.groups = groups_of(panel, *partner);
  } else {
    second.numbers = evaluate(panel, *partner);
  }
  parts.push_back(std::move(second));
}

FactorPart plain_part(const Panel& panel, const Expression& e) {
  FactorPart part{.label = to_text(e)};
  if (is_call(e, "poly")) {
    if (e.arguments.size() != 2 || e.arguments[1].value->kind != Expression::Kind::number ||
        e.arguments[1].value->number < 1 || e.arguments[1].value->number > 20)
      formula_error("arguments", "poly() takes a column and a degree from 1 to 20: poly(x, 2)");
    part.kind = FactorPart::Kind::polynomial;
    part.degree = static_cast<int>(e.arguments[1].value->number);
    part.numbers = evaluate(panel, *e.arguments[0].value);
  } else if (is_call(e, "factor")) {
    if (e.arguments.size() != 1) formula_error("arguments", "factor() takes one column");
    part.kind = FactorPart::Kind::factor;
    part.groups = groups_of(panel, *e.arguments[0].value);
  } else if (is_text_column(panel, e)) {
    refuse_text_that_may_be_numbers(panel, panel.column(e.name));
    part.kind = FactorPart::Kind::factor;
    part.bare_text = true;
    part.groups = groups_of(panel, e);
  } else {
    part.numbers = evaluate(panel, e);
  }
  return part;
}

struct Block {
  Matrix columns;
  Names names;
};

Block number_block(const FactorPart& part, const std::vector<std::int64_t>& rows) {
  Block block{Matrix(static_cast<Index>(rows.size()), 1), {part.label}};
  for (std::size_t i = 0; i < rows.size(); ++i) block.columns(static_cast<Index>(i), 0) = part.numbers(rows[i]);
  return block;
}

Block polynomial_block(const FactorPart& part, const std::vector<std::int64_t>& rows, Encoding& encoding) {
  const Vector x = number_block(part, rows).columns.col(0);
  const OrthogonalPolynomials basis(x, part.degree, part.label);
  encoding.polynomials.push_back({part.label, basis.alpha(), basis.norm2()});
  Block block{basis.columns(x), {}};
  for (int d = 1; d <= part.degree; ++d) block.names.push_back(part.label + std::to_string(d));
  return block;
}

// A cell of free text is no name of a term.
void require_short_levels(const Grouping& groups) {
  constexpr std::size_t kLongest = 1000;
  for (const std::string& label : groups.labels)
    if (label.size() > kLongest)
      throw Error(ErrorKind::data, "data.long_level",
                  "a level of '" + groups.name + "' has " + thousands(static_cast<long long>(label.size())) +
                      " bytes ('" + shortened(label, 40) + "'); terms are named after levels, and a name has at most " +
                      thousands(kLongest) + ": code the column first, or use it as an effect: | " + groups.name,
                  {.column = groups.name});
}

// The levels that get no column: those asked for; where no such level has a row left, the last, which would fall to
// collinearity anyway; the first where none was asked for.
Names references_of(const FactorPart& part, const Names& levels, bool leave_one_out, Notes& notes) {
  if (levels.empty()) return {};
  if (part.references.empty()) return leave_one_out && !part.every_level ? Names{levels.front()} : Names{};
  Names present, gone;
  for (const std::string& reference : part.references)
    (std::find(levels.begin(), levels.end(), reference) != levels.end() ? present : gone).push_back(reference);
  if (gone.empty()) return present;
  const bool replaced = present.empty() && leave_one_out;
  if (replaced) present.push_back(levels.back());
  notes.push_back({"design.reference_lost",
                   "no row used has " + part.label + " = " + joined(gone, ", ") + ", the reference asked for: " +
                       (replaced          ? levels.back() + " takes its place, and coefficients are differences from it"
                        : present.empty() ? std::string("every level keeps a column of its own")
                                          : joined(present, ", ") + " alone is left out") +
                       "; keep rows of the reference, or choose another with ref ="});
  return present;
}

Block factor_block(const FactorPart& part, const std::vector<std::int64_t>& rows, bool leave_one_out,
                   Encoding& encoding, Notes& notes) {
  const Grouping groups = restricted(part.groups, rows);
  require_short_levels(groups);
  Encoding::Factor factor{part.label, groups.labels, references_of(part, groups.labels, leave_one_out, notes)};
  const std::set<std::string> left_out(factor.references.begin(), factor.references.end());
  Block block;
  std::vector<Index> column_of(static_cast<std::size_t>(groups.count), -1);
  for (std::size_t level = 0; level < groups.labels.size(); ++level) {
    const std::string& label = groups.labels[level];
    if (left_out.count(label)) continue;
    column_of[level] = static_cast<Index>(block.names.size());
    block.names.push_back(part.label + (part.fixest ? "::" : "") + label);
  }
  encoding.factors.push_back(std::move(factor));
  block.columns = Matrix::Zero(static_cast<Index>(rows.size()), static_cast<Index>(block.names.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Index column = column_of[static_cast<std::size_t>(groups.code[i])];
    if (column >= 0) block.columns(static_cast<Index>(i), column) = 1;
  }
  return block;
}

// One column for each combination of levels is more than a table can show and least squares need: what a formula says
// after '|' is estimated without a column.
void refuse_many_columns(const Term& term, const std::vector<FactorPart>& parts,
                         const std::vector<std::int64_t>& rows) {
  double columns = 1;
  Names keys, numbers;
  for (const FactorPart& part : parts) {
    if (part.kind == FactorPart::Kind::factor) {
      columns *= restricted(part.groups, rows).count;
      keys.push_back(part.label);
    } else {
      numbers.push_back(part.label);
    }
  }
  if (columns <= kMostColumns) return;
  const std::string effect = joined(keys, "^") + (numbers.empty() ? "" : "[[" + joined(numbers, "*") + "]]");
  formula_error("many_levels", term.text + " stands for " + thousands(static_cast<long long>(columns)) +
                                   " columns, one for each level in the rows used, and a term has at most " +
                                   thousands(kMostColumns) + "; absorb it: | " + effect);
}

Block product(const Block& a, const Block& b) {
  Block result{Matrix(a.columns.rows(), a.columns.cols() * b.columns.cols()), {}};
  Index at = 0;
  for (Index j = 0; j < b.columns.cols(); ++j)
    for (Index i = 0; i < a.columns.cols(); ++i) {
      result.columns.col(at++) = a.columns.col(i).cwiseProduct(b.columns.col(j));
      result.names.push_back(a.names[static_cast<std::size_t>(i)] + ":" + b.names[static_cast<std::size_t>(j)]);
    }
  return result;
}

// What a term is made of, whatever its order, without one of its factors (or with all of them).
std::vector<std::string> factors_without(const Term& term, std::size_t without) {
  std::vector<std::string> factors;
  for (std::size_t f = 0; f < term.factors.size(); ++f)
    if (f != without) factors.push_back(to_text(*term.factors[f]));
  std::sort(factors.begin(), factors.end());
  return factors;
}

// R's marginality rule: within a term a factor leaves a level out when the term without it is in the model too.
class Marginality {
 public:
  explicit Marginality(const std::vector<Term>& terms) {
    for (const Term& term : terms) known_.insert(factors_without(term, term.factors.size()));
  }
  bool rest_is_in_model(const Term& term, std::size_t without, bool absorbs_constant) const {
    if (term.factors.size() == 1) return absorbs_constant;
    return known_.count(factors_without(term, without)) > 0;
  }

 private:
  std::set<std::vector<std::string>> known_;
};

}  // namespace

TermParts term_parts(const Panel& panel, const Term& term, std::size_t index) {
  TermParts result{index, {}};
  for (const ExpressionPtr& factor : term.factors) {
    if (is_call(*factor, "i"))
      add_fixest_factor(panel, *factor, result.parts);
    else
      result.parts.push_back(plain_part(panel, *factor));
  }
  return result;
}

Grouping restricted(const Grouping& groups, const std::vector<std::int64_t>& rows) {
  Grouping result{.name = groups.name, .code = {}, .count = 0, .labels = {}};
  std::vector<std::int32_t> code_of(static_cast<std::size_t>(groups.count), -1);
  for (const std::int64_t row : rows) code_of[static_cast<std::size_t>(groups.code[static_cast<std::size_t>(row)])] = 0;
  for (std::size_t level = 0; level < code_of.size(); ++level) {
    if (code_of[level] < 0) continue;
    code_of[level] = result.count++;
    result.labels.push_back(groups.labels[level]);
  }
  result.code.reserve(rows.size());
  for (const std::int64_t row : rows)
    result.code.push_back(code_of[static_cast<std::size_t>(groups.code[static_cast<std::size_t>(row)])]);
  return result;
}

EncodedColumns encode(const std::vector<Term>& terms, const std::vector<TermParts>& all_parts,
                      const std::vector<std::int64_t>& rows, bool absorbs_constant) {
  EncodedColumns result;
  const Marginality marginality(terms);
  std::vector<Block> blocks;
  Index total = 0;
  bool constant_spanned = absorbs_constant;
  for (const TermParts& parts : all_parts) {
    const Term& term = terms[parts.term];
    refuse_many_columns(term, parts.parts, rows);
    Block block;
    for (std::size_t f = 0; f < parts.parts.size(); ++f) {
      const FactorPart& part = parts.parts[f];
      const bool partnered = part.fixest && parts.parts.size() > term.factors.size();
      Block own;
      if (part.kind == FactorPart::Kind::number) {
        own = number_block(part, rows);
      } else if (part.kind == FactorPart::Kind::polynomial) {
        own = polynomial_block(part, rows, result.encoding);
      } else {
        const bool leave_out =
            !partnered && marginality.rest_is_in_model(term, std::min(f, term.factors.size() - 1), constant_spanned);
        own = factor_block(part, rows, leave_out, result.encoding, result.notes);
        if (part.bare_text) merge(result.notes, {text_factor(part, result.encoding.factors.back())});
        if (own.names.empty())
          result.notes.push_back(
              {"design.one_level",
               "factor '" + part.label + "' has a single level in the rows used, so it makes no column"});
        if (parts.parts.size() == 1 && !leave_out) constant_spanned = true;
      }
      block = f == 0 ? std::move(own) : product(block, own);
    }
    total += block.columns.cols();
    result.names.insert(result.names.end(), block.names.begin(), block.names.end());
    result.term_of_column.insert(result.term_of_column.end(), block.names.size(), parts.term);
    blocks.push_back(std::move(block));
  }
  result.X.resize(static_cast<Index>(rows.size()), total);
  Index at = 0;
  for (const Block& block : blocks) {
    result.X.middleCols(at, block.columns.cols()) = block.columns;
    at += block.columns.cols();
  }
  return result;
}

}  // namespace headwater
