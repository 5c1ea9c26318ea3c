//! A series as HU values with its place in the patient.

use ndarray::Array3;

/// One flag per voxel, `[slice, row, column]`.
pub type Mask = Array3<bool>;

/// Where the voxels of a series lie in patient space (DICOM LPS, mm).
///
/// Slices are sorted by position along the normal; their distances may be uneven, and with a tilted gantry
/// the step from slice to slice is not along the normal.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// Image Position (Patient) of every slice: the center of its first voxel.
    pub origins_mm: Vec<[f64; 3]>,
    /// Unit vector along increasing column index (first triplet of Image Orientation).
    pub along_row: [f64; 3],
    /// Unit vector along increasing row index (second triplet of Image Orientation).
    pub along_column: [f64; 3],
    /// Distance between the centers of adjacent rows (first value of Pixel Spacing).
    pub row_spacing_mm: f64,
    /// Distance between the centers of adjacent columns (second value of Pixel Spacing).
    pub column_spacing_mm: f64,
}

impl Geometry {
    /// The slice normal: `along_row` x `along_column`.
    #[must_use]
    pub fn normal(&self) -> [f64; 3] {
        let (a, b) = (self.along_row, self.along_column);
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }

    /// Position of each slice along the normal, ascending.
    #[must_use]
    pub fn positions_mm(&self) -> Vec<f64> {
        let n = self.normal();
        self.origins_mm.iter().map(|o| o[0] * n[0] + o[1] * n[1] + o[2] * n[2]).collect()
    }
}

/// A series as HU, `[slice, row, column]`.
#[derive(Debug, Clone, PartialEq)]
pub struct HuVolume {
    /// HU held in 16 bits, limited to -32767..=32767; [`HuVolume::VOID`] marks voxels without a measurement.
    pub hu: Array3<i16>,
    /// One origin for each slice of `hu`.
    pub geometry: Geometry,
}

impl HuVolume {
    /// Stands for a voxel that was not measured: Pixel Padding Value (and range).
    ///
    /// Whoever finds more of them (values no tissue or air can have, the constant outside the field of view)
    /// treats them alike: never tissue; as part of the outside they are filled too.
    pub const VOID: i16 = i16::MIN;
}
