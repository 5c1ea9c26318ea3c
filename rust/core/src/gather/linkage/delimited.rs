//! Lists as separated text: csv and its relatives.

use super::cell::Cell;
use super::sheet::Sheet;
use super::{MOST_CELLS, PLACE, refusal, too_many_cells};
use crate::error::{Problem, Refusal};

/// Reads separated text: UTF-8, UTF-16 with a byte order mark, or Windows-1252 (Latin-1); separated by
/// semicolons, commas or tabs, whichever the header row has most of.
///
/// The remark names the encoding where it had to be guessed.
pub(super) fn sheet(bytes: &[u8]) -> Result<(Sheet, Option<Problem>), Refusal> {
    let (text, remark) = text_of(bytes)?;
    if let Some(what) = no_list(&text) {
        return Err(refusal(format!("is {what}; save it as xlsx or csv")));
    }
    let (text, declared) = without_declaration(&text);
    Ok((rows(text, declared.unwrap_or_else(|| separator(text)))?, remark))
}

fn text_of(bytes: &[u8]) -> Result<(String, Option<Problem>), Refusal> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, malformed) = encoding.decode_without_bom_handling(&bytes[mark..]);
        if malformed {
            return Err(refusal(format!("is not the {} text its first bytes announce", encoding.name())));
        }
        return Ok((text.into_owned(), None));
    }
    if bytes.contains(&0) {
        return Err(refusal("is neither a spreadsheet (xlsx, xls, xlsb, ods) nor text"));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok((text.to_owned(), None));
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    Ok((text.into_owned(), Some(Problem::new(PLACE, "is not UTF-8; read as Latin-1"))))
}

/// What a text file is that looks like a list to its user but is none.
fn no_list(text: &str) -> Option<&'static str> {
    let start: String = text.trim_start().chars().take(2000).collect::<String>().to_ascii_lowercase();
    if start.starts_with("%pdf") {
        Some("a PDF document")
    } else if start.starts_with("{\\rtf") {
        Some("a text document")
    } else if start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        Some("an XML spreadsheet of 2003")
    } else if start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<table")
    {
        Some("a web page, whatever its extension says")
    } else if start.starts_with("<?xml") {
        Some("an XML document")
    } else {
        None
    }
}

/// Removes a first line such as `sep=;`, which spreadsheet programs understand and do not show.
fn without_declaration(text: &str) -> (&str, Option<char>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let declared = first.trim_end_matches('\r').get(..4).filter(|start| start.eq_ignore_ascii_case("sep="));
    match (declared, first.chars().nth(4)) {
        (Some(_), Some(separator)) => (rest, Some(separator)),
        _ => (text, None),
    }
}

/// The separator that the first row with any text has most of, outside quotes; a comma when it has none.
fn separator(text: &str) -> char {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [('\t', 0), (';', 0), (',', 0)];
    for character in header.chars() {
        quoted ^= character == '"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && character == *separator);
        }
    }
    // Of equal counts the last wins.
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| separator)
}

/// Fields by RFC 4180, with line ends of any system. Rows are counted as a spreadsheet program does: blank
/// ones count, lines within quotes do not. A quote within an unquoted field is a character like any other.
fn rows(text: &str, separator: char) -> Result<Sheet, Refusal> {
    let mut sheet = Sheet::default();
    let mut cells = 0;
    let (mut row, mut column) = (1, 0);
    let mut field = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if !quoted && (character == separator || character == '\n') {
            cells += 1;
            if cells > MOST_CELLS {
                return Err(too_many_cells());
            }
        }
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted || field.is_empty() => quoted = !quoted,
            _ if quoted => field.push(character),
            _ if character == separator => {
                sheet.push(row, column, cell(&std::mem::take(&mut field)));
                column += 1;
            }
            '\r' | '\n' => {
                if character == '\r' {
                    characters.next_if_eq(&'\n');
                }
                sheet.push(row, column, cell(&std::mem::take(&mut field)));
                (row, column) = (row + 1, 0);
            }
            _ => field.push(character),
        }
    }
    sheet.push(row, column, cell(&field));
    Ok(sheet)
}

