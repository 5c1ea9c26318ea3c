"""What an attacker computes from a defaced series: fields in which skin and fill differ, and where to cut them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .volume import IMPLAUSIBLE_HU, Array, Grid, Mask, Volume

PLAIN_HU = (-900.0, -700.0, -500.0, -300.0, -150.0, -50.0, 100.0, 250.0)
DENOISED_HU = (-700.0, -500.0, -300.0, -150.0, -75.0, -50.0, -25.0, 0.0, 20.0, 100.0, 250.0)
SPREAD_HU = (2.0, 15.0, 25.0, 35.0, 45.0)
STRANGE = (3.0, 4.0, 6.0, 9.0, 14.0)  # local mean or spread, in standard errors away from those of the fill
GRAIN = (0.6, 0.8, 1.0, 1.2)


@dataclass(frozen=True)
class Cut:
    """One guess at where tissue is: `field` on one side of `level`, and where `gate` (if any) is not air."""

    attack: str  # plain, denoise, statistics, grain
    detail: str
    field: Array
    level: float
    below: bool = False
    gate: Array | None = None
    gate_hu: float = -400.0

    def inside(self) -> Mask:
        """The guess as a mask."""
        mask = self.field < self.level if self.below else self.field > self.level
        return np.asarray(mask if self.gate is None else mask & (self.gate > self.gate_hu))


def cuts(grid: Grid, result: Volume, thorough: bool = True) -> Iterator[Cut]:
    """Every guess of the attack, field by field, so that few fields are held at once."""
    raw = grid.cut(result.hu).astype(np.float32)
    raw[raw < IMPLAUSIBLE_HU] = -1000.0
    plain = grid.sample(raw)
    yield from (Cut("plain", f"> {t:.0f} HU", plain, t) for t in PLAIN_HU)
    pixel_mm = np.array([result.slice_mm, *result.pixel_mm])
    for sigma_mm in (1.0, 2.0) if thorough else (1.5,):
        smooth = grid.sample(ndimage.gaussian_filter(raw, sigma_mm / pixel_mm))
        yield from (Cut("denoise", f"sigma {sigma_mm:.1f} mm > {t:.0f} HU", smooth, t) for t in DENOISED_HU)
    for window in ((3, 3, 3), (1, 7, 7)) if thorough else ((3, 3, 3),):
        yield from _statistics(grid, raw, window)


def _statistics(grid: Grid, raw: Array, window: tuple[int, int, int]) -> Iterator[Cut]:
    """Local mean and spread, and the grain: CT noise is blurred by the kernel, drawn noise is not."""
    name = "x".join(map(str, window))
    mean, variance = _moments(raw, window)
    spread = np.sqrt(variance)
    strange = grid.sample(np.maximum(_strange(mean), _strange(spread)), outside=0.0)
    yield from (Cut("statistics", f"{name} mean or spread {t:g} errors off the fill", strange, t) for t in STRANGE)
    level, even = grid.sample(mean), grid.sample(spread, outside=0.0)
    for s in SPREAD_HU:
        yield Cut("statistics", f"{name} spread < {s:g} HU, mean > -400 HU", even, s, below=True, gate=level)
    step = np.zeros_like(raw)
    step[:, :, 1:] = np.diff(raw, axis=2)
    grain = np.sqrt(_moments(step, window)[1]) / (spread + 1.0)
    strange = grid.sample(_strange(grain), outside=0.0)
    yield from (Cut("grain", f"{name} grain {t:g} errors off the fill", strange, t) for t in STRANGE[:3])
    field = grid.sample(grain, outside=0.0)
    yield from (Cut("grain", f"{name} grain < {g:g}, mean > -400 HU", field, g, below=True, gate=level) for g in GRAIN)


def _strange(field: Array) -> Array:
    """How far each value is from what the front rim of the series shows, in its own standard errors there."""
    rim = field[:, : max(2, field.shape[1] // 25)]
    usual = float(np.median(rim))
    error = 1.4826 * float(np.median(np.abs(rim - usual)))
    return np.asarray(np.abs(field - usual) / max(error, 0.02 * (1.0 + abs(usual)) if usual < 10 else 1.0), np.float32)


def _moments(values: Array, window: tuple[int, int, int]) -> tuple[Array, Array]:
    """Local mean and variance in a box of voxels."""
    mean = ndimage.uniform_filter(values, window)
    square = ndimage.uniform_filter(values.astype(np.float64) ** 2, window)
    return mean, np.maximum(square - mean.astype(np.float64) ** 2, 0.0).astype(np.float32)
