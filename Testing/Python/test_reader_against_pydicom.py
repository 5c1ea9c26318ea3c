"""The reader and pydicom agree: same elements, same text, same pixel values.

Files are those that come with pydicom and, where present, `../shared/data`. What the reader refuses is listed
below with the reason; anything else that pydicom opens must be read, and alike.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pydicom = pytest.importorskip("pydicom")

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
VOID = -32768

#: Files that pydicom opens and the reader refuses: what the refusal says, and why it is right.
REFUSED = {
    "MR_truncated.dcm": ("Pixel Data at byte", "the last 62 bytes of the pixels are missing"),
    "rtplan_truncated.dcm": ("(300A,00B0)", "cut within a sequence; pydicom drops the rest with a warning"),
    "no_meta.dcm": ("not a DICOM file", "its first byte is wrong; pydicom finds one meaningless element"),
    "DICOMDIR-nooffset": (
        "(0004,1220)",
        "an item is longer than the file; pydicom takes what is left for the whole",
    ),
}

#: Pixels that are refused although the file is monochrome and has one frame.
PIXELS_REFUSED = {
    "CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm": "JPEG Extended with 12 bits",
    "JPEG-lossy.dcm": "JPEG Extended with 12 bits",
    "JPGExtended.dcm": "JPEG Extended with 12 bits",
    "JPEG2000-embedded-sequence-delimiter.dcm": "tiles",  # the code stream is damaged on purpose
    "badVR.dcm": "(0028,0008) is not a whole number",  # Number of Frames is `1A`
    "liver_1frame.dcm": "1 bits allocated",  # a segmentation
    "liver_expb_1frame.dcm": "1 bits allocated",
    "rtdose_1frame.dcm": "32 unsigned bits",  # a dose grid
    "rtdose_expb_1frame.dcm": "32 unsigned bits",
    "rtdose_rle_1frame.dcm": "32 unsigned bits",
    "meta_missing_tsyntax.dcm": "no Rows",  # Pixel Data without a description
    "nested_priv_SQ.dcm": "no Rows",
    "priv_SQ.dcm": "no Rows",
}

#: What pydicom raises for pixels that it does not describe, does not support or finds damaged.
CANNOT_DECODE = (AttributeError, NotImplementedError, RuntimeError, ValueError)

#: Lossy streams: two decoders may round differently, by at most this many stored units.
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"}

#: Bytes of one number of a bulk value, which the reader turns to little endian.
BULK_UNITS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
BULK = {"OB", "UN", *BULK_UNITS}
CHARSET_TEXT = {"SH", "LO", "ST", "LT", "UC", "UT", "PN"}
PLAIN_TEXT = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
ONE_VALUE = {"ST", "LT", "UT", "UR"}


def bundled_files() -> list[Path]:
    """Files of pydicom's wheel; none is downloaded."""
    root = Path(pydicom.data.DATA_ROOT)
    folders = [root / "test_files", root / "charset_files"]
    return [path for folder in folders for path in sorted(folder.rglob("*"))]


def shared_files() -> list[Path]:
    return [*sorted((SHARED / "assorted").glob("*")), *sorted((SHARED / "patients").rglob("*"))]


def is_candidate(path: Path) -> bool:
    return (
        path.is_file() and path.name != "README" and path.suffix not in {".txt", ".json", ".gz", ".icc", ".dump", ".py"}
    )


FILES = [path for path in [*bundled_files(), *shared_files()] if is_candidate(path)]


def name_of(path: Path) -> str:
    return str(path.relative_to(SHARED) if path.is_relative_to(SHARED) else path.name)


