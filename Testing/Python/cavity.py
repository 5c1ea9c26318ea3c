"""The cranial cavity, computed from the original alone and independently of the product, and what changed in it.

Bone is above 300 HU; openings under 32 mm are shut by closing bone with a 16 mm ball; the cavity is the largest part
of the inside that this leaves. SciPy only, on a grid of 1.5 mm by default; the count is made on the voxels themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from attack.anatomy import BONE_HU, cavity_of, largest
from attack.volume import Grid, Volume

Mask = NDArray[np.bool_]

BONE_MM = 15.0  # bone this near to the cavity is cranial bone


@dataclass(frozen=True)
class Skull:
    """Voxel masks of the original."""

    cavity: Mask
    cranial_bone: Mask  # at most 15 mm from the cavity
    other_bone: Mask


@dataclass(frozen=True)
class Changes:
    """Voxels that differ between original and result."""

    in_cavity: int
    in_cavity_ml: float
    in_cranial_bone: int
    in_other_bone: int
    other_bone_share: float
    cavity_ml: float


def skull(volume: Volume, step_mm: float = 1.5) -> Skull:
    """Finds cavity and bone of an original."""
    grid = Grid.whole(volume, step_mm)
    hu = grid.sample_volume(volume)
    bone = largest(ndimage.binary_closing(hu > BONE_HU, iterations=1) | (hu > BONE_HU))
    inner = cavity_of(bone, step_mm)
    bony = volume.hu > BONE_HU
    if not inner.any():
        return Skull(np.zeros_like(bony), np.zeros_like(bony), bony)
    near = ndimage.distance_transform_edt(~inner) * step_mm <= BONE_MM
    patient = ndimage.binary_dilation(bone, iterations=2)
    # One way back to the voxels for the three of them.
    parts = grid.to_voxels((inner * 1 + near * 2 + patient * 4).astype(np.uint8))
    of_patient = bony & (parts & 4 > 0)
    return Skull((parts & 1 > 0) & ~bony, of_patient & (parts & 2 > 0), of_patient & (parts & 2 == 0))


def cavity(
    original_hu: NDArray[np.generic],
    spacing_mm: Sequence[float],
    positions_mm: Sequence[float] | None = None,
    direction: NDArray[np.float64] | None = None,
) -> Mask:
    """The cranial cavity as a voxel mask; empty where bone does not enclose one."""
    return skull(Volume.of(original_hu, spacing_mm, positions_mm, direction)).cavity


def changes(original: Volume, result_hu: NDArray[np.generic], found: Skull | None = None) -> Changes:
    """Counts changed voxels in the cavity and in bone."""
    found = found or skull(original)
    changed = original.hu != result_hu
    inside = int((changed & found.cavity).sum())
    other = int((changed & found.other_bone).sum())
    return Changes(
        inside,
        inside * original.voxel_ml,
        int((changed & found.cranial_bone).sum()),
        other,
        other / max(int(found.other_bone.sum()), 1),
        float(found.cavity.sum()) * original.voxel_ml,
    )


def voxels_changed_in_cavity(
    original_hu: NDArray[np.generic],
    result_hu: NDArray[np.generic],
    spacing_mm: Sequence[float],
    positions_mm: Sequence[float] | None = None,
    direction: NDArray[np.float64] | None = None,
) -> int:
    """How many voxels of the cranial cavity differ between original and result."""
    return changes(Volume.of(original_hu, spacing_mm, positions_mm, direction), np.asarray(result_hu)).in_cavity
