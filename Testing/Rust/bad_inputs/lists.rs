//! Bad lists.

use std::path::Path;

use headct_deid_core::pipeline::RunError;
use rust_xlsxwriter::{Workbook, Worksheet};

use crate::case::{put, request, run, tree};
use crate::slice::{Place, Slice, accession};

/// What must become of a run on a list.
enum Expect {
    /// It ends, with so many patients released.
    Patients(usize),
    /// It is refused, with a message that contains this.
    Refused(&'static str),
}
use Expect::{Patients, Refused};

struct List {
    what: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    expect: Expect,
}

fn text(what: &'static str, text: &str, expect: Expect) -> List {
    List { what, name: "list.csv", bytes: text.as_bytes().to_vec(), expect }
}

/// A list in text with the usual columns.
fn rows(what: &'static str, rows: &str, expect: Expect) -> List {
    text(what, &format!("Accession_number,New_ID\n{rows}\n"), expect)
}

fn sheet(what: &'static str, expect: Expect, fill: impl FnOnce(&mut Workbook)) -> List {
    let mut book = Workbook::new();
    fill(&mut book);
    List { what, name: "list.xlsx", bytes: book.save_to_buffer().unwrap(), expect }
}

fn filled<'a>(book: &'a mut Workbook, rows: &[[&str; 2]]) -> &'a mut Worksheet {
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Accession_number", "New_ID"]).unwrap();
    for (row, cells) in (1..).zip(rows) {
        sheet.write_row(row, 0, *cells).unwrap();
    }
    sheet
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Testing/Data/lists").join(name)).unwrap()
}

/// Two patients, ACC710001 and ACC710002, of one slice each.
fn input(path: &Path) {
    for patient in [1, 2] {
        let slice = Slice::good(Place { patient, series: 1, index: 1 });
        put(&path.join(accession(patient)).join("1"), &slice.bytes());
    }
}

