"""Runs the module's self-test in a real 3D Slicer and writes down what happened, and where.

    Slicer --no-splash --additional-module-paths HeadCTDeid --python-script Testing/Slicer/run_in_slicer.py

Writes `test-artifacts/slicer-<version>-<system>.json` and a picture of the panel beside it. `--install` at
the end installs the program from the module's own folder first. The table in `docs/slicer.md` is filled from
these.
"""

import datetime
import json
import platform
import sys
import time
import traceback
from pathlib import Path

import qt
import slicer

REPOSITORY = Path(__file__).resolve().parents[2]


def install():
    """Installs the bundled program, as the Install button does."""
    from HeadCTDeidLib import wheel
    from HeadCTDeidLib.panel import Panel

    if not wheel.is_ready(Panel.wheels()):
        wheel.install(Panel.wheels(), wheel.run_pip)


def open_panel(picture):
    """Opens the module as a user does and takes its picture."""
    slicer.util.selectModule("HeadCTDeid")
    slicer.app.processEvents()
    if slicer.util.mainWindow() is not None:
        slicer.util.mainWindow().grab().save(str(picture))


def self_test():
    """The module's own tests."""
    import HeadCTDeid

    HeadCTDeid.HeadCTDeidTest().runTest()


def attempt(name, action):
    """Runs one step and describes its outcome."""
    begin = time.monotonic()
    try:
        action()
        problem = None
    except Exception:
        problem = traceback.format_exc()
    return {
        "step": name,
        "passed": problem is None,
        "seconds": round(time.monotonic() - begin, 2),
        "problem": problem,
    }


def main():
    import numpy

    version = slicer.app.applicationVersion
    out = REPOSITORY / "test-artifacts" / f"slicer-{version}-{platform.system().lower()}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    steps = [("install", install)] if "--install" in sys.argv else []
    steps += [("open the panel", lambda: open_panel(out.with_suffix(".png"))), ("self-test", self_test)]
    results = [attempt(name, action) for name, action in steps]
    facts = {
        "slicer": version,
        "revision": str(slicer.app.repositoryRevision),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "qt": qt.qVersion() if hasattr(qt, "qVersion") else "",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "results": results,
    }
    out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {out}")
    slicer.util.exit(0 if all(one["passed"] for one in results) else 1)


main()
