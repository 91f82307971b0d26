"""The numbered bad inputs that concern the machine: memory that ends (91), a short stack (93), threads that cannot be made (94),
another place and language (95)."""

import subprocess
import unittest

from command import COMMAND, run
from numbered import KEYS, Numbered, panel, suite_of

NO_MEMORY = "headwater: error: there is not enough memory for this; use fewer rows or columns\n"


class TheMachine(Numbered):
    def limited(self, limits, *words, threads="8"):
        """The command under limits of bash's ulimit."""
        script = "".join(f"ulimit {limit} && " for limit in limits) + 'exec "$0" "$@"'
        done = subprocess.run(["bash", "-c", script, COMMAND, *map(str, words)], capture_output=True, text=True, timeout=120,
                              env={"PATH": "/usr/bin:/bin", "HEADWATER_THREADS": threads})
        return done.returncode, done.stdout, done.stderr

    def test_91_memory_that_ends_anywhere(self):
        self.covered.add(91)
        path = self.write("large.csv", panel(units=2000, periods=20, z=lambda i, t: f"level {i * t}"))
        code, whole, err = self.limited([], "fit", path, "y ~ x | unit", *KEYS, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        refused = answered = 0
        for megabytes in (*range(16, 64, 2), 100, 200, 800):
            code, out, err = self.limited([f"-v {megabytes * 1024}"], "fit", path, "y ~ x | unit", *KEYS, "--format", "json", threads="1")
            if code == 0:
                answered += 1
                self.assertEqual(out, whole)
            elif code == 127 or "shared libraries" in err:
                continue  # the command itself found no room
            else:
                refused += 1
                self.assertEqual((code, err), (70, NO_MEMORY), megabytes)
        self.assertGreater(min(refused, answered), 0, "both happened")

    def test_93_a_short_stack(self):
        self.covered.add(93)
        path = self.write("panel.csv", panel())
        code, whole, err = self.limited([], "fit", path, "y ~ x | unit", *KEYS, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        for kilobytes in (128, 256):
            self.assertEqual(self.limited([f"-s {kilobytes}"], "fit", path, "y ~ x | unit", *KEYS, "--format", "json"), (0, whole, ""))
        for formula in ("y ~ " + "(" * 10_000 + "x" + ")" * 10_000, "y ~ I(" + "-" * 10_000 + "x)", "y ~ I(" + "exp(" * 10_000 + "x" + ")" * 10_001):
            code, out, err = self.limited(["-s 1024"], "fit", path, formula, *KEYS)
            self.assertEqual((code, out), (4, ""), err)
            self.assertIn("nested too deeply; write this part with fewer", err)

    def test_95_another_place_and_language(self):
        self.covered.add(95)
        path = self.write("panel.csv", panel(time=lambda t: f"20{10 + t}-0{t + 1}-28"))
        words = ["fit", path, "y ~ x | unit", *KEYS, "--format", "json"]
        whole = run(*words)
        self.assertEqual((whole[0], whole[2]), (0, ""))
        for zone in ("UTC", "Pacific/Kiritimati", "America/St_Johns", "nowhere"):
            for language in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
                self.assertEqual(run(*words, env={"TZ": zone, "LC_ALL": language}), whole)

    def test_94_threads_that_cannot_be_made(self):
        self.covered.add(94)
        path = self.write("panel.csv", panel(units=300, periods=10))
        words = ["fit", path, "y ~ x | unit", *KEYS, "--format", "json"]
        code, whole, err = self.limited([], *words)
        self.assertEqual((code, err), (0, ""))
        # Each thread wants a stack of a gigabyte, of which three are had.
        self.assertEqual(self.limited(["-s 1048576", "-v 3145728"], *words), (0, whole, ""))


def load_tests(loader, tests, pattern):
    return suite_of(loader, (TheMachine,), [91, 93, 94, 95])


if __name__ == "__main__":
    unittest.main()
