"""From a field to a surface, and from a surface to its distance from the true skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from .anatomy import largest, touching_sides
from .volume import Mask

REACH = 2  # grid steps
INFLATION_MM = (-3.0, 30.0)  # the sweep of constant re-inflation


@dataclass(frozen=True)
class Fit:
    """How well a surface, grown by a constant, meets the true skin."""

    rms_mm: float
    inflation_mm: float
    within_2mm: float  # share of skin points at most 2 mm from the grown surface


def solid_from(inside: Mask) -> Mask:
    """What is left when air eats into a raw classification from the front and the sides.

    Specks go first; then a ball of two points' radius must fit wherever air comes, so that a sponge of noise, whose
    surface would be near to every point without showing anything, is one block and not a surface.
    """
    seed = ndimage.binary_opening(inside, iterations=1)
    air = ~(largest(seed) if seed.any() else inside)
    wide = np.pad(air, ((0, 0), (REACH, REACH), (REACH, REACH)), constant_values=True)
    core = touching_sides(ndimage.binary_erosion(wide, iterations=REACH, border_value=1))
    outside = ndimage.binary_dilation(core, iterations=REACH) & wide
    return np.asarray(~outside[:, REACH:-REACH, REACH:-REACH])


def signed_distance(solid: Mask, points: NDArray[np.int64], step_mm: float) -> NDArray[np.float64]:
    """Distance in mm from grid points `[n, 3]` to the surface of a solid: positive outside, negative inside.

    The surface is the set of face centers between solid and air; the border of the grid is no surface.
    """
    faces = []
    for axis in range(3):
        between = np.argwhere(np.diff(solid, axis=axis)).astype(np.float32)
        between[:, axis] += 0.5
        faces.append(between)
    surface = np.concatenate(faces)
    if len(surface) == 0:
        return np.full(len(points), np.inf)
    away, _ = cKDTree(surface, compact_nodes=False, balanced_tree=False).query(points)
    return np.asarray(np.where(solid[tuple(points.T)], -away, away) * step_mm)


def fit(distance_mm: NDArray[np.float64]) -> Fit:
    """The best constant inflation for signed distances measured at the true skin.

    Growing a solid by c lowers the signed distance by c, so the sweep needs no image: the root mean square of
    (distance - c) is least at the mean, limited to the range of the sweep.
    """
    if distance_mm.size == 0 or not np.isfinite(distance_mm).all():
        return Fit(float("inf"), 0.0, 0.0)
    constant = float(np.clip(distance_mm.mean(), *INFLATION_MM))
    off = np.abs(distance_mm - constant)
    return Fit(float(np.sqrt(np.mean(off**2))), constant, float(np.mean(off <= 2.0)))
