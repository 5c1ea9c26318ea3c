"""What the functions of the package return, typed, and how each is read from what the native library returns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


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

    @classmethod
    def from_json(cls, text: str, output_dir: str) -> Report:
        """Read the native library's report on a run into ``output_dir``."""
        data = json.loads(text)
        series = [
            {"new_id": patient["new_id"], **record} for patient in data["patients"] for record in patient["series"]
        ]
        excluded: dict[str, int] = {}
        for record in series:
            for reason, count in record["left_out"].items():
                excluded[reason] = excluded.get(reason, 0) + count
        totals = data["totals"]
        return cls(
            exit_status=data["exit_status"],
            files_seen=totals["files_seen"],
            released=totals["released"],
            failed=totals["failed"],
            excluded=excluded,
            held=[_held(record) for record in series if record["status"] == "held"],
            series=series,
            remarks=data["remarks"],
            output_dir=output_dir,
            report_html=str(Path(output_dir) / "report.html"),
        )

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

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read the native library's listing."""
        listing = json.loads(text)
        return cls(
            patients=[_planned(patient) for patient in listing["patients"]],
            problems=listing["remarks"],
            slices=listing["slices"],
            files=listing["files"],
            folders_without_row=listing["folders_without_row"],
        )

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

    @classmethod
    def from_native(cls, made: tuple[Any, ...]) -> Defaced:
        """Name the parts that the native library returns."""
        hu, removed, protected, hold, evidence = made
        return cls(hu=hu, removed=removed, protected=protected, hold=hold, evidence=json.loads(evidence))


@dataclass(frozen=True)
class SeriesVolume:
    """One kept series as HU ``[slice, row, column]`` with its geometry (DICOM LPS, mm)."""

    hu: NDArray[np.int16]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    directions: NDArray[np.float64]
    positions_mm: NDArray[np.float64]

    @classmethod
    def from_native(cls, made: tuple[Any, ...]) -> SeriesVolume:
        """Name the parts that the native library returns and work out the geometry."""
        hu, origins, direction, (row_mm, column_mm) = made
        row, column = np.array(direction[:3]), np.array(direction[3:])
        normal = np.cross(row, column)
        positions = np.array(origins) @ normal
        slice_mm = float(np.median(np.diff(positions))) if len(positions) > 1 else 1.0
        return cls(
            hu=hu,
            spacing_mm=(slice_mm, row_mm, column_mm),
            origin_mm=origins[0],
            directions=np.column_stack([row, column, normal]),
            positions_mm=positions,
        )


def _held(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "new_id": record["new_id"],
        "series": record["number"],
        "name": f"{record['new_id']}/{record['number']}",
        "reason": record["reason"],
        "sentence": record["sentence"],
        "slices": record["held"],
    }


def _planned(patient: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("row", "accession", "new_id", "new_patient_id", "slices", "files")
    return {
        **{name: patient[name] for name in kept},
        "series": [
            {"number": number, "kept": True, "reason": "", "description": _description(series), **series}
            for number, series in enumerate(patient["series"], start=1)
        ],
        "left_out": {count["reason"]: count["files"] for count in patient["left_out"]},
    }


def _description(series: Mapping[str, Any]) -> str:
    row_mm, column_mm = series["pixel_spacing_mm"]
    slice_mm = series["slice_spacing_mm"]
    between = "" if slice_mm is None else f", {slice_mm:.3g} mm apart"
    return f"{series['rows']} x {series['columns']} pixels of {row_mm:.3g} x {column_mm:.3g} mm{between}"
