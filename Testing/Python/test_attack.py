"""The yardstick ranks what is known: original, predecessors, and the bare skull."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import attack
from attack import models
from attack.report import differing
from attack.surface import solid_from
from attack_head import head

SPACING_MM = (2.0, 1.5, 1.5)


@pytest.fixture(scope="module")
def original() -> attack.Volume:
    return attack.Volume.of(head(SPACING_MM), SPACING_MM)


@pytest.fixture(scope="module")
def anatomy(original: attack.Volume) -> attack.Anatomy:
    return attack.Anatomy.of(original)


@pytest.fixture(scope="module")
def target(original: attack.Volume, anatomy: attack.Anatomy) -> attack.Target:
    return attack.Target.of(original, anatomy, 1.5)


def leak(target: attack.Target, original: attack.Volume, hu: NDArray[np.int16]) -> attack.Leak:
    return attack.judge(target, original.with_hu(hu), thorough=False)


def test_the_original_gives_its_face_away(target: attack.Target, original: attack.Volume) -> None:
    found = leak(target, original, original.hu)
    assert found.ratio < 0.15
    assert found.best.fit.within_2mm > 0.95


def test_the_bare_skull_is_the_bound(target: attack.Target, original: attack.Volume) -> None:
    bare = np.where(original.hu > 300, original.hu, -1000).astype(np.int16)
    assert leak(target, original, bare).ratio == pytest.approx(1.0, abs=0.02)


def test_random_fill_does_not_hide_the_face(
    target: attack.Target, original: attack.Volume, anatomy: attack.Anatomy
) -> None:
    hidden, _ = models.slicer_deid(original.hu, seed=1, kernel_px=round(10.0 / SPACING_MM[1]))
    found = leak(target, original, hidden)
    assert found.ratio < 0.45
    assert found.best.attack != "plain"
    assert found.best.fit.inflation_mm > 1.0
    lost = attack.losses(original, original.with_hu(hidden), anatomy)
    assert lost.facial_skin_untouched < 0.001


def test_a_sponge_of_noise_shows_no_face(target: attack.Target, original: attack.Volume) -> None:
    noise = np.random.default_rng(3).normal(-38.0, 50.0, original.hu.shape).clip(-125, 50).round()
    bare = np.where(original.hu > 300, original.hu, noise).astype(np.int16)
    assert leak(target, original, bare).ratio > 0.95


def test_losses_count_what_was_taken(original: attack.Volume, anatomy: attack.Anatomy) -> None:
    same = attack.losses(original, original, anatomy)
    assert (same.bone_altered, same.soft_tissue_removed, same.facial_skin_untouched, same.ears_remaining) == (
        0.0,
        0.0,
        1.0,
        1.0,
    )
    bare = original.with_hu(np.where(original.hu > 300, original.hu, -1000))
    lost = attack.losses(original, bare, anatomy)
    assert (lost.bone_altered, lost.soft_tissue_removed, lost.facial_skin_untouched, lost.ears_remaining) == (
        0.0,
        1.0,
        0.0,
        0.0,
    )


def test_two_exports_with_other_noise_give_the_mask_away() -> None:
    spacing_mm = (3.0, 2.0, 2.0)
    small = attack.Volume.of(head(spacing_mm), spacing_mm)
    aim = attack.Target.of(small, attack.Anatomy.of(small, 2.0), 2.0)
    exports = [small.with_hu(models.slicer_deid(small.hu, seed, kernel_px=5)[0]) for seed in (1, 2)]
    found = [aim.measure(solid_from(guess.inside()))[0].rms_mm for guess in differing(aim, exports)]
    assert min(found) < 0.3 * aim.skull.rms_mm
