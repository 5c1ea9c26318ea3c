"""Series that a run holds back: shown with their reason and a picture, released one by one or left."""

import json

import numpy as np
import pytest
import slicer

import generated
from standin import click, spin_until
from standin_panel import fill, finish, released


@pytest.fixture
def places(tmp_path):
    """One patient with an ordinary series and two without a skull, one that is ordinary."""
    whole = generated.head()
    soft = generated.without_skull(whole)
    heads = [whole, soft, np.flip(soft, 2)]
    series = {"ACC-773311": [(hu, generated.SPACING_MM) for hu in heads]}
    return (*generated.write_patients(tmp_path / "data", series=series), tmp_path / "output")


@pytest.fixture
def finished(panel, places):
    """The panel after a run over `places`."""
    fill(panel, places)
    click(panel.ui.applyButton)
    finish(panel)
    return panel


def held(panel):
    tree = panel.ui.heldTree
    return [[tree.topLevelItem(row).text(column) for column in range(4)] for row in range(tree.topLevelItemCount)]


def select(panel, row):
    panel.ui.heldTree.setCurrentItem(panel.ui.heldTree.topLevelItem(row))
    spin_until(lambda: not panel.panel._heldLook.reading, 30)


def answer(monkeypatch, yes):
    """What the user answers to the next questions, which are collected."""
    asked = []
    monkeypatch.setattr(slicer.util, "confirmOkCancelDisplay", lambda text, title=None: (asked.append(text), yes)[1])
    return asked


def series_in(output, new_id):
    """The numbers of the released series of a patient."""
    report = json.loads((output / "report.json").read_text(encoding="utf-8"))
    (patient,) = [one for one in report["patients"] if one["new_id"] == new_id]
    return [one["number"] for one in patient["series"] if one["released"]]


def test_held_series_are_listed_with_their_reason_and_a_picture(finished, places):
    assert held(finished) == [["STUDY-001", str(n), "40", "No skull found."] for n in (2, 3)]
    assert not finished.ui.heldPicture.visible and not finished.ui.releaseButton.enabled
    assert "Select a series" in finished.ui.releaseButton.toolTip
    select(finished, 0)
    picture = finished.ui.heldPicture.pixmap
    assert picture.width() > 200 and finished.ui.releaseButton.enabled
    assert series_in(places[2], "STUDY-001") == [1]


def test_held_series_are_released_one_by_one(finished, places, monkeypatch):
    output = places[2]
    select(finished, 1)
    asked = answer(monkeypatch, yes=False)
    click(finished.ui.releaseButton)
    assert "series 3 of STUDY-001: No skull found." in asked[0] and not finished.panel.busy
    assert series_in(output, "STUDY-001") == [1]

    answer(monkeypatch, yes=True)
    click(finished.ui.releaseButton)
    finish(finished)
    assert series_in(output, "STUDY-001") == [1, 3]
    assert [row[1] for row in held(finished)] == ["2"]

    select(finished, 0)
    click(finished.ui.releaseButton)
    finish(finished)
    assert series_in(output, "STUDY-001") == [1, 2, 3], "what was released before stays released"
    assert held(finished) == [] and not finished.ui.heldBox.visible
    assert released(output) == ["STUDY-001", "STUDY-002"]


def test_the_console_releases_one_series(module, places):
    logic = module.HeadCTDeidLogic()
    report = logic.deidentify(*places, releaseHeld=["STUDY-001/2"])
    assert [one["name"] for one in report.held] == ["STUDY-001/3"]
    assert series_in(places[2], "STUDY-001") == [1, 2]


def test_a_name_that_fits_nothing_is_refused_before_anything_is_written(module, places):
    import headct_deid

    with pytest.raises(headct_deid.Refused) as refused:
        module.HeadCTDeidLogic().deidentify(*places, releaseHeld=["STUDY-001/4"])
    assert "held series to release" in str(refused.value) and not places[2].exists()
