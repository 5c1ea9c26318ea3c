//! Joins header and pixels, writes, verifies and reports. Only this stage puts files on disk.
//!
//! `patient` plans, does and publishes one patient; `series` does one series with the decision of `evidence`,
//! the clearing of `pixels`, the joining of `deidentified` and the checks of `check`.

pub(crate) mod acquisition;
mod check;
mod deidentified;
mod disk;
mod encode;
pub(crate) mod evidence;
pub(crate) mod held;
pub mod output;
pub(crate) mod patient;
mod pictures;
mod pixels;
pub mod private;
pub mod record;
pub mod report;
pub mod request;
pub(crate) mod series;
pub(crate) mod standard;

pub use check::{Expected, MANIFEST_PURPOSE, Verified, around_pixels, verify};
pub use deidentified::{Deidentified, IMPLEMENTATION_CLASS_UID, to_bytes};
pub use pixels::{ClearedPixels, SliceChange, clear};
pub use series::read_series;
