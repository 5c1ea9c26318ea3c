"""``make bench``: whole runs against the copying of the files and against the predecessors' way, as ratios.

python benches [--quick] [--rounds N] [--work DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import inputs
from inputs import BINARIES, REPOSITORY, Cohort
from measure import Command, interleaved, line_fit

PROGRAM = BINARIES / "headct-deid"


@dataclass(frozen=True)
class Row:
    """One line of the table: what was found, and what it should be (``<= 8``, ``>= 15``)."""

    what: str
    value: float
    unit: str
    bar: str = ""
    stretch: str = ""

    def meets(self, bar: str) -> bool:
        relation, limit = bar.split()
        return self.value <= float(limit) if relation == "<=" else self.value >= float(limit)

    def cells(self) -> list[str]:
        verdict = "" if not self.bar else "yes" if self.meets(self.bar) else "no"
        if self.stretch and self.meets(self.stretch):
            verdict = "yes, and the stretch"
        value = f"{self.value:.3g}" if self.value < 100 else f"{self.value:.0f}"
        return [self.what, f"{value} {self.unit}".strip(), self.bar, self.stretch, verdict]


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    patients: int = 10
    slices: int = 200
    matrix: int = 512
    fit_slices: tuple[int, ...] = (50, 100, 200, 400)
    fit_patients: tuple[int, ...] = (1, 2, 4, 8)
    long_series: int = 1000
    foreign: int = 10_000
    archive: int = 10_000
    rounds: int = 5


QUICK = Sizes(2, 30, 256, (10, 20, 40), (1, 2), 100, 1000, 100, 1)


class Bench:
    """Collects the table's rows and the medians behind them."""

    def __init__(self, sizes: Sizes, work: Path, program: Path) -> None:
        self.sizes = sizes
        self.work = work
        self.program = program
        self.rows: list[Row] = []
        self.medians: list[dict[str, object]] = []

    def measure(self, title: str, commands: list[Command], rounds: int = 0, warm_up: bool = True) -> None:
        print(title, flush=True)
        interleaved(commands, rounds or self.sizes.rounds, warm_up)
        for command in commands:
            self.medians.append(
                {
                    "input": title,
                    "command": command.name,
                    "runs": len(command.runs),
                    **{name: command.median(name) for name in ("wall", "cpu", "memory")},
                    "wall_spread": command.spread("wall"),
                    "cpu_spread": command.spread("cpu"),
                }
            )

    def main_job(self, cohort: Cohort) -> None:
        """Our run against copying the files and against the predecessors' way."""
        two = cohort.run(self.program, 2)
        one = cohort.run(self.program, 1)
        two.run()
        script = REPOSITORY / "benches" / "predecessor.py"
        before = cohort.folder / "predecessor"
        python = Command(
            "pydicom, OpenCV, numpy", [sys.executable, script, cohort.input, cohort.list, before], [before]
        )
        copy = inputs.copy_and_sync(cohort)
        self.measure(cohort.name, [two, copy, one, python])
        of = f"{cohort.name}: "
        wall, cpu = two.median("wall"), two.median("cpu")
        self.rows += [
            Row(of + "wall time, in copies of the kept files", wall / copy.median("wall"), "x", "<= 8", "<= 4"),
            Row(of + "wall time of the predecessors' way", python.median("wall") / wall, "x", ">= 15", ">= 25"),
            Row(of + "processor time of the predecessors' way", python.median("cpu") / cpu, "x"),
        ]
        if cohort.slices == self.sizes.patients * self.sizes.slices:
            per_slice = 1000 / cohort.slices
            erode = cohort.run(self.program, 2, "--face", "erode", "--shape", "disk")
            self.measure(cohort.name, [erode])
            self.rows += [
                Row("processor time a slice", cpu * per_slice, "ms", "<= 3.5", "<= 2.2"),
                Row("the same, --face erode --shape disk", erode.median("cpu") * per_slice, "ms", "<= 1.8"),
                Row("two threads against one", one.median("wall") / wall, "x", ">= 1.7"),
                Row("peak memory, two threads", two.median("memory"), "MiB", "<= 700"),
            ]

    def linear(self) -> None:
        """Processor time against slices and against patients."""
        for what, shapes in (
            ("slices", [(1, slices) for slices in self.sizes.fit_slices]),
            ("patients", [(patients, self.sizes.fit_slices[0]) for patients in self.sizes.fit_patients]),
        ):
            cohorts = [inputs.cohort(self.work, *shape, self.sizes.matrix) for shape in shapes]
            commands = [cohort.run(self.program, 2) for cohort in cohorts]
            for command, cohort in zip(commands, cohorts):
                command.name = cohort.name
            self.measure(f"growing number of {what}", commands, max(1, self.sizes.rounds // 2), warm_up=False)
            sizes = [shape[0] if what == "patients" else shape[1] for shape in shapes]
            offset, slope, determination = line_fit(sizes, [command.median("cpu") for command in commands])
            print(f"  cpu = {offset:.3f} s + {slope * 1000:.3f} ms x {what}")
            self.rows.append(Row(f"linear in {what}: R squared", determination, "", ">= 0.98"))

    def memory(self) -> None:
        """The longest series and the longest list."""
        series = inputs.cohort(self.work, 1, self.sizes.long_series, self.sizes.matrix).run(self.program, 2)
        archive = inputs.archive(self.work, self.sizes.archive, 2, 8)
        many = archive.run(self.program, 2)
        self.measure(f"a series of {self.sizes.long_series} slices", [series], 1, warm_up=False)
        self.measure(archive.name, [many], 1, warm_up=False)
        shutil.rmtree(archive.folder)
        self.rows += [
            Row(f"peak memory, series of {self.sizes.long_series} slices", series.median("memory"), "MiB", "<= 2000"),
            Row(f"peak memory, {archive.name}", many.median("memory"), "MiB", "<= 700"),
        ]

    def start_up(self) -> None:
        """What a call costs before it does anything."""
        python = sys.executable
        commands = [
            Command("headct-deid settings", [self.program, "settings"]),
            Command("console script settings", [Path(python).with_name("headct-deid"), "settings"]),
            Command("python", [python, "-c", "pass"]),
            Command("import numpy", [python, "-c", "import numpy"]),
            Command("import headct_deid", [python, "-c", "import numpy, headct_deid; headct_deid.deidentify"]),
        ]
        self.measure("start-up", commands, 4 * self.sizes.rounds)
        program, script, _, numpy, ours = (1000 * command.median("wall") for command in commands)
        self.rows += [
            Row("start-up of the program", program, "ms", "<= 50"),
            Row("start-up of the wheel's console script", script, "ms", "<= 50"),
            Row("import headct_deid beyond numpy", ours - numpy, "ms", "<= 100"),
        ]

    def scan(self) -> None:
        """Files that are not ours, against find with a read of each."""
        folder, table = inputs.foreign(self.work, self.sizes.foreign)
        # find's own action, without a process for each file.
        read = ["-exec", "head", "-qc", "4096", "{}", "+"]
        find = Command("find and 4 kB of each", ["find", folder, "-type", "f", *read])
        check = Command("headct-deid check", [self.program, "check", folder, table])
        self.measure(f"{self.sizes.foreign} foreign files", [find, check])
        finds = check.median("wall") / find.median("wall")
        self.rows.append(Row("scan of foreign files, in finds", finds, "x", "<= 2"))


def machine() -> dict[str, object]:
    """Say where and what was measured."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    changed = "-changed" if git("status", "--porcelain", "--", "rust", "Cargo.lock", "Cargo.toml") else ""
    return {
        "commit": git("rev-parse", "--short", "HEAD") + changed,
        "date": time.strftime("%Y-%m-%d"),
        "processor": models[0] if models else platform.processor(),
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average_at_start": os.getloadavg()[0],
    }


def table(rows: list[list[str]]) -> str:
    head = ["what", "found", "bar", "stretch", "met"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(5)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


def medians_table(medians: list[dict[str, object]]) -> str:
    lines = ["| input | command | runs | wall s (least to most) | cpu s | MiB |", "|---|---|---|---|---|---|"]
    for entry in medians:
        least, most = entry["wall_spread"]  # type: ignore[misc]
        lines.append(
            f"| {entry['input']} | {entry['command']} | {entry['runs']} | {entry['wall']:.3f} ({least:.3f} to {most:.3f}) "
            f"| {entry['cpu']:.3f} | {entry['memory']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures whole runs; see docs/performance.md.")
    parser.add_argument("--quick", action="store_true", help="a small size, to try the benchmark itself")
    parser.add_argument("--rounds", type=int, help="runs of each command")
    parser.add_argument("--patients", type=int, help="patients of the main job")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="the binary to measure")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "build" / "bench", help="where inputs are generated")
    parser.add_argument("--only", help="some parts: job, data, linear, memory, start, scan")
    given = parser.parse_args()
    sizes = QUICK if given.quick else Sizes()
    asked = {name: value for name in ("rounds", "patients") if (value := getattr(given, name))}
    sizes = Sizes(**{**asdict(sizes), **asked})
    given.work.mkdir(parents=True, exist_ok=True)
    about = machine()
    bench = Bench(sizes, given.work, given.program)
    data = inputs.shared(given.work / "data")
    parts = {
        "job": lambda: bench.main_job(inputs.cohort(given.work, sizes.patients, sizes.slices, sizes.matrix)),
        "data": lambda: bench.main_job(data) if data else print("no data set beside the repository: not measured"),
        "linear": bench.linear,
        "memory": bench.memory,
        "start": bench.start_up,
        "scan": bench.scan,
    }
    for part in given.only.split(",") if given.only else parts:
        parts[part]()
        if not given.quick:
            # After each part: hours of measuring should survive the last one.
            keep(bench, about)
    print(table([row.cells() for row in bench.rows]))


def keep(bench: Bench, about: dict[str, object]) -> None:
    """Write what was found so far below ``benches/results``."""
    about["load_average_at_end"] = os.getloadavg()[0]
    place = REPOSITORY / "benches" / "results" / f"{about['date']}-{about['commit']}"
    record = {"machine": about, "rows": [asdict(row) for row in bench.rows], "medians": bench.medians}
    place.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    facts = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in about.items())
    rows = table([row.cells() for row in bench.rows])
    place.with_suffix(".md").write_text(
        f"# Speed and memory\n\n{facts}\n\n{rows}\n\n{medians_table(bench.medians)}\n", encoding="utf-8"
    )
    print(f"kept in {place}.md")


if __name__ == "__main__":
    main()
