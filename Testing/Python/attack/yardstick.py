"""The yardstick: how much nearer to the true face an attacker comes than the bare skull brings him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .anatomy import BEYOND_BONE_MM, BONE_HU, SOLID_HU, Anatomy
from .features import Cut, cuts
from .surface import Fit, fit, signed_distance, solid_from
from .volume import AIR_HU, Array, Grid, Mask, Volume

MARGIN_MM = 12.0  # around the true skin, outward
DEPTH_MM = 30.0  # and backward: room for the deepest surface
MOST_POINTS = 8000
LEAST_POINTS = 200
LEAST_SHARE = 0.01  # of the grid: less than this is no head, or no air
ASIDE_MM = 8.0  # so far before and behind the skin a surface is probed: a sponge of noise is near to every place
PARTING_MM = 1.5  # by which a place before it must lie farther out than one behind it; the true surface gives 5
NO_SURFACE = Fit(float("inf"), 0.0, 0.0)


@dataclass(frozen=True)
class Recovered:
    """One surface that an attack found, and how well it meets the true skin."""

    attack: str
    detail: str
    fit: Fit


@dataclass(frozen=True)
class Leak:
    """The verdict on one result; `ratio` 1.0 means that nothing beyond the skull leaks."""

    ratio: float  # on the face proper
    best: Recovered
    wide_ratio: float  # the neck and the border of the face included, where a result keeps tissue on purpose
    wide_best: Recovered
    by_attack: dict[str, Recovered]
    skull: Fit  # best surface of the bare skull
    wide_skull: Fit
    skin_points: int


@dataclass(frozen=True)
class Target:
    """The true soft facial skin of one original on the attack's grid, and the skull's bound."""

    grid: Grid
    points: NDArray[np.int64]  # grid indices of the true skin, `[n, 3]`
    of_face: Mask  # which of them belong to the face proper
    skull: Fit
    wide_skull: Fit

    @classmethod
    def of(cls, original: Volume, anatomy: Anatomy, step_mm: float = 1.0) -> Target:
        """Locates the true skin; raises ValueError where the original shows too little face to judge."""
        places = np.argwhere(anatomy.wide_skin)
        if anatomy.face_skin.sum() < LEAST_POINTS:
            raise ValueError(f"only {anatomy.face_skin.sum()} points of soft facial skin: too little face to judge")
        where = anatomy.grid.patient_mm(places)
        back = np.array([0.0, DEPTH_MM - MARGIN_MM, 0.0])
        grid = Grid.box(original, where.min(axis=0) - MARGIN_MM, where.max(axis=0) + MARGIN_MM + back, step_mm)
        points = _skin_points(original, anatomy, grid)
        face = ndimage.binary_dilation(anatomy.face_skin, iterations=2)
        of_face = _resample(anatomy, face, grid)[tuple(points.T)] > 0.5
        bone = (grid.sample_volume(original) > BONE_HU) & (
            _resample(anatomy, ndimage.binary_dilation(anatomy.bone), grid) > 0.0
        )
        off = signed_distance(bone, points, step_mm)
        soft = (off >= BEYOND_BONE_MM[0]) & (off <= BEYOND_BONE_MM[1])
        points, of_face, off = points[soft], of_face[soft], off[soft]
        target = cls(grid, points, of_face, fit(off[of_face]), fit(off))
        return target._bounded_by(original.with_hu(np.where(original.hu > BONE_HU, original.hu, np.int16(AIR_HU))))

    def _bounded_by(self, skull: Volume) -> Target:
        """The bound is the better of plain inflation and what the attack itself makes of the bare skull."""
        found = best_surfaces(self, skull, thorough=False)
        face = min([self.skull, *(pair[0].fit for pair in found.values())], key=lambda f: f.rms_mm)
        wide = min([self.wide_skull, *(pair[1].fit for pair in found.values())], key=lambda f: f.rms_mm)
        return replace(self, skull=face, wide_skull=wide)

    def measure(self, solid: Mask) -> tuple[Fit, Fit]:
        """Fits one surface to the true skin: to the face proper, and to all of it.

        What does not part the places before the face from those behind it is a sponge and shows no surface.
        """
        step = np.array([0, round(ASIDE_MM / self.grid.step_mm), 0])
        face, last = self.points[self.of_face], np.array(self.grid.shape) - 1
        places = np.concatenate([self.points, np.maximum(face - step, 0), np.minimum(face + step, last)])
        off, before, behind = np.split(
            signed_distance(solid, places, self.grid.step_mm), [len(self.points), len(self.points) + len(face)]
        )
        if not np.isfinite(off).all() or before.mean() - behind.mean() < PARTING_MM:
            return NO_SURFACE, NO_SURFACE
        return fit(off[self.of_face]), fit(off)


def _skin_points(original: Volume, anatomy: Anatomy, grid: Grid) -> NDArray[np.int64]:
    """Points where the tissue of the head begins, thinned evenly."""
    tissue = (grid.sample_volume(original) > SOLID_HU) & (_resample(anatomy, anatomy.head, grid) > 0.5)
    shell = tissue & ndimage.binary_dilation(~tissue)
    shell &= ndimage.binary_dilation(_resample(anatomy, anatomy.outside, grid) > 0.5, iterations=2)
    shell &= _resample(anatomy, ndimage.binary_dilation(anatomy.wide_skin, iterations=2), grid) > 0.5
    points = np.argwhere(shell)
    return points[:: max(1, len(points) // MOST_POINTS)]


def _resample(anatomy: Anatomy, mask: Mask, grid: Grid) -> Array:
    """A mask of the anatomy's grid, interpolated on another grid of the same patient."""
    offset = (grid.low_mm - anatomy.grid.low_mm)[::-1] / anatomy.grid.step_mm
    scale = grid.step_mm / anatomy.grid.step_mm
    out: Array = ndimage.affine_transform(
        mask.astype(np.float32), np.full(3, scale), offset, grid.shape, order=1, mode="nearest"
    )
    return out


