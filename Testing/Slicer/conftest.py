"""Fixtures of the stand-in harness; see `standin/__init__.py` for what is real and what is not.

`HEADCT_MODULE` names another module folder to test, such as an installed one. The package must be installed:
`make test-slicer` does it.
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


try:
    importlib.metadata.version("headct-deid")
except importlib.metadata.PackageNotFoundError:
    pytest.exit("the package headct_deid is not installed here: run make test-slicer", 2)

import standin  # noqa: E402
from standin import scripted  # noqa: E402


@pytest.fixture(scope="session")
def module(tmp_path_factory):
    """The module, loaded as the application loads it; without wheels: the package above is the one."""
    copy = tmp_path_factory.mktemp("module") / "HeadCTDeid"
    shutil.copytree(MODULE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.whl"))
    return scripted.load(copy / "HeadCTDeid.py")


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
