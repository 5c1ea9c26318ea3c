"""`python -m attack.table ORIGINAL [--fast]`: the yardstick on known ways to deface, in their known order."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import models
from .anatomy import BONE_HU, Anatomy
from .losses import losses
from .series import largest_series
from .volume import Volume
from .yardstick import Target, judge

SEED = 20  # any: the rows must not depend on it


def candidates(original: Volume, anatomy: Anatomy) -> Iterator[tuple[str, NDArray[np.int16]]]:
    """Names and results, from the original to the bare skull. Pixel kernels are scaled to pixels of 0.5 mm."""
    hu, pixel_mm = original.hu, original.pixel_mm[1]
    yield "original", hu
    yield "20 px ellipse, slice by slice, face noise", models.slicer_deid(hu, SEED, round(10.0 / pixel_mm))[0]
    yield "35 px ellipse, slice by slice, face noise", models.slicer_deid(hu, SEED, round(17.5 / pixel_mm))[0]
    for depth_mm in (8.0, 15.0):
        yield (
            f"3D erosion {depth_mm:g} mm, face noise",
            models.filled(hu, models.eroded(original, anatomy, depth_mm), "face", SEED),
        )
    depth = 6.0 + 12.0 * models.smooth_random(anatomy.head.shape, SEED, 12.0 / anatomy.grid.step_mm)
    yield (
        "random smooth depth 6 to 18 mm, face noise",
        models.filled(hu, models.eroded(original, anatomy, depth), "face", SEED),
    )
    for closing_mm in (10.0, 16.0):
        mask = models.peeled(original, anatomy, closing_mm, 5.0, SEED)
        yield (
            f"face peeled to the closing of bone ({closing_mm:g} mm), face noise",
            models.filled(hu, mask, "face", SEED),
        )
    yield "face peeled to the closing of bone (16 mm), air", models.filled(hu, mask, "air", SEED)
    yield "bare skull", np.where(hu > BONE_HU, hu, np.int16(-1000))


def main(arguments: list[str] | None = None) -> int:
    """Prints the table as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m attack.table", description=__doc__)
    parser.add_argument("original", type=Path)
    parser.add_argument("--fast", action="store_true")
    given = parser.parse_args(arguments)
    original = largest_series(given.original)
    anatomy = Anatomy.of(original)
    target = Target.of(original, anatomy, 1.5 if given.fast else 1.0)
    print(
        "| result | best attack | RMS mm | ratio | within 2 mm | neck and border too | bone altered | soft tissue removed |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, hu in candidates(original, anatomy):
        result = original.with_hu(hu)
        leak, lost = judge(target, result, not given.fast), losses(original, result, anatomy)
        best, surface = leak.best, leak.best.fit
        cells = [
            name,
            f"{best.attack}, {surface.inflation_mm:+.0f} mm",
            f"{surface.rms_mm:.2f}",
            f"{leak.ratio:.2f}",
            f"{surface.within_2mm:.0%}",
            f"{leak.wide_ratio:.2f}",
            f"{lost.bone_altered:.1%}",
            f"{lost.soft_tissue_removed:.0%}",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
