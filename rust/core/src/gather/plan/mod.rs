//! What a run would do: who is processed, which slices of theirs, and why the rest is not.
//!
//! A plan holds no headers and no pixels, so that one of 100,000 files is small. Everything that may refuse
//! a run because of its input and its list is decided here, before anything is written.

mod conflicts;
mod patient;
mod persons;
mod places;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use patient::{PatientPlan, plan_patient};
pub use places::check_places;

use super::linkage::{self, Linkage, Row};
use super::scan;
use crate::error::{Problem, Refusal};
use crate::identifying::Identifying;
use crate::progress::{Cancelled, Progress};
use crate::settings::Settings;
use crate::stop::{self, Stop};

/// What a run would do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One for each row with a folder, in the order of the list.
    pub patients: Vec<PatientPlan>,
    /// Problems of single rows and folders, which are not processed, and what else a reader should know.
    /// Holds nothing that came from a patient.
    pub remarks: Vec<Problem>,
    /// Rows that are not processed: unusable, or without a folder.
    pub rows_not_processed: usize,
    /// Names of folders in the input without a row: not processed.
    pub folders_without_row: Vec<Identifying<OsString>>,
    /// Names of files, links and the like that lie beside the patient folders: not processed.
    pub beside_folders: Vec<Identifying<OsString>>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// The list or the input cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A stop was asked for.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A row and the folder it belongs to.
#[derive(Debug, Clone)]
pub struct Task {
    /// The row of the list.
    pub row: Row,
    /// Absolute path of the patient folder.
    pub folder: Identifying<PathBuf>,
}

/// Who is to be processed, by names alone: no file was opened yet.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    /// In the order of the list.
    pub tasks: Vec<Task>,
    /// As in [`Plan`].
    pub rows_not_processed: usize,
    /// As in [`Plan`].
    pub folders_without_row: Vec<Identifying<OsString>>,
    /// As in [`Plan`].
    pub beside_folders: Vec<Identifying<OsString>>,
    /// Accession numbers of all usable rows, with or without a folder, and their row numbers.
    accessions: Vec<(usize, Identifying<String>)>,
    /// Remarks on the list as a whole, on its rows by number, and on the input folder.
    of_list: Vec<Problem>,
    by_row: Vec<(usize, Problem)>,
    of_folders: Vec<Problem>,
}

/// Plans the whole run: reads the list, links it to the folders, reads every header, selects and groups.
///
/// Refuses an unusable list, an unreadable input, a list none of whose rows has a folder, and new identities
/// that give away an old one.
pub fn plan(input: &Path, list: &Path, settings: &Settings, progress: &Progress) -> Result<Plan, NoPlan> {
    plan_each(input, list, settings, progress, &mut |_| {})
}

/// Like [`plan`]; `planned` is called with each patient as soon as it is planned and may forget its files.
pub(crate) fn plan_each(
    input: &Path,
    list: &Path,
    settings: &Settings,
    progress: &Progress,
    planned: &mut dyn FnMut(&mut PatientPlan),
) -> Result<Plan, NoPlan> {
    let tasks = tasks(input, list, progress.stop())?;
    progress.enter("scanning");
    progress.set_patients(tasks.tasks.len() as u64);
    let mut patients = Vec::with_capacity(tasks.tasks.len());
    let mut by_row = tasks.by_row;
    for task in &tasks.tasks {
        // The files of a patient are read in parallel, so one patient at a time keeps all cores busy.
        let mut patient = plan_patient(&task.row, task.folder.reveal(), settings, progress, &mut |_| {})?;
        progress.finish_patient();
        if patient.slices() == 0 {
            by_row.push(without_slices(&patient));
        }
        planned(&mut patient);
        patients.push(patient);
    }
    Refusal::unless_empty(conflicts::find(&patients, &tasks.accessions, &tasks.folders_without_row))?;
    by_row.extend(persons::remarks(&patients));
    by_row.sort();
    let of_rows = by_row.into_iter().map(|(_, problem)| problem);
    Ok(Plan {
        patients,
        remarks: tasks.of_list.into_iter().chain(of_rows).chain(tasks.of_folders).collect(),
        rows_not_processed: tasks.rows_not_processed,
        folders_without_row: tasks.folders_without_row,
        beside_folders: tasks.beside_folders,
    })
}

