//! A run in parts: begun once, its patients done anywhere that shares the folders, finished where it was begun.
//!
//! Patients are independent and every mapping is a keyed function, so the parts need to share nothing but the
//! folders and the key in the private one. The result is that of [`crate::pipeline::run`], byte for byte, also
//! when a patient was begun by a worker that was lost, or done twice by two that did not know of each other.

use crate::error::Refusal;
use crate::gather::plan::{self, PatientPlan, Task};
use crate::key::Key;
use crate::pipeline::{self, RunError};
use crate::progress::Progress;
use crate::release::output::{Marker, OutputFolder};
use crate::release::patient::{self, Workplace};
use crate::release::private::{self, PrivateFolder};
use crate::release::record::{PatientRecord, Report};
use crate::release::request::Request;

/// A run that was accepted. It holds the output until it is dropped, so that no other run begins there.
#[derive(Debug)]
pub struct Begun(pipeline::Begun);

impl Begun {
    /// Checks a request as a run would, makes the key where there is none, and takes the output.
    pub fn begin(request: &Request, progress: &Progress) -> Result<Self, RunError> {
        pipeline::threads(0)?.install(|| pipeline::begin(request, progress)).map(Self)
    }

    /// How many patients there are to do; [`Joined::run_patient`] takes their indices.
    #[must_use]
    pub const fn patients(&self) -> usize {
        self.0.plan.patients.len()
    }

    /// Writes the report. Patients at the indices `lost` took their workers with them and count as failed;
    /// any other that no worker has done is done here.
    pub fn finish(&self, lost: &[usize], progress: &Progress) -> Result<Report, RunError> {
        let work = self.0.workplace(progress);
        let pool = pipeline::threads(0)?;
        let finish_one = |(index, patient): (usize, &PatientPlan)| -> Result<PatientRecord, RunError> {
            if lost.contains(&index) {
                return Ok(patient::failed(&work, &patient.row(), patient.folder.reveal(), LOST)?);
            }
            match work.output.finished(&patient.new_id) {
                Some(record) => Ok(record),
                None => pipeline::one_patient(&work, self.0.request.existing, patient, &pool, || ()),
            }
        };
        let records = self.0.plan.patients.iter().enumerate().map(finish_one).collect::<Result<_, _>>()?;
        pipeline::report(&self.0, records, progress)
    }
}

/// Why the files of a patient failed whose worker ended without a word, again and again.
const LOST: &str = "every worker that did this patient was lost, perhaps for want of memory";

/// A worker's place in a begun run: key, folders and list, read once for all the patients it does.
#[derive(Debug)]
pub struct Joined {
    request: Request,
    key: Key,
    output: OutputFolder,
    private: PrivateFolder,
    tasks: Vec<Task>,
}

impl Joined {
    /// Joins a run that another process has begun with the same request. Nothing of its output is swept.
    pub fn join(request: &Request, progress: &Progress) -> Result<Self, RunError> {
        let key = private::find_key(&request.private_folder(), request.key.as_deref())?
            .ok_or_else(|| Refusal::one("private folder", "holds no key, expected that of the begun run"))?;
        Ok(Self {
            output: OutputFolder::join(&request.output, &Marker::of(&key, &request.settings))?,
            private: PrivateFolder::open(&request.private_folder())?,
            tasks: plan::tasks(&request.input, &request.list, progress.stop())?.tasks,
            request: request.clone(),
            key,
        })
    }

    /// Does one patient, on as many threads as the request says (one when it says 0: a worker of a cluster has
    /// its share of a machine). With [`Resume`](crate::release::request::Existing::Resume) a patient that is finished is left as it is.
    pub fn run_patient(&self, index: usize, progress: &Progress) -> Result<(), RunError> {
        let task = self.tasks.get(index).ok_or_else(|| {
            let found = self.tasks.len();
            Refusal::one("linkage table", format!("found {found} patients, expected one with index {index}"))
        })?;
        let settings = &self.request.settings;
        let work = Workplace {
            settings,
            key: &self.key,
            output: &self.output,
            private: &self.private,
            release_held: &self.request.release_held,
            progress,
        };
        let pool = pipeline::threads(self.request.jobs.max(1))?;
        let folder = task.folder.reveal();
        let plan = || plan::plan_patient(&task.row, folder, settings, progress, &mut |_| {});
        let patient = pool.install(plan)?;
        pipeline::one_patient(&work, self.request.existing, &patient, &pool, || ()).map(drop)
    }
}
