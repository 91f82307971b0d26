// Where a setting comes from, what a later source replaces, and that the resolved text is a configuration again.
#include "headwater/run/config.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "headwater/core/error.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

class Config : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  std::string message_of(const std::string& text, const Overrides& overrides = {}) {
    const std::string path = write("bad.cfg", text);
    try {
      read_config(path, overrides);
    } catch (const Error& error) {
      std::string message = error.message();
      for (std::size_t at; (at = message.find(path)) != std::string::npos;) message.replace(at, path.size(), "FILE");
      return message;
    }
    return "no error";
  }

  ScratchFolder folder_;
};

TEST_F(Config, PrecedenceIsDefaultsThenModelThenConfigThenCommandLine) {
  write("models/a.model",
        "# models/a.model — what is asked?\n# Second line.\n[model]\nformula = y ~ x | trust\nestimator = within\n"
        "covariance = iid\nprofile = plm\n[driver]\ncapital = x\n[decompose]\nuse = change\nuse = contributions\n");
  const std::string path =
      write("runs/a.cfg",
            "[data]\nfile = ../data/p.csv\nunit = trust\n[run]\nmodel = ../models/a.model\nseed = 7\n"
            "[model]\ncovariance = robust\n[decompose]\nuse = change(from = 1, to = 2)\n");
  const RunConfig config = read_config(path, {{"model.profile", "none"}, {"run.seed", "8"}});
  ASSERT_EQ(config.models.size(), 1u);
  const ModelConfig& model = config.models.front();
  EXPECT_EQ(model.name, "a");
  EXPECT_EQ(model.question, "models/a.model — what is asked? Second line.");
  EXPECT_EQ(model.estimator, "within") << "from the model file";
  EXPECT_EQ(model.covariance, "robust") << "the configuration goes before the model file";
  EXPECT_EQ(model.profile, "none") << "the command line goes before both";
  EXPECT_EQ(model.use, (std::vector<std::string>{"change(from = 1, to = 2)"}))
      << "a later list replaces an earlier one";
  EXPECT_EQ(config.run.seed, 8u);
  EXPECT_DOUBLE_EQ(config.run.level, 0.95);
  EXPECT_EQ(config.data.file, (folder_.path() / "data" / "p.csv").string()) << "paths resolve against their own file";
}

TEST_F(Config, TheResolvedTextReadsBackToTheSameRun) {
  const std::string path =
      write("a.cfg",
            "[data]\nfile = p.csv\nunit = trust\ntime = quarter\ntext = code, ward\n[model one]\n"
            "formula = y ~ x\n   + z # not a comment\n   | trust\nsubset = type == \"acute\"\n"
            "test = x + z = 0\ntest = x = 1\n[driver one]\ncapital = x\nworkforce = z\n[model two]\n"
            "formula = y ~ x\n[output]\nresult = out/a.h5\n[report]\nmeasure = a = b\n");
  const RunConfig config = read_config(path, {});
  ASSERT_EQ(config.models.size(), 2u);
  EXPECT_EQ(config.models[0].formula, "y ~ x + z # not a comment | trust");
  EXPECT_EQ(config.models[0].drivers.size(), 2u);
  EXPECT_EQ(config.report.at("measure"), "a = b");
  const RunConfig again = read_config(write("b.cfg", to_text(config)), {});
  EXPECT_EQ(to_text(again), to_text(config));
  EXPECT_EQ(again.models, config.models);
}

TEST_F(Config, MessagesNameFileRowAndTheNearestWord) {
  EXPECT_EQ(message_of("[data]\nfiel = a\n"), "FILE, row 2: [data] has no key 'fiel'; did you mean 'file'?");
  EXPECT_EQ(message_of("[modle]\nformula = a\n"), "FILE, row 2: there is no section [modle]; did you mean [model]?");
  EXPECT_EQ(message_of("[data]\nfile = a\nfile = b\n"),
            "FILE, row 3: the key 'file' of [data] is given twice; keep one");
  EXPECT_EQ(message_of("[run]\nseed = -1\n"),
            "FILE, row 2: '-1' is not a value for 'seed' of [run]; it takes a whole number");
  EXPECT_EQ(message_of("[run]\nthreads = 2000\n"),
            "'run.threads' is 2000; it lies between 0 (all processors) and 1024");
  EXPECT_EQ(message_of("[data]\nfile = a\n"),
            "the run has no model; name one under [run] model, or write a [model] section");
  EXPECT_EQ(message_of("[model]\ntitle = a\n"),
            "the model 'model' has no formula; give formula = y ~ x | effects under [model]");
  EXPECT_EQ(message_of("[model]\nformula = y ~ x\nsingletons = maybe\n"), "singletons is 'maybe'; it is drop or keep");
  EXPECT_EQ(message_of("[model]\nformula = y ~ x\n[run]\nlevel = 95\n"),
            "'run.level' is 95; it lies between 0 and 1, so write 0.95 for 95 %");
}

TEST_F(Config, AModelFileHoldsModelsOnly) {
  const std::string model = write("a.model", "[data]\nfile = a\n");
  const std::string path = write("a.cfg", "[run]\nmodel = a.model\n");
  try {
    read_config(path, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), model +
                                   ", row 2: a model file has the sections [model], [driver] and [decompose]; [data] "
                                   "belongs in a config");
  }
}

}  // namespace
}  // namespace headwater
