"""The command reads folders of DICOM files, judges, draws, and says no in words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from attack import models
from attack.__main__ import main
from attack_head import head

SPACING_MM = (3.0, 2.0, 2.0)


def write_series(folder: Path, hu: NDArray[np.int16]) -> None:
    folder.mkdir()
    series = generate_uid()
    for number, plane in enumerate(hu):
        data = pydicom.Dataset()
        data.file_meta = pydicom.dataset.FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = CTImageStorage
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        data.SeriesInstanceUID, data.Modality, data.ImageType = series, "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, number * SPACING_MM[0]], [1, 0, 0, 0, 1, 0]
        data.PixelSpacing, data.RescaleSlope, data.RescaleIntercept = list(SPACING_MM[1:]), 1, -1024
        data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = *plane.shape, 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
        data.PixelData = (plane.astype(np.int32) + 1024).clip(0, 65535).astype("<u2").tobytes()
        data.save_as(folder / f"{len(hu) - number}.dcm", enforce_file_format=True)


def test_a_pair_of_folders_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hu = head(SPACING_MM)
    write_series(tmp_path / "original", hu)
    write_series(tmp_path / "result", models.slicer_deid(hu, 1, 5)[0])
    assert main([str(tmp_path / "original"), str(tmp_path / "result"), "--json", "--fast", "--at-least", "0.95"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["leak"]["ratio"] < 0.5
    assert verdict["losses"]["facial_skin_untouched"] < 0.01


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 2
    assert "no CT series of four slices or more" in capsys.readouterr().err
