//! Searches raw bytes for identifiers, whatever they are encoded in.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use encoding_rs::Encoding;

use super::super::fold::{fold, fold_spelled_out};
use super::super::vocabulary::Vocabulary;
use super::{Identifier, IdentifierKind, forms};

/// An identifier found in bytes: where and of which kind, never which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Hit {
    /// Offset of its first byte.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// What kind of identifier it is.
    pub kind: IdentifierKind,
}

/// What may stand beside a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Beside {
    /// Anything.
    Anything,
    /// No letter and no digit: a short word.
    NoWord,
    /// No digit, and no point with a digit: a number.
    NoDigit,
}

/// The compiled patterns of one patient.
#[derive(Debug, Clone)]
pub(super) struct Scanner {
    automaton: Option<AhoCorasick>,
    /// By pattern: kind, what may stand beside, bytes of one character.
    meanings: Vec<(IdentifierKind, Beside, Width)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Bytes,
    LittleEndian16,
    BigEndian16,
}

/// The shortest word and number that bytes are searched for, in characters.
const SHORTEST_WORD: usize = 3;
const SHORTEST_NUMBER: usize = 5;
/// From this length on a word is searched for inside other words.
const INSIDE_WORDS: usize = 5;

impl Scanner {
    pub(super) fn new(values: &HashSet<Identifier>) -> Self {
        let mut patterns: BTreeMap<Vec<u8>, (IdentifierKind, Beside, Width)> = BTreeMap::new();
        for value in values {
            for text in spellings(value) {
                let Some(beside) = beside(&text, value.kind) else { continue };
                for (bytes, width) in encodings(&text) {
                    if bytes.len() >= 3 {
                        patterns.entry(bytes).or_insert((value.kind, beside, width));
                    }
                }
            }
        }
        let (patterns, meanings): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)
            .ok()
            .filter(|_| !patterns.is_empty());
        Self { automaton, meanings }
    }

    pub(super) fn scan(&self, bytes: &[u8]) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut hits: Vec<Hit> = automaton
            .find_overlapping_iter(bytes)
            .filter_map(|found| {
                let (kind, beside, width) = self.meanings[found.pattern().as_usize()];
                let stands = stands_alone(bytes, found.start(), found.end(), beside, width);
                (stands && !in_date_or_time(bytes, found.start(), found.end())).then_some(Hit {
                    offset: found.start(),
                    length: found.len(),
                    kind,
                })
            })
            .collect();
        // A name and its parts, or UTF-16 read in both orders, lie on the same bytes: one hit.
        hits.sort_unstable();
        hits.dedup_by(|later, earlier| {
            let overlaps = later.offset < earlier.offset + earlier.length;
            if overlaps {
                earlier.length = earlier.length.max(later.offset + later.length - earlier.offset);
            }
            overlaps
        });
        hits
    }
}

/// The texts to search for: as read, and in the ways people rewrite it.
fn spellings(value: &Identifier) -> HashSet<String> {
    let text = &value.text;
    let mut spellings = HashSet::new();
    match value.kind {
        IdentifierKind::BirthDate | IdentifierKind::Date => {
            // Six digits and dates with blanks are times and counts too often; kept text is cleaned of them.
            spellings.extend(
                forms::date_forms(text).into_iter().filter(|form| form.len() >= 8 && !form.contains(' ')),
            );
        }
        _ => {
            for spelling in
                [text.clone(), fold(text), fold_spelled_out(text), text.to_lowercase(), text.to_uppercase()]
            {
                if value.kind == IdentifierKind::Name && spelling.contains('^') {
                    spellings.insert(spelling.replace('^', " "));
                }
                spellings.insert(spelling);
            }
            if matches!(value.kind, IdentifierKind::Id) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                spellings.insert(digits.trim_start_matches('0').to_owned());
            }
        }
    }
    spellings
}

/// How strictly a spelling is matched; `None` when it is too short or too common to mean anything.
fn beside(text: &str, kind: IdentifierKind) -> Option<Beside> {
    let count = text.chars().filter(|c| c.is_alphanumeric()).count();
    if text.chars().all(|c| !c.is_alphabetic()) {
        return (count >= SHORTEST_NUMBER && !is_our_word(text)).then_some(Beside::NoDigit);
    }
    if !text.is_ascii() {
        // Scripts without blanks have no word ends; one ideograph alone is any word.
        return (text.chars().count() >= 2).then_some(Beside::Anything);
    }
    let least = match kind {
        IdentifierKind::Name => SHORTEST_WORD,
        // Short codes and path parts (CT1, S1000) are everybody's.
        IdentifierKind::Path | IdentifierKind::Place => INSIDE_WORDS,
        _ => 4,
    };
    let folded = fold(text);
    if count < least || is_our_word(&folded) || Vocabulary::get().knows(&folded) {
        return None;
    }
    let inside_others = count >= INSIDE_WORDS
        && !matches!(kind, IdentifierKind::Place | IdentifierKind::Path)
        && !Vocabulary::get().words().any(|word| word.contains(&folded))
        && !OUR_WORDS.iter().any(|word| word.contains(&folded));
    Some(if inside_others { Beside::Anything } else { Beside::NoWord })
}

