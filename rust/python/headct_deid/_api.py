"""The functions and results of the package, typed, over the native library."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from . import _native

PathOrStr = Union[str, "PathLike[str]"]
SettingValue = Union[str, int, float, Sequence[str]]
Settings = Mapping[str, SettingValue]


@dataclass(frozen=True)
class Progress:
    """What a job is doing at this moment."""

    stage: str
    patients_done: int
    patients_total: int
    slices_done: int
    slices_total: int
    slices_per_second: float
    seconds_left: float | None
    finished: bool


@dataclass(frozen=True)
class Report:
    """What became of every file of a run; the same as ``report.json``."""

    exit_status: int
    files_seen: int
    released: int
    failed: int
    excluded: dict[str, int]
    held: list[dict[str, Any]]
    series: list[dict[str, Any]]
    remarks: list[dict[str, str]]
    output_dir: str
    report_html: str

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain dictionaries and lists."""
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """What a run would keep and why the rest would be left out."""

    patients: list[dict[str, Any]]
    problems: list[dict[str, str]] = field(default_factory=list)
    slices: int = 0
    files: int = 0
    folders_without_row: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain dictionaries and lists."""
        return asdict(self)


@dataclass(frozen=True)
class Verification:
    """What a released folder was checked for, and everything that does not hold."""

    files: int
    checks: list[dict[str, Any]]
    findings: list[dict[str, str]]

    @property
    def holds(self) -> bool:
        """Whether all holds."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain dictionaries and lists."""
        return asdict(self)


@dataclass(frozen=True)
class Defaced:
    """A defaced volume: what it became, which voxels changed, and the evidence."""

    hu: NDArray[np.int16]
    removed: NDArray[np.bool_]
    protected: NDArray[np.bool_]
    hold: str | None
    evidence: dict[str, Any]


@dataclass(frozen=True)
class SeriesVolume:
    """One kept series as HU ``[slice, row, column]`` with its geometry (DICOM LPS, mm)."""

    hu: NDArray[np.int16]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    directions: NDArray[np.float64]
    positions_mm: NDArray[np.float64]


class Job:
    """A run on native threads. Poll it, cancel it, or wait for its report."""

    def __init__(self, native: _native.NativeJob, output_dir: str) -> None:
        self._native = native
        self._output_dir = output_dir

    def poll(self) -> Progress:
        """Return the progress at once; never blocks."""
        return Progress(**self._native.poll())

    def cancel(self) -> None:
        """Ask the job to stop; it does within a second and leaves no half-written patient."""
        self._native.cancel()

    def wait(self) -> Report:
        """Wait for the end and return the report. Ctrl-C cancels the job.

        Raises:
            Refused: nothing was written; ``problems`` names every reason.
            Cancelled: the job was cancelled.
            Error: the output could not be written.
        """
        try:
            while True:
                text = self._native.wait(0.1)
                if text is not None:
                    return _report(text, self._output_dir)
        except KeyboardInterrupt:
            self.cancel()
            # Ended is better than abandoned: what was staged is swept. A second Ctrl-C does not wait.
            with contextlib.suppress(_native.Error):
                while self._native.wait(0.1) is None:
                    pass
            raise


def start(
    input_dir: PathOrStr,
    linkage_table: PathOrStr,
    output_dir: PathOrStr,
    *,
    settings: Settings | None = None,
    private_dir: PathOrStr | None = None,
    key: PathOrStr | None = None,
    jobs: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    release_held: str | Sequence[str] | None = None,
) -> Job:
    """Start de-identifying the patients of a list and return at once.

    Args:
        input_dir: folder with one folder per accession number.
        linkage_table: list with the columns ``Accession_number`` and ``New_ID`` (xlsx, xls, xlsb, ods, csv).
        output_dir: receives one folder per ``New_ID`` and the report.
        settings: by name, as :func:`settings` lists them; the rest keep their defaults.
        private_dir: receives key, audit and log; beside the list when not given.
        key: key file to use instead of the one in the private folder.
        jobs: threads; one for each processor when not given.
        resume: skip patients that are finished, try the rest again.
        overwrite: replace patients that are in the output.
        release_held: ``"all"`` or the ``New_ID`` values whose held series are released all the same.

    Raises:
        Refused: a setting cannot be used. What is wrong with list and folders is raised by :meth:`Job.wait`.
    """
    if resume and overwrite:
        raise ValueError("resume and overwrite exclude each other")
    held = release_held or ""
    native = _native.start(
        fspath(input_dir),
        fspath(linkage_table),
        fspath(output_dir),
        _texts(settings),
        None if private_dir is None else fspath(private_dir),
        None if key is None else fspath(key),
        jobs or 0,
        "resume" if resume else "overwrite" if overwrite else "refuse",
        held if isinstance(held, str) else ",".join(held),
    )
    return Job(native, fspath(output_dir))


