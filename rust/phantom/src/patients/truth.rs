//! What is true about generated patients, for tests that look for it in a released folder.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::put::put;

/// Generated patients and their list.
#[derive(Debug, Clone, Default)]
pub struct Demo {
    /// The folder with one folder per accession number.
    pub patients: PathBuf,
    /// The Excel list.
    pub list: PathBuf,
    /// What is true about each accession, in the order of the list.
    pub truth: Vec<PatientTruth>,
}

/// What is true about the files of one accession.
#[derive(Debug, Clone, Default)]
pub struct PatientTruth {
    /// Accession number, also the folder's name.
    pub accession: String,
    /// `New_ID` of the list.
    pub new_id: String,
    /// `New_Patient_ID` of the list.
    pub new_patient_id: String,
    /// Strings that identify the person and stand in headers, private blocks, paths or pixels.
    pub identifying: Vec<String>,
    /// UIDs of the study, its series and instances.
    pub uids: Vec<String>,
    /// Files of the head scans, below the patients' folder.
    pub keep: Vec<PathBuf>,
    /// All other files, and why they are not head scans.
    pub drop: Vec<Dropped>,
    /// Files with text burned into their pixels.
    pub with_text: Vec<PathBuf>,
}

/// A file that no release may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Below the patients' folder.
    pub path: PathBuf,
    /// In a few words.
    pub why: &'static str,
}

/// Writes the truth as JSON.
pub fn write_truth(demo: &Demo, path: &Path) -> io::Result<()> {
    let patients: Vec<_> = demo
        .truth
        .iter()
        .map(|patient| {
            json!({
                "accession": patient.accession,
                "new_id": patient.new_id,
                "new_patient_id": patient.new_patient_id,
                "identifying": patient.identifying,
                "uids": patient.uids,
                "keep": patient.keep,
                "drop": patient.drop.iter().map(|file| json!({"path": file.path, "why": file.why})).collect::<Vec<_>>(),
                "with_text": patient.with_text,
            })
        })
        .collect();
    let text = serde_json::to_vec_pretty(&json!({ "patients": patients })).map_err(io::Error::other)?;
    put(path, &text)
}
