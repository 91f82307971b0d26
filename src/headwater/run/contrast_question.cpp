#include "headwater/run/contrast_question.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::string_view kTotal = "total";

// Every name by which a decomposition can be called, and what it may mean.
using Dictionary = std::multimap<std::string, NamedDecomposition>;

Dictionary dictionary_of(const Tree& result) {
  Dictionary names;
  const Tree* all = result.find_child("decompositions");
  if (!all || all->children.empty())
    throw Error(ErrorKind::usage, "contrast.unknown",
                "the result holds no decomposition, so there is nothing to compare; run it with use = METHOD under "
                "[decompose]");
  for (const Tree& fit : all->children)
    for (const Tree& node : fit.children) {
      const NamedDecomposition named{fit.name + "/" + node.name, &node};
      const std::string method = text_attribute(node, "method");
      for (const std::string& name : {method, node.name, fit.name + "/" + method, named.path})
        names.emplace(name, named);
    }
  return names;
}

class Parser {
 public:
  Parser(const Tree& result, const std::string& text) : names_(dictionary_of(result)), text_(text) {}

  ContrastQuestion parse() {
    side(1);
    if (accept('=')) side(-1);
    skip();
    if (at_ < text_.size()) fail("an operator (+, -, =) or the end");
    if (question_.parts.empty()) fail("a component, written decomposition:component");
    return std::move(question_);
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(
        ErrorKind::usage, "contrast.syntax",
        "cannot read the contrast: expected " + expected + "\n  " + text_ + "\n  " + std::string(at_, ' ') + "^");
  }

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool accept(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    skip();
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }

