// Question: aggregate productivity changed between two periods: within units, between them, or by entry and exit?
// Model: Φ_t = Σ_i s_it φ_it, shares summing to 1; S survivors, E entrants, X leavers; s_G, Φ_G share and mean of a
// group.
//   melitz_polanec   Δφ̄_S + Δcov_S + s_E(Φ_E − Φ_S2) + s_X(Φ_S1 − Φ_X)       (2015, eq. 6)
//   diewert_fox      Σ ½(σ₁+σ₂)Δφ + Σ Δσ ½(φ₁+φ₂), σ shares within S; entry and exit as above       (2010, eq. 24)
//   griliches_regev  Σ s̄Δφ + Σ Δs(φ̄_i − Φ̄) + s_E(Φ_E − Φ̄) + s_X(Φ̄ − Φ_X), Φ̄ the two-period mean       (1995)
//   fhk              Σ s₁Δφ + Σ Δs(φ₁ − Φ₁) + Σ ΔsΔφ + s_E(Φ_E − Φ₁) + s_X(Φ₁ − Φ_X)       (2001, eq. 8.2)
//   bhc              Σ s₁Δφ + Σ Δs φ₂ + s_E Φ_E − s_X Φ_X       (1992)
//   baldwin_gu       Σ s̄Δφ + Σ Δs(φ̄_i − Φ_X) + s_E(Φ_E − Φ_X)       (2003); undefined without leavers
// The first three negate under time reversal. A takeover in the succession table is one entity in both periods, not
// exits and an entry. Every part is computed on its own and asserted against ΔΦ from the rows (the Stata command olleyp
// takes exit as what is left; dfvad's total is the sum of its parts). With `drivers = yes` the within part is split
// into the parts of the fit. Influence: derivative in each entity's weight, under the model's rule. dfvad's six methods
// to all digits printed.
#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/dual.hpp"
#include "headwater/decompositions/entities.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

// Sums over entities from which every part is made: sizes of all and of survivors, Σ_S m_p φ_q for sizes of period p
// and values of period q, Σ m φ of leavers and entrants, the number of survivors and the sums of their values.
enum Sum { M1, M2, S1, S2, A11, A12, A21, A22, X1, E2, N, D1, D2, kSums };

using Sums = std::array<Dual, kSums>;

// What each entity adds to each sum, entities × kSums.
Matrix summands(const Entities& entities, const Matrix& value) {
  Matrix tau = Matrix::Zero(entities.count, kSums);
  for (Index e = 0; e < entities.count; ++e) {
    const double m1 = entities.mass(e, 0), m2 = entities.mass(e, 1), v1 = value(e, 0), v2 = value(e, 1);
    tau(e, M1) = m1;
    tau(e, M2) = m2;
    if (!entities.survives(e)) {
      tau(e, X1) = m1 * v1;
      tau(e, E2) = m2 * v2;
      continue;
    }
    tau(e, S1) = m1;
    tau(e, S2) = m2;
    tau(e, A11) = m1 * v1;
    tau(e, A12) = m1 * v2;
    tau(e, A21) = m2 * v1;
    tau(e, A22) = m2 * v2;
    tau(e, N) = entities.times(e);
    tau(e, D1) = entities.times(e) * v1;
    tau(e, D2) = entities.times(e) * v2;
  }
  return tau;
}

Sums sums_of(const Matrix& tau) {
  Sums sums;
  for (int q = 0; q < kSums; ++q) {
    sums[static_cast<std::size_t>(q)] = {tau.col(q).sum(), Vector::Unit(kSums, q)};
  }
  return sums;
}

Dual within(const std::string& method, const Sums& t) {
  if (method == "melitz_polanec") return (t[D2] - t[D1]) / t[N];
  const Dual first = t[A12] - t[A11], second = t[A22] - t[A21];
  if (method == "fhk" || method == "bhc") return first / t[M1];
  if (method == "diewert_fox") return 0.5 * (first / t[S1] + second / t[S2]);
  return 0.5 * (first / t[M1] + second / t[M2]);
}

struct NamedPart {
  std::string name;
  Dual part;
};

