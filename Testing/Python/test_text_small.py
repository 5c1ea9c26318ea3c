"""Text drawn into a generated head is gone afterwards; metal and calcifications are left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

headct_deid = pytest.importorskip("headct_deid", reason="SKIPPED: the package headct_deid is not installed")
phantom = pytest.importorskip("headct_deid.phantom")
scenes = pytest.importorskip("text_bench.scenes", reason="SKIPPED: Pillow or SciPy is not installed")
from text_bench import readers  # noqa: E402
from text_bench.lettering import lettered  # noqa: E402
from text_bench.product import released  # noqa: E402
from text_bench.score import CORRELATION, FILL_HU, correlation  # noqa: E402

ABSENT = [name for name in readers.missing() if name == readers.TESSERACT]
ABSENT += [path for path in scenes.FONTS.values() if not Path(path).is_file()]


def find(hu: np.ndarray) -> np.ndarray:
    return np.asarray(headct_deid.find_text(hu, spacing_mm=(5.0, 0.5, 0.5)), dtype=bool)


def brain() -> np.ndarray:
    return np.rint(np.random.default_rng(1).normal(35, 6, (3, 128, 256))).astype(np.int16)


@pytest.mark.skipif(bool(ABSENT), reason=f"SKIPPED: missing {', '.join(ABSENT)}")
@pytest.mark.parametrize("value_hu", [110, 400, 3071, -100])
def test_text_over_brain_cannot_be_read_afterwards(value_hu: int) -> None:
    hu = brain()
    coverage = scenes.coverage_of("MUELLER 1956", "DejaVu Sans", 14)
    box = np.s_[40 : 40 + coverage.shape[0], 60 : 60 + coverage.shape[1]]
    ground = hu[1][box].astype(np.float32)
    hu[1][box] = np.rint(ground + coverage * (value_hu - ground)).astype(np.int16)
    assert readers.best_reading(hu[1], "MUELLER 1956", value_hu) >= readers.LIKENESS
    mask = find(hu)
    after = np.where(mask, FILL_HU, hu).astype(np.int16)
    assert readers.best_reading(after[1], "MUELLER 1956", value_hu) < readers.LIKENESS
    assert correlation(coverage, after[1][box]) <= 0.1
    assert not mask[[0, 2]].any()
    assert not find(after).any()


@pytest.mark.skipif(bool(ABSENT), reason=f"SKIPPED: missing {', '.join(ABSENT)}")
@pytest.mark.parametrize(("text", "value_hu"), [("WOLF 40417", 200), ("MUELLER 1956", -100), ("MUELLER 1956", 130)])
def test_letters_of_thin_strokes_at_the_ends_go_with_the_others(text: str, value_hu: int) -> None:
    hu = brain()
    coverage = scenes.coverage_of(text, "DejaVu Sans", 14)
    box = np.s_[1, 40 : 40 + coverage.shape[0], 60 : 60 + coverage.shape[1]]
    hu[box] = np.rint(hu[box] + coverage * (value_hu - hu[box].astype(np.float32))).astype(np.int16)
    left = coverage[~find(hu)[box]]
    assert left.sum() <= 0.02 * coverage.sum()


def test_metal_and_calcifications_are_no_text() -> None:
    hu = scenes.clean_phantom(np.random.default_rng(3), 6)
    assert not find(hu).any()


@pytest.mark.skipif(bool(ABSENT), reason=f"SKIPPED: missing {', '.join(ABSENT)}")
def test_text_beside_and_over_a_generated_head_is_gone_from_the_released_files(tmp_path: Path) -> None:
    head = phantom.head("ordinary")
    series = lettered(np.ascontiguousarray(head.hu), np.random.default_rng(4), 24)
    after = released(tmp_path / "run", series.hu, head.spacing_mm)
    texts = [text for text in series.texts if text.stratum in ("air", "brain")]
    assert len(texts) >= 5
    left = [
        (text.stratum, text.font, text.size_px, text.value_hu, text.slices[0])
        for text in texts
        if correlation(text.coverage, after[text.slices[0]][text.window()]) > CORRELATION
    ]
    assert left == []
