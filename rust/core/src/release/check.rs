//! Reads a staged file back and checks it: only then may it get its final name.

use std::path::Path;

use ndarray::Axis;

use super::pixels::SliceChange;
use crate::error::{Failure, Stage};
use crate::gather::decode::{self, StoredSlice};
use crate::gather::read::{self, Extent, PixelData};
use crate::header::{self, IdentifierKind, Identifiers};
use crate::image::Geometry;
use crate::key::Key;
use crate::settings::{Dates, Settings};

/// What the staged file must be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The slice as it was read.
    pub original: &'a StoredSlice,
    /// What was to be changed in it.
    pub change: SliceChange<'a>,
    /// Where the series lies.
    pub geometry: &'a Geometry,
    /// Index of the slice in `geometry`.
    pub slice: usize,
    /// Everything that identifies this patient.
    pub identifiers: &'a Identifiers,
    /// Settings of the run.
    pub settings: &'a Settings,
}

/// A staged file that was read back and holds what was promised; made by [`verify`] alone.
///
/// ```compile_fail
/// let unchecked = headct_deid_core::release::Verified { bytes: 0, digest: [0; 32] };
/// ```
///
/// ```no_run
/// # fn twin(checked: &headct_deid_core::release::Verified) -> (u64, [u8; 32]) {
/// (checked.bytes(), checked.digest())
/// # }
/// ```
#[derive(Debug)]
pub struct Verified {
    bytes: u64,
    digest: [u8; 32],
}

impl Verified {
    /// Length in bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// HMAC-SHA-256 of the bytes under the key.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// Purpose of the keyed digests in the manifest.
pub const MANIFEST_PURPOSE: &str = "released file";

/// Reads the file from disk and checks header, identifiers, geometry and voxels. `memory` is where it is read
/// to; what it held is lost.
pub fn verify(
    path: &Path,
    expected: Expected<'_>,
    key: &Key,
    mut memory: Vec<u8>,
) -> Result<Verified, Failure> {
    let failed = |check: &str| Failure::new(Stage::Verify, check.to_owned());
    read::read_file_into(path, &mut memory)
        .map_err(|failure| Failure::new(Stage::Verify, format!("staged file: {failure}")))?;
    let bytes = memory;
    let dataset = read::read(&bytes, Extent::Whole)
        .map_err(|error| Failure::new(Stage::Verify, format!("staged file: {error}")))?;
    if !dataset.remarks.is_empty() || dataset.trailing_bytes > 0 {
        return Err(failed("staged file: not written as the standard demands"));
    }
    if let Some(finding) =
        header::audit(&dataset.object, expected.settings, Some(expected.identifiers)).first()
    {
        return Err(Failure::new(Stage::Verify, finding.to_string()));
    }
    let around =
        around_pixels(&bytes, &dataset.pixels).ok_or_else(|| failed("staged file: Pixel Data is missing"))?;
    // Kept dates are the patient's own: that they are there is the setting's word, not a leak.
    let dates_stay = expected.settings.dates == Dates::Keep;
    for part in around {
        let hits = expected.identifiers.scan_bytes(part);
        if hits.iter().any(|hit| !(dates_stay && hit.kind == IdentifierKind::Date)) {
            return Err(failed("an identifier of the patient is in the file's bytes"));
        }
    }
    geometry_holds(&dataset.object, expected)?;
    let verified = Verified { bytes: bytes.len() as u64, digest: key.code(MANIFEST_PURPOSE, &[&bytes]) };
    let written = decode::decode_file(&dataset, bytes)?;
    voxels_hold(&written, expected)?;
    Ok(verified)
}

/// The bytes before and behind the pixels.
#[must_use]
pub fn around_pixels<'a>(bytes: &'a [u8], pixels: &PixelData) -> Option<[&'a [u8]; 2]> {
    let (start, end) = match pixels {
        PixelData::Native { range, .. } => (range.start, range.end),
        PixelData::Encapsulated { fragments } => (fragments.first()?.start, fragments.last()?.end),
        PixelData::Absent | PixelData::Float => return None,
    };
    Some([bytes.get(..start)?, bytes.get(end..)?])
}

