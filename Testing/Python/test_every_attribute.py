"""Every attribute that pydicom's dictionary knows, planted with strangers' names and numbers, at two depths.

The tables of PS3.15 name 600 attributes; the dictionary has 5,000. What no table names survives only if it cannot
carry what was planted here.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

headct_deid = pytest.importorskip("headct_deid")

#: Attributes that make the file an image, which cannot hold anything else.
IMAGE = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
    "SOPInstanceUID": "1.2.3.4",
    "StudyInstanceUID": "1.2.3",
    "SeriesInstanceUID": "1.2.3.1",
    "SpecificCharacterSet": "ISO_IR 192",
    "Modality": "CT",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "Rows": 16,
    "Columns": 16,
    "BitsAllocated": 16,
    "BitsStored": 16,
    "HighBit": 15,
    "PixelRepresentation": 1,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "RescaleSlope": "1",
    "RescaleIntercept": "0",
    "PixelSpacing": [1, 1],
    "ImagePositionPatient": [0, 0, 0],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
}
#: Further attributes of the pixels that a strange value makes unreadable.
PIXELS = {"NumberOfFrames", "PixelData", "FloatPixelData", "DoubleFloatPixelData"}
TEXT = "Zorblatt MRN 8812345"
PLANTED: dict[str, Any] = {
    **dict.fromkeys(["LO", "ST", "LT", "UT", "UC"], TEXT),
    **dict.fromkeys(["OB", "OW", "UN", "OF", "OD", "OL", "OV"], TEXT.encode()),
    "SH": "Zorblatt 8812345",
    "PN": "Zorblatt^Quix",
    "AE": "ZORBLATT",
    "CS": "ZORBLATT",
    "UI": "1.2.826.8812345",
    "UR": "http://zorblatt.example/8812345",
    "IS": "8812345",
    "DS": "8812345.5",
    "UL": 8812345,
    "SL": -8812345,
    "AS": "099Y",
    "DA": "19380412",
    "DT": "19380412101500",
    "TM": "881234",
}
#: Whole numbers that these hold are the scanner's: the CT Image IOD has them, with values of any length.
NUMBERS_OF_THE_IMAGE = {"IS", "DS", "UL", "SL"}


def image(planted: Dataset, nested: bool) -> bytes:
    """An image with the planted attributes, or with a sequence that stays and holds them."""
    dataset = Dataset()
    if nested:
        dataset.ReferencedSeriesSequence = Sequence([planted])
    else:
        dataset.update(planted)
    for keyword, value in IMAGE.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = np.zeros((16, 16), "<i2").tobytes()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def plants() -> Dataset:
    """One of every attribute."""
    item = Dataset()
    item.SeriesDescription, item.PatientName = "HEAD Zorblatt 8812345", "Zorblatt^Quix"
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "8812345", "99ZORBLATT", "Zorblatt"
    dataset = Dataset()
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        first = vr.split(" ")[0]
        if tag >> 16 < 8 or tag >> 16 == 0xFFFE or keyword in IMAGE or keyword in PIXELS:
            continue
        if first == "SQ":
            dataset.add_new(tag, "SQ", Sequence([item]))
        elif first in PLANTED:
            dataset.add_new(tag, first, PLANTED[first])
    return dataset


def walk(dataset: Dataset) -> Iterator[pydicom.DataElement]:
    for element in dataset:
        if element.VR == "SQ":
            for inner in element.value:
                yield from walk(inner)
        elif element.keyword != "PixelData":
            yield element


@pytest.mark.parametrize("nested", [False, True])
def test_nothing_planted_survives_in_any_attribute_of_the_dictionary(nested: bool) -> None:
    from test_header_against_the_standard import STANDARD, STUDY_LIST, TYPES

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        planted = plants()
        assert len(planted) > 3900
        file = image(planted, nested)
        scrubbed = headct_deid.scrub(file, new_id="SUBJ-0001", key="17" * 32)
        after = pydicom.dcmread(io.BytesIO(scrubbed), force=True)
    named = STANDARD.keys() | STUDY_LIST.keys() | TYPES.keys()
    found = [
        (str(element.tag), element.name, element.VR, str(element.value)[:40])
        for element in walk(after)
        if any(text in str(element.value).lower() for text in ("zorblatt", "8812345", "193804", "099y"))
        and not (element.VR in NUMBERS_OF_THE_IMAGE and int(element.tag) in named)
    ]
    assert found == []