/// Words that this program itself writes into every file, and the codes of CID 7050.
const OUR_WORDS: &[&str] = &[
    "113100",
    "113101",
    "113102",
    "113105",
    "113106",
    "113107",
    "113108",
    "dcm",
    "dciodvfy",
    "pictures",
    "anonymous",
    "processed",
    "anonymization",
    "deidentification",
    "identification",
    "profile",
    "basic",
    "application",
    "confidentiality",
    "option",
    "clean",
    "pixel",
    "data",
    "recognizable",
    "visual",
    "features",
    "descriptors",
    "retain",
    "longitudinal",
    "temporal",
    "information",
    "modified",
    "dates",
    "full",
    "patient",
    "characteristics",
    "settings",
    "kernel",
    "shape",
    "face",
    "fill",
    "threshold",
    "study",
    "list",
    "contrast",
    "other",
    "regions",
    "folders",
    "compress",
    "words",
    "include",
    "exclude",
    "shift",
    "keep",
    "remove",
    "safe",
    "ball",
    "disk",
    "bone",
    "erode",
    "redact",
    "drop",
    "slice",
    "modified",
    "unmodified",
    "removed",
    "headctdeid",
    "method",
    "code",
    "sequence",
    "object",
];

fn is_our_word(folded: &str) -> bool {
    OUR_WORDS.contains(&folded)
}

/// The text in every encoding that can hold it.
fn encodings(text: &str) -> Vec<(Vec<u8>, Width)> {
    let mut encodings = vec![
        (text.as_bytes().to_vec(), Width::Bytes),
        (text.encode_utf16().flat_map(u16::to_le_bytes).collect(), Width::LittleEndian16),
        (text.encode_utf16().flat_map(u16::to_be_bytes).collect(), Width::BigEndian16),
    ];
    if !text.is_ascii() {
        for encoding in CHARACTER_SETS {
            let (bytes, _, unmappable) = encoding.encode(text);
            if !unmappable {
                // ISO 2022 returns to ASCII at the end; the name may go on instead.
                let bytes = bytes.strip_suffix(b"\x1b(B").unwrap_or(&bytes).to_vec();
                encodings.push((bytes, Width::Bytes));
            }
        }
    }
    encodings
}

/// The character sets of PS3.3 section C.12.1.1.2 beyond UTF-8, as `encoding_rs` knows them.
static CHARACTER_SETS: &[&Encoding] = &[
    encoding_rs::WINDOWS_1252,
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_3,
    encoding_rs::ISO_8859_4,
    encoding_rs::ISO_8859_5,
    encoding_rs::ISO_8859_6,
    encoding_rs::ISO_8859_7,
    encoding_rs::ISO_8859_8,
    encoding_rs::ISO_8859_15,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_874,
    encoding_rs::SHIFT_JIS,
    encoding_rs::EUC_JP,
    encoding_rs::ISO_2022_JP,
    encoding_rs::EUC_KR,
    encoding_rs::GB18030,
    encoding_rs::BIG5,
];

fn stands_alone(bytes: &[u8], start: usize, end: usize, beside: Beside, width: Width) -> bool {
    let size = if width == Width::Bytes { 1 } else { 2 };
    let character = |at: Option<usize>| -> u8 {
        let Some(unit) = at.and_then(|at| bytes.get(at..at + size)) else { return 0 };
        match (width, unit) {
            (Width::LittleEndian16, [low, 0]) | (Width::BigEndian16, [0, low]) => *low,
            (Width::Bytes, [byte]) => *byte,
            _ => 0,
        }
    };
    let before = character(start.checked_sub(size));
    let after = if width == Width::Bytes && starts_element(bytes, end) { 0 } else { character(Some(end)) };
    match beside {
        Beside::Anything => true,
        Beside::NoWord => !before.is_ascii_alphanumeric() && !after.is_ascii_alphanumeric(),
        Beside::NoDigit => {
            let farther = character(start.checked_sub(2 * size));
            let farther_after = character(Some(end + size));
            let joined_before = before.is_ascii_digit() || (before == b'.' && farther.is_ascii_digit());
            let joined_after = after.is_ascii_digit() || (after == b'.' && farther_after.is_ascii_digit());
            !joined_before && !joined_after
        }
    }
}

