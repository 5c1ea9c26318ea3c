"""Draws a small CT slice in every form and seeds the corpora of the fuzz targets with it: ``seeds.py [FOLDER]``.

Needs pydicom, numpy and python-gdcm. Nothing here comes from a scanner or a person.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import gdcm
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

CORPUS = Path(__file__).parent / "corpus"
EDGE = 32
# Target, syntax, bits stored, signed.
CODED = [
    ("codec_rle", gdcm.TransferSyntax.RLELossless, 16, True),
    ("codec_rle", gdcm.TransferSyntax.RLELossless, 8, False),
    ("codec_jpeg", gdcm.TransferSyntax.JPEGBaselineProcess1, 8, False),
    ("codec_jpeg_lossless", gdcm.TransferSyntax.JPEGLosslessProcess14_1, 12, False),
    ("codec_jpeg_lossless", gdcm.TransferSyntax.JPEGLosslessProcess14_1, 16, True),
    ("codec_jpeg_ls", gdcm.TransferSyntax.JPEGLSLossless, 12, False),
    ("codec_jpeg_ls", gdcm.TransferSyntax.JPEGLSLossless, 8, False),
    ("codec_jpeg_ls", gdcm.TransferSyntax.JPEGLSNearLossless, 12, False),
    ("codec_jpeg_2000", gdcm.TransferSyntax.JPEG2000Lossless, 16, True),
    ("codec_jpeg_2000", gdcm.TransferSyntax.JPEG2000, 12, False),
]
LISTS = {
    "plain.csv": "Accession_number,New_ID\nA1,D1\nA2,D2\n",
    "later.csv": 'original_folder_name;new_folder_name;New_Patient_ID\r\n"A;1";D-1;P1\r\n\r\n 00012 ;D_2;P1\r\n',
    "tabs.txt": "\ufeffnote\tnew id\tAccession number\nx\tD1\tÄ1\n",
    "wrong.csv": "Accession_number,New_ID\nA1,../../x\nA1,CON\n=1+1,a\\b\n",
}
SETTINGS = {
    "usual.toml": 'kernel = "20px"\nface = "bone"\nfill = -1000\nhead_words = ["head", "Kopf"]\n',
    "all.toml": 'kernel = "8mm"\nshape = "disk"\nface = "erode"\nfill = "face"\nair_threshold = -700\n'
    'text = "drop-slice"\nmin_object = 10\ndates = "remove"\npatient_id = "anonymous"\nstudy_list = "ps3.15"\n'
    'characteristics = "all"\ncontrast = "exclude"\nother_regions = "include"\nfolders = "keep"\ncompress = "rle"\n',
}


def slice_of(bits: int = 16, signed: bool = True) -> Dataset:
    """A ring of bone around soft tissue in air, with the header of a head scan."""
    rows, columns = np.mgrid[:EDGE, :EDGE]
    distance = np.hypot(rows - EDGE / 2, columns - EDGE / 2)
    hu = np.select([distance < 9, distance < 12], [40 + rows % 3, 1200], -1000)
    lowest = -1000 if not signed else 0
    values = (hu - lowest) // (10 if bits == 8 else 1)
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "2.999.7.1"
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.StudyDate, data.StudyTime, data.AcquisitionDateTime = "20230314", "081437.281", "20230314081437.281+0100"
    data.AccessionNumber, data.Modality, data.Manufacturer = "A1", "CT", "Invented"
    data.StudyDescription, data.SeriesDescription = "CT HEAD for Doe", "HEAD 5.0 H31s"
    data.PatientName, data.PatientID, data.PatientBirthDate = "Doe^Jane=山田^太郎", "PX40001", "19570304"
    data.PatientSex, data.PatientAge, data.BodyPartExamined = "F", "066Y", "HEAD"
    data.KVP, data.SliceThickness, data.ConvolutionKernel = "120", "5", ["H31s", "2"]
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = "2.999.7.2", "2.999.7.3", "2.999.7.4"
    data.SeriesNumber, data.InstanceNumber = 2, 1
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 5], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.RescaleSlope = [5, 5], "10" if bits == 8 else "1"
    data.RescaleIntercept = str(lowest)
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "113100", "DCM", "Basic Profile"
    item.ReferencedSOPInstanceUID, item.PersonName = "2.999.7.5", "Doe^Jane"
    data.ProcedureCodeSequence = Sequence([item])
    data.ReferencedImageSequence = Sequence([item, Dataset()])
    data.private_block(0x0009, "INVENTED 1.0", create=True).add_new(1, "LO", "Doe")
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows = data.Columns = EDGE
    data.BitsAllocated = 8 if bits == 8 else 16
    data.BitsStored, data.HighBit, data.PixelRepresentation = bits, bits - 1, int(signed)
    data.PixelData = values.astype("u1" if bits == 8 else "<i2").tobytes()
    data["PixelData"].VR = "OB" if bits == 8 else "OW"
    return data


def written(data: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The file in this syntax."""
    data.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        data.PixelData = np.frombuffer(data.PixelData, "<i2").astype(">i2").tobytes()
    file = io.BytesIO()
    data.save_as(
        file,
        enforce_file_format=True,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
    )
    return file.getvalue()


