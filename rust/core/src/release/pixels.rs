//! Applies the removals to stored values: untouched voxels keep their stored value by construction.

use crate::error::{Failure, Stage};
use crate::gather::decode::StoredSlice;
use crate::image::fill::FACE_HU;
use crate::image::text::{Rectangle, TEXT_FILL_HU};
use crate::image::{FillValue, Removal};

/// One slice's stored pixels after defacing and text masking; made by [`clear`] alone.
#[derive(Debug)]
pub struct ClearedPixels {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) bits_allocated: u16,
    pub(super) bits_stored: u16,
    pub(super) signed: bool,
    pub(super) bytes: Vec<u8>,
}

impl ClearedPixels {
    /// Native little endian pixels, row by row.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What happens to one slice of a series.
#[derive(Debug, Clone, Copy)]
pub struct SliceChange<'a> {
    /// Voxels to replace and their fill.
    pub removal: &'a Removal,
    /// Index of the slice in the removal.
    pub slice: usize,
    /// Text over the head in this slice.
    pub text: &'a [Rectangle],
    /// Whether the fill was chosen as a number: then a stored type that cannot hold it is a failure instead
    /// of the lowest value it can hold.
    pub exact_fill: bool,
}

impl SliceChange<'_> {
    /// Whether the pixel belongs to masked text.
    #[must_use]
    pub fn is_text(&self, row: usize, column: usize) -> bool {
        self.text.iter().any(|rectangle| rectangle.contains(row, column))
    }
}

/// Replaces what the masks name and rewrites the rest value by value.
///
/// Bits above Bits Stored (where overlays hide) do not survive; the value sits in the low bits.
pub fn clear(stored: &StoredSlice, change: SliceChange<'_>) -> Result<ClearedPixels, Failure> {
    let mask = change.removal.mask.index_axis(ndarray::Axis(0), change.slice);
    if mask.dim() != (stored.rows, stored.columns) {
        return Err(Failure::new(Stage::Image, "the mask and the slice differ in size"));
    }
    let mask = mask.as_standard_layout();
    let removed = mask.as_slice().unwrap_or_default();
    let mut bytes = stored.values().into_owned();
    bytes.resize(removed.len() * usize::from(stored.bits_allocated / 8), 0);
    match stored.bits_allocated {
        8 => replace::<1>(bytes.as_chunks_mut().0, removed, stored, change)?,
        16 => replace::<2>(bytes.as_chunks_mut().0, removed, stored, change)?,
        _ => replace::<4>(bytes.as_chunks_mut().0, removed, stored, change)?,
    }
    Ok(ClearedPixels {
        rows: stored.rows,
        columns: stored.columns,
        bits_allocated: stored.bits_allocated,
        bits_stored: stored.bits_stored,
        signed: stored.signed,
        bytes,
    })
}

/// Fills the removed pixels of a slice, then its text; pixels are `WIDTH` bytes wide, little endian.
fn replace<const WIDTH: usize>(
    pixels: &mut [[u8; WIDTH]],
    removed: &[bool],
    stored: &StoredSlice,
    change: SliceChange<'_>,
) -> Result<(), Failure> {
    let pixel_of = |hu, exact| {
        let value = to_stored(stored, hu, exact)?.to_le_bytes();
        Ok(std::array::from_fn(|byte| value[byte]))
    };
    match &change.removal.fill {
        FillValue::Constant(hu) if removed.contains(&true) => {
            let fill = pixel_of(*hu, change.exact_fill)?;
            for (pixel, removed) in pixels.iter_mut().zip(removed) {
                *pixel = if *removed { fill } else { *pixel };
            }
        }
        FillValue::Constant(_) => {}
        FillValue::Tissue(tissue) => {
            let table: Vec<_> =
                (FACE_HU.0..=FACE_HU.1).map(|hu| pixel_of(hu, change.exact_fill).ok()).collect();
            let mut misfit = None;
            let lines = pixels.chunks_mut(stored.columns.max(1)).zip(removed.chunks(stored.columns.max(1)));
            for (row, (pixels, removed)) in
                lines.enumerate().filter(|(_, (_, removed))| removed.contains(&true))
            {
                tissue.row(change.slice, row, removed, |column, hu| match table[(hu - FACE_HU.0) as usize] {
                    Some(pixel) => pixels[column] = pixel,
                    None => misfit = Some(hu),
                });
            }
            if let Some(hu) = misfit {
                pixel_of(hu, change.exact_fill)?;
            }
        }
    }
    let text = pixel_of(TEXT_FILL_HU, false)?;
    for rectangle in change.text {
        let columns = rectangle.left.min(stored.columns)..rectangle.right.min(stored.columns);
        for row in rectangle.top.min(stored.rows)..rectangle.bottom.min(stored.rows) {
            pixels[row * stored.columns..][columns.clone()].fill(text);
        }
    }
    Ok(())
}

/// The stored value of a HU: nearest, limited to what Bits Stored can hold.
fn to_stored(slice: &StoredSlice, hu: i16, exact: bool) -> Result<i32, Failure> {
    let bits = u32::from(slice.bits_stored);
    let (least, most) = if slice.signed {
        (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
    } else {
        (0, (1_i64 << bits) - 1)
    };
    let wanted = ((f64::from(hu) - slice.intercept) / slice.slope).round();
    let limited = wanted.clamp(least as f64, most as f64);
    if exact && (wanted - limited).abs() > 0.5 {
        return Err(Failure::new(
            Stage::Image,
            format!("the fill of {hu} HU does not fit the stored values, which hold {least} to {most}"),
        ));
    }
    Ok(limited as i64 as i32)
}
