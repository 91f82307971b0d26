// Question: how does the outcome go with the regressors, within units and between them, when units' levels are draws
// and some regressors go with the errors, or with those levels?
// Model y = Xβ + Du + e as in random.cpp, X₁ exogenous, X₂ endogenous. Estimator: two-stage least squares on whitened
// rows Wy, WX. Instruments, with P the unit means on the rows, Q = I − P, and outside instruments Z:
//   g2sls                  WX₁, WZ           Balestra and Varadharajan-Krishnakumar (1987), eq. 3.2
//   ec2sls                 WQ(X₁, Z), WP(X₁, Z)                        Baltagi (1981), eq. 12
// and without any, X₂ going with u alone, for which some exogenous regressors must vary within units:
//   hausman_taylor         WQX, WPX₁                                  Hausman and Taylor (1981), prop. 3.2
//   amemiya_macurdy        and of X₁ its value in each period         Amemiya and MaCurdy (1986), eq. 9
//   breusch_mizon_schmidt  and of X₂ its value in each period, less the unit's mean   Breusch, Mizon and Schmidt (1989)
// Variances: Swamy and Arora by two-stage least squares, or Hausman and Taylor's own (error_components.cpp). Degrees of
// freedom n − k. Baltagi (2021), 7.2, 7.4, 7.5. Equals plm 2.6.2 (inst.method bvk, baltagi, am, bms; random.method
// swar, ht) on its 7 reference cases to 1e-9, Stata xthtaylor and its amacurdy to the digits printed. Unbalanced, what
// is made of P is whitened as the rows are, so that WX₁ lies among the instruments; plm leaves it as it is.
#include "headwater/estimators/random_instruments.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr const char* kSwamyArora = "Swamy and Arora (1972), by two-stage least squares";
constexpr const char* kHausmanTaylor = "Hausman and Taylor (1981)";

constexpr RandomInstruments kWays[] = {
    {"g2sls", Made::nothing, kSwamyArora, swamy_arora},
    {"ec2sls", Made::parts, kSwamyArora, swamy_arora},
    {"hausman_taylor", Made::own_parts, kHausmanTaylor, hausman_taylor},
    {"amemiya_macurdy", Made::exogenous_periods, kHausmanTaylor, hausman_taylor},
    {"breusch_mizon_schmidt", Made::all_periods, kHausmanTaylor, hausman_taylor},
};

[[noreturn]] void refuse_option(const std::string& text) {
  throw Error(ErrorKind::usage, "estimator.unsupported", text);
}

void refuse_other_options(const MethodCall& call, const RandomInstruments& how) {
  const std::string with = "random(iv = " + std::string(how.name) + ")";
  if (call.get("means", "none") == "unit")
    refuse_option(with +
                  " does not take means = unit: unit means of endogenous regressors are endogenous too; use "
                  "within, which needs no assumption on the levels of units");
  if (call.get("effect", "unit") == "both" || (how.own() && call.get("effect", "unit") != "unit"))
    refuse_option(with + " is for " + (how.own() ? "effects of the unit" : "one effect, of the unit or of time") +
                  ", and effect is " + call.get("effect"));
  const std::string components = call.get("components", "swamy_arora");
  if (how.own() ? call.has("components") : components != "swamy_arora")
    refuse_option(with + " has its variances " +
                  (how.own() ? "of its own, from within residuals" : "by components = swamy_arora alone") +
                  ", and components is " + components);
}

// As many exogenous regressors that vary within units as endogenous ones that do not.
void refuse_too_few_varying(const Design& design, const RandomInstruments& how) {
  Names lasting, varying;
  for (Index j = design.intercept ? 1 : 0; j < design.k(); ++j) {
    const bool varies = varies_within(design.X.col(j), design.unit);
    const bool endogenous = design.origins[static_cast<std::size_t>(j)].role == Role::endogenous;
    if (varies != endogenous) (varies ? varying : lasting).push_back(design.names[static_cast<std::size_t>(j)]);
  }
  if (lasting.size() <= varying.size()) return;
  throw Error(ErrorKind::identification, "iv.too_few_lasting",
              std::string(how.name) + " moves endogenous regressors that are constant within units (" +
                  joined(lasting, ", ") + ") by exogenous ones that vary there, of which there " +
                  (varying.empty() ? "are none"
                                   : (varying.size() == 1 ? "is one (" : "are ") +
                                         (varying.size() == 1 ? "" : std::to_string(varying.size()) + " (") +
                                         joined(varying, ", ") + ")") +
                  "; there must be as many");
}

void refuse_unsuited(const Design& design, const RandomInstruments& how) {
  if (how.own() && design.instruments.cols() > 0)
    throw Error(ErrorKind::usage, "iv.own_instruments",
                std::string(how.name) + " makes its instruments of the model's regressors, and the formula names " +
                    joined(design.instrument_names, ", ") + "; write endogenous ~ 1, or use iv = g2sls or ec2sls");
  if (!how.own() && design.instruments.cols() == 0)
    throw Error(ErrorKind::usage, "iv.outside_instruments",
                std::string(how.name) + " needs instruments after the '~' of " + design.spec.formula.text +
                    "; name some, or use iv = hausman_taylor, which makes them of the model's regressors");
  if (how.own() && !design.has_unit)
    throw Error(ErrorKind::usage, "estimator.no_keys",
                std::string(how.name) + " takes means of units and needs the unit key; name its column");
  if (how.balanced() && (!design.has_time || design.n() != Index{design.unit.count} * design.time.count))
    throw Error(ErrorKind::data, "iv.unbalanced",
                std::string(how.name) +
                    " takes the value of each period as an instrument, so every unit needs a row in " +
                    "every period, and " + counted(design.n(), "row") + " of " + counted(design.unit.count, "unit") +
                    " are used; use iv = hausman_taylor");
  if (how.own()) refuse_too_few_varying(design, how);
}

