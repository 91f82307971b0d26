#include <gtest/gtest.h>

#include <cmath>

#include "unit/estimators/small_rows.hpp"

namespace headwater {
namespace {

using test::estimated;
using test::expect_error;
using test::expect_numbers;
using test::keyless;
using test::small_rows;

// 72 rows of 14 units; all ones and all zeros are among them.
Panel yes_or_no() {
  return keyless(
      "i,t,x,z,y\n0,0,-2.15,0.6,0\n0,1,-0.04,-0.13,1\n0,2,0.18,0.47,0\n0,3,0.63,0.03,1\n0,4,-0.26,0.48,1\n"
      "1,0,-0.14,0.39,0\n1,2,0.12,0.95,0\n1,3,-0.41,0.78,1\n1,4,2.03,0.55,0\n1,5,1.1,-0.25,0\n2,0,0.82,-0.59,1\n"
      "2,1,0.61,0.48,1\n2,2,-1.02,0.66,0\n2,3,0.64,0.64,0\n2,5,-0.03,0.76,0\n3,1,0.34,-0.04,0\n3,2,-0.78,-0.42,1\n"
      "3,3,-0.07,0.12,0\n3,4,-2.34,-0.61,0\n3,5,-1.49,0.5,0\n4,0,-1.88,0.7,0\n4,1,1.31,0.25,1\n4,2,-2.01,0.57,1\n"
      "4,4,-0.46,-0.26,0\n4,5,0.51,-0.57,1\n5,0,-0.38,-0.01,1\n5,1,0.75,0.42,0\n5,2,0.34,0.41,0\n5,3,-0.8,-0.26,1\n"
      "5,4,-0.6,0.34,0\n5,5,0.57,-0.6,1\n6,0,1.21,0.07,1\n6,1,-0.32,-0.96,1\n6,3,0.82,0.48,0\n6,4,-0.11,0.82,0\n"
      "6,5,2.55,-0.3,1\n7,0,-0.75,0.84,0\n7,1,-2.69,0.89,0\n7,2,-1.71,0.63,0\n7,3,-0.36,-0.04,0\n7,4,-0.61,0.14,0\n"
      "8,0,1.09,-0.79,1\n8,2,0.16,0.41,0\n8,3,1.01,0.03,1\n8,4,0.84,-0.33,0\n8,5,0.83,-0.51,0\n9,0,-1.28,-0.55,0\n"
      "9,1,0.74,-0.75,0\n9,2,0,0.77,1\n9,3,-0.38,0.07,1\n9,5,-0.89,0.18,0\n10,1,0.79,0.08,0\n10,2,0.75,-0.17,1\n"
      "10,3,-2.16,0.34,0\n10,4,0.07,0.41,0\n10,5,0.97,0.53,1\n11,0,-0.2,-0.68,0\n11,1,2.1,0.13,1\n11,2,-0.08,-0.32,1\n"
      "11,4,0.68,0.12,1\n11,5,-0.07,0.37,1\n12,0,-0.43,-0.35,1\n12,1,-0.98,0.57,0\n12,2,0.37,0.07,1\n12,3,0.48,0.29,1\n"
      "12,4,-1.4,0.44,0\n12,5,0.86,0.75,1\n13,0,-0.84,0.79,0\n13,1,-0.19,-0.24,1\n13,3,-0.2,-0.03,1\n13,4,-2.15,-0.98,"
      "1\n"
      "13,5,1.11,-0.13,1\n");
}

struct Corrected {
  std::string call, formula;
  std::vector<double> before, coefficients, errors;
};

// Numbers of the formulas on dummies written out, in numpy.
TEST(BiasCorrection, EqualsItsFormulasOnDummies) {
  const std::string one = "y ~ x + z | i", two = "y ~ x + z | i + t";
  const std::vector<double> logit_one = {0.7938025634004872, -1.3511338241133157},
                            logit_two = {0.8446861941579454, -1.869002368821295},
                            probit_one = {0.4739586694363149, -0.7803163814745453},
                            probit_two = {0.5154179657461788, -1.130398154502999};
  const std::vector<Corrected> all = {{"logit(correction = analytical)",
                                       one,
                                       logit_one,
                                       {0.6209286275806954, -1.033206098143112},
                                       {0.3423118908124064, 0.6423677107651723}},
                                      {"logit(correction = analytical, lags = 2)",
                                       one,
                                       logit_one,
                                       {0.5290314620335865, -1.092962666477479},
                                       {0.3343911214833416, 0.6456321371821669}},
                                      {"logit(correction = analytical)",
                                       two,
                                       logit_two,
                                       {0.5587308217404997, -1.1889962611120501},
                                       {0.37377798092218434, 0.6803015249356483}},
                                      {"logit(correction = analytical, lags = 2)",
                                       two,
                                       logit_two,
                                       {0.4579531943494156, -1.290873747989373},
                                       {0.3709766752858224, 0.6855832524270618}},
                                      {"probit(correction = analytical)",
                                       one,
                                       probit_one,
                                       {0.3811842756595955, -0.6297514815576404},
                                       {0.20450573855710913, 0.3833787654164654}},
                                      {"probit(correction = analytical, lags = 2)",
                                       two,
                                       probit_two,
                                       {0.2888537169581782, -0.8266938041387013},
                                       {0.22942680148969485, 0.4184581705756949}}};
  const Panel panel = yes_or_no();
  for (const Corrected& c : all) {
    const Fit fit = estimated(panel, c.formula, c.call, "", "iid");
    EXPECT_EQ(fit.n(), 67);
    expect_numbers(fit.coefficients, c.coefficients, 1e-9);
    expect_numbers(fit.bread.diagonal().cwiseSqrt(), c.errors, 1e-9);
    const auto before = std::get<std::vector<double>>(fit.extras.at("uncorrected").values);
    expect_numbers(Eigen::Map<const Vector>(before.data(), 2), c.before, 1e-9);
  }
}

// Effects and means are those that go with the corrected coefficients.
TEST(BiasCorrection, EffectsFollowTheCoefficients) {
  const Fit fit = estimated(yes_or_no(), "y ~ x + z | i", "logit(correction = analytical)", "", "iid");
  Vector sums = Vector::Zero(fit.effects.front().levels.count);
  for (Index i = 0; i < fit.n(); ++i)
    sums(fit.effects.front().levels.code[static_cast<std::size_t>(i)]) += fit.design->y(i) - fit.linked->mean(i);
  EXPECT_LE(sums.cwiseAbs().maxCoeff(), 1e-9);
}

TEST(BiasCorrection, RefusesOtherModels) {
  const auto asked = [](const std::string& formula, const std::string& call, const std::string& weights) {
    return [=] { estimated(yes_or_no(), formula, call, weights, "iid"); };
  };
  const std::string start =
      "logit(correction = analytical) takes off the bias of one or two absorbed effects, and the model ";
  expect_error(ErrorKind::usage, start + "y ~ x has 0 effects; leave the correction out",
               asked("y ~ x", "logit(correction = analytical)", ""));
  expect_error(ErrorKind::usage, start + "y ~ x | i + t + z has 3 effects; leave the correction out",
               asked("y ~ x | i + t + z", "logit(correction = analytical)", ""));
  expect_error(ErrorKind::usage, start + "y ~ x | i[z] has slopes; leave the correction out",
               asked("y ~ x | i[z]", "logit(correction = analytical)", ""));
  expect_error(ErrorKind::usage,
               "logit(lags = 1) takes off the bias of one or two absorbed effects, and lags belong to correction = "
               "analytical; leave the correction out",
               asked("y ~ x | i", "logit(lags = 1)", ""));
  expect_error(ErrorKind::usage,
               "probit(correction = analytical, lags = -1) takes off the bias of one or two absorbed effects, and lags "
               "are counted from 0; leave the correction out",
               asked("y ~ x | i", "probit(correction = analytical, lags = -1)", ""));
}

}  // namespace
}  // namespace headwater
