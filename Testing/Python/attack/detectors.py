"""Face detectors on surface pictures: OpenCV's cascades and, where installed, mediapipe 0.10.9."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from .render import Picture

CASCADES = (
    "haarcascade_frontalface_default.xml",
    "haarcascade_frontalface_alt.xml",
    "haarcascade_frontalface_alt2.xml",
    "haarcascade_profileface.xml",
)
SIZE = 320  # pixels of the longer side, with a margin around
LEAST_SHARE = 0.25  # of the picture's side: smaller finds are no face of this head


def detections(pictures: Iterable[Picture]) -> dict[str, int]:
    """In how many pictures each detector sees a face."""
    framed = [_frame(p) for p in pictures]
    found = {
        name.removeprefix("haarcascade_").removesuffix(".xml"): sum(_cascade(name, p) for p in framed)
        for name in CASCADES
    }
    mediapipe = _mediapipe(framed)
    return found if mediapipe is None else {**found, "mediapipe": mediapipe}


def _frame(picture: Picture) -> Picture:
    scale = SIZE / max(picture.shape)
    small = cv2.resize(
        picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return np.asarray(cv2.copyMakeBorder(small, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)


def _cascade(name: str, picture: Picture) -> bool:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
    side = int(min(picture.shape) * LEAST_SHARE)
    return len(cascade.detectMultiScale(picture, 1.05, 3, minSize=(side, side))) > 0


def _mediapipe(pictures: list[Picture]) -> int | None:
    try:
        import mediapipe
    except ImportError:
        return None
    with mediapipe.solutions.face_detection.FaceDetection(model_selection=0, min_detection_confidence=0.5) as detector:
        return sum(detector.process(cv2.cvtColor(p, cv2.COLOR_GRAY2RGB)).detections is not None for p in pictures)
