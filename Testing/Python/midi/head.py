"""Slices of a plain head, and text burned into them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

MATRIX = 160
SPACING_MM = 1.4
Pixels = npt.NDArray[np.int16]


def slice_of_a_head(number: int, slices: int, rng: np.random.Generator) -> Pixels:
    """HU of scalp, skull and brain, smaller toward the vertex."""
    rows, columns = np.mgrid[:MATRIX, :MATRIX]
    shrink = 1 - 0.35 * number / max(1, slices)

    def inside(half_mm: tuple[float, float]) -> npt.NDArray[np.bool_]:
        row, column = (half * shrink / SPACING_MM for half in half_mm)
        return ((rows - MATRIX / 2) / row) ** 2 + ((columns - MATRIX / 2) / column) ** 2 < 1

    hu = np.full((MATRIX, MATRIX), -1000, np.int16)
    hu[inside((96, 78))] = 40
    hu[inside((90, 72))] = 900
    hu[inside((84, 66))] = 35
    noise = rng.integers(-6, 7, hu.shape, np.int16)
    return np.where(hu > -1000, hu + noise, hu).astype(np.int16)


def brain() -> tuple[slice, slice]:
    """A square that lies in the brain of every slice."""
    middle, half = MATRIX // 2, 15
    return slice(middle - half, middle + half), slice(middle - half, middle + half)


def burn(hu: Pixels, text: str, row: int, column: int) -> tuple[int, int, int, int]:
    """Draws text of 1500 HU; returns its rectangle, half open."""
    image = Image.new("1", (MATRIX, MATRIX))
    ImageDraw.Draw(image).text((column, row), text, fill=1)
    drawn = np.array(image)
    hu[drawn] = 1500
    found_rows, found_columns = np.nonzero(drawn)
    return found_rows.min(), found_columns.min(), found_rows.max() + 1, found_columns.max() + 1
