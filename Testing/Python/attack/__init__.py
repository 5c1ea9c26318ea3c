"""Measures how much of a face a defaced head CT still leaks.

An attacker denoises, looks at local statistics, and inflates the surface he finds by a constant. `ratio` is the RMS
distance in mm between the true soft facial skin and the best surface so recovered, divided by what the bare skull
gives away: 1.0 means that nothing beyond the skull leaks. Method, figures and limits: docs/defacing.md.

    import attack
    report = attack.examine(original_hu, result_hu, spacing_mm=(2.0, 0.5, 0.5))
    report.leak.ratio, report.losses.bone_altered

Arrays are `[slice, row, column]` in HU; lengths are mm.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .anatomy import Anatomy
from .losses import Losses, losses
from .report import Report, examine_volumes
from .volume import Grid, Volume
from .yardstick import Leak, Recovered, Target, judge

__all__ = [
    "Anatomy",
    "Grid",
    "Leak",
    "Losses",
    "Recovered",
    "Report",
    "Target",
    "Volume",
    "examine",
    "examine_volumes",
    "judge",
    "losses",
    "ratio",
]


def examine(
    original_hu: NDArray[np.generic],
    result_hu: NDArray[np.generic] | Sequence[NDArray[np.generic]],
    spacing_mm: Sequence[float],
    positions_mm: Sequence[float] | None = None,
    direction: NDArray[np.float64] | None = None,
    *,
    step_mm: float = 1.0,
    thorough: bool = True,
) -> Report:
    """Leak and losses of a result, or of several exports of the same scan taken together."""
    original = Volume.of(original_hu, spacing_mm, positions_mm, direction)
    several = result_hu if isinstance(result_hu, (list, tuple)) else [result_hu]
    return examine_volumes(
        original, [original.with_hu(np.asarray(hu)) for hu in several], step_mm=step_mm, thorough=thorough
    )


def ratio(
    original_hu: NDArray[np.generic],
    result_hu: NDArray[np.generic] | Sequence[NDArray[np.generic]],
    spacing_mm: Sequence[float],
    positions_mm: Sequence[float] | None = None,
    direction: NDArray[np.float64] | None = None,
    *,
    step_mm: float = 1.0,
    thorough: bool = True,
) -> float:
    """The leak alone: 1.0 is the bare skull, the original scores below 0.1."""
    return examine(
        original_hu, result_hu, spacing_mm, positions_mm, direction, step_mm=step_mm, thorough=thorough
    ).leak.ratio
