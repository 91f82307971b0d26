"""Times Headwater beside every peer that is installed, whole processes on the same file, alternating.

    bench/run                          every case, three rounds
    bench/run difficult_1e6_3fe big    these cases
    bench/run --list                   their names
    bench/run --json history.json      the figures, appended as one line of JSON

Where a number is known, Headwater must find it before anything is timed; peers show how far from it they end. Times are medians:
CPU (user and system), wall clock and peak memory of the whole process from reading the file on, and `fit` what the program says
of the fit alone. Compare within one run: machines differ, and the same machine drifts by a quarter between minutes.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys

from . import cases, measure, programs

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=120, help="time limit of one run of a peer")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "out/bench", help="where panels are made and kept [out/bench]")
    parser.add_argument("--headwater", default=str(ROOT / "build/release/src/cli/headwater"))
    parser.add_argument("--no-peers", action="store_true", help="Headwater alone")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="append the figures as one line of JSON")
    return parser.parse_args()


def chosen(names):
    known = {case.name: case for case in cases.CASES}
    for name in names:
        if name not in known:
            sys.exit(f"bench/run: there is no case '{name}'; bench/run --list names them")
    return [known[name] for name in names] if names else cases.CASES


def check(case, answer):
    if case.expected is None:
        return
    apart = abs(answer.estimate - case.expected) / abs(case.expected)
    if not apart <= case.digits:
        sys.exit(f"bench/run: {case.name}: headwater finds {answer.estimate!r}, and {case.expected!r} is exact; nothing was timed")


def figures(answers, truth, rows):
    runs = [answer.run for answer in answers]
    inside = [answer.seconds for answer in answers if answer.seconds is not None]
    estimate = answers[0].estimate
    peak = statistics.median(run.peak for run in runs)
    return {"cpu": statistics.median(run.cpu for run in runs), "wall": statistics.median(run.wall for run in runs), "peak_bytes": peak,
            "bytes_a_row": peak / rows, "fit_seconds": statistics.median(inside) if inside else None, "estimate": estimate,
            "apart": abs(estimate - truth) if truth is not None and estimate is not None else None}


def panel(name, folder):
    """Made in a process of its own: a child begins with its parent's peak of memory, which must stay small here."""
    path = folder / f"{name}.csv"
    if not path.exists():
        subprocess.run([sys.executable, "-m", f"{__package__}.data", name, str(path)], check=True)
    return path


def timed(case, options, absent):
    path = panel(case.data, options.data)
    with open(path, "rb") as file:
        rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1
    ask = {"headwater": lambda: programs.headwater(case, path, options.headwater, options.threads)}
    check(case, ask["headwater"]())
    for name in () if options.no_peers else case.peers:
        if not absent(name):
            ask[name] = lambda name=name: programs.peer(name, case, path, options.threads, options.seconds)
    answers, failed = {name: [] for name in ask}, {}
    for _ in range(options.rounds):
        for name, work in ask.items():
            if name in failed:
                continue
            try:
                answers[name].append(work())
            except measure.Failed as failure:
                failed[name] = str(failure)
    comparable = not case.use and not any(name.startswith(("read", "fread")) for name in case.peers)
    truth = (case.expected if case.expected is not None else answers["headwater"][0].estimate) if comparable else None
    found = {name: figures(some, truth, rows) for name, some in answers.items() if some and name not in failed}
    return {"case": case.name, "rows": rows, "programs": found, "failed": failed}


def print_case(result):
    print(f"\n{result['case']}, {result['rows']:,} rows")
    print(f"  {'program':<14}{'CPU s':>9}{'wall s':>9}{'ratio':>8}{'fit s':>9}{'MiB':>8}{'bytes/row':>11}  from the exact number")
    own = result["programs"]["headwater"]["cpu"]
    for name, f in result["programs"].items():
        fit = f"{f['fit_seconds']:.3f}" if f["fit_seconds"] is not None else ""
        apart = f"{f['apart']:.1e}" if f["apart"] is not None else ""
        print(f"  {name:<14}{f['cpu']:>9.3f}{f['wall']:>9.3f}{f['cpu'] / own:>8.2f}{fit:>9}{f['peak_bytes'] / 2**20:>8.0f}{f['bytes_a_row']:>11.0f}  {apart}")
    for name, why in result["failed"].items():
        print(f"  {name:<14}{why[:90]}")


def print_growth(results):
    cpu = {result["case"]: result["programs"] for result in results}
    rows = [(small, large, times) for small, large, times in cases.GROWTH if small in cpu and large in cpu]
    if rows:
        print("\nGrowth of CPU with rows (1: in proportion)")
    for small, large, times in rows:
        shared = [name for name in cpu[small] if name in cpu[large]]
        print(f"  {small} to {large}: " + ", ".join(f"{n} {math.log(cpu[large][n]['cpu'] / cpu[small][n]['cpu']) / math.log(times):.2f}" for n in shared))


def machine(options):
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "unknown")
    version = subprocess.run([options.headwater, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {"when": datetime.datetime.now().isoformat(timespec="seconds"), "processor": processor, "cores": os.cpu_count(), "threads": options.threads,
            "load": os.getloadavg()[0], "system": platform.platform(), "headwater": version, "python": platform.python_version()}


def main():
    options = arguments()
    if options.list:
        print("\n".join(case.name for case in cases.CASES))
        return
    if not pathlib.Path(options.headwater).exists():
        sys.exit(f"bench/run: there is no {options.headwater}; ./quickstart builds it, or name one with --headwater")
    why, told = {}, machine(options)
    print(", ".join(f"{key} {value}" for key, value in told.items()))

    def absent(name):
        if name not in why:
            why[name] = programs.why_absent(name)
            if why[name]:
                print(f"{name} is left out: {why[name]}")
        return why[name]

    results = []
    for case in chosen(options.names):
        results.append(timed(case, options, absent))
        print_case(results[-1])
        sys.stdout.flush()
    print_growth(results)
    if options.json:
        with open(options.json, "a", encoding="utf-8") as file:
            file.write(json.dumps({"machine": told, "cases": results}) + "\n")


main()
