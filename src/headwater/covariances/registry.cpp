// Every covariance rule: a row of the registry is all that the rest of the library knows of it.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {
namespace {

constexpr std::string_view kDegrees = "choice: satterthwaite | profile";
constexpr std::string_view kDegreesHelp = "of t and F: of each contrast from the leverage, or the profile's (G-1)";

CovarianceRow by_row(std::string_view name, std::string_view question, std::string_view reference,
                     Adjusted (*adjust)(const Fit&, const MethodCall&)) {
  return {.card = {.name = name,
                   .kind = "covariance",
                   .question = question,
                   .avoid = "Not when rows of a unit go together over time.",
                   .reference = reference},
          .gathers = Gathers::rows,
          .factor = false,
          .meat = robust_meat,
          .adjust = adjust};
}

CovarianceRow by_leverage(std::string_view name, std::string_view question, std::string_view avoid,
                          std::string_view reference, std::string_view degrees,
                          Adjusted (*adjust)(const Fit&, const MethodCall&)) {
  return {.card = {.name = name,
                   .kind = "covariance",
                   .question = question,
                   .avoid = avoid,
                   .reference = reference,
                   .options = {{"df", kDegrees, degrees, kDegreesHelp}},
                   .list = "columns"},
          .gathers = Gathers::clusters,
          .factor = false,
          .meat = cluster_meat,
          .adjust = adjust};
}

}  // namespace

const std::vector<CovarianceRow>& covariances() {
  static const std::vector<CovarianceRow> rows = {
      {.card = {.name = "iid",
                .kind = "covariance",
                .question = "How uncertain are the coefficients if all errors are independent with one variance?",
                .avoid = "Not for panels: errors of a trust go together over time.",
                .reference = "σ²(X'X)⁻¹"},
       .gathers = Gathers::nothing,
       .factor = true,
       .meat = robust_meat},
      {.card = {.name = "robust",
                .kind = "covariance",
                .question = "How uncertain are they if variances differ from row to row (HC1)?",
                .avoid = "Not when rows of a unit go together over time.",
                .reference = "White (1980), with N/(N-K)"},
       .gathers = Gathers::rows,
       .factor = true,
       .meat = robust_meat},
      {.card = {.name = "HC0",
                .kind = "covariance",
                .question = "How uncertain are they if variances differ, without a small-sample factor?",
                .avoid = "Not in small samples: too small.",
                .reference = "White (1980)"},
       .gathers = Gathers::rows,
       .factor = false,
       .meat = robust_meat},
      by_row("HC2", "How uncertain are they if variances differ and single rows weigh much?",
             "MacKinnon and White (1985); sandwich HC2", hc2_adjusted),
      by_row("HC3", "The same, on the safe side: close to what leaving each row out does?",
             "MacKinnon and White (1985); sandwich HC3", hc3_adjusted),
      by_row("HC4", "The same with rows of high leverage taken back further?", "Cribari-Neto (2004); sandwich HC4",
             hc4_adjusted),
      by_row("HC4m", "The same for errors that are not normal?", "Cribari-Neto and da Silva (2011); sandwich HC4m",
             hc4m_adjusted),
      by_row("HC5", "The same with the highest leverage of all taken into account?",
             "Cribari-Neto, Souza and Vasconcellos (2007); sandwich HC5", hc5_adjusted),
      {.card = {.name = "cluster",
                .kind = "covariance",
                .question =
                    "How uncertain are they if errors within a cluster go together in any way? Any number of ways.",
                .avoid = "Not with fewer than about 20 clusters: CR2 is for these.",
                .reference = "Liang and Zeger (1986); Cameron, Gelbach and Miller (2011)",
                .options = {{"groups", "choice: min | own", "the profile's",
                             "G/(G-1) of the fewest clusters, or of each way its own"},
                            {"df", kDegrees, "profile", kDegreesHelp}},
                .list = "columns"},
       .gathers = Gathers::clusters,
       .factor = true,
       .meat = cluster_meat,
       .adjust = cr1_adjusted},
      by_leverage(
          "CR2", "How uncertain are they if errors within a cluster go together and clusters are few or unequal?",
          "Not with a million clusters: cluster says the same there, sooner.",
          "Bell and McCaffrey (2002); Pustejovsky and Tipton (2018); clubSandwich CR2", "satterthwaite", cr2_adjusted),
      by_leverage("CR3", "The same, on the safe side: what leaving each cluster out does, squared?",
                  "Not where each cluster has a coefficient of its own.",
                  "Bell and McCaffrey (2002); clubSandwich CR3: no (G-1)/G", "satterthwaite", cr3_adjusted),
      by_leverage("CV3", "The same as CR3 as the jackknife has it, times (G-1)/G?",
                  "Not where each cluster has a coefficient of its own.",
                  "MacKinnon, Nielsen and Webb (2023), eq. 10; summclust", "profile", cv3_adjusted),
      {.card = {.name = "driscoll_kraay",
                .kind = "covariance",
                .question =
                    "How uncertain are they if shocks hit all trusts of a period together and last a few periods?",
                .avoid = "Not with few periods: it averages over time.",
                .reference = "Driscoll and Kraay (1998)",
                .options = {{"lag", "integer", "the profile's", "periods a shock lasts"},
                            {"gaps", "choice: break | bridge", "break",
                             "lags go by time; bridge: by the rank of the periods there are, as fixest, plm and "
                             "linearmodels have it"}},
                .positions = {"lag"},
                .differs = "where all units miss a period, fixest, plm and linearmodels take the periods beside it for "
                           "neighbours; by time they are not, as Stata's tsset has it. Without such gaps all agree."},
       .gathers = Gathers::periods,
       .factor = true,
       .meat = driscoll_kraay_meat},
  };
  return rows;
}

