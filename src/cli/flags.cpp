#include "flags.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"

namespace headwater::cli {
namespace {

namespace po = boost::program_options;

[[noreturn]] void usage_error(const std::string& code, const std::string& message, const std::string& key = {}) {
  throw Error(ErrorKind::usage, "usage." + code, message, {.key = key});
}

po::options_description describe(const std::vector<Flag>& known) {
  po::options_description all;
  for (const Flag& flag : known) {
    if (flag.takes_value)
      all.add_options()(flag.name.c_str(), po::value<std::vector<std::string>>());
    else
      all.add_options()(flag.name.c_str(), po::bool_switch());
  }
  all.add_options()("argument", po::value<std::vector<std::string>>());
  return all;
}

[[noreturn]] void unknown_option(const Command& command, const std::string& name, const std::vector<Flag>& known) {
  std::vector<std::string> names;
  for (const Flag& flag : known) names.push_back("--" + flag.name);
  const std::string near = nearest(name, names);
  usage_error("unknown_option",
              "headwater " + std::string(command.name) + " has no option '" + name + "'" +
                  (near.empty() ? "; see headwater " + std::string(command.name) + " --help"
                                : "; did you mean '" + near + "'?"),
              name);
}

// "-unit" is read as an argument; where it is the name of an option with a hyphen too few, it is taken for that.
void refuse_single_hyphens(const Command& command, const Words& words, const std::vector<Flag>& known) {
  for (const std::string& word : words) {
    if (word.size() < 3 || word[0] != '-' || word[1] == '-') continue;
    const std::string name = word.substr(0, word.find('='));
    const bool is_flag =
        std::any_of(known.begin(), known.end(), [&](const Flag& flag) { return "-" + flag.name == name; });
    if (is_flag) unknown_option(command, name, known);
  }
}

// A shell takes a formula without quotes apart, and may put a folder in the place of ~.
[[noreturn]] void wrong_number(const Command& command, const Words& arguments, std::size_t most) {
  const bool apart = arguments.size() > most && most > 1;
  usage_error("arguments", "the command is headwater " + std::string(command.usage) + ", and " +
                               counted(static_cast<long long>(arguments.size()), "argument") +
                               (arguments.size() == 1 ? " was given" : " were given") +
                               (arguments.empty() ? "" : " (" + joined(arguments, ", ") + ")") +
                               (apart ? "; put quotes round what belongs together, such as 'y ~ x'" : ""));
}

// -o as the flag that names the first output, where there is one.
Words with_long_output(Words words, const std::vector<Flag>& known) {
  for (const char* name : {"output", "output.result"}) {
    if (std::none_of(known.begin(), known.end(), [&](const Flag& flag) { return flag.name == name; })) continue;
    std::replace(words.begin(), words.end(), std::string("-o"), std::string("--") + name);
    break;
  }
  return words;
}

}  // namespace

Flags::Flags(const Command& command, const Words& words, std::size_t least, std::size_t most) {
  const std::vector<Flag> known = all_flags(command);
  refuse_single_hyphens(command, words, known);
  const po::options_description all = describe(known);
  po::positional_options_description positional;
  positional.add("argument", -1);
  const int style = (po::command_line_style::unix_style & ~po::command_line_style::allow_guessing &
                     ~po::command_line_style::allow_short);
  try {
    const po::parsed_options parsed =
        po::command_line_parser(with_long_output(words, known)).options(all).positional(positional).style(style).run();
    for (const po::option& option : parsed.options) {
      if (option.position_key >= 0) {
        arguments_.insert(arguments_.end(), option.value.begin(), option.value.end());
        continue;
      }
      const auto flag =
          std::find_if(known.begin(), known.end(), [&](const Flag& f) { return f.name == option.string_key; });
      if (flag != known.end() && !flag->repeatable && has(option.string_key))
        usage_error("repeated_option", "--" + option.string_key + " is given twice; keep one", option.string_key);
      values_.emplace_back(option.string_key, option.value.empty() ? "" : option.value.front());
    }
  } catch (const po::unknown_option& error) {
    unknown_option(command, error.get_option_name(), known);
  } catch (const po::invalid_command_line_syntax& error) {
    usage_error("missing_value",
                "the option '" + error.get_option_name() + "' needs a value, or was given one it does not take",
                error.get_option_name());
  } catch (const po::error& error) {
    usage_error("syntax", std::string("the command line cannot be read: ") + error.what());
  }
  if (arguments_.size() < least || arguments_.size() > most) wrong_number(command, arguments_, most);
}

bool Flags::has(const std::string& name) const {
  return std::any_of(values_.begin(), values_.end(), [&](const auto& value) { return value.first == name; });
}

std::string Flags::get(const std::string& name, const std::string& fallback) const {
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return fallback;
}

std::vector<std::string> Flags::all(const std::string& name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : values_)
    if (key == name) found.push_back(value);
  return found;
}

