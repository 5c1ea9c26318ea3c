"""Checks scrubbed headers with pydicom, from the tables alone: an independent reading of PS3.15.

Nothing here asks the product what it meant to do. For every attribute of the input that Table E.1-1 or the
study group's list names, the required action is worked out again from the tables and compared with what is
in the output.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

headct_deid = pytest.importorskip("headct_deid")

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rust/core/src/header/rules"
DATA = ROOT.parent / "shared/data"
KEY = "17" * 32
OUR_OWN = {"AccessionNumber", "PatientID", "PatientBirthDate", "PatientAge"}
KEPT_CHARACTERISTICS = {"PatientSex", "PatientSize", "PatientWeight"}


def table(name: str) -> dict[int, dict[str, str]]:
    """Rows of a rule table by tag; the standard's patterns are left out."""
    lines = (RULES / name).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        int(row["tag"][1:5] + row["tag"][6:10], 16): row
        for row in rows
        if "X" not in row["tag"] and "G" not in row["tag"]
    }


STANDARD = table("ps3_15_table_e1_1.csv")
STUDY_LIST = table("study_list.csv")
TYPES = {
    int(row["tag"][1:5] + row["tag"][6:10], 16): row["type"]
    for row in csv.DictReader(
        line
        for line in (RULES / "ct_image_iod_types.csv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#") and "60xx" not in line
    )
}


def scrubbed(path: Path, new_id: str = "SUBJ-0001") -> pydicom.Dataset:
    """The output for one file, as pydicom reads it."""
    return pydicom.dcmread(BytesIO(headct_deid.scrub(path, new_id=new_id, key=KEY)), force=True)


def is_empty(element: pydicom.DataElement | None) -> bool:
    """Whether an attribute is absent or holds nothing."""
    return element is None or element.value is None or element.value == "" or element.VM == 0


def shift_days(before: pydicom.Dataset, after: pydicom.Dataset) -> int:
    """How far Study Date moved back."""
    day = [datetime.datetime.strptime(dataset.StudyDate[:8], "%Y%m%d").date() for dataset in (before, after)]
    return (day[0] - day[1]).days


def moved(value: str, days: int) -> str:
    """A DA or DT value moved back."""
    day = datetime.datetime.strptime(value[:8], "%Y%m%d").date() - datetime.timedelta(days=days)
    return day.strftime("%Y%m%d") + value[8:]


def is_right(
    tag: int,
    found: pydicom.DataElement,
    output: pydicom.DataElement | None,
    days: int,
) -> bool:
    """Whether the output of an attribute is what the tables require of it."""
    keyword, vr = found.keyword, found.VR
    house = STUDY_LIST.get(tag, {}).get("house_action", "")
    row = STANDARD.get(tag, {})
    if len(house) > 3 and house != "New_ID":
        return is_empty(found) or (output is not None and str(output.value) == house)
    if vr in ("DA", "DT") and row.get("rtnLongModifDatesOpt"):
        return is_empty(found) or (output is not None and str(output.value) == moved(str(found.value), days))
    if vr == "TM" and row.get("rtnLongModifDatesOpt"):
        return is_empty(found) or (output is not None and str(output.value) == str(found.value))
    if keyword in KEPT_CHARACTERISTICS:
        return output is not None and output.value == found.value
    if row.get("cleanDescOpt") == "C" and vr != "SQ":
        words = str(found.value).split()
        return (
            is_empty(output)
            or str(output.value) == "anonymous"
            or all(word.strip(".,;()") in " ".join(words) for word in str(output.value).split())
        )
    if row.get("cleanDescOpt") == "C" and output is not None:
        # A sequence of the Clean Descriptors Option: its items obey the same tables.
        return len(output.value) == len(found.value) and all(
            is_right(int(inner.tag), inner, after.get(inner.tag), days)
            for before, after in zip(found.value, output.value, strict=True)
            for inner in before
            if inner.keyword not in OUR_OWN and (int(inner.tag) in STANDARD or int(inner.tag) in STUDY_LIST)
        )
    code = house or row.get("basicProfile", "")
    kind = TYPES.get(tag, "3")[0]
    resolved = {"1": code.split("/")[-1], "2": "Z" if "Z" in code else code.split("/")[-1]}.get(
        kind, code.split("/")[0]
    )
    if resolved == "X":
        return output is None
    if resolved == "Z":
        return is_empty(output)
    if resolved == "U":
        return output is None or all(
            str(uid).startswith(("2.25.", "1.2.840.10008."))
            for uid in ([output.value] if output.VM == 1 else output.value)
        )
    if resolved == "D":
        return output is not None and output.value != found.value
    return output is None or output.value == found.value


