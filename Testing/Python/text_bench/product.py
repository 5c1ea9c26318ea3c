"""Runs the product over a series: DICOM files in, ``headct-deid run``, released files out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def write_series(folder: Path, hu: np.ndarray, spacing_mm: tuple[float, float, float]) -> None:
    """Writes a volume as axial head CT; ``spacing_mm`` is between slices, rows and columns."""
    folder.mkdir(parents=True)
    # The same volume gets the same UIDs: defacing draws its randomness from them and from the key.
    series, study, frame = (generate_uid(entropy_srcs=[kind]) for kind in ("series", "study", "frame"))
    for number, plane in enumerate(hu):
        data = pydicom.Dataset()
        data.file_meta = pydicom.dataset.FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = CTImageStorage
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid(
            entropy_srcs=[f"instance {number}"]
        )
        data.SeriesInstanceUID, data.StudyInstanceUID, data.FrameOfReferenceUID = series, study, frame
        data.Modality, data.ImageType, data.BodyPartExamined = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"], "HEAD"
        data.StudyDescription, data.SeriesDescription, data.PatientID = "CT HEAD", "AXIAL", "BENCH-PATIENT"
        data.PatientPosition, data.InstanceNumber, data.SeriesNumber = "HFS", number + 1, 1
        data.ImagePositionPatient = [
            -0.5 * plane.shape[1] * spacing_mm[2],
            -0.5 * plane.shape[0] * spacing_mm[1],
            number * spacing_mm[0],
        ]
        data.ImageOrientationPatient, data.PixelSpacing = [1, 0, 0, 0, 1, 0], list(spacing_mm[1:])
        data.SliceThickness, data.RescaleSlope, data.RescaleIntercept = spacing_mm[0], 1, -1024
        data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = *plane.shape, 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
        data.PixelData = (plane.astype(np.int32) + 1024).clip(0, 65535).astype("<u2").tobytes()
        data.save_as(folder / f"CT{number:05}.dcm", enforce_file_format=True)


def read_series(folder: Path) -> np.ndarray:
    """The HU of a folder's files, from the lowest slice up."""
    slices = []
    for path in sorted(folder.rglob("*.dcm")):
        data = pydicom.dcmread(path)
        hu = data.pixel_array.astype(np.int32) * int(data.RescaleSlope) + int(data.RescaleIntercept)
        slices.append((float(data.ImagePositionPatient[2]), hu.astype(np.int16)))
    return np.stack([hu for _, hu in sorted(slices, key=lambda pair: pair[0])])


def released(folder: Path, hu: np.ndarray, spacing_mm: tuple[float, float, float], *flags: str) -> np.ndarray:
    """What the product releases of a volume. ``folder`` must not exist; a series that is held is released by name."""
    write_series(folder / "in" / "BENCH-ACCESSION", hu, spacing_mm)
    (folder / "list.csv").write_text("Accession_number,New_ID\nBENCH-ACCESSION,B1\n", encoding="utf-8")
    (folder / "key.txt").write_text("5e" * 32 + "\n", encoding="ascii")
    program = Path(sys.executable).with_name("headct-deid")
    places = [str(folder / name) for name in ("in", "list.csv", "out")]
    options = ["--private", str(folder / "private"), "--key", str(folder / "key.txt"), "--release-held", "all", *flags]
    done = subprocess.run([str(program), "run", *places, *options], capture_output=True, text=True, check=False)
    if not (folder / "out" / "B1").is_dir():
        raise RuntimeError(f"nothing was released: {done.stdout}{done.stderr}")
    return read_series(folder / "out" / "B1")
