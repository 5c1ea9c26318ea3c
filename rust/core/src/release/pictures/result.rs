//! The values that are drawn, without a copy of the volume.

use crate::image::{HuVolume, Removal};

/// A volume and what is removed from it: with its text masked the values that are released.
#[derive(Debug, Clone, Copy)]
pub(super) struct Released<'a> {
    pub(super) volume: &'a HuVolume,
    /// `None` draws the volume as it is.
    pub(super) removal: Option<&'a Removal>,
}

impl Released<'_> {
    /// The HU that the released file holds; voxels without a measurement are below all others.
    pub(super) fn hu(&self, slice: usize, row: usize, column: usize) -> i16 {
        match self.removal {
            Some(removal) if removal.mask[[slice, row, column]] => removal.fill.hu(slice, row, column),
            _ => self.volume.hu[[slice, row, column]],
        }
    }
}
