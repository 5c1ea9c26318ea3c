//! What was found: rectangles of text.

use ndarray::Axis;

use super::window::Window;
use crate::image::{FillValue, Mask, Removal};

/// What masked voxels become: conspicuous, and no tissue that could hide or mimic a lesion.
pub const TEXT_FILL_HU: i16 = -1000;

/// A line of text on one slice, in pixels: rows `top..bottom`, columns `left..right`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rectangle {
    /// Index of the slice.
    pub slice: usize,
    /// First row.
    pub top: usize,
    /// Row after the last.
    pub bottom: usize,
    /// First column.
    pub left: usize,
    /// Column after the last.
    pub right: usize,
}

/// Where text was found in a series. The text itself is never read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFindings {
    /// Slices, rows and columns of the series.
    pub shape: (usize, usize, usize),
    /// Sorted by slice, top and left; may overlap.
    pub rectangles: Vec<Rectangle>,
}

impl TextFindings {
    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rectangles.is_empty()
    }

    /// The slices with text, ascending.
    #[must_use]
    pub fn slices(&self) -> Vec<usize> {
        let mut slices: Vec<usize> = self.rectangles.iter().map(|rectangle| rectangle.slice).collect();
        slices.dedup();
        slices
    }

    /// The voxels to mask, `[slice, row, column]`: all rectangles.
    #[must_use]
    pub fn mask(&self) -> Mask {
        let mut mask = Mask::from_elem(self.shape, false);
        for at in &self.rectangles {
            at.window().fill(&mut mask.index_axis_mut(Axis(0), at.slice), true);
        }
        mask
    }

    /// How many voxels the rectangles cover, each counted once.
    #[must_use]
    pub fn voxels(&self) -> usize {
        self.count(|_| true)
    }

    /// How many of the covered voxels lie in `region`, such as the inside of the skull.
    #[must_use]
    pub fn voxels_within(&self, region: &Mask) -> usize {
        self.count(|at| region.get(at).copied().unwrap_or(false))
    }

    /// The mask and what it is filled with.
    #[must_use]
    pub fn removal(&self) -> Removal {
        Removal { mask: self.mask(), fill: FillValue::Constant(TEXT_FILL_HU) }
    }

    fn count(&self, wanted: impl Fn([usize; 3]) -> bool) -> usize {
        let mut count = 0;
        for (index, at) in self.rectangles.iter().enumerate() {
            let before = self.rectangles[..index].iter().rev().take_while(|other| other.slice == at.slice);
            let before: Vec<_> = before.collect();
            for row in at.top..at.bottom {
                for column in at.left..at.right {
                    let seen = before.iter().any(|other| other.contains(row, column));
                    count += usize::from(!seen && wanted([at.slice, row, column]));
                }
            }
        }
        count
    }
}

impl Rectangle {
    pub(super) const fn window(&self) -> Window {
        Window { top: self.top, bottom: self.bottom, left: self.left, right: self.right }
    }

    /// Whether a pixel of the slice lies inside.
    #[must_use]
    pub const fn contains(&self, row: usize, column: usize) -> bool {
        self.top <= row && row < self.bottom && self.left <= column && column < self.right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_rectangles_count_each_voxel_once() {
        let at = |slice, top, left| Rectangle { slice, top, bottom: top + 2, left, right: left + 3 };
        let findings =
            TextFindings { shape: (3, 6, 6), rectangles: vec![at(0, 1, 1), at(0, 2, 2), at(2, 0, 0)] };
        assert_eq!(findings.slices(), [0, 2]);
        assert_eq!(findings.voxels(), 16);
        assert_eq!(findings.mask().iter().filter(|&&set| set).count(), 16);
        let mut region = Mask::from_elem((3, 6, 6), false);
        region[[0, 2, 2]] = true;
        region[[1, 2, 2]] = true;
        assert_eq!(findings.voxels_within(&region), 1);
    }
}
