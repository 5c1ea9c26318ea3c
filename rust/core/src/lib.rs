//! De-identifies head CT scans: scrubs the header, defaces the head and removes burned-in text.
//!
//! The folders are the stages, in the order in which data flows: `gather` finds, selects and reads;
//! `header` applies the attribute tables; `image` decides which voxels change; `release` joins both
//! halves, writes, verifies and reports.
//!
//! This crate knows no Python and no user interface.

pub mod cluster;
pub mod error;
pub mod gather;
pub mod header;
pub mod identifying;
pub mod image;
pub mod key;
pub mod outcome;
pub mod pipeline;
pub mod progress;
mod queue;
pub mod release;
pub mod settings;
pub mod steps;
pub mod stop;
pub mod verify;

pub use error::{Failure, Problem, Refusal};
pub use identifying::Identifying;
pub use key::Key;
pub use outcome::{Exclusion, Hold};
pub use settings::{RawSettings, Settings};
