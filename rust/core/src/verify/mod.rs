//! Checks a released folder again, as a privacy board would: nothing here trusts what the run believed.
//!
//! In the order of the flow: `request` says what to compare with, `folder` lists what is there, `file` checks
//! each file by itself, `together` checks the files of a patient against each other and the report, `content`
//! looks at the pixels, `manifest` holds every file against the keyed digests, `original` compares with the
//! input. `finding` is what all of them return.

mod content;
mod file;
mod finding;
mod folder;
mod manifest;
mod original;
mod request;
mod together;

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use self::file::FileSeen;
use crate::error::Refusal;
use crate::gather::plan::NoPlan;
use crate::key::Key;
use crate::progress::{Cancelled, Progress};
use crate::release::private;
use crate::release::record::{PatientRecord, Report};
use crate::settings::{RawSettings, Settings};

pub use finding::{CheckDone, Finding, Verification};
pub use request::{Original, VerifyRequest};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The folder or what it is to be compared with cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A stop was asked for.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<NoPlan> for NoAnswer {
    fn from(none: NoPlan) -> Self {
        match none {
            NoPlan::Refused(refusal) => Self::Refused(refusal),
            NoPlan::Cancelled(cancelled) => Self::Cancelled(cancelled),
        }
    }
}

/// What the checks of one call share.
struct Work<'a> {
    output: &'a Path,
    settings: &'a Settings,
    key: Option<&'a Key>,
    progress: &'a Progress,
}

/// Checks a folder that [`pipeline::run`](crate::pipeline::run) has written.
///
/// Changes nothing. Refused are a folder without a report, and a list, input or private folder that cannot be
/// read; everything else is a finding.
pub fn verify(request: &VerifyRequest, progress: &Progress) -> Result<Verification, NoAnswer> {
    progress.begin("verifying");
    let report = folder::read_report(&request.output)?;
    progress.check()?;
    let settings = settings_of(&report)?;
    let key = match &request.private {
        Some(folder) => Some(private::find_key(folder, None)?.ok_or_else(|| {
            Refusal::one("private folder", "holds no key; expected the private folder of the run")
        })?),
        None => None,
    };
    let work = Work { output: &request.output, settings: &settings, key: key.as_ref(), progress };
    let patients = folder::records(&request.output, &report, progress.stop())?;
    let mut answer = Verification::new(&report.product);

    let listing = folder::list(&request.output, &patients, &settings, progress.stop())?;
    answer.add("folder and file names; nothing that was not released", listing.findings);
    answer.add(
        "report files against the record that they show",
        folder::report_files(&request.output, &report),
    );
    progress.check()?;
    let mut of_patients = Collected::default();
    progress.set_patients(patients.len() as u64);
    for patient in &patients {
        let files = listing.files.get(&patient.new_id).map_or(&[][..], Vec::as_slice);
        progress.add_slices(files.len() as u64);
        answer.files += files.len() as u64;
        of_patients.add(one_patient(&work, patient, files)?);
        progress.finish_patient();
    }
    answer.add("each file by itself: hidden places, profile, VR legality, UIDs", of_patients.alone);
    answer.add("files against each other and the report", of_patients.together);
    answer.add("a SOP Instance UID once in the whole folder", together::unique(&of_patients.instances));
    answer.add("text detector; markers against content", of_patients.content);
    if let Some(folder) = &request.private {
        answer.add("keyed manifest of what was released", manifest::check(&work, folder, &listing.all)?);
    }
    if let Some(original) = &request.original {
        original::check(&work, original, &patients, &mut answer)?;
    }
    progress.enter("finished");
    Ok(answer)
}

/// Findings of the patients' checks, and every SOP Instance UID with the files that hold it.
#[derive(Default)]
struct Collected {
    alone: Vec<Finding>,
    together: Vec<Finding>,
    content: Vec<Finding>,
    instances: BTreeMap<String, Vec<String>>,
}

impl Collected {
    fn add(&mut self, other: Self) {
        self.alone.extend(other.alone);
        self.together.extend(other.together);
        self.content.extend(other.content);
        for (uid, files) in other.instances {
            self.instances.entry(uid).or_default().extend(files);
        }
    }
}

/// The checks that one patient's files can answer among themselves.
fn one_patient(work: &Work<'_>, patient: &PatientRecord, files: &[String]) -> Result<Collected, Cancelled> {
    let mut collected = Collected::default();
    let seen: Vec<(Option<FileSeen>, Vec<Finding>)> = files
        .par_iter()
        .map(|path| {
            work.progress.check()?;
            let seen = file::check(work, path);
            work.progress.finish_slices(1);
            Ok(seen)
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut readable = Vec::with_capacity(seen.len());
    for (file, findings) in seen {
        collected.alone.extend(findings);
        readable.extend(file);
    }
    for file in &readable {
        collected.instances.entry(file.sop_instance_uid.clone()).or_default().push(file.path.clone());
    }
    collected.together = together::check(patient, &readable, files);
    collected.content = content::check(work, patient, &readable)?;
    Ok(collected)
}

/// The settings that the report names.
fn settings_of(report: &Report) -> Result<Settings, Refusal> {
    let mut raw = RawSettings::default();
    for (name, value) in &report.settings {
        raw.set(name, value);
    }
    raw.check()
}
