//! Lists as workbooks: xlsx, xls, xlsb and ods, through calamine.

use std::io::{self, Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, Xlsx};
use cfb::{CompoundFile, Version};

use super::cell::Cell;
use super::sheet::Sheet;
use super::{MOST_CELLS, refusal, too_many_cells, unpacked};
use crate::error::Refusal;

/// First bytes of the container of xls, and of encrypted xlsx ([MS-CFB] 2.2).
pub(super) const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// What a workbook may unpack to: a list of a million rows is a third of it.
const LARGEST_UNPACKED: u64 = 256 << 20;

const PASSWORD: &str = "is protected by a password; save a copy without one";

type Bytes = Cursor<Vec<u8>>;

/// Every worksheet of the workbook, in its order.
///
/// Cached values stand for formulas; a cell that a merge covers is blank.
pub(super) fn sheets(bytes: Vec<u8>) -> Result<Vec<Sheet>, Refusal> {
    // The library reads hostile bytes; a panic within is a workbook that cannot be read.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or_else(|_| Err(damaged()))
}

fn read(bytes: Vec<u8>) -> Result<Vec<Sheet>, Refusal> {
    if bytes.starts_with(&COMPOUND_FILE) {
        return compound(&bytes);
    }
    if unpacked::is_beyond(&bytes, LARGEST_UNPACKED) {
        return Err(refusal(format!("unpacks to more than {} MB; it is no list", LARGEST_UNPACKED >> 20)));
    }
    let holds = |name: &str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
    if holds("xl/workbook.bin") {
        xlsb(Xlsb::new(Cursor::new(bytes)).map_err(|_| damaged())?)
    } else if holds("opendocument") || holds("content.xml") {
        ods(Cursor::new(bytes))
    } else if holds("[Content_Types].xml") {
        xlsx(Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?)
    } else {
        Err(refusal("is a zip file but no spreadsheet"))
    }
}

fn compound(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(encrypted.len()).any(|window| window == encrypted) {
        return Err(refusal(PASSWORD));
    }
    let unreadable = || refusal("is an old Office file that holds no readable workbook");
    let alone = workbook_alone(bytes).map_err(|_| unreadable())?;
    let mut book = Xls::new(Cursor::new(alone)).map_err(|error| match error {
        XlsError::Password => refusal(PASSWORD),
        _ => unreadable(),
    })?;
    dense(&mut book)
}

/// The workbook of a compound file in a compound file of its own.
///
/// The sectors of a damaged file may follow each other in a circle, which calamine would follow until memory
/// ends; `cfb` checks them, and calamine reads what `cfb` wrote.
fn workbook_alone(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut given = CompoundFile::open(Cursor::new(bytes))?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| given.is_stream(name));
    let name = name.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let mut workbook = Vec::new();
    given.open_stream(name)?.take(bytes.len() as u64).read_to_end(&mut workbook)?;
    // The version that calamine reads in full.
    let mut alone = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    alone.create_stream(name)?.write_all(&workbook)?;
    alone.flush()?;
    Ok(alone.into_inner().into_inner())
}

fn ods(bytes: Bytes) -> Result<Vec<Sheet>, Refusal> {
    let mut book = Ods::new(bytes).map_err(|error| match error {
        OdsError::Password => refusal(PASSWORD),
        _ => damaged(),
    })?;
    dense(&mut book)
}

/// xls and ods: whole sheets. Their readers bound the number of cells.
fn dense<B: Reader<Bytes>>(book: &mut B) -> Result<Vec<Sheet>, Refusal> {
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets(book) {
        let range = book.worksheet_range(&name).map_err(|_| damaged())?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut sheet = Sheet { hidden, rows: Vec::new() };
        for (row, column, value) in range.used_cells() {
            sheet.push(first_row as usize + row + 1, first_column as usize + column, cell_of(value));
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// xlsx: cell by cell, with its number format.
fn xlsx(mut book: Xlsx<Bytes>) -> Result<Vec<Sheet>, Refusal> {
    let mut sheets = Vec::new();
    let mut cells = 0;
    for (name, hidden) in worksheets(&book) {
        let mut sheet = Sheet { hidden, rows: Vec::new() };
        let mut reader = book.worksheet_cells_reader(&name).map_err(|_| damaged())?;
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| damaged())? {
            let mut value = cell_of(&Data::from(cell.get_value().clone()));
            if let Cell::Number(_, format) = &mut value {
                let style = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
                *format = style.map(|style| style.format_code.clone());
            }
            place(&mut sheet, cell.get_position(), value, &mut cells)?;
        }
        sheet.tidy();
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// xlsb: cell by cell; its number formats are not exposed.
fn xlsb(mut book: Xlsb<Bytes>) -> Result<Vec<Sheet>, Refusal> {
    let mut sheets = Vec::new();
    let mut cells = 0;
    for (name, hidden) in worksheets(&book) {
        let mut sheet = Sheet { hidden, rows: Vec::new() };
        let mut reader = book.worksheet_cells_reader(&name).map_err(|_| damaged())?;
        while let Some(cell) = reader.next_cell().map_err(|_| damaged())? {
            let value: DataRef<'_> = cell.get_value().clone();
            place(&mut sheet, cell.get_position(), cell_of(&Data::from(value)), &mut cells)?;
        }
        sheet.tidy();
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn place(sheet: &mut Sheet, at: (u32, u32), cell: Cell, cells: &mut usize) -> Result<(), Refusal> {
    *cells += 1;
    if *cells > MOST_CELLS {
        return Err(too_many_cells());
    }
    sheet.push(at.0 as usize + 1, at.1 as usize, cell);
    Ok(())
}

fn worksheets<B: Reader<Bytes>>(book: &B) -> Vec<(String, bool)> {
    book.sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect()
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Blank,
        Data::String(text) => Cell::text(text),
        Data::Float(number) => Cell::Number(*number, None),
        Data::Int(number) => Cell::Number(*number as f64, None),
        Data::Bool(_) => Cell::Unusable("true or false"),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => Cell::Unusable("a date or time"),
        Data::Error(_) => Cell::Unusable("an error"),
    }
}

fn damaged() -> Refusal {
    refusal("is a spreadsheet that cannot be read; open it and save it again as xlsx")
}
