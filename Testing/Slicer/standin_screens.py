"""Every state of the panel as a picture in `test-artifacts/slicer`, light and dark, on a small screen.

`HEADCT_README_PICTURES=1` also renews the pictures of the documentation in `docs/images`.
"""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import generated
from conftest import REPOSITORY
from standin import click, screens, spin, spin_until
from standin_panel import fill, finish

PICTURES = REPOSITORY / "test-artifacts" / "slicer"
README = REPOSITORY / "docs" / "images"
IN_README = {"3-checked": "slicer-checked", "5-held": "slicer-held", "7-preview": "slicer-preview"}
LARGEST_PICTURE = 150_000  # bytes


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
        path = PICTURES / f"{request.param}-{name}.png"
        window.save(path)
        assert screens.clipped(panel.parent) == []
        assert not window.area.horizontalScrollBar().isVisible()
        if os.environ.get("HEADCT_README_PICTURES") == "1" and request.param == "light" and name in IN_README:
            picture = Image.open(path).convert("RGB")
            if not panel.panel._preview.shown:  # the views are empty
                picture = picture.crop((0, 0, screens.PANEL_WIDTH + 8, picture.height))
            small = picture.quantize(64, dither=Image.Dither.NONE)
            small.save(README / (IN_README[name] + ".png"), optimize=True)

    window.shoot = shoot
    yield window
    window.area.takeWidget()
    window.close()
    slicer.app.setPalette(screens.light())


@pytest.fixture(scope="session")
def heads():
    """A generated head with a face, and one whose skull does not show, as series for `write_patients`."""
    from headct_deid import phantom

    whole = phantom.head("ordinary")
    soft = generated.without_skull(generated.head())
    return [(whole.hu, whole.spacing_mm)], [(soft, generated.SPACING_MM)]


@pytest.fixture
def places(heads):
    """Three generated patients, of which one is held back, in a folder whose path is short enough to be read."""
    folder = Path(tempfile.mkdtemp(prefix="ct-"))
    patients = [*generated.PATIENTS, ("ACC-995533", "STUDY-003")]
    series = dict(zip(("ACC-773311", "ACC-995533"), heads))
    yield (*generated.write_patients(folder, patients, series), folder / "released")
    shutil.rmtree(folder)


def check(panel, places):
    fill(panel, places)
    click(panel.ui.checkButton)
    finish(panel)


def select(panel, tree, item, look):
    tree.setCurrentItem(item)
    spin_until(lambda: not look.reading, 30)


def test_empty(panel, window):
    window.shoot("1-empty")


def test_advanced_options(panel, window):
    panel.ui.advancedSection.collapsed = False
    window.shoot("2-advanced", panel.ui.face)
    window.shoot("2-advanced-end", panel.ui.restoreButton)


def test_checked(panel, window, places):
    with places[1].open("a") as lines:
        lines.write("ACC-000000,STUDY-009\n")
    check(panel, places)
    first = panel.ui.planTree.topLevelItem(1).child(0)
    select(panel, panel.ui.planTree, first, panel.panel._planLook)
    assert panel.ui.planPicture.pixmap.width() > 200
    window.shoot("3-checked")


def test_running(panel, window, places):
    fill(panel, places)
    click(panel.ui.applyButton)
    spin_until(lambda: "slices per second" in panel.ui.statusLabel.text, 60)
    window.shoot("4-running")
    finish(panel)


def test_finished(panel, window, places):
    check(panel, places)
    click(panel.ui.applyButton)
    finish(panel)
    window.shoot("5-finished")
    held = panel.ui.heldTree.topLevelItem(0)
    select(panel, panel.ui.heldTree, held, panel.panel._heldLook)
    window.shoot("5-held", panel.ui.openReportButton)


def test_error(panel, window, places):
    with places[1].open("a") as lines:
        lines.write("ACC-000000,STUDY-002\nACC-000001,A/B\n")
    fill(panel, places)
    click(panel.ui.applyButton)
    finish(panel)
    window.shoot("6-error")


def test_preview(panel, window, places):
    check(panel, places)
    panel.ui.planTree.setCurrentItem(panel.ui.planTree.topLevelItem(0).child(0))
    click(panel.ui.previewButton)
    finish(panel)
    window.shoot("7-preview")


def test_loaded_volume(panel, window):
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


@pytest.mark.parametrize("name", sorted(IN_README.values()))
def test_the_documentations_pictures_are_there_and_small(name):
    assert 0 < (README / f"{name}.png").stat().st_size < LARGEST_PICTURE
    assert f"images/{name}.png" in (REPOSITORY / "docs" / "slicer.md").read_text(encoding="utf-8")