/// Reads the list and links its rows to the folders of the input.
pub fn tasks(input: &Path, list: &Path, stop: Stop<'_>) -> Result<Tasks, NoPlan> {
    let (input, list) = (input.to_owned(), list.to_owned());
    // Workbooks are read by a library that cannot be asked to stop.
    Ok(stop::or_abandon(stop, move || read_and_link(&input, &list))??)
}

fn read_and_link(input: &Path, list: &Path) -> Result<Tasks, Refusal> {
    let top = input
        .canonicalize()
        .and_then(|input| Ok((scan::top_level(&input)?, input)))
        .map_err(|error| Refusal::one("input folder", format!("cannot be read: {}", error.kind())));
    match (top, linkage::read(list)) {
        (Ok((top, input)), Ok(linkage)) => link(&top, &input, linkage),
        (Err(mut refusal), Err(more)) => {
            refusal.problems.extend(more.problems);
            Err(refusal)
        }
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
    }
}

fn link(top: &scan::TopLevel, input: &Path, linkage: Linkage) -> Result<Tasks, Refusal> {
    let linked = linkage::link(&linkage.rows, &top.folders);
    if linked.pairs.is_empty() {
        let mut problems: Vec<_> = linkage.unusable.into_iter().map(|(_, problem)| problem).collect();
        problems.push(Problem::new(
            linkage::PLACE,
            format!("none of its {} usable rows has a folder in the input", linkage.rows.len()),
        ));
        return Err(Refusal { problems });
    }
    let mut tasks = Tasks {
        of_list: linkage.remarks,
        rows_not_processed: linkage.unusable.len() + linked.rows_alone.len(),
        folders_without_row: names(linked.folders_alone.iter().map(|index| &top.folders[*index])),
        beside_folders: names(top.others.iter()),
        accessions: linkage.rows.iter().map(|row| (row.number, row.accession.clone())).collect(),
        by_row: linked.remarks,
        ..Tasks::default()
    };
    tasks.by_row.extend(linkage.unusable);
    for index in linked.rows_alone {
        let row = &linkage.rows[index];
        let is_other = top.others.iter().any(|name| name.to_str() == Some(row.accession.reveal()));
        let found = if is_other { "a file or a link of this name" } else { "no folder of this name" };
        tasks.by_row.push((
            row.number,
            linkage::row_problem(row.number, format!("{found} in the input; not processed")),
        ));
    }
    tasks
        .of_folders
        .extend(not_processed("folders without a row in the list", tasks.folders_without_row.len()));
    tasks.of_folders.extend(not_processed("files beside the patient folders", tasks.beside_folders.len()));
    let mut rows: Vec<Option<Row>> = linkage.rows.into_iter().map(Some).collect();
    for (row, folder) in linked.pairs {
        if let Some(row) = rows[row].take() {
            tasks.tasks.push(Task { row, folder: Identifying::new(input.join(&top.folders[folder])) });
        }
    }
    Ok(tasks)
}

fn names<'a>(names: impl Iterator<Item = &'a OsString>) -> Vec<Identifying<OsString>> {
    names.cloned().map(Identifying::new).collect()
}

fn without_slices(patient: &PatientPlan) -> (usize, Problem) {
    let message =
        format!("none of the {} files in its folder is a head CT slice to release", patient.files());
    (patient.row, linkage::row_problem(patient.row, message))
}

fn not_processed(what: &str, count: usize) -> Option<Problem> {
    (count > 0).then(|| Problem::new("input folder", format!("{what}: {count}; not processed")))
}

#[cfg(test)]
mod tests;
