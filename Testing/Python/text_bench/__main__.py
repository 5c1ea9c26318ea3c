"""``python -m text_bench [SCENES]``: the large benchmark, on the UNC head and on clean phantoms."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import headct_deid

from .readers import missing
from .scenes import clean_phantom, doubled, regions_of, unc_head
from .score import Score, add, scene


def _find(hu: np.ndarray) -> np.ndarray:
    return np.asarray(headct_deid.find_text(hu, spacing_mm=(2.0, 1.0, 1.0)), dtype=bool)


def main() -> None:
    """Prints the figures."""
    absent = missing()
    if absent:
        sys.exit("missing: " + ", ".join(absent))
    scenes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    base = unc_head(Path(__file__).resolve().parents[4] / "shared" / "data")
    score = Score()
    for seed in range(scenes):
        add(score, *scene(base if seed % 2 else doubled(base[seed % 100 : seed % 100 + 8]), (1, seed)), _find)
    for name, stratum in score.strata.items():
        print(
            f"{name}: {stratum.drawn} drawn, {stratum.read_before} read before, {stratum.read_after} after, "
            f"{stratum.correlated} still correlated above 0.1"
        )
        for text in stratum.missed:
            print("   ", text)
    print(f"head pixels changed beside the text: {score.changed_beside_text / score.head_pixels:.4%}")
    print(f"head pixels found again after masking: {score.found_again}")
    head = np.stack([regions_of(plane)["head"] for plane in base])
    print(f"clean UNC head: {int((_find(base) & head).sum())} pixels masked")
    phantoms = [clean_phantom(np.random.default_rng([2, seed]), 10) for seed in range(20)]
    print(f"200 clean phantom slices: {sum(int(_find(hu).sum()) for hu in phantoms)} pixels masked")


if __name__ == "__main__":
    main()