/// A field as a person means it: `="00123"` is how a csv keeps leading zeros.
fn cell(field: &str) -> Cell {
    let field = field.trim();
    let meant = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field);
    match meant {
        scientific if is_scientific(scientific) => Cell::Unusable("a rounded number such as 1.2E+11"),
        _ if meant.starts_with('=') => Cell::Unusable("a formula"),
        "#N/A" | "#REF!" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NULL!" | "#NUM!" => {
            Cell::Unusable("an error")
        }
        _ => Cell::text(meant),
    }
}

/// What a spreadsheet program writes for a long number that it has rounded: `1.23457E+11`.
fn is_scientific(field: &str) -> bool {
    field.split_once("E+").is_some_and(|(number, exponent)| {
        let number = number.replacen([',', '.'], "", 1);
        [number.as_str(), exponent]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::sheet::SheetRow;
    use super::*;

    fn drawn(bytes: &[u8]) -> String {
        let row = |row: &SheetRow| {
            let cells: Vec<_> = row.cells.iter().map(|(_, cell)| cell.identity().unwrap().unwrap()).collect();
            format!("{}: {}|", row.number, cells.join(" "))
        };
        sheet(bytes).unwrap().0.rows.iter().map(row).collect()
    }

    #[test]
    fn separators_are_found_in_the_header_row() {
        for separator in [",", ";", "\t"] {
            let text = format!("Accession_number{separator}New_ID\nA;1{separator}D1\n").replace("A;1", "A1");
            assert_eq!(drawn(text.as_bytes()), "1: Accession_number New_ID|2: A1 D1|");
        }
        assert_eq!(drawn(b"a;\"b,c,d,e\"\n1;2"), "1: a b,c,d,e|2: 1 2|");
    }

    #[test]
    fn a_declared_separator_is_not_a_row() {
        assert_eq!(drawn(b"sep=;\r\na;b\r\n1;2"), "1: a b|2: 1 2|");
    }

    #[test]
    fn encodings_are_told_by_mark_or_validity() {
        assert_eq!(drawn("\u{feff}a,b\nä,2".as_bytes()), "1: a b|2: ä 2|");
        let utf16: Vec<u8> = "\u{feff}a\tb\nä\t2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(drawn(&utf16), "1: a b|2: ä 2|");
        assert_eq!(drawn(b"a,b\n\xe4,2"), "1: a b|2: \u{e4} 2|");
        assert_eq!(sheet(b"a,b\n\xe4,2").unwrap().1.unwrap().message, "is not UTF-8; read as Latin-1");
    }

    #[test]
    fn row_numbers_count_blank_rows_and_not_lines_within_quotes() {
        assert_eq!(drawn(b"a,b\n\n\"1\nx\",2\n3,4\n"), "1: a b|3: 1\nx 2|4: 3 4|");
    }

    #[test]
    fn quotes_within_quotes_are_characters_and_line_ends_are_those_of_any_system() {
        assert_eq!(drawn(b"a,b\r1,\"x \"\"y\"\"\"\r3,4"), "1: a b|2: 1 x \"y\"|3: 3 4|");
        assert_eq!(drawn(b"a,b\r\n1,6\" disk\r\n\r\n3,\"4"), "1: a b|2: 1 6\" disk|4: 3 4|");
    }

    #[test]
    fn leading_zeros_kept_by_the_formula_trick_are_kept() {
        assert_eq!(drawn(b"a,b\n\"=\"\"00123\"\"\",2\n"), "1: a b|2: 00123 2|");
    }

    #[test]
    fn rounded_numbers_formulas_and_errors_are_no_text() {
        let cells = ["1.23457E+11", "1,2E+5", "=A1&\"x\"", "#N/A"].map(cell);
        assert!(cells.iter().all(|cell| matches!(cell, Cell::Unusable(_))), "{cells:?}");
        assert_eq!(cell("2E5"), Cell::Text("2E5".to_owned()));
        assert_eq!(cell("SE+1"), Cell::Text("SE+1".to_owned()));
    }

    #[test]
    fn what_is_no_list_is_refused_by_name() {
        for (bytes, expected) in [
            (&b"%PDF-1.7"[..], "a PDF document"),
            (b"<html><table><tr><td>", "a web page"),
            (b"<?xml version=\"1.0\"?><x/>", "an XML document"),
            (b"\x89PNG\0\0", "neither a spreadsheet"),
            (b"\xff\xfe\x00\xd8\x00", "announce"),
        ] {
            let refusal = sheet(bytes).unwrap_err().to_string();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
