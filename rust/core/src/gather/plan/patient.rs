//! The plan of one patient folder.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use dicom_object::InMemDicomObject;
use rayon::prelude::*;

use super::super::facts::Facts;
use super::super::instance::{LeftOut, NotKept, Series};
use super::super::linkage::Row;
use super::super::look::look;
use super::super::scan::scan;
use super::super::select::{no_head_ct, no_slice, shows_contrast};
use super::super::series::{Selected, group};
use crate::error::{Failure, Stage};
use crate::identifying::Identifying;
use crate::outcome::Exclusion;
use crate::progress::{Cancelled, Progress};
use crate::settings::{Include, Settings};

/// What would be done with one patient folder. Holds no headers.
#[derive(Debug, Clone)]
pub struct PatientPlan {
    /// Row number in the list.
    pub row: usize,
    /// The new identity.
    pub new_id: String,
    /// The new Patient ID, where the list has one.
    pub new_patient_id: Option<String>,
    /// The accession number as in the list.
    pub accession: Identifying<String>,
    /// Absolute path of the folder.
    pub folder: Identifying<PathBuf>,
    /// The Patient ID that most files have; `None` when no file has one.
    pub patient_id: Option<Identifying<String>>,
    /// Issuer of that Patient ID; empty when the files name none.
    pub issuer: Option<Identifying<String>>,
    /// Every Patient ID in the folder's headers.
    pub patient_ids: BTreeSet<Identifying<String>>,
    /// Every Patient's Birth Date in the folder's headers, as written.
    pub birth_dates: BTreeSet<Identifying<String>>,
    /// Every Accession Number in the folder's headers.
    pub accession_numbers: BTreeSet<Identifying<String>>,
    /// What would be worked on, in the order in which it is numbered.
    pub series: Vec<Series>,
    /// What would not, sorted by path. With the instances of `series`, every file below the folder once.
    pub left_out: Vec<LeftOut>,
}

impl PatientPlan {
    /// Number of slices that would be worked on.
    #[must_use]
    pub fn slices(&self) -> usize {
        self.series.iter().map(|series| series.instances.len()).sum()
    }

    /// The row of the list.
    #[must_use]
    pub fn row(&self) -> Row {
        Row {
            number: self.row,
            accession: self.accession.clone(),
            new_id: self.new_id.clone(),
            new_patient_id: self.new_patient_id.clone(),
        }
    }

    /// Estimate of the memory that working on this patient takes: that of its largest series.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.series.iter().map(Series::pixel_bytes).max().unwrap_or(0)
    }

    /// Forgets every file: of a list of 100,000 studies only who they are stays in memory. Each is planned again
    /// when its turn comes, as its identifiers are gathered from all of its headers.
    pub(crate) fn forget_files(&mut self) {
        self.left_out = Vec::new();
        for series in &mut self.series {
            series.instances = Vec::new();
            series.geometry.origins_mm = Vec::new();
        }
    }

    /// Number of files that were seen.
    #[must_use]
    pub fn files(&self) -> usize {
        self.slices() + self.left_out.len()
    }
}

/// Files whose headers are in memory at one time.
const FILES_AT_ONCE: usize = 128;

/// Their length taken together, unless one file alone is longer: a header may fill a whole file.
const BYTES_AT_ONCE: u64 = 256 << 20;

/// Looks at every file below `folder` and plans it.
///
/// `visit` sees every header, also of files that are left out, in the order of the paths.
pub fn plan_patient(
    row: &Row,
    folder: &Path,
    settings: &Settings,
    progress: &Progress,
    visit: &mut dyn FnMut(&InMemDicomObject),
) -> Result<PatientPlan, Cancelled> {
    let found = scan(folder, progress.stop())?;
    let mut sorting = Sorting::default();
    for (relative, reason) in found.others {
        sorting.leave_out(relative, None, reason);
    }
    let mut rest = found.files.as_slice();
    while !rest.is_empty() {
        progress.check()?;
        let (some, later) = rest.split_at(at_once(folder, rest));
        rest = later;
        let headers = some.par_iter().map(|relative| {
            progress.check()?;
            Ok(look(&folder.join(relative)))
        });
        for (relative, header) in some.iter().zip(headers.collect::<Result<Vec<_>, Cancelled>>()?) {
            match header {
                Ok(header) => {
                    visit(&header.object);
                    sorting.sort(relative.clone(), Facts::of(&header.object, &header.meta), settings);
                }
                Err(reason) => sorting.leave_out(relative.clone(), None, reason),
            }
        }
    }
    Ok(sorting.finish(row, folder, settings))
}

/// How many of the files, at least one, may be in memory at one time.
fn at_once(folder: &Path, files: &[PathBuf]) -> usize {
    let mut bytes = 0;
    let lengths = files.iter().take(FILES_AT_ONCE).map(|relative| {
        std::fs::symlink_metadata(folder.join(relative)).map_or(0, |metadata| metadata.len())
    });
    let fitting = lengths.take_while(|length| {
        bytes += length;
        bytes <= BYTES_AT_ONCE
    });
    fitting.count().max(1)
}

