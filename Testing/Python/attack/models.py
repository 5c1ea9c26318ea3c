"""Small faithful models of how others deface, and of what was tried: the yardstick must rank them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

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
    """The one or two largest components of air in a slice, as the predecessors take them."""
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
