#!/usr/bin/env python3
"""Changes one operator or constant of a source file at a time, builds, runs tests, and says which changes no test saw.

    tools/mutants.py                                  200 mutants over covariances, estimators and decompositions
    tools/mutants.py --count 40 --seed 7 FILE...      40 mutants of these files
    tools/mutants.py --build build/dev --tests test_decompositions,test_covariances --list

A mutant that does not compile is not counted. One that the tests kill by failing, crashing or running over the time limit is
killed; the others are survivors: each wants a test, or a sentence why it is equivalent. The source file is put back whatever
happens. Run it on a build folder of its own: it is changed and built again and again.
"""

import argparse
import pathlib
import random
import re
import subprocess
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDERS = ["covariances", "estimators", "decompositions"]
SWAPS = {" + ": [" - "], " - ": [" + "], " * ": [" / "], " / ": [" * "], " < ": [" <= ", " > "], " > ": [" >= ", " < "],
         " <= ": [" < "], " >= ": [" > "], " == ": [" != "], " != ": [" == "], " && ": [" || "], " || ": [" && "], " += ": [" -= "],
         " -= ": [" += "], "std::max(": ["std::min("], "std::min(": ["std::max("], "std::sqrt(": ["("], ".transpose()": [""]}
NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
SKIPPED = re.compile(r'^\s*(//|#|throw |refuse|static_assert|namespace|using |template|case |return \{?"|[{}]*$)|Error\(|"')


@dataclass(frozen=True)
class Mutant:
    path: pathlib.Path
    line: int  # 0-based
    at: int
    old: str
    new: str

    def __str__(self):
        return f"{self.path.relative_to(ROOT)}:{self.line + 1}: '{self.old.strip()}' -> '{self.new.strip() or '(nothing)'}'"


def mutants_of(path):
    """Every change that this file allows: arithmetic, comparisons, constants; not messages, declarations or cards."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if SKIPPED.search(line):
            continue
        code = line.split("//")[0]
        for old, news in SWAPS.items():
            start = 0
            while (at := code.find(old, start)) >= 0:
                found.extend(Mutant(path, number, at, old, new) for new in news)
                start = at + len(old)
        for match in NUMBER.finditer(code):
            value = match[1]
            found.append(Mutant(path, number, match.start(1), value, str(int(value) + 1) if value.isdigit() else str(float(value) * 2)))
    return found


def changed(mutant):
    lines = mutant.path.read_text(encoding="utf-8").splitlines(keepends=True)
    line = lines[mutant.line]
    lines[mutant.line] = line[:mutant.at] + mutant.new + line[mutant.at + len(mutant.old):]
    return "".join(lines)


def quiet(command, seconds):
    """Exit code; None when it ran out of time."""
    try:
        return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        return None


def verdict(mutant, build, tests, seconds):
    """killed, survived or uncompiled."""
    whole = mutant.path.read_text(encoding="utf-8")
    try:
        mutant.path.write_text(changed(mutant), encoding="utf-8")
        if quiet(["cmake", "--build", build, "--target", *tests], 3600) != 0:
            return "uncompiled"
        for test in tests:
            if quiet([str(ROOT / build / "tests" / test), "--gtest_brief=1", "--gtest_fail_fast"], seconds) != 0:
                return "killed"
        return "survived"
    finally:
        mutant.path.write_text(whole, encoding="utf-8")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260212)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--tests", default="test_covariances,test_estimators,test_decompositions")
    parser.add_argument("--seconds", type=int, default=300, help="time limit of one test program")
    parser.add_argument("--list", action="store_true", help="name the mutants without building them")
    return parser.parse_args()


def main():
    options = arguments()
    files = [path.resolve() for path in options.files]
    files = files or sorted(path for folder in FOLDERS for path in (ROOT / "src/headwater" / folder).glob("*.cpp"))
    chosen = [mutant for path in files for mutant in mutants_of(path)]
    random.Random(options.seed).shuffle(chosen)
    counts = {"killed": 0, "survived": 0, "uncompiled": 0}
    for mutant in chosen:
        if counts["killed"] + counts["survived"] >= options.count:
            break
        if options.list:
            counts["killed"] += 1
            print(mutant)
            continue
        seen = verdict(mutant, options.build, options.tests.split(","), options.seconds)
        counts[seen] += 1
        print(f"{seen:10} {mutant}", flush=True)
    if not options.list:
        print(f"{counts['killed']} of {counts['killed'] + counts['survived']} killed, {counts['survived']} survived, "
              f"{counts['uncompiled']} did not compile")
        sys.exit(1 if counts["survived"] else 0)


if __name__ == "__main__":
    main()
