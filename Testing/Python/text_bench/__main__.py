"""``python -m text_bench [SERIES]``: text removal of the installed product, in figures.

Draws text into SERIES (4 unless told) whole series, by turns on the UNC head as it is, on the same head with its
matrix doubled, and on a generated head; runs the product on each with and without text removal; lets the readers
read before and after. Then looks for text where there is none.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from .lettering import lettered
from .product import released
from .readers import missing
from .scenes import clean_phantom, doubled, unc_head
from .score import Score, add, lines

TEXTS = 110
"""Texts to try in each series; about three quarters find a place."""


def _both(hu: np.ndarray, spacing_mm: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """What is released, and which pixels the text removal changed in it."""
    with tempfile.TemporaryDirectory() as folder:
        after = released(Path(folder) / "text", hu, spacing_mm)
        kept = released(Path(folder) / "none", hu, spacing_mm, "--text", "off")
    return after, after != kept


def _bases(data: Path) -> list[tuple[np.ndarray, tuple[float, float, float]]]:
    from headct_deid import phantom

    unc = unc_head(data)
    generated = phantom.head("ordinary")
    return [
        (unc, (2.0, 1.0, 1.0)),
        (doubled(unc[5:110:2]), (4.0, 0.5, 0.5)),
        (np.ascontiguousarray(generated.hu), (3.0, 1.0, 1.0)),
    ]


def main() -> None:
    """Prints the figures."""
    absent = missing()
    if absent:
        sys.exit("missing: " + ", ".join(absent))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    bases = _bases(Path(__file__).resolve().parents[4] / "shared" / "data")
    score = Score()
    for seed in range(count):
        base, spacing_mm = bases[seed % len(bases)]
        series = lettered(base, np.random.default_rng([9, seed]), TEXTS)
        add(score, series, *_both(series.hu, spacing_mm))
        print(f"series {seed + 1} of {count}", file=sys.stderr)
    print("\n".join(lines(score)))
    for name, stratum in score.strata.items():
        for text in stratum.missed:
            print(f"    {name}: {text}")
    for (base, spacing_mm), name in zip(bases, ("UNC head", "UNC head, doubled matrix", "generated head")):
        print(f"{name} without text: {int(_both(base, spacing_mm)[1].sum())} pixels masked")
    clean = [clean_phantom(np.random.default_rng([2, seed]), 10) for seed in range(20)]
    masked = sum(int(_both(hu, (5.0, 0.9, 0.9))[1].sum()) for hu in clean)
    print(f"200 slices with metal, without text: {masked} pixels masked")


if __name__ == "__main__":
    main()
