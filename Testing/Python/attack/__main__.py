"""`python -m attack ORIGINAL RESULT [RESULT ...] [--json] [--fast] [--renders DIR]`: folders of DICOM files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .report import examine_volumes
from .series import largest_series


def main(arguments: list[str] | None = None) -> int:
    """Prints the verdict; exit status 1 where the ratio is below what was demanded."""
    parser = argparse.ArgumentParser(prog="python -m attack", description="How much of a face does a defaced head CT leak?")
    parser.add_argument("original", type=Path, help="folder of the original CT series")
    parser.add_argument("result", type=Path, nargs="+", help="folder of the defaced series; several exports are averaged")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--fast", action="store_true", help="a 1.5 mm grid and fewer windows")
    parser.add_argument("--at-least", type=float, default=0.0, metavar="RATIO", help="exit with 1 below this ratio")
    given = parser.parse_args(arguments)
    try:
        original = largest_series(given.original)
        results = [original.with_hu(largest_series(folder).hu) for folder in given.result]
        report = examine_volumes(original, results, step_mm=1.5 if given.fast else 1.0, thorough=not given.fast)
    except ValueError as reason:
        print(f"attack: {reason}", file=sys.stderr)
        return 2
    print(json.dumps(report.as_dict(), indent=1) if given.json else report)
    return 0 if report.leak.ratio >= given.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
