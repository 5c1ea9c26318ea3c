//! The words and shapes of words that may stay in text, as data.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::fold::{fold, squeeze};
use super::rules::IodType;

const WORDS: &str = include_str!("rules/safe_words.csv");
const PATTERNS: &str = include_str!("rules/safe_patterns.csv");
const DEVICE_SHAPES: &str = include_str!("rules/device_shapes.csv");

/// Where a word stands decides what is safe there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Text that people type: descriptions, comments.
    Description,
    /// Text that a device writes: model, kernel, software version. Single letters are kernels there, and four
    /// digits part of a version.
    Device,
    /// A code string.
    Term,
    /// A folder name.
    Folder,
}

/// Who writes the text of an attribute that is kept.
pub(super) const fn place(tag: Tag) -> Place {
    match tag {
        tags::MANUFACTURER_MODEL_NAME
        | tags::SOFTWARE_VERSIONS
        | tags::CONVOLUTION_KERNEL
        | tags::FILTER_TYPE
        | tags::RESCALE_TYPE
        | tags::POSITION_REFERENCE_INDICATOR => Place::Device,
        _ => Place::Description,
    }
}

/// Whether the IOD demands a word of the device's here, which may coincide with a name: HU in Rescale Type, of a
/// patient called Hu.
pub(super) fn demands_term(tag: Tag, iod_type: IodType) -> bool {
    place(tag) == Place::Device && iod_type == IodType::Required
}

/// The safe words and shapes.
pub(super) struct Vocabulary {
    words: HashMap<String, Scope>,
    /// The words without what separates their parts: `ct/i` as `cti`.
    squeezed: HashSet<String>,
    shapes: Vec<Shape>,
    device_shapes: Vec<&'static str>,
}

/// Where a safe word is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Everywhere,
    /// In a code string, where a device writes, and in a folder's name.
    Term,
    /// Where a device writes.
    Device,
}

/// A token made of a known prefix, a number of digits, and a known suffix: `H31s`.
struct Shape {
    prefixes: HashSet<String>,
    suffixes: HashSet<String>,
    digits: std::ops::RangeInclusive<usize>,
    folders_only: bool,
}

impl Vocabulary {
    /// The compiled-in vocabulary, read once.
    pub(super) fn get() -> &'static Self {
        static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::load);
        &VOCABULARY
    }

    fn load() -> Self {
        let mut words = HashMap::new();
        for fields in records(WORDS) {
            let scope = match fields.get(1) {
                Some("term") => Scope::Term,
                Some("device") => Scope::Device,
                _ => Scope::Everywhere,
            };
            words.entry(fold(fields.get(0).unwrap_or_default())).or_insert(scope);
        }
        words.remove("");
        let set = |text: Option<&str>| -> HashSet<String> {
            text.unwrap_or_default().split_whitespace().map(fold).collect()
        };
        let shapes = records(PATTERNS)
            .filter_map(|fields| {
                let (fewest, most) = fields.get(1)?.split_once('-')?;
                Some(Shape {
                    prefixes: set(fields.get(0)),
                    suffixes: set(fields.get(2)),
                    digits: fewest.parse().ok()?..=most.parse().ok()?,
                    folders_only: fields.get(3) == Some("folder"),
                })
            })
            .collect();
        let squeezed = words.keys().map(|word| squeeze(word)).collect();
        let device_shapes = DEVICE_SHAPES.lines().filter(|line| !line.starts_with('#')).skip(1);
        let device_shapes = device_shapes.filter_map(|line| line.split(',').next()).collect();
        Self { words, squeezed, shapes, device_shapes }
    }

    /// Whether the folded word is on the list for this place.
    pub(super) fn has_word(&self, folded: &str, place: Place) -> bool {
        match self.words.get(folded) {
            Some(Scope::Term) => match place {
                Place::Term | Place::Device => true,
                Place::Folder => folded.len() > 1,
                Place::Description => false,
            },
            Some(Scope::Device) => place == Place::Device,
            Some(Scope::Everywhere) => {
                matches!(place, Place::Device | Place::Term) || folded.len() > 1 || !folded.is_ascii()
            }
            None => place == Place::Device && folded.len() == 1 && folded.as_bytes()[0].is_ascii_lowercase(),
        }
    }

    /// Whether the folded word is on the list for any place, however its parts are separated.
    pub(super) fn knows(&self, folded: &str) -> bool {
        self.words.contains_key(folded) || self.squeezed.contains(folded)
    }

    /// Every word on the list.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// Whether the folded token has a safe shape: a kernel, a number with its unit, a matrix.
    pub(super) fn has_shape(&self, folded: &str, place: Place) -> bool {
        if !folded.is_ascii() {
            return false;
        }
        if place == Place::Device && self.device_shapes.iter().any(|shape| has_mask(folded, shape)) {
            return true;
        }
        let Some(first) = folded.find(|c: char| c.is_ascii_digit()) else { return false };
        let rest = &folded[first..];
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (prefix, digits, suffix) = (&folded[..first], &rest[..length], &rest[length..]);
        let listed = self.shapes.iter().any(|shape| {
            (!shape.folders_only || place == Place::Folder)
                && shape.digits.contains(&digits.len())
                && if prefix.is_empty() { shape.prefixes.is_empty() } else { shape.prefixes.contains(prefix) }
                && (suffix.is_empty() && !shape.prefixes.is_empty() || shape.suffixes.contains(suffix))
        });
        listed || is_measure(folded)
    }
}