fn lists() -> Vec<List> {
    const ONE: [&str; 2] = ["ACC710001", "DEID-1"];
    const TWO: [&str; 2] = ["ACC710002", "DEID-2"];
    let many: Vec<String> = (0..100_000).map(|row| format!("ZZ{row},X{row}\n")).collect();
    vec![
        rows("in order", "ACC710001,DEID-1\nACC710002,DEID-2", Patients(2)),
        text("empty", "", Refused("linkage table")),
        text("a header alone", "Accession_number,New_ID\n", Refused("")),
        text("no header", "ACC710001,DEID-1\n", Refused("no column is named")),
        text("one column", "Accession_number\nACC710001\n", Refused("New_ID")),
        text(
            "a column twice",
            "Accession_number,New_ID,accession NUMBER\nACC710001,D1,x\n",
            Refused("both give"),
        ),
        text(
            "other order, other case, other columns",
            "note, new_id ,ACCESSION NUMBER\nx,DEID-1,ACC710001\n",
            Patients(1),
        ),
        text("the later spelling", "original_folder_name;new_folder_name\nACC710001;DEID-1\n", Patients(1)),
        text("tabs", "Accession_number\tNew_ID\nACC710001\tDEID-1\n", Patients(1)),
        text("a byte order mark", "\u{feff}Accession_number,New_ID\r\nACC710001,DEID-1\r\n", Patients(1)),
        text("a quote that is not closed", "Accession_number,New_ID\n\"ACC710001,DEID-1\n", Refused("")),
        rows("blank rows", "\n,,\nACC710001,DEID-1\n\n", Patients(1)),
        rows("a row without New_ID", "ACC710001,\nACC710002,DEID-2", Patients(1)),
        rows("a row without accession number", ",DEID-1\nACC710002,DEID-2", Patients(1)),
        rows("a row without folder", "ACC999999,DEID-9\nACC710002,DEID-2", Patients(1)),
        rows("no row with a folder", "ACC999999,DEID-9", Refused("")),
        rows(
            "an accession number twice",
            "ACC710001,DEID-1\nACC710001,DEID-2",
            Refused("the same as in row 2"),
        ),
        rows("a New_ID twice", "ACC710001,DEID-1\nACC710002,DEID-1", Refused("the same as in row 2")),
        rows(
            "New_IDs that differ in case",
            "ACC710001,deid\nACC710002,DEID",
            Refused("the same as in row 2"),
        ),
        rows("New_ID ../../x", "ACC710001,../../x", Refused("cannot be a folder name")),
        rows("New_ID ..", "ACC710001,..", Refused("cannot be a folder name")),
        rows("New_ID /etc/x", "ACC710001,/etc/x", Refused("cannot be a folder name")),
        rows("New_ID with a backslash", "ACC710001,a\\b", Refused("New_ID")),
        rows("New_ID CON", "ACC710001,CON", Refused("cannot be a folder name")),
        rows("New_ID nul.txt", "ACC710001,nul.txt", Refused("cannot be a folder name")),
        rows("New_ID with a dot behind", "ACC710001,deid.", Refused("cannot be a folder name")),
        rows("New_ID of 65 letters", &format!("ACC710001,{}", "x".repeat(65)), Refused("New_ID")),
        rows("New_ID of 64 letters", &format!("ACC710001,{}", "x".repeat(64)), Patients(1)),
        rows("New_ID with a control character", "ACC710001,a\u{7}b", Refused("New_ID")),
        rows("New_ID like the hidden folder", "ACC710001,.headct-deid", Refused("New_ID")),
        rows("New_ID like the report", "ACC710001,report.html", Refused("New_ID")),
        rows("New_ID that is an accession number", "ACC710001,ACC710002", Refused("")),
        rows("New_ID that is the Patient ID", "ACC710001,KX40001", Refused("")),
        rows("New_ID that holds the birth date", "ACC710001,P19570304", Refused("")),
        rows("New_ID like a formula", "ACC710001,=1+1", Refused("is a formula")),
        rows("New_ID like markup", "ACC710001,<b>", Refused("cannot be a folder name")),
        rows("accession number ..", "..,DEID-1\nACC710002,DEID-2", Patients(1)),
        rows("accession number of a path", "ACC710001/1,DEID-1\nACC710002,DEID-2", Patients(1)),
        rows("a hundred thousand rows", &(many.concat() + "ACC710001,DEID-1"), Patients(1)),
        List { what: "no text", name: "list.csv", bytes: (0..=255).collect(), expect: Refused("") },
        List {
            what: "a program",
            name: "list.xlsx",
            bytes: b"\x7fELF\x02\x01\x01".to_vec(),
            expect: Refused(""),
        },
        List {
            what: "text named .xlsx",
            name: "list.xlsx",
            bytes: b"Accession_number,New_ID\nACC710001,DEID-1\n".to_vec(),
            expect: Patients(1),
        },
        List {
            what: "a workbook named .csv",
            name: "list.csv",
            bytes: fixture("list.ods"),
            expect: Refused(""),
        },
        List {
            what: "a workbook cut in half",
            name: "list.xlsx",
            bytes: fixture("list.ods")[..400].to_vec(),
            expect: Refused(""),
        },
        List {
            what: "a password",
            name: "list.xlsx",
            bytes: fixture("password.xlsx"),
            expect: Refused("password"),
        },
        List {
            what: "xls without our folders",
            name: "list.xls",
            bytes: fixture("list.xls"),
            expect: Refused(""),
        },
        List {
            what: "xls whose sectors follow each other in a circle",
            name: "list.xls",
            bytes: fixture("circle.xls"),
            expect: Refused("holds no readable workbook"),
        },
        List {
            what: "xlsb without our folders",
            name: "list.xlsb",
            bytes: fixture("list.xlsb"),
            expect: Refused(""),
        },
        sheet("a workbook", Patients(2), |book| {
            filled(book, &[ONE, TWO]);
        }),
        sheet("two sheets with the columns", Refused("all have the columns; keep one"), |book| {
            filled(book, &[ONE]);
            filled(book, &[TWO]);
        }),
        sheet("a hidden row", Patients(2), |book| {
            filled(book, &[ONE, TWO]).set_row_hidden(1).unwrap();
        }),
        sheet("a formula", Patients(1), |book| {
            let formula = rust_xlsxwriter::Formula::new("=\"DEID-\"&1").set_result("DEID-1");
            filled(book, &[ONE]).write_formula(1, 1, formula).unwrap();
        }),
        sheet("a formula that fails", Patients(1), |book| {
            let formula = rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A");
            filled(book, &[ONE, TWO]).write_formula(1, 1, formula).unwrap();
        }),
        sheet("merged cells", Patients(1), |book| {
            let sheet = filled(book, &[ONE, ["ACC710002", ""]]);
            sheet.merge_range(1, 1, 2, 1, "DEID-1", &rust_xlsxwriter::Format::new()).unwrap();
        }),
    ]
}

#[test]
fn lists_are_used_or_refused() {
    let clock = std::time::Instant::now();
    let lists = lists();
    let mut wrong = Vec::new();
    for list in &lists {
        let base = tempfile::tempdir().unwrap();
        input(&base.path().join("input"));
        put(&base.path().join(list.name), &list.bytes);
        let mut request = request(base.path());
        request.list = base.path().join(list.name);
        let before = tree(&base.path().join("input"));
        let (is_right, actual) = match (run(&request), &list.expect) {
            (Ok(report), expect) => {
                let released = report.patients.iter().filter(|patient| patient.released() == 1).count();
                let folders = tree(&request.output);
                let outside = tree(base.path()).keys().filter(|path| path.ends_with("x")).count();
                let names = folders
                    .keys()
                    .filter(|path| path.components().count() == 1)
                    .filter(|path| !path.starts_with(".headct-deid"))
                    .filter(|path| path.file_stem().is_none_or(|stem| stem != "report"))
                    .count();
                let is_right = matches!(expect, Patients(count) if *count == released)
                    && outside == 0
                    && names == released;
                (is_right, format!("{released} patients released, {names} names"))
            }
            (Err(RunError::Refused(refusal)), expect) => {
                let message = refusal.to_string();
                let nothing = !request.output.exists() && !base.path().join("private").exists();
                (
                    nothing && matches!(expect, Refused(part) if message.contains(part)),
                    format!("refused: {message}"),
                )
            }
            (Err(error), _) => (false, error.to_string()),
        };
        println!("| list: {} | {} |", list.what, actual.chars().take(160).collect::<String>());
        if !is_right || tree(&base.path().join("input")) != before {
            wrong.push(format!("{}: {actual}", list.what));
        }
    }
    println!("lists: {} cases, {:.1} s", lists.len(), clock.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
