// Which driver group every regressor belongs to. Nothing is left without a group, nothing is in two.
#include <algorithm>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/design.hpp"

namespace headwater {
namespace {

constexpr const char* kNoDriver = "other";

std::string sorted_text(const Term& term) {
  std::vector<std::string> factors;
  for (const ExpressionPtr& factor : term.factors) factors.push_back(to_text(*factor));
  std::sort(factors.begin(), factors.end());
  return joined(factors, ":");
}

int term_index(const std::vector<Term>& terms, const Term& wanted) {
  const std::string text = sorted_text(wanted);
  for (std::size_t t = 0; t < terms.size(); ++t)
    if (sorted_text(terms[t]) == text) return static_cast<int>(t);
  return -1;
}

[[noreturn]] void unknown_term(const DriverGroup& group, const Term& term, const std::vector<Term>& terms) {
  Names known;
  for (const Term& t : terms) known.push_back(t.text);
  const std::string near = nearest(term.text, known);
  throw Error(ErrorKind::usage, "drivers.unknown_term",
              "driver '" + group.name + "' names the term '" + term.text +
                  "', which is not a regressor of the formula" +
                  (near.empty() ? "; its terms are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.key = group.name});
}

// The group of each term, -1 when none claims it.
std::vector<int> claimed(const Spec& spec) {
  const std::vector<Term>& terms = spec.formula.terms;
  std::vector<int> owner(terms.size(), -1);
  for (std::size_t g = 0; g < spec.drivers.size(); ++g)
    for (const Term& term : spec.drivers[g].terms) {
      const int t = term_index(terms, term);
      if (t < 0) unknown_term(spec.drivers[g], term, terms);
      int& own = owner[static_cast<std::size_t>(t)];
      if (own >= 0 && own != static_cast<int>(g))
        throw Error(ErrorKind::usage, "drivers.overlap",
                    "the term '" + term.text + "' is claimed by the drivers '" +
                        spec.drivers[static_cast<std::size_t>(own)].name + "' and '" + spec.drivers[g].name +
                        "'; a regressor belongs to one",
                    {.key = spec.drivers[g].name});
      own = static_cast<int>(g);
    }
  return owner;
}

// Groups of an unclaimed interaction's factors, in declared order.
std::set<int> groups_of_factors(const Spec& spec, const Term& term, const std::vector<int>& owner) {
  std::set<int> groups;
  for (const ExpressionPtr& factor : term.factors) {
    const int t = term_index(spec.formula.terms, Term{{factor}, to_text(*factor), {}});
    if (t >= 0 && owner[static_cast<std::size_t>(t)] >= 0) groups.insert(owner[static_cast<std::size_t>(t)]);
  }
  return groups;
}

int slot_named(Names& slots, const std::string& name) {
  const auto found = std::find(slots.begin(), slots.end(), name);
  if (found != slots.end()) return static_cast<int>(found - slots.begin());
  slots.push_back(name);
  return static_cast<int>(slots.size()) - 1;
}

Notes shared_columns(const Spec& spec) {
  Notes notes;
  for (std::size_t a = 0; a < spec.drivers.size(); ++a)
    for (std::size_t b = a + 1; b < spec.drivers.size(); ++b) {
      std::set<std::string> first, shared;
      for (const Term& term : spec.drivers[a].terms)
        for (const ExpressionPtr& factor : term.factors)
          for (const std::string& name : columns_of(*factor)) first.insert(name);
      for (const Term& term : spec.drivers[b].terms)
        for (const ExpressionPtr& factor : term.factors)
          for (const std::string& name : columns_of(*factor))
            if (first.count(name)) shared.insert(name);
      for (const std::string& name : shared)
        notes.push_back(
            {"drivers.shared_column", "'" + name + "' is in the drivers '" + spec.drivers[a].name + "' and '" +
                                          spec.drivers[b].name +
                                          "': how the fit is split between them depends on the parametrisation "
                                          "(per head or total), although the fit itself does not"});
    }
  return notes;
}

// Contrasts and tables find parts by name, and every decomposition has these; "other" holds the terms of no driver.
void refuse_name_of_a_part(const std::string& name) {
  if (name == "residual" || name == "total" || name == kNoDriver)
    throw Error(ErrorKind::usage, "drivers.name",
                "a driver is called '" + name +
                    "', which is the name of a part of every decomposition; call it "
                    "something else",
                {.key = name});
}

}  // namespace

DriverPartition partition_drivers(const Design& design) {
  const Spec& spec = design.spec;
  DriverPartition partition;
  const std::vector<int> owner = claimed(spec);
  for (const DriverGroup& group : spec.drivers) {
    refuse_name_of_a_part(group.name);
    partition.slots.push_back(group.name);
  }
  std::vector<int> slot_of_term(owner);
  for (std::size_t t = 0; t < owner.size(); ++t) {
    if (owner[t] >= 0) continue;
    const std::set<int> groups = groups_of_factors(spec, spec.formula.terms[t], owner);
    if (groups.size() == 1 && spec.formula.terms[t].factors.size() > 1) slot_of_term[t] = *groups.begin();
    if (groups.size() < 2) continue;
    std::vector<std::string> names;
    for (const int g : groups) names.push_back(spec.drivers[static_cast<std::size_t>(g)].name);
    slot_of_term[t] = slot_named(partition.slots, joined(names, ":"));
  }
  for (std::size_t t = 0; t < owner.size(); ++t)
    if (slot_of_term[t] < 0) slot_of_term[t] = slot_named(partition.slots, kNoDriver);
  for (const ColumnOrigin& origin : design.origins)
    partition.slot.push_back(origin.term ? std::optional(static_cast<std::size_t>(slot_of_term[*origin.term]))
                                         : std::nullopt);
  partition.notes = shared_columns(spec);
  return partition;
}

}  // namespace headwater
