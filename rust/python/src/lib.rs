//! Python binding: converts arguments, starts a job, reports progress. No work is done here.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands converted arguments over by value")]

mod arrays;
mod cluster;
mod errors;
mod job;

use std::collections::BTreeMap;

use pyo3::prelude::*;

/// Runs the command line; returns its exit status.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<String>) -> u8 {
    py.detach(|| headct_deid::main(arguments.into_iter().map(Into::into)))
}

/// Every setting as name, default, values and help.
#[pyfunction]
fn settings() -> Vec<BTreeMap<&'static str, &'static str>> {
    headct_deid_core::settings::SETTINGS
        .iter()
        .map(|setting| {
            BTreeMap::from([
                ("name", setting.name),
                ("default", setting.default),
                ("values", setting.values),
                ("help", setting.help),
            ])
        })
        .collect()
}

/// The native library of the package `headct_deid`.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::arrays::{find_text, phantom, phantom_cases, scrub, start_deface, start_load_series};
    #[pymodule_export]
    use super::cluster::{NativeBegun, NativeJoined, begin, join, parse_run};
    #[pymodule_export]
    use super::errors::{Cancelled, Error, Refused};
    #[pymodule_export]
    use super::job::{NativeJob, start, start_check, verify};
    #[pymodule_export]
    use super::{main, settings};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