/// Whether the folded text is a shape's: 9 is a digit, A a letter, the rest stands for itself.
fn has_mask(folded: &str, shape: &str) -> bool {
    folded.len() == shape.len()
        && folded.bytes().zip(shape.bytes()).all(|(byte, mask)| match mask {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_lowercase(),
            _ => byte == mask,
        })
}

/// Decimals with a unit (`0.6mm`), and matrices or collimations (`512x512`, `64x0.6`).
fn is_measure(folded: &str) -> bool {
    let number = |text: &str| {
        let parts: Vec<_> = text.split(['.', ',']).collect();
        parts.len() <= 2
            && parts
                .iter()
                .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let plain = ["mm", "cm", "ms", "s"].iter().find_map(|unit| folded.strip_suffix(unit)).unwrap_or(folded);
    if let Some((left, right)) = plain.split_once('x') {
        return number(left) && number(right) && left.len() <= 4 && right.len() <= 6;
    }
    plain.len() < folded.len() && plain.contains(['.', ',']) && number(plain)
}

fn records(text: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .into_records()
        .filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_and_every_word_has_its_source() {
        assert!(Vocabulary::get().words.len() > 1000);
        for fields in records(WORDS) {
            assert_eq!(fields.len(), 3);
            assert!(!fields[2].is_empty(), "{}", &fields[0]);
        }
    }

    #[test]
    fn every_example_of_a_shape_has_it() {
        for fields in records(PATTERNS) {
            for example in fields[5].split_whitespace() {
                assert!(Vocabulary::get().has_shape(&fold(example), Place::Folder), "{example}");
            }
        }
    }

    #[test]
    fn every_example_of_a_device_shape_has_it_on_devices_alone() {
        for fields in records(DEVICE_SHAPES) {
            assert!(Vocabulary::get().has_shape(&fold(&fields[2]), Place::Device), "{}", &fields[2]);
            assert!(!Vocabulary::get().has_shape(&fold(&fields[2]), Place::Description), "{}", &fields[2]);
        }
    }

    #[test]
    fn identifier_like_tokens_have_no_safe_shape() {
        for token in ["mrn40417793", "a0098231", "st9071", "19570304", "w2y7q", "smith1", "s1000"] {
            assert!(!Vocabulary::get().has_shape(token, Place::Description), "{token}");
        }
        assert!(Vocabulary::get().has_shape("s1000", Place::Folder));
    }
}
