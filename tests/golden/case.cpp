#include "case.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <ostream>
#include <stdexcept>

#include "headwater/core/method.hpp"
#include "headwater/formula/formula.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater::golden {
namespace {

const std::filesystem::path& folder() {
  static const std::filesystem::path path =
      std::filesystem::path(HEADWATER_SOURCE_DIR) / ".." / "shared" / "reference" / "golden";
  return path;
}

std::string option(const Case& one, const std::string& key) {
  const auto options = one.json.find("options");
  if (options == one.json.end() || !options->is_object() || !options->contains(key) || !(*options)[key].is_string())
    return "";
  return (*options)[key];
}

std::string without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at != std::string::npos) text.erase(at, part.size());
  return text;
}

// The effects that the case absorbs, as the part after '|'.
std::string effects_of(const Case& one) {
  const std::string model = option(one, "model"), effect = option(one, "effect");
  if (model == "between") return effect == "time" ? one.time() : one.unit();
  if (model == "within")
    return effect == "time" ? one.time() : effect == "twoways" ? one.unit() + " + " + one.time() : one.unit();
  const std::string absorbed = option(one, "absorbed");
  return absorbed == "state+year" ? "state + year" : absorbed;
}

std::string estimator_of(const Case& one) {
  const std::string model = option(one, "model");
  if (model == "between") return "between";
  if (model == "fd") return "first_difference(gaps = bridge)";  // plm differences rows as they follow
  if (one.json["family"] == "mundlak_cre") return "mundlak";
  return effects_of(one).empty() ? "pooled" : "within";
}

// R orders the levels of Wages' sex male, female; ours are in natural order, so the reference is named.
std::string with_references(const Case& one, std::string formula) {
  const std::string factor = " + sex";
  const std::size_t at = formula.find(factor);
  if (one.json["dataset"] == "Wages" && at != std::string::npos)
    formula.replace(at, factor.size(), " + i(sex, ref = male)");
  return formula;
}

std::string our_name(const std::string& name) {
  return name == "sexfemale" ? "sex::female" : name == "mean(sexfemale)" ? "mean(sex::female)" : name;
}

Spec spec_of(const Case& one) {
  std::string formula =
      with_references(one, without(without(one.json["formula"], " + factor(state)"), " + factor(year)"));
  if (const std::string effects = effects_of(one); !effects.empty()) formula += " | " + effects;
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(estimator_of(one));
  const std::string cluster = option(one, "cluster");
  spec.covariance = parse_method_call(cluster.empty() ? "iid" : "cluster(" + cluster + ")");
  spec.weights = option(one, "weights");
  spec.singletons = Singletons::keep;
  return spec;
}

std::vector<Index> positions(const Fit& fit, const std::vector<std::string>& names, const Rename& renamed) {
  std::vector<Index> found;
  for (const std::string& name : names) {
    const std::optional<Index> own = coefficient_index(fit, our_name(renamed(name)));
    if (!own) throw std::runtime_error("the fit has no coefficient " + renamed(name));
    found.push_back(*own);
  }
  return found;
}

}  // namespace

std::string Case::unit() const {
  return json.contains("options") && json["options"].contains("index") ? json["options"]["index"][0] : "";
}
std::string Case::time() const {
  return json.contains("options") && json["options"].contains("index") ? json["options"]["index"][1] : "";
}

void PrintTo(const Case& one, std::ostream* out) { *out << one.id; }

std::vector<Case> cases_of(const std::vector<std::string>& families) {
  if (!std::filesystem::exists(folder() / "cases")) return {{"reference_absent", nullptr}};
  std::ifstream index(folder() / "INDEX.json");
  std::vector<std::string> ids;
  for (const nlohmann::json& entry : nlohmann::json::parse(index))
    if (std::find(families.begin(), families.end(), entry["family"]) != families.end()) ids.push_back(entry["id"]);
  std::sort(ids.begin(), ids.end());
  std::vector<Case> cases;
  for (const std::string& id : ids) {
    std::ifstream in(folder() / "cases" / (id + ".json"));
    cases.push_back({id, nlohmann::json::parse(in)});
  }
  return cases;
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.id;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

Fit fit_case(const Case& one) {
  const std::string file = (folder() / "data" / (one.json["dataset"].get<std::string>() + ".csv")).string();
  const Panel panel = read_panel(file, {.unit = one.unit(), .time = one.time(), .check_quality = false});
  const Spec spec = spec_of(one);
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

double number(const nlohmann::json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "Infinity") return std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

void expect_coefficients(const Fit& fit, const nlohmann::json& one, double tolerance, const Rename& renamed) {
  EXPECT_EQ(static_cast<std::size_t>(fit.k()), one["coefficients"].size());
  for (const auto& [name, reference] : one["coefficients"].items()) {
    const Index at = positions(fit, {name}, renamed).front();
    const double ref = number(reference), se = one.contains("se") ? number(one["se"][name]) : 0;
    EXPECT_NEAR(fit.coefficients(at), ref, tolerance * std::max(std::abs(ref), se)) << name;
  }
}

void expect_covariance(const Fit& fit, const Matrix& covariance, const nlohmann::json& matrix,
                       const std::vector<std::string>& names, double tolerance, const Rename& renamed) {
  const std::vector<Index> at = positions(fit, names, renamed);
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < names.size(); ++j) {
      const double scale = std::sqrt(std::abs(number(matrix[i][i]) * number(matrix[j][j])));
      EXPECT_NEAR(covariance(at[i], at[j]), number(matrix[i][j]), tolerance * scale) << names[i] << ", " << names[j];
    }
}

void expect_errors(const Fit& fit, const Matrix& covariance, const nlohmann::json& se, double tolerance,
                   const Rename& renamed) {
  for (const auto& [name, reference] : se.items()) {
    const Index at = positions(fit, {name}, renamed).front();
    EXPECT_NEAR(std::sqrt(std::max(0.0, covariance(at, at))), number(reference), tolerance * number(reference)) << name;
  }
}

}  // namespace headwater::golden
