"""The report of a run follows its schema, and `verify` answers through the package as it does on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

headct_deid = pytest.importorskip("headct_deid")
jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated patients and what was released of them."""
    folder = tmp_path_factory.mktemp("report") / "demo"
    from headct_deid import _native

    assert _native.main(["headct-deid", "demo", str(folder)]) in (0, 1)
    return folder


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
