"""What a released file must be, written down when the identifiers are planted."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path


class Action(enum.Enum):
    """The ten actions of the challenge."""

    TAG_RETAINED = "tag retained"
    TEXT_RETAINED = "text retained"
    TEXT_REMOVED = "text removed"
    TEXT_NOT_NULL = "text not null"
    DATE_SHIFTED = "date shifted"
    UID_CHANGED = "UID changed"
    ID_CHANGED = "ID changed"
    CONSISTENT = "patient and study consistent"
    PIXELS_HIDDEN = "pixels hidden"
    PIXELS_RETAINED = "pixels retained"


# Keywords from the outermost sequence inward, with the index of the item: ("RequestAttributesSequence", 0, "StudyID").
Place = tuple[object, ...]


@dataclass(frozen=True)
class Answer:
    """One thing asked of one file: at `place`, `action` with what `wanted` says."""

    action: Action
    place: Place
    wanted: object = None


@dataclass
class FileAnswers:
    """Everything asked of one file, and the pixels it was written with."""

    accession: str
    path: str
    person: str
    new_patient_id: str
    new_id: str
    hidden: list[tuple[int, int, int, int]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def ask(self, action: Action, *place: object, wanted: object = None) -> None:
        self.answers.append(Answer(action, place, wanted))


@dataclass
class Cohort:
    """An input folder with its list and its key."""

    input: Path
    list: Path
    files: list[FileAnswers]
