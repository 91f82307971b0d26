"""CPU, wall clock and peak memory of one process, from the kernel's account of it."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    cpu: float  # seconds, user and system
    wall: float
    peak: int  # bytes
    output: str


class Failed(Exception):
    pass


def run(command, given="", seconds=600, environment=None):
    """Raises Failed with the last line of standard error; a process over the time limit is ended and has failed."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=err, text=True, env=environment)
        child.stdin.write(given)
        child.stdin.close()
        while True:
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - start > seconds:
                child.kill()
                os.wait4(child.pid, 0)
                child.returncode = -9
                raise Failed(f"no answer in {seconds} s")
            time.sleep(0.0005)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if child.returncode != 0:
            said = err.read().strip().splitlines()
            raise Failed(said[-1] if said else f"exit {child.returncode}")
        return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024, out.read())
