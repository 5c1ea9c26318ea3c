//! What to change in a series: which voxels, and to what.

use super::Mask;

/// What a removed voxel becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillValue {
    /// The same HU everywhere.
    Constant(i16),
    /// Noise by a stateless hash of seed and voxel index: the same for any number of threads.
    Noise {
        /// From the keyed generator.
        seed: u64,
        /// Lowest HU.
        low_hu: i16,
        /// Highest HU.
        high_hu: i16,
    },
}

/// Voxels to replace, and their replacement.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// `true` where the voxel is replaced, `[slice, row, column]`.
    pub mask: Mask,
    /// What it is replaced with.
    pub fill: FillValue,
}
