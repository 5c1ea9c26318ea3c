"""Ctrl-C ends what is running within a second, nothing half done stays, and a resumed run finishes it.

A second is counted in processor time, which other programs on the machine do not stretch.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Slicer"))

import generated

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sends signals and reads /proc")

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

#: Presses Ctrl-C when the call has taken a share of its processor time; prints what it took afterwards, threads that
#: nobody waits for any more included.
STEP = """
import os
import signal
import sys
import threading
import time
import headct_deid
import generated
volume, spacing_mm = generated.large_head(300)
step = getattr(headct_deid, sys.argv[1])
def call():
    began = time.process_time()
    step(volume, spacing_mm=spacing_mm)
    return time.process_time() - began
def interrupted(moment):
    # Calls and presses Ctrl-C; tells when, or nothing where the call was over before.
    began, pressed, over = time.process_time(), [], []
    def press():
        while not over and time.process_time() - began < moment:
            time.sleep(0.002)
        if not over:
            pressed.append(time.process_time())
            os.kill(os.getpid(), signal.SIGINT)
    presses = threading.Thread(target=press)
    presses.start()
    try:
        call()
        over.append(True)
        presses.join()
        if pressed:
            sys.exit("it went on to its end")
    except KeyboardInterrupt:
        pass
    return pressed
signal.signal(signal.SIGINT, signal.default_int_handler)
whole = call()
for share in (0.05, 0.3, 0.6, 0.85):
    # The first call touches memory for the first time; others may be quicker.
    while not (pressed := interrupted(share * whole)):
        whole = call()
    rests = False
    while not rests:
        before = time.process_time()
        time.sleep(0.5)
        rests = time.process_time() - before < 0.02
    print(share, whole, time.process_time() - pressed[0])
"""


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


@pytest.mark.parametrize("step", ["deface", "find_text"])
def test_control_c_ends_a_step_on_a_large_volume_within_a_second(step: str) -> None:
    program = f"import sys; sys.path.insert(0, {str(Path(generated.__file__).parent)!r})\n{STEP}"
    done = subprocess.run(
        [sys.executable, "-c", program, step], capture_output=True, text=True, check=False, timeout=590
    )
    assert done.returncode == 0, done.stderr
    lines = [[float(number) for number in line.split()] for line in done.stdout.splitlines()]
    assert len(lines) == 4
    for share, whole, after in lines:
        print(f"{step}: after {share:.0%} of {whole:.2f} s, ended within {after:.3f} s of processor time")
        assert after < min(1.0, 0.5 * whole)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One patient with two series of 150 slices of 512 x 512 pixels."""
    head = generated.large_head(150)
    patients = generated.PATIENTS[:1]
    series = {patients[0][0]: [head, head]}
    return generated.write_patients(tmp_path_factory.mktemp("large"), patients, series)  # type: ignore[no-any-return]


def processor_seconds(process: int) -> float:
    """Processor time of all threads of another process so far; 0 when it has ended."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except FileNotFoundError:
        return 0.0


@pytest.mark.parametrize("program", ["command", "python"])
@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.0])
def test_control_c_within_a_large_series_ends_within_a_second(
    large: tuple[Path, Path], tmp_path: Path, program: str, seconds: float
) -> None:
    output = tmp_path / "out"
    places = [str(place) for place in (*large, output)]
    private = str(tmp_path / "private")
    if program == "command":
        start = [sys.executable, "-m", "headct_deid", "run", *places, "--private", private]
    else:
        start = [sys.executable, "-c", PROGRAM, *places, private]
    ended_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    job = subprocess.Popen(start, stderr=subprocess.DEVNULL)
    staging = output / ".headct-deid" / "staging"
    while not staging.exists() and job.poll() is None:
        time.sleep(0.005)
    began = processor_seconds(job.pid)
    while processor_seconds(job.pid) - began < seconds and job.poll() is None:
        time.sleep(0.005)
    until_pressed = processor_seconds(job.pid)
    pressed = time.monotonic()
    job.send_signal(signal.SIGINT)
    assert job.wait(timeout=120) == (1 if program == "command" else 77), "it went on to its end"
    waited = time.monotonic() - pressed
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = ended.ru_utime + ended.ru_stime - ended_before.ru_utime - ended_before.ru_stime
    after = whole - until_pressed
    print(f"{program}, after {seconds} s: ended within {after:.3f} s of processor time, {waited:.3f} s by the clock")
    assert min(after, waited) < 1.0
    assert not staging.exists()
    assert [one.name for one in output.iterdir() if not one.name.startswith(".")] == []
