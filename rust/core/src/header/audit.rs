//! Checks a written header against the tables, value by value, without repeating the scrub.
//!
//! The scrub asks of an attribute "what is to be done with it"; the audit asks of each value that is there
//! "what entitles it to be there". It reads the raw rows of the tables and needs no input.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_core::value::{PrimitiveValue, Value};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::clean;
use super::codes;
use super::identifiers::{IdentifierKind, Identifiers};
use super::legal;
use super::rules::{Code, House, Own, Rules, Standard};
use super::uids;
use super::vocabulary::{Place, demands_term, place};
use crate::settings::{Characteristics, Dates, Settings, StudyList};

/// What a written header was found to violate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A private attribute.
    Private,
    /// An attribute, or a group of attributes, that has to go.
    Forbidden,
    /// An attribute that the data dictionary does not know.
    Unknown,
    /// A value that is not legal for its VR, or a VR that is not the attribute's.
    Illegal,
    /// A UID that is neither mapped nor the standard's own.
    NotMapped,
    /// A value that should be empty, a dummy or a fixed word.
    NotReplaced,
    /// Text with something else than safe words.
    UnsafeText,
    /// Bytes that nothing entitles to be there.
    Opaque,
    /// An age above 090Y.
    Age,
    /// An identifier of the patient.
    Identifier(IdentifierKind),
    /// The declaration of what was done is missing or not as the settings say.
    Declaration,
}

/// Where a header violates what; never the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Finding {
    /// Tags from the outermost sequence inward: `(0008,1115)[1](0008,103E)`.
    pub tag_path: String,
    /// What was violated.
    pub check: Check,
}

/// Everything that a written header violates; empty for a sound one.
///
/// `identifiers` are searched for where given. Pixel Data is not looked at.
#[must_use]
pub fn audit(
    object: &InMemDicomObject,
    settings: &Settings,
    identifiers: Option<&Identifiers>,
) -> Vec<Finding> {
    let nobody = Identifiers::default();
    let mut findings = Vec::new();
    match Rules::get() {
        Ok(rules) => {
            let audit = Audit { rules, settings, identifiers: identifiers.unwrap_or(&nobody) };
            audit.data_set(object, "", &mut findings);
            audit.declaration(object, &mut findings);
        }
        Err(_) => findings.push(Finding { tag_path: String::new(), check: Check::Declaration }),
    }
    findings
}

struct Audit<'a> {
    rules: &'a Rules,
    settings: &'a Settings,
    identifiers: &'a Identifiers,
}

/// Attributes that the declaration itself writes.
const DECLARED: [Tag; 7] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::PATIENT_IDENTITY_REMOVED,
    tags::DEIDENTIFICATION_METHOD,
    tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    tags::BURNED_IN_ANNOTATION,
    tags::RECOGNIZABLE_VISUAL_FEATURES,
    tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
];
/// The words that stand in place of removed values.
const FIXED_WORDS: [&str; 5] = ["", "anonymous", "ANONYMOUS", "Processed for anonymization", "99ANON"];

