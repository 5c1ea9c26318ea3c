//! The output folder: who may write into it, staging, and giving finished patients their final name.
//!
//! A `New_ID` folder that exists is complete and verified: it was renamed into place as a whole. Whatever a
//! killed run leaves lies in the hidden folder and is swept by the next run.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::patient::Stopped;
use super::record::PatientRecord;
use crate::error::{Problem, Refusal};
use crate::key::{Key, hex};
use crate::settings::Settings;
use crate::stop::Stop;

/// Hidden folder of OUTPUT: marker, lock, staging and the records of finished patients.
pub const HIDDEN: &str = ".headct-deid";
const MARKER: &str = "begun.json";
const STAGING: &str = "staging";
const RETIRED: &str = "retired";
const RECORDS: &str = "patients";
const PICTURES: &str = "pictures";

/// What an output was begun with; a later run must match it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// [`Key::fingerprint`].
    pub key: String,
    /// The settings in use, by name.
    pub settings: Vec<(String, String)>,
}

impl Marker {
    /// The marker of a run.
    #[must_use]
    pub fn of(key: &Key, settings: &Settings) -> Self {
        let settings = settings.in_use().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { key: key.fingerprint(), settings }
    }

    /// What speaks against continuing an output that was begun with `self`.
    #[must_use]
    pub fn problems_with(&self, now: &Self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.key != now.key {
            problems.push(Problem::new("output folder", "was begun with another key"));
        }
        for (name, value) in &now.settings {
            let before =
                self.settings.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
            if before != Some(value) {
                problems.push(Problem::new(
                    "output folder",
                    format!("was begun with {name} = `{}`, now `{value}`", before.unwrap_or("(unknown)")),
                ));
            }
        }
        problems
    }
}

/// Reads the marker of an output; `None` when it was never begun.
pub fn read_marker(output: &Path) -> Result<Option<Marker>, Refusal> {
    match std::fs::read(output.join(HIDDEN).join(MARKER)) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| Refusal::one("output folder", "its marker file is damaged")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Refusal::one("output folder", error.kind().to_string())),
    }
}

/// The `New_ID`s that stand in an output, of whatever run.
#[must_use]
pub fn present(output: &Path, new_ids: &[String]) -> Vec<String> {
    let there: BTreeSet<String> = std::fs::read_dir(output)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().to_lowercase())
        .collect();
    new_ids.iter().filter(|new_id| there.contains(&new_id.to_lowercase())).cloned().collect()
}

/// A picture that was kept for the report; `None` when it is not there.
pub(crate) fn kept_picture(output: &Path, name: &str) -> Option<Vec<u8>> {
    std::fs::read(output.join(HIDDEN).join(PICTURES).join(name)).ok()
}

/// Name of a picture of the result: `<New_ID>/<series>_<view>.png`.
pub(crate) fn picture_name(new_id: &str, series: u32, view: &str) -> String {
    format!("{new_id}/{series}_{view}.png")
}

/// The output folder, held by this run alone.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    // Held until the run ends; the operating system frees it when the process dies.
    lock: Option<File>,
    /// Where patients are staged: of one process alone, so that two that do the same patient, the one taken for
    /// lost, stay apart.
    staging: PathBuf,
}

impl OutputFolder {
    /// Takes the output for this run, or refuses: a second run on the same output has to wait.
    ///
    /// Before the key is settled, so that two first runs at the same moment cannot make two keys.
    pub fn take(path: &Path) -> Result<Self, Refusal> {
        let hidden = path.join(HIDDEN);
        disk::create_folder(&hidden).map_err(|error| unusable(&error))?;
        let lock = disk::append_private(&hidden.join("lock")).map_err(|error| unusable(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(Refusal::one("output folder", "another run is writing into it"));
            }
            // Some network file systems have no locks: one user's mistake is not guarded there.
            Err(std::fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        Ok(Self { path: path.to_owned(), lock: Some(lock), staging: hidden.join(STAGING) })
    }

    /// Leaves the run's marker and sweeps what a killed run left. Refused when another run began the output
    /// differently since it was looked at.
    pub fn begin(&self, marker: &Marker) -> Result<(), Refusal> {
        if let Some(before) = read_marker(&self.path)? {
            Refusal::unless_empty(before.problems_with(marker))?;
        }
        let hidden = self.path.join(HIDDEN);
        let text = serde_json::to_vec_pretty(marker).map_err(|error| unusable(&io::Error::other(error)))?;
        disk::replace(&hidden.join(MARKER), &text).map_err(|error| unusable(&error))?;
        disk::create_folder(&hidden.join(RECORDS)).map_err(|error| unusable(&error))?;
        for swept in [STAGING, RETIRED] {
            disk::remove_folder(&hidden.join(swept)).map_err(|error| unusable(&error))?;
        }
        Ok(())
    }

    /// An error once the folder is not the one that was begun: a drive that went away must not be taken for
    /// an empty one.
    fn still_there(&self) -> io::Result<()> {
        if self.path.join(HIDDEN).join(MARKER).is_file() {
            Ok(())
        } else {
            Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the output folder went away while it was written to",
            ))
        }
    }

