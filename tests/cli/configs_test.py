"""Every model and configuration that comes with Headwater runs, and opens with what it is about."""

import json
import unittest

from command import REFERENCE, SOURCE, CommandTest, run

MODELS = sorted(path.name for path in (SOURCE / "models").glob("*.model"))
CONFIGS = sorted(path.name for path in (SOURCE / "configs").glob("*.cfg"))
REAL = REFERENCE / "nhs" / "nhs_core_2013_2016.csv"


class Openings(unittest.TestCase):
    def test_models_open_with_question_threat_and_counter_evidence(self):
        for name in MODELS:
            lines = (SOURCE / "models" / name).read_text().splitlines()
            opening = " ".join(line[1:].strip() for line in lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))])
            with self.subTest(name):
                self.assertTrue(opening.startswith(f"models/{name} — "), opening)
                self.assertIn("?", opening.split("Threat:")[0])
                self.assertIn("Threat:", opening)
                self.assertIn("Counts against it:", opening)

    def test_configs_open_with_what_they_run(self):
        for name in CONFIGS:
            self.assertTrue((SOURCE / "configs" / name).read_text().startswith(f"# configs/{name} — "), name)


class Models(CommandTest):
    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.simulated = f"{cls.scratch.name}/panel.csv"
        code, _, err = run("simulate", "--output", cls.simulated, "--trusts", 60, "--quarters", 16)
        assert code == 0, err

    def results(self, *words):
        code, out, err = run(*words, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        result = json.loads(out)
        return result["results"] if "results" in result else [result]

    def test_every_model_runs(self):
        for name in MODELS:
            real = name == "nhs_acute_inputs.model"
            if real and not REAL.exists():
                continue
            data = f"file = {REAL}\nunit = org_code\ntime = fy_start" if real else f"file = {self.simulated}\nunit = trust\ntime = quarter\nsimulated = yes"
            config = self.write(f"{name}.cfg", f"[data]\n{data}\n[run]\nmodel = {SOURCE / 'models' / name}\n")
            with self.subTest(name):
                for result in self.results("run", config):
                    self.assertEqual(result["fit"]["status"], "converged")
                    self.assertGreater(len(result["fit"]["terms"]), 0)
                code, out, err = run("check", config)
                self.assertEqual((code, err), (0, ""))

    def test_demo(self):
        result = self.folder / "demo.h5"
        code, out, err = run("run", SOURCE / "configs" / "demo.cfg", "--data.file", self.simulated, "--output.result", result)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.startswith("SIMULATED DATA: no real trust is described here."), out[:200])
        for column in ["activity", "resource", "ratio"]:
            self.assertIn(column, out)
        self.assertIn(f"Result file: {result}", out)
        code, shown, err = run("show", result)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(shown.startswith("SIMULATED DATA"))

    def test_the_real_panel(self):
        if not REAL.exists():
            self.skipTest("the reference data do not lie beside this checkout")
        code, out, err = run("run", SOURCE / "configs" / "nhs-acute-2013-2016.cfg", "--data.file", REAL, "--output.result",
                             self.folder / "real.h5")
        self.assertEqual((code, err), (0, ""))
        words = " ".join(out.split())
        self.assertIn("dma_overall_2025", words)
        self.assertIn("ot identified", words)
        self.assertIn("Admissions per thousand pounds", words)
        self.assertIn("absent from these data", words)
        self.assertNotIn("productivity", words.replace("it is not productivity", ""))

    def test_all_are_known_here(self):
        self.assertEqual(CONFIGS, ["demo.cfg", "nhs-acute-2013-2016.cfg"], "a new configuration needs a test above")


if __name__ == "__main__":
    unittest.main()
