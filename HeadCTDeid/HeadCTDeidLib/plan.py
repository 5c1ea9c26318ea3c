"""A plan of the program as rows for a table and as a sentence; nothing here knows Slicer or Qt."""

from typing import NamedTuple, Optional

from .sentences import count, sentence, words


class SeriesRow(NamedTuple):
    """One series: its number for the preview, its name on screen, its slices, and what becomes of it."""

    number: int
    name: str
    slices: int
    kept: bool
    outcome: str


class PatientRow(NamedTuple):
    """One patient of the list; `left_out` counts files outside the series above, by reason in words."""

    new_id: str
    list_row: Optional[int]
    series: list
    left_out: dict

    @property
    def kept(self):
        """The series that would be worked on."""
        return [one for one in self.series if one.kept]

    @property
    def slices(self):
        """Slices that would be worked on."""
        return sum(one.slices for one in self.kept)


def patients_of(plan):
    """The patients of a `headct_deid.Plan` as rows, in the order of the list."""
    return [_patient(one) for one in plan.patients]


def remarks_of(plan):
    """`(place, message)` of everything about the list that deserves a look, as words on screen."""
    return [(sentence(one["place"])[:-1], sentence(one["message"])) for one in plan.problems]


def summary(plan):
    """What a run would do: patients, series and slices, how much is left out, how many remarks."""
    patients = patients_of(plan)
    series, slices = sum(len(one.kept) for one in patients), sum(one.slices for one in patients)
    left_out = sum(sum(_reasons(one["left_out"]).values()) for one in plan.patients)
    text = "{}, {} with {} would be processed.".format(
        count(len(patients), "patient"), count(series, "series", "series"), count(slices, "slice")
    )
    if left_out:
        text += " {} would be left out.".format(count(left_out, "file"))
    if plan.problems:
        text += " {} to look at.".format(count(len(plan.problems), "remark"))
    return text


def _patient(patient):
    series = [_series(index, one) for index, one in enumerate(patient["series"], start=1)]
    rest = _reasons(patient["left_out"])
    for one in patient["series"]:
        reason = words(one.get("reason") or "")
        if not one.get("kept", True) and reason in rest:
            rest[reason] -= one["slices"]
    return PatientRow(patient["new_id"], patient.get("row"), series, {reason: n for reason, n in rest.items() if n > 0})


def _series(index, series):
    kept = series.get("kept", True)
    number = series.get("number") or index
    name = f"Series {number}"
    if series.get("description"):
        name += ", " + series["description"]
    elif series.get("rows"):
        name += ", {rows} x {columns}".format(**series)
    outcome = "Kept" if kept else "Left out: " + words(series.get("reason") or "")
    if series.get("remarks"):
        outcome += ": " + "; ".join(series["remarks"])
    return SeriesRow(number, name, series["slices"], kept, outcome)


def _reasons(left_out):
    """Files left out by reason in words, from counts by code or from a list with sentences."""
    if isinstance(left_out, dict):
        return {words(code): number for code, number in left_out.items()}
    return {one["reason"]: one["files"] for one in left_out}
