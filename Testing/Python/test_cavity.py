"""The independent brain check finds the cavity and counts what changed in it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import attack
import cavity
from attack_head import brain, head

SPACING_MM = (2.0, 1.5, 1.5)


@pytest.fixture(scope="module")
def hu() -> NDArray[np.int16]:
    return head(SPACING_MM)


def test_the_cavity_is_the_brain(hu: NDArray[np.int16]) -> None:
    found, true = cavity.cavity(hu, SPACING_MM), brain(SPACING_MM)
    assert 2.0 * (found & true).sum() / (found.sum() + true.sum()) > 0.97


def test_a_changed_voxel_in_the_cavity_is_counted(hu: NDArray[np.int16]) -> None:
    changed = hu.copy()
    changed[67, 86, 60:65] += 1
    assert cavity.voxels_changed_in_cavity(hu, changed, SPACING_MM) == 5
    assert cavity.voxels_changed_in_cavity(hu, hu, SPACING_MM) == 0


def test_changes_of_the_face_do_not_count(hu: NDArray[np.int16]) -> None:
    changed = hu.copy()
    changed[:40, :30] = -1000
    found = cavity.changes(attack.Volume.of(hu, SPACING_MM), changed)
    assert found.in_cavity == 0
    assert found.in_cranial_bone == 0


def test_a_burr_hole_stays_shut(hu: NDArray[np.int16]) -> None:
    holed = hu.copy()
    holed[95:115, :60, 60:76][holed[95:115, :60, 60:76] > 300] = 40  # about 20 x 24 mm through the forehead
    whole, found = cavity.cavity(hu, SPACING_MM), cavity.cavity(holed, SPACING_MM)
    assert abs(found.sum() / whole.sum() - 1.0) < 0.03