@pytest.fixture(scope="session")
def dumps() -> dict[str, dict[str, Any]]:
    """What the reader makes of every file."""
    if shutil.which("cargo") is None:
        pytest.skip("SKIPPED LOUDLY: no cargo, so the reader was not compared with pydicom")
    command = [
        "cargo",
        "run",
        "-q",
        "-p",
        "headct-deid-core",
        "--example",
        "dump_header",
        "--",
        *map(str, FILES),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8")
    return {dump["path"]: dump for dump in map(json.loads, done.stdout.splitlines())}


def read(path: Path) -> pydicom.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(path, force=True)


def bulk_hash(raw: bytes, vr: str, little: bool) -> str:
    unit = 1 if little else BULK_UNITS.get(vr, 1)
    if unit > 1:
        raw = np.frombuffer(raw, f"V{unit}").view("u1").reshape(-1, unit)[:, ::-1].tobytes()
    return hashlib.sha256(raw).hexdigest()


def listed(dataset: pydicom.Dataset, place: str = "") -> Iterator[tuple[str, str, Any, bytes | None]]:
    """Place, value representation, value and raw bytes of each element; at the top without groups 0, 2, 7FE0."""
    for tag in sorted(dataset.keys()):
        if not place and tag.group in {0x0000, 0x0002, 0x7FE0}:
            continue
        raw = dataset.get_item(tag)
        raw_bytes = raw.value if isinstance(raw, pydicom.dataelem.RawDataElement) else None
        here = f"{place}{tag.group:04x}{tag.element:04x}"
        try:
            element = dataset[tag]
        except Exception as error:
            yield here, "", error, raw_bytes
            continue
        yield here, element.VR, element.value, raw_bytes
        if element.VR == "SQ":
            for index, item in enumerate(element.value):
                yield from listed(item, f"{here}[{index}].")


def text_of(vr: str, value: Any, raw: bytes | None) -> list[str]:
    """The values of a text element, without the padding behind each."""
    if vr in PLAIN_TEXT and raw is not None:
        text = raw.decode("iso8859")
        values = [text] if vr in ONE_VALUE else text.split("\\")
    elif (
        isinstance(value, str)
        or not hasattr(value, "__iter__")
        or (vr == "PN" and not isinstance(value, (list, tuple)))
    ):
        values = [str(value)] if not isinstance(value, pydicom.multival.MultiValue) else [str(one) for one in value]
    else:
        values = [str(one) for one in value]
    # pydicom drops empty components at the end of a name.
    return [value.rstrip(" \0=" if vr == "PN" else " \0") for value in values]


def same_numbers(ours: list[float | None], theirs: Any, single: bool) -> bool:
    theirs = list(theirs) if hasattr(theirs, "__iter__") else [theirs]
    if len(ours) != len(theirs):
        return False
    number = np.float32 if single else float
    return all(math.isnan(b) if a is None else number(a) == number(b) for a, b in zip(ours, theirs))


def difference(place: str, ours: tuple[str, Any], vr: str, value: Any, raw: bytes | None, little: bool) -> str | None:
    """What differs between our element and pydicom's; `None` if nothing does."""
    our_vr, our_value = ours
    if isinstance(value, Exception) or (our_vr == "UN" and vr != "UN") or (our_vr in BULK and our_vr != vr):
        # pydicom failed, or knows a private attribute: the bytes must be there.
        if raw is not None and our_value is not None and our_vr in BULK:
            return None if our_value == bulk_hash(raw, our_vr, little) else "bytes differ"
        return None if not raw and our_value is None else f"{our_vr} {our_value!r}, pydicom {vr} {value!r}"
    if vr == "UN" and our_vr == "UL" and place.endswith("0000"):
        # The length of a private group.
        return (
            None if raw is not None and our_value == [int.from_bytes(raw, "little" if little else "big")] else "length"
        )
    if our_vr != vr:
        return f"{our_vr} instead of {vr}"
    if vr == "SQ":
        return None if our_value == len(value) else f"{our_value} items instead of {len(value)}"
    if our_value is None:
        padding = raw is not None and not raw.strip(b" \0")
        return None if value in (None, "", b"", []) or padding else f"empty instead of {value!r}"
    if vr in BULK:
        if our_value == "fragments":
            return None
        expected = bulk_hash(raw if raw is not None else value, vr, little)
        return None if our_value == expected else "bytes differ"
    if vr in CHARSET_TEXT | PLAIN_TEXT:
        our_text = our_value if isinstance(our_value, list) else [our_value]
        our_text = [one.rstrip("=") for one in our_text] if vr == "PN" else our_text
        their_text = text_of(vr, value, raw)
        return None if our_text == their_text else f"{our_text} instead of {their_text}"
    if vr == "AT":
        value = [value] if isinstance(value, int) else value
        return None if our_value == [int(tag) for tag in value] else "tags differ"
    return None if same_numbers(our_value, value, vr == "FL") else f"{our_value} instead of {value}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_same_elements(path: Path, dumps: dict[str, dict[str, Any]]) -> None:
    dump = dumps[str(path)]
    if path.name in REFUSED:
        assert REFUSED[path.name][0] in dump["refused"]
        return
    assert "refused" not in dump
    assert dump["header"], "reading the header alone gives other elements"
    dataset = read(path)
    ours = {place: (vr, value) for place, vr, value in dump["elements"]}
    little = not str(dataset.file_meta.get("TransferSyntaxUID", "")).endswith("1.2.2") and dump["syntax"] != (
        "1.2.840.10008.1.2.2"
    )
    seen = set()
    differences = []
    hidden: tuple[str, ...] = ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, vr, value, raw in listed(dataset):
            if hidden and place.startswith(hidden):
                continue
            seen.add(place)
            if place not in ours:
                differences.append(f"{place} {vr} is missing")
                continue
            if ours[place][0] == "UN" and vr == "SQ":
                hidden = (*hidden, f"{place}[")
            found = difference(place, ours[place], vr, value, raw, little)
            if found:
                differences.append(f"{place}: {found}")
    differences.extend(f"{place} is not in pydicom's" for place in ours if place not in seen)
    assert not differences


def decoded(path: Path, dataset: pydicom.Dataset) -> Any:
    """The pixels as pydicom decodes them, else as SimpleITK (GDCM) does, else `None`."""
    try:
        return dataset.pixel_array
    except CANNOT_DECODE:
        pass
    try:
        import SimpleITK

        hu = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))[0].astype(float)
    except (ImportError, RuntimeError):
        return None
    slope, intercept = (
        float(dataset.get("RescaleSlope", 1) or 1),
        float(dataset.get("RescaleIntercept", 0) or 0),
    )
    return np.rint((hu - intercept) / slope).astype(np.int64)


