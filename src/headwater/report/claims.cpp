#include "headwater/report/claims.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/marks.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {
namespace {

constexpr const char* kForm =
    "write DRIVER: lead: HYPOTHESIS, DRIVER: pre-trend: HYPOTHESIS or DRIVER: placebo outcome FIT: HYPOTHESIS";

[[noreturn]] void refuse(const std::string& key, const std::string& message) {
  throw Error(ErrorKind::usage, "report." + key, message, {.key = "report." + key});
}

// Before and after the first single colon; the colons of time::2015 are none.
std::pair<std::string, std::string> at_colon(const std::string& text) {
  for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] == ':') {
      ++at;
      continue;
    }
    return {std::string(trimmed(text.substr(0, at))), std::string(trimmed(text.substr(at + 1)))};
  }
  return {};
}

struct Entry {
  std::string text, driver, kind, fit, hypothesis;
};

const std::string* caption_of(const Captions& captions, const char* key) {
  const auto found = captions.find(key);
  return found == captions.end() || trimmed(found->second).empty() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, std::string>> arguments_of(const Captions& captions) {
  std::vector<std::pair<std::string, std::string>> arguments;
  const std::string* text = caption_of(captions, "assignment");
  if (!text) return arguments;
  for (const std::string& entry : split(*text, ';')) {
    if (entry.empty()) continue;
    auto [driver, why] = at_colon(entry);
    if (driver.empty() || why.empty())
      refuse("assignment", "'" + shortened(entry, 80) +
                               "' under report.assignment belongs to no driver; write DRIVER: why it is as good as "
                               "randomly assigned");
    arguments.emplace_back(std::move(driver), std::move(why));
  }
  return arguments;
}

std::vector<Entry> entries_of(const Captions& captions) {
  std::vector<Entry> entries;
  const std::string* text = caption_of(captions, "falsification");
  if (!text) return entries;
  constexpr std::string_view kPlacebo = "placebo outcome";
  for (const std::string& part : split(*text, ';')) {
    if (part.empty()) continue;
    Entry entry{part, {}, {}, {}, {}};
    const auto [driver, rest] = at_colon(part);
    const auto [kind, hypothesis] = at_colon(rest);
    entry.driver = driver;
    entry.hypothesis = hypothesis;
    entry.kind = kind;
    if (kind.rfind(kPlacebo, 0) == 0) {
      entry.kind = kPlacebo;
      entry.fit = trimmed(kind.substr(kPlacebo.size()));
    }
    const bool known =
        entry.kind == "lead" || entry.kind == "pre-trend" || (entry.kind == kPlacebo && !entry.fit.empty());
    if (!known || driver.empty() || hypothesis.empty())
      refuse("falsification",
             "'" + shortened(part, 80) + "' under report.falsification is no falsification test; " + kForm);
    entries.push_back(std::move(entry));
  }
  return entries;
}

// A test of a fit, with the terms that its hypothesis is about.
struct Found {
  const Tree* fit = nullptr;
  std::size_t test = 0;
  std::vector<std::size_t> terms;
};

std::size_t word_in(const std::string& text, const std::string& word) {
  const auto part = [](char c) { return c == '_' || c == '.' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return at;
  }
  return std::string::npos;
}

// The longest names first, each taken out of the text: l(x, 1) holds x and does not mean it.
std::vector<std::size_t> hypothesis_terms(const Tree& fit, std::string hypothesis) {
  const auto &terms = labels(fit, "term"), &drivers = texts(fit, "driver");
  std::vector<std::size_t> order(terms.size()), about;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return terms[a].size() > terms[b].size(); });
  for (const std::size_t i : order) {
    bool named = hypothesis.rfind("every coefficient of " + drivers[i] + " is zero", 0) == 0;
    for (std::size_t at = 0; (at = word_in(hypothesis, terms[i])) != std::string::npos; named = true)
      hypothesis.replace(at, terms[i].size(), " ");
    if (named) about.push_back(i);
  }
  return about;
}

bool usable_fit(const Tree& fit) { return !fit.find_attribute("error_message") && fit.find_array("estimate"); }

std::vector<const Tree*> fits_of(const Tree& result) {
  std::vector<const Tree*> all;
  if (const Tree* fits = result.find_child("fits"))
    for (const Tree& fit : fits->children)
      if (usable_fit(fit) && fit.find_array("driver")) all.push_back(&fit);
  return all;
}

