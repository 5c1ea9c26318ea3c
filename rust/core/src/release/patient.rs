//! Does one patient: plans the folder, does each series, and publishes the result as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::acquisition::SharedMasks;
use super::disk;
use super::output::{self, OutputFolder};
use super::private::{AuditLine, ManifestLine, PrivateFolder, PrivateRecord};
use super::record::{PatientRecord, SeriesRecord, Status};
use super::request::ReleaseHeld;
use super::series::{self, SeriesDone, SliceOutcome};
use crate::error::{Failure, Stage};
use crate::gather::instance::{LeftOut, NotKept, Series};
use crate::gather::linkage::Row;
use crate::gather::plan::{self, PatientPlan};
use crate::header::{Identifiers, OriginalIdentity, Person, remap_uid, safe_folder_name};
use crate::key::{Key, hex};
use crate::outcome::Exclusion;
use crate::progress::{Cancelled, Progress};
use crate::settings::Settings;

/// What every patient of a run shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workplace<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) key: &'a Key,
    pub(crate) output: &'a OutputFolder,
    pub(crate) private: &'a PrivateFolder,
    pub(crate) release_held: &'a ReleaseHeld,
    pub(crate) progress: &'a Progress,
}

/// Why a patient was not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// A patient whose folder was planned and whose identifiers were gathered.
pub(crate) struct Prepared {
    pub(crate) plan: PatientPlan,
    pub(crate) person: Person,
    /// The path of every slice below the `New_ID` folder, one list for each series. Does not depend on the key.
    pub(crate) names: Vec<Vec<String>>,
}

/// Plans the folder, gathers what identifies the patient and names the slices.
pub(crate) fn prepare(
    settings: &Settings,
    key: &Key,
    progress: &Progress,
    row: &Row,
    folder: &Path,
) -> Result<Prepared, Cancelled> {
    let mut identifiers = Identifiers::default();
    let plan = plan::plan_patient(row, folder, settings, progress, &mut |header| {
        identifiers.add_header(header);
    })?;
    identifiers.add_list_row(row.accession.reveal());
    for path in paths(&plan) {
        identifiers.add_path(path);
    }
    let original = OriginalIdentity {
        patient_id: plan.patient_id.clone().unwrap_or_default(),
        accession: row.accession.clone(),
    };
    let new_patient_id = row.new_patient_id.as_deref();
    let person = Person::new(key, &row.new_id, new_patient_id, &original, identifiers);
    let names = names(&plan, &person, settings, &row.new_id);
    Ok(Prepared { plan, person, names })
}

/// A patient whose files are staged and checked; [`publish`] gives them their place.
#[derive(Debug)]
pub(crate) struct Staged {
    record: PatientRecord,
    private: PrivateRecord,
    pictures: Vec<(String, Vec<u8>)>,
    staging: PathBuf,
}

/// Plans and does one patient, on the threads of the pool it is called in. The series with the numbers in
/// `release_held` are released even when their safety cannot be shown.
pub(crate) fn process(
    work: &Workplace<'_>,
    row: &Row,
    folder: &Path,
    release_held: &BTreeSet<u32>,
) -> Result<Staged, Stopped> {
    let Prepared { plan, person, names } = prepare(work.settings, work.key, work.progress, row, folder)?;

    let staging = work.output.stage(&row.new_id)?;
    let mut records = Vec::new();
    let mut pictures = Vec::new();
    let mut private = PrivateRecord::default();
    let mut masks = SharedMasks::of_series(&plan.series);
    for (index, (series, names)) in plan.series.iter().zip(&names).enumerate() {
        let mask = masks.of(work.settings, work.key, work.progress, &plan.series, index)?;
        for parent in names.iter().filter_map(|name| Path::new(name).parent()).collect::<BTreeSet<_>>() {
            disk::create_folder(&staging.join(parent))?;
        }
        let number = index as u32 + 1;
        let release_held = release_held.contains(&number);
        let done = series::process(work, &person, series, names, release_held, mask, &staging)?;
        private.audit.extend(audit_lines(row, series, &done));
        private.manifest.extend(manifest_lines(&row.new_id, &done));
        let mut record = series_record(work, number, series, names, &done);
        if record.released > 0 {
            for picture in done.pictures {
                let name = output::picture_name(&row.new_id, number, picture.view);
                record.pictures.push(name.clone());
                pictures.push((name, picture.png));
            }
        }
        for picture in &done.original_pictures {
            work.private.keep_picture(&row.new_id, number, picture.view, &picture.png)?;
        }
        records.push(record);
    }
    private.audit.extend(plan.left_out.iter().map(|file| left_out_line(row, file)));
    records.extend(left_out_records(work.key, records.len() as u32 + 1, &plan.left_out));
    let record =
        PatientRecord { new_id: row.new_id.clone(), files_seen: plan.files() as u64, series: records };

    Ok(Staged { record, private, pictures, staging })
}

