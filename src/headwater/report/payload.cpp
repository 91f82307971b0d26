#include "headwater/report/payload.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/main_points.hpp"
#include "headwater/report/payload_parts.hpp"
#include "headwater/report/redaction.hpp"

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
    lines.push_back(without_folders(std::string(text.substr(0, end))));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
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

void claim_tests(PayloadContext& c, const Claim& claim) {
  c.out.json.key("tests");
  c.out.json.begin_array();
  for (const FalsificationTest& test : claim.tests) {
    c.out.json.begin_object();
    c.out.json.member("text", verdict_sentence(c, claim.driver, test));
    for (const auto& [key, text] : {std::pair("fit", &test.fit), std::pair("kind", &test.kind),
                                    std::pair("hypothesis", &test.hypothesis), std::pair("verdict", &test.verdict)})
      c.out.json.member(key, *text);
    for (const auto& [key, value] :
         {std::pair("p_value", test.p_value), std::pair("mde", test.mde), std::pair("claimed", test.claimed)})
      c.out.json.member(key, value);
    c.out.json.end_object();
  }
  c.out.json.end_array();
}

void claims_part(PayloadContext& c) {
  c.out.json.key("claims");
  c.out.json.begin_array();
  for (const Claim& claim : claims(c.result, c.captions)) {
    c.out.json.begin_object();
    c.out.json.member("driver", claim.driver);
    c.out.json.member("argument", claim.argument);
    c.out.json.member("made", claim.made());
    claim_tests(c, claim);
    c.out.json.end_object();
  }
  c.out.json.end_array();
}

void points_part(PayloadContext& c) {
  const MainPoints found = main_points(c);
  c.out.json.key("main_points");
  c.out.json.begin_object();
  c.out.json.member("headline", found.headline);
  c.out.json.member("headline_by_author", found.headline_by_author);
  c.out.list("points", found.points);
  c.out.json.member("points_by_author", found.points_by_author);
  c.out.json.end_object();
}

// Models that a published report holds, with their rows.
void comparison_part(PayloadContext& c) {
  const Tree* comparison = c.result.find_child("comparison");
  if (!comparison) return;
  Positions keep;
  const auto& ids = texts(*comparison, "model_id");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Tree* fit = c.result.find_child("fits")->find_child(ids[i]);
    if (!c.publish() || !fit || shown_fit(c, *fit)) keep.push_back(i);
  }
  c.out.json.key("comparison");
  c.out.json.begin_object();
  c.out.attributes(*comparison, {"sample"});
  c.out.columns(*comparison, {"model_id", "model_nobs"}, &keep);
  c.out.json.end_object();
}

}  // namespace

PayloadContext payload_context(const Tree& result, Audience audience, const Captions& captions) {
  PayloadContext c{result, audience, UnitNames(result), all_captions(result, captions), {}};
  check_captions(c.captions);
  if (c.publish()) refuse_names(c.captions, c.units);
  return c;
}

std::string report_payload(const Tree& result, Audience audience, const Captions& captions, Form form) {
  PayloadContext c = payload_context(result, audience, captions);
  c.out.json.begin_object();
  c.out.json.member("schema", "headwater.report/1");
  c.out.json.member("audience", name(audience));
  c.out.json.member("form", name(form));
  captions_part(c);
  points_part(c);
  words_part(c);
  run_part(c);
  data_part(c);
  fits_part(c);
  decompositions_part(c);
  claims_part(c);
  comparison_part(c);
  std::string body = c.out.json.text();
  if (c.publish()) {
    Redacted clean = redacted(body, c.units);
    body = std::move(clean.json);
    c.left_out += clean.texts;
  }
  return body + ", \"left_out\": " + std::to_string(c.left_out) + "}";
}

}  // namespace headwater
