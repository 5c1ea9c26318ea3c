//! Planning on the data set of real head CTs, against its ground truth.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use headct_deid_core::Settings;
use headct_deid_core::gather::listing::Listing;
use headct_deid_core::gather::plan::{Plan, plan};
use headct_deid_core::progress::Progress;

/// `None`, loudly, where the data set is absent.
fn data() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.join("phi.json").is_file() {
        eprintln!("SKIPPED: no data set at {}", data.display());
        return None;
    }
    Some(data)
}

fn planned(data: &Path, list: &str) -> Plan {
    plan(&data.join("patients"), &data.join(list), &Settings::default(), &Progress::default()).unwrap()
}

fn truth(data: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(data.join("phi.json")).unwrap()).unwrap()
}

fn paths(value: &serde_json::Value) -> BTreeSet<PathBuf> {
    value.as_array().unwrap().iter().map(|path| path.as_str().unwrap().into()).collect()
}

#[test]
fn exactly_the_head_ct_slices_of_the_four_patients_are_kept() {
    let Some(data) = data() else { return };
    let truth = truth(&data);
    let plan = planned(&data, "patients.xlsx");
    assert_eq!(plan.remarks, []);
    let mut counts = Vec::new();
    for patient in &plan.patients {
        let expected = &truth["patients"][patient.accession.reveal()];
        let kept: BTreeSet<PathBuf> = patient
            .series
            .iter()
            .flat_map(|series| &series.instances)
            .map(|instance| instance.relative.reveal().clone())
            .collect();
        let left_out: BTreeSet<PathBuf> =
            patient.left_out.iter().map(|file| file.relative.reveal().clone()).collect();
        assert_eq!(kept, paths(&expected["keep"]), "{}", patient.new_id);
        assert_eq!(left_out, paths(&expected["drop"]), "{}", patient.new_id);
        assert_eq!(patient.series.len(), 1);
        counts.push((patient.new_id.as_str(), patient.slices(), patient.files()));
    }
    assert_eq!(
        counts,
        [("DEID_0001", 113, 120), ("DEID_0002", 28, 38), ("DEID_0003", 54, 55), ("DEID_0004", 36, 36)]
    );
}

#[test]
fn tilted_gantries_are_remarked() {
    let Some(data) = data() else { return };
    let plan = planned(&data, "patients.xlsx");
    let remarks: Vec<_> = plan.patients.iter().map(|patient| patient.series[0].remarks.join("; ")).collect();
    assert_eq!(
        remarks,
        ["", "", "gantry tilt: the stack leans 18.5 degrees", "gantry tilt: the stack leans 14.0 degrees"]
    );
}

#[test]
fn usable_rows_of_a_messy_list_are_planned_and_the_others_are_accounted_for() {
    let Some(data) = data() else { return };
    let plan = planned(&data, "patients_messy.xlsx");
    let new_ids: Vec<_> =
        plan.patients.iter().map(|patient| (patient.row, patient.new_id.as_str())).collect();
    assert_eq!(new_ids, [(2, "DEID_0001"), (3, "DEID_0002"), (4, "3")]);
    assert_eq!(plan.rows_not_processed, 2);
    let remarks: Vec<_> = plan.remarks.iter().map(ToString::to_string).collect();
    assert_eq!(
        remarks,
        [
            "linkage table, row 5: New_ID is missing; the row is not processed (of merged cells only the first \
             holds the value)",
            "linkage table, row 6: no folder of this name in the input; not processed",
            "input folder: folders without a row in the list: 1; not processed",
        ]
    );
}

#[test]
fn the_listing_shows_accession_numbers_and_nothing_from_within_the_files() {
    let Some(data) = data() else { return };
    let listing = Listing::from(&planned(&data, "patients.xlsx"));
    let text = listing.to_string();
    let mut shown = text.clone() + &serde_json::to_string(&listing).unwrap();
    for patient in &listing.patients {
        // An accession number may hold the date of the study.
        shown = shown.replace(&patient.accession, "");
    }
    assert!(text.starts_with(
        "row 2: 2024000117 -> DEID_0001: 113 of 120 files\n\
         \x20 series 1: 113 slices, 256 x 256 of 1.00 x 1.00 mm, every 2.00 mm\n\
         \x20 left out 1: not axial (localizer or reformat)\n"
    ));
    for patient in truth(&data)["patients"].as_object().unwrap().values() {
        for identifier in patient["identifiers"].as_array().unwrap() {
            let value = identifier["value"].as_str().unwrap();
            assert!(value.len() < 4 || !shown.contains(value), "{}", identifier["kind"]);
        }
    }
}
