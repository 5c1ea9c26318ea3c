//! Finds the sheet and the columns by the names in the header row.

use super::cell::Cell;
use super::sheet::{Sheet, SheetRow};
use super::{PLACE, refusal};
use crate::error::{Problem, Refusal};

/// Where the table is within its sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    /// Index into the sheet's rows of the header.
    pub(super) header: usize,
    /// Column of the accession number, from 0.
    pub(super) accession: usize,
    /// Column of `New_ID`, from 0.
    pub(super) new_id: usize,
    /// Column of `New_Patient_ID`, from 0.
    pub(super) new_patient_id: Option<usize>,
}

const ACCESSION: Wanted =
    Wanted { title: "Accession_number", names: &["accessionnumber", "originalfoldername"] };
const NEW_ID: Wanted = Wanted { title: "New_ID", names: &["newid", "newfoldername"] };
const NEW_PATIENT_ID: Wanted = Wanted { title: "New_Patient_ID", names: &["newpatientid"] };

struct Wanted {
    title: &'static str,
    /// As [`plain`] leaves them.
    names: &'static [&'static str],
}

/// The one sheet that has the columns. Hidden sheets serve only when no visible one does; two that serve
/// equally are ambiguous.
pub(super) fn find(sheets: &[Sheet]) -> Result<(&Sheet, Table, Vec<Problem>), Refusal> {
    let found: Vec<(usize, Result<Table, Refusal>)> =
        sheets.iter().enumerate().filter_map(|(index, sheet)| Some((index, table(sheet)?))).collect();
    let serving: Vec<(usize, Table)> =
        found.iter().filter_map(|(index, table)| Some((*index, *table.as_ref().ok()?))).collect();
    let visible: Vec<(usize, Table)> =
        serving.iter().filter(|(index, _)| !sheets[*index].hidden).copied().collect();
    match (visible.as_slice(), serving.as_slice()) {
        ([(index, table)], _) | ([], [(index, table)]) => Ok((&sheets[*index], *table, used(sheets, *index))),
        ([], []) => Err(none(found)),
        ([], several) | (several, _) => Err(refusal(format!(
            "sheets {} all have the columns; keep one of them",
            several.iter().map(|(index, _)| (index + 1).to_string()).collect::<Vec<_>>().join(" and ")
        ))),
    }
}

fn used(sheets: &[Sheet], index: usize) -> Vec<Problem> {
    let hidden = if sheets[index].hidden { ", which is hidden" } else { "" };
    let remark = || Problem::new(PLACE, format!("sheet {} of {} is used{hidden}", index + 1, sheets.len()));
    (sheets.len() > 1).then(remark).into_iter().collect()
}

fn none(mut found: Vec<(usize, Result<Table, Refusal>)>) -> Refusal {
    match (found.len(), found.pop()) {
        (1, Some((_, Err(refusal)))) => refusal,
        (0, _) => refusal("holds no rows"),
        (count, _) => refusal(format!(
            "none of its {count} sheets has the columns {} and {} in its first row",
            ACCESSION.title, NEW_ID.title
        )),
    }
}

/// The table of a sheet; `None` for a blank sheet.
fn table(sheet: &Sheet) -> Option<Result<Table, Refusal>> {
    let (header, row) = sheet.rows.iter().enumerate().find(|(_, row)| !row.is_blank())?;
    let mut problems = Vec::new();
    let accession = column(row, &ACCESSION, true, &mut problems);
    let new_id = column(row, &NEW_ID, true, &mut problems);
    let new_patient_id = column(row, &NEW_PATIENT_ID, false, &mut problems);
    Some(match (accession, new_id) {
        (Some(accession), Some(new_id)) if problems.is_empty() => {
            Ok(Table { header, accession, new_id, new_patient_id })
        }
        _ => Err(Refusal { problems }),
    })
}

fn column(row: &SheetRow, wanted: &Wanted, needed: bool, problems: &mut Vec<Problem>) -> Option<usize> {
    let mut columns = row.cells.iter().filter_map(|(column, cell)| {
        let Cell::Text(title) = cell else { return None };
        wanted.names.contains(&plain(title).as_str()).then_some(*column)
    });
    let place = || format!("{PLACE}, row {}", row.number);
    match (columns.next(), columns.next()) {
        (Some(first), Some(second)) => {
            problems.push(Problem::new(
                place(),
                format!("columns {} and {} both give {}", letters(first), letters(second), wanted.title),
            ));
            None
        }
        (None, _) if needed => {
            problems.push(Problem::new(
                place(),
                format!("no column is named {}; the first row names the columns", wanted.title),
            ));
            None
        }
        (only, _) => only,
    }
}

/// A column's name without case, blanks and punctuation.
fn plain(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A column as a spreadsheet program names it: 0 is A, 26 is AA.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    match column / 26 {
        0 => last.to_string(),
        more => letters(more - 1) + &last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(titles: &[&str]) -> Sheet {
        let mut sheet = Sheet::default();
        for (column, title) in titles.iter().enumerate() {
            sheet.push(1, column, Cell::text(title));
        }
        sheet
    }

    fn message(sheets: &[Sheet]) -> String {
        find(sheets).unwrap_err().to_string()
    }

    #[test]
    fn names_are_blind_to_case_blanks_and_underscores() {
        for titles in [
            ["Remark", "New_ID", "Accession_number"],
            ["Remark", "new id", "ACCESSION NUMBER"],
            ["", "New_folder_name", "Original_Folder_Name"],
        ] {
            let sheets = [sheet(&titles)];
            let (_, table, remarks) = find(&sheets).unwrap();
            assert_eq!((table.accession, table.new_id, table.new_patient_id), (2, 1, None));
            assert_eq!(remarks, []);
        }
    }

    #[test]
    fn every_missing_column_is_named() {
        assert_eq!(
            message(&[sheet(&["Name"])]),
            "linkage table, row 1: no column is named Accession_number; the first row names the columns\n\
             linkage table, row 1: no column is named New_ID; the first row names the columns"
        );
    }

    #[test]
    fn two_columns_for_one_thing_are_ambiguous() {
        let sheets = [sheet(&["Accession_number", "New_ID", "original folder name"])];
        assert_eq!(message(&sheets), "linkage table, row 1: columns A and C both give Accession_number");
    }

    #[test]
    fn the_sheet_with_the_columns_is_used_and_named() {
        let sheets = [sheet(&["Notes"]), sheet(&["Accession_number", "New_ID"]), Sheet::default()];
        let (_, _, remarks) = find(&sheets).unwrap();
        assert_eq!(remarks[0].message, "sheet 2 of 3 is used");
    }

    #[test]
    fn two_sheets_with_the_columns_are_ambiguous_unless_one_is_hidden() {
        let list = sheet(&["Accession_number", "New_ID"]);
        let hidden = Sheet { hidden: true, ..list.clone() };
        assert_eq!(
            message(&[list.clone(), list.clone()]),
            "linkage table: sheets 1 and 2 all have the columns; keep one of them"
        );
        assert_eq!(find(&[hidden.clone(), list]).unwrap().2[0].message, "sheet 2 of 2 is used");
        assert_eq!(
            find(&[Sheet::default(), hidden]).unwrap().2[0].message,
            "sheet 2 of 2 is used, which is hidden"
        );
    }

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
