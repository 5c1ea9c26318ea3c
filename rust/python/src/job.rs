//! A run on threads that never touch Python; the caller polls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use headct_deid_core::gather::listing::Listing;
use headct_deid_core::gather::plan::{self, NoPlan};
use headct_deid_core::pipeline;
use headct_deid_core::progress::Progress;
use headct_deid_core::release::report;
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};
use headct_deid_core::verify::{self as verification, NoAnswer, Original, VerifyRequest};
use headct_deid_core::{RawSettings, Settings, stop};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use super::errors::{Error, cancelled, ended, refused};

/// Turns what a job's thread made into a Python object, on the thread that waits for it.
type Outcome = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// What cancelling does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnCancel {
    /// The job ends when its thread has swept up behind itself.
    Sweep,
    /// The job writes nothing and ends at once; what its thread still does is thrown away.
    Abandon,
}

/// A job on a native thread of its own, which never touches Python.
#[pyclass(frozen)]
pub(crate) struct NativeJob {
    progress: Arc<Progress>,
    on_cancel: OnCancel,
    arriving: Mutex<Receiver<Outcome>>,
    arrived: Mutex<Option<Outcome>>,
    result: Mutex<Option<PyResult<Py<PyAny>>>>,
}

#[pymethods]
impl NativeJob {
    /// The progress at this moment, by name.
    fn poll(&self, py: Python<'_>) -> PyResult<BTreeMap<&'static str, Py<PyAny>>> {
        let now = self.progress.snapshot();
        let finished = self.has_ended(Duration::ZERO);
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

    /// Waits so long; the result once there is one, else None.
    fn wait(&self, py: Python<'_>, timeout_seconds: f64) -> PyResult<Option<Py<PyAny>>> {
        let wait = Duration::try_from_secs_f64(timeout_seconds)
            .map_err(|error| Error::new_err(format!("timeout_seconds: {error}")))?;
        if !py.detach(|| self.has_ended(wait)) {
            return Ok(None);
        }
        if let Some(outcome) = lock(&self.arrived).take() {
            let result = outcome(py);
            lock(&self.result).get_or_insert(result);
        }
        match &*lock(&self.result) {
            Some(Ok(result)) => Ok(Some(result.clone_ref(py))),
            Some(Err(error)) => Err(error.clone_ref(py)),
            None => Ok(None),
        }
    }
}

impl NativeJob {
    /// Starts `work` on a thread of its own; `convert` turns what it returns into a Python object.
    pub(crate) fn start<T: Send + 'static>(
        on_cancel: OnCancel,
        work: impl FnOnce(&Progress) -> T + Send + 'static,
        convert: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> PyResult<Self> {
        let progress = Arc::new(Progress::default());
        let (send, arriving) = channel::<Outcome>();
        let shared = Arc::clone(&progress);
        std::thread::Builder::new()
            .name("headct-deid".to_owned())
            .spawn(move || {
                let made = work(&shared);
                // Nobody listens any more when the job object is gone.
                send.send(Box::new(move |py| convert(py, made))).ok();
            })
            .map_err(|error| Error::new_err(format!("the job's thread: {error}")))?;
        Ok(Self {
            progress,
            on_cancel,
            arriving: Mutex::new(arriving),
            arrived: Mutex::new(None),
            result: Mutex::new(None),
        })
    }

    /// Whether the job has ended, waiting so long for it.
    fn has_ended(&self, wait: Duration) -> bool {
        if lock(&self.arrived).is_some() || lock(&self.result).is_some() {
            return true;
        }
        let abandoned = self.on_cancel == OnCancel::Abandon && self.progress.is_cancelled();
        let outcome: Outcome = if abandoned {
            Box::new(|_| Err(cancelled(stop::Cancelled)))
        } else {
            match lock(&self.arriving).recv_timeout(wait) {
                Ok(outcome) => outcome,
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => {
                    Box::new(|_| Err(Error::new_err("the job ended without a result")))
                }
            }
        };
        lock(&self.arrived).get_or_insert(outcome);
        true
    }
}

impl Drop for NativeJob {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Starts a run; the result is its report as JSON.
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
    NativeJob::start(
        OnCancel::Sweep,
        move |progress| pipeline::run(&request, progress),
        |py, outcome| {
            let done = outcome.map_err(|error| ended(py, &error))?;
            report::to_json(&done).map_err(|error| Error::new_err(error.to_string()))?.into_py_any(py)
        },
    )
}

/// Starts to find out what a run would keep; the result is the listing as JSON.
#[pyfunction]
pub(crate) fn start_check(
    py: Python<'_>,
    input_dir: PathBuf,
    linkage_table: PathBuf,
    settings: BTreeMap<String, String>,
) -> PyResult<NativeJob> {
    let settings = checked(py, &settings)?;
    NativeJob::start(
        OnCancel::Abandon,
        move |progress| {
            plan::plan(&input_dir, &linkage_table, &settings, progress).map(|plan| Listing::from(&plan))
        },
        |py, listing| {
            let listing = listing.map_err(|error| match error {
                NoPlan::Refused(refusal) => refused(py, &refusal),
                NoPlan::Cancelled(why) => cancelled(why),
            })?;
            serde_json::to_string(&listing)
                .map_err(|error| Error::new_err(error.to_string()))?
                .into_py_any(py)
        },
    )
}

/// What to do with patients that are in the output.
pub(crate) fn existing_of(word: &str) -> Existing {
    match word {
        "resume" => Existing::Resume,
        "overwrite" => Existing::Overwrite,
        _ => Existing::Refuse,
    }
}

/// Runs `work` on a thread of its own and waits for it. Ctrl-C cancels it and is raised once it has ended.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Progress) -> T + Send,
) -> PyResult<T> {
    let progress = Progress::default();
    let mut interrupted = None;
    let done = std::thread::scope(|scope| {
        let (send, arriving) = channel();
        let (arriving, shared) = (Mutex::new(arriving), &progress);
        let worker = scope.spawn(move || {
            // The one who waits for it lives longer.
            send.send(work(shared)).ok();
        });
        loop {
            match py.detach(|| lock(&arriving).recv_timeout(Duration::from_millis(50))) {
                Ok(made) => return Ok(made),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(signal) = py.check_signals() {
                        progress.cancel();
                        interrupted.get_or_insert(signal);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Err(worker.join().err()),
            }
        }
    });
    match (interrupted, done) {
        (Some(signal), _) => Err(signal),
        (None, Ok(made)) => Ok(made),
        (None, Err(Some(panic))) => std::panic::resume_unwind(panic),
        (None, Err(None)) => Err(Error::new_err("the work ended without a result")),
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
    let answer = interruptible(py, |progress| verification::verify(&request, progress))?;
    let answer = answer.map_err(|error| match error {
        NoAnswer::Refused(refusal) => refused(py, &refusal),
        NoAnswer::Cancelled(why) => cancelled(why),
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
