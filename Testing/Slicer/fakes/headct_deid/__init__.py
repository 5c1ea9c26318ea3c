"""A small package with the interface of `headct_deid`, for tests of the panel without the real one.

It de-identifies nothing worth the name. Its jobs advance by the clock, in `poll`, with no thread: a loop that
holds the interpreter lock neither helps nor starves them.
"""

import csv
import re
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

__version__ = "0.0.1"
SECONDS_A_SLICE = 0.005
SETTINGS_TABLE = Path(__file__).resolve().parents[4] / "rust" / "core" / "src" / "settings.rs"
HOLD = {"no-skull": "no skull found"}


class Error(Exception):
    """What the package says went wrong."""


class Refused(Error):
    """Nothing was started; `problems` says why, one by one."""

    def __init__(self, problems):
        super().__init__("\n".join("{place}: {message}".format(**one) for one in problems))
        self.problems = problems


class Cancelled(Error):
    """The job was cancelled."""


def settings():
    """The real table of settings, read from where it is written."""
    text = SETTINGS_TABLE.read_text(encoding="utf-8")
    found = re.findall(r'name: "(.*?)",\s*default: "(.*?)",\s*values: "(.*?)",\s*help: "(.*?)"', text)
    return [dict(zip(("name", "default", "values", "help"), one)) for one in found]


def _rows(table):
    with Path(table).open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or "New_ID" not in rows[0]:
        raise Refused(
            [
                {
                    "place": "linkage table, row 1",
                    "message": "found no column New_ID, expected Accession_number and New_ID",
                }
            ]
        )
    seen, problems = {}, []
    for number, row in enumerate(rows, start=2):
        if row["New_ID"] in seen:
            message = "New_ID `{}` is already on row {}".format(row["New_ID"], seen[row["New_ID"]])
            problems.append({"place": f"linkage table, row {number}", "message": message})
        seen[row["New_ID"]] = number
    if problems:
        raise Refused(problems)
    return [(number, row["Accession_number"], row["New_ID"]) for number, row in enumerate(rows, start=2)]


def _series(folder):
    import pydicom

    series = {}
    for path in sorted(Path(folder).rglob("*.dcm")):
        series.setdefault(path.parent, []).append(path)
    for number, paths in enumerate(series.values(), start=1):
        header = pydicom.dcmread(paths[0], stop_before_pixels=True)
        kept = "AXIAL" in header.ImageType
        yield number, paths, kept, header


def check(input_dir, linkage_table, *, settings=None):
    patients, problems = [], []
    for row, accession, new_id in _rows(linkage_table):
        folder = Path(input_dir) / accession
        if not folder.is_dir():
            problems.append(
                {
                    "place": f"linkage table, row {row}",
                    "message": "found no folder for this accession number",
                }
            )
            continue
        patient = {"row": row, "accession": accession, "new_id": new_id, "series": [], "left_out": {}}
        for number, paths, kept, header in _series(folder):
            reason = None if kept else "not-axial"
            patient["series"].append(
                {
                    "number": number,
                    "kept": kept,
                    "slices": len(paths),
                    "description": header.SeriesDescription,
                    "reason": reason,
                }
            )
            if not kept:
                patient["left_out"][reason] = patient["left_out"].get(reason, 0) + len(paths)
        patients.append(patient)
    plan = SimpleNamespace(patients=patients, problems=problems)
    plan.as_dict = lambda: {"patients": patients, "problems": problems}
    return plan


