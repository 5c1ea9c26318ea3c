"""A small head of ellipsoids in HU, enough for a yardstick: skull, brain, face with nose, lips, orbits, ears, neck, table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Hu = NDArray[np.int16]


def head(spacing_mm: tuple[float, float, float] = (2.0, 1.5, 1.5), seed: int = 7) -> Hu:
    """`[slice, row, column]`: slices run upwards, rows backwards; 216 mm high, 252 mm deep, 204 mm wide."""
    size_mm = np.array([216.0, 252.0, 204.0])
    shape = (size_mm / spacing_mm).astype(int)
    up, back, left = np.meshgrid(
        *[np.arange(n) * s for n, s in zip(shape, spacing_mm, strict=True)], indexing="ij", sparse=True
    )
    left = left - size_mm[2] / 2.0

    def ball(u: float, b: float, x: float, ru: float, rb: float, rx: float) -> NDArray[np.bool_]:
        return np.asarray(((up - u) / ru) ** 2 + ((back - b) / rb) ** 2 + ((left - x) / rx) ** 2 <= 1.0)

    skin = (
        ball(135, 130, 0, 78, 97, 78)
        | ball(75, 85, 0, 60, 60, 58)
        | ((left**2 + (back - 140) ** 2 < 52**2) & (up < 90))
    )
    skin |= ball(68, 26, 0, 18, 20, 12) | ball(42, 34, 0, 8, 12, 22) | ball(24, 46, 0, 12, 14, 18)
    for side in (-1, 1):
        skin |= (
            ball(84, 46, side * 29, 11, 16, 15)
            | ball(58, 58, side * 36, 22, 26, 24)
            | ball(85, 130, side * 71, 26, 16, 12)
        )
    bone = ball(135, 130, 0, 71, 90, 71) & ~ball(135, 130, 0, 65, 84, 65)
    bone |= ball(72, 82, 0, 45, 42, 40) & ~ball(72, 86, 0, 40, 40, 34)
    bone |= (left**2 + (back - 160) ** 2 < 12**2) & (up < 75)
    bone &= ~ball(135, 130, 0, 65, 84, 65)
    airway = ball(66, 60, 0, 18, 22, 11)
    for side in (-1, 1):
        bone &= ~ball(84, 50, side * 29, 13, 26, 15)
    hu = np.full(tuple(shape), -1000.0, np.float32)
    fat = ndimage.distance_transform_edt(skin, sampling=spacing_mm) < 5.0
    hu[skin] = 45.0
    hu[skin & fat & (ndimage.distance_transform_edt(skin, sampling=spacing_mm) > 2.0)] = -90.0
    hu[ball(135, 130, 0, 65, 84, 65)] = 35.0
    hu[bone] = 900.0
    hu[airway] = -1000.0
    hu[:, (back > 238)[0, :, 0] & (back < 243)[0, :, 0], :] = -100.0
    hu = ndimage.gaussian_filter(hu, 0.5)
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=hu.shape), (0, 0.7, 0.7))
    return np.asarray(np.rint(hu + noise * (8.0 / noise.std())), np.int16)


def brain(spacing_mm: tuple[float, float, float] = (2.0, 1.5, 1.5)) -> NDArray[np.bool_]:
    """The cranial cavity of `head`, as drawn."""
    up, back, left = np.meshgrid(
        *[np.arange(int(n / s)) * s for n, s in zip((216.0, 252.0, 204.0), spacing_mm, strict=True)], indexing="ij"
    )
    return np.asarray(((up - 135) / 65) ** 2 + ((back - 130) / 84) ** 2 + ((left - 102) / 65) ** 2 <= 1.0)
