#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <exception>
#include <new>
#include <optional>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "command.hpp"
#include "ends.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/version.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace headwater::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", "run CONFIG [--section.key VALUE ...]", "fit the models of a configuration and write its result file",
       "Every key of the configuration is also a flag, such as --data.file panel.csv or --run.seed 7.", run_flags,
       run_command},
      {"check", "check CONFIG | FILE", "everything but estimation: the panel, rows lost, what is identified, variation",
       "With a configuration it takes the flags of run. With a file of data it needs nothing more: units, periods, "
       "balance, gaps, and what each column was read as; --unit and --time name the keys where those it finds are not "
       "meant.",
       check_flags, check_command},
      {"panel", "panel CONFIG [-o FILE]",
       "build the panel of a configuration from its published files, and describe it",
       "The configuration declares its files under [source NAME]; the panel is written as .csv or .h5, where each "
       "column "
       "comes from is told, and so is what did not find its row.",
       panel_flags, panel_command},
      {"fit", "fit DATA FORMULA [options]", "fit one formula to a file",
       "Example: headwater fit panel.csv 'log(y) ~ l(x, 1:2) | trust + quarter' --unit trust --time quarter", fit_flags,
       fit_command},
      {"decompose", "decompose DATA FORMULA --use METHOD [options]",
       "fit, and attribute levels or changes to driver groups",
       "Example: headwater decompose panel.csv 'y ~ x + z | trust' --unit trust --time year --driver a=x --driver b=z "
       "--use 'change(from = 2019, to = 2023)'",
       fit_flags, decompose_command},
      {"show", "show RESULT", "print the tables of a result file", "", show_flags, show_command},
      {"table", "table RESULT [RESULT ...] [options]",
       "the tables as text, Markdown, LaTeX, CSV, HTML or an Excel workbook",
       "Example: headwater table out.h5 --fits base,full --format latex -o table.tex. Models stand side by side, "
       "errors in "
       "brackets under the estimates, no stars unless asked for.",
       table_flags, table_command},
      {"contrast", "contrast RESULT CONTRAST", "compare components across the decompositions of a result file",
       "Example: headwater contrast out.h5 'change:capital - change:digital'. Components are written "
       "decomposition:component; the decomposition is a method, number_method or fit/method; share(change:capital) is "
       "a share, change:total the sum.",
       contrast_flags, contrast_command},
      {"compare", "compare FIRST SECOND [options]",
       "why results of two runs differ: revised data, other rows or another model",
       "Example: headwater compare july.h5 august.h5. The models of both result files are fitted again on the data "
       "that "
       "they name, which must be where they were and unchanged (--first and --second say where they moved); every "
       "coefficient and component that both have is split exactly into data, sample and specification.",
       compare_flags, compare_command},
      {"reliability", "reliability DATA | CONFIG COLUMN [options]",
       "how far one unit's figure can be believed: signal, noise, shrunken figures",
       "Example: headwater reliability growth.csv growth --unit trust --vintage vintage --national 0.027. A figure is "
       "seen in several vintages (--vintage, or sources of a configuration that declare theirs), in several periods "
       "(--time), or once with its standard error (--errors). No units are ranked unless --ranks asks for rank sets.",
       reliability_flags, reliability_command},
      {"report", "report RESULT -o FILE.html [options]", "write the HTML report of a result file",
       "publish, the default, carries no rows, residuals or names of single units; internal does.", report_flags,
       report_command},
      {"methods", "methods [NAME]", "what each method answers and when not to use it", "", methods_flags,
       methods_command},
      {"convert", "convert IN OUT.h5", "read a panel once and keep it as HDF5, reasons of missing cells included", "",
       convert_flags, convert_command},
      {"simulate", "simulate --output FILE [options]", "write an NHS-like panel with planted truth", "", simulate_flags,
       simulate_command},
      {"completion", "completion SHELL", "what bash, zsh or fish needs to complete commands and flags",
       "Example: headwater completion bash > ~/.local/share/bash-completion/completions/headwater", no_flags,
       completion_command},
      {"man", "man", "the man page", "Example: headwater man > headwater.1; man ./headwater.1", no_flags, man_command},
  };
  return all;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