class Job:
    """A run that advances when it is asked."""

    def __init__(self, plan, output_dir, resume, release_held):
        self._plan, self._output = plan, Path(output_dir)
        self._staging = self._output / ".headct-deid" / "staging"
        self._release = release_held or []
        self._begin, self._cancelled, self._ended = time.monotonic(), False, False
        self._released, self._held, self._todo = 0, [], list(plan.patients)
        if resume:
            self._todo = [one for one in self._todo if not (self._output / one["new_id"]).exists()]
        self._total = sum(one["slices"] for patient in self._todo for one in patient["series"])
        self._patients_total, self._done = len(self._todo), 0

    def poll(self):
        elapsed = time.monotonic() - self._begin
        due = self._total if self._ended else min(self._total, int(elapsed / SECONDS_A_SLICE))
        while not self._cancelled and self._todo:
            patient = self._todo[0]
            slices = sum(one["slices"] for one in patient["series"])
            (self._staging / patient["new_id"]).mkdir(parents=True, exist_ok=True)
            if self._done + slices > due:
                break
            self._finish(self._todo.pop(0), slices)
        if self._cancelled or not self._todo:
            self._ended = True
            shutil.rmtree(self._staging, ignore_errors=True)
        rate = due / elapsed if elapsed else 0.0
        return SimpleNamespace(
            stage="processing",
            patients_done=self._patients_total - len(self._todo),
            patients_total=self._patients_total,
            slices_done=due,
            slices_total=self._total,
            slices_per_second=rate,
            seconds_left=(self._total - due) / rate if rate else None,
            finished=self._ended,
        )

    def _finish(self, patient, slices):
        self._done += slices
        new_id = patient["new_id"]
        if "HOLD" in new_id and new_id not in self._release:
            number = next(one["number"] for one in patient["series"] if one["kept"])
            self._held.append(
                {
                    "new_id": new_id,
                    "series": number,
                    "reason": "no-skull",
                    "sentence": HOLD["no-skull"],
                    "slices": slices,
                }
            )
            shutil.rmtree(self._staging / new_id)
            return
        staging = self._staging / new_id
        (staging / (f"{new_id}_00001.dcm")).write_bytes(b"not a picture")
        shutil.rmtree(self._output / new_id, ignore_errors=True)
        staging.rename(self._output / new_id)
        self._released += sum(one["slices"] for one in patient["series"] if one["kept"])

    def cancel(self):
        self._cancelled = True

    def wait(self):
        while not self.poll().finished:
            time.sleep(SECONDS_A_SLICE)
        if self._cancelled:
            raise Cancelled("cancelled")
        report = self._output / "report.html"
        report.write_text("<p>report</p>", encoding="utf-8")
        excluded = {}
        for patient in self._plan.patients:
            for reason, number in patient["left_out"].items():
                excluded[reason] = excluded.get(reason, 0) + number
        return SimpleNamespace(
            exit_status=1 if self._held else 0,
            released=self._released,
            excluded=excluded,
            failed=0,
            held=self._held,
            files_seen=self._released + sum(excluded.values()),
            output_dir=str(self._output),
            report_html=str(report),
            series=[],
        )


def start(
    input_dir,
    linkage_table,
    output_dir,
    *,
    settings=None,
    private_dir=None,
    key=None,
    jobs=None,
    resume=False,
    overwrite=False,
    release_held=None,
):
    plan = check(input_dir, linkage_table, settings=settings)
    problems = []
    for patient in plan.patients:
        if (Path(output_dir) / patient["new_id"]).exists() and not resume and not overwrite:
            problems.append(
                {
                    "place": "output folder",
                    "message": "found {} already there, expected an empty place".format(patient["new_id"]),
                }
            )
    if problems:
        raise Refused(problems)
    return Job(plan, output_dir, resume, release_held)


def load_series(input_dir, linkage_table, new_id, series_number=1, *, settings=None):
    import pydicom

    for _row, accession, candidate in _rows(linkage_table):
        if candidate == new_id:
            for number, paths, _kept, header in _series(Path(input_dir) / accession):
                if number == series_number:
                    hu = np.stack([pydicom.dcmread(path).pixel_array for path in paths]).astype(np.int16)
                    spacing = (float(header.SliceThickness), *(float(one) for one in header.PixelSpacing))
                    origin = [float(one) for one in header.ImagePositionPatient]
                    return SimpleNamespace(
                        hu=hu,
                        spacing_mm=spacing,
                        origin_mm=origin,
                        directions=np.eye(3),
                        positions_mm=np.arange(len(hu)) * spacing[0],
                    )
    raise Error(f"found no series {series_number} of {new_id}")


def deface(hu, *, spacing_mm, positions_mm=None, direction=None, key=None, settings=None):
    """Takes away what lies in front of the skull: enough to see the difference in a picture."""
    removed = np.zeros(hu.shape, bool)
    bone = hu > 300
    if not bone.any():
        return SimpleNamespace(hu=hu, removed=removed, hold="no-skull", evidence={})
    first = np.where(bone.any(axis=1), bone.argmax(axis=1), hu.shape[1] // 3)
    removed = np.arange(hu.shape[1])[None, :, None] < first[:, None, :]
    removed &= np.arange(hu.shape[1])[None, :, None] < hu.shape[1] // 3
    result = hu.copy()
    result[removed] = -1000
    return SimpleNamespace(hu=result, removed=removed, hold=None, evidence={})
