//! The slices of a series as they came, and those with masked text.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};

use super::findings::TEXT_FILL_HU;
use super::window::Window;

/// A series of which some slices have masked text. Only those are copied.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    original: ArrayView3<'a, i16>,
    masked: Vec<Option<Array2<i16>>>,
}

impl<'a> Masked<'a> {
    pub(super) fn new(original: &'a Array3<i16>) -> Self {
        Self { original: original.view(), masked: vec![None; original.dim().0] }
    }

    /// How many slices there are.
    pub(super) const fn count(&self) -> usize {
        self.masked.len()
    }

    /// A slice, its text masked.
    pub(super) fn slice(&self, index: usize) -> ArrayView2<'_, i16> {
        self.masked[index].as_ref().map_or_else(|| self.original_slice(index), |slice| slice.view())
    }

    /// A slice as it came.
    pub(super) fn original_slice(&self, index: usize) -> ArrayView2<'_, i16> {
        self.original.index_axis(Axis(0), index)
    }

    /// The slices before and after one, their text masked.
    pub(super) fn beside(&self, index: usize) -> impl Iterator<Item = ArrayView2<'_, i16>> {
        self.indices_beside(index).map(|index| self.slice(index))
    }

    pub(super) fn indices_beside(&self, index: usize) -> impl Iterator<Item = usize> {
        [index.checked_sub(1), Some(index + 1).filter(|&next| next < self.count())].into_iter().flatten()
    }

    /// Masks a part of a slice.
    pub(super) fn mask(&mut self, index: usize, window: &Window) {
        let original = self.original.index_axis(Axis(0), index);
        let slice = self.masked[index].get_or_insert_with(|| original.to_owned());
        window.fill(&mut slice.view_mut(), TEXT_FILL_HU);
    }
}
