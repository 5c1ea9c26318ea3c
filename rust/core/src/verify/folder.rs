//! What lies in a released folder, and whether it belongs there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::finding::Finding;
use crate::error::Refusal;
use crate::gather::scan::scan;
use crate::header::{Identifiers, safe_folder_name};
use crate::pipeline::PRODUCT;
use crate::release::output::HIDDEN;
use crate::release::record::{PatientRecord, Report};
use crate::release::report::{self, PICTURES};
use crate::settings::{Folders, Settings};
use crate::stop::{Cancelled, Stop};

/// Files of the report that lie in the folder itself.
const REPORT_FILES: [&str; 3] = ["report.html", "report.csv", "report.json"];

/// The files of a released folder, as paths below it with `/`.
pub(super) struct Listing {
    /// DICOM files by `New_ID`, sorted.
    pub(super) files: BTreeMap<String, Vec<String>>,
    /// Every file below a `New_ID` folder.
    pub(super) all: BTreeSet<String>,
    /// Names and files that do not belong there.
    pub(super) findings: Vec<Finding>,
}

/// Reads `report.json`, which names settings, patients and counts.
pub(super) fn read_report(output: &Path) -> Result<Report, Refusal> {
    let bytes = std::fs::read(output.join("report.json")).map_err(|error| {
        Refusal::one("output folder", format!("report.json cannot be read: {}", error.kind()))
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Refusal::one("output folder", format!("report.json is damaged, line {}", error.line()))
    })
}

/// Files of the report that do not show what `report.json` holds; another version's report is not compared.
pub(super) fn report_files(output: &Path, report: &Report) -> Vec<Finding> {
    if report.product != PRODUCT {
        return Vec::new();
    }
    let differing = report::differing(output, report).into_iter();
    differing
        .map(|name| Finding::new(name, "report", "is not what a run writes for the record in report.json"))
        .collect()
}

/// The records of the report, and of patients that earlier runs with other lists have finished.
pub(super) fn records(
    output: &Path,
    report: &Report,
    stop: Stop<'_>,
) -> Result<Vec<PatientRecord>, Cancelled> {
    let mut patients = report.patients.clone();
    let known: BTreeSet<String> = patients.iter().map(|patient| patient.new_id.clone()).collect();
    let kept = std::fs::read_dir(output.join(HIDDEN).join("patients")).into_iter().flatten().flatten();
    let mut earlier: Vec<PatientRecord> = Vec::new();
    for entry in kept {
        stop.check()?;
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let record: Option<PatientRecord> = serde_json::from_slice(&bytes).ok();
        earlier.extend(record.filter(|patient| !known.contains(&patient.new_id)));
    }
    earlier.sort_by(|a, b| a.new_id.cmp(&b.new_id));
    patients.extend(earlier);
    Ok(patients)
}

/// Lists the folder and judges every name.
pub(super) fn list(
    output: &Path,
    patients: &[PatientRecord],
    settings: &Settings,
    stop: Stop<'_>,
) -> Result<Listing, Cancelled> {
    let known: BTreeSet<&str> = patients.iter().map(|patient| patient.new_id.as_str()).collect();
    let found = scan(output, stop)?;
    let mut listing = Listing { files: BTreeMap::new(), all: BTreeSet::new(), findings: Vec::new() };
    if !found.others.is_empty() {
        let message = format!("{} links, devices or folders that cannot be read", found.others.len());
        listing.findings.push(Finding::new("", "folder", message));
    }
    let mut strangers: BTreeMap<String, u64> = BTreeMap::new();
    for path in &found.files {
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        match parts.as_slice() {
            [name] if REPORT_FILES.contains(name) => {}
            [folder, new_id, name] if *folder == PICTURES && is_picture(new_id, name, &known) => {}
            [HIDDEN, rest @ ..] if is_ours(rest, &known) => {}
            [new_id, folders @ .., name] if known.contains(new_id) => {
                let path = parts.join("/");
                listing.all.insert(path.clone());
                if is_slice_name(name, new_id) && folders.iter().all(|folder| is_safe(folder, settings)) {
                    listing.files.entry((*new_id).to_owned()).or_default().push(path);
                } else {
                    *strangers.entry((*new_id).to_owned()).or_default() += 1;
                }
            }
            _ => *strangers.entry(String::new()).or_default() += 1,
        }
    }
    // The name of a stranger is not printed: it may be a patient's.
    for (place, count) in strangers {
        let message = format!("{count} files whose name or folder is none that a run writes");
        listing.findings.push(Finding::new(&place, "extra-file", message));
    }
    Ok(listing)
}

/// `<New_ID>_00001.dcm`.
fn is_slice_name(name: &str, new_id: &str) -> bool {
    name.strip_prefix(new_id)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(|rest| rest.strip_suffix(".dcm"))
        .is_some_and(|number| number.len() >= 5 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A numbered folder, or a name that the setting allows.
fn is_safe(name: &str, settings: &Settings) -> bool {
    let numbered = name
        .strip_prefix("folder_")
        .is_some_and(|number| number.len() >= 2 && number.bytes().all(|b| b.is_ascii_digit()));
    numbered
        || safe_folder_name(name, &Identifiers::default(), settings.folders).is_some()
        || settings.folders == Folders::Keep
}

/// Files of the hidden folder; staging must be gone.
fn is_ours(rest: &[&str], known: &BTreeSet<&str>) -> bool {
    match rest {
        ["begun.json" | "lock"] => true,
        ["patients", name] => name.strip_suffix(".json").is_some_and(|new_id| known.contains(new_id)),
        ["pictures", new_id, name] => is_picture(new_id, name, known),
        _ => false,
    }
}

/// `<New_ID>/<series>_<view>.png`.
fn is_picture(new_id: &str, name: &str, known: &BTreeSet<&str>) -> bool {
    let parts = name.strip_suffix(".png").and_then(|stem| stem.split_once('_'));
    known.contains(new_id)
        && parts.is_some_and(|(series, view)| {
            series.bytes().all(|b| b.is_ascii_digit())
                && matches!(view, "front" | "left" | "right" | "slices")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_run_writes_belong_there() {
        for (name, ours) in [
            ("SUBJ-1_00001.dcm", true),
            ("SUBJ-1_100000.dcm", true),
            ("SUBJ-1_0001.dcm", false),
            ("SUBJ-1_00001.dcm.bak", false),
            ("SUBJ-1_0000a.dcm", false),
            ("Whitfield_00001.dcm", false),
        ] {
            assert_eq!(is_slice_name(name, "SUBJ-1"), ours, "{name}");
        }
        let known = BTreeSet::from(["A_1"]);
        assert!(is_picture("A_1", "2_front.png", &known));
        assert!(!is_picture("A_2", "2_front.png", &known) && !is_picture("A_1", "2_face.png", &known));
    }
}
