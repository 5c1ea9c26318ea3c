//! What identifies a patient, gathered from all headers, the linkage table and the input path.
//!
//! `forms` spells a value in the ways in which it may appear; `gather` finds the values; `scan` searches bytes.

mod forms;
mod gather;
mod scan;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::OnceLock;

use super::cues::is_also_name;
use super::fold::fold;
use super::vocabulary::{Place, Vocabulary};

pub use scan::Hit;

/// What kind of identifier was found; all that a report may say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierKind {
    /// A person's name or a part of one.
    Name,
    /// A number or code of the patient, the visit, the order or the scanner.
    Id,
    /// The birth date.
    BirthDate,
    /// Another date of the patient's headers.
    Date,
    /// An address, telephone number or mail address.
    Contact,
    /// An institution, a ward, an occupation.
    Place,
    /// A part of the input path.
    Path,
}

/// One value and how it identifies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Identifier {
    kind: IdentifierKind,
    /// The patient's own: wins over the safe words.
    own: bool,
    text: String,
}

/// The identifiers of one patient. Cannot be printed; searching compiles the matchers once.
///
/// Adding the same header twice, or headers in another order, gives the same identifiers.
#[derive(Default, Clone)]
pub struct Identifiers {
    values: HashSet<Identifier>,
    /// Values as read, so that the thousandth slice costs next to nothing.
    seen: HashSet<(u32, String)>,
    /// Letters and digits that no kept text may spell; `true` when the path alone tells of them.
    forbidden: HashMap<String, bool>,
    /// Safe words that somebody around the patient is called by; they go where a name stands.
    around: HashSet<String>,
    scanner: OnceLock<scan::Scanner>,
}

impl std::fmt::Debug for Identifiers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[identifiers]")
    }
}

impl Identifiers {
    /// Adds what a header holds, at any depth: names, dates, and the values of the identifying attributes.
    pub fn add_header(&mut self, header: &dicom_object::InMemDicomObject) {
        gather::header(self, header);
    }

    /// Adds the accession number of the patient's row in the linkage table. The new IDs are no identifiers.
    pub fn add_list_row(&mut self, accession: &str) {
        self.add_own(accession, IdentifierKind::Id);
    }

    /// Adds the parts of an input path below the input folder.
    pub fn add_path(&mut self, path: &Path) {
        for part in path.components().filter_map(|part| part.as_os_str().to_str()) {
            self.add_context(part, IdentifierKind::Path);
            for word in part.split(|c: char| !c.is_alphanumeric()) {
                self.add_context(word, IdentifierKind::Path);
            }
        }
    }

    /// Adds a value of the patient's own; it wins over the safe words.
    pub fn add_own(&mut self, value: &str, kind: IdentifierKind) {
        self.add(value, kind, true);
    }

    /// Adds a value of somebody or something around the patient; safe words win over it.
    pub fn add_context(&mut self, value: &str, kind: IdentifierKind) {
        self.add(value, kind, false);
    }

    /// Whether nothing identifies.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Number of values that identify.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Where bytes of unknown encoding hold one of the identifiers, in order of offset.
    ///
    /// UTF-8, Latin-1, UTF-16 of both orders and the character sets of DICOM, blind to case. Numbers count
    /// when no digit stands beside them, words under five letters when they stand alone. Not searched for:
    /// words that are also safe words (a patient named Head; kept text is checked for them value by value,
    /// see `audit`), words of two letters, and numbers inside a value of VR DA, DT or TM or inside a UID or a
    /// decimal number, where a shifted date or a coordinate may coincide.
    #[must_use]
    pub fn scan_bytes(&self, bytes: &[u8]) -> Vec<Hit> {
        self.scanner.get_or_init(|| scan::Scanner::new(&self.values)).scan(bytes)
    }

    /// Whether these letters and digits (folded) spell an identifier that no kept text may hold.
    pub(super) fn forbids(&self, squeezed: &str) -> bool {
        self.forbidden.contains_key(squeezed)
    }

