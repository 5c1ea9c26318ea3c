"""The main job on the data set: exactly the right files come out, scrubbed, in one geometry."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gdcm
import numpy as np
import openpyxl
import pydicom
import pytest
import SimpleITK

from conftest import Released, command, tool


def new_ids(table: Path) -> dict[str, str]:
    rows = list(openpyxl.load_workbook(table).active.iter_rows(values_only=True))
    return {str(row[0]).strip(): str(row[1]).strip() for row in rows[1:] if row[0]}


def original_uids(patient: dict[str, Any]) -> set[str]:
    """UIDs of the input; those that the standard defines are no identifiers."""

    def leaves(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        items = value.values() if isinstance(value, dict) else value
        return [leaf for item in items for leaf in leaves(item)]

    found = leaves([patient["original_uids"], patient["original_sop_instance_uids"]])
    return {uid for uid in found if re.fullmatch(r"[0-9.]{10,}", uid) and not uid.startswith("1.2.840.10008.")}


def files(released: Released, new_id: str) -> list[Path]:
    return sorted((released.output / new_id).rglob("*.dcm"))


def test_exactly_the_files_of_the_ground_truth_come_out(released: Released, truth: dict[str, Any]) -> None:
    counts = {}
    for accession, new_id in new_ids(released.list).items():
        counts[accession] = (len(files(released, new_id)), len(truth["patients"][accession]["keep"]))
    assert all(found == wanted for found, wanted in counts.values()), counts
    assert sum(found for found, _ in counts.values()) == 231


def test_files_are_numbered_by_new_id(released: Released) -> None:
    for path in released.output.rglob("*.dcm"):
        assert re.fullmatch(r"DEID_\d{4}_\d{5}\.dcm", path.name)
        assert path.relative_to(released.output).parts[0] == path.name[:9]


def test_the_audit_names_every_input_file_once(released: Released, truth: dict[str, Any]) -> None:
    with (released.private / "audit.csv").open(encoding="utf-8", newline="") as lines:
        audit = list(csv.DictReader(lines))
    seen = Counter((line["accession_number"], line["input_path"]) for line in audit)
    assert max(seen.values()) == 1
    for accession, patient in truth["patients"].items():
        kept = {
            line["input_path"]
            for line in audit
            if line["accession_number"] == accession and line["outcome"] == "released"
        }
        assert kept == set(patient["keep"]), accession


def test_totals_add_up_to_the_files_seen(released: Released) -> None:
    report = json.loads((released.output / "report.json").read_text(encoding="utf-8"))
    totals = report["totals"]
    assert totals["files_seen"] == sum(totals[name] for name in ("released", "left_out", "held", "failed"))
    seen = sum(1 for path in released.input.rglob("*") if path.is_file())
    assert totals["files_seen"] == seen
    with (released.output / "report.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(int(row["files_seen"]) for row in rows[:-1]) == int(rows[-1]["files_seen"]) == seen


def test_nothing_in_the_output_links_back(released: Released, truth: dict[str, Any]) -> None:
    """No identifier and no original UID, in names or bytes; pixels are checked as pixels."""
    texts: list[tuple[str, bytes]] = []
    for path in sorted(released.output.rglob("*")):
        texts.append((str(path), str(path.relative_to(released.output)).encode()))
        if path.suffix == ".dcm":
            dataset = pydicom.dcmread(path)
            pixels = dataset.PixelData
            content = path.read_bytes()
            start = content.rindex(pixels)
            texts.append((str(path), content[:start] + content[start + len(pixels) :]))
        elif path.is_file():
            texts.append((str(path), path.read_bytes()))
    wanted: set[str] = set()
    for patient in truth["patients"].values():
        wanted.update(item["value"] for item in patient["identifiers"])
        wanted.update(original_uids(patient))
    assert len(wanted) > 300
    # Everything in one piece, so that each string is searched for once; where it was found is asked only then.
    everything = b"\n".join(content for _, content in texts)
    found = [
        (where, value)
        for value in wanted
        for pattern in spellings(value)
        if pattern.search(everything)
        for where, content in texts
        if pattern.search(content)
    ]
    assert found == []


def spellings(value: str) -> list[re.Pattern[bytes]]:
    """The value in every encoding that can hold it; short ones stand alone."""
    patterns = set()
    for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "iso2022_jp"):
        with contextlib.suppress(UnicodeEncodeError):
            needle = value.encode(encoding)
            pattern = re.escape(needle)
            if len(value) < 5:
                pattern = rb"(?<![A-Za-z0-9])" + pattern + rb"(?![A-Za-z0-9])"
            if len(needle) >= 3:
                patterns.add(pattern)
    return [re.compile(pattern) for pattern in sorted(patterns)]


@pytest.mark.parametrize("accession", ["2024000117", "20240513-77", "A0098231", "CT24-00418"])
def test_independent_readers_agree_on_one_geometry(released: Released, truth: dict[str, Any], accession: str) -> None:
    patient = truth["patients"][accession]
    new_id = new_ids(released.list)[accession]
    before = [pydicom.dcmread(released.input / accession / name) for name in patient["keep"]]
    after = [pydicom.dcmread(path) for path in files(released, new_id)]

    def place(dataset: pydicom.Dataset) -> tuple[float, ...]:
        return tuple(round(float(value), 3) for value in dataset.ImagePositionPatient)

    assert sorted(map(place, before)) == sorted(map(place, after))
    for name in ("ImageOrientationPatient", "PixelSpacing", "Rows", "Columns"):
        assert {str(getattr(d, name)) for d in before} == {str(getattr(d, name)) for d in after}
    assert len({d.SeriesInstanceUID for d in after}) == len({d.SeriesInstanceUID for d in before})
    assert len({d.SOPInstanceUID for d in after}) == len(after)

    folder = files(released, new_id)[0].parent
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    assert image.GetSize()[2] == len(after)
    volume = SimpleITK.GetArrayFromImage(image)
    along = np.cross(*np.reshape([float(v) for v in after[0].ImageOrientationPatient], (2, 3)))
    ordered = sorted(after, key=lambda d: float(np.dot(along, [float(v) for v in d.ImagePositionPatient])))
    own = np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in ordered])
    assert np.array_equal(np.sort(own.ravel()), np.sort(volume.astype(float).ravel()))


def test_dcmtk_and_gdcm_read_every_patient(released: Released) -> None:
    for new_id in new_ids(released.list).values():
        path = files(released, new_id)[0]
        import subprocess

        assert subprocess.run([tool("dcmdump"), "+E", path], capture_output=True, check=False).returncode == 0
        reader = gdcm.ImageReader()
        reader.SetFileName(str(path))
        assert reader.Read()


def test_dciodvfy_finds_no_error_that_the_input_did_not_have(released: Released, truth: dict[str, Any]) -> None:
    def errors(path: Path) -> set[str]:
        done = subprocess.run([tool("dciodvfy"), path], capture_output=True, text=True, errors="replace", check=False)
        lines = (done.stdout + done.stderr).splitlines()
        return {line.split("Error - ")[-1] for line in lines if line.startswith("Error")}

    with (released.private / "audit.csv").open(encoding="utf-8", newline="") as lines:
        audit = [line for line in csv.DictReader(lines) if line["outcome"] == "released"]
    before = [released.input / line["accession_number"] / line["input_path"] for line in audit]
    after = [released.output / line["output_path"] for line in audit]
    assert len(after) == 231
    with ThreadPoolExecutor(2) as pool:
        pairs = zip(audit, pool.map(errors, before), pool.map(errors, after), strict=True)
        fresh = [(line["output_path"], error) for line, old, new in pairs for error in new - old]
    assert fresh == []


def test_the_messy_list_runs_its_usable_rows(data: Path, tmp_path: Path) -> None:
    done = command("check", data / "patients", data / "patients_messy.xlsx", "--json")
    assert done.returncode == 0, done.stderr
    listing = json.loads(done.stdout)
    assert len(listing["patients"]) == 3
    places = [remark["place"] for remark in listing["remarks"]]
    assert any("row" in place for place in places)


def test_a_second_run_on_the_same_output_is_refused(released: Released) -> None:
    before = sorted(released.output.rglob("*"))
    done = command("run", released.input, released.list, released.output, "--private", released.private)
    assert done.returncode == 2
    assert "DEID_0001" in done.stderr
    assert sorted(released.output.rglob("*")) == before