std::vector<Found> found_tests(const Tree& result, const Entry& entry) {
  std::vector<Found> found;
  for (const Tree* fit : fits_of(result)) {
    const Tree* tests = fit->find_child("tests");
    if (!tests || !tests->find_array("hypothesis") || (!entry.fit.empty() && fit->name != entry.fit)) continue;
    const auto& hypotheses = texts(*tests, "hypothesis");
    for (std::size_t i = 0; i < hypotheses.size(); ++i)
      if (hypotheses[i] == entry.hypothesis) found.push_back({fit, i, hypothesis_terms(*fit, entry.hypothesis)});
  }
  if (found.empty())
    refuse("falsification", "the falsification test '" + entry.hypothesis + "' is not among the tests of " +
                                (entry.fit.empty() ? "this result" : "the fit '" + entry.fit + "'") +
                                "; name one by its hypothesis, as headwater show prints it, or add it to the model "
                                "with 'test ='");
  return found;
}

bool before_reference(const Tree& fit, const std::string& term) {
  const auto event = event_term(term);
  if (!event) return false;
  const std::string reference = reference_of(text_attribute(fit, "formula"), event->factor);
  return !reference.empty() && natural_less(event->level, reference);
}

// Terms of the driver that a claim is about: neither leads nor periods before the reference.
std::vector<std::size_t> claimed_terms(const Tree& fit, const std::string& driver) {
  const auto &terms = labels(fit, "term"), &drivers = texts(fit, "driver");
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < terms.size(); ++i)
    if (drivers[i] == driver && !is_lead(terms[i]) && !before_reference(fit, terms[i])) own.push_back(i);
  return own;
}

void check_kind(const Entry& entry, const Found& found, const std::vector<const Tree*>& claimed) {
  const auto &terms = labels(*found.fit, "term"), &drivers = texts(*found.fit, "driver");
  const auto all = [&](const auto& holds) {
    return !found.terms.empty() && std::all_of(found.terms.begin(), found.terms.end(), holds);
  };
  const auto of_driver = [&](std::size_t lead) {
    const std::vector<std::size_t> own = claimed_terms(*found.fit, entry.driver);
    return std::any_of(own.begin(), own.end(),
                       [&](std::size_t i) { return variable_of(terms[i]) == variable_of(terms[lead]); });
  };
  const std::string refusal = "the falsification test '" + entry.hypothesis + "' of " + entry.driver;
  if (entry.kind == "lead" && !all([&](std::size_t i) { return is_lead(terms[i]) && of_driver(i); }))
    refuse("falsification", refusal +
                                " is no lead: all its terms must be f() of a variable of the driver; the "
                                "driver's own test is no falsification");
  if (entry.kind == "pre-trend" && !all([&](std::size_t i) { return before_reference(*found.fit, terms[i]); }))
    refuse("falsification", refusal +
                                " is no pre-trend: all its terms must be periods before the ref = of i(); the "
                                "driver's own test is no falsification");
  if (entry.kind != "placebo outcome") return;
  const auto same = [&](const Tree* fit) {
    return text_attribute(*fit, "outcome") == text_attribute(*found.fit, "outcome");
  };
  if (std::any_of(claimed.begin(), claimed.end(), same))
    refuse("falsification", refusal + " has no placebo outcome: " + text_attribute(*found.fit, "outcome") +
                                " is an outcome of the claim itself");
  if (!all([&](std::size_t i) { return drivers[i] == entry.driver; }))
    refuse("falsification", refusal + " in " + entry.fit + " is not about terms of the driver alone");
}

// A term of a claim, with the size of its effect.
struct Size {
  std::string term;
  double effect;
};

bool is_log(const Tree& fit) {
  return !text_attribute(fit, "role").empty() || text_attribute(fit, "outcome").rfind("log(", 0) == 0;
}

// Outcomes of two scales are compared in their standard deviations.
double scale(const Tree& fit, bool logs) { return logs ? 1 : scalar(fit, "outcome_sd"); }

