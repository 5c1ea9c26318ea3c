//! From HU to what files store, and the pictures that are no head scans.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::lettering;
use crate::noise::{mix, normal};
use crate::parameters::VOID;

/// How a vendor stores HU in 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub signed: bool,
    pub intercept: i32,
    /// Stored value outside the reconstructed circle, told in the header if the vendor does so.
    pub outside: i32,
    pub declares_padding: bool,
}

impl Stored {
    /// Stored value of a voxel.
    pub(crate) fn value(self, hu: i16) -> i32 {
        if hu == VOID { self.outside } else { i32::from(hu) - self.intercept }
    }

    /// A slice as little-endian bytes, with its smallest and largest value.
    pub(crate) fn encode(self, slice: &ArrayView2<'_, i16>) -> (Vec<u8>, i32, i32) {
        let mut bytes = Vec::with_capacity(2 * slice.len());
        let (mut smallest, mut largest) = (i32::MAX, i32::MIN);
        for hu in slice {
            let value = self.value(*hu);
            (smallest, largest) = (smallest.min(value), largest.max(value));
            bytes.extend_from_slice(&(value as u16).to_le_bytes());
        }
        (bytes, smallest, largest)
    }
}

/// The same acquisition with a sharper kernel: more noise on the same anatomy.
pub(crate) fn sharper(hu: &Array3<i16>, noise_hu: f32, seed: u64) -> Array3<i16> {
    let mut sharp = hu.clone();
    for (slice, mut plane) in sharp.axis_iter_mut(Axis(0)).enumerate() {
        let seed = mix(seed ^ mix(slice as u64));
        for (at, value) in plane.iter_mut().enumerate().filter(|(_, value)| **value != VOID) {
            let noisy = f32::from(*value) + noise_hu * normal(seed, at as u64);
            *value = noisy.round().clamp(-1024.0, 3071.0) as i16;
        }
    }
    sharp
}

/// A radiograph from the side: mean attenuation across the head, stretched to a square.
pub(crate) fn localizer(hu: &Array3<i16>) -> Array2<i16> {
    let (slices, rows, columns) = hu.dim();
    Array2::from_shape_fn((rows, rows), |(row, column)| {
        let slice = (rows - 1 - row) * slices / rows;
        let line = (0..columns).map(|across| hu[[slice, column, across]].max(-1000));
        let sum: i64 = line.map(|value| i64::from(value) + 1000).sum();
        (sum / columns as i64 - 1000).clamp(-1024, 3071) as i16
    })
}

/// Burns lines of text into the upper left corner of every slice.
pub(crate) fn burn_in(hu: &mut Array3<i16>, lines: &[String], value_hu: i16) {
    let (_, rows, columns) = hu.dim();
    let scale = (columns / 320).max(1);
    for mut slice in hu.axis_iter_mut(Axis(0)) {
        for (number, line) in lines.iter().enumerate() {
            for (row, column) in lettering::pixels(line, 3 + number * 9 * scale, 3, scale) {
                if row < rows && column < columns {
                    slice[[row, column]] = value_hu;
                }
            }
        }
    }
}

/// A page of text in 8 bits.
pub(crate) fn page(lines: &[String], edge: usize) -> Vec<u8> {
    let mut page = vec![12_u8; edge * edge];
    let scale = (edge / 256).max(1);
    for (number, line) in lines.iter().enumerate() {
        for (row, column) in lettering::pixels(line, (8 + number * 11) * scale, 6 * scale, scale) {
            if row < edge && column < edge {
                page[row * edge + column] = 240;
            }
        }
    }
    page
}
