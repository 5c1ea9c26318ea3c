"""Reads the pixels of a released folder with an optical character reader, as a second opinion on text.

Needs ``rapidocr-onnxruntime`` and ``pydicom``. What is read is never printed: a finding names file and count.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _api, _native

#: HU windows in which text is looked for: bright letters, and letters over the brain.
WINDOWS_HU = ((-200.0, 1800.0), (-20.0, 100.0))
#: Fewer letters and digits than this are noise of the reader.
LETTERS = 3
#: The reader's own confidence, 0 to 1.
SURE = 0.7


def verify(arguments: Sequence[str]) -> int:
    """Run ``headct-deid verify`` without ``--ocr``, then read every slice; return the worse exit status."""
    try:
        reader = _reader()
    except ImportError as missing:
        print(f"--ocr: {missing.name} is not installed; nothing was checked", file=sys.stderr)
        return 2
    rest = [argument for argument in arguments if argument != "--ocr"]
    known = argparse.ArgumentParser(add_help=False)
    known.add_argument("output", type=Path)
    for option in ("--against", "--list", "--private"):
        known.add_argument(option, type=Path)
    known.add_argument("--json", action="store_true")
    if "--json" not in rest:
        status = _native.main(["headct-deid", *rest])
        if status == 2:
            return status
        given, _ = known.parse_known_args(rest[1:])
        count, findings = _findings(reader, given.output)
        print(f"optical character reader: {len(findings) or 'no'} findings in {count} files")
        for finding in findings:
            print(f"  {finding['file']}: {finding['message']} ({finding['check']})")
        return max(status, int(bool(findings)))
    given = known.parse_args(rest[1:])
    try:
        answer = _api.verify(
            given.output, against=given.against, linkage_table=given.list, private_dir=given.private
        )
    except (_native.Refused, ValueError) as refused:
        print(refused, file=sys.stderr)
        return 2
    count, findings = _findings(reader, given.output)
    answer.checks.append({"name": "ocr", "findings": len(findings)})
    answer.findings.extend(findings)
    print(json.dumps(answer.as_dict(), indent=2))
    return int(not answer.holds)


def _reader() -> Any:
    """Return the character reader.

    Raises:
        ImportError: it or pydicom is not installed.
    """
    import pydicom  # noqa: F401
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


def _findings(reader: Any, output: Path) -> tuple[int, list[dict[str, str]]]:
    """Read every slice of a released folder; return how many there are, and those with text."""
    from pydicom import dcmread

    paths = sorted(output.glob("[!.]*/**/*.dcm"))
    findings = []
    for path in paths:
        lines = max(_lines(reader, picture) for picture in _pictures(dcmread(path)))
        if lines:
            place = path.relative_to(output).as_posix()
            message = f"{lines} lines of text are read in the pixels"
            findings.append({"file": place, "tag_path": "(7FE0,0010)", "check": "ocr", "message": message})
    return len(paths), findings


def _pictures(dataset: Any) -> Iterator[NDArray[np.uint8]]:
    hu = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    for low, high in WINDOWS_HU:
        gray = np.clip((hu - low) / (high - low) * 255, 0, 255).astype(np.uint8)
        yield np.repeat(gray[:, :, None], 3, axis=2)


def _lines(reader: Any, picture: NDArray[np.uint8]) -> int:
    result, _ = reader(picture)
    return sum(
        float(sure) >= SURE and sum(letter.isalnum() for letter in text) >= LETTERS for _, text, sure in result or []
    )
