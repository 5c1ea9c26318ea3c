"""What the original shows: head, bone, cranial cavity, and the soft skin of the face that an attacker is after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .volume import Array, Grid, Mask, Volume

BONE_HU = 300.0
SOLID_HU = -300.0  # halfway between air and fat in what a scanner blurs over one voxel
OPENING_MM = 4.0  # parts the head from table, straps and tubes
REACH_MM = 5.0  # a ball of this radius shuts nostrils, mouth and ear canals
SHUT_MM = 16.0  # half of the widest gap of the skull that still counts as shut
BEYOND_BONE_MM = (8.0, 30.0)  # skin nearer to bone follows the skull, farther skin is no face
FACE_MM = 20.0  # the face proper lies this far in front of the middle of the cavity; before the ears
BROW_MM = 8.0  # the brow lies this far above the floor of the anterior fossa
EAR_MM = 6.0  # an ear stands out from the head's opening by less than this at its root


def largest(mask: Mask) -> Mask:
    """The largest component, by faces."""
    labels, count = ndimage.label(mask)
    if count == 0:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())


def farther(mask: Mask, radius_mm: float, step_mm: float) -> Mask:
    """Points of `mask` farther than a radius from its complement (erosion by a ball)."""
    return np.asarray(ndimage.distance_transform_edt(mask) > radius_mm / step_mm)


def nearer(mask: Mask, radius_mm: float, step_mm: float) -> Mask:
    """Points at most a radius from `mask` (dilation by a ball)."""
    if not mask.any():
        return np.zeros_like(mask)
    return np.asarray(ndimage.distance_transform_edt(~mask) <= radius_mm / step_mm)


def touching_sides(mask: Mask) -> Mask:
    """The components of `mask` that reach the front, back, left or right border of the grid."""
    labels, _ = ndimage.label(mask)
    sides = np.unique(np.concatenate([labels[:, [0, -1], :].ravel(), labels[:, :, [0, -1]].ravel()]))
    return np.asarray(np.isin(labels, sides[sides > 0]))


def outside_of(solid: Mask, step_mm: float, reach_mm: float = REACH_MM) -> Mask:
    """The air around a solid that a ball can reach from the sides; nostrils, mouth and ear canals are shut."""
    pad = int(np.ceil((reach_mm + 2 * step_mm) / step_mm))
    wide = np.pad(~solid, ((0, 0), (pad, pad), (pad, pad)), constant_values=True)
    core = touching_sides(farther(wide, reach_mm, step_mm))
    out = nearer(core, reach_mm, step_mm) & wide
    return np.asarray(out[:, pad:-pad, pad:-pad])


@dataclass(frozen=True)
class Anatomy:
    """Masks of the original on a grid over its whole volume."""

    grid: Grid
    head: Mask  # without its shut holes: sinuses and airway count as head
    outside: Mask
    bone: Mask
    cavity: Mask
    skin: Mask  # head points that touch the outside
    front: Mask  # in front of the middle of the cavity and below the brow
    face_skin: Mask  # the yardstick's skin: soft, in front, below the brow, above the chin
    wide_skin: (
        Mask  # all soft skin in front of the middle of the cavity and below the brow: border of the face and neck too
    )
    region: dict[str, Mask]  # disjoint parts of the head's soft tissue

    @classmethod
    def of(cls, volume: Volume, step_mm: float = 1.5) -> Anatomy:
        """Reads the anatomy of an original that is not defaced."""
        grid = Grid.whole(volume, step_mm)
        hu = grid.sample_volume(volume)
        solid = hu > SOLID_HU
        core = largest(farther(solid, OPENING_MM, step_mm))
        near = nearer(core, OPENING_MM + step_mm, step_mm) & solid
        head = largest(ndimage.binary_propagation(near, mask=solid & nearer(core, OPENING_MM + 12.0, step_mm)))
        outside = outside_of(head, step_mm)
        head = ~outside
        bone = largest((ndimage.gaussian_filter(hu, 0.5 / step_mm) > BONE_HU) & head)
        cavity = cavity_of(bone, step_mm)
        skin = head & ndimage.binary_dilation(outside)
        beyond = ndimage.distance_transform_edt(~bone) * step_mm
        place = _Place.of(cavity, bone, step_mm)
        soft = (beyond >= BEYOND_BONE_MM[0]) & (beyond <= BEYOND_BONE_MM[1])
        front = place.front(head.shape)
        wide = skin & soft & front
        return cls(
            grid,
            head,
            outside,
            bone,
            cavity,
            skin,
            front,
            wide & place.face(head.shape),
            wide,
            place.regions(head, bone, cavity, hu),
        )


def cavity_of(bone: Mask, step_mm: float) -> Mask:
    """The cranial cavity: the largest part of the head a 16 mm ball fits into without leaving through the sides."""
    pad = int(np.ceil((SHUT_MM + 2 * step_mm) / step_mm))
    ends = np.pad(bone, ((pad, pad), (0, 0), (0, 0)), mode="edge")
    wide = np.pad(ends, ((0, 0), (pad, pad), (pad, pad)))
    free = ndimage.distance_transform_edt(~wide) * step_mm > SHUT_MM
    core = free & ~touching_sides(free)
    if not core.any():
        return np.zeros_like(bone)
    cavity = nearer(largest(core), SHUT_MM, step_mm) & ~wide
    return np.asarray(cavity[pad:-pad, pad:-pad, pad:-pad])


@dataclass(frozen=True)
class _Place:
    """Landmarks from cavity and bone, as grid indices along up and back."""

    middle: float  # of the cavity, front to back
    brow: float
    chin: float
    step_mm: float

    @classmethod
    def of(cls, cavity: Mask, bone: Mask, step_mm: float) -> _Place:
        if not cavity.any():
            raise ValueError("no cranial cavity found: the face cannot be located")
        up, back, _ = np.nonzero(cavity)
        middle, front = float(np.median(back)), float(np.percentile(back, 0.5))
        fore = up[back < front + 25.0 / step_mm]
        brow = float(np.percentile(fore, 1)) + BROW_MM / step_mm
        jaw = np.nonzero(bone[:, : int(front + 20.0 / step_mm)].any(axis=(1, 2)))[0]
        return cls(middle, brow, float(jaw.min()) if len(jaw) else 0.0, step_mm)

    def front(self, shape: tuple[int, ...]) -> Mask:
        up, back = np.arange(shape[0])[:, None, None], np.arange(shape[1])[None, :, None]
        return np.asarray(np.broadcast_to((back < self.middle) & (up <= self.brow), shape))

    def face(self, shape: tuple[int, ...]) -> Mask:
        up, back = np.arange(shape[0])[:, None, None], np.arange(shape[1])[None, :, None]
        inside = (back < self.middle - FACE_MM / self.step_mm) & (up <= self.brow) & (up >= self.chin)
        return np.asarray(np.broadcast_to(inside, shape))

    def regions(self, head: Mask, bone: Mask, cavity: Mask, hu: Array) -> dict[str, Mask]:
        """Soft tissue of the head outside bone and cavity: face, vault scalp, ears, back of the neck, deep."""
        step = self.step_mm
        soft = head & ~bone & ~cavity & (hu > SOLID_HU)
        up = np.broadcast_to(np.arange(head.shape[0])[:, None, None], head.shape)
        back = np.broadcast_to(np.arange(head.shape[1])[None, :, None], head.shape)
        trunk = nearer(farther(head, 10.0, step), 10.0 + EAR_MM / 2, step)
        low, high = self.brow - 75.0 / step, self.brow + 5.0 / step
        ears = soft & ~trunk & (abs(back - self.middle - 5.0 / step) < 45.0 / step) & (up > low) & (up < high)
        vault = soft & ~ears & (up > self.brow)
        front = soft & ~ears & (up <= self.brow) & (back < self.middle - FACE_MM / step)
        behind = soft & ~ears & (up <= self.brow) & ~front
        deep = ndimage.distance_transform_edt(head) * step > 25.0
        return {"face": front & ~deep, "deep face": front & deep, "ears": ears, "vault scalp": vault, "behind": behind}