std::vector<Size> told_sizes(const Tree& fit, const std::string& driver, double by) {
  std::vector<Size> sizes;
  for (const std::size_t i : claimed_terms(fit, driver))
    if (term_mark(fit, i).empty() && numbers(fit, "p_value")[i] < 1 - number_attribute(fit, "level"))
      sizes.push_back({labels(fit, "term")[i], std::abs(numbers(fit, "estimate")[i]) / by});
  return sizes;
}

// The largest minimum detectable effect of the test: its own, or of the terms of a joint one.
double detectable(const Found& found, double by) {
  const double own = numbers(*found.fit->find_child("tests"), "mde")[found.test];
  if (std::isfinite(own)) return own / by;
  double most = 0;
  for (const std::size_t i : found.terms) most = std::max(most, numbers(*found.fit, "mde")[i] / by);
  return most;
}

std::string verdict_of(const FalsificationTest& test, const Found& found) {
  if (!test_mark(*found.fit->find_child("tests"), *found.fit, found.test).empty()) return "few units";
  if (test.p_value < 1 - number_attribute(*found.fit, "level")) return "rejected";
  if (!std::isfinite(test.claimed)) return "nothing claimed";
  return test.mde < test.claimed ? "passed" : "too weak";
}

FalsificationTest judged(const Entry& entry, const Found& found, const std::vector<const Tree*>& claimed) {
  FalsificationTest test{found.fit->name,
                         text_attribute(*found.fit, "outcome"),
                         entry.kind,
                         entry.hypothesis,
                         numbers(*found.fit->find_child("tests"), "p_value")[found.test],
                         0,
                         std::nan(""),
                         {}};
  const bool placebo = entry.kind == "placebo outcome";
  const bool logs = !placebo || (is_log(*found.fit) && std::all_of(claimed.begin(), claimed.end(),
                                                                   [](const Tree* fit) { return is_log(*fit); }));
  test.mde = detectable(found, scale(*found.fit, logs));
  std::vector<std::string> variables;
  for (const std::size_t i : found.terms) variables.push_back(variable_of(labels(*found.fit, "term")[i]));
  for (const Tree* fit : claimed) {
    if (!placebo && fit != found.fit) continue;
    for (const Size& size : told_sizes(*fit, entry.driver, scale(*fit, logs))) {
      const bool same = std::find(variables.begin(), variables.end(), variable_of(size.term)) != variables.end();
      if ((same || entry.kind == "pre-trend") && !(size.effect >= test.claimed)) test.claimed = size.effect;
    }
  }
  test.verdict = verdict_of(test, found);
  return test;
}

}  // namespace

bool Claim::made() const {
  return !argument.empty() && !tests.empty() &&
         std::all_of(tests.begin(), tests.end(),
                     [](const FalsificationTest& test) { return test.verdict == "passed"; });
}

void check_claims(const Captions& captions) {
  arguments_of(captions);
  entries_of(captions);
}

std::vector<Claim> claims(const Tree& result, const Captions& captions) {
  const std::vector<Entry> entries = entries_of(captions);
  std::vector<std::string> known;
  std::vector<const Tree*> claimed;
  for (const Tree* fit : fits_of(result)) {
    const auto placebo = [&](const Entry& entry) { return entry.fit == fit->name; };
    if (std::none_of(entries.begin(), entries.end(), placebo)) claimed.push_back(fit);
    for (const std::string& driver : texts(*fit, "driver"))
      if (!driver.empty() && std::find(known.begin(), known.end(), driver) == known.end()) known.push_back(driver);
  }
  std::vector<Claim> all;
  const auto of = [&](const std::string& driver, const char* key) -> Claim& {
    if (std::find(known.begin(), known.end(), driver) == known.end())
      refuse(key, std::string("'") + driver + "' under report." + key + " is no driver of this result; they are " +
                      joined(known, ", "));
    const auto found = std::find_if(all.begin(), all.end(), [&](const Claim& claim) { return claim.driver == driver; });
    return found == all.end() ? all.emplace_back(Claim{driver, {}, {}}) : *found;
  };
  for (const auto& [driver, why] : arguments_of(captions)) of(driver, "assignment").argument = why;
  for (const Entry& entry : entries)
    for (const Found& found : found_tests(result, entry)) {
      Claim& claim = of(entry.driver, "falsification");
      check_kind(entry, found, claimed);
      claim.tests.push_back(judged(entry, found, claimed));
    }
  return all;
}

}  // namespace headwater
