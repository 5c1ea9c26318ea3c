"""The report of a run follows its schema, and `verify` answers through the package as it does on the command line."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from conftest import command, one_patient, tool

headct_deid = pytest.importorskip("headct_deid")
jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_report_follows_its_schema(demo: Path) -> None:
    report = json.loads((demo / "released" / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, SCHEMA)
    totals = report["totals"]
    assert totals["files_seen"] == sum(totals[key] for key in ("released", "left_out", "held", "failed"))


@pytest.mark.parametrize(
    "broken",
    [
        {"totals": {"files_seen": 1}},
        {"format": "another format"},
        {"accession_number": "12345678"},
    ],
)
def test_the_schema_refuses_what_is_no_report(demo: Path, broken: dict[str, object]) -> None:
    report = json.loads((demo / "released" / "report.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report | broken, SCHEMA)


def test_the_page_loads_nothing_and_runs_nothing(demo: Path) -> None:
    page = (demo / "released" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "http:" not in page and "https:" not in page
    assert "data:image/png;base64," in page


def test_verify_holds_for_what_was_released_and_finds_a_flipped_bit(demo: Path) -> None:
    released = demo / "released"
    private = demo / "patients.private"
    answer = headct_deid.verify(
        released, against=demo / "patients", linkage_table=demo / "patients.xlsx", private_dir=private
    )
    assert answer.holds, answer.findings
    file = sorted(released.glob("DEMO*/**/*.dcm"))[3]
    before = file.read_bytes()
    changed = bytearray(before)
    changed[-1] ^= 1
    file.write_bytes(changed)
    try:
        answer = headct_deid.verify(released, private_dir=private)
    finally:
        file.write_bytes(before)
    assert [finding["check"] for finding in answer.findings] == ["manifest"]


def test_list_and_input_go_together(demo: Path) -> None:
    with pytest.raises(ValueError, match="go together"):
        headct_deid.verify(demo / "released", against=demo / "patients")
    with pytest.raises(headct_deid.Refused):
        headct_deid.verify(demo / "patients")


def test_the_report_counts_the_errors_that_dciodvfy_finds_in_results_only(demo: Path, tmp_path: Path) -> None:
    tool("dciodvfy")
    linkage_table, released = one_patient(demo, tmp_path), tmp_path / "released"
    done = command("run", demo / "patients", linkage_table, released, "--dciodvfy", "on", "--private", tmp_path / "p")
    assert done.returncode == 0, done.stderr
    report = json.loads((released / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, SCHEMA)
    headers = [series["header"] for series in report["patients"][0]["series"] if series["released"]]
    assert [header["dciodvfy_new_errors"] for header in headers] == [0] * len(headers)
    assert headers
    assert "dciodvfy" in (released / "report.html").read_text(encoding="utf-8")


def test_pictures_of_the_original_stay_in_the_private_folder(demo: Path, tmp_path: Path) -> None:
    released, private = tmp_path / "released", tmp_path / "p"
    flags = ("--original-pictures", "on", "--private", private)
    done = command("run", demo / "patients", one_patient(demo, tmp_path), released, *flags)
    assert done.returncode == 0, done.stderr
    pictures = sorted(private.glob("pictures/*/*.png"))
    assert {path.stem.split("_")[1] for path in pictures} == {"front", "left", "right", "slices"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [*pictures, *(path.parent for path in pictures)])
    originals = {path.read_bytes() for path in pictures}
    assert originals.isdisjoint(path.read_bytes() for path in released.rglob("*.png"))
    page = (released / "report.html").read_text(encoding="utf-8")
    assert not any(base64.b64encode(picture).decode() in page for picture in originals)


def test_dciodvfy_is_refused_where_it_is_not_installed(demo: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = command("run", demo / "patients", one_patient(demo, tmp_path), tmp_path / "out", "--dciodvfy", "on")
    assert done.returncode == 2
    assert "setting dciodvfy" in done.stderr
    assert not (tmp_path / "out").exists()
