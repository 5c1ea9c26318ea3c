"""A plan of the program as rows for a table and as a sentence; nothing here knows Slicer or Qt."""

from typing import NamedTuple

from .sentences import count, place_words, sentence


class SeriesRow(NamedTuple):
    """One series: its number for the preview, its name on screen, its slices, and what becomes of it."""

    number: int
    name: str
    description: str
    slices: int
    outcome: str


class PatientRow(NamedTuple):
    """One patient of the list, what would be worked on, and the files left out, by reason in words."""

    new_id: str
    list_row: int
    series: list
    left_out: dict

    @property
    def slices(self):
        """Slices that would be worked on."""
        return sum(one.slices for one in self.series)


def patients_of(plan):
    """The patients of a `headct_deid.Plan` as rows, in the order of the list."""
    return [_patient(one) for one in plan.patients]


def remarks_of(plan):
    """Everything about the list that deserves a look, row by row, as sentences."""
    return [
        "{}: {}".format(sentence(place_words(one).replace("list, ", ""))[:-1], sentence(one["message"]))
        for one in plan.problems
    ]


def summary(plan):
    """What a run would do: patients, series and slices, how much is left out, how many remarks."""
    patients = patients_of(plan)
    series, slices = sum(len(one.series) for one in patients), sum(one.slices for one in patients)
    left_out = sum(sum(one.left_out.values()) for one in patients)
    text = "{}, {} with {} would be processed.".format(
        count(len(patients), "patient"), count(series, "series", "series"), count(slices, "slice")
    )
    if left_out:
        text += " {} would be left out.".format(count(left_out, "file"))
    if plan.problems:
        text += " {} to look at.".format(count(len(plan.problems), "remark"))
    return text


def _patient(patient):
    series = [_series(one) for one in patient["series"]]
    return PatientRow(patient["new_id"], patient["row"], series, patient["left_out"])


def _series(series):
    outcome = "Kept"
    if series["remarks"]:
        outcome += ": " + "; ".join(series["remarks"])
    return SeriesRow(
        series["number"], "Series {number}".format(**series), series["description"], series["slices"], outcome
    )
