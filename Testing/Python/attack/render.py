"""Surface pictures of a head, as a viewer or an attacker draws them: parallel rays, light from above the eye."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from .features import cuts
from .surface import solid_from
from .volume import Array, Grid, Volume

Picture = NDArray[np.uint8]
LIGHT = np.array([0.45, -0.75, -0.35])  # up, back, left


def plain(grid: Grid, volume: Volume, threshold_hu: float = -300.0, degrees: float = 0.0) -> Picture:
    """The isosurface of the HU values themselves."""
    return picture(grid.sample_volume(volume) - threshold_hu, degrees)


def attacked(
    grid: Grid, result: Volume, detail: str, inflation_mm: float, degrees: Sequence[float], thorough: bool = True
) -> list[Picture]:
    """The surface of one guess of the attack (by its `detail`), grown by a constant, from several sides."""
    guess = next((g for g in cuts(grid, result, thorough) if g.detail == detail), None)
    if guess is None:
        raise ValueError(f"no attack on one series is called `{detail}`")
    solid = solid_from(guess.inside())
    return [inflated(solid, inflation_mm, grid.step_mm, d) for d in degrees]


def inflated(solid: NDArray[np.bool_], inflation_mm: float, step_mm: float, degrees: float = 0.0) -> Picture:
    """A solid grown by a constant, its signed distance smoothed as a surface extractor would."""
    away = ndimage.distance_transform_edt(~solid) - ndimage.distance_transform_edt(solid)
    field = ndimage.gaussian_filter((inflation_mm - away * step_mm).astype(np.float32), 1.0)
    return picture(field, degrees)


def picture(field: Array, degrees: float = 0.0) -> Picture:
    """Renders where a field crosses zero from below, seen from the front turned by an angle."""
    border = np.pad(field, 12, constant_values=float(min(field.min(), -1.0)))
    turned = ndimage.rotate(border, degrees, axes=(1, 2), reshape=False, order=1, mode="nearest") if degrees else border
    inside = turned > 0
    hit = inside.any(axis=1)
    first = inside.argmax(axis=1)
    up, left = np.indices(first.shape)
    now, before = turned[up, first, left], turned[up, np.maximum(first - 1, 0), left]
    depth = np.where(hit, first - np.clip(now / np.maximum(now - before, 1e-3), 0, 1), np.nan)
    filled = np.where(hit, depth, np.nanmax(depth[hit]) if hit.any() else 0.0)
    smooth = ndimage.gaussian_filter(ndimage.median_filter(filled, 3), 0.7)
    slope_up, slope_left = np.gradient(smooth)
    normal = np.stack([slope_up, -np.ones_like(slope_up), slope_left])
    light = np.tensordot(LIGHT / np.linalg.norm(LIGHT), normal / np.linalg.norm(normal, axis=0), 1)
    shade = np.where(hit, 30 + 215 * np.clip(light, 0, 1), 0)
    return np.asarray(np.clip(shade, 0, 255)[::-1, :], np.uint8)


def save_row(pictures: list[Picture], path: Path, height: int = 256) -> None:
    """Writes pictures side by side into one small PNG."""
    scaled = [Image.fromarray(p).resize((max(1, p.shape[1] * height // p.shape[0]), height)) for p in pictures]
    row = Image.new("L", (sum(p.width for p in scaled), height))
    at = 0
    for p in scaled:
        row.paste(p, (at, 0))
        at += p.width
    row.save(path, optimize=True)
