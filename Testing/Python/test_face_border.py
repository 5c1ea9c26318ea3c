"""At the border of the face the removal deepens by a slope; no step shows where it ends."""

from __future__ import annotations

import numpy as np

from headct_deid import _native, phantom
from headct_deid._job import Job
from headct_deid._results import Defaced

HEIGHTS_MM = (-142.0, -114.0)  # of the neck below the jaw, where no bone lies near the skin
ROWS = slice(125, 175)  # in front of and behind the border
STEP_MM = 8.0  # twice the slope, from one row of 1 mm to the next, and what pixels of 1 mm add to it
OUTSIDE = (0, 1)  # labels: air, and what the head lies on


def test_the_removal_ends_in_a_slope() -> None:
    drawn = phantom.head("ordinary")
    axes, pixel_mm = tuple(drawn.direction), (drawn.spacing_mm[1], drawn.spacing_mm[2])
    job = Job(_native.start_deface(drawn.hu, drawn.origins_mm, axes, pixel_mm, bytes(32), {}), Defaced.from_native)
    removed = np.asarray(job.wait().removed, bool)
    heights = np.asarray(drawn.origins_mm)[:, 2]
    below_jaw = (heights > HEIGHTS_MM[0]) & (heights < HEIGHTS_MM[1])
    head = ~np.isin(drawn.labels, OUTSIDE)[below_jaw, ROWS]
    kept = head & ~removed[below_jaw, ROWS]
    deepest = 0.0
    for side in (slice(None), slice(None, None, -1)):
        seen = head[:, :, side].any(axis=2) & kept[:, :, side].any(axis=2)
        depth = (kept[:, :, side].argmax(axis=2) - head[:, :, side].argmax(axis=2)) * pixel_mm[1]
        both = seen[:, 1:] & seen[:, :-1]
        assert both.sum() > 100
        steps = np.abs(np.diff(depth, axis=1))[both]
        assert steps.max() <= STEP_MM
        deepest = max(deepest, float(depth[seen].max() - depth[seen].min()))
    assert deepest > 25.0, "the border lies within these rows"
