"""Counts what the text removal finds, leaves and damages."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .lettering import STRATA, Lettered
from .readers import LIKENESS, best_reading

FILL_HU = -1000
CORRELATION = 0.1


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
    """The sum over all series."""

    strata: dict[str, Stratum] = field(default_factory=lambda: {name: Stratum() for name in STRATA})
    head_pixels: int = 0
    changed_beside_text: int = 0


def correlation(coverage: np.ndarray, result: np.ndarray) -> float:
    """How much of the glyphs' shape is left in their box: Pearson's correlation, 0 where the box is even."""
    inked = np.argwhere(coverage > 0)
    (top, left), (bottom, right) = inked.min(0), inked.max(0) + 1
    glyphs, pixels = coverage[top:bottom, left:right], result[top:bottom, left:right].astype(np.float64)
    if pixels.std() == 0 or glyphs.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(glyphs.ravel(), pixels.ravel())[0, 1]))


def add(score: Score, series: Lettered, after: np.ndarray, masked: np.ndarray) -> None:
    """Adds a series: ``after`` is what was released, ``masked`` the pixels that text removal changed."""
    for text in series.texts:
        index, (top, bottom, left, right) = text.slices[0], text.box
        around = np.s_[index, max(0, top - 4) : bottom + 4, max(0, left - 6) : right + 6]
        stratum = score.strata[text.stratum]
        stratum.drawn += 1
        if best_reading(series.hu[around], text.text, text.value_hu) < LIKENESS:
            continue
        stratum.read_before += 1
        # What the reader sees afterwards is what changed least; an even box needs no reader.
        shown = after[index][text.window()]
        read = shown.std() > 0 and best_reading(after[around], text.text, text.value_hu) >= LIKENESS
        like = correlation(text.coverage, shown) > CORRELATION
        stratum.read_after += read
        stratum.correlated += like
        if read:
            stratum.missed.append(f"slice {index}, {text.font} {text.size_px} px, {text.value_hu} HU")
    score.head_pixels += int(series.head.sum())
    score.changed_beside_text += int((masked & ~series.drawn & series.head).sum())


def lines(score: Score) -> list[str]:
    """The score in words."""
    out = [
        f"{name}: {stratum.drawn} drawn, {stratum.read_before} read before, {stratum.read_after} read after, "
        f"{stratum.correlated} correlated above {CORRELATION}"
        for name, stratum in score.strata.items()
    ]
    share = score.changed_beside_text / max(score.head_pixels, 1)
    return [*out, f"head pixels changed beside the text: {share:.4%}"]
