"""`python -m attack ORIGINAL RESULT [RESULT ...] [--json] [--fast] [--renders FOLDER]`: folders of DICOM files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from .anatomy import BONE_HU
from .render import attacked, inflated, plain, save_row
from .report import Report, examine_volumes
from .series import largest_series
from .surface import solid_from
from .volume import AIR_HU, Grid, Volume

DEGREES = (-45.0, -20.0, 0.0, 20.0, 45.0)


def main(arguments: list[str] | None = None) -> int:
    """Prints the verdict; exit status 1 where the ratio is below what was demanded."""
    parser = argparse.ArgumentParser(
        prog="python -m attack", description="How much of a face does a defaced head CT leak?"
    )
    parser.add_argument("original", type=Path, help="folder of the original CT series")
    parser.add_argument(
        "result", type=Path, nargs="+", help="folder of the defaced series; several exports are averaged"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--fast", action="store_true", help="a 1.5 mm grid and fewer windows")
    parser.add_argument("--at-least", type=float, default=0.0, metavar="RATIO", help="exit with 1 below this ratio")
    parser.add_argument(
        "--renders", type=Path, metavar="FOLDER", help="write surface pictures there, and count the faces detectors see"
    )
    given = parser.parse_args(arguments)
    try:
        original = largest_series(given.original)
        results = [original.with_hu(largest_series(folder).hu) for folder in given.result]
        report = examine_volumes(original, results, step_mm=1.5 if given.fast else 1.0, thorough=not given.fast)
    except ValueError as reason:
        print(f"attack: {reason}", file=sys.stderr)
        return 2
    verdict = report.as_dict()
    if given.renders:
        verdict["faces_detected"] = _draw(given.renders, original, results[0], report, not given.fast)
    print(json.dumps(verdict, indent=1) if given.json else report)
    if given.renders and not given.json:
        print(f"faces detected         {verdict['faces_detected']}")
    return 0 if report.leak.ratio >= given.at_least else 1


def _draw(folder: Path, original: Volume, result: Volume, report: Report, thorough: bool) -> dict[str, dict[str, int]]:
    """Writes original, bare skull and result, plain and attacked, from five sides; counts the faces seen in each."""
    from .detectors import detections

    folder.mkdir(parents=True, exist_ok=True)
    grid = Grid.whole(original, 1.0)
    skull = original.with_hu(np.where(original.hu > BONE_HU, original.hu, np.int16(AIR_HU)))
    bone = solid_from(grid.sample_volume(skull) > BONE_HU)
    single = [
        found for name, found in report.leak.by_attack.items() if name != "exports"
    ]  # what one result shows by itself
    best = min(single, key=lambda found: found.fit.rms_mm)
    seen = {}
    for name, rows in {
        "original": [plain(grid, original, degrees=d) for d in DEGREES],
        "skull": [inflated(bone, 0.0, 1.0, d) for d in DEGREES],
        "skull inflated": [inflated(bone, report.leak.skull.inflation_mm, 1.0, d) for d in DEGREES],
        "result": [plain(grid, result, degrees=d) for d in DEGREES],
        "result attacked": attacked(grid, result, best.detail, best.fit.inflation_mm, DEGREES, thorough),
    }.items():
        save_row(rows, folder / f"{name.replace(' ', '_')}.png")
        seen[name] = detections(rows)
    return seen


if __name__ == "__main__":
    sys.exit(main())
