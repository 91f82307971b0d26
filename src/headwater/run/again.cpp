#include "headwater/run/again.hpp"

namespace headwater {
namespace {

void ask(ModelConfig& model, const Question& question) {
  if (!question.covariance.empty()) model.covariance = question.covariance;
  if (!question.profile.empty()) model.profile = question.profile;
  if (!question.drivers.empty()) model.drivers = question.drivers;
  model.use = question.use;
  model.tests.insert(model.tests.end(), question.tests.begin(), question.tests.end());
}

}  // namespace

RunConfig asked_again(RunConfig config, const Question& question) {
  const auto other = [&](const ModelConfig& model) { return !question.model.empty() && model.name != question.model; };
  if (config.run.sample != "common") std::erase_if(config.models, other);
  for (ModelConfig& model : config.models) {
    if (!other(model))
      ask(model, question);
    else
      model.use.clear();
  }
  if (question.use.empty()) config.run.bootstrap.clear();
  config.output = {};
  return config;
}

}  // namespace headwater
