//! Decides which voxels change. Works on HU volumes and nothing else: no DICOM, no files, no settings text.
//!
//! Every step is a pure function that returns *what to change*; the encoder in `release` patches the stored
//! integers, so an untouched voxel stays bit-identical by construction.

pub mod deface;
pub mod text;

pub mod bits;
pub mod distance;
pub mod fill;
pub mod grid;
pub mod label;
pub mod noise;
mod removal;
pub mod sample;
mod spread;
pub mod tripwire;
mod volume;

pub use fill::FillValue;
pub use removal::Removal;
pub use volume::{Geometry, HuVolume, Mask};