namespace {

void print_overview() {
  print("headwater explains the productivity of organisations observed over time.\n\n");
  for (const Command& command : commands()) print(item(command.name, command.summary, 14));
  print(
      "\nStart with:\n  headwater fit panel.csv 'y ~ x | unit + period' --unit unit --time period\n"
      "headwater COMMAND --help explains a command, headwater methods the methods.\n");
}

bool wants_json(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == "--format=json" || (words[i] == "--format" && i + 1 < words.size() && words[i + 1] == "json"))
      return true;
  return false;
}

int report_error(const Error& error, const Words& words) {
  if (wants_json(words)) print_data(error_json(error));
  print_error("headwater: error: " + error.message() + "\n");
  return exit_code(error.kind());
}

[[noreturn]] void terminated() {
  try {
    if (const std::exception_ptr failure = std::current_exception()) std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    end_without_memory();
  } catch (...) {
    end_at_once("headwater: error: a failure that could not be told in full; please report it with the command\n");
  }
  end_without_memory();  // there was none for the exception itself
}

// Before the constructors of objects that live as long as the program: their failures are told as well.
__attribute__((constructor(101))) void tell_failures() { std::set_terminate(terminated); }

bool has(const Words& words, std::string_view flag) {
  return std::find(words.begin(), words.end(), flag) != words.end();
}

// "help COMMAND [SECTION]" and "COMMAND ... --help [SECTION]": the section, "" for all.
std::optional<std::string> help_asked(const Words& words) {
  if (words[0] == "help") return words.size() > 2 ? words[2] : "";
  const auto asked = std::find_if(words.begin(), words.end(), [](const auto& w) { return w == "--help" || w == "-h"; });
  if (asked == words.end()) return std::nullopt;
  return asked + 1 == words.end() ? "" : *(asked + 1);
}

int dispatch(const Words& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || (words[0] == "help" && words.size() == 1)) {
    print_overview();
    return words.empty() ? exit_code(ErrorKind::usage) : 0;
  }
  if (words[0] == "--version") {
    print(std::string("headwater ") + kVersion + " (" + kGitHash + ")\n");
    return 0;
  }
  const std::string& name = words[0] == "help" ? words[1] : words[0];
  const Command* command = find_command(name);
  if (!command) {
    std::vector<std::string> names;
    for (const Command& known : commands()) names.emplace_back(known.name);
    const std::string near = nearest(name, names);
    throw Error(ErrorKind::usage, "usage.unknown_command",
                "there is no command '" + name + "'" +
                    (near.empty() ? "; they are " + joined(names, ", ") : "; did you mean '" + near + "'?"));
  }
  if (const std::optional<std::string> section = help_asked(words)) {
    print(help_text(*command, *section));
    return 0;
  }
  const Words rest(words.begin() + 1, words.end());
  set_quiet(has(rest, "--quiet"));
  const Progress progress(::isatty(STDERR_FILENO) != 0 && !has(rest, "--quiet"), has(rest, "--verbose"));
  return command->run(rest);
}

int told(const Words& words) {
  try {
    const int code = dispatch(words);
    finish_output();
    return code;
  } catch (const Error& error) {
    return report_error(error, words);
  } catch (const std::bad_alloc&) {
    return report_error(
        Error(ErrorKind::internal, "internal.memory", "there is not enough memory for this; use fewer rows or columns"),
        words);
  } catch (const std::exception& error) {
    return report_error(
        Error(ErrorKind::internal, "internal.unexpected",
              std::string("unexpected failure: ") + error.what() + "; please report it with the command and data"),
        words);
  }
}

int guarded(int argc, char** argv) {
  try {
    return told({argv + 1, argv + argc});
  } catch (const std::bad_alloc&) {  // while it was told
    end_without_memory();
  }
}

}  // namespace

}  // namespace headwater::cli

// A command is short and ends with its memory: pages that were touched once are kept instead of given back and asked
// for again.
void keep_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 4 << 20);
#endif
}

int main(int argc, char** argv) {
  keep_memory();
  std::signal(SIGPIPE, SIG_DFL);
  std::setlocale(LC_ALL, "C");
  return headwater::cli::guarded(argc, argv);
}
