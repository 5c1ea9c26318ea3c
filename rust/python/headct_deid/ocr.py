"""Reads the pixels of a released folder with an optical character reader, as a second opinion on text.

Needs ``rapidocr-onnxruntime`` and ``pydicom``. What is read is never printed: a finding names file and count.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _native

#: HU windows in which text is looked for: bright letters, and letters over the brain.
WINDOWS_HU = ((-200.0, 1800.0), (-20.0, 100.0))
#: Fewer letters and digits than this are noise of the reader.
LETTERS = 3
#: The reader's own confidence, 0 to 1.
SURE = 0.7


def verify(arguments: Sequence[str]) -> int:
    """Run ``headct-deid verify`` without ``--ocr``, then read every slice; return the worse exit status."""
    rest = [argument for argument in arguments if argument != "--ocr"]
    try:
        from pydicom import dcmread
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as missing:
        print(f"--ocr: {missing.name} is not installed; nothing was checked", file=sys.stderr)
        return 2
    status = _native.main(["headct-deid", *rest])
    if status == 2:
        return status
    reader = RapidOCR()
    findings = []
    count = 0
    output = Path(next(argument for argument in rest[1:] if Path(argument).is_dir()))
    for path in sorted(output.glob("[!.]*/**/*.dcm")):
        count += 1
        lines = max(_lines(reader, picture) for picture in _pictures(dcmread(path)))
        if lines:
            findings.append({"file": path.relative_to(output).as_posix(), "check": "ocr", "lines": lines})
    if "--json" in rest:
        print(json.dumps({"files": count, "findings": findings}, indent=2))
    else:
        print(f"optical character reader: {len(findings) or 'no'} findings in {count} files")
        for finding in findings:
            print(f"  {finding['file']}: {finding['lines']} lines of text are read in the pixels (ocr)")
    return max(status, int(bool(findings)))


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