/// Whether an element of explicit VR begins here: its group's low byte may look like a letter or digit.
fn starts_element(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 4..at + 6).is_some_and(|vr| vr.iter().all(u8::is_ascii_uppercase))
        && bytes
            .get(at + 1)
            .is_some_and(|high| !high.is_ascii_graphic() || *high == b'0' || *high == b'T' || *high == b'@')
}

/// Whether the match lies in a value of VR DA, DT or TM: shifted dates and kept times may coincide with
/// numbers of the patient; which date stands there is the audit's question.
fn in_date_or_time(bytes: &[u8], start: usize, end: usize) -> bool {
    // The value begins at most 26 bytes (the longest DT) before the match.
    (start.saturating_sub(26)..=start).rev().any(|value| {
        let Some([a, b, low, high]) = value.checked_sub(4).and_then(|header| bytes.get(header..value)) else {
            return false;
        };
        matches!([*a, *b], [b'D', b'A' | b'T'] | [b'T', b'M'])
            && end <= value + usize::from(u16::from_le_bytes([*low, *high]))
            && bytes[value..start]
                .iter()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'\\' | b'-' | b'+' | b' '))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{IdentifierKind, Identifiers};

    fn kinds(own: &[(&str, IdentifierKind)], bytes: &[u8]) -> Vec<IdentifierKind> {
        let mut identifiers = Identifiers::default();
        for (text, kind) in own {
            identifiers.add_own(text, *kind);
        }
        identifiers.scan_bytes(bytes).into_iter().map(|hit| hit.kind).collect()
    }

    #[test]
    fn names_are_found_in_every_encoding_and_case() {
        let name = [("Müller", IdentifierKind::Name)];
        let utf16: Vec<u8> = "xx MÜLLER".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in ["müller".as_bytes(), b"M\xdcLLER", b"mueller", b"MULLER", &utf16] {
            assert_eq!(kinds(&name, bytes).len(), 1, "{bytes:?}");
        }
        let japanese = [("中村", IdentifierKind::Name)];
        for encoding in
            [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::ISO_2022_JP, encoding_rs::GB18030]
        {
            assert_eq!(
                kinds(&japanese, &encoding.encode("Nakamura=中村^花子").0).len(),
                1,
                "{}",
                encoding.name()
            );
        }
    }

    #[test]
    fn short_words_count_alone_and_long_ones_anywhere() {
        assert_eq!(kinds(&[("Lee", IdentifierKind::Name)], b"SLEEP FLEE").len(), 0);
        assert_eq!(kinds(&[("Lee", IdentifierKind::Name)], b"\x00lee^").len(), 1);
        assert_eq!(kinds(&[("Whitfield", IdentifierKind::Name)], b"XWHITFIELDX").len(), 1);
    }

    #[test]
    fn a_following_element_does_not_hide_a_short_word() {
        assert_eq!(kinds(&[("Smit", IdentifierKind::Name)], b"SMIT\x32\x00\x60\x10LO\x04\x00").len(), 1);
    }

    #[test]
    fn numbers_inside_uids_coordinates_and_times_are_no_identifiers() {
        let id = [("100082", IdentifierKind::Id)];
        assert_eq!(kinds(&id, b"1.2.840.100082.5").len(), 0);
        assert_eq!(kinds(&id, b"9100082").len(), 0);
        assert_eq!(kinds(&id, b"TM\x06\x00100082").len(), 0);
        assert_eq!(kinds(&id, b"LO\x06\x00100082").len(), 1);
        assert_eq!(kinds(&id, b"MRN100082,").len(), 1);
    }

    #[test]
    fn a_name_that_is_a_safe_word_is_left_to_the_audit() {
        assert_eq!(
            kinds(&[("Head", IdentifierKind::Name), ("Philips", IdentifierKind::Name)], b"CT HEAD Philips")
                .len(),
            0
        );
    }

    #[test]
    fn dates_are_found_in_text_and_not_in_date_values() {
        let birth = [("19570312", IdentifierKind::BirthDate)];
        assert_eq!(kinds(&birth, b"LO\x0a\x0012.03.1957"), [IdentifierKind::BirthDate]);
        assert_eq!(kinds(&birth, b"LT\x08\x0019570312"), [IdentifierKind::BirthDate]);
        assert_eq!(kinds(&birth, b"DA\x08\x0019570312").len(), 0);
    }
}