std::vector<Flag> config_flags() {
  std::vector<Flag> flags;
  for (const KeyCard& card : config_keys()) {
    const bool repeatable = card.key == "use" || card.key == "test" || card.key == "model";
    flags.push_back({card.section + "." + card.key, true, repeatable,
                     card.help + (card.fallback.empty() ? "" : " [" + card.fallback + "]")});
  }
  return flags;
}

Overrides config_overrides(const Flags& flags) {
  Overrides overrides;
  for (const Flag& flag : config_flags())
    for (const std::string& value : flags.all(flag.name)) overrides.emplace_back(flag.name, value);
  return overrides;
}

std::vector<Flag> fit_flags() {
  return {{"unit", true, false, "column of the unit key"},
          {"time", true, false, "column of the time key"},
          {"weights", true, false, "column of analytic weights"},
          {"estimator", true, false, "pooled, within, between, ... (headwater methods)"},
          {"covariance", true, false,
           "iid, robust, cluster(a, b), CR2(a), newey_west(lag), conley(lat, lon, km); headwater methods"},
          {"profile", true, false,
           "small-sample profile: fixest, reghdfe, ivreghdfe, xtreg, areg, plm, linearmodels, none; all: side by side"},
          {"driver", true, true, "name=term,term: a driver group"},
          {"use", true, true, "a decomposition: method(option=value)"},
          {"test", true, true, "a + b = 0, all or drivers; with ' by wild' or another way to test"},
          {"subset", true, false, "condition on the rows used: type == \"acute\""},
          {"split", true, false, "column: one fit for each of its values"},
          {"fsplit", true, false, "the same and the full sample"},
          {"singletons", true, false, "drop or keep levels with one row; by default as the profile does"},
          {"sample", true, false, "own or common"},
          {"succession", true, false, "table of which code became which"},
          {"text", true, false, "columns that stay text, separated by commas"},
          {"level", true, false, "level of intervals [0.95]"},
          {"power", true, false, "power of minimum detectable effects [0.8]"},
          {"seed", true, false, "seed of everything random"},
          {"bootstrap", true, false, "of the decompositions: multiplier(draws = 999) or cluster(draws = 999)"},
          {"threads", true, false, "worker threads"},
          {"output", true, false, "HDF5 file for the result (also -o)"},
          {"format", true, false, "text, json or csv [text]"},
          {"stars", false, false, "stars in the table"},
          {"allow-failures", false, false, "exit 0 although a fit did not converge"}};
}

RunConfig config_of_fit(const Flags& flags) {
  static const std::vector<std::pair<const char*, const char*>> keys = {{"unit", "data.unit"},
                                                                        {"time", "data.time"},
                                                                        {"succession", "data.succession"},
                                                                        {"text", "data.text"},
                                                                        {"weights", "model.weights"},
                                                                        {"estimator", "model.estimator"},
                                                                        {"covariance", "model.covariance"},
                                                                        {"profile", "model.profile"},
                                                                        {"subset", "model.subset"},
                                                                        {"split", "model.split"},
                                                                        {"fsplit", "model.fsplit"},
                                                                        {"singletons", "model.singletons"},
                                                                        {"sample", "run.sample"},
                                                                        {"level", "run.level"},
                                                                        {"power", "run.power"},
                                                                        {"seed", "run.seed"},
                                                                        {"bootstrap", "run.bootstrap"},
                                                                        {"threads", "run.threads"},
                                                                        {"output", "output.result"},
                                                                        {"test", "model.test"},
                                                                        {"use", "decompose.use"}};
  Overrides overrides{{"data.file", flags.arguments()[0]}, {"model.formula", flags.arguments()[1]}};
  for (const auto& [flag, key] : keys)
    for (const std::string& value : flags.all(flag)) {
      if (trimmed(value).empty())
        usage_error("empty_value", "--" + std::string(flag) + " is empty; give it a value, or leave it out", flag);
      overrides.emplace_back(key, value);
    }
  std::set<std::string> drivers;
  for (const std::string& driver : flags.all("driver")) {
    const std::size_t equals = driver.find('=');
    if (equals == std::string::npos)
      usage_error("driver", "--driver '" + driver + "' has no '='; write --driver name=term,term", "driver");
    const std::string name(trimmed(driver.substr(0, equals)));
    if (!drivers.insert(name).second)
      usage_error("driver", "--driver " + name + " is given twice; write its terms once, --driver " + name + "=x,z",
                  "driver");
    if (trimmed(driver.substr(equals + 1)).empty())
      usage_error("driver", "--driver '" + driver + "' names no term; write --driver name=term,term", "driver");
    overrides.emplace_back("driver." + name, joined(split(driver.substr(equals + 1), ','), " + "));
  }
  if (flags.has("stars")) overrides.emplace_back("output.stars", "yes");
  if (flags.has("allow-failures")) overrides.emplace_back("run.allow_failures", "yes");
  return config_from_flags(overrides);
}

}  // namespace headwater::cli
