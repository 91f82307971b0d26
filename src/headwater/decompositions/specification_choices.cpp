#include "headwater/decompositions/specification_choices.hpp"

#include <algorithm>
#include <memory>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/contrast.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostSubsets = 10;  // drivers: 1,024 specifications

bool has_term(const std::vector<Term>& terms, const Term& wanted) {
  return std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return t.text == wanted.text; });
}

Spec without_terms(const Spec& spec, const std::vector<Term>& out) {
  Spec rest = spec;
  std::erase_if(rest.formula.terms, [&](const Term& t) { return has_term(out, t); });
  for (DriverGroup& driver : rest.drivers) std::erase_if(driver.terms, [&](const Term& t) { return has_term(out, t); });
  std::erase_if(rest.drivers, [](const DriverGroup& driver) { return driver.terms.empty(); });
  return rest;
}

class Choices {
 public:
  Choices(const DecompositionInput& input, const Spec& declared, const std::string& target)
      : input_(input), declared_(declared), target_(target) {}

  std::vector<SpecificationChoice> all() const {
    std::vector<SpecificationChoice> all = {{"declared", "as declared", declared_}};
    if (input_.call.get("drivers", "one") == "subsets")
      add_subsets(all);
    else
      add_one_at_a_time(all);
    add_splits(all);
    for (const std::string& outcome : split(input_.call.get("outcome"), ';')) {
      if (outcome.empty()) continue;
      SpecificationChoice choice{"outcome", "outcome: " + outcome, declared_};
      choice.spec.formula.outcome = parse_expression(outcome);
      choice.spec.formula.outcome_name = outcome;
      all.push_back(std::move(choice));
    }
    return all;
  }

 private:
  bool is_target(const DriverGroup& driver) const {
    if (driver.name == target_) return true;
    return std::any_of(driver.terms.begin(), driver.terms.end(), [&](const Term& t) { return t.text == target_; });
  }

  std::vector<DriverGroup> others() const {
    std::vector<DriverGroup> all;
    for (const DriverGroup& driver : declared_.drivers)
      if (!is_target(driver)) all.push_back(driver);
    DriverGroup rest{"other", {}};
    for (const Term& term : declared_.formula.terms) {
      bool named = term.text == target_;
      for (const DriverGroup& driver : declared_.drivers) named = named || has_term(driver.terms, term);
      if (!named) rest.terms.push_back(term);
    }
    if (!rest.terms.empty() && target_ != "other") all.push_back(rest);
    return all;
  }

  void add_one_at_a_time(std::vector<SpecificationChoice>& all) const {
    for (const DriverGroup& driver : others()) {
      all.push_back({"driver", "without " + driver.name, without_terms(declared_, driver.terms)});
      if (driver.terms.size() > 1)
        for (const Term& term : driver.terms)
          all.push_back({"term", "without " + term.text, without_terms(declared_, {term})});
    }
  }

  void add_subsets(std::vector<SpecificationChoice>& all) const {
    const std::vector<DriverGroup> drivers = others();
    if (drivers.size() > kMostSubsets)
      throw Error(ErrorKind::usage, "decomposition.option",
                  "drivers = subsets would fit 2^" + std::to_string(drivers.size()) +
                      " specifications; declare at most " + std::to_string(kMostSubsets) + " other drivers",
                  {.key = "drivers"});
    for (std::uint32_t out = 1; out < (std::uint32_t{1} << drivers.size()); ++out) {
      Names names;
      std::vector<Term> terms;
      for (std::size_t q = 0; q < drivers.size(); ++q)
        if (out >> q & 1) {
          names.push_back(drivers[q].name);
          terms.insert(terms.end(), drivers[q].terms.begin(), drivers[q].terms.end());
        }
      all.push_back({"driver", "without " + joined(names, ", "), without_terms(declared_, terms)});
    }
  }

  void add_splits(std::vector<SpecificationChoice>& all) const {
    const std::string column = input_.call.get("split");
    if (column.empty()) return;
    const Design& design = *input_.fit->design;
    const Grouping groups = row_groups(input_.panel, design, column);
    for (std::int32_t g = 0; g < groups.count; ++g) {
      Vector drawn = Vector::Zero(input_.panel.rows());
      for (Index i = 0; i < design.n(); ++i)
        if (groups.code[static_cast<std::size_t>(i)] == g) {
          const std::int64_t row = design.rows[static_cast<std::size_t>(i)];
          drawn(row) = declared_.drawn ? (*declared_.drawn)(row) : 1;
        }
      SpecificationChoice choice{"split", column + " = " + groups.labels[static_cast<std::size_t>(g)], declared_};
      choice.spec.drawn = std::make_shared<const Vector>(std::move(drawn));
      all.push_back(std::move(choice));
    }
  }

  const DecompositionInput& input_;
  const Spec& declared_;
  const std::string& target_;
};

}  // namespace

std::vector<SpecificationChoice> specification_choices(const DecompositionInput& input, const Spec& declared,
                                                       const std::string& target) {
  return Choices(input, declared, target).all();
}

}  // namespace headwater