std::vector<NamedPart> reallocation(const std::string& method, const Sums& t) {
  const Dual share1 = t[S1] / t[M1], share2 = t[S2] / t[M2], moved = share2 - share1, left = t[M1] - t[S1],
             entered = t[M2] - t[S2];
  const Dual before = (t[A11] + t[X1]) / t[M1], after = (t[A22] + t[E2]) / t[M2];
  const Dual middle = 0.5 * ((t[A21] + t[A22]) / t[M2] - (t[A11] + t[A12]) / t[M1]);
  const auto entry = [&](const Dual& reference) { return t[E2] / t[M2] - reference * (entered / t[M2]); };
  const auto exit = [&](const Dual& reference) { return reference * (left / t[M1]) - t[X1] / t[M1]; };
  if (method == "fhk")
    return {{"between", t[A21] / t[M2] - t[A11] / t[M1] - before * moved},
            {"cross", (t[A22] - t[A21]) / t[M2] - (t[A12] - t[A11]) / t[M1]},
            {"entry", entry(before)},
            {"exit", exit(before)}};
  const Dual none{0, Vector::Zero(kSums)};
  if (method == "bhc")
    return {{"between", t[A22] / t[M2] - t[A12] / t[M1]}, {"entry", entry(none)}, {"exit", exit(none)}};
  if (method == "baldwin_gu") {
    const Dual leavers = t[X1] / left;
    return {{"between", middle - leavers * moved}, {"entry", entry(leavers)}};
  }
  if (method == "griliches_regev") {
    const Dual mean = 0.5 * (before + after);
    return {{"between", middle - mean * moved}, {"entry", entry(mean)}, {"exit", exit(mean)}};
  }
  const Dual stay1 = t[A11] / t[S1], stay2 = t[A22] / t[S2];
  const Dual between = method == "melitz_polanec" ? (stay2 - t[D2] / t[N]) - (stay1 - t[D1] / t[N])
                                                  : 0.5 * ((t[A21] + t[A22]) / t[S2] - (t[A11] + t[A12]) / t[S1]);
  return {{method == "melitz_polanec" ? "between: covariance of size and productivity" : "between", between},
          {"entry", entry(stay2)},
          {"exit", exit(stay1)}};
}

struct Counted {
  Index survivors = 0, entrants = 0, leavers = 0;
};

Counted count(const Entities& entities) {
  Counted c;
  for (Index e = 0; e < entities.count; ++e)
    ++(entities.survives(e) ? c.survivors : entities.mass(e, 0) > 0 ? c.leavers : c.entrants);
  return c;
}

class Parts {
 public:
  Parts(const Design& design, const Entities& entities) : design_(design), entities_(entities) {}

  void add(const std::string& name, double value, const Vector& influence) {
    names.push_back(name);
    values.push_back(value);
    influences.push_back(influence);
  }
  void add(const std::string& name, const Dual& part, const Matrix& tau) {
    add(name, part.value, at_carriers(tau * part.slope));
  }
  Vector at_carriers(const Vector& by_entity) const {
    Vector rows = Vector::Zero(design_.n());
    for (Index e = 0; e < entities_.count; ++e) rows(entities_.carrier[static_cast<std::size_t>(e)]) = by_entity(e);
    return rows;
  }

  Names names;
  std::vector<double> values;
  std::vector<Vector> influences;

 private:
  const Design& design_;
  const Entities& entities_;
};

// Row weights v with within = v'z: the derivative of the within part in the values of the rows.
Vector within_row_weights(const Design& design, const Entities& entities, const Dual& part) {
  Vector v = Vector::Zero(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const Index e = entities.of_row[static_cast<std::size_t>(i)];
    if (e < 0 || !entities.survives(e)) continue;
    const bool early = design.time.code[static_cast<std::size_t>(i)] == entities.from;
    const double m1 = entities.mass(e, 0), m2 = entities.mass(e, 1);
    const double by_value = early ? part.slope(A11) * m1 + part.slope(A21) * m2 + part.slope(D1) * entities.times(e)
                                  : part.slope(A12) * m1 + part.slope(A22) * m2 + part.slope(D2) * entities.times(e);
    v(i) = by_value * entities.row_mass(i) / (early ? m1 : m2);
  }
  return v;
}

bool moves(const Entities& entities, const Matrix& value, double scale) {
  double largest = 0;
  for (Index e = 0; e < entities.count; ++e)
    if (entities.survives(e)) largest = std::max(largest, std::abs(value(e, 1) - value(e, 0)));
  return largest > 1e-12 * scale;
}