    /// As [`Self::forbids`], for the name of a folder: that it stands in the path says nothing about it.
    pub(super) fn forbids_in_path(&self, squeezed: &str) -> bool {
        self.forbidden.get(squeezed) == Some(&false)
    }

    /// Whether the letters and digits (folded) of a folder's name hold an identifier of three letters or four digits
    /// and more: `doejohn`.
    pub(super) fn lie_within(&self, squeezed: &str) -> bool {
        self.forbidden
            .iter()
            .filter(|(form, of_path)| {
                !**of_path && form.len() >= if form.contains(char::is_alphabetic) { 3 } else { 4 }
            })
            .any(|(form, _)| squeezed.contains(form.as_str()))
    }

    /// Whether the folded word is a name of somebody around the patient and a safe word as well.
    pub(super) fn is_around(&self, folded: &str) -> bool {
        self.around.contains(folded)
    }

    /// Whether a number as written is one of the identifiers: five digits or more before the point, signs and
    /// zeros aside, or eight or more behind it, where fewer may be a coordinate.
    pub(super) fn is_number(&self, text: &str) -> bool {
        let digits: String = match text.trim().parse::<f64>() {
            // `4.0417793E7`
            Ok(number) if text.contains(['e', 'E']) && number.abs() < 1e15 => {
                format!("{:.0}", number.trunc().abs())
            }
            _ => text.split('.').next().unwrap_or("").chars().filter(char::is_ascii_digit).collect(),
        };
        let behind = text.split(|c: char| !c.is_ascii_digit()).skip(1);
        (digits.len() >= 5 && (self.forbids(&digits) || self.forbids(digits.trim_start_matches('0'))))
            || behind.filter(|run| run.len() >= 8).any(|run| self.forbids(run))
    }

    fn add(&mut self, value: &str, kind: IdentifierKind, own: bool) {
        let text = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        let folded = fold(text);
        if text.is_empty() || forms::is_placeholder(&folded) {
            return;
        }
        // A context word that is safe (a department called RADIOLOGY, a folder called HEAD) tells nothing, unless
        // somebody is called so.
        let is_common = kind == IdentifierKind::Name && is_also_name(&folded);
        if !own && !is_common && is_everybodys(&folded, kind) {
            if kind == IdentifierKind::Name {
                self.around.insert(folded);
            }
            return;
        }
        if !self.values.insert(Identifier { kind, own, text: text.to_owned() }) {
            return;
        }
        self.scanner = OnceLock::new();
        for form in forms::squeezed(text, kind, own) {
            if own || is_common || !is_everybodys(&form, kind) {
                let of_path = kind == IdentifierKind::Path;
                self.forbidden.entry(form).and_modify(|only| *only &= of_path).or_insert(of_path);
            }
        }
    }
}

/// A safe word, or in a path the label of a scanner: `S1000`, `SE3`.
fn is_everybodys(folded: &str, kind: IdentifierKind) -> bool {
    Vocabulary::get().knows(folded)
        || (kind == IdentifierKind::Path && Vocabulary::get().has_shape(folded, Place::Folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_cannot_be_printed() {
        let mut identifiers = Identifiers::default();
        identifiers.add_own("DOE", IdentifierKind::Name);
        assert_eq!(format!("{identifiers:?}"), "[identifiers]");
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        let mut identifiers = Identifiers::default();
        identifiers.add_own("MRN-0040417793", IdentifierKind::Id);
        for text in ["40417793", "0040417793", "40417793.00", " 40417793", "-40417793", "4.0417793E7"] {
            assert!(identifiers.is_number(text), "{text}");
        }
        assert!(!identifiers.is_number("512"));
    }

    #[test]
    fn safe_words_around_the_patient_are_no_identifiers() {
        let mut identifiers = Identifiers::default();
        identifiers.add_path(Path::new("HEAD/Whitfield_2024/SE1/IM00012"));
        assert!(!identifiers.forbids("head"));
        assert!(!identifiers.forbids("se1") && !identifiers.forbids("im00012"));
        assert!(identifiers.forbids("whitfield"));
    }
}
