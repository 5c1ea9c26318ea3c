"""A folder of scans and its list, with the key."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import numpy as np
import openpyxl

from . import head, people, plant
from .answers import Action, Cohort, FileAnswers


def write(folder: Path, patients: int, seed: int = 1, slices: int = 4) -> Cohort:
    """Write a cohort: every third person was scanned twice, half of those under another Patient ID."""
    rng = random.Random(seed)
    files: list[FileAnswers] = []
    rows: list[tuple[str, str, str]] = []
    for index in range(patients):
        person = people.person(index, rng)
        joined = f"PERSON-{index:03}" if index % 2 == 0 else ""
        first = datetime.date(2015, 1, 1) + datetime.timedelta(days=rng.randrange(3000))
        for visit in range(2 if index % 3 == 0 else 1):
            number = 10 * index + visit
            if visit and joined:
                person.patient_id += "9"
            root = f"1.2.826.0.1.3680043.9.{rng.randrange(1000, 9999)}.{number + 1}"
            scan = plant.Scan(
                accession=f"{rng.choice(['AC', '20', 'CT-'])}{rng.randrange(100_000, 999_999)}{number}",
                folder=rng.choice(["SE1", person.family.replace("'", ""), "DICOM/S2"]),
                new_id=f"MIDI-{number:04}",
                new_patient_id=joined,
                date=first + datetime.timedelta(days=visit * rng.randrange(1, 400)),
                study_uid=root,
                series_uid=f"{root}.2",
                frame_uid=f"{root}.3",
            )
            rows.append((scan.accession, scan.new_id, scan.new_patient_id))
            files.extend(_scan(folder / "input" / scan.accession, person, scan, slices, rng))
    _list(folder / "list.xlsx", rows)
    return Cohort(folder / "input", folder / "list.xlsx", files)


def _scan(folder: Path, person: people.Person, scan: plant.Scan, slices: int, rng: random.Random) -> list[FileAnswers]:
    noise = np.random.default_rng(rng.randrange(1 << 32))
    keys = []
    for number in range(1, slices + 1):
        dataset, key = plant.instance(person, scan, number, rng)
        pixels = head.slice_of_a_head(number, slices, noise)
        if number % 2:
            key.hidden.append(head.burn(pixels, person.family[:12].encode("ascii", "ignore").decode() or "Li", 2, 2))
            key.hidden.append(head.burn(pixels, person.patient_id, head.MATRIX - 14, 40))
        key.ask(Action.PIXELS_RETAINED)
        for rectangle in key.hidden:
            key.ask(Action.PIXELS_HIDDEN, wanted=rectangle)
        dataset.Rows = dataset.Columns = head.MATRIX
        dataset.PixelSpacing = [head.SPACING_MM, head.SPACING_MM]
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated = dataset.BitsStored = 16
        dataset.HighBit, dataset.PixelRepresentation = 15, 1
        dataset.PixelData = pixels.astype("<i2").tobytes()
        path = folder / scan.folder / f"IM{number:05}"
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
        key.path = path.relative_to(folder).as_posix()
        key.ask(Action.CONSISTENT)
        keys.append(key)
    return keys


def _list(path: Path, rows: list[tuple[str, str, str]]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Accession_number", "New_ID", "New_Patient_ID"])
    for row in rows:
        book.active.append(list(row))
    book.save(path)
