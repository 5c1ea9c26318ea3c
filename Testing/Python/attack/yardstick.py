"""The yardstick: how much nearer to the true face an attacker comes than the bare skull brings him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .anatomy import BEYOND_BONE_MM, BONE_HU, Anatomy
from .features import Cut, cuts
from .surface import Fit, fit, signed_distance, solid_from
from .volume import AIR_HU, Array, Grid, Mask, Volume

MARGIN_MM = 12.0  # around the true skin, outward
DEPTH_MM = 30.0  # and backward: room for the deepest surface
MOST_POINTS = 8000
LEAST_SHARE = 0.01  # of the grid: less than this is no head, or no air


@dataclass(frozen=True)
class Recovered:
    """One surface that an attack found, and how well it meets the true skin."""

    attack: str
    detail: str
    fit: Fit


@dataclass(frozen=True)
class Leak:
    """The verdict on one result; `ratio` 1.0 means that nothing beyond the skull leaks."""

    ratio: float
    best: Recovered
    by_attack: dict[str, Recovered]
    skull: Fit  # best surface of the bare skull
    skin_points: int


@dataclass(frozen=True)
class Target:
    """The true soft facial skin of one original on the attack's grid, and the skull's bound."""

    grid: Grid
    points: NDArray[np.int64]  # grid indices of the true skin
    skull: Fit

    @classmethod
    def of(cls, original: Volume, anatomy: Anatomy, step_mm: float = 1.0) -> Target:
        """Locates the true skin; raises ValueError where the original shows too little face to judge."""
        places = np.argwhere(anatomy.face_skin)
        if len(places) < 200:
            raise ValueError(f"only {len(places)} points of soft facial skin: too little face to judge")
        where = anatomy.grid.patient_mm(places)
        back = np.array([0.0, DEPTH_MM - MARGIN_MM, 0.0])
        grid = Grid.box(original, where.min(axis=0) - MARGIN_MM, where.max(axis=0) + MARGIN_MM + back, step_mm)
        skin = _resample(anatomy, anatomy.head, grid)
        near = _resample(anatomy, ndimage.binary_dilation(anatomy.face_skin, iterations=2), grid)
        head = skin > 0.5
        hu = grid.sample_volume(original)
        tissue = (hu > -300.0) & head
        shell = tissue & ndimage.binary_dilation(_resample(anatomy, anatomy.outside, grid) > 0.5, iterations=2)
        shell &= ndimage.binary_dilation(~tissue) & (near > 0.5)
        bone = (hu > 300.0) & (_resample(anatomy, ndimage.binary_dilation(anatomy.bone), grid) > 0.0)
        points = np.argwhere(shell)
        off = signed_distance(bone, points, step_mm)
        soft = (off >= BEYOND_BONE_MM[0]) & (off <= BEYOND_BONE_MM[1])
        points, off = points[soft], off[soft]
        thin = max(1, len(points) // MOST_POINTS)
        target = cls(grid, points[::thin], fit(off[::thin]))
        skull = original.with_hu(np.where(original.hu > BONE_HU, original.hu, np.int16(AIR_HU)))
        attacked = [r.fit for r in best_surfaces(target, skull, thorough=False).values()]
        return replace(target, skull=min([target.skull, *attacked], key=lambda f: f.rms_mm))

    def measure(self, solid: Mask) -> Fit:
        """Fits one surface to the true skin."""
        return fit(signed_distance(solid, self.points, self.grid.step_mm))


def _resample(anatomy: Anatomy, mask: Mask, grid: Grid) -> Array:
    """A mask of the anatomy's grid, interpolated on another grid of the same patient."""
    offset = (grid.low_mm - anatomy.grid.low_mm)[::-1] / anatomy.grid.step_mm
    scale = grid.step_mm / anatomy.grid.step_mm
    out: Array = ndimage.affine_transform(mask.astype(np.float32), np.full(3, scale), offset, grid.shape, order=1, mode="nearest")
    return out


def judge(target: Target, result: Volume, thorough: bool = True, extra: Sequence[Cut] = ()) -> Leak:
    """Runs every attack on a result and keeps the one that comes nearest to the true skin."""
    best = best_surfaces(target, result, thorough, extra)
    if not best:
        raise ValueError("no attack found any surface: the result shows no head")
    winner = min(best.values(), key=lambda r: r.fit.rms_mm)
    return Leak(winner.fit.rms_mm / target.skull.rms_mm, winner, best, target.skull, len(target.points))


def best_surfaces(target: Target, result: Volume, thorough: bool = True, extra: Sequence[Cut] = ()) -> dict[str, Recovered]:
    """The best surface of each kind of attack."""
    best: dict[str, Recovered] = {}
    for guess in chain(extra, cuts(target.grid, result, thorough)):
        _keep(best, target, guess)
    return best


def _keep(best: dict[str, Recovered], target: Target, guess: Cut) -> None:
    inside = guess.inside()
    if not LEAST_SHARE < float(inside.mean()) < 1.0 - LEAST_SHARE:
        return
    solid = solid_from(inside)
    if not LEAST_SHARE < float(solid.mean()) < 1.0 - LEAST_SHARE:
        return
    found = Recovered(guess.attack, guess.detail, target.measure(solid))
    if guess.attack not in best or found.fit.rms_mm < best[guess.attack].fit.rms_mm:
        best[guess.attack] = found
