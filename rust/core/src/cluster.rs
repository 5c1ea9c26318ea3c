//! A run in parts: begun once, its patients done anywhere that shares the folders, finished by a resumed run.
//!
//! Patients are independent and every mapping is a keyed function, so the parts need to share nothing but the
//! folders and the key in the private one. The result is that of [`crate::pipeline::run`], byte for byte.

use crate::error::Refusal;
use crate::gather::plan;
use crate::pipeline::{self, RunError};
use crate::progress::Progress;
use crate::release::output::{Marker, OutputFolder};
use crate::release::patient::Workplace;
use crate::release::private::{self, PrivateFolder};
use crate::release::request::Request;

/// A run that was accepted. It holds the output until it is dropped, so that no other run begins there.
#[derive(Debug)]
pub struct Begun {
    patients: usize,
    _output: OutputFolder,
}

impl Begun {
    /// How many patients there are to do; [`run_patient`] takes their indices.
    #[must_use]
    pub const fn patients(&self) -> usize {
        self.patients
    }
}

/// Checks a request as a run would, makes the key where there is none, and takes the output.
pub fn begin(request: &Request, progress: &Progress) -> Result<Begun, RunError> {
    let plan = pipeline::accept(request, progress)?;
    let output = OutputFolder::take(&request.output)?;
    let private = PrivateFolder::open(&request.private_folder())?;
    let key = pipeline::settle_key(request, &private)?;
    output.begin(&Marker::of(&key, &request.settings))?;
    Ok(Begun { patients: plan.patients.len(), _output: output })
}

/// Does one patient of a begun run; a patient that is finished is left as it is.
pub fn run_patient(request: &Request, index: usize, progress: &Progress) -> Result<(), RunError> {
    let key = private::find_key(&request.private_folder(), request.key.as_deref())?
        .ok_or_else(|| Refusal::one("private folder", "holds no key, expected that of the begun run"))?;
    let private = PrivateFolder::open(&request.private_folder())?;
    let output = OutputFolder::join(&request.output, &Marker::of(&key, &request.settings))?;
    let tasks = plan::tasks(&request.input, &request.list)?.tasks;
    let task = tasks.get(index).ok_or_else(|| {
        Refusal::one(
            "linkage table",
            format!("found {} patients, expected one with index {index}", tasks.len()),
        )
    })?;
    let work = Workplace {
        settings: &request.settings,
        key: &key,
        output: &output,
        private: &private,
        release_held: &request.release_held,
        progress,
    };
    let patient =
        plan::plan_patient(&task.row, task.folder.reveal(), &request.settings, progress, &mut |_| {})?;
    pipeline::one_patient(request, &work, &patient).map(drop)
}
