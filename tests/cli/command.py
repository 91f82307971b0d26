"""Runs the command under test and gives back its exit code, output and messages."""

import csv
import os
import pathlib
import subprocess
import tempfile
import unittest

COMMAND = os.environ["HEADWATER_COMMAND"]
SOURCE = pathlib.Path(os.environ["HEADWATER_SOURCE"])
REFERENCE = SOURCE.parent / "shared" / "reference"


def run(*words, cwd=None, env=None):
    done = subprocess.run([COMMAND, *map(str, words)], capture_output=True, text=True, cwd=cwd, timeout=120,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout, done.stderr


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def panel(self, name="panel.csv"):
        """Eight trusts, five years; y depends on x and z within trusts."""
        path = self.folder / name
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["trust", "year", "region", "y", "x", "z", "w"])
            for u in range(8):
                for t in range(5):
                    x = ((u * 7 + t * 3) % 11) / 3 + 0.1 * t * u
                    z = ((u * 5 + t * t) % 7) / 2 + 0.05 * u * u * t
                    noise = (((u * 13 + t * 29) % 17) - 8) / 40
                    writer.writerow([f"T{u}", 2015 + t, "NS"[u % 2], round(2 + 0.5 * x - 0.3 * z + u + 0.2 * t + noise, 6),
                                     round(x, 6), round(z, 6), 1 + (u + t) % 3])
        return path

    def message(self, *words):
        """The message of a failing call, without the leading 'headwater: error: ', and its exit code."""
        code, out, err = run(*words, cwd=self.folder)
        self.assertEqual(out, "", "nothing but the message is written")
        self.assertTrue(err.startswith("headwater: error: "), err)
        return code, err[len("headwater: error: "):].rstrip("\n")
