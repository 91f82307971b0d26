#include "headwater/report/main_points.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "headwater/core/text.hpp"
#include "headwater/report/effects.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/marks.hpp"
#include "headwater/report/sentences.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostPoints = 4;

// A difference with its interval, in the unit that it is told in.
struct Told {
  double value, low, high, error;
  std::string unit;

  bool known() const { return std::isfinite(low) && std::isfinite(high) && std::isfinite(error); }
  bool spans_zero() const { return known() && low <= 0 && high >= 0; }
};

const char* direction(double value) { return value < 0 ? "fell" : "rose"; }

// "fell by 7.7% (95% interval 6.1% to 9.3%)"; sizes of a fall are positive.
std::string moved(const Told& t, const std::string& wide) {
  const std::string size = figure(std::abs(t.value), t.error) + t.unit;
  if (!t.known()) return std::string(direction(t.value)) + " by " + size + "; no interval can be given";
  if (t.spans_zero())
    return "moved by " + figure(t.value, t.error) + t.unit + " (" + wide + " interval " +
           figure_interval(t.low, t.high, t.error, t.unit) + "), which cannot be told apart from no change";
  const double near = t.value < 0 ? -t.high : t.low, far = t.value < 0 ? -t.low : t.high;
  return std::string(direction(t.value)) + " by " + size + " (" + wide + " interval " +
         figure_interval(near, far, t.error, t.unit) + ")";
}

// What a part of the total in log points is in per cent of the whole; 1 and no unit where no percentages are told.
double per_cent_of(const Tree& node) {
  const auto &percent = numbers(node, "percent"), &estimate = numbers(node, "estimate");
  for (std::size_t i = 0; i < percent.size(); ++i)
    if (std::isfinite(percent[i]) && std::abs(estimate[i]) > 1e-12) return percent[i] / estimate[i];
  return 1;
}

Told total_of(const Tree& node) {
  const double by = per_cent_of(node);
  return {by * scalar(node, "total"), by * scalar(node, "total_conf_low"), by * scalar(node, "total_conf_high"),
          by * scalar(node, "total_std_error"), by == 1 ? "" : "%"};
}

// The change of the mean unit that the fit's `change` tells of, unless it is one of several groups.
const Tree* change_of(const PayloadContext& c, const Tree& fit) {
  const Tree* all = c.result.find_child("decompositions");
  const Tree* own = all ? all->find_child(fit.name) : nullptr;
  if (!own) return nullptr;
  for (const Tree& node : own->children)
    if (text_attribute(node, "method") == "change" && !node.find_attribute("choice.group") &&
        std::isfinite(scalar(node, "total")))
      return &node;
  return nullptr;
}

std::string change_point(const PayloadContext& c, const Speech& speech, const Tree& fit, const Tree& node) {
  const Told total = total_of(node);
  const std::string whole = "From " + text_attribute(node, "choice.from") + " to " + text_attribute(node, "choice.to") +
                            ", " + speech.role(fit) + " of the mean " + speech.unit + " " +
                            moved(total, figure_level(number_attribute(node, "level")));
  const std::optional<PartSum> sum = driver_sum(c.result, node);
  if (!sum) return as_sentence(whole);
  const double by = per_cent_of(node);
  const std::string reach =
      std::isfinite(sum->std_error) && sum->std_error > 0
          ? " (" + figure_interval(by * sum->low, by * sum->high, by * sum->std_error, total.unit) + ")"
          : "";
  return as_sentence(whole + "; the drivers together make up " + (sum->estimate > 0 ? "+" : "") +
                     figure(by * sum->estimate, by * sum->std_error) + total.unit + reach +
                     " of that, and the rest lies outside them");
}

std::string headline_of(const Speech& speech, const Tree& fit, const Tree& node) {
  const Told total = total_of(node);
  const std::string span = " from " + text_attribute(node, "choice.from") + " to " + text_attribute(node, "choice.to");
  if (total.spans_zero()) return as_sentence("no change in " + speech.role(fit) + " can be told" + span);
  return as_sentence(speech.role(fit) + " " + direction(total.value) + " by " +
                     figure(std::abs(total.value), total.error) + total.unit + span);
}

