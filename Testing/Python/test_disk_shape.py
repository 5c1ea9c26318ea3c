"""With `--face erode --shape disk --kernel 20px` the removal is OpenCV's dilation of the air, voxel for voxel."""

from __future__ import annotations

import cv2
import numpy as np
from scipy import ndimage

from headct_deid import _native, phantom
from headct_deid._job import Job
from headct_deid._results import Defaced

AIR_HU, BONE_HU, KERNEL = -800, 300, 20
SETTINGS = {"face": "erode", "shape": "disk", "kernel": f"{KERNEL}px"}


def test_the_disk_of_20_pixels_is_that_of_opencv() -> None:
    drawn = phantom.head("ordinary")
    # Every twelfth slice from the skull base upwards, with pixels of half the size: a matrix of 512.
    chosen = slice(30, None, 12)
    hu = np.ascontiguousarray(drawn.hu[chosen].repeat(2, axis=1).repeat(2, axis=2))
    pixel_mm = (drawn.spacing_mm[1] / 2, drawn.spacing_mm[2] / 2)
    axes = tuple(drawn.direction)
    job = Job(
        _native.start_deface(hu, drawn.origins_mm[chosen], axes, pixel_mm, bytes(32), SETTINGS), Defaced.from_native
    )
    done = job.wait()
    assert done.hold is None
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (KERNEL, KERNEL))
    compared = eroded = 0
    for values, removed, protected in zip(hu, done.removed, done.protected, strict=True):
        pieces, _ = ndimage.label(values <= AIR_HU)
        outer = set(np.concatenate([pieces[[0, -1]].ravel(), pieces[:, [0, -1]].ravel()])) - {0}
        assert len(outer) == 1, "one clean piece of air touches the border"
        wanted = cv2.dilate((pieces == outer.pop()).astype(np.uint8), element) > 0
        free = ~np.asarray(protected, bool) & (values <= BONE_HU)
        differing = np.argwhere(free & (np.asarray(removed, bool) != wanted))
        assert not len(differing), differing[:5]
        compared += int(free.sum())
        eroded += int((wanted & free & (values > AIR_HU)).sum())
    assert compared > 500_000
    assert eroded > 10_000
