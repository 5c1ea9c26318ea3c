"""Held series are released one by one, and a resumed run keeps what was released before."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Slicer"))

import generated


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One patient with an ordinary series and two without a skull, and one that is ordinary."""
    whole = generated.head()
    soft = generated.without_skull(whole)
    heads = [whole, soft, np.flip(soft, 2)]
    series = {"ACC-773311": [(hu, generated.SPACING_MM) for hu in heads]}
    return generated.write_patients(tmp_path_factory.mktemp("held"), series=series)


@pytest.fixture
def run(folders, tmp_path):
    """Runs the command line into the same output each time; returns exit status and report."""

    def go(*flags):
        command = [sys.executable, "-m", "headct_deid", "run", *folders, tmp_path / "out", *flags]
        done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False)
        report = tmp_path / "out" / "report.json"
        return done, json.loads(report.read_text(encoding="utf-8")) if report.is_file() else None

    return go


def of(report, new_id):
    """What became of the kept series of a patient, by number."""
    (patient,) = [one for one in report["patients"] if one["new_id"] == new_id]
    return {one["number"]: one["status"] for one in patient["series"] if one["status"] in ("released", "held")}


def test_one_after_the_other(run):
    done, report = run()
    assert done.returncode == 1 and of(report, "STUDY-001") == {1: "released", 2: "held", 3: "held"}
    assert "series 2: 40 slices held" in done.stdout, "the screen names the number that releases it"
    done, report = run("--resume", "--release-held", "STUDY-001/3")
    assert done.returncode == 1 and of(report, "STUDY-001") == {1: "released", 2: "held", 3: "released"}
    done, report = run("--resume", "--release-held", "STUDY-001/2")
    assert done.returncode == 0 and of(report, "STUDY-001") == {1: "released", 2: "released", 3: "released"}
    assert of(report, "STUDY-002") == {1: "released"}


def test_a_whole_patient_at_once(run):
    done, report = run("--release-held", "STUDY-001")
    assert done.returncode == 0 and set(of(report, "STUDY-001").values()) == {"released"}


@pytest.mark.parametrize("name", ["STUDY-001/4", "STUDY-001/0", "STUDY-003", "ACC-773311"])
def test_a_name_that_fits_nothing_is_refused_and_not_repeated(run, name):
    done, report = run("--release-held", "STUDY-002," + name)
    assert done.returncode == 2 and report is None
    assert "held series to release: name" in done.stderr and name not in done.stderr


def test_a_number_means_the_series_that_had_it_when_it_was_looked_at(run, folders):
    """A series that comes later and takes the number of a held one is not released in its place."""
    run()
    patient = folders[0] / "ACC-773311"
    aside = folders[0].parent / "aside"
    (patient / "AXIAL3").rename(aside)
    try:
        done, report = run("--resume", "--release-held", "STUDY-001/2")
    finally:
        aside.rename(patient / "AXIAL3")
    assert done.returncode == 1 and of(report, "STUDY-001") == {1: "released", 2: "held"}