void add_drivers(Parts& parts, const DecompositionInput& input, const Entities& entities, const std::string& method,
                 Decomposition& d) {
  const Design& design = *input.fit->design;
  const OutcomeParts outcome = OutcomeParts(*input.fit).identified([&](const Matrix& z) {
    Matrix read = Matrix::Zero(entities.count, z.cols());
    for (Index p = 0; p < z.cols(); ++p) {
      const Matrix means = entities.means(design, z.col(p));
      for (Index e = 0; e < entities.count; ++e)
        if (entities.survives(e)) read(e, p) = means(e, 1) - means(e, 0);
    }
    return read;
  });
  const double scale = std::max(1.0, design.y.cwiseAbs().maxCoeff());
  const Dual whole = within(method, sums_of(summands(entities, entities.means(design, design.y))));
  const Matrix estimation = outcome.estimation_influence(within_row_weights(design, entities, whole));
  for (Index p = 0; p < outcome.size(); ++p) {
    const auto at = static_cast<std::size_t>(p);
    const Matrix value = entities.means(design, outcome.values().col(p));
    if (outcome.kinds()[at] == PartKind::effect && !moves(entities, value, scale)) continue;
    const Matrix tau = summands(entities, value);
    const Dual part = within(method, sums_of(tau));
    parts.add("within: " + outcome.names()[at], part.value, parts.at_carriers(tau * part.slope) + estimation.col(p));
  }
  outcome.tell(d);
}

void describe(Decomposition& d, const DecompositionInput& input, const Design& design, const Entities& entities,
              const std::string& method, const Counted& counted) {
  const auto label = [&](std::int32_t t) { return design.time.labels[static_cast<std::size_t>(t)]; };
  d.method = "aggregate";
  d.call = input.call.text;
  d.choices = {{"method", method},
               {"share", input.call.get("share")},
               {"from", label(entities.from)},
               {"to", label(entities.to)},
               {"survivors", std::to_string(counted.survivors)},
               {"entrants", std::to_string(counted.entrants)},
               {"leavers", std::to_string(counted.leavers)},
               {"mergers", input.call.get("mergers", "joined")},
               {"drivers", input.call.get("drivers", "no")}};
  d.question = "Did aggregate " + design.outcome_name + " change from " + label(entities.from) + " to " +
               label(entities.to) + " within units, between them, or by entry and exit?";
  d.total_name = "change of aggregate " + design.outcome_name;
  d.unit = outcome_unit(design.spec);
  d.percent = log_outcome(design.spec);
  d.frame = "units and their sizes as drawn; for a census, the process that made their figures";
  d.sample_hash = design.sample_hash;
  note_seasons(d.notes, design, entities.from, entities.to);
  if (method == "fhk" || method == "bhc" || method == "baldwin_gu")
    d.notes.push_back({"aggregate.not_symmetric", method +
                                                      " does not negate when the periods are exchanged, so its parts "
                                                      "depend on the direction; diewert_fox and melitz_polanec do"});
  if (log_outcome(design.spec))
    d.notes.push_back(
        {"aggregate.logs", "the share-weighted mean of logarithms is not the logarithm of the aggregate ratio"});
  if (!entities.merged.empty())
    d.notes.push_back(
        {"aggregate.merged", "takeovers counted as one unit in both periods: " + joined(entities.merged, "; ")});
}

void refuse_use(const std::string& method, const Counted& counted, const Design& design, const Entities& entities) {
  const auto label = [&](std::int32_t t) { return design.time.labels[static_cast<std::size_t>(t)]; };
  if (counted.survivors == 0)
    throw Error(ErrorKind::data, "decomposition.no_stayers",
                "no unit has rows in both " + label(entities.from) + " and " + label(entities.to) +
                    ", so nothing can be said of change within units; choose nearer periods",
                {.key = "from"});
  if (method == "baldwin_gu" && counted.leavers == 0)
    throw Error(ErrorKind::data, "aggregate.no_exit",
                "baldwin_gu measures against the units that leave, but none leaves between " + label(entities.from) +
                    " and " + label(entities.to) + "; use diewert_fox or griliches_regev",
                {.key = "method"});
}

}  // namespace

