#include "headwater/report/payload.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/payload_parts.hpp"

namespace headwater {
namespace {

Captions all_captions(const Tree& result, const Captions& given) {
  Captions captions = given;
  const Tree* run = result.find_child("run");
  if (!run) return captions;
  constexpr std::string_view kPrefix = "report.";
  for (const auto& [key, value] : run->attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && key.rfind(kPrefix, 0) == 0)
      captions.emplace(key.substr(kPrefix.size()), *text);
  return captions;
}

void captions_part(PayloadContext& c) {
  c.out.json.key("report");
  c.out.json.begin_object();
  for (const auto& [key, value] : c.captions) c.out.json.member(key, value);
  c.out.json.end_object();
}

// Folders of the machine that ran are nobody's business.
std::string without_folders(const std::string& line) {
  const std::size_t equals = line.find(" = ");
  if (equals == std::string::npos) return line;
  static const std::vector<std::string> paths = {"file", "succession", "result", "table", "report"};
  if (std::find(paths.begin(), paths.end(), line.substr(0, equals)) == paths.end()) return line;
  return line.substr(0, equals + 3) + file_name(line.substr(equals + 3));
}

void configuration(PayloadContext& c, const Tree& run) {
  if (!run.find_array("config")) return;
  std::vector<std::string> lines;
  std::string_view text = texts(run, "config").front();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line = without_folders(std::string(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (c.publish() && c.units.stands_in(line))
      ++c.left_out;
    else
      lines.push_back(std::move(line));
  }
  c.out.list("config", lines);
}

void run_part(PayloadContext& c) {
  c.out.json.key("run");
  c.out.json.begin_object();
  c.out.attributes(c.result, {"program_version", "git_hash", "format_version", "status", "estimated", "seed", "threads",
                              "wall_time", "simulated", "content_sha256"});
  if (const Tree* run = c.result.find_child("run")) {
    configuration(c, *run);
    c.out.columns(*run, {"option", "option_value", "option_default"});
  }
  c.out.json.end_object();
}

// The named falsification tests: every one must be in the result, and none may reject at the level of its fit.
void falsification_part(PayloadContext& c) {
  const auto named = c.captions.find("falsification");
  if (named == c.captions.end()) return;
  c.out.json.key("falsification");
  c.out.json.begin_array();
  for (const std::string& hypothesis : split(named->second, ';')) {
    if (hypothesis.empty()) continue;
    bool found = false;
    for (const Tree& fit : c.result.find_child("fits")->children) {
      const Tree* tests = fit.find_child("tests");
      if (!tests || !tests->find_array("hypothesis")) continue;
      const auto& hypotheses = texts(*tests, "hypothesis");
      for (std::size_t i = 0; i < hypotheses.size(); ++i) {
        if (hypotheses[i] != hypothesis) continue;
        found = true;
        const double p = numbers(*tests, "p_value")[i];
        c.out.json.begin_object();
        c.out.json.member("fit", fit.name);
        c.out.json.member("hypothesis", hypothesis);
        c.out.json.member("p_value", p);
        c.out.json.member("passed", p > 1 - number_attribute(fit, "level"));
        c.out.json.end_object();
      }
    }
    if (!found)
      throw Error(ErrorKind::usage, "report.falsification",
                  "the falsification test '" + hypothesis +
                      "' is not among the tests of this result; name one by its "
                      "hypothesis, as headwater show prints it, or add it to the model with 'test ='",
                  {.key = "report.falsification"});
  }
  c.out.json.end_array();
}

}  // namespace

std::string report_payload(const Tree& result, Audience audience, const Captions& captions) {
  PayloadContext c{result, audience, UnitNames(result), all_captions(result, captions), {}};
  check_captions(c.captions);
  c.out.json.begin_object();
  c.out.json.member("schema", "headwater.report/1");
  c.out.json.member("audience", name(audience));
  captions_part(c);
  run_part(c);
  data_part(c);
  fits_part(c);
  decompositions_part(c);
  falsification_part(c);
  if (const Tree* comparison = result.find_child("comparison")) {
    c.out.json.key("comparison");
    c.out.json.begin_object();
    c.out.attributes(*comparison, {"sample"});
    c.out.columns(*comparison, {"model_id", "model_nobs"});
    c.out.json.end_object();
  }
  c.out.json.member("left_out", c.left_out);
  c.out.json.end_object();
  return c.out.json.text();
}

}  // namespace headwater
