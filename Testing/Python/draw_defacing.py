"""Draws the pictures of docs/defacing.md from the small generated head: `python draw_defacing.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import attack
from attack import models
from attack.render import attacked, inflated, plain, save_row
from attack.surface import solid_from
from attack_head import head

SPACING_MM = (2.0, 1.0, 1.0)
DEGREES = (0.0, 40.0)


def main(folder: Path) -> None:
    """One PNG for each stage: plain renders and what the attack makes of them."""
    folder.mkdir(parents=True, exist_ok=True)
    original = attack.Volume.of(head(SPACING_MM), SPACING_MM)
    anatomy = attack.Anatomy.of(original)
    target = attack.Target.of(original, anatomy, 1.5)
    whole = attack.Grid.whole(original, 1.5)
    hidden = original.with_hu(models.slicer_deid(original.hu, 1, 10)[0])
    bone = original.with_hu(models.filled(original.hu, models.peeled(original, anatomy, 16.0, 5.0, 1), "face", 1))
    bare = original.with_hu(np.where(original.hu > 300, original.hu, -1000))
    save_row([plain(whole, original, degrees=d) for d in DEGREES], folder / "original.png")
    for name, result in (("ellipse", hidden), ("bone", bone)):
        leak = attack.judge(target, result, thorough=False)
        print(f"{name}: ratio {leak.ratio:.3f}, {leak.best.detail}, {leak.best.fit.inflation_mm:+.1f} mm")
        row = [plain(whole, result, degrees=d) for d in DEGREES]
        row += attacked(whole, result, leak.best.detail, leak.best.fit.inflation_mm, DEGREES, thorough=False)
        save_row(row, folder / f"{name}.png")
    solid = solid_from(whole.sample_volume(bare) > 300.0)
    save_row(
        [inflated(solid, amount, whole.step_mm, d) for amount in (0.0, target.skull.inflation_mm) for d in DEGREES],
        folder / "skull.png",
    )
    _slices([original.hu, hidden.hu, bone.hu, bare.hu], folder / "slices.png")


def _slices(volumes: list[np.ndarray[tuple[int, ...], np.dtype[np.int16]]], path: Path) -> None:
    """One axial slice through the nose of each volume, -400 to 600 HU."""
    at = 34
    row = np.hstack([np.clip((hu[at].astype(float) + 400.0) / 1000.0, 0.0, 1.0) for hu in volumes])
    Image.fromarray((row * 255).astype(np.uint8)).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
