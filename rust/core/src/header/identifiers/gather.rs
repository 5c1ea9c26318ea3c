//! Finds identifying values in a header, at any depth.

use dicom_core::value::{PrimitiveValue, Value};
use dicom_core::{Tag, VR};
use dicom_object::InMemDicomObject;

use super::super::rules::{Rules, Tells};
use super::{IdentifierKind, Identifiers};

/// Patient's Birth Date.
const BIRTH_DATE: Tag = Tag(0x0010, 0x0030);
/// Person Identification Code Sequence: its codes are staff numbers.
const PERSON_CODES: Tag = Tag(0x0040, 0x1101);
const CODE_VALUE: Tag = Tag(0x0008, 0x0100);
const CODE_MEANING: Tag = Tag(0x0008, 0x0104);

pub(super) fn header(identifiers: &mut Identifiers, header: &InMemDicomObject) {
    // A header the tables cannot be read for is not scrubbed either: scrubbing reports the refusal.
    if let Ok(rules) = Rules::get() {
        object(identifiers, rules, header, false);
    }
}

fn object(identifiers: &mut Identifiers, rules: &Rules, header: &InMemDicomObject, person_codes: bool) {
    for element in header {
        let tag = element.header().tag;
        match element.value() {
            Value::Sequence(sequence) => {
                for item in sequence.items() {
                    object(identifiers, rules, item, tag == PERSON_CODES);
                }
            }
            Value::Primitive(value) => {
                let vr = element.vr();
                let listed = rules.identifying.get(&tag);
                let is_code = person_codes && matches!(tag, CODE_VALUE | CODE_MEANING);
                if listed.is_some() || is_code || matches!(vr, VR::PN | VR::DA | VR::DT) {
                    texts(value, |text| one(identifiers, tag, vr, listed.copied(), is_code, text));
                }
            }
            Value::PixelSequence(_) => {}
        }
    }
}

fn texts(value: &PrimitiveValue, mut add: impl FnMut(&str)) {
    match value {
        PrimitiveValue::Str(text) => add(text),
        PrimitiveValue::Strs(texts) => texts.iter().for_each(|text| add(text)),
        PrimitiveValue::Date(_) | PrimitiveValue::DateTime(_) => {
            value.to_multi_str().iter().for_each(|text| add(text));
        }
        _ => {}
    }
}

fn one(
    identifiers: &mut Identifiers,
    tag: Tag,
    vr: VR,
    listed: Option<(Tells, bool)>,
    is_code: bool,
    text: &str,
) {
    let number = (u32::from(tag.group()) << 16) | u32::from(tag.element());
    let text = if vr == VR::DT { text.get(..8).unwrap_or(text) } else { text };
    let key = (number, text.to_owned());
    if text.trim().is_empty() || !identifiers.seen.insert(key) {
        return;
    }
    match (listed, vr) {
        (Some((tells, own)), _) => {
            let kind = match tells {
                Tells::Id => IdentifierKind::Id,
                Tells::Contact => IdentifierKind::Contact,
                Tells::Place => IdentifierKind::Place,
            };
            identifiers.add(text, kind, own);
            if tells == Tells::Place || tells == Tells::Contact {
                words(text).for_each(|word| identifiers.add(word, IdentifierKind::Place, false));
            }
        }
        (None, VR::DA | VR::DT) => {
            for date in text.split('-') {
                let kind = if tag == BIRTH_DATE { IdentifierKind::BirthDate } else { IdentifierKind::Date };
                identifiers.add(date, kind, true);
            }
        }
        _ if is_code && tag == CODE_VALUE => identifiers.add(text, IdentifierKind::Id, false),
        _ => name(identifiers, text, tag.group() == 0x0010),
    }
}

/// Every component of every component group, and its words: `Nakamura^Hanako=中村^花子`.
fn name(identifiers: &mut Identifiers, text: &str, own: bool) {
    for group in text.split('=') {
        identifiers.add(group, IdentifierKind::Name, own);
        for (index, component) in group.split('^').enumerate() {
            let titles = index >= 3;
            let mut add = |word: &str| {
                if !(titles && is_title(word)) {
                    identifiers.add(word, IdentifierKind::Name, own);
                }
            };
            add(component);
            component
                .split(|c: char| {
                    !c.is_alphanumeric() && c != '\'' && !unicode_normalization::char::is_combining_mark(c)
                })
                .for_each(&mut add);
        }
    }
}

/// Prefixes and suffixes that many people share.
fn is_title(word: &str) -> bool {
    matches!(
        word.trim_end_matches('.').to_ascii_lowercase().as_str(),
        "mr" | "mrs"
            | "ms"
            | "miss"
            | "dr"
            | "prof"
            | "md"
            | "m.d"
            | "phd"
            | "jr"
            | "sr"
            | "ii"
            | "iii"
            | "rn"
            | "herr"
            | "frau"
            | "med"
    )
}

/// Words of an address or institution that could be told apart elsewhere.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4)
}
