"""What defacing took and what it left, by region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .anatomy import BONE_HU, SOLID_HU, Anatomy
from .volume import Mask, Volume


@dataclass(frozen=True)
class Losses:
    """Shares between 0 and 1."""

    bone_altered: float
    soft_tissue_removed: float  # of the head's soft tissue outside bone and cavity
    removed_by_region: dict[str, float]
    facial_skin_untouched: float
    ears_remaining: float  # of the soft tissue that stands out as ears; 0 where the original shows none


def losses(original: Volume, result: Volume, anatomy: Anatomy) -> Losses:
    """Compares a result with its original."""
    changed = original.hu != result.hu
    head = anatomy.grid.to_voxels(anatomy.head)
    bone = head & (original.hu > BONE_HU)
    taken = {name: _share(changed, _tissue(anatomy, region, original)) for name, region in anatomy.region.items()}
    sizes = {name: int(_tissue(anatomy, region, original).sum()) for name, region in anatomy.region.items()}
    total = sum(sizes.values())
    ears = _tissue(anatomy, anatomy.region["ears"], original)
    return Losses(
        _share(changed, bone),
        sum(taken[name] * sizes[name] for name in taken) / total if total else 0.0,
        taken,
        untouched(anatomy, changed),
        _share(~changed & (result.hu > SOLID_HU), ears),
    )


def untouched(anatomy: Anatomy, changed: Mask) -> float:
    """Share of the facial skin around which not one voxel changed (a fill may repeat a value by chance)."""
    near = ndimage.maximum_filter(changed, size=(1, 3, 3))
    seen = anatomy.grid.sample(anatomy.grid.cut(near), outside=0.0)[anatomy.face_skin]
    return float(np.mean(seen == 0.0)) if seen.size else 0.0


def _tissue(anatomy: Anatomy, region: Mask, original: Volume) -> Mask:
    return np.asarray(anatomy.grid.to_voxels(region) & (original.hu > SOLID_HU) & (original.hu <= BONE_HU))


def _share(changed: Mask, where: Mask) -> float:
    count = int(where.sum())
    return float((changed & where).sum()) / count if count else 0.0
