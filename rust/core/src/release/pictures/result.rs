//! The released values of a series, without a copy of the volume.

use crate::image::{HuVolume, Removal};

/// A volume with its text masked, and what is removed from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Released<'a> {
    pub(super) volume: &'a HuVolume,
    pub(super) removal: &'a Removal,
}

impl Released<'_> {
    /// The HU that the released file holds; voxels without a measurement are below all others.
    pub(super) fn hu(&self, slice: usize, row: usize, column: usize) -> i16 {
        if self.removal.mask[[slice, row, column]] {
            self.removal.fill.hu(slice, row, column)
        } else {
            self.volume.hu[[slice, row, column]]
        }
    }
}
