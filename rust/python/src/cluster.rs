//! A run in parts, for schedulers on the Python side.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use headct_deid_core::cluster::{self, Begun};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::errors::ended;
use super::job::{checked, existing_of};

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
            ..Request::new(self.input_dir, self.linkage_table, self.output_dir)
        })
    }
}

/// An accepted run; holds the output until it is released.
#[pyclass(frozen)]
pub(crate) struct NativeBegun(Mutex<Option<Begun>>);

#[pymethods]
impl NativeBegun {
    /// Patients to do.
    #[getter]
    fn patients(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, Begun::patients)
    }

    /// Lets go of the output.
    fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Checks a run and takes its output.
#[pyfunction]
pub(crate) fn begin(py: Python<'_>, request: RunArguments) -> PyResult<NativeBegun> {
    let request = request.request(py)?;
    let begun = py.detach(|| cluster::begin(&request, &Progress::default()));
    begun.map(|begun| NativeBegun(Mutex::new(Some(begun)))).map_err(|error| ended(py, &error))
}

/// Does one patient of a begun run.
#[pyfunction]
pub(crate) fn run_patient(py: Python<'_>, request: RunArguments, index: usize) -> PyResult<()> {
    let request = request.request(py)?;
    py.detach(|| cluster::run_patient(&request, index, &Progress::default()))
        .map_err(|error| ended(py, &error))
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