enum class Group { told, silent, marked };

std::vector<std::size_t> terms_of(const Tree& fit, const std::string& driver) {
  std::vector<std::size_t> own;
  const auto &drivers = texts(fit, "driver"), &terms = labels(fit, "term");
  for (std::size_t i = 0; i < drivers.size(); ++i)
    if (drivers[i] == driver && !is_lead(terms[i])) own.push_back(i);
  return own;
}

Group state_of(const Tree& fit, const std::string& driver) {
  const std::vector<std::size_t> own = terms_of(fit, driver);
  const Tree* tests = fit.find_child("tests");
  if (own.size() > 1 && tests && tests->find_array("hypothesis")) {
    const auto& hypotheses = texts(*tests, "hypothesis");
    const std::string wanted = "every coefficient of " + driver + " is zero";
    for (std::size_t i = 0; i < hypotheses.size(); ++i) {
      const double p = numbers(*tests, "p_value")[i];
      if (hypotheses[i].rfind(wanted, 0) != 0 || !std::isfinite(p)) continue;
      if (!test_mark(*tests, fit, i).empty()) return Group::marked;
      return p < 1 - number_attribute(fit, "level") ? Group::told : Group::silent;
    }
  }
  const bool told = std::any_of(own.begin(), own.end(), [&](std::size_t i) { return effect_of(fit, i).told; });
  return told ? Group::told : Group::silent;
}

std::string group_point(const Speech& speech, const Tree& fit) {
  if (!fit.find_array("driver")) return "";
  std::vector<std::string> known, told, silent, marked;
  for (const std::string& driver : texts(fit, "driver")) {
    if (driver.empty() || driver == "other" || std::find(known.begin(), known.end(), driver) != known.end()) continue;
    known.push_back(driver);
    if (terms_of(fit, driver).empty()) continue;
    const Group state = state_of(fit, driver);
    (state == Group::told ? told : state == Group::silent ? silent : marked).push_back(driver_in_words(driver));
  }
  std::vector<std::string> parts;
  if (!told.empty()) parts.push_back(together_in_words(told) + " can be told to go with " + speech.role(fit));
  if (!silent.empty()) parts.push_back("for " + together_in_words(silent) + " no association can be told from zero");
  if (!marked.empty())
    parts.push_back("the test of " + together_in_words(marked) + " rests on a handful of " + speech.unit +
                    "s and tells nothing");
  return as_sentence(joined(parts, "; "));
}

// How little is explained, and what could have been missed.
std::string limit_point(const Speech& speech, const Tree& fit) {
  std::vector<std::string> parts;
  const double within = scalar(fit, "tss_within");
  if (within > 0)
    parts.push_back("the drivers account for " + figure_share(1 - scalar(fit, "rss") / within) +
                    " of the variance of " + speech.role(fit) +
                    (labels(fit, "effect").empty() ? "" : " within " + speech.unit + "s and periods"));
  std::optional<TypicalEffect> unseen;
  std::string term;
  for (std::size_t i = 0; i < labels(fit, "term").size(); ++i) {
    const TypicalEffect effect = effect_of(fit, i);
    const std::string& name = labels(fit, "term")[i];
    if (effect.told || is_lead(name) || name == "(Intercept)" || !std::isfinite(effect.mde)) continue;
    if (unseen && unseen->mde >= effect.mde) continue;
    unseen = effect;
    term = name;
  }
  if (unseen)
    parts.push_back("a difference of up to " + figure(unseen->mde, unseen->size()) + unseen->unit +
                    " for one standard deviation of " + speech.term(term) + " could have gone unseen");
  return as_sentence(joined(parts, "; "));
}

