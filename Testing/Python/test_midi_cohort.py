"""The ten actions of the MIDI-B challenge on a generated cohort with its own answer key."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from conftest import Released
from midi.answers import Action, Cohort
from midi.cohort import write
from midi.score import Score, score

# A larger cohort is a matter of patience: MIDI_PATIENTS=200 pytest Testing/Python/test_midi_cohort.py
PATIENTS = int(os.environ.get("MIDI_PATIENTS", "20"))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write(tmp_path_factory.mktemp("midi"), PATIENTS)


@pytest.fixture(scope="module")
def released_cohort(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Released:
    folder = tmp_path_factory.mktemp("midi-released")
    return Released(folder, cohort.input, cohort.list, "--release-held", "all")


@pytest.fixture(scope="module")
def result(cohort: Cohort, released_cohort: Released) -> Score:
    return score(cohort, released_cohort.output, released_cohort.private)


def test_every_action_is_asked_for(result: Score) -> None:
    assert set(result.asked) == set(Action)
    assert sum(result.asked.values()) > 200 * PATIENTS


def test_at_least_9995_in_10000_answers_are_right(result: Score) -> None:
    assert result.percent >= 99.95, f"\n{result}"


def test_folders_keep_the_labels_of_scanners_and_lose_names(cohort: Cohort, released_cohort: Released) -> None:
    with (released_cohort.private / "audit.csv").open(encoding="utf-8", newline="") as lines:
        audit = [(Path(line["input_path"]).parent, Path(line["output_path"]).parent) for line in csv.DictReader(lines)]
    folders = {(before.as_posix(), Path(*after.parts[1:]).as_posix()) for before, after in audit}
    labels = {before for before, _ in folders} & {"SE1", "DICOM/S2"}
    assert labels == {"SE1", "DICOM/S2"}
    assert all(before == after for before, after in folders if before in labels)
    assert {after for before, after in folders if before not in labels} == {"folder_01"}


def test_the_score_sees_what_was_not_done(cohort: Cohort, result: Score) -> None:
    """The input itself scores badly, so the score is no rubber stamp."""
    assert result.percent > 99
    private = cohort.input.parent / "as-if"
    private.mkdir()
    lines = ["accession_number,input_path,outcome,output_path"]
    lines += [f"{key.accession},{key.path},released,{key.accession}/{key.path}" for key in cohort.files]
    (private / "audit.csv").write_text("\n".join(lines), encoding="utf-8")
    untouched = score(cohort, cohort.input, private)
    for action in (Action.TEXT_REMOVED, Action.DATE_SHIFTED, Action.UID_CHANGED, Action.ID_CHANGED, Action.PIXELS_HIDDEN):
        assert untouched.failed[action] > 0.9 * untouched.asked[action], action
    for action in (Action.TAG_RETAINED, Action.TEXT_RETAINED, Action.PIXELS_RETAINED):
        assert untouched.failed[action] < 0.1 * untouched.asked[action], action


def test_a_folder_without_files_scores_nothing(cohort: Cohort, tmp_path: Path) -> None:
    (tmp_path / "audit.csv").write_text("accession_number,input_path,outcome,output_path\n", encoding="utf-8")
    assert score(cohort, tmp_path, tmp_path).percent == 0
