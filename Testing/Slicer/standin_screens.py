"""Every state of the panel as a picture in `test-artifacts/slicer`, light and dark, on a small screen."""

import pytest

import generated
from conftest import REPOSITORY
from standin import click, screens, spin, spin_until
from standin_panel import fill, finish

PICTURES = REPOSITORY / "test-artifacts" / "slicer"


@pytest.fixture(params=["light", "dark"])
def window(request, panel):
    """The panel in a window of 1280 x 720; `shoot(name)` takes its picture and looks for clipped text."""
    import slicer

    slicer.app.setPalette(getattr(screens, request.param)())
    panel.parent.layout().setContentsMargins(2, 2, 2, 2)
    window = screens.Window(panel.parent)
    window.show()

    def shoot(name, widget=None):
        spin(0.05)
        if widget is not None:
            screens.scroll_to(window, widget)
        window.save(PICTURES / f"{request.param}-{name}.png")
        assert screens.clipped(panel.parent) == []
        assert not window.area.horizontalScrollBar().isVisible()

    window.shoot = shoot
    yield window
    window.area.takeWidget()
    window.close()
    slicer.app.setPalette(screens.light())


@pytest.fixture
def places(tmp_path):
    """Three generated patients; one is held back by the stand-in package."""
    patients = [*generated.PATIENTS, ("ACC-995533", "STUDY-HOLD-3")]
    return (*generated.write_patients(tmp_path / "data", patients), tmp_path / "output")


def test_empty(panel, window):
    window.shoot("1-empty")


def test_advanced_options(panel, window):
    panel.ui.advancedSection.collapsed = False
    window.shoot("2-advanced", panel.ui.face)
    window.shoot("2-advanced-end", panel.ui.restoreButton)


def test_checked(panel, window, places):
    with places[1].open("a") as lines:
        lines.write("ACC-000000,STUDY-009\n")
    fill(panel, places)
    click(panel.ui.checkButton)
    finish(panel)
    window.shoot("3-checked")


def test_running(panel, window, places):
    fill(panel, places)
    click(panel.ui.applyButton)
    spin_until(lambda: "slices per second" in panel.ui.statusLabel.text, 60)
    window.shoot("4-running")
    finish(panel)


def test_finished(panel, window, places):
    fill(panel, places)
    click(panel.ui.checkButton)
    finish(panel)
    click(panel.ui.applyButton)
    finish(panel)
    window.shoot("5-finished")
    if panel.ui.heldBox.visible:
        panel.ui.heldTree.setCurrentItem(panel.ui.heldTree.topLevelItem(0))
        finish(panel)
        window.shoot("5-held", panel.ui.openReportButton)


def test_error(panel, window, places):
    with places[1].open("a") as lines:
        lines.write("ACC-000000,STUDY-002\n")
    fill(panel, places)
    click(panel.ui.applyButton)
    finish(panel)
    window.shoot("6-error")


def test_preview(panel, window, places):
    fill(panel, places)
    click(panel.ui.checkButton)
    finish(panel)
    tree = panel.ui.planTree
    patient = tree.topLevelItem(0)
    kept = next(i for i in range(patient.childCount()) if patient.child(i).text(2).startswith("Kept"))
    tree.setCurrentItem(patient.child(kept))
    click(panel.ui.previewButton)
    finish(panel)
    window.shoot("7-preview")


def test_loaded_volume(panel, window):
    import numpy as np

    from HeadCTDeidLib.volumes import add_volume

    node = add_volume(generated.head(), np.diag([-1.5, -1.5, 4.0, 1.0]), "CT")
    panel.ui.volumeSection.collapsed = False
    panel.ui.volumeSelector.setCurrentNode(node)
    click(panel.ui.defaceButton)
    finish(panel)
    window.shoot("8-volume", panel.ui.defaceButton)


def test_installation(panel, window, monkeypatch):
    from HeadCTDeidLib import wheel

    monkeypatch.setattr(wheel, "is_ready", lambda folder: False)
    monkeypatch.setattr(wheel, "installed_version", lambda: None)
    panel.panel.showInstallation()
    window.shoot("9-install")
