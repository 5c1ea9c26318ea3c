//! The files of a patient against each other and against the report.

use std::collections::{BTreeMap, BTreeSet};

use dicom_dictionary_std::tags;

use super::file::{FileSeen, Level};
use super::finding::Finding;
use crate::release::record::{PatientRecord, SeriesRecord};

/// Slices nearer than this stand at the same place, mm.
const SAME_PLACE_MM: f64 = 0.005;

/// Values that are shared, positions that are not, and the counts of the report.
pub(super) fn check(patient: &PatientRecord, seen: &[FileSeen], files: &[String]) -> Vec<Finding> {
    let mut findings = shared_values(seen);
    findings.extend(places(seen));
    findings.extend(counts(patient, seen));
    if files.len() as u64 != patient.released() && seen.len() == files.len() {
        let message = format!("{} files, expected the {} of the report", files.len(), patient.released());
        findings.push(Finding::new(&patient.new_id, "complete", message));
    }
    if !patient.adds_up() {
        findings.push(Finding::new(&patient.new_id, "totals", "the outcomes in the report do not add up"));
    }
    findings
}

/// Files that share a SOP Instance UID with another.
pub(super) fn unique(instances: &BTreeMap<String, Vec<String>>) -> Vec<Finding> {
    instances
        .values()
        .filter(|files| files.len() > 1)
        .flat_map(|files| &files[1..])
        .map(|file| {
            Finding::new(file, "duplicate", "the same SOP Instance UID as another file")
                .at(tags::SOP_INSTANCE_UID)
        })
        .collect()
}

/// Each value against the one that most files of its patient, study or series have.
fn shared_values(seen: &[FileSeen]) -> Vec<Finding> {
    let mut groups: BTreeMap<(Level, &str), Vec<&FileSeen>> = BTreeMap::new();
    for file in seen {
        let study = file.shared_value(tags::STUDY_INSTANCE_UID);
        for key in [(Level::Patient, ""), (Level::Study, study), (Level::Series, &file.series_uid)] {
            groups.entry(key).or_default().push(file);
        }
    }
    let mut findings = Vec::new();
    for ((level, _), files) in groups {
        for (index, (_, tag, _)) in
            files[0].shared.iter().enumerate().filter(|(_, (other, _, _))| *other == level)
        {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for file in &files {
                *counts.entry(&file.shared[index].2).or_default() += 1;
            }
            let usual = counts.iter().max_by_key(|(_, count)| **count).map(|(value, _)| *value);
            findings.extend(files.iter().filter(|file| Some(file.shared[index].2.as_str()) != usual).map(
                |file| {
                    let message = match level {
                        Level::Patient => "differs from the patient's other files",
                        Level::Study => "differs from the study's other files",
                        Level::Series => "differs from the series' other files",
                    };
                    Finding::new(&file.path, "consistent", message).at(tag)
                },
            ));
        }
    }
    findings
}

/// A slice that stands where another of its series stands.
fn places(seen: &[FileSeen]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_series: BTreeMap<&str, Vec<&FileSeen>> = BTreeMap::new();
    for file in seen {
        by_series.entry(&file.series_uid).or_default().push(file);
    }
    for files in by_series.into_values() {
        let mut placed: Vec<([f64; 3], &FileSeen)> = Vec::new();
        for file in files {
            match file.position_mm {
                None => findings.push(
                    Finding::new(&file.path, "geometry", "position is missing")
                        .at(tags::IMAGE_POSITION_PATIENT),
                ),
                Some(position) => placed.push((position, file)),
            }
        }
        placed.sort_by(|a, b| {
            a.0.iter()
                .zip(&b.0)
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| o.is_ne())
                .unwrap_or_else(|| a.1.path.cmp(&b.1.path))
        });
        for pair in placed.windows(2) {
            let near = pair[0].0.iter().zip(&pair[1].0).all(|(a, b)| (a - b).abs() < SAME_PLACE_MM);
            if near {
                findings.push(
                    Finding::new(
                        &pair[1].1.path,
                        "duplicate",
                        "stands where another slice of its series stands",
                    )
                    .at(tags::IMAGE_POSITION_PATIENT),
                );
            }
        }
    }
    findings
}

/// Files of each series as the report counts them.
fn counts(patient: &PatientRecord, seen: &[FileSeen]) -> Vec<Finding> {
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for SeriesRecord { series_uid, released, number, .. } in
        patient.series.iter().filter(|series| series.released > 0)
    {
        if let Some(uid) = series_uid {
            *expected.entry(uid).or_default() += released;
            numbers.entry(uid).or_insert(*number);
        }
    }
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for file in seen {
        *found.entry(&file.series_uid).or_default() += 1;
    }
    let mut findings = Vec::new();
    let uids: BTreeSet<&str> = expected.keys().chain(found.keys()).copied().collect();
    for uid in uids {
        let (wanted, there) = (expected.get(uid).copied(), found.get(uid).copied().unwrap_or(0));
        match wanted {
            None => findings.extend(seen.iter().filter(|file| file.series_uid == uid).map(|file| {
                Finding::new(&file.path, "complete", "belongs to a series that the report does not know")
                    .at(tags::SERIES_INSTANCE_UID)
            })),
            Some(wanted) if wanted != there => {
                let number = numbers.get(uid).copied().unwrap_or_default();
                let message = format!("series {number}: {there} slices, expected the {wanted} of the report");
                findings.push(Finding::new(&patient.new_id, "complete", message));
            }
            Some(_) => {}
        }
    }
    findings
}