/// Files of one folder on their way to a series or a reason.
#[derive(Default)]
struct Sorting {
    head_ct: Vec<HeadCt>,
    left_out: Vec<LeftOut>,
    contrast_series: HashSet<String>,
    /// For each Patient ID: files, issuers, studies.
    people: BTreeMap<String, Identity>,
    birth_dates: BTreeSet<Identifying<String>>,
    accession_numbers: BTreeSet<Identifying<String>>,
}

/// A head CT slice that may still turn out to be another patient's.
struct HeadCt {
    relative: PathBuf,
    facts: Facts,
}

#[derive(Default)]
struct Identity {
    files: usize,
    issuers: BTreeSet<String>,
    studies: HashSet<String>,
    accessions: BTreeSet<String>,
}

impl Sorting {
    fn leave_out(&mut self, relative: PathBuf, series: Option<String>, reason: NotKept) {
        self.left_out.push(LeftOut {
            relative: Identifying::new(relative),
            series_instance_uid: series.filter(|uid| !uid.is_empty()).map(Identifying::new),
            reason,
        });
    }

    fn sort(&mut self, relative: PathBuf, facts: Facts, settings: &Settings) {
        self.remember_identity(&facts);
        if let Some(reason) = no_head_ct(&facts, settings) {
            self.leave_out(relative, Some(facts.series_instance_uid), NotKept::Excluded(reason));
        } else if facts.sop_instance_uid.is_empty()
            || facts.series_instance_uid.is_empty()
            || facts.study_instance_uid.is_empty()
        {
            let failure =
                Failure::new(Stage::Parse, "the UID of the study, the series or the instance is missing");
            self.leave_out(relative, Some(facts.series_instance_uid), NotKept::Failed(failure));
        } else {
            if shows_contrast(&facts) {
                self.contrast_series.insert(facts.series_instance_uid.clone());
            }
            self.head_ct.push(HeadCt { relative, facts });
        }
    }

    fn remember_identity(&mut self, facts: &Facts) {
        if !facts.patient_id.is_empty() {
            let identity = self.people.entry(facts.patient_id.clone()).or_default();
            identity.files += 1;
            identity.issuers.insert(facts.issuer.clone());
            identity.studies.insert(facts.study_instance_uid.clone());
            identity.accessions.insert(facts.accession.clone());
        }
        for (value, values) in
            [(&facts.birth_date, &mut self.birth_dates), (&facts.accession, &mut self.accession_numbers)]
        {
            if !value.is_empty() {
                values.insert(Identifying::new(value.clone()));
            }
        }
    }

    fn finish(mut self, row: &Row, folder: &Path, settings: &Settings) -> PatientPlan {
        let majority = self.majority(row);
        let mut slices = Vec::new();
        for HeadCt { relative, facts } in std::mem::take(&mut self.head_ct) {
            let contrast = self.contrast_series.contains(&facts.series_instance_uid);
            let reason = if contrast && settings.contrast == Include::Exclude {
                Some(Exclusion::Contrast)
            } else if self.is_another(majority.as_deref(), &facts) {
                Some(Exclusion::AnotherPatient)
            } else {
                no_slice(&facts)
            };
            let series = facts.series_instance_uid.clone();
            match (reason, Selected::new(relative.clone(), facts)) {
                (None, Some(slice)) => slices.push(slice),
                (reason, _) => {
                    let reason = reason.unwrap_or(Exclusion::NoGeometry);
                    self.leave_out(relative, Some(series), NotKept::Excluded(reason));
                }
            }
        }
        let (series, duplicates) = group(folder, slices);
        self.left_out.extend(duplicates);
        self.left_out.sort_by(|a, b| a.relative.cmp(&b.relative));
        let issuer = |id: &String| {
            self.people.get(id).and_then(|identity| identity.issuers.last()).cloned().unwrap_or_default()
        };
        PatientPlan {
            row: row.number,
            new_id: row.new_id.clone(),
            new_patient_id: row.new_patient_id.clone(),
            accession: row.accession.clone(),
            folder: Identifying::new(folder.to_owned()),
            issuer: majority.as_ref().map(issuer).map(Identifying::new),
            patient_id: majority.map(Identifying::new),
            patient_ids: self.people.into_keys().map(Identifying::new).collect(),
            birth_dates: self.birth_dates,
            accession_numbers: self.accession_numbers,
            series,
            left_out: self.left_out,
        }
    }

    /// The Patient ID of most files; of equally many, the one whose files name the accession number of the
    /// row; then the first in the alphabet.
    fn majority(&self, row: &Row) -> Option<String> {
        let rank =
            |identity: &Identity| (identity.files, identity.accessions.contains(row.accession.reveal()));
        self.people
            .iter()
            .max_by(|(a_id, a), (b_id, b)| rank(a).cmp(&rank(b)).then_with(|| b_id.cmp(a_id)))
            .map(|(id, _)| id.clone())
    }

    /// A file without a Patient ID is the majority's when it belongs to a study of theirs.
    fn is_another(&self, majority: Option<&str>, facts: &Facts) -> bool {
        majority.is_some_and(|majority| {
            facts.patient_id != majority
                && !(facts.patient_id.is_empty()
                    && self
                        .people
                        .get(majority)
                        .is_some_and(|identity| identity.studies.contains(&facts.study_instance_uid)))
        })
    }
}
