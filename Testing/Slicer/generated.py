"""Patients made by code: a simple head with skull, brain, nose and ears, as DICOM folders and a list.

Every name and number is invented. `CANARIES` are the identifying texts that may appear nowhere but on disk.
"""

from pathlib import Path

import numpy as np

SPACING_MM = (4.0, 1.5, 1.5)  # slice, row, column
SHAPE = (40, 128, 128)
CANARIES = ("CANARYSON^PAULA", "CANARYSON", "ACC-773311", "ACC-884422", "19610217")
PATIENTS = (("ACC-773311", "STUDY-001"), ("ACC-884422", "STUDY-002"))


def head(shape=SHAPE, spacing_mm=SPACING_MM):
    """HU `[slice, row, column]`, face toward row 0: skin, fat, skull, brain, nose and ears."""
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing_mm)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    z, y = z / 75.0, y - 10.0  # z from -1 at the neck to 1 at the vertex; room for the nose

    def shell(half_x, half_y, height):
        return (x / half_x) ** 2 + (y / half_y) ** 2 + (z / height) ** 2 < 1

    hu = np.full(shape, -1000, np.int16)
    slope = -76 - 24 * np.clip((0.15 - z) / 0.4, 0, 1)  # from the bridge to the tip
    nose = (np.abs(x) < 7 + 14 * np.clip(0.1 - z, 0, 1)) & (y > slope) & (y < -60) & (z > -0.28) & (z < 0.15)
    ears = (np.abs(np.abs(x) - 70) < 6) & (np.abs(y) < 14) & (np.abs(z + 0.05) < 0.25)
    hu[nose | ears | shell(70, 82, 1.0)] = 40
    hu[shell(67, 79, 0.97)] = -90
    hu[shell(63, 75, 0.93)] = 900
    hu[shell(57, 69, 0.85)] = 32
    soft = hu.astype(np.float32)
    for axis in range(3):  # edges as soft as a scanner's
        soft = (np.roll(soft, 1, axis) + 2 * soft + np.roll(soft, -1, axis)) / 4
    noise = np.random.default_rng(7).normal(0, 4, shape)
    return np.where(soft > -990, soft + noise, -1000).astype(np.int16)


def large_head(slices=200):
    """The same head in slices of 512 x 512 pixels, and their spacing: seconds of work for the program."""
    small = head((slices, 128, 128), (160.0 / slices, 1.5, 1.5))
    hu = small.repeat(4, axis=1).repeat(4, axis=2)
    noise = np.random.default_rng(3).normal(0, 12, (8, 512, 512)).astype(np.int16)
    for index, plane in enumerate(hu):  # a smooth picture is searched sooner than a scanner's
        plane += np.where(plane > -900, noise[index % len(noise)], 0).astype(np.int16)
    return hu, (160.0 / slices, 0.375, 0.375)


def without_skull(hu):
    """The same head as soft tissue alone: whether it is safe cannot be shown, so that it is held back."""
    return np.minimum(hu, 60)


def write_patients(folder, patients=PATIENTS, series=None):
    """Writes `<folder>/patients/<accession>/...` and `<folder>/patients.csv`; returns both paths.

    `series` gives the axial series of some accession numbers, each as HU and spacing in mm; the others have
    one head. Each patient also has a localizer, which no run keeps.
    """
    folder = Path(folder)
    ordinary = [(head(), SPACING_MM)]
    for accession, _new_id in patients:
        volumes = (series or {}).get(accession, ordinary)
        for number, (hu, spacing_mm) in enumerate(volumes, start=2):
            place = folder / "patients" / accession / f"AXIAL{number}"
            _write_series(place, hu, spacing_mm, accession, number, ("ORIGINAL", "PRIMARY", "AXIAL"))
        place = folder / "patients" / accession / "SCOUT"
        _write_series(place, hu[:1], spacing_mm, accession, 1, ("ORIGINAL", "PRIMARY", "LOCALIZER"))
    rows = ["Accession_number,New_ID"] + ["{},{}".format(*pair) for pair in patients]
    (folder / "patients.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder / "patients", folder / "patients.csv"


def _write_series(folder, volume, spacing_mm, accession, number, image_type):
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    folder.mkdir(parents=True)
    root = f"1.2.826.0.1.3680043.8.498.{hash_of(accession)}"
    for index, plane in enumerate(volume):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"{root}.{number}.{index + 1}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one = Dataset()
        one.file_meta = meta
        one.SOPClassUID, one.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        one.PatientName, one.PatientID, one.PatientBirthDate = CANARIES[0], "PID-" + accession, CANARIES[4]
        one.AccessionNumber, one.StudyDate, one.StudyTime = accession, "20240513", "101500"
        one.Modality, one.ImageType, one.Manufacturer = "CT", list(image_type), "Generated"
        one.StudyDescription, one.SeriesDescription, one.BodyPartExamined = "CT HEAD", "HEAD AXIAL", "HEAD"
        one.StudyInstanceUID, one.SeriesInstanceUID = root + ".9", f"{root}.{number}"
        one.FrameOfReferenceUID = root + ".8"
        one.SeriesNumber, one.InstanceNumber = number, index + 1
        one.ImagePositionPatient = [-96.0, -96.0, round(spacing_mm[0] * index, 4)]  # a DS has 16 characters
        one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness = list(spacing_mm[1:]), round(spacing_mm[0], 4)
        one.Rows, one.Columns, one.SamplesPerPixel, one.PhotometricInterpretation = (
            *plane.shape,
            1,
            "MONOCHROME2",
        )
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.RescaleIntercept, one.RescaleSlope, one.RescaleType = 0, 1, "HU"
        one.PixelData = plane.astype("<i2").tobytes()
        pydicom.dcmwrite(folder / (f"IM{index + 1:04}.dcm"), one, enforce_file_format=True)


def hash_of(text):
    """The same number on every run, unlike `hash`."""
    import zlib

    return zlib.crc32(text.encode())
