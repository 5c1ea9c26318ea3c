//! The run from end to end: what is asked for, stage by stage.

use std::io;
use std::sync::Mutex;

use rayon::ThreadPoolBuilder;

use crate::error::{Problem, Refusal};
use crate::gather::plan::{self, NoPlan, PatientPlan, Plan};
use crate::key::Key;
use crate::progress::{Cancelled, Progress};
use crate::queue::Queue;
use crate::release::held;
use crate::release::output::{self, Marker, OutputFolder};
use crate::release::patient::{self, Stopped, Workplace};
use crate::release::private::{self, PrivateFolder};
use crate::release::record::{PatientRecord, REPORT_FORMAT, Remark, Report, SeriesRecord, Status};
use crate::release::report;
use crate::release::request::{Existing, Request};
use crate::release::standard;
use crate::settings::Switch;

/// Why a run ended without a report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Stopped on request: finished patients stay, the rest is swept.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The output or the private folder could not be written; finished patients stay.
    #[error("writing stopped: {0}")]
    Disk(#[from] io::Error),
}

impl From<NoPlan> for RunError {
    fn from(none: NoPlan) -> Self {
        match none {
            NoPlan::Refused(refusal) => Self::Refused(refusal),
            NoPlan::Cancelled(cancelled) => Self::Cancelled(cancelled),
        }
    }
}

impl From<Stopped> for RunError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled(cancelled) => Self::Cancelled(cancelled),
            Stopped::Disk(error) => Self::Disk(error),
        }
    }
}

/// `name version` as written into files and reports.
pub const PRODUCT: &str = concat!("Head CT Deidentification ", env!("CARGO_PKG_VERSION"));

/// De-identifies the patients of the list.
pub fn run(request: &Request, progress: &Progress) -> Result<Report, RunError> {
    let pool = threads(request.jobs)?;
    let begun = pool.install(|| begin(request, progress))?;
    let patients = process_all(&begun, progress, &pool)?;
    report(&begun, patients, progress)
}

/// A run that was accepted. It holds the output until it is dropped, so that no other run begins there.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) request: Request,
    /// Its patients have forgotten their files.
    pub(crate) plan: Plan,
    /// Memory that each patient needs, bytes.
    needs: Vec<u64>,
    key: Key,
    output: OutputFolder,
    private: PrivateFolder,
}

impl Begun {
    pub(crate) fn workplace<'a>(&'a self, progress: &'a Progress) -> Workplace<'a> {
        Workplace {
            settings: &self.request.settings,
            key: &self.key,
            output: &self.output,
            private: &self.private,
            release_held: &self.request.release_held,
            progress,
        }
    }
}

/// As many threads as are asked for; 0 means one for each processor.
pub(crate) fn threads(jobs: usize) -> Result<rayon::ThreadPool, Refusal> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build();
    pool.map_err(|error| Refusal::one("threads", error.to_string()))
}

/// Checks the request, makes the key where there is none, and takes the output.
pub(crate) fn begin(request: &Request, progress: &Progress) -> Result<Begun, RunError> {
    progress.begin("scanning");
    let mut needs = Vec::new();
    let plan = accept(request, progress, &mut needs)?;
    let output = OutputFolder::take(&request.output)?;
    let private = PrivateFolder::open(&request.private_folder())?;
    let key = settle_key(request, &private)?;
    output.begin(&Marker::of(&key, &request.settings))?;
    Ok(Begun { request: request.clone(), plan, needs, key, output, private })
}

/// Writes the report over these patients and those that earlier runs left in the output.
pub(crate) fn report(
    begun: &Begun,
    mut patients: Vec<PatientRecord>,
    progress: &Progress,
) -> Result<Report, RunError> {
    let Begun { request, plan, output, private, .. } = begun;
    let stop = progress.stop();
    patients.extend(output.records_besides(&patients, stop)?);
    progress.enter("reporting");
    output.holds(&patients, stop)?;
    let report = Report {
        format: REPORT_FORMAT.to_owned(),
        product: PRODUCT.to_owned(),
        settings: request
            .settings
            .in_use()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        remarks: plan.remarks.iter().map(Remark::from).collect(),
        patients,
    };
    report::write(output, &report, stop)?;
    let new_ids: Vec<String> = report.patients.iter().map(|patient| patient.new_id.clone()).collect();
    private.finish(&new_ids, stop)?;
    progress.enter("finished");
    Ok(report)
}

