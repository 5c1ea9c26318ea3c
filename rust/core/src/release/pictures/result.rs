//! The values that are drawn, without a copy of the volume.

use ndarray::{ArrayView2, Axis};

use crate::image::{FillValue, HuVolume, Removal};

/// A volume and what is removed from it: with its text masked the values that are released.
#[derive(Debug, Clone, Copy)]
pub(super) struct Released<'a> {
    pub(super) volume: &'a HuVolume,
    /// `None` draws the volume as it is.
    pub(super) removal: Option<&'a Removal>,
}

/// One slice of them.
pub(super) struct ReleasedSlice<'a> {
    slice: usize,
    hu: ArrayView2<'a, i16>,
    removed: Option<(ArrayView2<'a, bool>, &'a FillValue)>,
}

impl<'a> Released<'a> {
    pub(super) fn slice(&self, slice: usize) -> ReleasedSlice<'a> {
        let removed = self.removal.map(|removal| (removal.mask.index_axis(Axis(0), slice), &removal.fill));
        ReleasedSlice { slice, hu: self.volume.hu.index_axis(Axis(0), slice), removed }
    }
}

impl ReleasedSlice<'_> {
    /// The HU that the released file holds; voxels without a measurement are below all others.
    pub(super) fn hu(&self, row: usize, column: usize) -> i16 {
        match &self.removed {
            Some((removed, fill)) if removed[[row, column]] => fill.hu(self.slice, row, column),
            _ => self.hu[[row, column]],
        }
    }
}
