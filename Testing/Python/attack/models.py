"""Small faithful models of how others deface, and of what was tried: the yardstick must rank them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import ndtr

from .anatomy import BONE_HU, Anatomy, farther, nearer
from .volume import Volume

AIR_THRESHOLD_HU = -800
FACE_HU = (-125, 50)

Hu = NDArray[np.int16]
Mask = NDArray[np.bool_]


def ellipse(pixels: int) -> Mask:
    """OpenCV's elliptical structuring element, rows filled by its own rounding; an even size is off center."""
    radius = pixels // 2
    rows = np.arange(pixels) - radius
    half = np.rint(radius * np.sqrt(np.maximum(radius**2 - rows**2, 0) / radius**2)).astype(int)
    columns = np.arange(pixels) - radius
    return np.asarray(np.abs(columns)[None, :] <= half[:, None])


def outside_air_2d(plane: Hu, keep: int = 2) -> Mask:
    """The largest components of air in a slice, as the predecessors take them."""
    labels, count = ndimage.label(plane <= AIR_THRESHOLD_HU, structure=np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    chosen = np.argsort(sizes)[::-1][:keep]
    return np.asarray(np.isin(labels, chosen[sizes[chosen] > 0]))


def slicer_deid(hu: Hu, seed: int, kernel_px: int = 20, keep: int = 1) -> tuple[Hu, Mask]:
    """Air at -800 HU dilated slice by slice with an ellipse, filled with unseeded-looking noise of the face range."""
    element = ellipse(kernel_px)
    mask = np.stack([ndimage.binary_dilation(outside_air_2d(plane, keep), element) for plane in hu])
    return filled(hu, mask, "face", seed), mask


def filled(hu: Hu, mask: Mask, fill: str | int, seed: int) -> Hu:
    """Puts `air`, a constant, or `face` noise into a mask."""
    out = hu.copy()
    if fill == "face":
        noise = np.random.default_rng(seed).integers(FACE_HU[0], FACE_HU[1] + 1, size=int(mask.sum()))
        out[mask] = noise.astype(np.int16)
    else:
        out[mask] = -1000 if fill == "air" else int(fill)
    return out


def eroded(original: Volume, anatomy: Anatomy, depth_mm: float | NDArray[np.float64]) -> Mask:
    """The outside and everything down to a depth (a number, or one per grid point) below the skin, bone excepted."""
    below = ndimage.distance_transform_edt(~anatomy.outside) * anatomy.grid.step_mm
    return _spared(original, anatomy, below <= depth_mm)


def peeled(
    original: Volume, anatomy: Anatomy, closing_mm: float, depth_mm: float, seed: int, roughness_mm: float = 3.0
) -> Mask:
    """The face down to the closing of bone by a ball, minus a smooth random offset; the rest down to a depth."""
    step = anatomy.grid.step_mm
    pad = int(np.ceil(closing_mm / step)) + 2
    wide = np.pad(np.pad(anatomy.bone, ((pad, pad), (0, 0), (0, 0)), mode="edge"), ((0, 0), (pad, pad), (pad, pad)))
    closed = farther(nearer(wide, closing_mm, step), closing_mm, step)[pad:-pad, pad:-pad, pad:-pad]
    kept = ndimage.distance_transform_edt(closed) * step > smooth_random(closed.shape, seed, 12.0 / step) * roughness_mm
    ears = ndimage.binary_dilation(anatomy.region["ears"], iterations=3)
    below = ndimage.distance_transform_edt(~anatomy.outside) * step
    return _spared(
        original, anatomy, anatomy.outside | (below <= depth_mm) | ((anatomy.front | ears) & ~kept & ~anatomy.cavity)
    )


def smooth_random(shape: tuple[int, ...], seed: int, scale: float) -> NDArray[np.float64]:
    """A smooth field spread evenly over 0 to 1."""
    field = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), scale)
    return np.asarray(ndtr((field - field.mean()) / field.std()))


def _spared(original: Volume, anatomy: Anatomy, removed: Mask) -> Mask:
    bone = (original.hu > BONE_HU) & anatomy.grid.to_voxels(anatomy.head)
    return np.asarray(anatomy.grid.to_voxels(removed) & ~bone & ~anatomy.grid.to_voxels(anatomy.cavity))