impl Audit<'_> {
    fn data_set(&self, object: &InMemDicomObject, path: &str, findings: &mut Vec<Finding>) {
        for element in object {
            let tag = element.header().tag;
            let here = format!("{path}{tag}");
            if path.is_empty() && (DECLARED.contains(&tag) || tag == tags::PIXEL_DATA) {
                continue;
            }
            for check in self.element(tag, element) {
                findings.push(Finding { tag_path: here.clone(), check });
            }
            for (index, item) in element.items().unwrap_or_default().iter().enumerate() {
                self.data_set(item, &format!("{here}[{}]", index + 1), findings);
            }
        }
    }

    fn element(&self, tag: Tag, element: &InMemElement) -> Vec<Check> {
        if tag.group() % 2 == 1 {
            return vec![Check::Private];
        }
        if tag.element() == 0
            || tag.group() < 8
            || tag.group() >= 0xfffa
            || matches!(tag.group() >> 8, 0x50 | 0x60)
        {
            return vec![Check::Forbidden];
        }
        let Some(known) = StandardDataDictionary.by_tag(tag) else { return vec![Check::Unknown] };
        if matches!(known.vr(), VirtualVr::Exact(vr) if vr != element.vr()) {
            return vec![Check::Illegal];
        }
        let mut checks = Vec::new();
        if self.must_be_absent(tag) {
            checks.push(Check::Forbidden);
        }
        match element.value() {
            Value::Primitive(value) => self.value(tag, element.vr(), value, &mut checks),
            Value::Sequence(_) => {}
            Value::PixelSequence(_) => checks.push(Check::Opaque),
        }
        checks
    }

    /// Whether the tables leave no way for the attribute to stay.
    fn must_be_absent(&self, tag: Tag) -> bool {
        let row = self.rules.row(tag);
        let own = row.and_then(|row| row.own);
        if let Some(own) = own {
            return own == Own::Code(Code::X)
                || (own == Own::Age && self.settings.characteristics == Characteristics::None);
        }
        let house = row
            .and_then(|row| row.house.as_ref())
            .filter(|_| self.settings.study_list == StudyList::Anonymous);
        let standard = row.and_then(|row| row.standard);
        match (house, standard) {
            (Some(house), _) => *house == House::Code(Code::X),
            (None, Some(standard)) => standard.basic == Code::X && !self.has_option(standard),
            (None, None) => {
                row.and_then(|row| row.iod_type).is_none()
                    && self.rules.pattern(tag) == Some(Own::Code(Code::X))
            }
        }
    }

    /// Whether an option in use lets the attribute stay.
    fn has_option(&self, row: Standard) -> bool {
        row.clean_descriptors.is_some()
            || (row.patient_characteristics.is_some()
                && self.settings.characteristics != Characteristics::None)
            || match self.settings.dates {
                Dates::Shift => row.modified_dates.is_some(),
                Dates::Keep => row.full_dates.is_some(),
                Dates::Remove => false,
            }
    }

    fn value(&self, tag: Tag, vr: VR, value: &PrimitiveValue, checks: &mut Vec<Check>) {
        if legal::is_opaque(vr) {
            if value.multiplicity() > 2 {
                checks.push(Check::Opaque);
            }
            return;
        }
        let is_text = matches!(value, PrimitiveValue::Str(_) | PrimitiveValue::Strs(_));
        if !is_text {
            if legal::is_text(vr) && value.multiplicity() > 0 {
                checks.push(Check::Illegal);
            }
            if let PrimitiveValue::Tags(pointers) = value {
                let known = |tag: &Tag| {
                    tag.group().is_multiple_of(2) && StandardDataDictionary.by_tag(*tag).is_some()
                };
                if !pointers.iter().all(known) {
                    checks.push(Check::Illegal);
                }
                return;
            }
            if legal::spells_text(value) {
                checks.push(Check::UnsafeText);
            }
            // Long rows of short numbers are tables, and a fraction is measured.
            let is_table = matches!(vr, VR::US | VR::SS) && value.multiplicity() > 16;
            let whole = |number: &&String| (5..=15).contains(&number.len()) && !number.contains('.');
            if !is_table
                && value
                    .to_multi_str()
                    .iter()
                    .filter(whole)
                    .any(|number| self.is_identifying_number(tag, number))
            {
                checks.push(Check::Identifier(IdentifierKind::Id));
            }
            return;
        }
        let whole = value.to_str();
        let one = [whole.to_string()];
        let many = value.to_multi_str();
        let texts: &[String] = if legal::is_one_text(vr) { &one } else { &many };
        for text in texts.iter().flat_map(|text| {
            if legal::is_one_text(vr) { vec![text.as_str()] } else { text.split('\\').collect() }
        }) {
            let text = text.trim_matches([' ', '\0']);
            if !legal::is_legal(vr, text) {
                checks.push(Check::Illegal);
            }
            if !text.is_empty() {
                self.text(tag, vr, text, checks);
            }
        }
    }

    fn text(&self, tag: Tag, vr: VR, text: &str, checks: &mut Vec<Check>) {
        match vr {
            // New identities: who is who is the linkage table's business.
            _ if matches!(tag, tags::PATIENT_ID | tags::ACCESSION_NUMBER) => {}
            VR::UI => {
                let coding_scheme =
                    tag == tags::CODING_SCHEME_UID && text.starts_with("2.16.840.1.113883.6.");
                if !(uids::is_remapped(text) || uids::is_standard(text) || coding_scheme) {
                    checks.push(Check::NotMapped);
                }
            }
            VR::DA | VR::DT | VR::TM => {
                if tag == tags::PATIENT_BIRTH_DATE || tag == tags::PATIENT_BIRTH_TIME {
                    checks.push(Check::NotReplaced);
                }
                if self.settings.dates == Dates::Remove && Some(text) != legal::dummy(vr) {
                    checks.push(Check::NotReplaced);
                }
            }
            VR::AS => {
                if text.ends_with('Y') && text > "090Y" {
                    checks.push(Check::Age);
                }
            }
            VR::IS | VR::DS => {
                if self.is_identifying_number(tag, text) {
                    checks.push(Check::Identifier(IdentifierKind::Id));
                }
            }
            VR::CS => {
                let demanded = self
                    .rules
                    .row(tag)
                    .and_then(|row| row.iod_type)
                    .is_some_and(|t| t != super::rules::IodType::Optional);
                let nobody = Identifiers::default();
                let identifiers = if demanded { &nobody } else { self.identifiers };
                if !FIXED_WORDS.contains(&text) && !clean::is_safe(text, Place::Term, identifiers) {
                    checks.push(Check::UnsafeText);
                }
            }
            _ if FIXED_WORDS.contains(&text) || Some(text) == legal::dummy(vr) => {}
            VR::PN | VR::AE => checks.push(Check::NotReplaced),
            _ if matches!(tag, codes::CODE_VALUE | codes::CODING_SCHEME | codes::CODING_SCHEME_VERSION) => {
                if clean::holds_identifier(text, self.identifiers) && self.identifiers.is_number(text) {
                    checks.push(Check::Identifier(IdentifierKind::Id));
                }
            }
            _ => self.free_text(tag, text, checks),
        }
    }

    /// A number of the patient; where no table names the attribute, any as long as somebody's.
    fn is_identifying_number(&self, tag: Tag, text: &str) -> bool {
        self.identifiers.is_number(text) || (!self.rules.names(tag) && legal::is_long_number(text))
    }

    fn free_text(&self, tag: Tag, text: &str, checks: &mut Vec<Check>) {
        let row = self.rules.row(tag);
        let fixed = row
            .and_then(|row| row.house.as_ref())
            .filter(|_| self.settings.study_list == StudyList::Anonymous);
        if let Some(House::Word(_)) = fixed {
            checks.push(Check::NotReplaced);
        } else {
            let nobody = Identifiers::default();
            let iod_type = row.and_then(|row| row.iod_type).unwrap_or_default();
            let identifiers = if demands_term(tag, iod_type) { &nobody } else { self.identifiers };
            if !clean::is_safe(text, place(tag), identifiers) {
                checks.push(Check::UnsafeText);
            }
        }
    }

    fn declaration(&self, object: &InMemDicomObject, findings: &mut Vec<Finding>) {
        let text = |tag: Tag| {
            object.get(tag).and_then(|element| element.to_str().ok()).unwrap_or_default().trim().to_owned()
        };
        let codes: Vec<String> = object
            .get(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE)
            .and_then(|element| element.items())
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.get(codes::CODE_VALUE)?.to_str().ok().map(|code| code.trim().to_owned()))
            .collect();
        let (temporal, temporal_code) = match self.settings.dates {
            Dates::Shift => ("MODIFIED", Some("113107")),
            Dates::Keep => ("UNMODIFIED", Some("113106")),
            Dates::Remove => ("REMOVED", None),
        };
        let has = |code: &str| codes.iter().any(|known| known == code);
        let sound = [
            (tags::SPECIFIC_CHARACTER_SET, text(tags::SPECIFIC_CHARACTER_SET) == "ISO_IR 192"),
            (tags::PATIENT_IDENTITY_REMOVED, text(tags::PATIENT_IDENTITY_REMOVED) == "YES"),
            (
                tags::DEIDENTIFICATION_METHOD,
                text(tags::DEIDENTIFICATION_METHOD).starts_with("Head CT Deidentification "),
            ),
            (
                tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
                has("113100")
                    && has("113105")
                    && has("113108") == (self.settings.characteristics != Characteristics::None)
                    && ["113106", "113107"].iter().all(|code| has(code) == (temporal_code == Some(*code))),
            ),
            (
                tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
                text(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED) == temporal,
            ),
            (tags::BURNED_IN_ANNOTATION, has("113101") == (text(tags::BURNED_IN_ANNOTATION) == "NO")),
            (
                tags::RECOGNIZABLE_VISUAL_FEATURES,
                has("113102") == (text(tags::RECOGNIZABLE_VISUAL_FEATURES) == "NO"),
            ),
        ];
        for (tag, sound) in sound {
            if !sound {
                findings.push(Finding { tag_path: tag.to_string(), check: Check::Declaration });
            }
        }
    }
}