def slices() -> Iterator[tuple[str, Path]]:
    """Every kept file of the test data with its patient folder."""
    truth = json.loads((DATA / "phi.json").read_text(encoding="utf-8"))
    for folder, patient in truth["patients"].items():
        for name in patient["keep"]:
            yield folder, DATA / "patients" / folder / name


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, pydicom.Dataset, pydicom.Dataset]]:
    """Input and output headers of the test data."""
    if not (DATA / "phi.json").exists():
        pytest.skip(f"SKIPPED: no test data at {DATA}")
    return [
        (folder, pydicom.dcmread(path, stop_before_pixels=True, force=True), scrubbed(path))
        for folder, path in slices()
    ]


def test_every_required_action_is_right(pairs: list[tuple[str, pydicom.Dataset, pydicom.Dataset]]) -> None:
    """100 % of the actions that the tables require of the attributes that are there."""
    wrong, right = set(), 0
    for folder, before, after in pairs:
        days = shift_days(before, after)
        assert days % 7 == 0 and 364 <= days <= 3640
        for found in before:
            tag = int(found.tag)
            if (tag not in STANDARD and tag not in STUDY_LIST) or found.keyword in OUR_OWN:
                continue
            if is_right(tag, found, after.get(found.tag), days):
                right += 1
            else:
                wrong.add((folder, found.keyword))
    assert not wrong, f"{len(wrong)} wrong, {right} right"
    assert right > 1000


def test_new_identity_and_declaration(pairs: list[tuple[str, pydicom.Dataset, pydicom.Dataset]]) -> None:
    """Who the patient is now, and what the file says was done."""
    for _, before, after in pairs:
        assert (after.PatientID, after.AccessionNumber) == ("SUBJ-0001", "SUBJ-0001")
        assert str(after.PatientName) == "Processed for anonymization"
        assert not after.PatientBirthDate
        assert after.PatientIdentityRemoved == "YES"
        assert after.LongitudinalTemporalInformationModified == "MODIFIED"
        codes = {item.CodeValue for item in after.DeidentificationMethodCodeSequence}
        assert {"113100", "113105", "113107", "113108"} <= codes
        assert after.SpecificCharacterSet == "ISO_IR 192"
        assert after.StudyInstanceUID != before.StudyInstanceUID


def test_nothing_private_and_no_original_uid_is_left(
    pairs: list[tuple[str, pydicom.Dataset, pydicom.Dataset]],
) -> None:
    """At any depth."""

    def walk(dataset: pydicom.Dataset, see: Callable[[pydicom.DataElement], None]) -> None:
        for element in dataset:
            see(element)
            for item in element.value if element.VR == "SQ" else ():
                walk(item, see)

    for _, _, after in pairs:

        def see(element: pydicom.DataElement) -> None:
            assert not element.tag.is_private
            assert element.tag.group >> 8 not in (0x50, 0x60)
            if element.VR == "UI" and element.value:
                for uid in [element.value] if element.VM == 1 else element.value:
                    assert str(uid).startswith(("2.25.", "1.2.840.10008."))

        walk(after, see)


def test_what_research_needs_is_as_it_was(pairs: list[tuple[str, pydicom.Dataset, pydicom.Dataset]]) -> None:
    """Geometry, acquisition and rescale attributes keep their values."""
    keywords = [
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "PixelSpacing",
        "SliceThickness",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "SliceLocation",
        "RescaleSlope",
        "RescaleIntercept",
        "RescaleType",
        "KVP",
        "Exposure",
        "XRayTubeCurrent",
        "GantryDetectorTilt",
        "ConvolutionKernel",
        "Modality",
        "ImageType",
        "BodyPartExamined",
        "PatientPosition",
        "Manufacturer",
        "SOPClassUID",
        "InstanceNumber",
        "SeriesNumber",
    ]
    for _, before, after in pairs:
        for keyword in keywords:
            if before.get(keyword) not in (None, ""):
                assert after.get(keyword) == before.get(keyword), keyword
