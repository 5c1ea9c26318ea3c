//! Decides which voxels change. Works on HU volumes and nothing else: no DICOM, no files, no settings text.
//!
//! Every step is a pure function that returns *what to change*; the encoder in `release` patches the stored
//! integers, so an untouched voxel stays bit-identical by construction.

pub mod deface;
mod removal;
pub mod text;
mod volume;

pub use removal::{FillValue, Removal};
pub use volume::{Geometry, HuVolume, Mask};
