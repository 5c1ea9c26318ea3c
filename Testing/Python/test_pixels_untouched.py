"""Where neither defacing nor text removal is asked for, no pixel changes and no file declares that one was cleaned."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pydicom

from conftest import command, one_patient


def test_with_everything_off_no_pixel_changes(demo: Path, tmp_path: Path) -> None:
    released, private = tmp_path / "released", tmp_path / "p"
    flags = ("--face", "off", "--text", "off", "--private", private)
    done = command("run", demo / "patients", one_patient(demo, tmp_path), released, *flags)
    assert done.returncode == 0, done.stderr
    with (private / "audit.csv").open(encoding="utf-8", newline="") as lines:
        audit = [line for line in csv.DictReader(lines) if line["outcome"] == "released"]
    assert audit
    for line in audit[::8]:
        original = pydicom.dcmread(demo / "patients" / line["accession_number"] / line["input_path"])
        result = pydicom.dcmread(released / line["output_path"])
        assert np.array_equal(original.pixel_array, result.pixel_array)
        codes = {item.CodeValue for item in result.DeidentificationMethodCodeSequence}
        assert codes.isdisjoint({"113101", "113102"})
        assert result.get("BurnedInAnnotation") != "NO"
