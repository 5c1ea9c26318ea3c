//! Turns the rows below the header into accession and new identity, and checks them against each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use unicode_normalization::UnicodeNormalization;

use super::cell::Cell;
use super::columns::Table;
use super::new_id::{new_id_fault, new_patient_id_fault};
use super::sheet::{Sheet, SheetRow};
use super::{Linkage, Row, row_problem};
use crate::error::{Problem, Refusal};
use crate::identifying::Identifying;

/// Reads every row below the header. Refuses identities that cannot be used, and duplicates.
pub(super) fn read(sheet: &Sheet, table: Table) -> Result<Linkage, Refusal> {
    let mut linkage = Linkage::default();
    let mut refused = Vec::new();
    for row in sheet.rows.iter().skip(table.header + 1) {
        match usable(row, table) {
            Ok(Some(row)) => {
                refused.extend(faults(&row));
                linkage.rows.push(row);
            }
            Ok(None) => {}
            Err(problem) => linkage.unusable.push((row.number, problem)),
        }
    }
    refused.extend(duplicates(&linkage.rows, "Accession_number", |row| row.accession.reveal().clone()));
    refused.extend(duplicates(&linkage.rows, "New_ID", |row| folded(&row.new_id)));
    refused.sort_by_key(|(number, _)| *number);
    Refusal::unless_empty(refused.into_iter().map(|(_, problem)| problem).collect())?;
    Ok(linkage)
}

/// A name as file systems compare it that are blind to case and to how an accent is written.
pub(in crate::gather) fn folded(name: &str) -> String {
    name.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// `None` for a row without any of the columns' values.
fn usable(row: &SheetRow, table: Table) -> Result<Option<Row>, Problem> {
    let value = |column: usize, title: &str| {
        row.cell(column).identity().map_err(|found| {
            row_problem(row.number, format!("{title} is {found}; expected text; the row is not processed"))
        })
    };
    let new_patient_id = table.new_patient_id.map_or(&Cell::Blank, |column| row.cell(column));
    if row.is_blank()
        || [row.cell(table.accession), row.cell(table.new_id), new_patient_id]
            .iter()
            .all(|cell| matches!(cell, Cell::Blank))
    {
        return Ok(None);
    }
    let accession = value(table.accession, "Accession_number")?;
    let new_id = value(table.new_id, "New_ID")?;
    let new_patient_id = match table.new_patient_id {
        Some(column) => value(column, "New_Patient_ID")?,
        None => None,
    };
    let missing = |title: &str| {
        row_problem(
            row.number,
            format!(
                "{title} is missing; the row is not processed (of merged cells only the first holds the value)"
            ),
        )
    };
    Ok(Some(Row {
        number: row.number,
        accession: Identifying::new(accession.ok_or_else(|| missing("Accession_number"))?),
        new_id: new_id.ok_or_else(|| missing("New_ID"))?,
        new_patient_id,
    }))
}

fn faults(row: &Row) -> impl Iterator<Item = (usize, Problem)> {
    let number = row.number;
    let new_id = new_id_fault(&row.new_id)
        .map(|fault| format!("New_ID `{}` cannot be a folder name: {fault}", row.new_id.escape_debug()));
    let new_patient_id = row
        .new_patient_id
        .as_deref()
        .and_then(new_patient_id_fault)
        .map(|fault| format!("New_Patient_ID cannot be a Patient ID: {fault}"));
    new_id.into_iter().chain(new_patient_id).map(move |message| (number, row_problem(number, message)))
}

fn duplicates(rows: &[Row], title: &str, of: impl Fn(&Row) -> String) -> Vec<(usize, Problem)> {
    let mut first_rows = BTreeMap::new();
    let mut found = Vec::new();
    for row in rows {
        match first_rows.entry(of(row)) {
            Entry::Vacant(place) => {
                place.insert(row.number);
            }
            Entry::Occupied(first) => found.push((
                row.number,
                row_problem(row.number, format!("{title} is the same as in row {}", first.get())),
            )),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::columns;
    use super::*;

    fn list(lines: &[[&str; 3]]) -> Result<Linkage, Refusal> {
        let mut sheet = Sheet::default();
        for (index, line) in
            [["Accession_number", "New_ID", "New_Patient_ID"]].iter().chain(lines).enumerate()
        {
            for (column, cell) in line.iter().enumerate() {
                sheet.push(index + 1, column, Cell::text(cell));
            }
        }
        let sheets = [sheet];
        let (sheet, table, _) = columns::find(&sheets).unwrap();
        read(sheet, table)
    }

    #[test]
    fn rows_carry_the_number_that_the_spreadsheet_shows() {
        let linkage = list(&[["A1", "D1", ""], ["", "", ""], ["A2", "D2", "P"]]).unwrap();
        let rows: Vec<_> = linkage
            .rows
            .iter()
            .map(|row| (row.number, row.new_id.as_str(), row.new_patient_id.as_deref()))
            .collect();
        assert_eq!(rows, [(2, "D1", None), (4, "D2", Some("P"))]);
        assert_eq!(linkage.unusable, []);
    }

    #[test]
    fn a_row_without_new_id_or_accession_is_reported_and_not_processed() {
        let linkage = list(&[["A1", "", ""], ["", "D2", ""], ["A3", "D3", ""]]).unwrap();
        assert_eq!(linkage.rows.len(), 1);
        let places: Vec<_> = linkage.unusable.iter().map(|(_, problem)| problem.place.as_str()).collect();
        assert_eq!(places, ["linkage table, row 2", "linkage table, row 3"]);
        assert!(linkage.unusable[0].1.message.starts_with("New_ID is missing"));
    }

    #[test]
    fn every_duplicate_and_every_bad_identity_is_named_at_once() {
        let refusal = list(&[
            ["A1", "D1", ""],
            ["A1", "d1", ""],
            ["A3", "../x", ""],
            ["A4", "D4", "a\\b"],
            ["a1", "D5", ""],
        ])
        .unwrap_err();
        let lines: Vec<_> = refusal.problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "linkage table, row 3: Accession_number is the same as in row 2",
                "linkage table, row 3: New_ID is the same as in row 2",
                "linkage table, row 4: New_ID `../x` cannot be a folder name: \
                 none of / \\ : * ? \" < > | may be in a folder name",
                "linkage table, row 5: New_Patient_ID cannot be a Patient ID: \
                 a backslash separates values in DICOM and folders on Windows",
            ]
        );
    }

    #[test]
    fn scans_of_one_person_share_a_patient_id() {
        let linkage = list(&[["A1", "D1", "P1"], ["A2", "D2", "P1"]]).unwrap();
        assert_eq!(linkage.rows.len(), 2);
    }
}
