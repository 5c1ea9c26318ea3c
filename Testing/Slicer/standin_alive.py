"""The window stays alive: the event loop, which holds the interpreter lock, beats while jobs run.

A blocking call, or a worker that needs the interpreter, would show as a long pause.
"""

import time

import numpy as np
import pytest
import slicer
from PySide6 import QtCore

import generated
from standin import click, spin, spin_until
from standin_panel import fill, finish, seconds_to_cancel

SPACING_MM = (2.7, 0.6, 0.6)
LONGEST_PAUSE_SECONDS = 0.5  # a person notices a second; the machine that tests is shared


class Heart:
    """A timer of the event loop; `longest()` is the longest pause between two beats."""

    def __init__(self):
        self._beats = [time.monotonic()]
        self._timer = QtCore.QTimer()
        self._timer.setInterval(10)
        self._timer.timeout.connect(lambda: self._beats.append(time.monotonic()))
        self._timer.start()

    def longest(self, what):
        self._timer.stop()
        pauses = [after - before for before, after in zip(self._beats, self._beats[1:])]
        print(f"\n{what}: {len(pauses)} beats, longest pause of the window {max(pauses):.3f} s")
        return max(pauses)


@pytest.fixture
def large():
    """A head of 60 slices of 320 x 320 pixels: a second or two of work for the program."""
    return generated.head((60, 320, 320), SPACING_MM)


@pytest.fixture
def places(tmp_path, large):
    """One patient with a large head."""
    patients = generated.PATIENTS[:1]
    series = {patients[0][0]: [(large, SPACING_MM)]}
    return (*generated.write_patients(tmp_path / "data", patients, series), tmp_path / "output")


def test_during_a_check_and_a_run(panel, places):
    fill(panel, places)
    heart = Heart()
    click(panel.ui.checkButton)
    finish(panel)
    click(panel.ui.applyButton)
    finish(panel)
    assert heart.longest("check and run") < LONGEST_PAUSE_SECONDS


@pytest.mark.parametrize("name", ["check", "load_series", "deface", "run"])
def test_while_the_programs_own_jobs_run(places, large, name):
    import headct_deid

    begin = {
        "check": lambda: headct_deid.start_check(*places[:2]),
        "load_series": lambda: headct_deid.start_load_series(*places[:2], "STUDY-001"),
        "deface": lambda: headct_deid.start_deface(large, spacing_mm=SPACING_MM),
        "run": lambda: headct_deid.start(*places),
    }[name]
    heart = Heart()
    began = time.monotonic()
    job = begin()
    spin_until(lambda: job.poll().finished, 120)
    took = time.monotonic() - began
    assert job.wait() is not None
    assert heart.longest(f"{name}, {took:.2f} s") < LONGEST_PAUSE_SECONDS


def test_while_a_loaded_volume_is_defaced(panel, large):
    from HeadCTDeidLib.volumes import add_volume

    node = add_volume(large, np.diag([-0.6, -0.6, 2.7, 1.0]), "CT")
    panel.ui.volumeSelector.setCurrentNode(node)
    heart = Heart()
    click(panel.ui.defaceButton)
    assert panel.panel.busy and panel.ui.applyButton.text == "Cancel"
    finish(panel)
    assert heart.longest("defacing a loaded volume") < LONGEST_PAUSE_SECONDS
    assert slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")[-1].GetName() == "Defaced head CT"


def test_while_a_preview_is_made(panel, places):
    fill(panel, places)
    click(panel.ui.checkButton)
    finish(panel)
    panel.ui.planTree.setCurrentItem(panel.ui.planTree.topLevelItem(0).child(0))
    click(panel.ui.previewButton)  # the first one loads libraries and makes the views
    finish(panel)
    click(panel.ui.previewButton)
    heart = Heart()
    click(panel.ui.previewButton)
    finish(panel)
    assert panel.panel._preview.shown
    assert heart.longest("preview") < 2 * LONGEST_PAUSE_SECONDS, "VTK makes two surfaces in the window's own thread"


def test_defacing_a_loaded_volume_is_cancelled_within_a_second(panel, large):
    from HeadCTDeidLib.volumes import add_volume

    node = add_volume(large, np.diag([-0.6, -0.6, 2.7, 1.0]), "CT")
    panel.ui.volumeSelector.setCurrentNode(node)
    click(panel.ui.defaceButton)
    spin(0.05)
    assert seconds_to_cancel(panel) < 1.0
    assert "Cancelled" in panel.ui.statusLabel.text
    assert [one.GetName() for one in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")] == ["CT"]


@pytest.mark.parametrize("name", ["check", "load_series", "deface"])
def test_what_writes_nothing_ends_at_once_when_it_is_cancelled(places, large, name):
    import headct_deid

    job = {
        "check": lambda: headct_deid.start_check(*places[:2]),
        "load_series": lambda: headct_deid.start_load_series(*places[:2], "STUDY-001"),
        "deface": lambda: headct_deid.start_deface(large, spacing_mm=SPACING_MM),
    }[name]()
    began = time.monotonic()
    job.cancel()
    assert job.poll().finished
    with pytest.raises(headct_deid.Cancelled):
        job.wait()
    assert time.monotonic() - began < 0.5