    /// An error unless every patient that was released stands under its final name.
    pub(crate) fn holds(&self, records: &[PatientRecord], stop: Stop<'_>) -> Result<(), Stopped> {
        self.still_there()?;
        for record in records {
            stop.check()?;
            if record.released() > 0 && !self.path.join(&record.new_id).is_dir() {
                let message = format!("{} was released and went away from the output folder", record.new_id);
                return Err(io::Error::new(io::ErrorKind::NotFound, message).into());
            }
        }
        Ok(())
    }

    /// Joins an output that another process holds for all of its workers. Nothing is swept.
    pub fn join(path: &Path, marker: &Marker) -> Result<Self, Refusal> {
        match read_marker(path)? {
            Some(begun) => Refusal::unless_empty(begun.problems_with(marker))?,
            None => return Err(Refusal::one("output folder", "no run has begun in it")),
        }
        let mut own = [0; 8];
        getrandom::fill(&mut own).map_err(|error| unusable(&io::Error::other(error.to_string())))?;
        let staging = path.join(HIDDEN).join(STAGING).join(hex(&own));
        Ok(Self { path: path.to_owned(), lock: None, staging })
    }

    /// The output's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An empty folder to stage a patient in.
    pub(crate) fn stage(&self, new_id: &str) -> io::Result<PathBuf> {
        self.still_there()?;
        let folder = self.staging.join(new_id);
        disk::remove_folder(&folder)?;
        disk::create_folder(&folder)?;
        Ok(folder)
    }

    /// Removes what was staged of a patient.
    pub(crate) fn discard(&self, new_id: &str) -> io::Result<()> {
        disk::remove_folder(&self.staging.join(new_id))
    }

    /// Keeps the pictures of the result for the report, by [`picture_name`], instead of those of an earlier one.
    pub(crate) fn keep_pictures(&self, new_id: &str, pictures: &[(String, Vec<u8>)]) -> io::Result<()> {
        let folder = self.path.join(HIDDEN).join(PICTURES);
        disk::remove_folder(&folder.join(new_id))?;
        for (name, png) in pictures {
            disk::create_folder(&folder.join(new_id))?;
            disk::replace(&folder.join(name), png)?;
        }
        Ok(())
    }

    /// Gives a staged, verified patient its final name, replacing an earlier result.
    ///
    /// The record is written after the folder: a crash between the two makes the next run do the patient again.
    pub(crate) fn publish(&self, record: &PatientRecord) -> io::Result<()> {
        self.still_there()?;
        let hidden = self.path.join(HIDDEN);
        let staged = self.staging.join(&record.new_id);
        let place = self.path.join(&record.new_id);
        let kept = hidden.join(RECORDS).join(format!("{}.json", record.new_id));
        disk::remove_file(&kept)?;
        if place.exists() {
            let retired = hidden.join(RETIRED);
            disk::create_folder(&retired)?;
            disk::rename(&place, &retired.join(&record.new_id))?;
        }
        if record.released() > 0 {
            disk::rename(&staged, &place)?;
        }
        disk::sync_folder(&self.path)?;
        let text = serde_json::to_vec(record).map_err(io::Error::other)?;
        disk::replace(&kept, &text)?;
        disk::remove_folder(&hidden.join(RETIRED).join(&record.new_id))?;
        self.discard(&record.new_id)
    }

    /// The record of a patient that is finished; `None` when it has to be done (again).
    #[must_use]
    pub fn finished(&self, new_id: &str) -> Option<PatientRecord> {
        let bytes =
            std::fs::read(self.path.join(HIDDEN).join(RECORDS).join(format!("{new_id}.json"))).ok()?;
        let record: PatientRecord = serde_json::from_slice(&bytes).ok()?;
        let complete = record.released() == 0 || self.path.join(new_id).is_dir();
        complete.then_some(record)
    }

    /// Records of patients that earlier runs of other lists left in this output, by `New_ID`.
    pub(crate) fn records_besides(
        &self,
        known: &[PatientRecord],
        stop: Stop<'_>,
    ) -> Result<Vec<PatientRecord>, Stopped> {
        let known: BTreeSet<&str> = known.iter().map(|record| record.new_id.as_str()).collect();
        let mut records = Vec::new();
        for path in disk::list_folder(&self.path.join(HIDDEN).join(RECORDS))? {
            stop.check()?;
            let Some(new_id) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            if !known.contains(new_id) {
                records.extend(self.finished(new_id));
            }
        }
        Ok(records)
    }

    /// Removes a folder of the report of an earlier run.
    pub(crate) fn drop_report_folder(&self, name: &str) -> io::Result<()> {
        disk::remove_folder(&self.path.join(name))
    }

    /// Writes a file of the report; `name` may lie in a folder.
    pub(crate) fn write_report(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if let Some((folder, _)) = name.rsplit_once('/') {
            disk::create_folder(&self.path.join(folder))?;
        }
        disk::replace(&self.path.join(name), bytes)
    }
}

impl Drop for OutputFolder {
    /// Sweeps what a cancelled or stopped run staged; what cannot be swept now, the next run sweeps.
    fn drop(&mut self) {
        if self.lock.is_none() {
            // Others work in it; whoever holds the lock sweeps.
            return;
        }
        disk::remove_folder(&self.path.join(HIDDEN).join(STAGING)).ok();
    }
}

fn unusable(error: &io::Error) -> Refusal {
    Refusal::one("output folder", error.to_string())
}