/// Position and orientation to a micrometer, spacing and matrix as they were.
fn geometry_holds(object: &dicom_object::InMemDicomObject, expected: Expected<'_>) -> Result<(), Failure> {
    use dicom_dictionary_std::tags;
    let numbers = |tag| {
        object.element(tag).ok().and_then(|element| element.to_multi_float64().ok()).unwrap_or_default()
    };
    let near = |found: &[f64], wanted: &[f64], tolerance: f64| {
        found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= tolerance)
    };
    let geometry = expected.geometry;
    let orientation: Vec<f64> = [geometry.along_row, geometry.along_column].concat();
    let checks = [
        (
            "position",
            near(&numbers(tags::IMAGE_POSITION_PATIENT), &geometry.origins_mm[expected.slice], 1e-3),
        ),
        // Orientation is made a unit vector and shared by a series when it is read.
        ("orientation", near(&numbers(tags::IMAGE_ORIENTATION_PATIENT), &orientation, 1e-3)),
        (
            "pixel spacing",
            near(&numbers(tags::PIXEL_SPACING), &[geometry.row_spacing_mm, geometry.column_spacing_mm], 1e-3),
        ),
    ];
    match checks.iter().find(|(_, holds)| !holds) {
        None => Ok(()),
        Some((name, _)) => Err(Failure::new(Stage::Verify, format!("{name} is not the original's"))),
    }
}

/// Untouched voxels have the stored value they had; touched ones lie in a recorded mask.
fn voxels_hold(written: &StoredSlice, expected: Expected<'_>) -> Result<(), Failure> {
    let failed = |what: &str| Err(Failure::new(Stage::Verify, what.to_owned()));
    let original = expected.original;
    if (written.rows, written.columns) != (original.rows, original.columns) {
        return failed("the matrix is not the original's");
    }
    let same_meaning = written.signed == original.signed
        && written.bits_allocated == original.bits_allocated
        && written.bits_stored == original.bits_stored
        && written.slope.to_bits() == original.slope.to_bits()
        && written.intercept.to_bits() == original.intercept.to_bits();
    if !same_meaning {
        return failed("the meaning of stored values is not the original's");
    }
    let removed = expected.change.removal.mask.index_axis(Axis(0), expected.change.slice);
    let removed = removed.as_standard_layout();
    let removed = removed.as_slice().unwrap_or_default();
    let (before, after) = (original.values(), written.values());
    let changed = match original.bits_allocated {
        8 => changed_outside::<1>(&before, &after, removed, expected),
        16 => changed_outside::<2>(&before, &after, removed, expected),
        _ => changed_outside::<4>(&before, &after, removed, expected),
    };
    if changed { failed("a voxel outside the recorded masks was changed") } else { Ok(()) }
}

/// Whether a pixel that is neither removed nor text differs, or one is missing.
fn changed_outside<const WIDTH: usize>(
    before: &[u8],
    after: &[u8],
    removed: &[bool],
    expected: Expected<'_>,
) -> bool {
    let (before, after) = (before.as_chunks::<WIDTH>().0, after.as_chunks::<WIDTH>().0);
    let columns = expected.original.columns.max(1);
    if before.len() != removed.len() || after.len() != removed.len() {
        return true;
    }
    let rows = before.chunks(columns).zip(after.chunks(columns)).zip(removed.chunks(columns));
    rows.enumerate().any(|(row, ((before, after), removed))| {
        let pixels = || before.iter().zip(after).zip(removed);
        let differs = pixels().map(|((before, after), removed)| !removed && before != after);
        // Without a branch for each pixel; only a row that differs is looked at for text.
        differs.fold(false, |any, differs| any | differs)
            && pixels().enumerate().any(|(column, ((before, after), removed))| {
                !removed && before != after && !expected.change.is_text(row, column)
            })
    })
}
