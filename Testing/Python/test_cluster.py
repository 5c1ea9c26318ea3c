"""A run on a Dask cluster is that of one machine, byte for byte, also when a worker dies in the middle of it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pydicom
import pytest
from distributed import Client, LocalCluster

import headct_deid
from conftest import command
from headct_deid import cluster


@dataclass
class Cohort:
    """Generated patients, their list, and what one machine made of them."""

    input: Path
    list: Path
    key: Path
    report: headct_deid.Report
    output: dict[str, bytes]
    private: dict[str, bytes]

    def secrets(self) -> set[str]:
        """Return what nobody may see: the key, and who the patients are."""
        found = {self.key.read_text(encoding="ascii").strip()}
        for folder in self.input.iterdir():
            found.add(folder.name)
            header = pydicom.dcmread(max(folder.rglob("*"), key=size), stop_before_pixels=True)
            for name in ("PatientName", "PatientID", "AccessionNumber", "PatientBirthDate"):
                found.update(str(header.get(name, "")).split("^"))
        return {value for value in found if len(value) >= 5}


def size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def files(folder: Path, *but: str) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name not in but}


def private_files(folder: Path) -> dict[str, bytes]:
    """What the private folder holds; the order and the times of the log are no result."""
    log = (folder / "log.txt").read_text(encoding="utf-8").splitlines()
    lines = sorted(line.split(" ", 1)[1] for line in log)
    return {**files(folder, "log.txt"), "log": "\n".join(lines).encode()}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Copies of the demonstration's patients, one with a damaged slice, one with a series that is held."""
    folder = tmp_path_factory.mktemp("cluster")
    assert command("demo", folder / "demo").returncode in (0, 1)
    originals = sorted((folder / "demo" / "patients").iterdir())
    book = openpyxl.Workbook()
    book.active.append(["Accession_number", "New_ID"])
    patients = []
    for number, original in enumerate([*originals, *originals[:2]]):
        patients.append(folder / "patients" / f"{original.name}-{number}")
        shutil.copytree(original, patients[-1])
        book.active.append([patients[-1].name, f"CLUSTER-{number}"])
        # Every other slice is enough.
        for path in sorted(path for path in patients[-1].rglob("*") if size(path) > 100_000)[1::2]:
            path.unlink()
    book.save(folder / "patients.xlsx")

    damaged = max(patients[1].rglob("*"), key=size)
    damaged.write_bytes(damaged.read_bytes()[:-1000])
    for path in patients[4].rglob("*"):
        if size(path) > 100_000:
            turn_over(path)

    report = headct_deid.deidentify(folder / "patients", folder / "patients.xlsx", folder / "alone")
    private = folder / "patients.private"
    key = folder / "key.hex"
    shutil.copy(private / "key.hex", key)
    kept = private_files(private)
    shutil.rmtree(private)
    output = files(folder / "alone", ".headct-deid/lock")
    return Cohort(folder / "patients", folder / "patients.xlsx", key, report, output, kept)


def turn_over(path: Path) -> None:
    """Claim an orientation that contradicts the anatomy."""
    dataset = pydicom.dcmread(path, force=True)
    if "ImageOrientationPatient" in dataset:
        x, y, z = dataset.ImagePositionPatient
        dataset.ImageOrientationPatient = [1, 0, 0, 0, -1, 0]
        dataset.ImagePositionPatient = [x, -y, z]
        dataset.save_as(path)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers,
        Client(workers) as client,
    ):
        yield client


def test_the_cohort_has_every_kind_of_outcome(cohort: Cohort) -> None:
    assert cohort.report.released > 0
    assert cohort.report.failed > 0
    assert cohort.report.held


def test_two_workers_give_the_bytes_of_one_machine(cohort: Cohort, client: Client, tmp_path: Path) -> None:
    report = cluster.deidentify(
        client, cohort.input, cohort.list, tmp_path / "out", private_dir=tmp_path / "private", key=cohort.key
    )
    assert files(tmp_path / "out", ".headct-deid/lock") == cohort.output
    assert private_files(tmp_path / "private") == cohort.private
    assert {**report.as_dict(), "output_dir": "", "report_html": ""} == {
        **cohort.report.as_dict(),
        "output_dir": "",
        "report_html": "",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_worker_killed_in_the_middle_changes_nothing(cohort: Cohort, client: Client, tmp_path: Path) -> None:
    victim, *others = client.run(os.getpid).values()
    assert len(others) == 1
    reports: list[headct_deid.Report] = []

    def work() -> None:
        reports.append(
            cluster.deidentify(
                client, cohort.input, cohort.list, tmp_path / "out", private_dir=tmp_path / "private", key=cohort.key
            )
        )

    running = threading.Thread(target=work)
    running.start()
    hidden = tmp_path / "out" / ".headct-deid"
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        # One patient is done and both workers are in the middle of another.
        if any(hidden.glob("patients/*.json")) and len(list(hidden.glob("staging/*/*"))) == 2:
            break
        time.sleep(0.002)
    os.kill(victim, signal.SIGKILL)
    undone = len(list(hidden.glob("patients/*.json")))
    running.join(timeout=300)
    assert undone < len(list(cohort.input.iterdir()))
    assert [report.released for report in reports] == [cohort.report.released]
    client.wait_for_workers(2)
    assert victim not in client.run(os.getpid).values()
    assert files(tmp_path / "out", ".headct-deid/lock") == cohort.output
    assert {name: text for name, text in private_files(tmp_path / "private").items() if name != "log"} == {
        name: text for name, text in cohort.private.items() if name != "log"
    }
    assert not (hidden / "staging").exists()


def test_no_identifier_and_no_key_is_in_names_and_logs(cohort: Cohort, client: Client, tmp_path: Path) -> None:
    """After all runs of this module, and one that fails on the workers: what it says, they log."""
    arguments = {
        "input_dir": str(cohort.input),
        "linkage_table": str(cohort.list),
        "output_dir": str(tmp_path / "never begun"),
        "settings": {},
        "private_dir": str(tmp_path / "private"),
        "key": str(cohort.key),
        "jobs": 1,
        "existing": "refuse",
        "release_held": "",
    }
    with pytest.raises(headct_deid.Refused, match="no run has begun"):
        cluster._on_workers(client, cluster._Request(arguments), 2, retries=0)

    def seen(dask_scheduler: object) -> str:
        story = dask_scheduler.transition_log  # type: ignore[attr-defined]
        events = dask_scheduler.get_events()  # type: ignore[attr-defined]
        return repr(list(story)) + repr(events)

    told = client.run_on_scheduler(seen)
    told += repr(client.get_scheduler_logs()) + repr(client.get_worker_logs())
    assert "headct-deid-" in told
    assert "_one_patient" in told
    assert "Compute Failed" in told
    assert [secret for secret in sorted(cohort.secrets()) if secret in told] == []


def test_dask_local_starts_its_own_workers(cohort: Cohort, tmp_path: Path) -> None:
    flags = ["--private", tmp_path / "private", "--key", cohort.key, "--dask", "local"]
    done = command("run", cohort.input, cohort.list, tmp_path / "out", *flags)
    assert done.returncode == cohort.report.exit_status == 1, done.stderr
    assert files(tmp_path / "out", ".headct-deid/lock") == cohort.output
    told = done.stdout + done.stderr
    assert [secret for secret in sorted(cohort.secrets()) if secret in told] == []
    again = command("run", cohort.input, cohort.list, tmp_path / "out", *flags)
    assert again.returncode == 2
    assert "CLUSTER-0" in again.stderr