def judge(target: Target, result: Volume, thorough: bool = True, extra: Sequence[Cut] = ()) -> Leak:
    """Runs every attack on a result and keeps the one that comes nearest to the true skin."""
    found = best_surfaces(target, result, thorough, extra)
    if not found:
        raise ValueError("no attack found any surface: the result shows no head")
    best = min((face for face, _ in found.values()), key=lambda r: r.fit.rms_mm)
    wide = min((wide for _, wide in found.values()), key=lambda r: r.fit.rms_mm)
    return Leak(
        best.fit.rms_mm / target.skull.rms_mm,
        best,
        wide.fit.rms_mm / target.wide_skull.rms_mm,
        wide,
        {attack: face for attack, (face, _) in found.items()},
        target.skull,
        target.wide_skull,
        int(target.of_face.sum()),
    )


def best_surfaces(
    target: Target, result: Volume, thorough: bool = True, extra: Sequence[Cut] = ()
) -> dict[str, tuple[Recovered, Recovered]]:
    """The best surface of each kind of attack: for the face proper, and for the wide skin."""
    best: dict[str, tuple[Recovered, Recovered]] = {}
    for guess in chain(extra, cuts(target.grid, result, thorough)):
        inside = guess.inside()
        if not LEAST_SHARE < float(inside.mean()) < 1.0 - LEAST_SHARE:
            continue
        solid = solid_from(inside)
        if not LEAST_SHARE < float(solid.mean()) < 1.0 - LEAST_SHARE:
            continue
        fits = target.measure(solid)
        if NO_SURFACE in fits:
            continue
        face, wide = (Recovered(guess.attack, guess.detail, f) for f in fits)
        known = best.get(guess.attack, (face, wide))
        best[guess.attack] = (_nearer(known[0], face), _nearer(known[1], wide))
    return best


def _nearer(one: Recovered, other: Recovered) -> Recovered:
    return other if other.fit.rms_mm < one.fit.rms_mm else one
