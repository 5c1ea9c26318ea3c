"""Two kernels of one acquisition lose the same voxels: what one of them shows of the face, the other does not add to."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from conftest import Released, command

FILL_HU = -1000


def kernels(folder: Path) -> dict[str, NDArray[np.int32]]:
    """Return the axial head series of a folder as HU by kernel, slices in order of position."""
    slices: dict[str, list[tuple[float, NDArray[np.int32]]]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            data = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            continue
        kernel = data.get("ConvolutionKernel", "")
        if kernel in ("H31s", "H60s") and "AXIAL" in data.ImageType:
            hu = data.pixel_array.astype(np.int32) * int(data.RescaleSlope) + int(data.RescaleIntercept)
            slices.setdefault(kernel, []).append((float(data.ImagePositionPatient[2]), hu))
    return {kernel: np.stack([hu for _, hu in sorted(of, key=lambda s: s[0])]) for kernel, of in slices.items()}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, NDArray[np.int32]], ...]:
    """Return original and released kernels of the demonstration's first patient."""
    folder = tmp_path_factory.mktemp("kernels")
    assert command("demo", folder / "demo").returncode in (0, 1)
    shutil.copytree(folder / "demo" / "patients" / "2023091147", folder / "input" / "2023091147")
    (folder / "list.csv").write_text("Accession_number,New_ID\n2023091147,S1\n", encoding="utf-8")
    # Masked text is a matter of each series alone.
    run = Released(folder, folder / "input", folder / "list.csv", "--text", "off")
    return kernels(folder / "input"), kernels(run.output / "S1")


def test_both_kernels_lose_the_same_voxels(pair: tuple[dict[str, NDArray[np.int32]], ...]) -> None:
    original, released = pair
    assert set(original) == set(released) == {"H31s", "H60s"}
    removed = {}
    for kernel, hu in released.items():
        changed = hu != original[kernel]
        assert np.all(hu[changed] == FILL_HU)
        # A voxel that had the value of the fill does not tell whether it was removed.
        removed[kernel] = (changed, hu == FILL_HU)
    (soft, soft_filled), (sharp, sharp_filled) = removed["H31s"], removed["H60s"]
    assert soft.sum() > 0.2 * soft.size
    assert not np.any(soft & ~sharp_filled)
    assert not np.any(sharp & ~soft_filled)
