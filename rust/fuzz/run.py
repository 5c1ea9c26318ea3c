"""Runs a built fuzz target for so many seconds of processor time: ``run.py TARGET SECONDS``.

New inputs are collected in ``build/fuzz/TARGET``, findings in ``build/fuzz/findings``; the corpus in the repository
is read and not changed. ``run.py --merge TARGET`` puts into the corpus what reaches more code than it does.
The exit status is 1 when something was found.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent.resolve()
WORK = HERE.parents[1] / "build" / "fuzz"
BINARIES = HERE / "target" / "x86_64-unknown-linux-gnu" / "release"
LONGEST = {"reader": 8192, "instance": 8192, "list": 16384, "settings": 1024}
TICKS = os.sysconf("SC_CLK_TCK")


def options(target: str) -> list[str]:
    """Limits of every run: memory, seconds for one input, bytes of one input."""
    return ["-rss_limit_mb=2048", "-timeout=60", f"-max_len={LONGEST.get(target, 4096)}"]


def seconds_of(process: int) -> float:
    """Processor time of a running process, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def fuzz(target: str, seconds: float) -> int:
    """Fuzz until the time is spent or something is found."""
    corpus, findings = WORK / target, WORK / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    command = [BINARIES / target, corpus, HERE / "corpus" / target, *options(target)]
    command += [f"-artifact_prefix={findings / target}-", "-print_final_stats=1"]
    log, spent = WORK / f"{target}.log", 0.0
    with log.open("w") as output:
        run = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        while run.poll() is None:
            spent = seconds_of(run.pid)
            if spent >= seconds:
                run.send_signal(signal.SIGINT)
                run.wait()
                break
            time.sleep(1)
    text = log.read_text(errors="replace")
    counts = re.findall(r"^#(\d+)\s.* cov: (\d+)", text, re.M)
    executions, coverage = counts[-1] if counts else ("0", "0")
    found = re.findall(r"Test unit written to (\S+)", text)
    print(
        f"{target}: {spent:.0f} s of processor time, {executions} executions, coverage {coverage},"
        f" {len(list(corpus.iterdir()))} new inputs, found: {', '.join(found) or 'nothing'}"
    )
    return 1 if found else 0


def merge(target: str) -> int:
    """Add to the corpus in the repository what reaches more code than it does."""
    command = [BINARIES / target, "-merge=1", HERE / "corpus" / target, WORK / target, *options(target)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    if sys.argv[1] == "--merge":
        sys.exit(merge(sys.argv[2]))
    sys.exit(fuzz(sys.argv[1], float(sys.argv[2])))
