"""What is measured: generated patients, foreign files, and a simulated archive of many patients."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import Command

REPOSITORY = Path(__file__).resolve().parents[1]
BINARIES = REPOSITORY / "target" / "release"


@dataclass(frozen=True)
class Cohort:
    """An input folder, its list, and how many of its slices are released."""

    name: str
    input: Path
    list: Path
    folder: Path
    slices: int

    def run(self, program: Path, threads: int, *flags: str) -> Command:
        """Return our run on this cohort."""
        output, private = self.folder / "out", self.folder / "private"
        words = [program, "run", self.input, self.list, output, "--private", private, "--jobs", threads]
        name = " ".join(["headct-deid", *flags, f"on {threads} thread{'s' if threads > 1 else ''}"])
        return Command(name, [*words, "--release-held", "all", *flags], [output, private], (0, 1))


def cohort(folder: Path, patients: int, slices: int, matrix: int) -> Cohort:
    """Write generated patients with one series each, unless they are there from an earlier run."""
    name = f"{patients} x {slices} slices of {matrix} x {matrix}"
    place = folder / f"cohort-{patients}-{slices}-{matrix}"
    if not (place / "patients.xlsx").is_file():
        shutil.rmtree(place, ignore_errors=True)
        words = [BINARIES / "examples" / "patients", place, patients, slices, matrix]
        subprocess.run(list(map(str, words)), check=True)
    return Cohort(name, place / "patients", place / "patients.xlsx", place, patients * slices)


def shared(folder: Path) -> Cohort | None:
    """Return the data set beside the repository, where it is."""
    data = REPOSITORY.parent / "shared" / "data"
    if not data.is_dir():
        return None
    return Cohort("the data set beside the repository", data / "patients", data / "patients.xlsx", folder, 231)


def kept_files(cohort: Cohort) -> Path:
    """Gather the input files that the last run released, for the copy that is the floor."""
    kept = cohort.folder / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    with (cohort.folder / "private" / "audit.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            if line["outcome"] == "released":
                place = Path(line["accession_number"], line["input_path"])
                (kept / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(cohort.input / place, kept / place)
    return kept


def copy_and_sync(cohort: Cohort) -> Command:
    """Return ``cp -r`` of the kept files, each flushed to disk."""
    source, target = kept_files(cohort), cohort.folder / "copied"
    script = f"cp -r '{source}' '{target}' && find '{target}' -type f -exec sync -d {{}} +"
    return Command("cp -r and sync", ["sh", "-c", script], [target])


def foreign(folder: Path, count: int) -> tuple[Path, Path]:
    """Write files that are not ours: text, pictures, archives. Return their patients' folder and a list."""
    place = folder / f"foreign-{count}"
    table = place / "list.csv"
    if not table.is_file():
        beginnings = [b"Report of the day\n", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n"]
        for number in range(count):
            path = place / "patients" / "A1" / f"{number % 100:02}" / f"file{number}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(beginnings[number % 5] + bytes([number % 251]) * (2000 + number * 37 % 30_000))
        table.write_text("Accession_number,New_ID\nA1,X1\n", encoding="utf-8")
    return place / "patients", table


def archive(folder: Path, patients: int, slices: int, others: int) -> Cohort:
    """Simulate an archive: each patient's files are hard links to those of one small generated patient.

    In memory where the system has such a place: what is measured is our memory, not the flushing of the disk.
    """
    memory = Path("/dev/shm")
    files = slices + others
    place = (memory if memory.is_dir() else folder) / f"headct-deid-bench-{patients}-{files}"
    table = place / "list.csv"
    if not table.is_file():
        shutil.rmtree(place, ignore_errors=True)
        template = place / "template"
        shutil.copytree(cohort(folder, 1, slices, 64).input, template / "slices")
        for number in range(others):
            (template / f"note{number}.txt").write_text(f"note {number}\n" * 400, encoding="utf-8")
        paths = [path for path in template.rglob("*") if path.is_file()]
        rows = ["Accession_number,New_ID"]
        for patient in range(patients):
            target = place / "patients" / f"SIMULATED{patient:06}"
            target.mkdir(parents=True)
            for number, path in enumerate(paths):
                os.link(path, target / f"{number:03}")
            rows.append(f"SIMULATED{patient:06},ARCHIVE-{patient:06}")
        table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return Cohort(f"{patients} patients of {files} files", place / "patients", table, place, patients * slices)
