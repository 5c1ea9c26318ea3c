//! New identities that give an old one away.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;

use super::super::linkage::{row_problem, rows::folded};
use super::PatientPlan;
use crate::error::Problem;
use crate::identifying::Identifying;

/// From this length on an identifier within a longer text is no coincidence.
const LEAST_CONTAINED: usize = 5;

/// Every `New_ID` and `New_Patient_ID` that equals or, from 5 characters on, contains an accession number, a
/// Patient ID or a birth date of any patient. Blind to case.
pub(super) fn find(
    patients: &[PatientPlan],
    accessions: &[(usize, Identifying<String>)],
    folders: &[Identifying<OsString>],
) -> Vec<Problem> {
    let known = Known::of(patients, accessions, folders);
    let mut problems = Vec::new();
    for patient in patients {
        let new_patient_id = patient.new_patient_id.as_ref().map(|id| ("New_Patient_ID", id));
        for (title, id) in [("New_ID", &patient.new_id)].into_iter().chain(new_patient_id) {
            if let Some(found) = known.given_away_by(id) {
                problems.push(row_problem(patient.row, format!("{title} {found}")));
            }
        }
    }
    problems
}

/// Old identifiers by their length in characters.
#[derive(Default)]
struct Known {
    by_length: BTreeMap<usize, HashMap<Vec<char>, String>>,
}

impl Known {
    fn of(
        patients: &[PatientPlan],
        accessions: &[(usize, Identifying<String>)],
        folders: &[Identifying<OsString>],
    ) -> Self {
        let mut known = Self::default();
        for (row, accession) in accessions {
            known.add(accession.reveal(), || format!("the accession number of row {row}"));
        }
        for folder in folders {
            // Accession numbers have digits; `CT` or `new folder` is none.
            let name = folder.reveal().to_string_lossy();
            if name.contains(|c: char| c.is_ascii_digit()) {
                known.add(&name, || "the name of a folder in the input".to_owned());
            }
        }
        for patient in patients {
            let row = patient.row;
            let named = |what: &'static str| move || format!("{what} in the folder of row {row}");
            let folder = patient.folder.reveal().file_name().unwrap_or_default();
            known.add(&folder.to_string_lossy(), || format!("the folder name of row {row}"));
            patient
                .accession_numbers
                .iter()
                .for_each(|id| known.add(id.reveal(), named("an accession number")));
            patient.patient_ids.iter().for_each(|id| known.add(id.reveal(), named("a Patient ID")));
            for date in patient.birth_dates.iter().flat_map(|date| spellings(date.reveal())) {
                known.add(&date, named("a birth date"));
            }
        }
        known
    }

    fn add(&mut self, identifier: &str, origin: impl FnOnce() -> String) {
        let identifier: Vec<char> = folded(identifier.trim()).chars().collect();
        if !identifier.is_empty() {
            self.by_length.entry(identifier.len()).or_default().entry(identifier).or_insert_with(origin);
        }
    }

    fn given_away_by(&self, id: &str) -> Option<String> {
        let id: Vec<char> = folded(id).chars().collect();
        if let Some(origin) = self.by_length.get(&id.len()).and_then(|known| known.get(&id)) {
            return Some(format!("equals {origin}"));
        }
        self.by_length.range(LEAST_CONTAINED..id.len().max(LEAST_CONTAINED)).find_map(|(length, known)| {
            let origin = id.windows(*length).find_map(|window| known.get(window))?;
            Some(format!("contains {origin}"))
        })
    }
}

/// A DICOM date in the ways people write dates: year first, day first, month first, with and without marks.
fn spellings(date: &str) -> BTreeSet<String> {
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let mut all = BTreeSet::from([date.to_owned()]);
    if let (8, Some(year), Some(month), Some(day)) =
        (digits.len(), digits.get(..4), digits.get(4..6), digits.get(6..))
    {
        for order in [[year, month, day], [day, month, year], [month, day, year]] {
            all.extend(["", "-", ".", "_", " "].map(|mark| order.join(mark)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn patient(new_id: &str) -> PatientPlan {
        let set = |value: &str| BTreeSet::from([Identifying::new(value.to_owned())]);
        PatientPlan {
            row: 2,
            new_id: new_id.to_owned(),
            new_patient_id: None,
            accession: Identifying::new("ACC7".to_owned()),
            folder: Identifying::new(PathBuf::from("/in/ACC7")),
            patient_id: None,
            issuer: None,
            patient_ids: set("Mrn40417793"),
            birth_dates: set("19570304"),
            accession_numbers: set("9911"),
            series: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn conflict(new_id: &str) -> Option<String> {
        let accessions =
            [(2, Identifying::new("ACC7".to_owned())), (3, Identifying::new("LONG-77".to_owned()))];
        let folders = ["UNLISTED7", "xACC"].map(OsString::from).map(Identifying::new);
        let problems = find(&[patient(new_id)], &accessions, &folders);
        problems.first().map(ToString::to_string)
    }

    #[test]
    fn a_new_identity_of_its_own_is_fine() {
        for id in ["DEID_0001", "3", "1957", "0304", "MRN", "xACC7x", "99110"] {
            assert_eq!(conflict(id), None, "{id}");
        }
    }

    #[test]
    fn an_old_identifier_is_refused_whole_or_within_and_blind_to_case() {
        for (id, expected) in [
            ("acc7", "New_ID equals the accession number of row 2"),
            ("9911", "New_ID equals an accession number in the folder of row 2"),
            ("S-long-77", "New_ID contains the accession number of row 3"),
            ("x_MRN40417793", "New_ID contains a Patient ID in the folder of row 2"),
            ("P19570304", "New_ID contains a birth date in the folder of row 2"),
            ("P04.03.1957", "New_ID contains a birth date in the folder of row 2"),
            ("unlisted72", "New_ID contains the name of a folder in the input"),
        ] {
            assert_eq!(conflict(id), Some(format!("linkage table, row 2: {expected}")), "{id}");
        }
    }

    #[test]
    fn new_patient_ids_are_checked_too() {
        let patient = PatientPlan { new_patient_id: Some("mrn40417793".to_owned()), ..patient("D1") };
        let problems = find(&[patient], &[], &[]);
        assert_eq!(problems[0].message, "New_Patient_ID equals a Patient ID in the folder of row 2");
    }
}
