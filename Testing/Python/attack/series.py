"""Reads the axial CT series of a folder with pydicom."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray

from .volume import Volume

PADDED_HU = -3000


def read_folder(folder: Path, series_uid: str | None = None) -> dict[str, Volume]:
    """All CT series of a folder with at least four slices of one size and orientation, by their slice positions.

    Keys are Series Instance UIDs. Files that are not CT images with geometry are passed over.
    """
    series: dict[tuple[object, ...], list[pydicom.Dataset]] = defaultdict(list)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            data = pydicom.dcmread(path)
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        if data.get("Modality") != "CT" or "ImagePositionPatient" not in data or data.get("SamplesPerPixel") != 1:
            continue
        if series_uid in (None, data.SeriesInstanceUID) and {"LOCALIZER", "REFORMATTED"}.isdisjoint(
            data.get("ImageType", [])
        ):
            turn = tuple(np.round(np.array(data.ImageOrientationPatient, float), 3))
            series[data.SeriesInstanceUID, data.Rows, data.Columns, turn].append(data)
    return {str(key[0]): _stack(slices) for key, slices in series.items() if len(slices) >= 4}


def largest_series(folder: Path) -> Volume:
    """The CT series of a folder with most slices; raises ValueError where there is none."""
    found = read_folder(folder)
    if not found:
        raise ValueError(f"no CT series of four slices or more in {folder}")
    return max(found.values(), key=lambda v: len(v.hu))


def _stack(slices: list[pydicom.Dataset]) -> Volume:
    turn = np.array(slices[0].ImageOrientationPatient, dtype=float)
    along_row, along_column = turn[:3], turn[3:]
    normal = np.cross(along_row, along_column)
    placed = {round(float(np.array(d.ImagePositionPatient, float) @ normal), 3): d for d in slices}
    ordered = [placed[at] for at in sorted(placed)]
    origins = np.array([d.ImagePositionPatient for d in ordered], dtype=float)
    spacing = [float(x) for x in ordered[0].PixelSpacing]
    return Volume(np.stack([_hu(d) for d in ordered]), origins, along_row, along_column, (spacing[0], spacing[1]))


def _hu(data: pydicom.Dataset) -> NDArray[np.int16]:
    stored = data.pixel_array.astype(np.int32)
    hu = stored * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))
    if "PixelPaddingValue" in data:
        ends = sorted((int(data.PixelPaddingValue), int(data.get("PixelPaddingRangeLimit", data.PixelPaddingValue))))
        hu[(stored >= ends[0]) & (stored <= ends[1])] = PADDED_HU
    return np.asarray(np.clip(np.rint(hu), -32767, 32767), np.int16)
