//! Whole files in every format.

use std::path::PathBuf;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::*;

/// Row number, accession and new identity of each usable row.
fn rows(linkage: &Linkage) -> Vec<(usize, &str, &str)> {
    linkage
        .rows
        .iter()
        .map(|row| (row.number, row.accession.reveal().as_str(), row.new_id.as_str()))
        .collect()
}

fn unusable(linkage: &Linkage) -> Vec<String> {
    linkage.unusable.iter().map(|(_, problem)| problem.to_string()).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Testing/Data/lists").join(name)
}

/// Reads `bytes` from a file of this name.
#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
fn list(name: &str, bytes: &[u8]) -> Result<Linkage, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn refused(name: &str, bytes: &[u8]) -> String {
    list(name, bytes).unwrap_err().to_string()
}

/// A workbook of one sheet with the header in row 1, filled by `fill`.
fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Accession_number", "New_ID"]).unwrap();
    fill(sheet);
    book
}

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Result<Linkage, Refusal> {
    list("list.xlsx", &workbook(fill).save_to_buffer().unwrap())
}

fn row(sheet: &mut Worksheet, number: u32, cells: [&str; 2]) {
    sheet.write_row(number - 1, 0, cells).unwrap();
}

#[test]
fn the_other_formats_of_spreadsheets_say_the_same() {
    for (name, problems) in [("list.xls", 3), ("list.ods", 2), ("list.xlsb", 3)] {
        let linkage = read(&fixture(name)).unwrap();
        assert_eq!(
            rows(&linkage),
            [(2, "CT24-00418", "DEID_0002"), (3, "2024000117", "DEID_0001"), (5, "123", "DEID_0003")],
            "{name}"
        );
        let found = [
            "linkage table, row 6: Accession_number is a date or time; expected text; the row is not processed",
            "linkage table, row 7: Accession_number is true or false; expected text; the row is not processed",
            "linkage table, row 8: Accession_number is an error; expected text; the row is not processed",
        ];
        assert_eq!(unusable(&linkage), found[..problems], "{name}");
    }
}

#[test]
fn numbers_are_read_as_they_are_shown() {
    let linkage = xlsx(|sheet| {
        let zeros = Format::new().set_num_format("00000");
        sheet.write_number_with_format(1, 0, 123.0, &zeros).unwrap();
        sheet.write_number_with_format(1, 1, 7.0, &Format::new().set_num_format("\"DEID_\"0000")).unwrap();
        sheet.write_number(2, 0, 2_024_000_117.0).unwrap();
        sheet.write_number_with_format(2, 1, 3.0, &Format::new().set_num_format("0.00")).unwrap();
    })
    .unwrap();
    assert_eq!(rows(&linkage), [(2, "00123", "DEID_0007"), (3, "2024000117", "3")]);
}

#[test]
fn cells_that_are_no_identity_are_problems_of_their_rows() {
    let linkage = xlsx(|sheet| {
        sheet.write_number(1, 0, 9_007_199_254_740_993.0).unwrap();
        sheet.write_string(1, 1, "D1").unwrap();
        sheet.write_string(2, 0, "A2").unwrap();
        sheet.write_boolean(2, 1, true).unwrap();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_datetime_with_format(3, 0, ExcelDateTime::from_ymd(2024, 1, 17).unwrap(), &date).unwrap();
        sheet.write_string(3, 1, "D3").unwrap();
        sheet.write_string(4, 0, "A4").unwrap();
        sheet.write_formula(4, 1, Formula::new("=NA()").set_result("#N/A")).unwrap();
        row(sheet, 6, ["A5", "D5"]);
    })
    .unwrap();
    assert_eq!(rows(&linkage), [(6, "A5", "D5")]);
    let found: Vec<_> =
        linkage.unusable.iter().map(|(_, problem)| problem.message.split(';').next().unwrap()).collect();
    assert_eq!(
        found,
        [
            "Accession_number is a number of more than 15 digits, whose last digits are lost",
            "New_ID is true or false",
            "Accession_number is a date or time",
            "New_ID is an error",
        ]
    );
}

#[test]
fn formulas_count_with_the_value_they_were_saved_with() {
    let linkage = xlsx(|sheet| {
        sheet.write_formula(1, 0, Formula::new("=\"A\"&1").set_result("A1")).unwrap();
        sheet.write_formula(1, 1, Formula::new("=5+1").set_result("6")).unwrap();
    })
    .unwrap();
    assert_eq!(rows(&linkage), [(2, "A1", "6")]);
}

