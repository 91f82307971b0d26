#include "headwater/run/methods.hpp"

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

std::string card_text(const MethodCard& card) {
  return wrapped(std::string(card.name) + ": " + std::string(card.question) + " " + std::string(card.avoid), 4);
}

std::string full_text(const MethodCard& card) {
  std::string out =
      std::string(card.name) + " (" + std::string(card.kind) + ")\n\n" + wrapped(card.question) + wrapped(card.avoid);
  if (!card.differs.empty()) out += wrapped("Knowingly otherwise: " + std::string(card.differs));
  if (!card.reference.empty()) out += wrapped("Reference: " + std::string(card.reference) + ".");
  if (!card.supports.empty()) {
    std::vector<std::string> names(card.supports.begin(), card.supports.end());
    out += wrapped("Takes: " + joined(names, ", ") + ".");
  }
  if (!card.list.empty()) out += wrapped("Written " + std::string(card.name) + "(" + std::string(card.list) + ").");
  if (!card.positions.empty()) {
    const std::vector<std::string> places(card.positions.begin(), card.positions.end());
    out += wrapped("Without their names, in this order: " + std::string(card.name) + "(" + joined(places, ", ") + ").");
  }
  if (card.options.empty()) return out + "It has no options.\n";
  out += "\nOptions\n";
  for (const OptionCard& option : card.options)
    out += wrapped("  " + std::string(option.name) + " (" + std::string(option.type) +
                       (option.fallback.empty() ? "" : ", default " + std::string(option.fallback)) +
                       "): " + std::string(option.help),
                   6);
  return out;
}

}  // namespace

std::vector<Flag> methods_flags() { return {}; }

int methods_command(const Words& words) {
  const Command& command = *find_command("methods");
  const Flags flags(command, words, 0, 1);
  std::vector<std::string> names, found;  // a covariance and a bootstrap are both called cluster
  for (const MethodSection& section : all_methods()) {
    if (flags.arguments().empty()) print(heading(section.title));
    for (const MethodCard* card : section.cards) {
      names.emplace_back(card->name);
      if (flags.arguments().empty()) print(card_text(*card));
      if (!flags.arguments().empty() && flags.arguments().front() == card->name) found.push_back(full_text(*card));
    }
  }
  print(joined(found, "\n"));
  if (flags.arguments().empty() || !found.empty()) return 0;
  const std::string near = nearest(flags.arguments().front(), names);
  throw Error(ErrorKind::usage, "usage.unknown_method",
              "there is no method '" + flags.arguments().front() + "'" +
                  (near.empty() ? "; headwater methods lists them" : "; did you mean '" + near + "'?"));
}

}  // namespace headwater::cli
