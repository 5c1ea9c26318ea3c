"""Shared fixtures: the generated patients, the data set beside the repository, and independent witnesses."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"
#: The key of the released data set, so that a test that passed passes again.
KEY = "5d" * 32


def absent(what: str) -> None:
    """Skip loudly, or fail where nothing may be absent."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed, and under CI=true it must be")
    pytest.skip(f"NOT CHECKED: {what} is not installed")


def tool(name: str) -> str:
    """Return the path of a system tool; skip loudly without it."""
    path = shutil.which(name)
    if path is None:
        absent(name)
    return str(path)


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ``headct-deid`` as a user would."""
    program = Path(sys.executable).with_name("headct-deid")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of the data set; skip loudly where it is not beside the repository."""
    if not DATA.is_dir():
        pytest.skip(f"NOT CHECKED: no data set at {DATA}")
    return DATA


@pytest.fixture(scope="session")
def truth(data: Path) -> dict[str, Any]:
    """Return the ground truth of the data set."""
    return json.loads((data / "phi.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


class Released:
    """A finished run: its folders and what it printed."""

    def __init__(self, folder: Path, input_dir: Path, linkage_table: Path, *flags: str) -> None:
        self.input = input_dir
        self.list = linkage_table
        self.output = folder / "released"
        self.private = folder / "private"
        self.done = command("run", input_dir, linkage_table, self.output, "--private", self.private, *flags)
        assert self.done.returncode in (0, 1), self.done.stderr


@pytest.fixture(scope="session")
def released(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Return the data set's patients, released with default settings, held series included."""
    folder = tmp_path_factory.mktemp("data")
    key = folder / "key.hex"
    key.write_text(KEY, encoding="utf-8")
    return Released(folder, data / "patients", data / "patients.xlsx", "--release-held", "all", "--key", str(key))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated patients and what was released of them."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    from headct_deid import _native

    assert _native.main(["headct-deid", "demo", str(folder)]) in (0, 1)
    return folder


def one_patient(demo: Path, folder: Path) -> Path:
    """Write a list with the first of the generated patients only."""
    rows = (demo / "patients.private" / "audit.csv").read_text(encoding="utf-8").splitlines()
    accession, new_id = next(csv.reader(rows[1:]))[:2]
    linkage_table = folder / "one.csv"
    linkage_table.write_text(f"Accession_number,New_ID\n{accession},{new_id}\n", encoding="utf-8")
    return linkage_table
