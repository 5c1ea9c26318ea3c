"""Writes the linkage tables of Testing/Data/lists, one in each format that Rust tests cannot write themselves.

Run: python3 -m venv v && v/bin/pip install xlwt==1.3.0 openpyxl==3.1.5 msoffcrypto-tool==6.1.0
     v/bin/python Testing/Data/make_lists.py

Every list has the same rows; what each format makes of them is the point.
"""

import datetime
import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

FOLDER = Path(__file__).parent / "lists"
DATE = datetime.date(2024, 1, 17)
# Row 4 is blank; row 5 is 123 shown as 00123; rows 6 to 8 are no identities.
ROWS = [
    ["Accession_number", "New_ID"],
    ["CT24-00418 ", "DEID_0002"],
    [2024000117, "DEID_0001"],
    [],
    [123, "DEID_0003"],
    [DATE, "DEID_0004"],
    [True, "DEID_0005"],
    ["#N/A", "DEID_0006"],
]


def xls() -> None:
    """Excel 97-2003."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("List")
    zeros = xlwt.easyxf(num_format_str="00000")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            if value == "#N/A":
                sheet.row(number).set_cell_error(column, 0x2A)
            elif value == 123:
                sheet.write(number, column, value, zeros)
            elif value == DATE:
                sheet.write(number, column, value, date)
            else:
                sheet.write(number, column, value)
    book.save(FOLDER / "list.xls")


def ods() -> None:
    """OpenDocument, the least a reader needs."""

    def cell(value: object) -> str:
        kinds = {
            str: f'office:value-type="string"><text:p>{value}</text:p>',
            int: f'office:value-type="float" office:value="{value}"><text:p>{value}</text:p>',
            bool: f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"><text:p>{value}</text:p>',
            datetime.date: f'office:value-type="date" office:date-value="{value}"><text:p>{value}</text:p>',
        }
        return f"<table:table-cell {kinds[type(value)]}</table:table-cell>"

    rows = "".join(
        "<table:table-row>" + ("".join(map(cell, row)) or "<table:table-cell/>") + "</table:table-row>"
        for row in ROWS[:-1]
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="List">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    zipped("list.ods", {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def xlsb() -> None:
    """Excel binary: the records of [MS-XLSB] that hold cells."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        length, size = len(body), b""
        while length >= 0x80:
            size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
        return head + size + bytes([length]) + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(column: int, value: object) -> bytes:
        style = 1 if value == DATE else 0
        at = struct.pack("<II", column, style)
        if value == "#N/A":
            return record(0x03, at + b"\x2a")  # BrtCellError
        if isinstance(value, bool):
            return record(0x04, at + bytes([value]))  # BrtCellBool
        if isinstance(value, datetime.date):
            return record(0x05, at + struct.pack("<d", (value - datetime.date(1899, 12, 30)).days))
        if isinstance(value, int):
            return record(0x05, at + struct.pack("<d", value))  # BrtCellReal
        return record(0x06, at + text(str(value)))  # BrtCellSt

    sheet = record(0x81) + record(0x94, struct.pack("<4I", 0, len(ROWS) - 1, 0, 1)) + record(0x91)
    for number, row in enumerate(ROWS):
        if row:
            sheet += record(0x00, struct.pack("<I", number) + bytes(13))
            sheet += b"".join(cell(column, value) for column, value in enumerate(row))
    sheet += record(0x92) + record(0x82)
    xf = [struct.pack("<HHHHHHHH", 0, number_format, 0, 0, 0, 0, 0, 0) for number_format in (0, 14)]
    styles = record(0x116) + record(0x269, struct.pack("<I", 2)) + b"".join(record(0x2F, x) for x in xf) + record(0x26A)
    book = (
        record(0x83)
        + record(0x8F)
        + record(0x9C, struct.pack("<II", 0, 1) + text("rId1") + text("List"))
        + record(0x90)
        + record(0x9D, bytes(26))
        + record(0x84)
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    zipped(
        "list.xlsb",
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
            "xl/_rels/workbook.bin.rels": relations,
            "xl/workbook.bin": book,
            "xl/styles.bin": styles,
            "xl/worksheets/sheet1.bin": sheet,
        },
    )


def password() -> None:
    """xlsx encrypted with the password `secret`."""
    book = openpyxl.Workbook()
    for row in ROWS[:3]:
        book.active.append(row)
    plain = io.BytesIO()
    book.save(plain)
    with (FOLDER / "password.xlsx").open("wb") as encrypted:
        OOXMLFile(plain).encrypt("secret", encrypted)


def zipped(name: str, parts: dict[str, str | bytes]) -> None:
    """A zip file with fixed dates, so that it is the same each time."""
    with zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            entry = zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_STORED if path == "mimetype" else zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    xls()
    ods()
    xlsb()
    password()