const MethodCard& aggregate_card() {
  static const MethodCard card{
      .name = "aggregate",
      .kind = "decomposition",
      .question = "Did aggregate productivity change within units, by moving size between them, or by entry and exit?",
      .avoid =
          "Not on indices set to one value for every unit, and not without a succession table where units merge: a "
          "takeover would count as exits and an entry.",
      .reference = "Melitz and Polanec (2015); Diewert and Fox (2010); Foster, Haltiwanger and Krizan (2001); dfvad",
      .supports = {"unbalanced"},
      .options = {{"method", "choice: diewert_fox | melitz_polanec | griliches_regev | fhk | bhc | baldwin_gu",
                   "diewert_fox", "what change within and between is measured against"},
                  {"share", "text", "", "column of size, normalised to shares in each period (required)"},
                  {"from", "period", "", "the earlier period (required)"},
                  {"to", "period", "", "the later period (required)"},
                  {"mergers", "choice: joined | apart", "joined",
                   "a takeover is one unit in both periods, or exits and an entry"},
                  {"drivers", "choice: no | yes", "no", "split the within part by the drivers of the fit"},
                  no_weights_option()},
      .positions = {"share", "from", "to"}};
  return card;
}

Decompositions run_aggregate(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  for (const char* option : {"share", "from", "to"})
    if (!call.has(option))
      throw Error(ErrorKind::usage, "decomposition.option",
                  "aggregate needs share, from and to, such as aggregate(share = resource, from = 2019, to = 2024)",
                  {.key = option});
  const std::string method = call.get("method", "diewert_fox"), share = call.get("share");
  const bool drivers = call.get("drivers", "no") == "yes";
  const bool joined_mergers = call.get("mergers", "joined") == "joined";
  if (drivers && !input.fit)
    throw Error(ErrorKind::usage, "aggregate.no_fit",
                "drivers = yes splits the within part by the drivers of the fit, but there is none; see why it failed",
                {.key = "drivers"});
  const Design design = drivers ? *input.fit->design : outcome_design(input.panel, input.spec, {share});
  if (!design.has_time || !design.has_unit)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                "aggregate follows units over time and needs both keys; name the columns of unit and period");
  refuse_indices(design);
  const std::int32_t from = period_code(design, "from", call.get("from")),
                     to = period_code(design, "to", call.get("to"));
  if (from == to)
    throw Error(
        ErrorKind::usage, "decomposition.one_period",
        "aggregate needs two different periods, but both are " + design.time.labels[static_cast<std::size_t>(to)],
        {.key = "from"});
  const Vector mass = row_values(input.panel, design, share);
  const Entities entities =
      entities_of(design, from, to, mass, times_drawn(design),
                  joined_mergers ? input.panel.ledger().continued_by : decltype(DataLedger::continued_by){});
  const Counted counted = count(entities);
  refuse_use(method, counted, design, entities);
  Decomposition d;
  describe(d, input, design, entities, method, counted);
  tell_rows(d, input, design,
            std::count_if(entities.of_row.begin(), entities.of_row.end(), [](Index e) { return e >= 0; }));
  Parts parts(design, entities);
  const Matrix tau = summands(entities, entities.means(design, design.y));
  const Sums sums = sums_of(tau);
  if (drivers)
    add_drivers(parts, input, entities, method, d);
  else
    parts.add("within", within(method, sums), tau);
  for (const auto& [name, part] : reallocation(method, sums))
    if ((name != "entry" || counted.entrants > 0) && (name != "exit" || counted.leavers > 0))
      parts.add(name, part, tau);
  const auto m = static_cast<Index>(parts.names.size());
  d.estimates.names = parts.names;
  d.estimates.values = Eigen::Map<const Vector>(parts.values.data(), m);
  d.estimates.influence.resize(design.n(), m);
  for (Index i = 0; i < m; ++i) d.estimates.influence.col(i) = parts.influences[static_cast<std::size_t>(i)];
  d.estimates.jacobian = Matrix::Identity(m, m);
  Contrast total(design.n());
  total.add(1, within_group(mass, design.time, to));
  total.add(-1, within_group(mass, design.time, from));
  d.total = total.values(design.y)(0);
  finish(d, drivers ? inference_of(*input.fit, *input.covariance) : inference_of(input.spec, atoms_of(design)),
         atoms_of(design), entities.carried(total.sampling_influence(design.y)),
         std::max(1.0, design.y.cwiseAbs().maxCoeff()));
  return {std::move(d)};
}

}  // namespace headwater
