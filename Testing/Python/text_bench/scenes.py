"""Scenes: head volumes with text drawn into them, and clean ones with things that are not text.

Volumes are int16 HU, ``[slice, row, column]``. Everything random comes from the generator that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

FONTS = {
    "DejaVu Sans": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "DejaVu Sans Bold": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "DejaVu Sans Mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "Liberation Sans": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "Liberation Mono": "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "Liberation Serif": "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "FreeSans": "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    "FreeSerif": "/usr/share/fonts/truetype/freefont/FreeSerif.ttf",
    "WenQuanYi Zen Hei": "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
}
LATIN = (
    "MUELLER JOHANN",
    "Schneider, Anna",
    "1956-03-12",
    "ID 20240117",
    "Okafor 48Y F",
    "CT00418823",
    "St. Vincent Hosp",
    "12.03.1956",
    "Dr. Weber",
    "HOPKINS^MARY",
    "PatID: 774512",
    "Garcia Lopez",
    "WEBER",
    "774512",
    "Anna S.",
    "48Y F",
    "03:12",
)
CHINESE = ("王小明 男 45岁", "北京协和医院", "李建国 1956年")
SIZES_PX = (9, 10, 12, 14, 16, 20, 24, 28, 32)
BRIGHT_HU = (40, 100, 150, 250, 400, 700, 1000, 1500, 2000, 3071)
DARK_HU = (-1000, -600, -200, -100)
LEAST_CONTRAST_HU = 60


@dataclass(frozen=True)
class Drawn:
    """One text in a volume."""

    text: str
    font: str
    size_px: int
    value_hu: int
    stratum: str
    slices: tuple[int, ...]
    box: tuple[int, int, int, int]
    """Rows and columns of the line, from ascender to descender and two pixels around: top, bottom, left, right."""
    coverage: np.ndarray
    """Share of each pixel of the box that the glyphs cover, 0 to 1."""
    contrast_hu: float
    """Median over the glyphs' pixels of the distance between the text and what lies below it."""

    def window(self) -> tuple[slice, slice]:
        """The box as an index of a slice."""
        top, bottom, left, right = self.box
        return slice(top, bottom), slice(left, right)


def unc_head(data: Path) -> np.ndarray:
    """The clean UNC series of ``data/patients/2024000117``."""
    import pydicom

    slices = []
    for path in sorted((data / "patients" / "2024000117").rglob("*")):
        if path.is_file():
            header = pydicom.dcmread(path, stop_before_pixels=True)
            if header.get("Modality") == "CT" and "AXIAL" in header.ImageType and header.Rows == 256:
                instance = pydicom.dcmread(path)
                slices.append((float(instance.ImagePositionPatient[2]), instance))
    slices.sort(key=lambda pair: pair[0])
    return np.stack(
        [
            (item.pixel_array.astype(np.int32) * int(item.RescaleSlope) + int(item.RescaleIntercept)).astype(np.int16)
            for _, item in slices
        ]
    )


def doubled(hu: np.ndarray) -> np.ndarray:
    """The volume with its in-plane matrix doubled, by cubic interpolation."""
    planes = [ndimage.zoom(plane.astype(np.float32), 2, order=3) for plane in hu]
    return np.clip(np.rint(np.stack(planes)), -1024, 3071).astype(np.int16)


def coverage_of(text: str, font: str, size_px: int) -> np.ndarray:
    """The text as drawn by Pillow, two empty pixels around its line."""
    face = ImageFont.truetype(FONTS[font], size_px)
    left, _, right, _ = face.getbbox(text)
    ascent, descent = face.getmetrics()
    canvas = Image.new("L", (int(right - left) + 4, ascent + descent + 4))
    ImageDraw.Draw(canvas).text((2 - left, 2), text, fill=255, font=face)
    return np.asarray(canvas, dtype=np.float32) / 255


def regions_of(plane: np.ndarray) -> dict[str, np.ndarray]:
    """Air, tissue and bone around, brain inside the skull: what each stratum is made of."""
    solid = ndimage.binary_opening(plane > -300, iterations=2)
    labels, count = ndimage.label(solid)
    if count:
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        solid = labels == sizes.argmax()
    head = ndimage.binary_fill_holes(solid)
    bone = head & (plane > 300)
    ring = ndimage.binary_closing(bone, iterations=3)
    cavity = ndimage.binary_erosion(ndimage.binary_fill_holes(ring) & ~ring, iterations=2)
    soft = ndimage.uniform_filter(plane.astype(np.float32), 5)
    return {
        "head": head,
        "air": ~ndimage.binary_dilation(head, iterations=4) & (plane < -500),
        "brain": cavity & (soft > -20) & (soft < 100),
        "bone": bone,
        "outside": ~head,
    }


def clean_phantom(rng: np.random.Generator, slices: int, size: int = 256) -> np.ndarray:
    """A head without text: skull, ventricles, calcifications, clips, electrodes, staples and a catheter.

    Metal is drawn four times finer and averaged, as a scanner's finite resolution does, and cut off at 3071 HU.
    """
    fine = size * 2
    y, x = np.mgrid[:fine, :fine] / 2 - size / 2
    volume = np.empty((slices, size, size), np.int16)
    contacts = rng.uniform(-0.2, 0.2, (10, 2)) * size
    clips = [(rng.uniform(-0.2, 0.2, 2) * size, rng.uniform(0, np.pi), rng.uniform(3, 9)) for _ in range(3)]
    row_at, row_step = rng.uniform(-0.15, 0.1, 2) * size, rng.uniform(6, 12)
    for index in range(slices):
        shrink = 1 - 0.2 * abs(index / max(slices - 1, 1) - 0.5)
        radius = np.hypot(x / (0.34 * size * shrink), y / (0.42 * size * shrink))
        plane = np.full((fine, fine), -1000.0)
        plane[radius < 1.0] = 30.0
        plane[(radius < 0.94) & (radius >= 0.85)] = 1100.0
        plane[(radius < 0.91) & (radius >= 0.88)] = 600.0
        plane[radius < 0.85] = 35.0
        plane[np.hypot((np.abs(x) - 12) / 6, (y + 5) / 24) < 1] = 8.0
        for center in contacts[: 4 + index % 6]:
            plane[np.hypot(x - center[0], y - center[1]) < rng.uniform(1, 4)] = rng.choice([180, 400, 900])
        for center, angle, length in clips:
            u = (x - center[0]) * np.cos(angle) + (y - center[1]) * np.sin(angle)
            v = (y - center[1]) * np.cos(angle) - (x - center[0]) * np.sin(angle)
            plane[(np.abs(u) < length) & (np.abs(v) < 1.2)] = 8000.0
        for contact in range(8):
            plane[np.hypot(x - row_at[0] - contact * row_step, y - row_at[1]) < 2] = 9000.0
        ring = np.hypot(x + 0.1 * size, y - 0.2 * size)
        plane[(ring < 3.5) & (ring > 1.8)] = 300.0
        for staple in range(6):
            angle = 0.5 + staple * 0.15
            center = np.array([np.sin(angle) * 0.34, -np.cos(angle) * 0.42]) * size * shrink * 0.97
            plane[(np.abs(x - center[0]) < 3) & (np.abs(y - center[1]) < 0.8)] = 6000.0
        blurred = ndimage.gaussian_filter(plane, 1.6)[::2, ::2]
        noise = ndimage.gaussian_filter(rng.normal(0, 1, (size, size)), 0.6)
        noise *= rng.uniform(4, 10) / noise.std()
        volume[index] = np.clip(np.rint(blurred + noise), -1024, 3071).astype(np.int16)
    return volume
