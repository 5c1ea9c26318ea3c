"""What decides the output: input, list, settings and key, and nothing else."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import openpyxl
import pydicom

from conftest import KEY, Released


def released_files(released: Released) -> dict[str, Path]:
    """Every released slice by its place below the output folder."""
    return {path.relative_to(released.output).as_posix(): path for path in released.output.rglob("*.dcm")}


def shuffled(source: Path, table: Path, folder: Path) -> tuple[Path, Path]:
    """A copy of the input written in another order, and the list with its rows in another order."""
    rng = random.Random(7)
    paths = sorted(path for path in source.rglob("*") if path.is_file())
    rng.shuffle(paths)
    for path in paths:
        target = folder / "input" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    header, *rows = openpyxl.load_workbook(table).active.iter_rows(values_only=True)
    rng.shuffle(rows)
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    book.save(folder / "list.xlsx")
    return folder / "input", folder / "list.xlsx"


def test_threads_and_order_change_no_byte(released: Released, tmp_path: Path) -> None:
    """Two threads in the order of the list, against one thread in another order."""
    key = tmp_path / "key.hex"
    key.write_text(KEY, encoding="utf-8")
    patients, table = shuffled(released.input, released.list, tmp_path)
    again = Released(tmp_path, patients, table, "--release-held", "all", "--key", str(key), "--jobs", "1")
    first, second = released_files(released), released_files(again)
    assert first.keys() == second.keys()
    assert len(first) == 231
    assert [name for name, path in first.items() if path.read_bytes() != second[name].read_bytes()] == []


def marks(released: Released) -> tuple[set[str], set[tuple[str, str, str]]]:
    """Every UID that is not the standard's, and every date with whose it is and where it stands."""
    uids: set[str] = set()
    dates: set[tuple[str, str, str]] = set()
    for path in released_files(released).values():
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        for element in dataset.iterall():
            if element.VR == "UI":
                uids.update(str(uid) for uid in ([element.value] if element.VM == 1 else element.value))
            elif element.VR in ("DA", "DT") and element.value:
                dates.add((str(dataset.PatientID), str(element.tag), str(element.value)[:8]))
    return {uid for uid in uids if not uid.startswith("1.2.840.10008.")}, dates


def test_another_key_has_no_uid_and_no_date_in_common(released: Released, tmp_path: Path) -> None:
    key = tmp_path / "key.hex"
    key.write_text("a7" * 32, encoding="utf-8")
    flags = ("--face", "off", "--kernel", "0", "--text", "off", "--release-held", "all", "--key", str(key))
    other = Released(tmp_path, released.input, released.list, *flags)
    assert len(released_files(other)) == 231
    for mine, theirs in zip(marks(released), marks(other), strict=True):
        assert len(mine) >= 8
        assert mine & theirs == set()
