"""Compares a released folder with the key."""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID

from . import head
from .answers import Action, Answer, Cohort, FileAnswers

# Hounsfield units at or below which nothing can be read.
AIR_HU = -900


@dataclass
class Score:
    """How many answers were right, and which were not."""

    asked: Counter[Action] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    failed: Counter[Action] = field(default_factory=Counter)

    def count(self, action: Action, right: bool, message: str) -> None:
        self.asked[action] += 1
        if not right:
            self.failed[action] += 1
            self.failures.append(f"{action.value}: {message}")

    @property
    def percent(self) -> float:
        total = sum(self.asked.values())
        return 100 * (total - len(self.failures)) / total

    def __str__(self) -> str:
        lines = [f"{a.value:30} {self.asked[a] - self.failed[a]:6} of {self.asked[a]:6}" for a in Action]
        return "\n".join([*lines, f"{self.percent:.3f} %", *self.failures])


def score(cohort: Cohort, output: Path, private: Path) -> Score:
    """Ask every question of the key; a file that was not released fails all of its questions."""
    with (private / "audit.csv").open(encoding="utf-8", newline="") as lines:
        released = {
            (line["accession_number"], line["input_path"]): output / line["output_path"]
            for line in csv.DictReader(lines)
            if line["outcome"] == "released"
        }
    result = Score()
    together = Together()
    for key in cohort.files:
        path = released.get((key.accession, key.path))
        if path is None:
            for answer in key.answers:
                result.count(answer.action, False, f"{key.accession}/{key.path} was not released")
            continue
        before = pydicom.dcmread(cohort.input / key.accession / key.path)
        after = pydicom.dcmread(path)
        where = f"{key.new_id} {path.name}"
        together.see(key, before, after)
        for answer in key.answers:
            if answer.action is not Action.CONSISTENT:
                result.count(answer.action, right(answer, before, after), f"{where} {answer.place} {said(answer, after)}")
    for message, consistent in together.judged():
        result.count(Action.CONSISTENT, consistent, message)
    return result


def said(answer: Answer, after: Dataset) -> str:
    """The failure in words."""
    found = at(after, answer.place)
    return f"wanted {answer.wanted!r}, found {None if found is None else str(found.value)[:80]!r}"


def at(dataset: Dataset, place: tuple[object, ...]) -> pydicom.DataElement | None:
    """The element at a place; `None` when it, or something around it, is not there."""
    found: object = dataset
    for step in place:
        if isinstance(step, int):
            items = found.value if isinstance(found, pydicom.DataElement) else ()
            if step >= len(items):
                return None
            found = items[step]
        else:
            tag = pydicom.datadict.tag_for_keyword(str(step))
            if tag is None or not isinstance(found, Dataset) or tag not in found:
                return None
            found = found[tag]
    return found if isinstance(found, pydicom.DataElement) else None


def right(answer: Answer, before: Dataset, after: Dataset) -> bool:
    """Whether one answer holds."""
    action, wanted = answer.action, answer.wanted
    if action is Action.PIXELS_HIDDEN:
        row0, column0, row1, column1 = wanted  # type: ignore[misc]
        return bool((after.pixel_array[row0:row1, column0:column1] <= AIR_HU).all())
    if action is Action.PIXELS_RETAINED:
        return bool(np.array_equal(before.pixel_array[head.brain()], after.pixel_array[head.brain()]))
    if answer.place == ("private",):
        return not any(element.tag.is_private for element in walk(after))
    if answer.place == ("overlay",):
        return not any(element.tag.group >> 8 in (0x50, 0x60) for element in walk(after))
    if action is Action.TEXT_REMOVED and not answer.place:
        return not any(holds(element, str(wanted)) for element in walk(after))
    found = at(after, answer.place)
    if action is Action.TEXT_REMOVED:
        return found is None or not holds(found, str(wanted))
    if action is Action.UID_CHANGED:
        uid = UID(str(found.value)) if found is not None else None
        return uid is None or (uid != wanted and uid.is_valid)
    if found is None or found.value in (None, "", []):
        return False
    if action is Action.TEXT_RETAINED:
        return str(wanted).casefold() in re.split(r"[\s,;^]+", str(found.value).casefold())
    if action is Action.DATE_SHIFTED:
        return days(str(wanted)) - days(str(found.value)) > 0 and (days(str(wanted)) - days(str(found.value))) % 7 == 0
    if action in (Action.TAG_RETAINED, Action.ID_CHANGED):
        return bool(found.value == wanted)
    return True


def holds(element: pydicom.DataElement, text: str) -> bool:
    """Whether the value holds the text, blind to case; short texts as whole words, numbers however they are cut."""
    value = str(element.value).casefold()
    text = text.casefold()
    if len(text) < 5:
        return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", value) is not None
    digits = re.sub(r"\D", "", text)
    as_number = len(digits) >= 6 and digits in re.sub(r"[\s()./+-]", "", value) and element.VR not in ("UI", "DS")
    return text in value or as_number


def walk(dataset: Dataset) -> Iterator[pydicom.DataElement]:
    """Every element at any depth, but not the pixels and sequences themselves."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from walk(item)
        elif element.keyword != "PixelData":
            yield element


def days(value: str) -> int:
    """The day of a DA or DT value."""
    return datetime.datetime.strptime(value[:8], "%Y%m%d").date().toordinal()


class Together:
    """What only several files show: one person is one, two are two, and intervals stay."""

    def __init__(self) -> None:
        self.shifts: dict[str, set[int]] = defaultdict(set)
        self.patients: dict[str, set[str]] = defaultdict(set)
        self.uids: dict[str, set[str]] = defaultdict(set)
        self.files: list[tuple[FileAnswers, str]] = []

    def see(self, key: FileAnswers, before: Dataset, after: Dataset) -> None:
        shift = days(before.StudyDate) - days(after.StudyDate)
        self.shifts[key.person].add(shift)
        self.patients[key.new_patient_id].add(after.PatientID)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
            self.uids[before[keyword].value].add(after[keyword].value)
        self.files.append((key, before.SOPInstanceUID))

    def judged(self) -> Iterator[tuple[str, bool]]:
        new = Counter(uid for uids in self.uids.values() for uid in uids)
        one_to_one = all(len(uids) == 1 for uids in self.uids.values()) and set(new.values()) == {1}
        for key, uid in self.files:
            shifts, patients = len(self.shifts[key.person]), len(self.patients[key.new_patient_id])
            message = f"{key.new_id}: {shifts} shifts, {patients} Patient IDs, {new[next(iter(self.uids[uid]))]} same UIDs"
            yield message, shifts == patients == 1 and one_to_one
