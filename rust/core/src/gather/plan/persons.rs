//! Rows that make one person of two, or two of one.

use std::collections::HashMap;

use super::super::linkage::row_problem;
use super::PatientPlan;
use crate::error::Problem;

/// Compares who is one person by the headers' Patient ID and issuer with who becomes one by the list.
///
/// Only remarks: hospitals give one person several numbers, and several persons one.
pub(super) fn remarks(patients: &[PatientPlan]) -> Vec<(usize, Problem)> {
    let mut by_old = HashMap::new();
    let mut by_new = HashMap::new();
    let mut remarks = Vec::new();
    for patient in patients.iter().filter(|patient| patient.patient_id.is_some()) {
        let same_old: &PatientPlan = by_old.entry(was(patient)).or_insert(patient);
        let same_new: &PatientPlan = by_new.entry(becomes(patient)).or_insert(patient);
        if becomes(same_old) != becomes(patient) {
            let remark = format!(
                "its folder has the Patient ID of row {} and becomes another patient; give both rows one \
                 New_Patient_ID if they are one person",
                same_old.row
            );
            remarks.push((patient.row, row_problem(patient.row, remark)));
        }
        if was(same_new) != was(patient) {
            let remark = format!(
                "its folder has another Patient ID than row {} and becomes the same patient; is it one person?",
                same_new.row
            );
            remarks.push((patient.row, row_problem(patient.row, remark)));
        }
    }
    remarks
}

/// Patient ID and issuer of the row's folder.
fn was(patient: &PatientPlan) -> [Option<&str>; 2] {
    [&patient.patient_id, &patient.issuer].map(|id| id.as_ref().map(|id| id.reveal().as_str()))
}

/// The Patient ID that the row's slices get.
fn becomes(patient: &PatientPlan) -> &str {
    patient.new_patient_id.as_deref().unwrap_or(&patient.new_id)
}
