//! What is fixed for one patient: new identity, date shift, identifiers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::RwLock;

use super::clean;
use super::dates::{DateShift, KnownBy};
use super::identifiers::Identifiers;
use super::vocabulary::Place;
use crate::identifying::Identifying;
use crate::key::Key;

/// The most characters of a Short String (PS3.5 table 6.2-1).
const SHORT_STRING: usize = 16;

/// What the input says about who the patient is; decides how far dates move where the linkage table joins nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginalIdentity {
    /// Patient ID.
    pub patient_id: Identifying<String>,
    /// The accession number of the linkage table; used when there is no Patient ID.
    pub accession: Identifying<String>,
}

impl OriginalIdentity {
    fn known_by<'a>(&'a self, new_patient_id: Option<&'a str>) -> KnownBy<'a> {
        let given = |id: &&str| !id.trim().is_empty();
        let patient_id = Some(self.patient_id.reveal().as_str());
        match (new_patient_id.filter(given), patient_id.filter(given)) {
            (Some(id), _) => KnownBy::NewPatientId(id),
            (None, Some(id)) => KnownBy::PatientId(id),
            (None, None) => KnownBy::Accession(self.accession.reveal()),
        }
    }
}

/// One patient as the scrub sees them.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) key: Key,
    pub(super) patient_id: String,
    pub(super) accession: String,
    pub(super) date_shift: DateShift,
    pub(super) identifiers: Identifiers,
    cleaned: Memo,
}

/// Texts that were cleaned before: the slices of a series repeat them word by word.
#[derive(Default)]
struct Memo(RwLock<HashMap<(bool, String), Option<String>>>);

/// A patient's headers hold some dozens of texts; what a hostile folder holds beyond is cleaned each time.
const MEMO_TEXTS: usize = 1000;

impl Clone for Memo {
    /// A copy begins empty: it saves time and decides nothing.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[memo]")
    }
}

impl Person {
    /// A patient with the new identity of the linkage table; `new_patient_id` joins several scans of one person,
    /// whatever Patient ID they had: their dates move alike.
    #[must_use]
    pub fn new(
        key: &Key,
        new_id: &str,
        new_patient_id: Option<&str>,
        original: &OriginalIdentity,
        identifiers: Identifiers,
    ) -> Self {
        let date_shift = DateShift::of(key, original.known_by(new_patient_id));
        Self {
            key: key.clone(),
            patient_id: new_patient_id.unwrap_or(new_id).to_owned(),
            accession: accession_for(key, new_id),
            date_shift,
            identifiers,
            cleaned: Memo::default(),
        }
    }

    /// The text without what is not known to be safe; see [`clean::cleaned`].
    pub(super) fn cleaned(&self, text: &str, place: Place) -> Option<String> {
        let key = (place == Place::Device, text.to_owned());
        if let Ok(memo) = self.cleaned.0.read()
            && let Some(known) = memo.get(&key)
        {
            return known.clone();
        }
        let cleaned = clean::cleaned(text, place, &self.identifiers).map(Cow::into_owned);
        if let Ok(mut memo) = self.cleaned.0.write()
            && memo.len() < MEMO_TEXTS
        {
            memo.insert(key, cleaned.clone());
        }
        cleaned
    }

    /// The identifiers gathered for this patient.
    #[must_use]
    pub const fn identifiers(&self) -> &Identifiers {
        &self.identifiers
    }

    /// How far this person's dates move.
    #[must_use]
    pub const fn date_shift(&self) -> DateShift {
        self.date_shift
    }
}

/// The Accession Number of a scan: its `New_ID`, or where that is longer than a Short String a code of it that
/// is the same at every run with the key.
#[must_use]
pub fn accession_for(key: &Key, new_id: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    if new_id.chars().count() <= SHORT_STRING {
        return new_id.to_owned();
    }
    let code = key.code("accession", &[new_id.as_bytes()]);
    code[..SHORT_STRING].iter().map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(new_patient_id: Option<&str>, patient_id: &str, accession: &str) -> DateShift {
        let key = Key::from_hex(&"7d".repeat(32)).unwrap();
        let [patient_id, accession] = [patient_id, accession].map(|id| Identifying::new(id.to_owned()));
        let original = OriginalIdentity { patient_id, accession };
        Person::new(&key, "SUBJ-0001", new_patient_id, &original, Identifiers::default()).date_shift()
    }

    #[test]
    fn scans_of_one_person_move_alike_however_the_person_is_joined() {
        assert_eq!(shift(Some("P-01"), "MRN-1", "A1"), shift(Some("P-01"), "MRN-2", "A2"));
        assert_eq!(shift(Some("P-01"), "", "A1"), shift(Some("P-01"), "MRN-2", "A2"));
        assert_eq!(shift(None, "MRN-1", "A1"), shift(None, "MRN-1", "A2"));
        assert_ne!(shift(Some("P-01"), "MRN-1", "A1"), shift(Some("P-02"), "MRN-1", "A1"));
        assert_ne!(shift(None, "", "A1"), shift(None, "", "A2"));
    }

    #[test]
    fn a_long_new_id_has_a_stable_short_code() {
        let key = Key::from_hex(&"7d".repeat(32)).unwrap();
        assert_eq!(accession_for(&key, "SUBJ-0021"), "SUBJ-0021");
        let code = accession_for(&key, "MULTICENTER-SUBJECT-0021");
        assert_eq!(code.len(), 16);
        assert_eq!(code, accession_for(&key, "MULTICENTER-SUBJECT-0021"));
        assert_ne!(code, accession_for(&key, "MULTICENTER-SUBJECT-0022"));
    }
}
