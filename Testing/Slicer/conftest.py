"""Fixtures of the stand-in harness; see `standin/__init__.py` for what is real and what is not.

`HEADCT_MODULE` names another module folder to test, such as an installed one. The real package is used where
it is installed; `HEADCT_FAKE=1` asks for the stand-in of it.
"""

import importlib.metadata
import logging
import os
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
MODULE = Path(os.environ.get("HEADCT_MODULE", REPOSITORY / "HeadCTDeid"))
sys.path.insert(0, str(HERE))


def _real_package():
    if os.environ.get("HEADCT_FAKE") == "1":
        return False
    try:
        importlib.metadata.version("headct-deid")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


REAL = _real_package()
if not REAL:
    print(
        "\nheadct_deid is not installed: the panel is tested with the package in Testing/Slicer/fakes",
        file=sys.stderr,
    )
    sys.path.insert(0, str(HERE / "fakes"))

import standin  # noqa: E402
from standin import scripted  # noqa: E402


@pytest.fixture(scope="session")
def module(tmp_path_factory):
    """The module, loaded as the application loads it; without wheels: the package above is the one."""
    copy = tmp_path_factory.mktemp("module") / "HeadCTDeid"
    shutil.copytree(MODULE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.whl"))
    loaded = scripted.load(copy / "HeadCTDeid.py")
    if not REAL:
        from HeadCTDeidLib import wheel

        wheel.installed_version = lambda: "0.0.1"
    return loaded


@pytest.fixture
def folders(tmp_path):
    """Generated patients, their list and a place for the output: `(input, list, output)`."""
    import generated

    return (*generated.write_patients(tmp_path / "data"), tmp_path / "output")


@pytest.fixture
def panel(module):
    """A panel in a clean scene, shown, and closed at the end."""
    import slicer

    slicer.mrmlScene.Clear(0)
    standin.pythonqt.QtCore.QSettings().clear()
    slicer.app.layoutManager().setLayout(3)
    opened = scripted.open_panel(module)
    opened.parent.resize(470, 900)
    opened.parent.show()
    yield opened
    scripted.close_panel(opened)


@pytest.fixture
def log():
    """Everything that is logged during the test, as one text."""

    class Lines(logging.Handler):
        def __init__(self):
            super().__init__()
            self.text = ""

        def emit(self, record):
            self.text += self.format(record) + "\n"

    lines = Lines()
    root = logging.getLogger()
    root.addHandler(lines)
    yield lines
    root.removeHandler(lines)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus):
    """Remembers the outcome for `pytest_unconfigure`."""
    pytest_unconfigure.status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    """Leaves without taking Qt and VTK apart: half C++, half Python, they crash as the interpreter ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(getattr(pytest_unconfigure, "status", 0))