/// Flushes a staged patient to disk and gives it its place. Waits for the disk most of the time, so it is not
/// to be called on a thread that others need for computing.
pub(crate) fn publish(work: &Workplace<'_>, staged: Staged) -> Result<PatientRecord, Stopped> {
    let Staged { record, private, pictures, staging } = staged;
    disk::flush(&staging, &|| Ok::<_, Stopped>(work.progress.check()?))?;
    work.progress.check()?;
    // The audit is kept before the folder gets its name: a released file is never without its line.
    work.private.keep(&record.new_id, &private)?;
    work.output.keep_pictures(&record.new_id, &pictures)?;
    work.output.publish(&record)?;
    work.private.log(&format!(
        "{}: {} released, {} left out, {} held, {} failed",
        record.new_id,
        record.released(),
        record.left_out(),
        record.held(),
        record.failed()
    ));
    Ok(record)
}

/// Every path below the patient folder.
fn paths(plan: &PatientPlan) -> impl Iterator<Item = &Path> {
    let kept = plan.series.iter().flat_map(|series| &series.instances).map(|instance| &instance.relative);
    kept.chain(plan.left_out.iter().map(|file| &file.relative)).map(|path| path.reveal().as_path())
}

/// The path of every slice below the `New_ID` folder: `<safe subfolders>/<New_ID>_00001.dcm`, numbered in each
/// folder by series, then position.
fn names(plan: &PatientPlan, person: &Person, settings: &Settings, new_id: &str) -> Vec<Vec<String>> {
    let mut folders = SafeFolders::default();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    // Folders are named in the order of the input, so that folder_01 does not depend on the order of series.
    let parents: BTreeSet<&Path> = plan
        .series
        .iter()
        .flat_map(|series| &series.instances)
        .filter_map(|instance| instance.relative.reveal().parent())
        .collect();
    for parent in parents {
        folders.name(parent, person, settings);
    }
    plan.series
        .iter()
        .map(|series| {
            series
                .instances
                .iter()
                .map(|instance| {
                    let parent = instance.relative.reveal().parent().unwrap_or(Path::new(""));
                    let folder = folders.name(parent, person, settings);
                    let count = counts.entry(folder.clone()).or_default();
                    *count += 1;
                    format!("{folder}{new_id}_{count:05}.dcm")
                })
                .collect()
        })
        .collect()
}

/// Output names of input folders: every input folder has its own, no two share one (blind to case).
#[derive(Debug, Default)]
struct SafeFolders {
    /// Input folder to output folder, which ends with `/` unless empty.
    names: BTreeMap<PathBuf, String>,
    taken: BTreeSet<String>,
    numbered: BTreeMap<String, u32>,
}

impl SafeFolders {
    fn name(&mut self, folder: &Path, person: &Person, settings: &Settings) -> String {
        if let Some(name) = self.names.get(folder) {
            return name.clone();
        }
        let Some(Component::Normal(last)) = folder.components().next_back() else {
            return String::new();
        };
        let parent = self.name(folder.parent().unwrap_or(Path::new("")), person, settings);
        let name = self.free_name(&parent, last, person, settings);
        self.names.insert(folder.to_owned(), name.clone());
        name
    }

