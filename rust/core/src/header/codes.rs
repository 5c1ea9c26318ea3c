//! Coded entries: an item with a public code says the same everywhere, one with a local code may name staff.

use dicom_core::Tag;
use dicom_object::InMemDicomObject;

use super::identifiers::Identifiers;
use super::rules::Rules;

/// Code Value.
pub(super) const CODE_VALUE: Tag = Tag(0x0008, 0x0100);
/// Coding Scheme Designator.
pub(super) const CODING_SCHEME: Tag = Tag(0x0008, 0x0102);
/// Coding Scheme Version.
pub(super) const CODING_SCHEME_VERSION: Tag = Tag(0x0008, 0x0103);

/// Whether the item is a coded entry (PS3.3 section 8.8) at all.
pub(super) fn is_coded(item: &InMemDicomObject) -> bool {
    item.get(CODE_VALUE).is_some() || item.get(CODING_SCHEME).is_some()
}

/// Whether the coded entry is of a public scheme, its value looks like one of the scheme's codes and is no
/// identifier of the patient.
pub(super) fn is_public(rules: &Rules, item: &InMemDicomObject, identifiers: &Identifiers) -> bool {
    let (Some(scheme), Some(value)) = (text(item, CODING_SCHEME), text(item, CODE_VALUE)) else {
        return false;
    };
    let Some(known) = rules.coding_schemes.iter().find(|known| known.designator == scheme) else {
        return false;
    };
    has_form(&known.characters, &value) && !identifiers.is_number(&value)
}

/// Whether the text is a version of a coding scheme: a year, a date, a small number.
pub(super) fn is_version(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn text(item: &InMemDicomObject, tag: Tag) -> Option<String> {
    item.get(tag)?.to_str().ok().map(|text| text.trim().to_owned())
}

fn has_form(characters: &str, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match characters {
        "digits" => digits(value) && value.len() <= 18,
        // An axis letter, a hyphen and five characters: `T-D1100`.
        "snomed" => {
            let bytes = value.as_bytes();
            (6..=8).contains(&bytes.len())
                && bytes[0].is_ascii_uppercase()
                && bytes[1] == b'-'
                && bytes[2..].iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
        }
        "loinc" => value.split_once('-').is_some_and(|(number, check)| {
            digits(number) && digits(check) && number.len() <= 7 && check.len() == 1
        }),
        "radlex" => value.strip_prefix("RID").is_some_and(|number| digits(number) && number.len() <= 7),
        "umls" => value.strip_prefix('C').is_some_and(|number| digits(number) && number.len() == 7),
        "unit" => {
            value.len() <= 12
                && value.bytes().all(|b| {
                    b.is_ascii_alphabetic()
                        || matches!(
                            b,
                            b'/' | b'.' | b'1' | b'2' | b'3' | b'-' | b'%' | b'[' | b']' | b'{' | b'}'
                        )
                })
                && value.bytes().filter(u8::is_ascii_digit).count() <= 2
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::{DataElement, VR};

    fn item(scheme: &str, value: &str) -> InMemDicomObject {
        InMemDicomObject::from_element_iter([
            DataElement::new(CODING_SCHEME, VR::SH, scheme),
            DataElement::new(CODE_VALUE, VR::SH, value),
        ])
    }

    #[test]
    fn public_codes_are_told_from_local_ones() {
        let rules = Rules::get().unwrap();
        let none = Identifiers::default();
        for (scheme, value) in [
            ("DCM", "113691"),
            ("SRT", "T-D1100"),
            ("SCT", "69536005"),
            ("UCUM", "mGy"),
            ("LN", "24725-4"),
            ("UCUM", "1"),
        ] {
            assert!(is_public(rules, &item(scheme, value), &none), "{scheme} {value}");
        }
        for (scheme, value) in [("99LOCAL", "STF-3391"), ("DCM", "STF-3391"), ("SRT", "DOE"), ("", "")] {
            assert!(!is_public(rules, &item(scheme, value), &none), "{scheme} {value}");
        }
    }
}
