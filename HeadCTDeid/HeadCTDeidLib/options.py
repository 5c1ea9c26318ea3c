"""The choices of the panel: what the program calls them and what a person reads.

Each enum's values are the words of the program's setting; `label` is the user's wording. The order is the
order in the panel and the first is the default.
"""

import enum


class Choice(enum.Enum):
    """A closed list of values with a label for each."""

    def label(self):
        """The text of the combo box."""
        return LABELS[type(self).__name__][self.value]


class KernelUnit(Choice):
    PIXELS = "px"
    MILLIMETERS = "mm"


class Shape(Choice):
    BALL = "ball"
    DISK = "disk"


class Face(Choice):
    BONE = "bone"
    ERODE = "erode"
    OFF = "off"


class Fill(Choice):
    AIR = "air"
    FACE = "face"
    VALUE = "value"


class Dates(Choice):
    SHIFT = "shift"
    REMOVE = "remove"
    KEEP = "keep"


class PatientId(Choice):
    NEW_ID = "new-id"
    ANONYMOUS = "anonymous"


class StudyList(Choice):
    ANONYMOUS = "anonymous"
    PS315 = "ps3.15"


class Characteristics(Choice):
    BASIC = "basic"
    ALL = "all"
    NONE = "none"


class Folders(Choice):
    SAFE = "safe"
    KEEP = "keep"


class Compress(Choice):
    NONE = "none"
    RLE = "rle"
    JPEG_LS = "jpeg-ls"


class Existing(Choice):
    """What happens to patients that are already in the output folder; not a setting of the program."""

    STOP = "stop"
    RESUME = "resume"
    OVERWRITE = "overwrite"


LABELS = {
    "KernelUnit": {"px": "pixels", "mm": "mm"},
    "Shape": {"ball": "Ball, in three dimensions", "disk": "Disk, slice by slice (study group)"},
    "Face": {
        "bone": "Reduce to what the bare skull shows",
        "erode": "Remove skin and fat only",
        "off": "Leave the face as it is",
    },
    "Fill": {"air": "Air (-1000 HU)", "face": "Noise like facial tissue", "value": "A value of your own"},
    "Dates": {
        "shift": "Shift by whole weeks per person",
        "remove": "Remove",
        "keep": "Keep as they are",
    },
    "PatientId": {
        "new-id": "From the list",
        "anonymous": "The word anonymous for everybody",
    },
    "StudyList": {"anonymous": "Write the word anonymous", "ps3.15": "Remove (DICOM PS3.15 to the letter)"},
    "Characteristics": {
        "basic": "Keep sex, age, size and weight",
        "all": "Keep all that DICOM PS3.15 allows",
        "none": "Keep none",
    },
    "Folders": {"safe": "Known-safe words only", "keep": "Every name without an identifier"},
    "Compress": {"none": "None", "rle": "RLE, lossless", "jpeg-ls": "JPEG-LS, lossless"},
    "Existing": {
        "stop": "Stop and tell me",
        "resume": "Resume: skip what is finished",
        "overwrite": "Overwrite: replace it",
    },
}


def settings_of(values):
    """The settings for `headct_deid`, as typed, from an object that has one attribute per option.

    The object is a parameter node or anything shaped like it.
    """
    text = "off"
    if values.removeText:
        text = "drop-slice" if values.dropTextSlices else "redact"
    fill = str(values.fillValue) if values.fill is Fill.VALUE else values.fill.value
    return {
        "kernel": f"{values.kernelDiameter:g}{values.kernelUnit.value}",
        "shape": values.shape.value,
        "face": values.face.value,
        "fill": fill,
        "air_threshold": str(values.airThreshold),
        "text": text,
        "min_object": str(values.minObject),
        "dates": values.dates.value,
        "patient_id": values.patientId.value,
        "study_list": values.studyList.value,
        "characteristics": values.characteristics.value,
        "contrast": "include" if values.includeContrast else "exclude",
        "other_regions": "include" if values.includeOtherRegions else "exclude",
        "folders": values.folders.value,
        "compress": values.compress.value,
        "dciodvfy": "on" if values.countStandardErrors else "off",
        "original_pictures": "on" if values.originalPictures else "off",
        "head_words": values.headWords,
    }


def run_options_of(values):
    """The keywords of `headct_deid.start` that are not settings: workers, and what to do with old output."""
    return {
        "jobs": values.jobs or None,
        "resume": values.existing is Existing.RESUME,
        "overwrite": values.existing is Existing.OVERWRITE,
    }
