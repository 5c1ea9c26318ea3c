//! The exception tree; core errors are mapped here once.

use std::collections::BTreeMap;

use headct_deid_core::Refusal;
use headct_deid_core::pipeline::RunError;
use headct_deid_core::stop;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(headct_deid, Error, PyException, "Base of every error of this package.");
create_exception!(
    headct_deid,
    Refused,
    Error,
    "The input cannot be used; nothing was written. `problems` lists every one, each with `place` and `message`."
);
create_exception!(
    headct_deid,
    Cancelled,
    Error,
    "The job was cancelled; finished patients stay, the rest was swept."
);

/// A refusal as [`Refused`], with its text as message and every problem in its attribute `problems`.
pub(crate) fn refused(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let problems: Vec<BTreeMap<&str, &str>> = refusal
        .problems
        .iter()
        .map(|problem| {
            BTreeMap::from([("place", problem.place.as_str()), ("message", problem.message.as_str())])
        })
        .collect();
    let error = Refused::new_err(refusal.to_string());
    match error.value(py).setattr("problems", problems) {
        Ok(()) => error,
        Err(other) => other,
    }
}

/// The end of a run as the exception that says it.
pub(crate) fn ended(py: Python<'_>, error: &RunError) -> PyErr {
    match error {
        RunError::Refused(refusal) => refused(py, refusal),
        RunError::Cancelled(why) => cancelled(*why),
        RunError::Disk(error) => Error::new_err(format!("writing stopped: {error}")),
    }
}

/// The request to stop as the exception that says it.
pub(crate) fn cancelled(why: stop::Cancelled) -> PyErr {
    Cancelled::new_err(why.to_string())
}
