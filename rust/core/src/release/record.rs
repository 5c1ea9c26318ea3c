//! What is known of a finished patient, fit to be shared: new identifiers, counts, reasons and evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What became of a series, or of the files of a folder that belong to no kept series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every slice, or all but some that failed or were left out, was released.
    Released,
    /// Its safety could not be shown; nothing of it was released.
    Held,
    /// None of its slices could be done.
    Failed,
    /// Not a head CT series to share.
    LeftOut,
}

impl Status {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::LeftOut => "left out",
        }
    }
}

/// What defacing and text removal did to a series, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PixelEvidence {
    /// Whether the face was reduced to the standard that (0028,0302) declares.
    pub defaced: bool,
    /// Voxels changed by defacing, those outside the head included.
    pub voxels_changed: u64,
    /// Share of the head's voxels that was changed, percent.
    pub head_changed_percent: f64,
    /// Volume of the cranial cavity, ml.
    pub cavity_ml: f64,
    /// Voxels that defacing changed inside the skull, counted by the second check.
    pub changed_in_skull: u64,
    /// Whether the text detector ran on every slice and found nothing after masking.
    pub text_checked: bool,
    /// Slices with text over the head.
    pub text_slices: u64,
    /// Rectangles masked, all slices together.
    pub text_rectangles: u64,
    /// Voxels masked.
    pub text_voxels: u64,
    /// Masked voxels inside the skull.
    pub text_voxels_in_skull: u64,
    /// What a person should know: fall-backs, defects, tilt.
    pub remarks: Vec<String>,
}

/// What header scrubbing did to a series' files, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderEvidence {
    /// Attributes by what was done to them: `removed`, `emptied`, `replaced`, `cleaned` ...
    pub actions: BTreeMap<String, u64>,
    /// Identifier forms searched for in the bytes of each file.
    pub identifiers_searched: u64,
    /// Identifier forms found: 0 in every released file.
    pub identifiers_found: u64,
    /// Errors against the standard that `dciodvfy` finds in released files and not in their originals; `None` when it
    /// was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dciodvfy_new_errors: Option<u64>,
}

/// One series, or the files left out of a folder for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesRecord {
    /// 1 onward within the patient.
    pub number: u32,
    /// What became of it.
    pub status: Status,
    /// Code of the reason for a held or left-out series.
    pub reason: Option<String>,
    /// The reason as a sentence.
    pub sentence: Option<String>,
    /// Series Instance UID in the released files.
    pub series_uid: Option<String>,
    /// Folder below the `New_ID` folder, with `/`; empty for the folder itself.
    pub folder: String,
    /// Rows and columns.
    pub matrix: Option<(u32, u32)>,
    /// Row spacing, column spacing and median slice distance, mm.
    pub spacing_mm: Option<[f64; 3]>,
    /// Files seen.
    pub files: u64,
    /// Files released.
    pub released: u64,
    /// Files held with the series.
    pub held: u64,
    /// Files left out, by code of the reason.
    pub left_out: BTreeMap<String, u64>,
    /// Files that failed, by message.
    pub failed: BTreeMap<String, u64>,
    /// Geometry remarks.
    pub remarks: Vec<String>,
    /// Pixel evidence of a released series.
    pub pixels: Option<PixelEvidence>,
    /// Header evidence of a released series.
    pub header: Option<HeaderEvidence>,
    /// Pictures of the result, `<New_ID>/<series>_<view>.png`; the report shows them.
    #[serde(default)]
    pub pictures: Vec<String>,
}

impl SeriesRecord {
    /// A record without files.
    #[must_use]
    pub fn empty(number: u32, status: Status) -> Self {
        Self {
            number,
            status,
            reason: None,
            sentence: None,
            series_uid: None,
            folder: String::new(),
            matrix: None,
            spacing_mm: None,
            files: 0,
            released: 0,
            held: 0,
            left_out: BTreeMap::new(),
            failed: BTreeMap::new(),
            remarks: Vec::new(),
            pixels: None,
            header: None,
            pictures: Vec::new(),
        }
    }

    /// Whether the series was released although its safety could not be shown.
    #[must_use]
    pub fn released_by_name(&self) -> bool {
        self.status == Status::Released && self.reason.is_some()
    }

    /// Files left out.
    #[must_use]
    pub fn left_out_total(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// Files that failed.
    #[must_use]
    pub fn failed_total(&self) -> u64 {
        self.failed.values().sum()
    }
}

/// One patient of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatientRecord {
    /// The new identifier.
    pub new_id: String,
    /// Files seen in the patient's folder.
    pub files_seen: u64,
    /// Kept series first, then what was left out.
    pub series: Vec<SeriesRecord>,
}

impl PatientRecord {
    /// Files released.
    #[must_use]
    pub fn released(&self) -> u64 {
        self.series.iter().map(|series| series.released).sum()
    }

    /// Files held.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.series.iter().map(|series| series.held).sum()
    }

    /// Files left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.series.iter().map(SeriesRecord::left_out_total).sum()
    }

    /// Files that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.series.iter().map(SeriesRecord::failed_total).sum()
    }

    /// Whether every file seen has exactly one outcome.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.files_seen == self.released() + self.held() + self.left_out() + self.failed()
    }
}

/// A row of the list that could not be used, or a folder without a row: nothing was processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Where.
    pub place: String,
    /// What.
    pub message: String,
}

impl From<&crate::error::Problem> for Remark {
    fn from(problem: &crate::error::Problem) -> Self {
        Self { place: problem.place.clone(), message: problem.message.clone() }
    }
}

/// The whole run, as `report.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Format of this file.
    pub format: String,
    /// Product and version.
    pub product: String,
    /// Settings in use.
    pub settings: Vec<(String, String)>,
    /// Remarks on the list and the input folder, with row numbers and `New_ID`s only.
    pub remarks: Vec<Remark>,
    /// In the order of the list.
    pub patients: Vec<PatientRecord>,
}

/// `format` of the reports that this version writes.
pub const REPORT_FORMAT: &str = "headct-deid report 1";

impl Report {
    /// Files seen, released, held, left out and failed.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let sum = |count: fn(&PatientRecord) -> u64| self.patients.iter().map(count).sum();
        Totals {
            files_seen: sum(|patient| patient.files_seen),
            released: sum(PatientRecord::released),
            held: sum(PatientRecord::held),
            left_out: sum(PatientRecord::left_out),
            failed: sum(PatientRecord::failed),
        }
    }

    /// 0 when everything that should be released was; 1 when something failed or is held.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        let totals = self.totals();
        u8::from(totals.failed > 0 || totals.held > 0)
    }
}

/// Counts over a report; `files_seen` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the report's words")]
pub struct Totals {
    pub files_seen: u64,
    pub released: u64,
    pub held: u64,
    pub left_out: u64,
    pub failed: u64,
}
