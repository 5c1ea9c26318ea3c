"""Ctrl-C in Python: the job ends, nothing half done stays, and a resumed run finishes it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import signal
import sys
import headct_deid
# A shell's background job begins with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    headct_deid.deidentify(sys.argv[1], sys.argv[2], sys.argv[3], private_dir=sys.argv[4], release_held="all", jobs=1)
except KeyboardInterrupt:
    sys.exit(77)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_control_c_leaves_no_staging_and_can_be_resumed(data: Path, tmp_path: Path) -> None:
    import headct_deid

    places = [data / "patients", data / "patients.xlsx", tmp_path / "out", tmp_path / "private"]
    job = subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, places)])
    staging = tmp_path / "out" / ".headct-deid" / "staging"
    deadline = time.monotonic() + 120
    while not staging.exists() and job.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    job.send_signal(signal.SIGINT)
    assert job.wait(timeout=60) == 77
    assert not staging.exists()
    report = headct_deid.deidentify(*places[:3], private_dir=places[3], release_held="all", resume=True)
    assert report.released == 231