  // A number that is not the beginning of a name such as 1_change.
  bool number(double& value) {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[end])) || text_[end] == '.' ||
                                  ((text_[end] == 'e' || text_[end] == 'E') && end > at_)))
      ++end;
    if (end == at_ || (end < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[end])) ||
                                              text_[end] == '_' || text_[end] == ':' || text_[end] == '/')))
      if (end == at_ || text_[end] != '/') return false;
    const auto parsed = parse_number(std::string_view(text_).substr(at_, end - at_));
    if (!parsed) return false;
    value = *parsed;
    at_ = end;
    return true;
  }

  void side(double sign) {
    double own = sign;
    if (accept('-'))
      own = -sign;
    else
      accept('+');
    for (;;) {
      term(own);
      if (accept('+'))
        own = sign;
      else if (accept('-'))
        own = -sign;
      else
        return;
    }
  }

  void term(double weight) {
    double factor = 1;
    if (number(factor)) {
      if (!accept('*')) {
        question_.value += weight * factor;
        return;
      }
      weight *= factor;
    }
    if (accept_word("share(")) {
      reference(weight, true);
      if (!accept(')')) fail("')'");
    } else {
      reference(weight, false);
    }
  }

  // The longest name that the text goes on with, followed by a colon.
  NamedDecomposition decomposition_here() {
    skip();
    std::string best;
    for (const auto& [name, named] : names_)
      if (name.size() > best.size() && text_.compare(at_, name.size() + 1, name + ":") == 0) best = name;
    if (best.empty()) unknown_decomposition();
    if (names_.count(best) > 1) {
      Names paths;
      const auto [begin, end] = names_.equal_range(best);
      for (auto it = begin; it != end; ++it) paths.push_back(it->second.path);
      throw Error(ErrorKind::usage, "contrast.ambiguous",
                  "'" + best + "' names " + std::to_string(paths.size()) + " decompositions of the result; write " +
                      joined(paths, " or "),
                  {.key = best});
    }
    at_ += best.size() + 1;
    return names_.find(best)->second;
  }

  [[noreturn]] void unknown_decomposition() const {
    const std::size_t colon = text_.find(':', at_);
    if (colon == std::string::npos) fail("a component, written decomposition:component");
    const std::string word(trimmed(std::string_view(text_).substr(at_, colon - at_)));
    Names known, methods;
    for (const auto& [name, named] : names_) {
      if (!known.empty() && known.back() == name) continue;
      known.push_back(name);
      const bool alone = name.find('/') == std::string::npos && !std::isdigit(static_cast<unsigned char>(name.front()));
      if (alone) methods.push_back(name);
    }
    const std::string near = nearest(word, known);
    throw Error(ErrorKind::usage, "contrast.unknown",
                "the result has no decomposition '" + word + "'" +
                    (near.empty() ? "; it has " + joined(methods, ", ") + ", each also under its full name, such as " +
                                        names_.rbegin()->second.path
                                  : "; did you mean '" + near + "'?"),
                {.key = word});
  }

  static bool ends_name(const std::string& text, std::size_t at) {
    return at >= text.size() || text[at] == ' ' || text[at] == ')' || text[at] == '=' || text[at] == '+' ||
           text[at] == '-';
  }

  // Index of the component that the text goes on with; the number of components for the total.
  Index component_here(const NamedDecomposition& named) {
    skip();
    const Names& known = labels(*named.node, "component");
    Index best = -1;
    std::size_t length = 0;
    for (std::size_t i = 0; i < known.size(); ++i)
      if (known[i].size() > length && text_.compare(at_, known[i].size(), known[i]) == 0 &&
          ends_name(text_, at_ + known[i].size())) {
        best = static_cast<Index>(i);
        length = known[i].size();
      }
    if (best < 0 && text_.compare(at_, kTotal.size(), kTotal) == 0 && ends_name(text_, at_ + kTotal.size()) &&
        number_attribute(*named.node, "additive") != 0) {
      best = static_cast<Index>(known.size());
      length = kTotal.size();
    }
    if (best < 0) unknown_component(named, known);
    at_ += length;
    return best;
  }

  [[noreturn]] void unknown_component(const NamedDecomposition& named, const Names& known) const {
    const std::size_t end = std::min(text_.find_first_of("+-=)", at_), text_.size());
    const std::string word(trimmed(std::string_view(text_).substr(at_, end - at_)));
    const std::string near = nearest(word, known);
    throw Error(ErrorKind::usage, "contrast.unknown",
                named.path + " has no component '" + word + "'" +
                    (near.empty() ? "; its components are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
                {.key = word});
  }

  Vector& gradient_of(const NamedDecomposition& named, Index m) {
    for (ContrastQuestion::Part& part : question_.parts)
      if (part.decomposition.node == named.node) return part.gradient;
    question_.parts.push_back({named, Vector::Zero(m)});
    return question_.parts.back().gradient;
  }

  void reference(double weight, bool share) {
    const NamedDecomposition named = decomposition_here();
    const Index i = component_here(named);
    const auto& values = numbers(*named.node, "estimate");
    const auto m = static_cast<Index>(values.size());
    const Vector estimate = Eigen::Map<const Vector>(values.data(), m);
    const Vector chosen = i == m ? Vector(Vector::Ones(m)) : Vector(Vector::Unit(m, i));
    if (!share) {
      question_.value += weight * chosen.dot(estimate);
      gradient_of(named, m) += weight * chosen;
      return;
    }
    if (const std::string reason = text_attribute(*named.node, "shares_reason"); !reason.empty())
      throw Error(ErrorKind::usage, "contrast.share",
                  named.path + " shows no shares: " + reason + "; compare its components instead");
    const double total = estimate.sum(), value = chosen.dot(estimate) / total;
    question_.value += weight * value;
    gradient_of(named, m) += weight / total * (chosen - value * Vector::Ones(m));
    question_.shares = true;
  }

  Dictionary names_;
  const std::string& text_;
  std::size_t at_ = 0;
  ContrastQuestion question_;
};

}  // namespace

ContrastQuestion parse_contrast(const Tree& result, const std::string& text) { return Parser(result, text).parse(); }

}  // namespace headwater