def deidentify(
    input_dir: PathOrStr,
    linkage_table: PathOrStr,
    output_dir: PathOrStr,
    *,
    settings: Settings | None = None,
    private_dir: PathOrStr | None = None,
    key: PathOrStr | None = None,
    jobs: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    release_held: str | Sequence[str] | None = None,
) -> Report:
    """De-identify the patients of a list and return the report: :func:`start` and :meth:`Job.wait`."""
    return start(
        input_dir,
        linkage_table,
        output_dir,
        settings=settings,
        private_dir=private_dir,
        key=key,
        jobs=jobs,
        resume=resume,
        overwrite=overwrite,
        release_held=release_held,
    ).wait()


def check(input_dir: PathOrStr, linkage_table: PathOrStr, *, settings: Settings | None = None) -> Plan:
    """Return what a run would keep, why the rest would be left out, and the list's problems. Writes nothing.

    Raises:
        Refused: the list or a setting cannot be used.
    """
    listing = json.loads(_native.check(fspath(input_dir), fspath(linkage_table), _texts(settings)))
    patients = [
        {
            "row": patient["row"],
            "accession": patient["accession"],
            "new_id": patient["new_id"],
            "new_patient_id": patient["new_patient_id"],
            "slices": patient["slices"],
            "files": patient["files"],
            "series": [
                {"number": number, "kept": True, "reason": "", "description": _description(series), **series}
                for number, series in enumerate(patient["series"], start=1)
            ],
            "left_out": {count["reason"]: count["files"] for count in patient["left_out"]},
        }
        for patient in listing["patients"]
    ]
    return Plan(
        patients=patients,
        problems=listing["remarks"],
        slices=listing["slices"],
        files=listing["files"],
        folders_without_row=listing["folders_without_row"],
    )


def verify(
    output_dir: PathOrStr,
    *,
    against: PathOrStr | None = None,
    linkage_table: PathOrStr | None = None,
    private_dir: PathOrStr | None = None,
) -> Verification:
    """Check a released folder again, as a privacy board would. Changes nothing.

    Args:
        output_dir: a folder that a run has written.
        against: the input of the run: adds identifiers, geometry and the comparison of voxels.
        linkage_table: the list that goes with ``against``; both or none.
        private_dir: the private folder of the run: adds the keyed manifest, and with ``against`` every
            header value.

    Returns:
        What was checked, and each finding with ``file``, ``tag_path``, ``check`` and ``message``; no
        identifier is in it.

    Raises:
        Refused: the folder has no report, or what it is to be compared with cannot be read.
    """
    if (against is None) != (linkage_table is None):
        raise ValueError("against and linkage_table go together")
    answer = json.loads(
        _native.verify(
            fspath(output_dir),
            None if against is None else fspath(against),
            None if linkage_table is None else fspath(linkage_table),
            None if private_dir is None else fspath(private_dir),
        )
    )
    return Verification(answer["files"], answer["checks"], answer["findings"])


def deface(
    hu: NDArray[np.int16],
    *,
    spacing_mm: tuple[float, float, float],
    positions_mm: Sequence[float] | None = None,
    direction: Sequence[float] | None = None,
    key: bytes | str | None = None,
    settings: Settings | None = None,
) -> Defaced:
    """Deface one volume.

    Args:
        hu: int16 HU, ``[slice, row, column]``; -32768 marks voxels without a measurement.
        spacing_mm: distances between slices, rows and columns.
        positions_mm: position of each slice along the normal, ascending, where spacing is uneven.
        direction: Image Orientation (Patient), six numbers; axial, supine, head first when not given.
        key: 32 bytes, or 64 hexadecimal digits; same key and volume, same result. A fresh random one when not given.
        settings: ``kernel``, ``shape``, ``face``, ``fill`` and ``air_threshold``.

    Returns:
        The new volume, which voxels changed, the protected voxels, and the evidence; ``hold`` names the
        reason when safety could not be shown.
    """
    volume = np.ascontiguousarray(hu, dtype=np.int16)
    origins, row_column = _geometry(volume, spacing_mm, positions_mm, direction)
    new, removed, protected, hold, evidence = _native.deface(
        volume,
        origins,
        row_column,
        (spacing_mm[1], spacing_mm[2]),
        None if key is None else _key(key),
        _texts(settings),
    )
    return Defaced(hu=new, removed=removed, protected=protected, hold=hold, evidence=json.loads(evidence))


def find_text(
    hu: NDArray[np.int16],
    *,
    spacing_mm: tuple[float, float, float],
    positions_mm: Sequence[float] | None = None,
    direction: Sequence[float] | None = None,
) -> NDArray[np.bool_]:
    """Return a mask of burned-in text, same shape as ``hu`` (``[slice, row, column]``)."""
    volume = np.ascontiguousarray(hu, dtype=np.int16)
    origins, row_column = _geometry(volume, spacing_mm, positions_mm, direction)
    return _native.find_text(volume, origins, row_column, (spacing_mm[1], spacing_mm[2]))


