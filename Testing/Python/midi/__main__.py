"""``python -m midi FOLDER [PATIENTS]``: makes a cohort, runs ``headct-deid`` on it, prints the score."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .cohort import write
from .score import score


def main() -> int:
    """Return 0 from 99.95 % on."""
    folder = Path(sys.argv[1])
    cohort = write(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 100)
    program = Path(sys.executable).with_name("headct-deid")
    output, private = folder / "released", folder / "private"
    held = ("--release-held", "all")
    subprocess.run([program, "run", cohort.input, cohort.list, output, "--private", private, *held], check=False)
    result = score(cohort, output, private)
    print(result)
    return 0 if result.percent >= 99.95 else 1


if __name__ == "__main__":
    sys.exit(main())