// Parts of a column: its group means on the rows, what varies about them, and that in each period on every row.
class Parts {
 public:
  Parts(const ComponentData& data, const RandomWhitening& whitening)
      : data_(data), whitening_(whitening), size_(level_sizes(data.groups.front())) {}

  void add_mean(const Vector& column, const std::string& name) { add(mean_of(column), "mean(" + name + ")"); }
  void add_within(const Vector& column, const std::string& name) {
    if (varies_within(column, data_.groups.front())) add(column - mean_of(column), "within(" + name + ")");
  }
  void add_periods(const Vector& column, const std::string& name) {
    if (!varies_within(column, data_.groups.front())) return;
    const Vector within = column - mean_of(column);
    const Grouping &unit = data_.design->unit, &time = data_.design->time;
    for (std::int32_t t = 0; t < time.count; ++t) {
      Vector own = Vector::Zero(unit.count);
      for (Index i = 0; i < within.size(); ++i)
        if (time.code[static_cast<std::size_t>(i)] == t) own(unit.code[static_cast<std::size_t>(i)]) = within(i);
      add(on_rows(own, unit), "within(" + name + ") in " + time.labels[static_cast<std::size_t>(t)]);
    }
  }

  // Those that no regressor that instruments itself and no earlier one makes up.
  MadeInstruments independent(const std::vector<Index>& exogenous) const {
    Matrix all(data_.n(), static_cast<Index>(exogenous.size() + columns_.size()));
    all.leftCols(static_cast<Index>(exogenous.size())) = whitening_.apply(data_.levels.X(Eigen::all, exogenous));
    for (std::size_t j = 0; j < columns_.size(); ++j)
      all.col(static_cast<Index>(exogenous.size() + j)) = whitening_.apply(columns_[j]);
    MadeInstruments made;
    std::vector<Index> kept;
    for (const Index j : least_squares(all, Vector::Zero(data_.n()), Vector()).kept)
      if (j >= static_cast<Index>(exogenous.size())) {
        kept.push_back(j);
        made.names.push_back(names_[static_cast<std::size_t>(j) - exogenous.size()]);
      }
    made.columns = all(Eigen::all, kept);
    return made;
  }

 private:
  Vector mean_of(const Vector& column) const {
    const Grouping& groups = data_.groups.front();
    return on_rows(sums_by(column, groups).col(0).cwiseQuotient(size_), groups);
  }
  void add(Vector column, std::string name) {
    columns_.push_back(std::move(column));
    names_.push_back(std::move(name));
  }

  const ComponentData& data_;
  const RandomWhitening& whitening_;
  Vector size_;
  std::vector<Vector> columns_;
  Names names_;
};

MadeInstruments own_instruments(const RandomInstruments& how, const ComponentData& data, Parts parts,
                                const std::vector<Index>& exogenous, const std::vector<Index>& endogenous) {
  const auto name = [&](Index j) { return data.levels.names[static_cast<std::size_t>(j)]; };
  for (const Index j : endogenous) parts.add_within(data.levels.X.col(j), name(j));
  for (const Index j : exogenous) parts.add_mean(data.levels.X.col(j), name(j));
  if (how.balanced())
    for (const Index j : exogenous) parts.add_periods(data.levels.X.col(j), name(j));
  if (how.made == Made::all_periods)
    for (const Index j : endogenous) parts.add_periods(data.levels.X.col(j), name(j));
  return parts.independent(exogenous);
}

}  // namespace

OptionCard random_instruments_card() {
  return {"iv", "choice: g2sls | ec2sls | hausman_taylor | amemiya_macurdy | breusch_mizon_schmidt", "g2sls",
          "how instruments are used, where there are some; the last three make them of the model: endogenous ~ 1"};
}

const RandomInstruments& random_instruments(const EstimatorInput& input) {
  const std::string wanted = input.call.get("iv", kWays[0].name);
  const RandomInstruments& how = *std::find_if(std::begin(kWays), std::end(kWays),
                                               [&](const RandomInstruments& way) { return wanted == way.name; });
  refuse_other_options(input.call, how);
  refuse_unsuited(*input.design, how);
  return how;
}

MadeInstruments made_instruments(const RandomInstruments& how, const ComponentData& data,
                                 const RandomWhitening& whitening) {
  const Design& design = *data.design;
  if (how.made == Made::nothing) return {whitening.apply(design.instruments), design.instrument_names, {}};
  const std::vector<Index> endogenous = design.endogenous();
  std::vector<Index> exogenous;
  for (Index j = 0; j < design.k(); ++j)
    if (std::find(endogenous.begin(), endogenous.end(), j) == endogenous.end()) exogenous.push_back(j);
  Parts parts(data, whitening);
  if (how.own()) return own_instruments(how, data, std::move(parts), exogenous, endogenous);
  for (const Index j : exogenous) parts.add_mean(design.X.col(j), design.names[static_cast<std::size_t>(j)]);
  for (Index j = 0; j < design.instruments.cols(); ++j) {
    const std::string& name = design.instrument_names[static_cast<std::size_t>(j)];
    parts.add_within(design.instruments.col(j), name);
    parts.add_mean(design.instruments.col(j), name);
  }
  MadeInstruments made = parts.independent(exogenous);
  for (const std::string& name : design.instrument_names)
    if (std::none_of(made.names.begin(), made.names.end(), [&](const std::string& own) {
          return own == "mean(" + name + ")" || own == "within(" + name + ")";
        }))
      made.unused.push_back(name);
  return made;
}

}  // namespace headwater
