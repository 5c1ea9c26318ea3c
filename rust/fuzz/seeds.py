"""Fills the corpora of the fuzz targets: ``seeds.py FOLDER_OF_DICOM_FILES FOLDER_OF_LISTS``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pydicom
from pydicom.encaps import generate_frames

CORPUS = Path(__file__).parent / "corpus"
CODECS = {
    "1.2.840.10008.1.2.5": "codec_rle",
    "1.2.840.10008.1.2.4.50": "codec_jpeg",
    "1.2.840.10008.1.2.4.51": "codec_jpeg",
    "1.2.840.10008.1.2.4.57": "codec_jpeg_lossless",
    "1.2.840.10008.1.2.4.70": "codec_jpeg_lossless",
    "1.2.840.10008.1.2.4.80": "codec_jpeg_ls",
    "1.2.840.10008.1.2.4.81": "codec_jpeg_ls",
    "1.2.840.10008.1.2.4.90": "codec_jpeg_2000",
    "1.2.840.10008.1.2.4.91": "codec_jpeg_2000",
}


def seed(target: str, name: str, data: bytes) -> None:
    """Put one file into a target's corpus."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def stream(path: Path) -> None:
    """Seed the codec's target with the file's first frame behind the bytes that choose its form."""
    header = pydicom.dcmread(path, force=True)
    target = CODECS.get(str(header.file_meta.get("TransferSyntaxUID", "")))
    if target is None or max(header.Rows, header.Columns) > 512 or (header.Rows | header.Columns) % 2:
        return
    form = (header.BitsAllocated == 8) | (header.BitsAllocated - header.BitsStored) << 1
    form |= header.PixelRepresentation << 4
    frame = next(generate_frames(header.PixelData, number_of_frames=1))
    seed(target, path.name, bytes([header.Rows // 2 - 1, header.Columns // 2 - 1, form]) + frame)


def main(files: Path, lists: Path) -> None:
    """Fill all corpora."""
    for path in sorted(files.iterdir()):
        if path.is_file() and path.stat().st_size < 1 << 20:
            for target in ("reader", "instance"):
                seed(target, path.name, path.read_bytes())
            stream(path)
    for path in sorted(lists.iterdir()):
        seed("list", path.name, path.read_bytes())
    seed("list", "list.csv", b"Accession_number,New_ID\nA1,D1\n")
    seed("settings", "settings.toml", b'kernel = "20px"\nface = "bone"\nfill = -1000\n')
    for target in sorted(CORPUS.iterdir()):
        print(f"{target.name}: {len(list(target.iterdir()))} seeds")


if __name__ == "__main__":
    shutil.rmtree(CORPUS, ignore_errors=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
