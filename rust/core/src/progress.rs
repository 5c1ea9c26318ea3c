//! Progress and cancellation, shared between the workers and whoever polls them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

pub use crate::stop::Cancelled;
use crate::stop::{Asked, Stop};

/// What the job is doing, for a person to look at. Holds nothing that identifies a patient.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// `scanning`, `processing`, `reporting`, `finished`, `cancelled`, `refused`.
    pub stage: &'static str,
    /// Patients finished.
    pub patients_done: u64,
    /// Patients in the job.
    pub patients_total: u64,
    /// Slices finished, whatever their outcome.
    pub slices_done: u64,
    /// Slices selected so far.
    pub slices_total: u64,
    /// Slices per second since processing began.
    pub slices_per_second: f64,
    /// Estimate from the share of patients and slices done; `None` before the first slice.
    pub seconds_left: Option<f64>,
}

/// Counters that workers add to and a poller reads; also carries the request to cancel.
#[derive(Debug)]
pub struct Progress {
    stage: Mutex<(&'static str, Instant)>,
    cancelled: AtomicBool,
    patients_done: AtomicU64,
    patients_total: AtomicU64,
    slices_done: AtomicU64,
    slices_total: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            stage: Mutex::new(("scanning", Instant::now())),
            cancelled: AtomicBool::new(false),
            patients_done: AtomicU64::new(0),
            patients_total: AtomicU64::new(0),
            slices_done: AtomicU64::new(0),
            slices_total: AtomicU64::new(0),
        }
    }
}

impl Asked for Progress {
    fn is_asked(&self) -> bool {
        self.is_cancelled()
    }
}

impl Progress {
    /// Asks the job to stop; workers notice between slices and steps.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// `Err` once a stop was asked for: call it between slices and steps.
    pub fn check(&self) -> Result<(), Cancelled> {
        self.stop().check()
    }

    /// The request to cancel, lent to long work.
    #[must_use]
    pub const fn stop(&self) -> Stop<'_> {
        Stop::when(self)
    }

    /// Begins a stage whose patients and slices are counted from zero.
    pub fn begin(&self, stage: &'static str) {
        // Nobody who looks at the stage sees its name with counts of another.
        let mut current = self.stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for counter in [&self.patients_done, &self.patients_total, &self.slices_done, &self.slices_total] {
            counter.store(0, Ordering::Relaxed);
        }
        *current = (stage, Instant::now());
    }

    /// Names the stage that begins now.
    pub fn enter(&self, stage: &'static str) {
        let mut current = self.stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *current = (stage, Instant::now());
    }

    /// Sets the number of patients in the job.
    pub fn set_patients(&self, total: u64) {
        self.patients_total.store(total, Ordering::Relaxed);
    }

    /// Announces slices that will be worked on.
    pub fn add_slices(&self, count: u64) {
        self.slices_total.fetch_add(count, Ordering::Relaxed);
    }

    /// Reports slices as finished.
    pub fn finish_slices(&self, count: u64) {
        self.slices_done.fetch_add(count, Ordering::Relaxed);
    }

    /// Reports one patient as finished.
    pub fn finish_patient(&self) {
        self.patients_done.fetch_add(1, Ordering::Relaxed);
    }

    /// The state at this moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let current = self.stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (stage, since) = *current;
        let patients_done = self.patients_done.load(Ordering::Relaxed);
        let patients_total = self.patients_total.load(Ordering::Relaxed);
        let slices_done = self.slices_done.load(Ordering::Relaxed);
        let slices_total = self.slices_total.load(Ordering::Relaxed);
        drop(current);
        let elapsed = since.elapsed().as_secs_f64();
        let rate = if elapsed > 0.0 { slices_done as f64 / elapsed } else { 0.0 };
        let share = if patients_total == 0 || slices_total == 0 {
            0.0
        } else {
            // Slices are announced patient by patient, so the slices known now stand for all patients seen.
            let by_patient = patients_done as f64 / patients_total as f64;
            let by_slice = slices_done as f64 / slices_total as f64;
            if patients_total == 1 { by_slice } else { by_patient.max(by_slice / patients_total as f64) }
        };
        let seconds_left = (share > 0.0).then(|| elapsed * (1.0 - share) / share);
        Snapshot {
            stage,
            patients_done,
            patients_total,
            slices_done,
            slices_total,
            slices_per_second: rate,
            seconds_left,
        }
    }
}
