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

constexpr OptionCard kLag = {"lag", "integer", "the profile's", "periods a shock lasts"};
constexpr OptionCard kGaps = {"gaps", "choice: break | bridge", "break",
                              "lags go by time; bridge: by the rank of the periods there are, as fixest, plm and "
                              "linearmodels have it"};

std::vector<OptionCard> distance_options() {
  return {{"latitude", "text", "", "column of degrees north"},
          {"longitude", "text", "", "column of degrees east"},
          {"cutoff", "number", "", "kilometres up to which errors go together, themselves included"},
          {"kernel", "choice: uniform | bartlett", "uniform", "weight 1 up to the cutoff d, or 1 - distance/d"},
          {"distance", "choice: great_circle | flat", "great_circle",
           "along the sphere, or 111 km a degree as fixest's triangular"},
          {"radius", "number", "the profile's", "of the Earth in kilometres: 6376 with fixest, else 6371.0088"}};
}

std::vector<OptionCard> distance_and_lag_options() {
  std::vector<OptionCard> options = distance_options();
  options.push_back(kLag);
  options.push_back(kGaps);
  return options;
}

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
                .options = {kLag, kGaps},
                .positions = {"lag"},
                .differs = "where all units miss a period, fixest, plm and linearmodels take the periods beside it for "
                           "neighbours; by time they are not, as Stata's tsset has it. Without such gaps all agree."},
       .gathers = Gathers::periods,
       .factor = true,
       .meat = driscoll_kraay_meat},
      {.card = {.name = "newey_west",
                .kind = "covariance",
                .question = "How uncertain are they if units are independent and shocks to a unit last a few periods?",
                .avoid = "Not with few periods, or where shocks hit units together: cluster and driscoll_kraay are "
                         "for these.",
                .reference = "Newey and West (1987), by unit",
                .options = {kLag, kGaps},
                .positions = {"lag"},
                .differs = "where all units miss a period, fixest and plm take the periods beside it for neighbours; "
                           "by time they are not. pyfixest takes a unit's rows as they follow, gaps or not."},
       .gathers = Gathers::series,
       .factor = true,
       .meat = newey_west_meat},
      {.card = {.name = "thompson",
                .kind = "covariance",
                .question = "How uncertain are they if errors go together within units, within periods, and between "
                            "neighbouring periods for all units?",
                .avoid = "Not with few units or few periods: sums that are taken off can leave negative variances.",
                .reference = "Thompson (2011), eq. 12",
                .options = {kLag,
                            {"kernel", "choice: uniform | bartlett", "uniform", "weight 1 of each lag, or 1 - l/(L+1)"},
                            kGaps},
                .positions = {"lag"}},
       .gathers = Gathers::series_and_periods,
       .factor = true,
       .meat = thompson_meat},
      {.card = {.name = "conley",
                .kind = "covariance",
                .question = "How uncertain are they if errors of places near one another go together?",
                .avoid = "Not with a cutoff as wide as the map: few independent areas are left. Rows of one place go "
                         "together over all periods; conley_hac is for shocks that end.",
                .reference = "Conley (1999), eq. 3.13; fixest vcov_conley",
                .options = distance_options(),
                .positions = {"latitude", "longitude", "cutoff"},
                .differs = "acreg and Stata's programs take other radii and flat distances: give radius or distance."},
       .gathers = Gathers::places,
       .factor = true,
       .meat = conley_meat,
       .check = check_distances},
      {.card = {.name = "conley_hac",
                .kind = "covariance",
                .question = "How uncertain are they if errors go together near by in the same period, and within a "
                            "unit over a few periods?",
                .avoid = "Not where a shock reaches the neighbours later: pairs of other units in other periods have "
                         "no weight.",
                .reference = "Conley (1999) with Newey and West (1987); Hsiang (2010), acreg",
                .options = distance_and_lag_options(),
                .positions = {"latitude", "longitude", "cutoff", "lag"}},
       .gathers = Gathers::places,
       .factor = true,
       .meat = conley_hac_meat,
       .check = check_distances},
      {.card = {.name = "beck_katz",
                .kind = "covariance",
                .question = "How uncertain are they if errors of any two units in a period have one covariance for "
                            "all periods (panel-corrected errors)?",
                .avoid = "Not with fewer periods than units: it averages over periods. Not where errors last: add lags "
                         "to the model, or use driscoll_kraay.",
                .reference = "Beck and Katz (1995), eq. 11; plm vcovBK, sandwich vcovPC",
                .options = {{"of", "choice: units | periods", "units",
                             "what goes together: units within a period, or periods within a unit"},
                            {"missing", "choice: pairwise | casewise", "pairwise",
                             "covariances from what each pair has, or from what all have"},
                            {"diagonal", "choice: no | yes", "no",
                             "yes: a variance of its own for each, nothing else"}}},
       .gathers = Gathers::periods,
       .factor = false,
       .meat = beck_katz_meat,
       .of_fit = beck_katz_of},
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
                                                       {"hac", "newey_west"},
                                                       {"nw", "newey_west"},
                                                       {"neweywest", "newey_west"},
                                                       {"pcse", "beck_katz"},
                                                       {"bk", "beck_katz"},
                                                       {"spatial", "conley"},
                                                       {"acreg", "conley_hac"},
                                                       {"dc", "thompson"},
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

MethodCall checked_rule(const MethodCall& written) {
  const CovarianceRow& row = covariance_row(written.method);
  MethodCall rule = named(written, row.card);
  if (row.check) row.check(rule);
  return rule;
}

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

Meat meat_terms(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  const CovarianceRow& row = covariance_row(rule.method);
  check_options(rule, row.card);
  return row.meat(rule, psi, atoms);
}

Matrix meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  return meat_terms(rule, Contributions(psi), atoms).total(rule.get("groups", "min") == "own");
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
