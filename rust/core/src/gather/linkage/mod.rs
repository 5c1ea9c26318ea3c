//! The linkage table: which accession (folder name) gets which new identity.
//!
//! The file's content decides how it is read, not its extension. The first row that is not blank names the
//! columns; every later row is one accession. A row that cannot be used is a problem of that row; what makes
//! the whole list unusable is a refusal, with every problem at once.

mod cell;
mod columns;
mod delimited;
mod folders;
mod new_id;
pub(super) mod rows;
mod sheet;
mod unpacked;
mod workbook;

use std::path::Path;

pub use folders::{Linked, link};
pub use new_id::{new_id_fault, new_patient_id_fault};

use crate::error::{Problem, Refusal};
use crate::identifying::Identifying;

/// One usable row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row number that a spreadsheet program shows; the header is usually row 1.
    pub number: usize,
    /// The accession number: the name of the patient's folder.
    pub accession: Identifying<String>,
    /// The new identity: folder name in OUTPUT.
    pub new_id: String,
    /// The same on every row of one person, where the list has it.
    pub new_patient_id: Option<String>,
}

/// The list as read: usable rows, and what was wrong with the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linkage {
    /// In the order of the list.
    pub rows: Vec<Row>,
    /// Rows that are not processed, by number, each with its reason, in the order of the list.
    pub unusable: Vec<(usize, Problem)>,
    /// What a reader of the list should know, such as which sheet was used.
    pub remarks: Vec<Problem>,
}

/// The largest list that is read: one of a million rows is a third of it.
const LARGEST_BYTES: u64 = 64 << 20;

/// Cells read at most: 100,000 rows of 100 columns.
const MOST_CELLS: usize = 10_000_000;

/// Name of the list in problems.
pub(crate) const PLACE: &str = "linkage table";

/// Reads the list at `path`: xlsx, xls, xlsb, ods, or separated text.
///
/// Refuses a list that cannot be read or has not the two columns, two rows with the same accession number or
/// the same `New_ID`, and identities that cannot be used as a folder name or in a DICOM header.
pub fn read(path: &Path) -> Result<Linkage, Refusal> {
    read_bytes(bytes_of(path)?)
}

/// Reads the list from the bytes of its file; see [`read`].
pub fn read_bytes(bytes: Vec<u8>) -> Result<Linkage, Refusal> {
    let (sheets, remark) = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&workbook::COMPOUND_FILE)
    {
        (workbook::sheets(bytes)?, None)
    } else {
        let (sheet, remark) = delimited::sheet(&bytes)?;
        (vec![sheet], remark)
    };
    let (sheet, table, mut remarks) = columns::find(&sheets)?;
    remarks.extend(remark);
    let mut linkage = rows::read(sheet, table)?;
    linkage.remarks = remarks;
    Ok(linkage)
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Refusal> {
    let found =
        std::fs::metadata(path).map_err(|error| refusal(format!("cannot be read: {}", error.kind())))?;
    if !found.is_file() {
        return Err(refusal("is not a file"));
    }
    match found.len() {
        0 => Err(refusal("is empty")),
        length if length > LARGEST_BYTES => {
            Err(refusal(format!("is larger than {} MB; it is no list", LARGEST_BYTES >> 20)))
        }
        _ => std::fs::read(path).map_err(|error| refusal(format!("cannot be read: {}", error.kind()))),
    }
}

fn too_many_cells() -> Refusal {
    refusal(format!("holds more than {MOST_CELLS} cells; it is no list"))
}

fn refusal(message: impl Into<String>) -> Refusal {
    Refusal::one(PLACE, message)
}

/// A problem of one row of the list.
pub(crate) fn row_problem(number: usize, message: impl Into<String>) -> Problem {
    Problem::new(format!("{PLACE}, row {number}"), message)
}

#[cfg(test)]
mod tests;
