// The man page and what shells complete, from the cards that --help prints.
#include <algorithm>

#include "command.hpp"
#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/run/methods.hpp"
#include "headwater/version.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

// Text for roff: nothing in it is a request or an escape.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c == '\n' ? ' ' : c;
  }
  return !out.empty() && (out[0] == '.' || out[0] == '\'') ? "\\&" + out : out;
}

std::string man_of(const Command& command) {
  std::string text =
      ".SS " + roff(command.name) + "\n.B headwater " + roff(command.usage) + "\n.PP\n" + roff(command.summary) + ".\n";
  if (!command.details.empty()) text += roff(command.details) + "\n";
  for (const Flag& flag : all_flags(command))
    text += ".TP\n.B \\-\\-" + roff(flag.name) + (flag.takes_value ? " \\fIVALUE\\fR" : "") + "\n" + roff(flag.help) +
            (flag.repeatable ? " (repeatable)" : "") + "\n";
  return text;
}

std::string man_page() {
  std::string text = std::string(".TH HEADWATER 1 \"\" \"headwater ") + kVersion +
                     "\"\n.SH NAME\nheadwater \\- panel regressions of productivity and what each driver contributes\n"
                     ".SH SYNOPSIS\n.B headwater\n.I COMMAND\n[ARGUMENT ...] [\\-\\-FLAG ...]\n.SH COMMANDS\n";
  for (const Command& command : commands()) text += man_of(command);
  text +=
      ".SH EXIT STATUS\n0 success; 2 usage; 3 data; 4 formula; 5 identification; 6 numerical; 7 files; 70 internal or "
      "out of memory.\n.SH ENVIRONMENT\n.TP\n.B HEADWATER_THREADS\nworker threads\n.TP\n.B HEADWATER_MODULES\nabsolute "
      "path of a folder of modules\n";
  return text;
}

std::vector<std::string> flag_words(const Command& command) {
  std::vector<std::string> words;
  for (const Flag& flag : all_flags(command)) words.push_back("--" + flag.name);
  return words;
}

// Words of a command that are neither flags nor files.
std::vector<std::string> argument_words(const Command& command) {
  if (command.name == "completion") return {"bash", "zsh", "fish"};
  std::vector<std::string> names;
  if (command.name == "methods")
    for (const MethodSection& section : all_methods())
      for (const MethodCard* card : section.cards) names.emplace_back(card->name);
  return names;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash_script() {
  std::string names, cases;
  for (const Command& command : commands()) {
    names += (names.empty() ? "" : " ") + std::string(command.name);
    cases += "    " + std::string(command.name) + ") flags=" + quoted(joined(flag_words(command), " ")) +
             "; words=" + quoted(joined(argument_words(command), " ")) + " ;;\n";
  }
  return "_headwater() {\n  local current=${COMP_WORDS[COMP_CWORD]} flags= words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W " +
         quoted(names) + " -- \"$current\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n" + cases +
         "  esac\n  case $current in\n    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$current\")) ;;\n"
         "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n  esac\n}\n"
         "complete -o default -F _headwater headwater\n";
}

// For zsh's _arguments and _describe: brackets and colons mean something to them.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string zsh_script() {
  std::string names, cases;
  for (const Command& command : commands()) {
    names += "    " + quoted(zsh_text(command.name) + ":" + zsh_text(command.summary)) + "\n";
    cases += "    " + std::string(command.name) + ") _arguments";
    for (const Flag& flag : all_flags(command))
      cases += " \\\n      " + quoted((flag.repeatable ? "*" : "") + ("--" + flag.name) + "[" + zsh_text(flag.help) +
                                      "]" + (flag.takes_value ? ":value:_files" : ""));
    const std::vector<std::string> words = argument_words(command);
    cases += " \\\n      " +
             quoted("*:argument:" + (words.empty() ? std::string("_files") : "(" + joined(words, " ") + ")")) + " ;;\n";
  }
  return "#compdef headwater\n_headwater() {\n  local -a commands\n  commands=(\n" + names +
         "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
         "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n" +
         cases +
         "  esac\n}\nif [ \"$funcstack[1]\" = _headwater ]; then\n  _headwater \"$@\"\nelse\n"
         "  compdef _headwater headwater\nfi\n";
}

std::string fish_script() {
  std::string text;
  for (const Command& command : commands()) {
    const std::string here = " -n " + quoted("__fish_seen_subcommand_from " + std::string(command.name));
    text += "complete -c headwater -n __fish_use_subcommand -f -a " + std::string(command.name) + " -d " +
            quoted(command.summary) + "\n";
    for (const Flag& flag : all_flags(command))
      text += "complete -c headwater" + here + " -l " + flag.name + (flag.takes_value ? " -r" : "") + " -d " +
              quoted(flag.help) + "\n";
    if (const std::vector<std::string> words = argument_words(command); !words.empty())
      text += "complete -c headwater" + here + " -f -a " + quoted(joined(words, " ")) + "\n";
  }
  return text;
}

}  // namespace

std::vector<Flag> no_flags() { return {}; }

int completion_command(const Words& words) {
  const Command& command = *find_command("completion");
  const Flags flags(command, words, 1, 1);
  const std::string& shell = flags.arguments().front();
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    throw Error(ErrorKind::usage, "usage.shell",
                "there are completions for bash, zsh and fish, not for '" + shell + "'");
  print(shell == "bash" ? bash_script() : shell == "zsh" ? zsh_script() : fish_script());
  return 0;
}

int man_command(const Words& words) {
  const Flags flags(*find_command("man"), words, 0, 0);
  print(man_page());
  return 0;
}

}  // namespace headwater::cli