def coded(data: bytes, syntax: int) -> bytes:
    """The file compressed by GDCM."""
    with tempfile.TemporaryDirectory() as folder:
        plain, packed = (str(Path(folder) / name) for name in ("plain", "packed"))
        Path(plain).write_bytes(data)
        reader = gdcm.ImageReader()
        reader.SetFileName(plain)
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
        writer = gdcm.ImageWriter()
        writer.SetFileName(packed)
        if not reader.Read():
            raise RuntimeError("GDCM does not read the slice")
        change.SetInput(reader.GetImage())
        if not change.Change():
            raise RuntimeError(f"GDCM has no coder for {gdcm.TransferSyntax(syntax)}")
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        if not writer.Write():
            raise RuntimeError("GDCM does not write the slice")
        return Path(packed).read_bytes()


def frame(file: bytes) -> bytes:
    """The first frame behind the three bytes that choose its form (see ``codec`` in ``src/lib.rs``)."""
    header = pydicom.dcmread(io.BytesIO(file))
    form = (header.BitsAllocated == 8) | (header.BitsAllocated - header.BitsStored) << 1
    form |= header.PixelRepresentation << 4
    stream = next(generate_frames(header.PixelData, number_of_frames=1))
    return bytes([header.Rows // 2 - 1, header.Columns // 2 - 1, form]) + stream


def seeds() -> dict[str, dict[str, bytes]]:
    """All seeds by target and name."""
    files = {
        "explicit": written(slice_of()),
        "implicit": written(slice_of(), ImplicitVRLittleEndian),
        "big": written(slice_of(), ExplicitVRBigEndian),
        "deflated": written(slice_of(), DeflatedExplicitVRLittleEndian),
        "twelve": written(slice_of(12, signed=False)),
        "bytes": written(slice_of(8, signed=False)),
        "bare": written(slice_of())[132:],
        "cut": written(slice_of())[:-300],
    }
    all_seeds: dict[str, dict[str, bytes]] = {}
    for target, syntax, bits, signed in CODED:
        file = coded(written(slice_of(bits, signed=signed)), syntax)
        name = f"{gdcm.TransferSyntax(syntax).GetString()}-{bits}"
        files[name] = file
        all_seeds.setdefault(target, {})[name] = frame(file)
    return all_seeds | {
        "reader": files,
        "instance": files,
        "list": {name: text.encode() for name, text in LISTS.items()},
        "settings": {name: text.encode() for name, text in SETTINGS.items()},
    }


def main(folder: Path) -> None:
    """Write them."""
    for target, files in seeds().items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / target / name).write_bytes(data)
        print(f"{target}: {len(files)} seeds, {sum(map(len, files.values()))} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
