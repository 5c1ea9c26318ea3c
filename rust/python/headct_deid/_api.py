"""The functions of the package, typed, over the native library."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Union

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._job import Job, waiting
from ._results import Defaced, Plan, Report, SeriesVolume, Verification

PathOrStr = Union[str, "PathLike[str]"]
SettingValue = Union[str, int, float, Sequence[str]]
Settings = Mapping[str, SettingValue]


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
) -> Job[Report]:
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
        release_held: held series that are released all the same: ``"all"``, or patients by their ``New_ID``, or
            single series as ``"New_ID/2"``, with the number that check and report give them. A resumed run keeps
            those that were released before.

    Raises:
        Refused: a setting cannot be used. What is wrong with list and folders is raised by :meth:`Job.wait`.
    """
    if resume and overwrite:
        raise ValueError("resume and overwrite exclude each other")
    native = _native.start(
        fspath(input_dir),
        fspath(linkage_table),
        fspath(output_dir),
        _texts(settings),
        None if private_dir is None else fspath(private_dir),
        None if key is None else fspath(key),
        jobs or 0,
        "resume" if resume else "overwrite" if overwrite else "refuse",
        _names(release_held),
    )
    return Job(native, lambda text: Report.from_json(text, fspath(output_dir)))


deidentify = waiting("deidentify", start, "De-identify the patients of a list and return the report.")


def start_check(input_dir: PathOrStr, linkage_table: PathOrStr, *, settings: Settings | None = None) -> Job[Plan]:
    """Start to find out what a run would keep and return at once. Writes nothing.

    The plan says why the rest would be left out and what is wrong with the list.

    Args:
        input_dir: folder with one folder per accession number.
        linkage_table: the list.
        settings: selection settings.

    Raises:
        Refused: a setting cannot be used. A list that cannot be used is raised by :meth:`Job.wait`.
    """
    return Job(_native.start_check(fspath(input_dir), fspath(linkage_table), _texts(settings)), Plan.from_json)


check = waiting("check", start_check, "Return what a run would keep. Writes nothing.")


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


def start_deface(
    hu: NDArray[np.int16],
    *,
    spacing_mm: tuple[float, float, float],
    positions_mm: Sequence[float] | None = None,
    direction: Sequence[float] | None = None,
    key: bytes | str | None = None,
    settings: Settings | None = None,
) -> Job[Defaced]:
    """Start to deface one volume and return at once.

    Args:
        hu: int16 HU, ``[slice, row, column]``; -32768 marks voxels without a measurement.
        spacing_mm: distances between slices, rows and columns.
        positions_mm: position of each slice along the normal, ascending, where spacing is uneven.
        direction: Image Orientation (Patient), six numbers; axial, supine, head first when not given.
        key: 32 bytes, or 64 hexadecimal digits; same key and volume, same result. A fresh random one when not given.
        settings: ``kernel``, ``shape``, ``face``, ``fill`` and ``air_threshold``.

    The result is the new volume, which voxels changed, the protected voxels, and the evidence; ``hold`` names
    the reason when safety could not be shown.
    """
    volume = np.ascontiguousarray(hu, dtype=np.int16)
    origins, row_column = _geometry(volume, spacing_mm, positions_mm, direction)
    native = _native.start_deface(
        volume,
        origins,
        row_column,
        (spacing_mm[1], spacing_mm[2]),
        None if key is None else _key(key),
        _texts(settings),
    )
    return Job(native, Defaced.from_native)


deface = waiting("deface", start_deface, "Deface one volume.")


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


def start_load_series(
    input_dir: PathOrStr,
    linkage_table: PathOrStr,
    new_id: str,
    series_number: int = 1,
    *,
    settings: Settings | None = None,
) -> Job[SeriesVolume]:
    """Start to read one series that a run would keep, as it is in the input, and return at once.

    Args:
        input_dir: folder with one folder per accession number.
        linkage_table: the list.
        new_id: the patient's new identifier.
        series_number: as :func:`check` counts, from 1.
        settings: selection settings.
    """
    native = _native.start_load_series(
        fspath(input_dir), fspath(linkage_table), new_id, series_number, _texts(settings)
    )
    return Job(native, SeriesVolume.from_native)


load_series = waiting(
    "load_series", start_load_series, "Read one series that a run would keep, as it is in the input, for a preview."
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


def _key(key: bytes | str) -> bytes:
    return bytes.fromhex(key) if isinstance(key, str) else key


def _names(release_held: str | Sequence[str] | None) -> str:
    return release_held if isinstance(release_held, str) else ",".join(release_held or ())


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
