//! What to change in a series: which voxels, and to what.

use super::{FillValue, Mask};

/// Voxels to replace, and their replacement.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// `true` where the voxel is replaced, `[slice, row, column]`.
    pub mask: Mask,
    /// What it is replaced with.
    pub fill: FillValue,
}