def load_series(
    input_dir: PathOrStr,
    linkage_table: PathOrStr,
    new_id: str,
    series_number: int = 1,
    *,
    settings: Settings | None = None,
) -> SeriesVolume:
    """Read one series that a run would keep, as it is in the input, for a preview.

    Args:
        input_dir: folder with one folder per accession number.
        linkage_table: the list.
        new_id: the patient's new identifier.
        series_number: as :func:`check` counts, from 1.
        settings: selection settings.
    """
    hu, origins, direction, (row_mm, column_mm) = _native.load_series(
        fspath(input_dir), fspath(linkage_table), new_id, series_number, _texts(settings)
    )
    row = np.array(direction[:3])
    column = np.array(direction[3:])
    normal = np.cross(row, column)
    positions = np.array(origins) @ normal
    slice_mm = float(np.median(np.diff(positions))) if len(positions) > 1 else 1.0
    return SeriesVolume(
        hu=hu,
        spacing_mm=(slice_mm, row_mm, column_mm),
        origin_mm=origins[0],
        directions=np.column_stack([row, column, normal]),
        positions_mm=positions,
    )


def scrub(source: PathOrStr | bytes, *, new_id: str, key: bytes | str, settings: Settings | None = None) -> bytes:
    """Return one instance with its header de-identified and its pixels as they were.

    Nothing is declared about the pixels: face and burned-in text are still in them.

    Args:
        source: a path or the bytes of a DICOM file.
        new_id: becomes Accession Number and Patient ID.
        key: 32 bytes, or the 64 hexadecimal digits of a key file; same key, same UIDs and dates.
        settings: header settings.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return _native.scrub(data, new_id, _key(key), _texts(settings))


def settings() -> list[dict[str, str]]:
    """Return every setting as name, default, values and help."""
    return _native.settings()


def _description(series: Mapping[str, Any]) -> str:
    row_mm, column_mm = series["pixel_spacing_mm"]
    slice_mm = series["slice_spacing_mm"]
    between = "" if slice_mm is None else f", {slice_mm:g} mm apart"
    size = f"{series['rows']} x {series['columns']} pixels of {row_mm:g} x {column_mm:g} mm"
    return "; ".join([f"{size}{between}", *series["remarks"]])


def _key(key: bytes | str) -> bytes:
    return bytes.fromhex(key) if isinstance(key, str) else key


def _texts(settings: Settings | None) -> dict[str, str]:
    texts = {}
    for name, value in (settings or {}).items():
        if isinstance(value, str):
            texts[name] = value
        elif isinstance(value, (int, float)):
            texts[name] = str(value)
        else:
            texts[name] = ", ".join(value)
    return texts


def _geometry(
    volume: NDArray[np.int16],
    spacing_mm: tuple[float, float, float],
    positions_mm: Sequence[float] | None,
    direction: Sequence[float] | None,
) -> tuple[list[tuple[float, float, float]], tuple[float, float, float, float, float, float]]:
    if volume.ndim != 3:
        raise ValueError(f"found an array of {volume.ndim} dimensions, expected [slice, row, column]")
    if len(spacing_mm) != 3 or not all(np.isfinite(mm) and mm > 0 for mm in spacing_mm):
        raise ValueError("spacing_mm: expected three positive numbers (slice, row, column)")
    axes = np.array(direction if direction is not None else (1, 0, 0, 0, 1, 0), dtype=float)
    if axes.shape != (6,):
        raise ValueError(f"direction: found {axes.size} numbers, expected 6")
    positions = (
        np.arange(volume.shape[0]) * spacing_mm[0] if positions_mm is None else np.asarray(positions_mm, dtype=float)
    )
    if positions.shape != (volume.shape[0],):
        raise ValueError(f"positions_mm: found {positions.size} numbers, expected {volume.shape[0]}")
    normal = np.cross(axes[:3], axes[3:])
    origins = [(float(o[0]), float(o[1]), float(o[2])) for o in positions[:, None] * normal]
    a, b, c, d, e, f = (float(value) for value in axes)
    return origins, (a, b, c, d, e, f)


def _report(text: str, output_dir: str) -> Report:
    data = json.loads(text)
    excluded: dict[str, int] = {}
    held = []
    series = []
    for patient in data["patients"]:
        for record in patient["series"]:
            series.append({"new_id": patient["new_id"], **record})
            for reason, count in record["left_out"].items():
                excluded[reason] = excluded.get(reason, 0) + count
            if record["status"] == "held":
                held.append(
                    {
                        "new_id": patient["new_id"],
                        "series": record["number"],
                        "reason": record["reason"],
                        "sentence": record["sentence"],
                        "slices": record["held"],
                        "pictures": record["pictures"],
                    }
                )
    totals = data["totals"]
    return Report(
        exit_status=data["exit_status"],
        files_seen=totals["files_seen"],
        released=totals["released"],
        failed=totals["failed"],
        excluded=excluded,
        held=held,
        series=series,
        remarks=data["remarks"],
        output_dir=output_dir,
        report_html=str(Path(output_dir) / "report.html"),
    )
