// Variance shared out between drivers: the worked numbers of relaimpo and domir.
#include "attribution_case.hpp"

namespace headwater::golden {
namespace {

constexpr double kEight = 5e-9, kSeven = 5e-8;  // digits printed
const char* const kSwiss = "Fertility ~ Agriculture + Examination + Education + Catholic + Infant_Mortality";

Panel swiss() { return read_panel(reference_file("swiss_fertility.csv"), {.unit = "district"}); }

#define NEEDS(file) \
  if (absent(file)) GTEST_SKIP() << "needs the reference data beside the checkout: " << file

using Numbers = std::vector<std::pair<std::string, double>>;
Numbers swiss_numbers(double agriculture, double examination, double education, double catholic, double infant) {
  return {{"Agriculture", agriculture},
          {"Examination", examination},
          {"Education", education},
          {"Catholic", catholic},
          {"Infant_Mortality", infant}};
}

TEST(V1, SwissShapleyIsRelaimposLmg) {
  NEEDS("swiss_fertility.csv");
  const Decomposition d = decompose(swiss(), {kSwiss}, "shapley(players = terms)").front();
  expect_values(d, swiss_numbers(.05709122, .17117303, .26013468, .10557015, .11276592), kEight);
  EXPECT_NEAR(1 - value_of(d, "residual"), .706735, 5e-7);
}

struct MetricNumbers {
  std::string metric;
  Numbers numbers;
};

TEST(V1, SwissByRelaimposOtherMetrics) {
  NEEDS("swiss_fertility.csv");
  const std::vector<MetricNumbers> all = {
      {"last", swiss_numbers(.04286961, .00738742, .16196269, .06237263, .05694526)},
      {"first", swiss_numbers(.12466491, .41716447, .44061565, .21500350, .17351893)},
      {"betasq", swiss_numbers(.09791973, .02715186, .44943721, .12082578, .06306928)},
      {"pratt", swiss_numbers(-.11048599, .10642740, .44500457, .16117681, .10461221)},
      {"genizi", swiss_numbers(.04841690, .15470825, .27196410, .11468003, .11696572)},
      {"car", swiss_numbers(.00056747, .15113399, .32326807, .11507318, .11669228)},
      {"pmvd", swiss_numbers(.04478517, .04446868, .37981877, .13433174, .10333064)}};
  for (const MetricNumbers& one : all) {
    SCOPED_TRACE(one.metric);
    const Decomposition d =
        decompose(swiss(), {kSwiss}, "importance(players = terms, metric = " + one.metric + ")").front();
    expect_values(d, one.numbers, kEight);
    EXPECT_EQ(d.additive, one.metric != "first" && one.metric != "last" && one.metric != "betasq");
  }
  EXPECT_EQ(decompose(swiss(), {kSwiss}, "importance(players = terms)").size(), 7);
}

// Without effects Fields' shares of the drivers are Pratt's measures.
TEST(V1, SwissFieldsIsPratt) {
  NEEDS("swiss_fertility.csv");
  std::vector<DriverGroup> drivers;
  for (const char* name : {"Agriculture", "Examination", "Education", "Catholic", "Infant_Mortality"})
    drivers.push_back({name, parse_terms(name)});
  const Decomposition d = decompose(swiss(), {.formula = kSwiss, .drivers = drivers}, "fields").front();
  expect_values(d, swiss_numbers(-.11048599, .10642740, .44500457, .16117681, .10461221), kEight);
  EXPECT_NEAR(1 - value_of(d, "residual"), .706735, 5e-7);
}

const std::vector<DriverGroup>& schooling() {
  static const std::vector<DriverGroup> drivers = {{"EduExam", parse_terms("Education + Examination")},
                                                   {"Agr", parse_terms("Agriculture")},
                                                   {"Cath", parse_terms("Catholic")},
                                                   {"Inf", parse_terms("Infant_Mortality")}};
  return drivers;
}

TEST(V2, SwissGroupsAndOwenValuesInsideOne) {
  NEEDS("swiss_fertility.csv");
  const AttributionModel model{.formula = kSwiss, .drivers = schooling()};
  const Decomposition groups = decompose(swiss(), model, "shapley").front();
  expect_values(groups, {{"EduExam", .39817899}, {"Agr", .07384681}, {"Cath", .11573754}, {"Inf", .11897166}}, kEight);
  const Decomposition inside = decompose(swiss(), model, "shapley(inside = EduExam)").front();
  expect_values(inside, {{"Education", .24357032}, {"Examination", .15460867}}, kEight);
  EXPECT_NEAR(inside.total, value_of(groups, "EduExam"), 1e-14);
}

// relaimpo's weights abs(-23:23); its zero weight is a row that does not count.
TEST(V3, SwissWeighted) {
  NEEDS("swiss_fertility.csv");
  const Panel plain = swiss();
  std::vector<Column> columns = plain.columns();
  const std::vector<std::string> order = {
      "Courtelary", "Delemont",     "Franches-Mnt", "Moutier",     "Neuveville",   "Porrentruy",   "Broye",
      "Glane",      "Gruyere",      "Sarine",       "Veveyse",     "Aigle",        "Aubonne",      "Avenches",
      "Cossonay",   "Echallens",    "Grandson",     "Lausanne",    "La Vallee",    "Lavaux",       "Morges",
      "Moudon",     "Nyone",        "Orbe",         "Oron",        "Payerne",      "Paysd'enhaut", "Rolle",
      "Vevey",      "Yverdon",      "Conthey",      "Entremont",   "Herens",       "Martigwy",     "Monthey",
      "St Maurice", "Sierre",       "Sion",         "Boudry",      "La Chauxdfnd", "Le Locle",     "Neuchatel",
      "Val de Ruz", "ValdeTravers", "V. De Geneve", "Rive Droite", "Rive Gauche"};
  Column weight;
  weight.name = "w";
  weight.numbers.resize(plain.rows());
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < plain.rows(); ++i) {
    const std::string& district =
        plain.units().labels[static_cast<std::size_t>(plain.units().code[static_cast<std::size_t>(i)])];
    const auto found = std::find(order.begin(), order.end(), district);
    ASSERT_NE(found, order.end()) << district;
    weight.numbers(i) = std::abs(static_cast<double>(found - order.begin()) - 23);
    rows.push_back(plain.source_row(i));
  }
  columns.push_back(weight);
  const Panel panel(std::move(columns), plain.keys(), rows, plain.ledger());
  const Decomposition d =
      decompose(panel, {.formula = kSwiss, .weights = "w", .drivers = schooling()}, "shapley").front();
  expect_values(d, {{"EduExam", .49953751}, {"Agr", .07636859}, {"Cath", .05614286}, {"Inf", .10801371}}, kEight);
  EXPECT_NEAR(1 - value_of(d, "residual"), .74006267, kEight);
}

TEST(V4, SwissWithEducationAlwaysIn) {
  NEEDS("swiss_fertility.csv");
  const Decomposition d = decompose(swiss(), {kSwiss}, "shapley(players = terms, always = Education)").front();
  expect_values(d,
                {{"Agriculture", .03432758},
                 {"Examination", .03884696},
                 {"Catholic", .10165854},
                 {"Infant_Mortality", .09128627}},
                kEight);
  EXPECT_NEAR(1 - value_of(d, "residual") - value_of(d, "always: Education"), .26611935, kEight);
}

// domir's README.
Panel mtcars() {
  return panel_of(
      {{"mpg", {21,   21,   22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4,
                14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26,   30.4, 15.8, 19.7, 15,   21.4}},
       {"cyl", {6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8, 4}},
       {"vs", {0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1}},
       {"am", {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}}});
}

TEST(V6, MtcarsShapley) {
  const Decomposition d = decompose(mtcars(), {"mpg ~ am + vs + cyl"}, "shapley(players = terms)").front();
  expect_values(d, {{"am", .1774892}, {"vs", .2027032}, {"cyl", .3817849}}, kSeven);
  EXPECT_NEAR(1 - value_of(d, "residual"), .7619773, kSeven);
}

TEST(V6, MtcarsDominance) {
  const Decomposition d = decompose(mtcars(), {"mpg ~ am + vs + cyl"}, "dominance(players = terms)").front();
  expect_values(d, {{"am", .1774892}, {"vs", .2027032}, {"cyl", .3817849}}, kSeven);
  const std::vector<double> conditional = {.3597989, .1389842, .0336844, .4409477, .1641982,
                                           .0029637, .7261800, .3432799, .0758948};
  for (const LabelledArray& extra : d.extras) {
    const auto* values = std::get_if<std::vector<double>>(&extra.values);
    if (extra.name == "conditional") {
      for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR((*values)[i], conditional[i], kSeven) << i;
    }
    if (extra.name == "complete") {
      EXPECT_EQ((*values)[2 * 3 + 0], 1);  // cyl dominates am and vs completely
      EXPECT_EQ((*values)[2 * 3 + 1], 1);
      EXPECT_EQ((*values)[0 * 3 + 1], 0.5);  // vs explains more alone, am more beside cyl
    }
  }
}

// boot::poisons: survival times of 48 animals, three poisons and four treatments, four animals each.
TEST(V7, PoisonsWithFactorsAsPlayers) {
  const std::vector<double> times = {0.31, 0.45, 0.46, 0.43, 0.36, 0.29, 0.40, 0.23, 0.22, 0.21, 0.18, 0.23,
                                     0.82, 1.10, 0.88, 0.72, 0.92, 0.61, 0.49, 1.24, 0.30, 0.37, 0.38, 0.29,
                                     0.43, 0.45, 0.63, 0.76, 0.44, 0.35, 0.31, 0.40, 0.23, 0.25, 0.24, 0.22,
                                     0.45, 0.71, 0.66, 0.62, 0.56, 1.02, 0.71, 0.38, 0.30, 0.36, 0.31, 0.33};
  std::vector<std::string> poison, treatment;
  for (std::size_t i = 0; i < times.size(); ++i) {
    treatment.push_back(std::string(1, static_cast<char>('A' + i / 12)));
    poison.push_back(std::to_string(1 + i / 4 % 3) + "p");
  }
  const Panel panel = panel_of({{"time", times}}, {{"poison", poison}, {"treat", treatment}});
  const Decomposition d =
      decompose(panel, {"I(1/time) ~ factor(poison) + factor(treat)"}, "shapley(players = terms)").front();
  expect_values(d, {{"factor(poison)", .53243232}, {"factor(treat)", .31164349}}, kEight);
  EXPECT_NEAR(1 - value_of(d, "residual"), .84407581, kEight);
}

// 595 people in seven years (PSID): shares of the variance of log wages with errors clustered by person, found in R
// from the influence of every coalition and close to a cluster bootstrap (.0187, .0105, .0104, .0160).
TEST(V25, WagesByGroupWithClusteredErrors) {
  const std::string file = "../golden/data/Wages.csv";
  NEEDS(file);
  const Panel wages = read_panel(reference_file(file), {.unit = "id", .time = "time"});
  const AttributionModel model{
      .formula = "lwage ~ exp + I(exp^2) + ed + bluecol + ind + union + south + smsa + married + sex + black",
      .drivers = {{"schooling", parse_terms("exp + I(exp^2) + ed")},
                  {"job", parse_terms("bluecol + ind + union")},
                  {"place", parse_terms("south + smsa")},
                  {"person", parse_terms("married + sex + black")}},
      .covariance = "cluster(id)"};
  const Decomposition d = decompose(wages, model, "shapley").front();
  expect_values(d, {{"schooling", .1983}, {"job", .0705}, {"place", .0463}, {"person", .1114}}, 5e-5);
  const double errors[] = {.0190, .0107, .0109, .0165};
  for (Index i = 0; i < 4; ++i) EXPECT_NEAR(std::sqrt(d.covariance(i, i)), errors[i], 1e-4) << d.estimates.names[i];
}

// LS-SPA's toy data, 50 rows to learn from and 50 to be judged by, without a constant. Only second moments matter, so
// each half is given by the four rows of its Cholesky factor.
TEST(V24, SharesOfRowsHeldOut) {
  const Panel panel =
      panel_of({{"a", {7.673825820936883, 0, 0, 0, 7.788855143944899, 0, 0, 0}},
                {"b", {5.787049281478635, 4.246509595328618, 0, 0, 4.211104549633002, 4.613422031422783, 0, 0}},
                {"c",
                 {-4.420572334719042, -2.704926606504673, 5.071094220140507, 0, -0.168784719155778, -1.595763533628422,
                  6.444598424238898, 0}},
                {"y",
                 {23.472731432905647, 5.602241141000918, 0.36685324064717423, 6.894634152302522, 20.20072472191733,
                  6.43074311968152, 1.7869236278322913, 5.689899502929395}},
                {"judged", {0, 0, 0, 0, 1, 1, 1, 1}}});
  const Decomposition d =
      decompose(panel, {"y ~ a + b + c - 1"}, "shapley(players = terms, holdout = judged == 1)").front();
  expect_values(d, {{"a", .59671319}, {"b", .47096035}, {"c", -.14387332}}, kEight);
  EXPECT_NEAR(1 - value_of(d, "residual"), .9238002, 5e-8);
}

}  // namespace
}  // namespace headwater::golden
