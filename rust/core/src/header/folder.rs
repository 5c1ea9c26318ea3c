//! Subfolder names that may stay.

use super::clean;
use super::identifiers::Identifiers;
use super::vocabulary::Place;
use crate::settings::Folders;

/// The name that a subfolder keeps, or `None` when it needs a new one (`folder_01` ...).
///
/// With `folders = safe` a name stays when it is made of safe words and of labels that scanners give (`S1000`,
/// `SE3`, `AXIAL`); with `keep` every name stays that holds no identifier of the patient, nothing that looks
/// like a date, and can be a folder on Windows, macOS and Linux.
#[must_use]
pub fn safe_folder_name(name: &str, identifiers: &Identifiers, folders: Folders) -> Option<String> {
    let is_name = !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.chars().any(|c| c.is_control() || "\\/:*?\"<>|".contains(c))
        && !is_reserved(name);
    let stays = match folders {
        Folders::Safe => clean::is_safe(name, Place::Folder, identifiers),
        Folders::Keep => !clean::holds_identifier(name, identifiers),
    };
    (is_name && stays).then(|| name.to_owned())
}

/// Device names of Windows, with any extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::IdentifierKind;

    fn identifiers() -> Identifiers {
        let mut identifiers = Identifiers::default();
        identifiers.add_own("Whitfield", IdentifierKind::Name);
        identifiers.add_own("19570304", IdentifierKind::BirthDate);
        identifiers
    }

    #[test]
    fn scanner_labels_stay_and_names_do_not() {
        for (name, stays) in [
            ("S1000", true),
            ("SE3", true),
            ("AXIAL", true),
            ("DICOM", true),
            ("HEAD_WO_5mm", true),
            ("Whitfield", false),
            ("HEAD_WHITFIELD", false),
            ("Lindqvist", false),
            ("20240117", false),
            ("1957-03-04", false),
            ("CON", false),
            ("..", false),
            ("", false),
        ] {
            assert_eq!(safe_folder_name(name, &identifiers(), Folders::Safe).is_some(), stays, "{name}");
        }
    }

    #[test]
    fn a_folder_does_not_forbid_itself() {
        let mut identifiers = identifiers();
        identifiers.add_path(std::path::Path::new("SE1/Lindqvist/study one/Whitfield/IM1"));
        for (name, safe, keep) in [
            ("SE1", true, true),
            ("Lindqvist", false, true),
            ("study one", true, true),
            ("Whitfield", false, false),
        ] {
            assert_eq!(safe_folder_name(name, &identifiers, Folders::Safe).is_some(), safe, "{name}");
            assert_eq!(safe_folder_name(name, &identifiers, Folders::Keep).is_some(), keep, "{name}");
        }
    }

    #[test]
    fn keep_leaves_what_does_not_identify() {
        for (name, stays) in [
            ("Lindqvist", true),
            ("study one", true),
            ("whitfield_ct", false),
            ("ctwhitfield2", false),
            ("X19570304", false),
            ("04.03.1957", false),
            ("a:b", false),
        ] {
            assert_eq!(safe_folder_name(name, &identifiers(), Folders::Keep).is_some(), stays, "{name}");
        }
    }
}