    fn free_name(&mut self, parent: &str, last: &OsStr, person: &Person, settings: &Settings) -> String {
        let kept =
            last.to_str().and_then(|name| safe_folder_name(name, person.identifiers(), settings.folders));
        if let Some(word) = kept {
            let name = format!("{parent}{word}/");
            if self.taken.insert(name.to_lowercase()) {
                return name;
            }
        }
        loop {
            let count = self.numbered.entry(parent.to_owned()).or_default();
            *count += 1;
            let name = format!("{parent}folder_{count:02}/");
            if self.taken.insert(name.to_lowercase()) {
                return name;
            }
        }
    }
}

fn series_record(
    work: &Workplace<'_>,
    number: u32,
    series: &Series,
    names: &[String],
    done: &SeriesDone,
) -> SeriesRecord {
    let mut record = SeriesRecord::empty(number, Status::Released);
    record.files = done.slices.len() as u64;
    for slice in &done.slices {
        match slice {
            SliceOutcome::Released { .. } => record.released += 1,
            SliceOutcome::Held => record.held += 1,
            SliceOutcome::LeftOut(reason) => {
                *record.left_out.entry(reason.code().to_owned()).or_default() += 1;
            }
            SliceOutcome::Failed(failure) => *record.failed.entry(failure.to_string()).or_default() += 1,
        }
    }
    record.status = match () {
        () if record.held > 0 => Status::Held,
        () if record.released > 0 => Status::Released,
        () if record.failed_total() > 0 => Status::Failed,
        () => Status::LeftOut,
    };
    record.reason = done.hold.map(|hold| hold.code().to_owned());
    record.sentence = done.hold.map(|hold| hold.sentence().to_owned());
    record.series_uid = Some(remap_uid(work.key, series.series_instance_uid.reveal()));
    record.folder = names
        .first()
        .and_then(|name| name.rsplit_once('/'))
        .map_or_else(String::new, |(folder, _)| folder.to_owned());
    record.matrix = Some((series.matrix.0 as u32, series.matrix.1 as u32));
    record.spacing_mm = Some(spacing_mm(series));
    record.remarks.clone_from(&series.remarks);
    if record.released > 0 {
        record.pixels = done.decision.as_ref().map(|decision| decision.evidence.clone());
        record.header = Some(done.header.clone());
    }
    record
}

fn spacing_mm(series: &Series) -> [f64; 3] {
    let positions = series.geometry.positions_mm();
    let mut steps: Vec<f64> = positions.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f64::total_cmp);
    let step = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
    [series.geometry.row_spacing_mm, series.geometry.column_spacing_mm, step]
}

/// Files left out, one record for each series and reason, in the order of the reasons.
fn left_out_records(key: &Key, first_number: u32, files: &[LeftOut]) -> Vec<SeriesRecord> {
    let mut groups: BTreeMap<(Option<Exclusion>, Option<String>), Vec<&LeftOut>> = BTreeMap::new();
    for file in files {
        let uid = file.series_instance_uid.as_ref().map(|uid| remap_uid(key, uid.reveal()));
        let reason = match &file.reason {
            NotKept::Excluded(reason) => Some(*reason),
            NotKept::Failed(_) => None,
        };
        groups.entry((reason, uid)).or_default().push(file);
    }
    groups
        .into_iter()
        .zip(first_number..)
        .map(|(((reason, uid), files), number)| {
            let status = if reason.is_some() { Status::LeftOut } else { Status::Failed };
            let mut record = SeriesRecord::empty(number, status);
            record.reason = reason.map(|reason| reason.code().to_owned());
            record.sentence = reason.map(|reason| reason.sentence().to_owned());
            record.series_uid = uid;
            record.files = files.len() as u64;
            for file in files {
                match &file.reason {
                    NotKept::Excluded(reason) => {
                        *record.left_out.entry(reason.code().to_owned()).or_default() += 1;
                    }
                    NotKept::Failed(failure) => {
                        *record.failed.entry(failure.to_string()).or_default() += 1;
                    }
                }
            }
            record
        })
        .collect()
}

