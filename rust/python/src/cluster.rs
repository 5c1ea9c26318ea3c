//! A run in parts, for schedulers on the Python side.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use headct_deid_core::cluster::{Begun, Joined};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::report;
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::errors::{Error, ended};
use super::job::{checked, existing_of, interruptible};

/// A run as Python hands it from machine to machine: names as in `headct_deid.deidentify`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RunArguments {
    input_dir: PathBuf,
    linkage_table: PathBuf,
    output_dir: PathBuf,
    settings: BTreeMap<String, String>,
    private_dir: Option<PathBuf>,
    key: Option<PathBuf>,
    jobs: usize,
    existing: String,
    release_held: String,
}

impl RunArguments {
    fn request(self, py: Python<'_>) -> PyResult<Request> {
        Ok(Request {
            private: self.private_dir,
            key: self.key,
            settings: checked(py, &self.settings)?,
            existing: existing_of(&self.existing),
            release_held: ReleaseHeld::from_text(&self.release_held),
            jobs: self.jobs,
            ..Request::new(self.input_dir, self.linkage_table, self.output_dir)
        })
    }
}

/// An accepted run; holds the output until it is released.
#[pyclass(frozen)]
pub(crate) struct NativeBegun(Mutex<Option<Begun>>);

impl NativeBegun {
    fn begun(&self) -> std::sync::MutexGuard<'_, Option<Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl NativeBegun {
    /// Patients to do.
    #[getter]
    fn patients(&self) -> usize {
        self.begun().as_ref().map_or(0, Begun::patients)
    }

    /// Writes the report and returns it as JSON; the patients at these indices lost their workers and failed.
    fn finish(&self, py: Python<'_>, lost: Vec<usize>) -> PyResult<String> {
        let work = |progress: &Progress| self.begun().as_ref().map(|begun| begun.finish(&lost, progress));
        let done = interruptible(py, work)?;
        let done = done.ok_or_else(|| Error::new_err("the run was released already"))?;
        let report = done.map_err(|error| ended(py, &error))?;
        report::to_json(&report).map_err(|error| Error::new_err(error.to_string()))
    }

    /// Lets go of the output.
    fn release(&self) {
        self.begun().take();
    }
}

/// Checks a run and takes its output.
#[pyfunction]
pub(crate) fn begin(py: Python<'_>, request: RunArguments) -> PyResult<NativeBegun> {
    let request = request.request(py)?;
    let begun = interruptible(py, |progress| Begun::begin(&request, progress))?;
    begun.map(|begun| NativeBegun(Mutex::new(Some(begun)))).map_err(|error| ended(py, &error))
}

/// A worker's place in a begun run.
#[pyclass(frozen)]
pub(crate) struct NativeJoined(Joined);

#[pymethods]
impl NativeJoined {
    /// Does one patient.
    fn run_patient(&self, py: Python<'_>, index: usize) -> PyResult<()> {
        let done = interruptible(py, |progress| self.0.run_patient(index, progress))?;
        done.map_err(|error| ended(py, &error))
    }
}

/// Joins a run that another process has begun.
#[pyfunction]
pub(crate) fn join(py: Python<'_>, request: RunArguments) -> PyResult<NativeJoined> {
    let request = request.request(py)?;
    let joined = interruptible(py, |progress| Joined::join(&request, progress))?;
    joined.map(NativeJoined).map_err(|error| ended(py, &error))
}

/// The arguments of the command `run` by name, or the exit status when there is nothing to run.
#[pyfunction]
pub(crate) fn parse_run(py: Python<'_>, arguments: Vec<String>) -> PyResult<Bound<'_, PyAny>> {
    let request = match headct_deid::run_request(arguments.into_iter().map(Into::into)) {
        Ok(request) => request,
        Err(status) => return Ok(status.into_pyobject(py)?.into_any()),
    };
    let settings: BTreeMap<&str, &str> = request.settings.in_use().collect();
    let given = PyDict::new(py);
    given.set_item("input_dir", request.input)?;
    given.set_item("linkage_table", request.list)?;
    given.set_item("output_dir", request.output)?;
    given.set_item("settings", settings)?;
    given.set_item("private_dir", request.private)?;
    given.set_item("key", request.key)?;
    given.set_item("jobs", request.jobs)?;
    given.set_item("resume", request.existing == Existing::Resume)?;
    given.set_item("overwrite", request.existing == Existing::Overwrite)?;
    given.set_item(
        "release_held",
        match request.release_held {
            ReleaseHeld::None => String::new(),
            ReleaseHeld::All => "all".to_owned(),
            ReleaseHeld::Named(names) => names.into_iter().collect::<Vec<_>>().join(","),
        },
    )?;
    Ok(given.into_any())
}
