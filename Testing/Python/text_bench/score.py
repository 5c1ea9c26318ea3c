"""Counts what the text removal finds, leaves and damages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .readers import LIKENESS, best_reading
from .scenes import BRIGHT_HU, DARK_HU, SIZES_PX, STRATA, Drawn, draw, regions_of

FILL_HU = -1000
Finder = Callable[[np.ndarray], np.ndarray]
"""From a volume to its mask."""


@dataclass
class Stratum:
    """The texts over one kind of ground."""

    drawn: int = 0
    read_before: int = 0
    read_after: int = 0
    correlated: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass
class Score:
    """The sum over all scenes."""

    strata: dict[str, Stratum] = field(default_factory=lambda: {name: Stratum() for name in STRATA})
    head_pixels: int = 0
    changed_beside_text: int = 0
    found_again: int = 0


def correlation(coverage: np.ndarray, result: np.ndarray) -> float:
    """How much of the glyphs' shape is left in their box: Pearson's correlation, 0 where the box is even."""
    inked = np.argwhere(coverage > 0)
    (top, left), (bottom, right) = inked.min(0), inked.max(0) + 1
    glyphs, pixels = coverage[top:bottom, left:right], result[top:bottom, left:right].astype(np.float64)
    if pixels.std() == 0 or glyphs.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(glyphs.ravel(), pixels.ravel())[0, 1]))


def scene(base: np.ndarray, seed: tuple[int, int], depth: int = 3) -> tuple[np.ndarray, np.ndarray, list[Drawn]]:
    """Some slices of a head, their head mask, and one text over each ground where there is room."""
    rng = np.random.default_rng(seed)
    first = int(rng.integers(0, base.shape[0] - depth))
    hu = base[first : first + depth].copy()
    head = np.stack([regions_of(plane)["head"] for plane in hu])
    count = int(rng.integers(1, depth + 1))
    start = int(rng.integers(0, depth - count + 1))
    taken = np.zeros(hu.shape[1:], bool)
    texts = []
    for stratum in STRATA:
        value = int(rng.choice(BRIGHT_HU + DARK_HU))
        sizes = SIZES_PX if stratum in ("air", "skin edge") else SIZES_PX[:6]
        size = int(rng.choice(sizes))
        text = draw(hu, rng, stratum, tuple(range(start, start + count)), size, value, taken)
        if text is not None:
            texts.append(text)
    return hu, head, texts


def add(score: Score, hu: np.ndarray, head: np.ndarray, texts: list[Drawn], find: Finder) -> None:
    """Removes the text of one scene and adds what came of it."""
    mask = find(hu)
    after = np.where(mask, FILL_HU, hu).astype(np.int16)
    score.found_again += int((find(after) & head).sum())
    own = np.zeros_like(mask)
    for text in texts:
        index, (top, bottom, left, right) = text.slices[0], text.box
        around = np.s_[index, max(0, top - 4) : bottom + 4, max(0, left - 6) : right + 6]
        stratum = score.strata[text.stratum]
        stratum.drawn += 1
        for each in text.slices:
            own[each][text.window()] = True
        if best_reading(hu[around], text.text, text.value_hu) < LIKENESS:
            continue
        stratum.read_before += 1
        read = best_reading(after[around], text.text, text.value_hu) >= LIKENESS
        stratum.read_after += read
        like = correlation(text.coverage, after[index][text.window()]) > 0.1
        stratum.correlated += like
        if read or like:
            stratum.missed.append(f"{text.font} {text.size_px} px, {text.value_hu} HU, {len(text.slices)} slices")
    score.head_pixels += int(head.sum())
    score.changed_beside_text += int((mask & ~own & head).sum())
