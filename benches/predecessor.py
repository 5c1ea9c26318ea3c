"""The same job as our predecessors did it: pydicom, OpenCV and numpy, one process, slice by slice.

The yardstick of ``make bench``, written as well as we can within that way: one pass over each header for the
selection, one full read of each kept slice, tables looked up in dictionaries, images handled as whole arrays. It
does less than the product: no three-dimensional protection of the brain, no text removal, no identifier search, no
reading back, no report with pictures.

    python predecessor.py INPUT LIST OUTPUT
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import sys
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pydicom
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian

RULES = Path(__file__).parents[1] / "rust" / "core" / "src" / "header" / "rules"
KEY = b"yardstick"
AIR_HU = -800
FILL_HU = -1000
KERNEL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (20, 20))
HEAD_WORDS = ("head", "brain", "skull")
# What research needs although Table E.1-1 would remove it, and what is handled apart.
DATES = {"DA", "DT"}
KEPT = {"PatientSex", "PatientAge", "PatientSize", "PatientWeight", "StudyDescription", "SeriesDescription"}


def actions() -> dict[int, str]:
    """Return the action code of the Basic Profile for each tag of Table E.1-1."""
    found = {}
    lines = (RULES / "ps3_15_table_e1_1.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        group, element = row["tag"].strip("()").split(",")
        if row["keyword"] not in KEPT and all(c in "0123456789ABCDEFabcdef" for c in group + element):
            found[int(group, 16) << 16 | int(element, 16)] = row["basicProfile"]
    return found


def study_words() -> dict[int, str]:
    """Return the word that the study group puts into each attribute of its list."""
    found = {}
    lines = (RULES / "study_list.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        group, element = row["tag"].strip("()").split(",")
        found[int(group, 16) << 16 | int(element, 16)] = row["house_action"]
    return found


ACTIONS = actions()
STUDY_WORDS = study_words()


def is_head_ct(header: pydicom.Dataset) -> bool:
    """The study group's selection: an original, primary, axial CT slice of a head."""

    def plain(name: str) -> str:
        value = header.get(name, "")
        text = value if isinstance(value, str) else " ".join(map(str, value or []))
        return text.lower().replace(" ", "")

    image_type = plain("ImageType")
    described = [plain(name) for name in ("StudyDescription", "SeriesDescription", "BodyPartExamined", "FilterType")]
    return (
        "ct" in plain("Modality")
        and all(word in image_type for word in ("original", "primary", "axial"))
        and "localizer" not in image_type
        and any(word in text for text in described for word in HEAD_WORDS)
        and header.get("SamplesPerPixel", 1) == 1
    )


def new_uid(uid: str) -> str:
    digest = hmac.new(KEY, uid.encode(), hashlib.sha256).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def shifted(date: str, days: int) -> str:
    try:
        moved = datetime.strptime(date[:8], "%Y%m%d") - timedelta(days=days)
    except ValueError:
        return ""
    return moved.strftime("%Y%m%d") + date[8:]


def scrub(dataset: pydicom.Dataset, new_id: str, days: int) -> None:
    """Apply Table E.1-1 and the study list at every level; private attributes and overlays go."""
    for element in list(dataset):
        tag = int(element.tag)
        action = ACTIONS.get(tag)
        if element.tag.is_private or 0x6000 <= element.tag.group <= 0x601E:
            del dataset[element.tag]
        elif tag in STUDY_WORDS and element.VR not in ("SQ", "UI", *DATES):
            word = STUDY_WORDS[tag]
            element.value = new_id if word == "New_ID" else word if len(word) > 3 else ""
        elif element.VR == "UI" and element.value and not str(element.value).startswith("1.2.840.10008."):
            many = isinstance(element.value, pydicom.multival.MultiValue)
            element.value = [new_uid(uid) for uid in element.value] if many else new_uid(element.value)
        elif element.VR in DATES and element.value and element.keyword != "PatientBirthDate":
            element.value = shifted(str(element.value), days)
        elif action is None:
            if element.VR == "SQ":
                for item in element.value:
                    scrub(item, new_id, days)
        elif action.startswith("X"):
            del dataset[element.tag]
        elif action.startswith(("Z", "D")):
            element.value = [] if element.VR == "SQ" else None


def head_mask(hu: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return what is left of the largest object of a slice after its surface is taken off."""
    solid = (hu > AIR_HU).astype(np.uint8)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return np.zeros_like(solid)
    head = (labels == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    # Air inside the head belongs to it: only what the border reaches is outside.
    around = cv2.copyMakeBorder(1 - head, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(around, None, (0, 0), 2)
    inside = np.ascontiguousarray((around[1:-1, 1:-1] != 2).astype(np.uint8))
    return cv2.erode(inside, KERNEL)


def deface(dataset: pydicom.Dataset) -> None:
    stored = dataset.pixel_array
    slope = float(dataset.get("RescaleSlope", 1))
    intercept = float(dataset.get("RescaleIntercept", 0))
    kept = head_mask((stored * slope + intercept).astype(np.int16))
    limits = np.iinfo(stored.dtype)
    fill = np.clip(round((FILL_HU - intercept) / slope), limits.min, limits.max)
    result = np.where(kept == 1, stored, stored.dtype.type(fill))
    dataset.PixelData = result.tobytes()
    dataset["PixelData"].VR = "OW"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian


def one_patient(folder: Path, new_id: str, output: Path) -> int:
    kept = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        if is_head_ct(header):
            kept.append(path)
    days = 7 * (52 + int.from_bytes(hmac.new(KEY, new_id.encode(), hashlib.sha256).digest()[:4], "big") % 469)
    for number, path in enumerate(kept, start=1):
        dataset = pydicom.dcmread(path)
        deface(dataset)
        scrub(dataset, new_id, days)
        dataset.PatientIdentityRemoved = "YES"
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        target = output / new_id / path.relative_to(folder).parent / f"{new_id}_{number:05}.dcm"
        target.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(target, enforce_file_format=True)
    return len(kept)


def main(input_dir: Path, linkage_table: Path, output: Path) -> None:
    rows = openpyxl.load_workbook(linkage_table, read_only=True).active.iter_rows(min_row=2, values_only=True)
    new_ids = {str(row[0]).strip(): str(row[1]).strip() for row in rows if row[0] and row[1]}
    done = 0
    for folder in sorted(input_dir.iterdir()):
        if folder.name in new_ids:
            done += one_patient(folder, new_ids[folder.name], output)
    print(f"{done} slices")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
