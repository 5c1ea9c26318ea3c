//! Generated patients on disk: folders of DICOM files with invented identities, and the list that names them.

mod cohort;
mod demo;
mod examination;
mod identity;
mod lettering;
mod list;
mod pixels;
mod put;
mod template;
mod truth;

pub use cohort::write_cohort;
pub use demo::{Detail, write_patients, write_patients_in};
pub use truth::{Demo, Dropped, PatientTruth, write_truth};