/// Reads the list and the folders and collects everything that speaks against starting. Writes nothing.
///
/// Appends to `needs` the memory that each patient needs; its files are forgotten.
fn accept(request: &Request, progress: &Progress, needs: &mut Vec<u64>) -> Result<Plan, RunError> {
    let private = request.private_folder();
    let mut problems = plan::check_places(&request.input, &request.list, &request.output, &private);
    let mut planned = |patient: &mut PatientPlan| {
        needs.push(patient.memory_bytes());
        patient.forget_files();
    };
    let plan = match plan::plan_each(&request.input, &request.list, &request.settings, progress, &mut planned)
    {
        Ok(plan) => Some(plan),
        Err(NoPlan::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(NoPlan::Refused(refusal)) => {
            problems.extend(refusal.problems);
            None
        }
    };
    let key = match private::find_key(&private, request.key.as_deref()) {
        Ok(key) => key,
        Err(refusal) => {
            problems.extend(refusal.problems);
            None
        }
    };
    if let Some(plan) = &plan {
        problems.extend(output_problems(request, plan, key.as_ref()));
        let patients = plan.patients.iter().map(|patient| (patient.new_id.as_str(), patient.series.len()));
        problems.extend(request.release_held.problems(patients));
    }
    if request.settings.dciodvfy == Switch::On && !standard::is_installed() {
        problems
            .push(Problem::new("setting dciodvfy", "found on, but no program dciodvfy can be started here"));
    }
    Refusal::unless_empty(problems)?;
    plan.ok_or_else(|| Refusal::one("linkage table", "could not be read").into())
}

/// What speaks against the output as it is: patients of the list already there, or another beginning.
fn output_problems(request: &Request, plan: &Plan, key: Option<&Key>) -> Vec<Problem> {
    let marker = match output::read_marker(&request.output) {
        Ok(marker) => marker,
        Err(refusal) => return refusal.problems,
    };
    let mut problems = Vec::new();
    if let Some(marker) = &marker {
        match key {
            None => problems.push(Problem::new(
                "private folder",
                "the output was begun with a key that is not here; expected the private folder of the first run",
            )),
            Some(key) => problems.extend(marker.problems_with(&Marker::of(key, &request.settings))),
        }
    }
    let objection = match (request.existing, &marker) {
        (Existing::Refuse, _) => Some("already; resume or overwrite to go on with it"),
        // A folder of that name that no run wrote would be replaced.
        (Existing::Resume, None) => {
            Some("of no earlier run; expected an output to resume, or an empty folder")
        }
        (Existing::Resume | Existing::Overwrite, _) => None,
    };
    if let Some(objection) = objection {
        let new_ids: Vec<String> = plan.patients.iter().map(|patient| patient.new_id.clone()).collect();
        problems.extend(
            output::present(&request.output, &new_ids)
                .into_iter()
                .map(|new_id| Problem::new("output folder", format!("holds New_ID `{new_id}` {objection}"))),
        );
    }
    problems
}

/// The key of the run; a first run makes one and keeps it in the private folder.
pub(crate) fn settle_key(request: &Request, private: &PrivateFolder) -> Result<Key, RunError> {
    let key = match private::find_key(&request.private_folder(), request.key.as_deref())? {
        Some(key) => key,
        None => Key::generate().map_err(|error| io::Error::other(error.to_string()))?,
    };
    private::keep_key(private, &key)?;
    Ok(key)
}

/// Does the patients, several at a time as far as memory allows, and returns their records in the list's order.
fn process_all(
    begun: &Begun,
    progress: &Progress,
    pool: &rayon::ThreadPool,
) -> Result<Vec<PatientRecord>, RunError> {
    let patients = &begun.plan.patients;
    let work = begun.workplace(progress);
    progress.begin("processing");
    progress.set_patients(patients.len() as u64);
    let queue = Queue::new(begun.needs.iter().copied());
    let records: Mutex<Vec<Option<PatientRecord>>> = Mutex::new(vec![None; patients.len()]);
    let stopped: Mutex<Option<RunError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        // One more than threads: while a patient waits for the disk, the others compute.
        for _ in 0..(pool.current_num_threads() + 1).min(patients.len()) {
            scope.spawn(|| {
                while let Some(turn) = queue.next() {
                    let index = turn.index;
                    match one_patient(&work, begun.request.existing, &patients[index], pool, || drop(turn)) {
                        Ok(record) => lock(&records)[index] = Some(record),
                        Err(error) => {
                            lock(&stopped).get_or_insert(error);
                            queue.close();
                        }
                    }
                    progress.finish_patient();
                }
            });
        }
    });
    match lock(&stopped).take() {
        Some(error) => Err(error),
        None => Ok(std::mem::take(&mut *lock(&records)).into_iter().flatten().collect()),
    }
}

/// One patient, or the record of an earlier run that needs nothing more. `computed` is called when nothing but
/// the disk is waited for, and the memory that it took is free again.
pub(crate) fn one_patient(
    work: &Workplace<'_>,
    existing: Existing,
    patient: &PatientPlan,
    pool: &rayon::ThreadPool,
    computed: impl FnOnce(),
) -> Result<PatientRecord, RunError> {
    work.progress.check()?;
    let new_id = &patient.new_id;
    let earlier = if existing == Existing::Resume { work.output.finished(new_id) } else { None };
    if let Some(record) = &earlier {
        let wanted = |series: &SeriesRecord| {
            series.status == Status::Held && work.release_held.includes(new_id, series.number)
        };
        if record.failed() == 0 && !record.series.iter().any(wanted) {
            return Ok(record.clone());
        }
    }
    let release_held = held::to_release(work.release_held, work.key, patient, earlier.as_ref());
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let folder = patient.folder.reveal();
        let staged = pool.install(|| patient::process(work, &patient.row(), folder, &release_held))?;
        computed();
        patient::publish(work, staged)
    }));
    match done {
        Ok(result) => Ok(result?),
        // A fault of ours in one patient: nothing of it is released, the others go on.
        Err(_) => Ok(patient::failed(
            work,
            &patient.row(),
            patient.folder.reveal(),
            "this program met a fault of its own in this patient",
        )?),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