const CovarianceRow& covariance_row(const std::string& wanted) {
  Names known;
  for (const CovarianceRow& row : covariances()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  static const std::vector<NameElsewhere> elsewhere = {{"hc1", "robust"},
                                                       {"white", "robust"},
                                                       {"hetero", "robust"},
                                                       {"heteroskedastic", "robust"},
                                                       {"hac", "driscoll_kraay"},
                                                       {"nw", "driscoll_kraay"},
                                                       {"newey_west", "driscoll_kraay"},
                                                       {"dk", "driscoll_kraay"},
                                                       {"scc", "driscoll_kraay"},
                                                       {"kernel", "driscoll_kraay"},
                                                       {"cr0", "cluster"},
                                                       {"cr1", "cluster"},
                                                       {"clustered", "cluster"},
                                                       {"twoway", "cluster"},
                                                       {"multiway", "cluster"},
                                                       {"standard", "iid"},
                                                       {"ols", "iid"},
                                                       {"normal", "iid"},
                                                       {"homoskedastic", "iid"}};
  throw Error(ErrorKind::usage, "covariance.unknown",
              "there is no covariance '" + wanted + "'" + advice_on_name(wanted, known, elsewhere));
}

MethodCall checked_rule(const MethodCall& rule) { return named(rule, covariance_row(rule.method).card); }

Gathers gathers(const MethodCall& rule) { return covariance_row(rule.method).gathers; }

bool adjusts_scores(const MethodCall& rule) { return covariance_row(rule.method).adjust != nullptr; }

std::vector<std::string> cluster_columns(const MethodCall& rule) {
  std::vector<std::string> columns;
  if (gathers(rule) != Gathers::clusters) return columns;
  for (const std::string& written : rule.positional()) columns.push_back(unquoted(written));
  return columns;
}

MethodCall default_covariance(const std::string& unit_column) {
  return parse_method_call(unit_column.empty() ? std::string("robust") : "cluster(" + quoted_name(unit_column) + ")");
}

Meat meat_terms(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  const CovarianceRow& row = covariance_row(rule.method);
  check_options(rule, row.card);
  return row.meat(rule, psi, atoms);
}

Matrix meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  return meat_terms(rule, psi, atoms).total(rule.get("groups", "min") == "own");
}

Matrix Meat::total(bool own_groups) const {
  Matrix sum = Matrix::Zero(terms.front().sum.rows(), terms.front().sum.cols());
  for (const MeatTerm& term : terms) sum += term.sign * (own_groups ? term.groups / (term.groups - 1) : 1) * term.sum;
  return sum;
}

Vector Meat::size() const {
  Vector sum = Vector::Zero(terms.front().sum.rows());
  for (const MeatTerm& term : terms) sum += term.sum.diagonal().cwiseAbs();
  return sum;
}

}  // namespace headwater
