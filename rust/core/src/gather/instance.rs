//! One file that was looked at, as far as planning needs it. Small: a plan of 100,000 files must fit in memory.

use std::path::PathBuf;

use crate::error::Failure;
use crate::identifying::Identifying;
use crate::image::Geometry;
use crate::outcome::Exclusion;

/// What planning knows of one CT slice that will be kept. Its header and pixels are read again when its turn
/// comes.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Absolute path.
    pub path: Identifying<PathBuf>,
    /// Path below the patient folder.
    pub relative: Identifying<PathBuf>,
    /// SOP Instance UID.
    pub sop_instance_uid: Identifying<String>,
    /// Image Position (Patient), mm.
    pub position_mm: [f64; 3],
    /// Instance Number, where present.
    pub number: Option<i64>,
}

/// Slices of one Series Instance UID, orientation and matrix, sorted by position along the normal.
///
/// Never empty; one place per position.
#[derive(Debug, Clone)]
pub struct Series {
    /// Series Instance UID.
    pub series_instance_uid: Identifying<String>,
    /// Study Instance UID.
    pub study_instance_uid: Identifying<String>,
    /// Frame of Reference UID, where present.
    pub frame_of_reference_uid: Option<Identifying<String>>,
    /// Acquisition Number and time: what the kernels of one acquisition share.
    pub acquisition: Identifying<String>,
    /// Rows and columns.
    pub matrix: (usize, usize),
    /// Where the slices lie.
    pub geometry: Geometry,
    /// One for each origin of `geometry`, in the same order.
    pub instances: Vec<Instance>,
    /// Uneven spacing, gaps, gantry tilt and the like, for the report.
    pub remarks: Vec<String>,
}

impl Series {
    /// Estimate of the memory that its volume takes in work: HU, two masks, and what is computed from them.
    #[must_use]
    pub fn pixel_bytes(&self) -> u64 {
        const BYTES_PER_VOXEL: u64 = 5;
        [self.instances.len(), self.matrix.0, self.matrix.1]
            .into_iter()
            .fold(BYTES_PER_VOXEL, |bytes, factor| bytes.saturating_mul(factor as u64))
    }
}

/// A file that will not be worked on, and why.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Path below the patient folder.
    pub relative: Identifying<PathBuf>,
    /// Series Instance UID, where the file has one.
    pub series_instance_uid: Option<Identifying<String>>,
    /// The reason.
    pub reason: NotKept,
}

/// Why a file is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotKept {
    /// Readable, but not one of the slices to share.
    Excluded(Exclusion),
    /// Could not be read.
    Failed(Failure),
}
