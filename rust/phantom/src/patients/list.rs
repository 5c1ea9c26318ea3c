//! The Excel list that names the patients.

use std::io;
use std::path::Path;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::put::put;

/// One row: accession number (the folder's name), `New_ID`, `New_Patient_ID`.
pub(crate) type Row = [String; 3];

/// Writes the list; all cells are text, so leading zeros stay.
pub(crate) fn write(path: &Path, rows: &[Row]) -> io::Result<()> {
    put(path, &workbook(rows).map_err(io::Error::other)?)
}

fn workbook(rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0_u16..).zip(["Accession_number", "New_ID", "New_Patient_ID"]) {
        sheet.write_string(0, column, title)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string(line, column, cell)?;
        }
    }
    workbook.save_to_buffer()
}
