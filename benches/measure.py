"""Runs whole processes in turn and keeps wall time, processor time and peak memory of each."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock, seconds of processor, MiB at its highest (VmHWM)."""

    wall: float
    cpu: float
    memory: float


@dataclass
class Command:
    """A command to be measured, and what it leaves, which is removed before each run."""

    name: str
    words: Sequence[object]
    leaves: Sequence[Path] = ()
    statuses: Sequence[int] = (0,)
    runs: list[Run] = field(default_factory=list)

    def run(self) -> Run:
        """Run it once, all its children included."""
        for path in self.leaves:
            shutil.rmtree(path, ignore_errors=True)
        words = list(map(str, self.words))
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        complaints = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode not in self.statuses:
            raise RuntimeError(f"{self.name} ended with {process.returncode}: {complaints.decode(errors='replace')}")
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def median(self, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.runs)

    def spread(self, what: str) -> tuple[float, float]:
        values = [getattr(run, what) for run in self.runs]
        return min(values), max(values)


def interleaved(commands: Sequence[Command], rounds: int, warm_up: bool = True) -> None:
    """Run the commands in turn, so that a busy minute of the machine meets all of them; the first turn only
    warms the caches."""
    for turn in range(rounds + warm_up):
        for command in commands:
            run = command.run()
            if turn or not warm_up:
                command.runs.append(run)
            print(f"  {command.name}: {run.wall:.2f} s, cpu {run.cpu:.2f} s, {run.memory:.0f} MiB", flush=True)


def line_fit(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float, float]:
    """Fit ``cost = offset + slope * size``; return offset, slope and the coefficient of determination."""
    slope, offset = statistics.linear_regression(sizes, costs)
    mean = statistics.fmean(costs)
    left = sum((cost - offset - slope * size) ** 2 for size, cost in zip(sizes, costs))
    return offset, slope, 1 - left / sum((cost - mean) ** 2 for cost in costs)