fn audit_lines(row: &Row, series: &Series, done: &SeriesDone) -> Vec<AuditLine> {
    series
        .instances
        .iter()
        .zip(&done.slices)
        .map(|(instance, slice)| {
            let (outcome, reason, output) = match slice {
                SliceOutcome::Released { place, .. } => {
                    ("released", String::new(), format!("{}/{place}", row.new_id))
                }
                SliceOutcome::LeftOut(reason) => ("left-out", reason.code().to_owned(), String::new()),
                SliceOutcome::Failed(failure) => ("failed", failure.to_string(), String::new()),
                SliceOutcome::Held => {
                    ("held", done.hold.map_or("", |hold| hold.code()).to_owned(), String::new())
                }
            };
            audit_line(row, instance.relative.reveal(), outcome, reason, output)
        })
        .collect()
}

fn left_out_line(row: &Row, file: &LeftOut) -> AuditLine {
    let (outcome, reason) = match &file.reason {
        NotKept::Excluded(reason) => ("left-out", reason.code().to_owned()),
        NotKept::Failed(failure) => ("failed", failure.to_string()),
    };
    audit_line(row, file.relative.reveal(), outcome, reason, String::new())
}

fn audit_line(row: &Row, path: &Path, outcome: &str, reason: String, output_path: String) -> AuditLine {
    AuditLine {
        accession_number: row.accession.reveal().clone(),
        new_id: row.new_id.clone(),
        input_path: no_formula(&path.to_string_lossy()),
        outcome: outcome.to_owned(),
        reason,
        output_path,
    }
}

/// The path as a spreadsheet can hold it: one that would begin a formula there is led by `./`, which leads to
/// the same file.
fn no_formula(path: &str) -> String {
    let lead = if path.starts_with(['=', '+', '-', '@', '\t', '\r']) { "./" } else { "" };
    format!("{lead}{path}")
}

fn manifest_lines(new_id: &str, done: &SeriesDone) -> Vec<ManifestLine> {
    done.slices
        .iter()
        .filter_map(|slice| match slice {
            SliceOutcome::Released { place, verified } => Some(ManifestLine {
                path: format!("{new_id}/{place}"),
                bytes: verified.bytes(),
                digest: hex(&verified.digest()),
            }),
            _ => None,
        })
        .collect()
}

/// The record of a patient that could not be done as a whole: nothing is released, every kept file failed.
pub(crate) fn failed(
    work: &Workplace<'_>,
    row: &Row,
    folder: &Path,
    why: &str,
) -> Result<PatientRecord, Stopped> {
    let message = Failure::new(Stage::Image, why).to_string();
    let plan = plan::plan_patient(row, folder, work.settings, work.progress, &mut |_| {})?;
    let mut private = PrivateRecord::default();
    let mut records = Vec::new();
    for (series, number) in plan.series.iter().zip(1..) {
        let mut record = SeriesRecord::empty(number, Status::Failed);
        record.files = series.instances.len() as u64;
        record.failed.insert(message.clone(), record.files);
        record.series_uid = Some(remap_uid(work.key, series.series_instance_uid.reveal()));
        records.push(record);
        private.audit.extend(series.instances.iter().map(|instance| {
            audit_line(row, instance.relative.reveal(), "failed", message.clone(), String::new())
        }));
    }
    private.audit.extend(plan.left_out.iter().map(|file| left_out_line(row, file)));
    records.extend(left_out_records(work.key, records.len() as u32 + 1, &plan.left_out));
    let record =
        PatientRecord { new_id: row.new_id.clone(), files_seen: plan.files() as u64, series: records };
    work.output.discard(&row.new_id)?;
    work.private.keep(&row.new_id, &private)?;
    work.output.publish(&record)?;
    work.private.log(&format!("{}: {message}", row.new_id));
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_formula_in_the_audit() {
        assert_eq!(no_formula("=HYPERLINK(1)/a"), "./=HYPERLINK(1)/a");
        assert_eq!(no_formula("@a"), "./@a");
        assert_eq!(no_formula("S1/a=b"), "S1/a=b");
    }
}
