//! A plan for the person at the terminal, who owns the input: what would be kept, and why the rest would not.
//!
//! Shows accession numbers and folder names, for they are how this person knows the patients; shows nothing
//! from within the files. It goes to the user's own screen, never to OUTPUT.

use std::collections::BTreeMap;
use std::fmt;

use super::instance::{LeftOut, NotKept, Series};
use super::plan::{PatientPlan, Plan};
use crate::error::Problem;

/// A plan in words and numbers; `Display` is the text, `Serialize` the same for programs.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Listing {
    /// In the order of the list.
    pub patients: Vec<PatientListing>,
    /// Problems of rows and folders, and other remarks.
    pub remarks: Vec<Problem>,
    /// Rows of the list that are not processed.
    pub rows_not_processed: usize,
    /// Folders in the input that are not processed.
    pub folders_without_row: Vec<String>,
    /// What lies beside the patient folders and is not processed.
    pub beside_folders: Vec<String>,
    /// Slices that would be worked on.
    pub slices: usize,
    /// Files that were seen in the patients' folders.
    pub files: usize,
}

/// One patient of a [`Listing`].
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PatientListing {
    /// Row number in the list.
    pub row: usize,
    /// As in the list.
    pub accession: String,
    /// The new identity.
    pub new_id: String,
    /// The new Patient ID, where the list has one.
    pub new_patient_id: Option<String>,
    /// Slices that would be worked on.
    pub slices: usize,
    /// Files that were seen; `slices` and the counts of `left_out` add up to it.
    pub files: usize,
    /// What would be worked on.
    pub series: Vec<SeriesListing>,
    /// Files left out, by reason.
    pub left_out: Vec<Count>,
}

/// One series of a [`PatientListing`].
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SeriesListing {
    /// Number of slices.
    pub slices: usize,
    /// Rows of each slice.
    pub rows: usize,
    /// Columns of each slice.
    pub columns: usize,
    /// Between rows, between columns.
    pub pixel_spacing_mm: [f64; 2],
    /// The middle one of the distances between slices; `None` for a single slice.
    pub slice_spacing_mm: Option<f64>,
    /// Gaps, gantry tilt and the like.
    pub remarks: Vec<String>,
}

/// Files left out for one reason.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Count {
    /// Code of the exclusion, or `failed`.
    pub code: &'static str,
    /// The reason as a person reads it.
    pub reason: String,
    /// How many.
    pub files: usize,
}

impl From<&Plan> for Listing {
    fn from(plan: &Plan) -> Self {
        let names = |names: &[crate::Identifying<std::ffi::OsString>]| {
            names.iter().map(|name| printable(&name.reveal().to_string_lossy())).collect()
        };
        Self {
            patients: plan.patients.iter().map(PatientListing::from).collect(),
            remarks: plan.remarks.clone(),
            rows_not_processed: plan.rows_not_processed,
            folders_without_row: names(&plan.folders_without_row),
            beside_folders: names(&plan.beside_folders),
            slices: plan.patients.iter().map(PatientPlan::slices).sum(),
            files: plan.patients.iter().map(PatientPlan::files).sum(),
        }
    }
}

impl From<&PatientPlan> for PatientListing {
    fn from(patient: &PatientPlan) -> Self {
        Self {
            row: patient.row,
            accession: printable(patient.accession.reveal()),
            new_id: patient.new_id.clone(),
            new_patient_id: patient.new_patient_id.clone(),
            slices: patient.slices(),
            files: patient.files(),
            series: patient.series.iter().map(SeriesListing::from).collect(),
            left_out: by_reason(&patient.left_out),
        }
    }
}

impl From<&Series> for SeriesListing {
    fn from(series: &Series) -> Self {
        let positions = series.geometry.positions_mm();
        let mut distances: Vec<f64> = positions.windows(2).map(|pair| pair[1] - pair[0]).collect();
        distances.sort_by(f64::total_cmp);
        Self {
            slices: series.instances.len(),
            rows: series.matrix.0,
            columns: series.matrix.1,
            pixel_spacing_mm: [series.geometry.row_spacing_mm, series.geometry.column_spacing_mm],
            slice_spacing_mm: distances.get(distances.len() / 2).copied(),
            remarks: series.remarks.clone(),
        }
    }
}

fn by_reason(left_out: &[LeftOut]) -> Vec<Count> {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for file in left_out {
        let reason = match &file.reason {
            NotKept::Excluded(exclusion) => (exclusion.code(), exclusion.sentence().to_owned()),
            NotKept::Failed(failure) => ("failed", failure.to_string()),
        };
        *counts.entry(reason).or_default() += 1;
    }
    counts.into_iter().map(|((code, reason), files)| Count { code, reason, files }).collect()
}

