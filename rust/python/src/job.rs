//! A run on threads that never touch Python; the caller polls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use headct_deid_core::gather::listing::Listing;
use headct_deid_core::gather::plan::{self, NoPlan};
use headct_deid_core::pipeline::{self, RunError};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::record::Report;
use headct_deid_core::release::report;
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};
use headct_deid_core::verify::{self as verification, NoAnswer, Original, VerifyRequest};
use headct_deid_core::{RawSettings, Settings};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use super::errors::{Cancelled, Error, ended, refused};

type Outcome = Result<Report, RunError>;

/// A job on native threads.
#[pyclass(frozen)]
pub(crate) struct NativeJob {
    progress: Arc<Progress>,
    arriving: Mutex<Receiver<Outcome>>,
    arrived: Mutex<Option<Outcome>>,
}

#[pymethods]
impl NativeJob {
    /// The progress at this moment, by name.
    fn poll(&self, py: Python<'_>) -> PyResult<BTreeMap<&'static str, Py<PyAny>>> {
        let now = self.progress.snapshot();
        let finished = self.receive(Duration::ZERO);
        Ok(BTreeMap::from([
            ("stage", now.stage.into_py_any(py)?),
            ("patients_done", now.patients_done.into_py_any(py)?),
            ("patients_total", now.patients_total.into_py_any(py)?),
            ("slices_done", now.slices_done.into_py_any(py)?),
            ("slices_total", now.slices_total.into_py_any(py)?),
            ("slices_per_second", now.slices_per_second.into_py_any(py)?),
            ("seconds_left", now.seconds_left.into_py_any(py)?),
            ("finished", finished.into_py_any(py)?),
        ]))
    }

    /// Asks the job to stop.
    fn cancel(&self) {
        self.progress.cancel();
    }

    /// Waits so long; the report as JSON once there is one, else None.
    fn wait(&self, py: Python<'_>, timeout_seconds: f64) -> PyResult<Option<String>> {
        let wait = Duration::try_from_secs_f64(timeout_seconds)
            .map_err(|error| Error::new_err(format!("timeout_seconds: {error}")))?;
        if !py.detach(|| self.receive(wait)) {
            return Ok(None);
        }
        match &*lock(&self.arrived) {
            None => Ok(None),
            Some(Err(error)) => Err(ended(py, error)),
            Some(Ok(done)) => {
                report::to_json(done).map(Some).map_err(|error| Error::new_err(error.to_string()))
            }
        }
    }
}

impl NativeJob {
    /// Whether the job has ended, waiting so long for it.
    fn receive(&self, wait: Duration) -> bool {
        if lock(&self.arrived).is_some() {
            return true;
        }
        let arrived = match lock(&self.arriving).recv_timeout(wait) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => {
                Err(RunError::Disk(std::io::Error::other("the job ended without a result")))
            }
        };
        lock(&self.arrived).get_or_insert(arrived);
        true
    }
}

impl Drop for NativeJob {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Starts a run and returns at once.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub(crate) fn start(
    py: Python<'_>,
    input_dir: PathBuf,
    linkage_table: PathBuf,
    output_dir: PathBuf,
    settings: BTreeMap<String, String>,
    private_dir: Option<PathBuf>,
    key: Option<PathBuf>,
    jobs: usize,
    existing: &str,
    release_held: &str,
) -> PyResult<NativeJob> {
    let settings = checked(py, &settings)?;
    let existing = existing_of(existing);
    let release_held = ReleaseHeld::from_text(release_held);
    let request = Request {
        private: private_dir,
        key,
        settings,
        existing,
        release_held,
        jobs,
        ..Request::new(input_dir, linkage_table, output_dir)
    };
    let progress = Arc::new(Progress::default());
    let (send, arriving) = channel();
    let shared = Arc::clone(&progress);
    std::thread::Builder::new()
        .name("headct-deid".to_owned())
        .spawn(move || {
            let outcome = pipeline::run(&request, &shared);
            // Nobody listens any more when the job object is gone.
            send.send(outcome).ok();
        })
        .map_err(|error| Error::new_err(format!("the job's thread: {error}")))?;
    Ok(NativeJob { progress, arriving: Mutex::new(arriving), arrived: Mutex::new(None) })
}

/// What a run would keep, as JSON.
#[pyfunction]
pub(crate) fn check(
    py: Python<'_>,
    input_dir: PathBuf,
    linkage_table: PathBuf,
    settings: BTreeMap<String, String>,
) -> PyResult<String> {
    let settings = checked(py, &settings)?;
    let plan = py
        .detach(|| plan::plan(&input_dir, &linkage_table, &settings, &Progress::default()))
        .map_err(|error| match error {
            NoPlan::Refused(refusal) => refused(py, &refusal),
            NoPlan::Cancelled(_) => Cancelled::new_err("cancelled"),
        })?;
    serde_json::to_string(&Listing::from(&plan)).map_err(|error| Error::new_err(error.to_string()))
}

/// What to do with patients that are in the output.
pub(crate) fn existing_of(word: &str) -> Existing {
    match word {
        "resume" => Existing::Resume,
        "overwrite" => Existing::Overwrite,
        _ => Existing::Refuse,
    }
}

/// What a released folder is checked to be, as JSON.
#[pyfunction]
pub(crate) fn verify(
    py: Python<'_>,
    output_dir: PathBuf,
    against: Option<PathBuf>,
    linkage_table: Option<PathBuf>,
    private_dir: Option<PathBuf>,
) -> PyResult<String> {
    let original = against.zip(linkage_table).map(|(input, list)| Original { input, list });
    let request = VerifyRequest { output: output_dir, original, private: private_dir };
    let answer =
        py.detach(|| verification::verify(&request, &Progress::default())).map_err(|error| match error {
            NoAnswer::Refused(refusal) => refused(py, &refusal),
            NoAnswer::Cancelled(_) => Cancelled::new_err("cancelled"),
        })?;
    answer.to_json().map_err(|error| Error::new_err(error.to_string()))
}

/// Settings by name, checked.
pub(crate) fn checked(py: Python<'_>, texts: &BTreeMap<String, String>) -> PyResult<Settings> {
    let mut raw = RawSettings::default();
    for (name, text) in texts {
        raw.set(name, text);
    }
    raw.check().map_err(|refusal| refused(py, &refusal))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