std::string lost_point(const Speech& speech, const std::vector<const Tree*>& fits) {
  std::vector<std::string> lost;
  for (const Tree* fit : fits)
    for (const std::string& term : labels(*fit, "unidentified"))
      if (const std::string words = speech.term(term); std::find(lost.begin(), lost.end(), words) == lost.end())
        lost.push_back(words);
  if (lost.empty()) return "";
  return as_sentence("nothing can be said of " + together_in_words(lost) + ": the data cannot tell " +
                     (lost.size() == 1 ? "it" : "them") + " apart from the rest");
}

std::vector<const Tree*> usable_fits(const PayloadContext& c) {
  std::vector<const Tree*> usable;
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children)
      if (!failed(fit) && fit.find_array("std_error") && (!c.publish() || shown_fit(c, fit))) usable.push_back(&fit);
  return usable;
}

// The fit that a report is about: the first one, or the ratio of its triplet.
const Tree& main_fit(const std::vector<const Tree*>& fits) {
  const std::string model = text_attribute(*fits.front(), "model");
  for (const Tree* fit : fits)
    if (text_attribute(*fit, "role") == "ratio" && text_attribute(*fit, "model") == model) return *fit;
  return *fits.front();
}

std::string rejected_point(const PayloadContext& c) {
  for (const Claim& claim : claims(c.result, c.captions))
    for (const FalsificationTest& test : claim.tests)
      if (test.verdict == "rejected") return verdict_sentence(c, claim.driver, test);
  return "";
}

MainPoints generated(const PayloadContext& c) {
  MainPoints made;
  const std::vector<const Tree*> fits = usable_fits(c);
  const std::string against = rejected_point(c);
  if (!against.empty()) made.points.push_back(against);
  if (fits.empty()) return made;
  const Speech speech = speech_of(c);
  const Tree& fit = main_fit(fits);
  const Tree* change = change_of(c, fit);
  if (change) made.headline = headline_of(speech, fit, *change);
  const std::size_t most = kMostPoints + made.points.size();
  for (std::string& point :
       std::vector<std::string>{change ? change_point(c, speech, fit, *change) : "", group_point(speech, fit),
                                limit_point(speech, fit), lost_point(speech, fits)})
    if (!point.empty() && made.points.size() < most) made.points.push_back(std::move(point));
  return made;
}

const char* verdict_words(const std::string& verdict) {
  if (verdict == "passed") return "does not reject, and would have found the difference claimed";
  if (verdict == "rejected") return "rejects: the driver is not as good as randomly assigned";
  if (verdict == "too weak")
    return "does not reject, but could have missed the difference claimed, so it counts for nothing";
  if (verdict == "few units") return "rests on a handful of units and tells nothing";
  return "has nothing to be held against: no coefficient of the driver can be told apart from zero";
}

}  // namespace

std::string verdict_sentence(const PayloadContext& c, const std::string& driver, const FalsificationTest& test) {
  const Tree* fits = c.result.find_child("fits");
  const Tree* fit = fits ? fits->find_child(test.fit) : nullptr;
  const std::string sizes = std::isfinite(test.claimed) ? "; smallest detectable " + figure(test.mde, std::nan("")) +
                                                              ", claimed " + figure(test.claimed, std::nan(""))
                                                        : "";
  return "The " + test.kind + " test of " + driver_in_words(driver) + " with " +
         (fit ? speech_of(c).role(*fit) : test.fit) + " (" + figure_p(test.p_value) + sizes + ") " +
         verdict_words(test.verdict) + ".";
}

MainPoints main_points(const PayloadContext& c) {
  MainPoints found = generated(c);
  const auto own = [&](const char* key) {
    const auto at = c.captions.find(key);
    return at == c.captions.end() ? std::string() : std::string(trimmed(at->second));
  };
  if (const std::string headline = own("headline"); !headline.empty()) {
    found.headline = headline;
    found.headline_by_author = true;
  }
  std::vector<std::string> summary = entries_of(own("summary"), ';');
  if (!summary.empty()) {
    found.points = std::move(summary);
    found.points_by_author = true;
  }
  return found;
}

}  // namespace headwater
