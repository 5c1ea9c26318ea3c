"""Readers that try to read a drawn text from the pixels: tesseract (Debian) and rapidocr (PyPI)."""

from __future__ import annotations

import shutil
import subprocess
from difflib import SequenceMatcher
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

WINDOWS_HU = ((0, 80), (-160, 240), (-750, 1750), (-1024, 3071))
"""Lowest and highest HU shown: brain, soft tissue, bone, everything."""
SCALE = 4
LIKENESS = 0.6
"""A text counts as read when this share of its characters comes out in order."""


TESSERACT = "tesseract (Debian: tesseract-ocr)"
RAPIDOCR = "rapidocr-onnxruntime (PyPI)"


@cache
def missing() -> tuple[str, ...]:
    """The readers that are not installed. The benchmark wants both; tesseract alone reads what the tests draw."""
    absent = []
    if shutil.which("tesseract") is None:
        absent.append(TESSERACT)
    try:
        import rapidocr_onnxruntime  # noqa: F401
    except ImportError:
        absent.append(RAPIDOCR)
    return tuple(absent)


@cache
def _rapidocr() -> object:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


def _shown(plane: np.ndarray, low: float, high: float) -> Image.Image:
    grey = np.clip((plane.astype(np.float32) - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize((plane.shape[1] * SCALE, plane.shape[0] * SCALE), Image.Resampling.BICUBIC)


def _by_rapidocr(image: Image.Image) -> str:
    lines, _ = _rapidocr()(np.asarray(image.convert("RGB")), use_det=False, use_cls=False, use_rec=True)
    return " ".join(str(line[0]) for line in lines or [])


def _by_tesseract(image: Image.Image) -> str:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    command = ["tesseract", "stdin", "stdout", "--psm", "7", "-l", "eng"]
    done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def likeness(read: str, text: str) -> float:
    """The share of the text's characters that were read, in order, less what was read beside them."""
    read, text = ("".join(part.split()).lower() for part in (read, text))
    return SequenceMatcher(None, read, text, autojunk=False).ratio()


def best_reading(plane: np.ndarray, text: str, value_hu: int, *, enough: float = LIKENESS) -> float:
    """The best likeness of any reader in any window; stops as soon as one reaches ``enough``.

    ``plane`` is the HU of the text's box with some pixels around it. Besides the usual windows one is tried that
    suits the text: from its background to its value.
    """
    ground = float(np.median(plane))
    own = (min(ground, value_hu) - 20, max(ground, value_hu) + 20)
    best = 0.0
    readers = [(_by_tesseract, (own, WINDOWS_HU[1]))]
    if RAPIDOCR not in missing():
        readers.insert(0, (_by_rapidocr, (own, *WINDOWS_HU)))
    for reader, windows in readers:
        for low, high in windows:
            image = _shown(plane, low, high)
            for seen in (image, image.point(lambda grey: 255 - grey)) if reader is _by_tesseract else (image,):
                best = max(best, likeness(reader(seen), text))
                if best >= enough:
                    return best
    return best
