//! What may be a new identity: a folder name on Windows, macOS and Linux, and a DICOM Long String.

/// Longest Long String, in characters (PS3.5, 6.2).
const LONGEST_CHARACTERS: usize = 64;

/// File systems limit a name to 255 bytes, and `_00001.dcm` is appended to this one.
const LONGEST_BYTES: usize = 200;

/// Names that Windows reserves for devices, with any extension.
/// Source: Microsoft, "Naming Files, Paths, and Namespaces".
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Names that OUTPUT uses itself.
const OURS: &[&str] = &["report.html", "report.csv", "report.json"];

/// Why a `New_ID` cannot be used; `None` when it can.
#[must_use]
pub fn new_id_fault(new_id: &str) -> Option<&'static str> {
    let name = new_id.to_lowercase();
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    long_string_fault(new_id).or_else(|| {
        if new_id.len() > LONGEST_BYTES {
            Some("it is longer than 200 bytes, too long for a file name")
        } else if new_id.contains(['/', ':', '*', '?', '"', '<', '>', '|']) {
            Some("none of / \\ : * ? \" < > | may be in a folder name")
        } else if new_id.contains("..") {
            Some("two dots in a row lead to another folder")
        } else if new_id.starts_with('.') {
            Some("a leading dot hides the folder")
        } else if new_id.ends_with(['.', ' ']) || new_id.starts_with(' ') {
            Some("a folder name on Windows cannot end with a dot or a blank")
        } else if RESERVED.contains(&stem) || is_port(stem) {
            Some("Windows reserves this name for a device")
        } else if OURS.contains(&name.as_str()) {
            Some("the report has this name")
        } else {
            None
        }
    })
}

/// Why a `New_Patient_ID` cannot be used; `None` when it can.
#[must_use]
pub fn new_patient_id_fault(new_patient_id: &str) -> Option<&'static str> {
    long_string_fault(new_patient_id)
}

fn long_string_fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("it is empty")
    } else if text.chars().count() > LONGEST_CHARACTERS {
        Some("it is longer than 64 characters, the most a DICOM Long String holds")
    } else if text.contains('\\') {
        Some("a backslash separates values in DICOM and folders on Windows")
    } else if text.chars().any(is_invisible) {
        Some("it holds a control character or another that cannot be seen")
    } else {
        None
    }
}

/// Controls, line separators, zero-width characters, and marks that turn the direction of text.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}')
}

/// `com0` to `com9` and `lpt0` to `lpt9`, the superscript digits among them.
fn is_port(stem: &str) -> bool {
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let mut digits = number.unwrap_or_default().chars();
    matches!((digits.next(), digits.next()), (Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_identities_are_fine() {
        for id in ["DEID_0001", "3", "S-12 b", "Zürich_7", "頭部1", "com", "COM10", "console", "a.b", "v1.2"]
        {
            assert_eq!(new_id_fault(id), None, "{id}");
        }
        assert_eq!(new_id_fault(&"a".repeat(64)), None);
    }

    #[test]
    fn what_no_folder_can_be_called_is_refused() {
        for id in [
            "",
            "../../x",
            "..",
            ".",
            "A/3",
            "A\\3",
            "a:b",
            "what?",
            "a*",
            "\"a\"",
            "<a>",
            "a|b",
            "a.",
            " a",
            "a ",
            ".hidden",
            "CON",
            "con.txt",
            "Nul",
            "COM1",
            "lpt9.a",
            "COM\u{b2}",
            "a\tb",
            "a\nb",
            "a\0b",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{a0}b",
            "Report.HTML",
            "aux .x",
        ] {
            assert!(new_id_fault(id).is_some(), "{id:?}");
        }
    }

    #[test]
    fn a_long_string_has_64_characters_and_a_file_name_255_bytes() {
        assert!(new_id_fault(&"a".repeat(65)).is_some());
        assert!(new_id_fault(&"頭".repeat(64)).is_none());
        assert!(new_id_fault(&"😀".repeat(51)).is_some());
    }

    #[test]
    fn a_patient_id_need_not_be_a_folder_name() {
        assert_eq!(new_patient_id_fault("P/1:2"), None);
        assert!(new_patient_id_fault("P\\1").is_some());
        assert!(new_patient_id_fault("P\u{7}1").is_some());
    }
}