#[test]
fn hidden_rows_count_and_merged_cells_hold_their_value_once() {
    let linkage = xlsx(|sheet| {
        row(sheet, 2, ["A1", "D1"]);
        sheet.set_row_hidden(1).unwrap();
        sheet.merge_range(2, 0, 3, 0, "A2", &Format::new()).unwrap();
        sheet.write_string(2, 1, "D2").unwrap();
        sheet.write_string(3, 1, "D3").unwrap();
    })
    .unwrap();
    assert_eq!(rows(&linkage), [(2, "A1", "D1"), (3, "A2", "D2")]);
    assert_eq!(
        unusable(&linkage),
        [
            "linkage table, row 4: Accession_number is missing; the row is not processed (of merged cells only \
          the first holds the value)"
        ]
    );
}

#[test]
fn the_header_is_the_first_row_with_text() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(4, 2, ["new id", "Accession Number", "New Patient ID"]).unwrap();
    sheet.write_row(5, 2, ["D1", "A1", "P1"]).unwrap();
    let linkage = list("x", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(rows(&linkage), [(6, "A1", "D1")]);
    assert_eq!(linkage.rows[0].new_patient_id.as_deref(), Some("P1"));
}

#[test]
fn the_sheet_with_the_columns_is_used_whatever_lies_beside_it() {
    let mut book = workbook(|sheet| row(sheet, 2, ["A1", "D1"]));
    book.add_worksheet().write_string(0, 0, "notes").unwrap();
    let linkage = list("x.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(linkage.remarks[0].to_string(), "linkage table: sheet 1 of 2 is used");

    book.add_worksheet().write_row(0, 0, ["New_ID", "Accession_number"]).unwrap();
    let refusal = list("x.xlsx", &book.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!(refusal.to_string(), "linkage table: sheets 1 and 3 all have the columns; keep one of them");
}

#[test]
fn content_decides_and_not_the_extension() {
    let book = workbook(|sheet| row(sheet, 2, ["A1", "D1"])).save_to_buffer().unwrap();
    assert_eq!(rows(&list("list.csv", &book).unwrap()), [(2, "A1", "D1")]);
    let text = b"New_ID;Accession_number\nD1;00123\n";
    assert_eq!(rows(&list("list.xlsx", text).unwrap()), [(2, "00123", "D1")]);
}

#[test]
fn files_that_are_no_list_are_refused_with_what_they_are() {
    let cut = workbook(|_| ()).save_to_buffer().unwrap();
    for (bytes, expected) in [
        (&b""[..], "linkage table: is empty"),
        (b" \n\n", "linkage table: holds no rows"),
        (b"PK\x03\x04rest", "linkage table: is a zip file but no spreadsheet"),
        (&workbook::COMPOUND_FILE, "linkage table: is an old Office file that holds no readable workbook"),
        (b"\x00\x01\x02", "linkage table: is neither a spreadsheet (xlsx, xls, xlsb, ods) nor text"),
        (
            &cut[..cut.len() / 2],
            "linkage table: is a spreadsheet that cannot be read; open it and save it again as xlsx",
        ),
    ] {
        assert_eq!(refused("list.xlsx", bytes), expected);
    }
    let password = read(&fixture("password.xlsx")).unwrap_err().to_string();
    assert_eq!(password, "linkage table: is protected by a password; save a copy without one");
    let absent = read(Path::new("/no/such/list")).unwrap_err().to_string();
    assert_eq!(absent, "linkage table: cannot be read: entity not found");
    let folder = read(Path::new("/")).unwrap_err().to_string();
    assert_eq!(folder, "linkage table: is not a file");
}

#[test]
fn every_cut_of_a_workbook_is_refused_and_none_panics() {
    let book = workbook(|sheet| row(sheet, 2, ["A1", "D1"])).save_to_buffer().unwrap();
    for length in (1..book.len()).step_by(97) {
        assert!(list("list.xlsx", &book[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_list_of_100_000_rows_is_read_in_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.xlsx");
    let mut book = workbook(|sheet| {
        for number in 0..100_000_u32 {
            sheet.write_string(number + 1, 0, format!("ACC{number:06}")).unwrap();
            sheet.write_number(number + 1, 1, f64::from(number)).unwrap();
        }
    });
    book.save(&path).unwrap();
    let start = std::time::Instant::now();
    let linkage = read(&path).unwrap();
    let read_in = start.elapsed();
    let folders: Vec<_> = (0..100_000).map(|number| format!("ACC{number:06}").into()).collect();
    let linked = link(&linkage.rows, &folders);
    eprintln!("100,000 rows: read in {read_in:?}, linked in {:?}", start.elapsed().saturating_sub(read_in));
    assert_eq!((linkage.rows.len(), linked.pairs.len()), (100_000, 100_000));
    assert_eq!(linkage.rows[99_999].number, 100_001);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
