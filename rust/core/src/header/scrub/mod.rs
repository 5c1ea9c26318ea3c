//! Applies one action to each attribute, at every depth.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::clean;
use super::codes;
use super::dates;
use super::declare::{ActionCounts, MappedUids, ScrubbedHeader};
use super::identifiers::Identifiers;
use super::legal;
use super::person::Person;
use super::profile::{self, Action, Fallback};
use super::rules::{IodType, Rules};
use super::uids;
use super::value::{empty, has_kind, holds_legal, is_empty, representation, strings, values};
use super::vocabulary::{Place, demands_term, place};
use crate::error::{Failure, Stage};
use crate::settings::{PatientIdRule, Settings};

/// Depth of nesting beyond which sequences go; no CT header is a tenth as deep.
const DEEPEST: usize = 32;
/// Root of the identifiers that HL7 registers for coding schemes.
const HL7_CODE_SYSTEMS: &str = "2.16.840.1.113883.6.";

/// Applies the tables to the header of one instance. The result makes no claim about the pixels.
///
/// `object` is a data set without file meta group and Pixel Data, its text decoded. The result's text is to be
/// written as UTF-8 (`ISO_IR 192`). Fails when an attribute without which there is no image is illegal or holds
/// an identifier; the message names the attribute only.
pub fn scrub(
    object: &InMemDicomObject,
    person: &Person,
    settings: &Settings,
) -> Result<ScrubbedHeader, Failure> {
    let mut scrub = Scrub { rules: Rules::get()?, person, settings, counts: ActionCounts::default() };
    let mut clean = scrub.data_set(object, 0)?;
    for tag in [tags::SOP_INSTANCE_UID, tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID] {
        if text(&clean, tag).is_empty() {
            return Err(Failure::new(Stage::Header, format!("{tag} is empty, expected a UID")));
        }
    }
    clean.put(DataElement::new(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"));
    for (tag, vr) in [(tags::PATIENT_ID, VR::LO), (tags::ACCESSION_NUMBER, VR::SH)] {
        if clean.get(tag).is_none() {
            clean.put(DataElement::new(tag, vr, scrub.identity(tag)));
        }
    }
    if clean.get(tags::PATIENT_NAME).is_none() {
        clean.put(DataElement::new(tags::PATIENT_NAME, VR::PN, PrimitiveValue::Empty));
    }
    let uids = MappedUids {
        sop_instance: text(&clean, tags::SOP_INSTANCE_UID),
        series_instance: text(&clean, tags::SERIES_INSTANCE_UID),
        study_instance: text(&clean, tags::STUDY_INSTANCE_UID),
        frame_of_reference: Some(text(&clean, tags::FRAME_OF_REFERENCE_UID)).filter(|uid| !uid.is_empty()),
    };
    Ok(ScrubbedHeader::new(clean, scrub.counts, uids, settings))
}

fn text(object: &InMemDicomObject, tag: Tag) -> String {
    object
        .get(tag)
        .and_then(|element| element.to_str().ok())
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

struct Scrub<'a> {
    rules: &'a Rules,
    person: &'a Person,
    settings: &'a Settings,
    counts: ActionCounts,
}

/// What becomes of a value.
enum Outcome {
    Kept,
    Cleaned(PrimitiveValue),
    Replaced(PrimitiveValue),
    Remapped(PrimitiveValue),
    Shifted(PrimitiveValue),
    Items(Vec<InMemDicomObject>),
    /// Illegal or identifying: removed, or emptied where the IOD wants the attribute.
    Unfit,
    Removed,
    Emptied,
}

impl Scrub<'_> {
    fn data_set(&mut self, object: &InMemDicomObject, depth: usize) -> Result<InMemDicomObject, Failure> {
        let mut kept = Vec::with_capacity(256);
        for element in object {
            kept.extend(self.element(element, depth)?);
        }
        Ok(InMemDicomObject::from_element_iter(kept))
    }

    fn element(&mut self, element: &InMemElement, depth: usize) -> Result<Option<InMemElement>, Failure> {
        let tag = element.header().tag;
        let known =
            (!profile::is_outside_the_tables(tag)).then(|| StandardDataDictionary.by_tag(tag)).flatten();
        let Some(known) = known else {
            self.counts.removed += 1;
            return Ok(None);
        };
        let vr = representation(known.vr(), element.vr());
        let action = profile::action(self.rules, self.settings, tag, vr, depth > 0);
        let iod_type = if depth > 0 { IodType::Optional } else { profile::iod_type(self.rules.row(tag)) };
        let outcome = match self.apply(action, element, vr, iod_type, depth)? {
            Outcome::Kept if !holds_legal(vr, element) => Outcome::Unfit,
            outcome => outcome,
        };
        self.count(&outcome, iod_type);
        Ok(match outcome {
            Outcome::Kept if element.vr() == vr => Some(element.clone()),
            Outcome::Kept => Some(InMemElement::new(tag, vr, element.value().clone())),
            Outcome::Cleaned(value)
            | Outcome::Replaced(value)
            | Outcome::Remapped(value)
            | Outcome::Shifted(value) => Some(DataElement::new(tag, vr, value)),
            Outcome::Items(items) => {
                Some(DataElement::new(tag, VR::SQ, DataSetSequence::new(items, Length::UNDEFINED)))
            }
            Outcome::Removed => None,
            Outcome::Unfit if depth == 0 && self.rules.row(tag).is_some_and(|row| row.essential) => {
                return Err(Failure::new(Stage::Header, format!("{tag} does not hold a usable {vr} value")));
            }
            Outcome::Unfit if iod_type == IodType::Optional => None,
            Outcome::Unfit | Outcome::Emptied => Some(empty(tag, vr)),
        })
    }

    fn count(&mut self, outcome: &Outcome, iod_type: IodType) {
        let counts = &mut self.counts;
        *match outcome {
            Outcome::Kept | Outcome::Items(_) => &mut counts.kept,
            Outcome::Cleaned(_) => &mut counts.cleaned,
            Outcome::Replaced(_) => &mut counts.replaced,
            Outcome::Remapped(_) => &mut counts.remapped,
            Outcome::Shifted(_) => &mut counts.shifted,
            Outcome::Removed => &mut counts.removed,
            Outcome::Unfit if iod_type == IodType::Optional => &mut counts.removed,
            Outcome::Unfit | Outcome::Emptied => &mut counts.emptied,
        } += 1;
    }

    fn apply(
        &mut self,
        action: Action<'_>,
        element: &InMemElement,
        vr: VR,
        iod_type: IodType,
        depth: usize,
    ) -> Result<Outcome, Failure> {
        let tag = element.header().tag;
        Ok(match action {
            Action::Remove => Outcome::Removed,
            Action::Empty => Outcome::Emptied,
            Action::Remap => self.remapped(element, vr, iod_type),
            Action::Shift => self.shifted(element, vr),
            Action::Keep if vr == VR::SQ => self.items(element, iod_type, depth)?,
            Action::Keep => self.kept(element, vr, iod_type),
            Action::Clean(_) if demands_term(tag, iod_type) && is_safe_for_anybody(element, vr) => {
                Outcome::Kept
            }
            Action::Clean(fallback) => match self.cleaned(element, vr, place(tag)) {
                Outcome::Unfit => match fallback {
                    Fallback::Remove => Outcome::Removed,
                    Fallback::Empty => Outcome::Emptied,
                    Fallback::Dummy => self.dummy(element, vr, depth)?,
                },
                outcome => outcome,
            },
            Action::Word(_) if is_empty(element) => Outcome::Emptied,
            Action::Word(word) if legal::is_legal(vr, word) => Outcome::Replaced(word.into()),
            Action::Dummy | Action::Word(_) => self.dummy(element, vr, depth)?,
            Action::Age => match values(element).and_then(|ages| legal::capped_age(ages.first()?)) {
                Some(age) if element.to_str().is_ok_and(|text| text == age) => Outcome::Kept,
                Some(age) => Outcome::Replaced(age.into()),
                None => Outcome::Unfit,
            },
            Action::PublicCode => match values(element) {
                _ if depth == 0 => Outcome::Removed,
                Some(texts)
                    if tag != codes::CODING_SCHEME_VERSION
                        || texts.iter().all(|text| codes::is_version(text)) =>
                {
                    Outcome::Kept
                }
                _ => Outcome::Unfit,
            },
            Action::PatientId | Action::Accession => Outcome::Replaced(self.identity(tag)),
        })
    }

    /// The new value of Patient ID or Accession Number.
    fn identity(&self, tag: Tag) -> PrimitiveValue {
        match (tag, self.settings.patient_id) {
            (tags::ACCESSION_NUMBER, _) => self.person.accession.as_str().into(),
            (_, PatientIdRule::NewId) => self.person.patient_id.as_str().into(),
            (_, PatientIdRule::Anonymous) => "anonymous".into(),
        }
    }

    /// A value that means nothing: for a sequence, one item with what may stay of its own.
    fn dummy(&mut self, element: &InMemElement, vr: VR, depth: usize) -> Result<Outcome, Failure> {
        Ok(match (vr, legal::dummy(vr)) {
            (VR::SQ, _) => match self.items(element, IodType::Required, depth)? {
                Outcome::Items(items) if !items.is_empty() => Outcome::Items(items),
                _ => Outcome::Items(vec![InMemDicomObject::from_element_iter([
                    DataElement::new(codes::CODE_VALUE, VR::SH, "anonymous"),
                    DataElement::new(codes::CODING_SCHEME, VR::SH, "99ANON"),
                    DataElement::new(tags::CODE_MEANING, VR::LO, "anonymous"),
                ])]),
            },
            (VR::UI, _) => Outcome::Remapped(uids::remap_uid(&self.person.key, "").into()),
            (_, Some(text)) => Outcome::Replaced(text.into()),
            (VR::US, _) => Outcome::Replaced(PrimitiveValue::from(0_u16)),
            (VR::SS, _) => Outcome::Replaced(PrimitiveValue::from(0_i16)),
            (VR::UL, _) => Outcome::Replaced(PrimitiveValue::from(0_u32)),
            (VR::SL, _) => Outcome::Replaced(PrimitiveValue::from(0_i32)),
            (VR::FL, _) => Outcome::Replaced(PrimitiveValue::from(0_f32)),
            (VR::FD, _) => Outcome::Replaced(PrimitiveValue::from(0_f64)),
            _ => Outcome::Replaced(PrimitiveValue::U8([0, 0].into_iter().collect())),
        })
    }

    fn remapped(&self, element: &InMemElement, vr: VR, iod_type: IodType) -> Outcome {
        let (VR::UI, Some(values)) = (vr, values(element)) else { return Outcome::Unfit };
        let values: Vec<&str> = values.iter().map(|uid| uids::trimmed(uid)).collect();
        if values.iter().all(|uid| uid.is_empty()) {
            return if iod_type == IodType::Optional { Outcome::Removed } else { Outcome::Emptied };
        }
        if values.iter().all(|uid| self.may_stay(element.header().tag, uid)) {
            return Outcome::Kept;
        }
        Outcome::Remapped(strings(values.iter().map(|uid| {
            if uid.is_empty() || self.may_stay(element.header().tag, uid) {
                (*uid).to_owned()
            } else {
                uids::remap_uid(&self.person.key, uid)
            }
        })))
    }

    /// UIDs of the standard stay; so do those of registered coding schemes, where they name one.
    fn may_stay(&self, tag: Tag, uid: &str) -> bool {
        (uids::is_standard(uid)
            || (tag == tags::CODING_SCHEME_UID && uids::is_legal(uid) && uid.starts_with(HL7_CODE_SYSTEMS)))
            && !uid.split('.').any(|part| self.person.identifiers.is_number(part) && part != "10008")
    }

    fn shifted(&self, element: &InMemElement, vr: VR) -> Outcome {
        let Some(values) = values(element) else { return Outcome::Unfit };
        let shift = |value: &String| match vr {
            VR::DA => self.person.date_shift.date(value),
            VR::DT => self.person.date_shift.date_time(value),
            _ => dates::legal_time(value),
        };
        if values.iter().all(|value| value.trim().is_empty()) {
            return Outcome::Emptied;
        }
        match values.iter().map(shift).collect::<Option<Vec<_>>>() {
            Some(times) if vr == VR::TM && times == values => Outcome::Kept,
            Some(moved) if vr == VR::TM => Outcome::Cleaned(strings(moved)),
            Some(moved) => Outcome::Shifted(strings(moved)),
            None => Outcome::Unfit,
        }
    }

    fn items(&mut self, element: &InMemElement, iod_type: IodType, depth: usize) -> Result<Outcome, Failure> {
        let Some(items) = element.items().filter(|_| depth < DEEPEST) else { return Ok(Outcome::Unfit) };
        let mut kept = Vec::new();
        for item in items {
            if codes::is_coded(item) && !codes::is_public(self.rules, item, &self.person.identifiers) {
                self.counts.removed += 1;
                continue;
            }
            let item = self.data_set(item, depth + 1)?;
            if item.iter().next().is_some() {
                kept.push(item);
            }
        }
        Ok(match (kept.is_empty(), iod_type) {
            (true, IodType::Optional) => Outcome::Removed,
            _ => Outcome::Items(kept),
        })
    }

    /// Stays when it is legal for its VR and free of identifiers.
    fn kept(&self, element: &InMemElement, vr: VR, iod_type: IodType) -> Outcome {
        let tag = element.header().tag;
        match vr {
            VR::UI => self.remapped(element, vr, iod_type),
            VR::CS => self.terms(element, iod_type),
            _ if is_empty(element) => match element.value() {
                Value::Primitive(PrimitiveValue::Empty) => Outcome::Kept,
                _ if iod_type == IodType::Optional => Outcome::Removed,
                _ => Outcome::Emptied,
            },
            VR::IS | VR::DS | VR::AS | VR::DA | VR::DT | VR::TM => self.measured(element, vr),
            _ if legal::carries_text(vr) => self.cleaned(element, vr, Place::Description),
            _ => match element.value() {
                Value::Primitive(PrimitiveValue::Tags(pointers))
                    if !pointers.iter().copied().all(is_standard) =>
                {
                    Outcome::Unfit
                }
                Value::Primitive(value)
                    if has_kind(value, vr)
                        && !legal::spells_text(value)
                        && !self.holds_identifying_number(tag, value) =>
                {
                    Outcome::Kept
                }
                _ => Outcome::Unfit,
            },
        }
    }

    /// Numbers, ages and dates: stay when all are legal and none is somebody's. Decimals longer than a DS may be, as
    /// some scanners and tools write them, are rounded to its length.
    fn measured(&self, element: &InMemElement, vr: VR) -> Outcome {
        let Some(texts) = values(element) else { return Outcome::Unfit };
        let fitting: Option<Vec<String>> = texts
            .iter()
            .map(|text| match vr {
                _ if legal::is_legal(vr, text) => Some(text.clone()),
                VR::DS => legal::rounded_decimal(text),
                _ => None,
            })
            .collect();
        let Some(fitting) = fitting else { return Outcome::Unfit };
        let tag = element.header().tag;
        let is_somebodys = matches!(vr, VR::IS | VR::DS)
            && texts.iter().chain(&fitting).any(|text| self.is_identifying_number(tag, text));
        match fitting == texts {
            _ if is_somebodys => Outcome::Unfit,
            true => Outcome::Kept,
            false => Outcome::Cleaned(strings(fitting)),
        }
    }

    /// A number of the patient, or on no list's word one as long as somebody's.
    fn is_identifying_number(&self, tag: Tag, text: &str) -> bool {
        self.person.identifiers.is_number(text) || (!self.rules.names(tag) && legal::is_long_number(text))
    }

    fn holds_identifying_number(&self, tag: Tag, value: &PrimitiveValue) -> bool {
        let is = |number: i64| {
            number.unsigned_abs() >= 10_000 && self.is_identifying_number(tag, &number.to_string())
        };
        let is_real = |number: f64| number.fract() == 0.0 && number.abs() < 1e15 && is(number as i64);
        match value {
            PrimitiveValue::U16(numbers) if numbers.len() <= 16 => numbers.iter().any(|n| is(i64::from(*n))),
            PrimitiveValue::I16(numbers) if numbers.len() <= 16 => numbers.iter().any(|n| is(i64::from(*n))),
            PrimitiveValue::U32(numbers) => numbers.iter().any(|n| is(i64::from(*n))),
            PrimitiveValue::I32(numbers) => numbers.iter().any(|n| is(i64::from(*n))),
            PrimitiveValue::U64(numbers) => numbers.iter().any(|n| i64::try_from(*n).is_ok_and(is)),
            PrimitiveValue::I64(numbers) => numbers.iter().any(|n| is(*n)),
            PrimitiveValue::F32(numbers) => numbers.iter().any(|n| is_real(f64::from(*n))),
            PrimitiveValue::F64(numbers) => numbers.iter().any(|n| is_real(*n)),
            _ => false,
        }
    }

    /// Code strings: each value a known term. What the IOD demands may coincide with a name (a patient called
    /// Head); what it does not demand may not.
    fn terms(&self, element: &InMemElement, iod_type: IodType) -> Outcome {
        let Some(values) = values(element) else { return Outcome::Unfit };
        let nobody = Identifiers::default();
        let identifiers = if iod_type == IodType::Optional { &self.person.identifiers } else { &nobody };
        let terms: Vec<String> = values
            .iter()
            .map(|value| value.trim_matches([' ', '\0']).to_ascii_uppercase())
            .filter(|term| legal::is_legal(VR::CS, term) && clean::is_safe(term, Place::Term, identifiers))
            .collect();
        if terms.iter().all(String::is_empty) {
            return if is_empty(element) { Outcome::Emptied } else { Outcome::Unfit };
        }
        let unchanged = terms.len() == values.len()
            && terms.iter().zip(&values).all(|(term, value)| term == value.trim_end());
        if unchanged { Outcome::Kept } else { Outcome::Cleaned(strings(terms)) }
    }

    fn cleaned(&self, element: &InMemElement, vr: VR, place: Place) -> Outcome {
        let Some(values) = values(element) else { return Outcome::Unfit };
        let mut changed = false;
        let mut kept = Vec::with_capacity(values.len());
        for value in &values {
            let plain = value.trim_matches([' ', '\0', '\t', '\r', '\n']);
            let text = self.person.cleaned(plain, place);
            let text = text.map(|text| shortened(&text, vr)).filter(|text| legal::is_legal(vr, text));
            changed |= text.as_deref() != Some(value.trim_matches([' ', '\0']));
            kept.extend(text);
        }
        match (kept.is_empty(), changed) {
            (true, _) => Outcome::Unfit,
            (_, false) => Outcome::Kept,
            _ => Outcome::Cleaned(strings(kept)),
        }
    }
}

/// Whether a tag that a value points to is one of the standard's; the bytes of others could be any text.
fn is_standard(pointer: Tag) -> bool {
    !profile::is_outside_the_tables(pointer) && StandardDataDictionary.by_tag(pointer).is_some()
}

/// Whether the text is one safe word or shape after another, whoever the patient is.
fn is_safe_for_anybody(element: &InMemElement, vr: VR) -> bool {
    holds_legal(vr, element)
        && values(element).is_some_and(|values| {
            !is_empty(element)
                && values.iter().all(|text| clean::is_safe(text, Place::Device, &Identifiers::default()))
        })
}

/// The text cut to what its VR may hold, between words.
fn shortened(text: &str, vr: VR) -> String {
    let Some(most) = legal::longest(vr) else { return text.to_owned() };
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    text[..end].rfind(' ').map_or("", |space| &text[..space]).trim_end().to_owned()
}

#[cfg(test)]
mod tests;