def stored_values(path: Path, dataset: pydicom.Dataset) -> Any:
    """The stored values by another decoder, with unused bits masked and the sign extended."""
    pixels = decoded(path, dataset)
    if pixels is None:
        return None
    unused = 64 - int(dataset.BitsStored)
    shifted = pixels.astype(np.int64) >> max(0, int(dataset.HighBit) + 1 - int(dataset.BitsStored))
    if dataset.PixelRepresentation == 1:
        return ((shifted << unused) >> unused).astype("<i4")
    return ((shifted.astype(np.uint64) << np.uint64(unused)) >> np.uint64(unused)).astype("<i4")


def hu_values(stored: Any, dataset: pydicom.Dataset, padding: list[int] | None) -> Any:
    """HU by the definition, in 64 bits."""
    hu = stored.astype(float) * float(dataset.get("RescaleSlope", 1) or 1) + float(
        dataset.get("RescaleIntercept", 0) or 0
    )
    hu = np.clip(np.trunc(hu + np.copysign(0.5, hu)), -32767, 32767).astype("<i2")
    if padding is not None:
        hu[(stored >= padding[0]) & (stored <= padding[1])] = VOID
    return hu


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_same_pixels(path: Path, dumps: dict[str, dict[str, Any]]) -> None:
    pixels = dumps[str(path)].get("pixels")
    if pixels is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = read(path)
        if "refused" in pixels:
            several = (
                int(str(dataset.get("NumberOfFrames", 1) or 1), 36) > 1 and "frames in one file" in pixels["refused"]
            )
            color = (
                "MONOCHROME" not in dataset.get("PhotometricInterpretation", "") and "monochrome" in pixels["refused"]
            )
            assert several or color or PIXELS_REFUSED[path.name] in pixels["refused"]
            return
        assert path.name not in PIXELS_REFUSED
        stored = stored_values(path, dataset)
    if stored is None:
        pytest.skip(f"no other decoder for {dumps[str(path)]['syntax']} here")
    if dumps[str(path)]["syntax"] in LOSSY:
        assert (pixels["rows"], pixels["columns"]) == stored.shape
        return
    assert pixels["stored"] == hashlib.sha256(stored.tobytes()).hexdigest()
    assert pixels["hu"] == hashlib.sha256(hu_values(stored, dataset, pixels["padding"]).tobytes()).hexdigest()


def test_one_slice_is_the_same_in_every_lossless_syntax(dumps: dict[str, dict[str, Any]]) -> None:
    lossless = {
        "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2": "implicit",
        "BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2": "big endian",
        "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99": "deflated",
        "RLELosslessTransferSyntax_1.2.840.10008.1.2.5": "RLE",
        "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57": "JPEG Lossless",
        "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
        "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80": "JPEG-LS",
        "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90": "JPEG 2000",
    }
    native = SHARED / "assorted" / "CTImage.dcm"
    if not native.is_file():
        pytest.skip(f"SKIPPED LOUDLY: no {native}")
    expected = dumps[str(native)]["pixels"]["stored"]
    for suffix, name in lossless.items():
        assert dumps[f"{native}_{suffix}.dcm"]["pixels"]["stored"] == expected, name


def test_shared_data_is_present() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"SKIPPED LOUDLY: {SHARED} is not there; only pydicom's own files were compared")
    assert len(shared_files()) > 100
