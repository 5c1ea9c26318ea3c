"""Whole series with many texts: on one slice, on some, on all, over every kind of ground."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .scenes import (
    BRIGHT_HU,
    CHINESE,
    DARK_HU,
    FONTS,
    LATIN,
    LEAST_CONTRAST_HU,
    SIZES_PX,
    Drawn,
    coverage_of,
    regions_of,
)

STRATA = ("air", "skin edge", "brain", "bone", "other")
WANTED = ("air", "skin edge", "skin edge", "brain", "bone", "bone")
"""Where texts are put; `other` is what a text of many slices covers elsewhere in the head."""


@dataclass
class Lettered:
    """A series with text, and where it is."""

    hu: np.ndarray
    head: np.ndarray
    drawn: np.ndarray
    """Pixels of the texts' own boxes, `[slice, row, column]`."""
    texts: list[Drawn] = field(default_factory=list)
    """One entry for the first, the middle and the last slice of each text, with `slices` that one alone, where the
    contrast is 60 HU or more."""


def lettered(base: np.ndarray, rng: np.random.Generator, tries: int) -> Lettered:
    """Draws up to ``tries`` texts that do not overlap into a copy of the volume."""
    regions = [regions_of(plane) for plane in base]
    result = Lettered(base.copy(), np.stack([each["head"] for each in regions]), np.zeros(base.shape, bool))
    taken = np.zeros(base.shape, bool)
    for _ in range(tries):
        _draw(result, regions, taken, rng)
    return result


def _draw(result: Lettered, regions: list[dict[str, np.ndarray]], taken: np.ndarray, rng: np.random.Generator) -> None:
    count = len(result.hu)
    wanted = str(rng.choice(WANTED))
    span = min(int(rng.choice([1, 1, 1, 2, 3, 5, 12, count])), count)
    start = int(rng.integers(0, count - span + 1))
    font = str(rng.choice(list(FONTS)))
    text = str(rng.choice(CHINESE if font.startswith("WenQuanYi") and rng.random() < 0.7 else LATIN))
    size = int(rng.choice(SIZES_PX[:6] if wanted in ("bone", "brain") else SIZES_PX))
    value = int(rng.choice(BRIGHT_HU + DARK_HU))
    coverage = coverage_of(text, font, size)
    height, width = coverage.shape
    corners = _corners(regions[start + span // 2], wanted, height, width)
    if len(corners) == 0:
        return
    top, left = (int(at) for at in corners[int(rng.integers(len(corners)))])
    around = np.s_[start : start + span, max(0, top - 6) : top + height + 6, max(0, left - 12) : left + width + 12]
    if taken[around].any():
        return
    taken[around] = True
    window = np.s_[top : top + height, left : left + width]
    contrast = {}
    for index in range(start, start + span):
        ground = result.hu[index][window].astype(np.float32)
        contrast[index] = float(np.median(np.abs(value - ground[coverage > 0.5])))
        result.hu[index][window] = np.rint(ground + coverage * (value - ground)).astype(np.int16)
        result.drawn[index][window] = True
    box = (top, top + height, left, left + width)
    for index in sorted({start, start + span // 2, start + span - 1}):
        if contrast[index] >= LEAST_CONTRAST_HU:
            stratum = stratum_of(regions[index], window)
            result.texts.append(Drawn(text, font, size, value, stratum, (index,), box, coverage, contrast[index]))


def stratum_of(regions: dict[str, np.ndarray], window: tuple[slice, slice]) -> str:
    """The kind of ground below a box."""
    share = {name: float(region[window].mean()) for name, region in regions.items()}
    if share["air"] >= 0.98:
        return "air"
    if share["bone"] >= 0.35:
        return "bone"
    if 0.25 < share["outside"] < 0.75:
        return "skin edge"
    return "brain" if share["brain"] >= 0.98 else "other"


def _corners(regions: dict[str, np.ndarray], wanted: str, height: int, width: int) -> np.ndarray:
    rows, columns = regions["head"].shape
    if height >= rows or width >= columns:
        return np.empty((0, 2), int)
    region = regions["outside" if wanted == "skin edge" else wanted]
    sums = np.pad(region.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    total = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    share = total / (height * width)
    if wanted == "skin edge":
        good = (share > 0.25) & (share < 0.75)
    elif wanted == "bone":
        good = share >= max(0.35, float(np.quantile(share, 0.995)))
    else:
        good = share >= 0.98
    return np.argwhere(good)