/// A name without characters that would command the terminal.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for patient in &self.patients {
            writeln!(f, "{patient}")?;
        }
        writeln!(
            f,
            "patients: {}, slices that would be worked on: {}, files left out: {}",
            self.patients.len(),
            self.slices,
            self.files - self.slices
        )?;
        if !self.remarks.is_empty() {
            writeln!(f, "\nRemarks")?;
        }
        for remark in &self.remarks {
            writeln!(f, "  {remark}")?;
        }
        for (title, names) in [
            ("Folders without a row in the list", &self.folders_without_row),
            ("Beside the patient folders", &self.beside_folders),
        ] {
            if !names.is_empty() {
                writeln!(f, "\n{title}")?;
            }
            for name in names {
                writeln!(f, "  {name}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for PatientListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, accession, new_id, slices, files, .. } = self;
        write!(f, "row {row}: {accession} -> {new_id}")?;
        if let Some(id) = &self.new_patient_id {
            write!(f, " (Patient ID {id})")?;
        }
        writeln!(f, ": {slices} of {files} files")?;
        for (index, series) in self.series.iter().enumerate() {
            writeln!(f, "  series {}: {series}", index + 1)?;
            for remark in &series.remarks {
                writeln!(f, "    {remark}")?;
            }
        }
        for Count { reason, files, .. } in &self.left_out {
            writeln!(f, "  left out {files}: {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SeriesListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slices, rows, columns, pixel_spacing_mm: [between_rows, between_columns], .. } = self;
        let slices = if *slices == 1 { "1 slice".to_owned() } else { format!("{slices} slices") };
        write!(f, "{slices}, {rows} x {columns} of {between_rows:.2} x {between_columns:.2} mm")?;
        self.slice_spacing_mm.map_or(Ok(()), |spacing| write!(f, ", every {spacing:.2} mm"))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::*;
    use crate::error::{Failure, Stage};
    use crate::identifying::Identifying;
    use crate::outcome::Exclusion;

    fn plan() -> Plan {
        let left_out = |name: &str, reason| LeftOut {
            relative: Identifying::new(PathBuf::from(name)),
            series_instance_uid: None,
            reason,
        };
        let patient = PatientPlan {
            row: 2,
            new_id: "D1".to_owned(),
            new_patient_id: Some("P1".to_owned()),
            accession: Identifying::new("ACC\u{1b}[31m1".to_owned()),
            folder: Identifying::default(),
            patient_id: None,
            issuer: None,
            patient_ids: [Identifying::new("MRN1".to_owned())].into(),
            birth_dates: std::collections::BTreeSet::new(),
            accession_numbers: std::collections::BTreeSet::new(),
            series: Vec::new(),
            left_out: vec![
                left_out("a", NotKept::Excluded(Exclusion::NotAxial)),
                left_out("b", NotKept::Failed(Failure::new(Stage::Parse, "the data set ends unexpectedly"))),
                left_out("c", NotKept::Excluded(Exclusion::NotAxial)),
            ],
        };
        Plan {
            patients: vec![patient],
            remarks: vec![Problem::new("linkage table, row 3", "no folder of this name in the input")],
            rows_not_processed: 1,
            folders_without_row: vec![Identifying::new(OsString::from("ACC9"))],
            beside_folders: Vec::new(),
        }
    }

    #[test]
    fn a_listing_counts_reasons_and_names_rows() {
        assert_eq!(
            Listing::from(&plan()).to_string(),
            "row 2: ACC\u{fffd}[31m1 -> D1 (Patient ID P1): 0 of 3 files\n\
             \x20 left out 1: parse: the data set ends unexpectedly\n\
             \x20 left out 2: not axial (localizer or reformat)\n\
             \n\
             patients: 1, slices that would be worked on: 0, files left out: 3\n\
             \n\
             Remarks\n\
             \x20 linkage table, row 3: no folder of this name in the input\n\
             \n\
             Folders without a row in the list\n\
             \x20 ACC9\n"
        );
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let json = serde_json::to_value(Listing::from(&plan())).unwrap();
        assert_eq!(json["patients"][0]["left_out"][1]["code"], "not-axial");
        assert_eq!(json["patients"][0]["left_out"][1]["files"], 2);
        assert!(!json.to_string().contains("MRN1"));
    }
}
