"""The same bits with 1, 2 and 7 threads, in JSON to its last digit (tests/python compares whole result files)."""

import unittest

from command import SOURCE, CommandTest, run


class Threads(CommandTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "panel.csv"
        code, _, err = run("simulate", "--output", self.data, "--trusts", 50, "--quarters", 12)
        self.assertEqual((code, err), (0, ""))

    def json_of(self, threads, *words):
        code, out, err = run(*words, "--format", "json", "--threads" if words[0] == "fit" else "--run.threads", threads)
        self.assertEqual((code, err), (0, ""))
        return out

    def test_fits(self):
        words = ["fit", self.data, "ratio(activity, resource) ~ l(log(fte), 1:2) + l(agency_share, 1) + i(type, engagement)"
                 " | trust[dma] + type^quarter", "--unit", "trust", "--time", "quarter", "--covariance", "cluster(icb, quarter)"]
        self.assertEqual(len({self.json_of(threads, *words) for threads in (1, 2, 7)}), 1)

    def test_a_whole_run(self):
        words = ["run", SOURCE / "configs" / "demo.cfg", "--data.file", self.data, "--output.result", self.folder / "a.h5"]
        self.assertEqual(len({self.json_of(threads, *words) for threads in (1, 2, 7)}), 1)


if __name__ == "__main__":
    unittest.main()
