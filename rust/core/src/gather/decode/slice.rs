//! One slice of stored values, and their meaning in HU.

use std::borrow::Cow;

use super::form::{Form, Rescale};
use crate::image::HuVolume;

/// The stored values of one monochrome slice, exactly as the file holds them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an attribute of the file, independent of the others"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSlice {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Bits of each pixel in `bytes`: 8, 16 or 32.
    pub bits_allocated: u16,
    /// Bits that hold the value; the others are not part of it.
    pub bits_stored: u16,
    /// Place of the value's most significant bit.
    pub high_bit: u16,
    /// Two's complement.
    pub signed: bool,
    /// HU for one unit of stored value; finite, not 0.
    pub slope: f64,
    /// HU of stored value 0; finite.
    pub intercept: f64,
    /// The header declares both slope and intercept; where it lacks one, 1 or 0 stands in.
    pub rescale_declared: bool,
    /// Stored values that stand for "not measured", ends included, lower first.
    pub padding: Option<(i32, i32)>,
    /// MONOCHROME1: shown with low values bright. Stored values and HU are not inverted.
    pub inverted: bool,
    /// Lossy compressed, now or before.
    pub lossy: bool,
    /// Pixels row by row, little endian, with bits above Bits Stored as in the file.
    pub bytes: Vec<u8>,
}

impl StoredSlice {
    pub(super) fn new(form: &Form, rescale: &Rescale, lossy: bool, bytes: Vec<u8>) -> Self {
        Self {
            rows: form.rows,
            columns: form.columns,
            bits_allocated: form.bits_allocated,
            bits_stored: form.bits_stored,
            high_bit: form.high_bit,
            signed: form.signed,
            slope: rescale.slope,
            intercept: rescale.intercept,
            rescale_declared: rescale.declared,
            padding: form.padding,
            inverted: form.inverted,
            lossy,
            bytes,
        }
    }

    /// The stored value of a pixel, counted row by row: bits outside Bits Stored masked, sign extended.
    ///
    /// 0 for a pixel that does not exist.
    #[must_use]
    pub fn stored(&self, index: usize) -> i32 {
        let size = usize::from(self.bits_allocated) / 8;
        let begin = index.saturating_mul(size);
        let pixel = self.bytes.get(begin..begin.saturating_add(size)).unwrap_or_default();
        let raw = pixel.iter().rev().fold(0_u32, |raw, &byte| raw << 8 | u32::from(byte));
        self.value_of(raw)
    }

    /// All stored values as [`StoredSlice::stored`] gives them, little endian, each as wide as in `bytes`.
    #[must_use]
    pub fn values(&self) -> Cow<'_, [u8]> {
        match self.bits_allocated {
            bits if bits == self.bits_stored && self.high_bit == bits - 1 => Cow::Borrowed(&self.bytes),
            8 => Cow::Owned(self.masked(|pixel: [u8; 1]| pixel[0].into(), |value| [value as u8])),
            16 => Cow::Owned(
                self.masked(|pixel| u16::from_le_bytes(pixel).into(), |value| (value as u16).to_le_bytes()),
            ),
            _ => Cow::Owned(self.masked(u32::from_le_bytes, i32::to_le_bytes)),
        }
    }

    fn masked<const WIDTH: usize>(
        &self,
        raw: impl Fn([u8; WIDTH]) -> u32,
        bytes: impl Fn(i32) -> [u8; WIDTH],
    ) -> Vec<u8> {
        let (above, unused) = self.shifts();
        let pixels = self.bytes.as_chunks::<WIDTH>().0.iter();
        // One loop for each kind, so that neither asks again for every pixel.
        let values: Vec<[u8; WIDTH]> = if self.signed {
            pixels.map(|pixel| bytes(signed(raw(*pixel), above, unused))).collect()
        } else {
            pixels.map(|pixel| bytes(unsigned(raw(*pixel), above, unused))).collect()
        };
        values.into_flattened()
    }

    fn value_of(&self, raw: u32) -> i32 {
        let (above, unused) = self.shifts();
        if self.signed { signed(raw, above, unused) } else { unsigned(raw, above, unused) }
    }

    /// Bits of a 32-bit word above the value, and bits it has more than the value.
    fn shifts(&self) -> (u32, u32) {
        let above = 31_u32.saturating_sub(u32::from(self.high_bit));
        let unused = 32_u32.saturating_sub(u32::from(self.bits_stored)).min(31);
        (above, unused)
    }

    /// Writes the HU of each pixel into `out`, row by row, as far as both reach.
    ///
    /// HU are rounded and limited to -32767..=32767; padding becomes [`HuVolume::VOID`].
    pub fn hu_into(&self, out: &mut [i16]) {
        match self.bits_allocated {
            8 => self.convert(self.bytes.iter().map(|&byte| u32::from(byte)), out),
            16 => {
                let pixels = self.bytes.as_chunks::<2>().0;
                self.convert(pixels.iter().map(|pixel| u32::from(u16::from_le_bytes(*pixel))), out);
            }
            _ => {
                let pixels = self.bytes.as_chunks::<4>().0;
                self.convert(pixels.iter().map(|pixel| u32::from_le_bytes(*pixel)), out);
            }
        }
    }

    fn convert(&self, raw: impl Iterator<Item = u32>, out: &mut [i16]) {
        let (above, unused) = self.shifts();
        if self.signed {
            self.rescale(raw.map(|raw| signed(raw, above, unused)), out);
        } else {
            self.rescale(raw.map(|raw| unsigned(raw, above, unused)), out);
        }
    }

    fn rescale(&self, values: impl Iterator<Item = i32>, out: &mut [i16]) {
        let (low, high) = self.padding.unwrap_or((1, 0));
        let is_void = |value: i32| low <= value && value <= high;
        if let Some((slope, intercept)) = self.whole_rescale() {
            for (hu, value) in out.iter_mut().zip(values) {
                // Cannot wrap: that is what a whole rescale means. Checked arithmetic takes thrice as long.
                let scaled = value.wrapping_mul(slope).wrapping_add(intercept).clamp(-LIMIT, LIMIT) as i16;
                *hu = if is_void(value) { HuVolume::VOID } else { scaled };
            }
        } else {
            let limit = f64::from(LIMIT);
            for (hu, value) in out.iter_mut().zip(values) {
                let scaled = (f64::from(value) * self.slope + self.intercept).round();
                *hu = if is_void(value) { HuVolume::VOID } else { scaled.clamp(-limit, limit) as i16 };
            }
        }
    }

    /// Slope and intercept as integers, where 32-bit arithmetic is exact and cannot overflow.
    fn whole_rescale(&self) -> Option<(i32, i32)> {
        let whole = |number: f64, limit: f64| number.fract() == 0.0 && number.abs() <= limit;
        let fits = self.bits_stored <= 16 && whole(self.slope, 4096.0) && whole(self.intercept, 1e9);
        fits.then_some((self.slope as i32, self.intercept as i32))
    }
}

/// The value of a word that has `above` bits above it and `unused` more bits than it, sign extended.
const fn signed(raw: u32, above: u32, unused: u32) -> i32 {
    (raw.wrapping_shl(above) as i32).wrapping_shr(unused)
}

/// The same without a sign.
const fn unsigned(raw: u32, above: u32, unused: u32) -> i32 {
    raw.wrapping_shl(above).wrapping_shr(unused) as i32
}

/// The largest HU that [`HuVolume`] holds.
const LIMIT: i32 = 32_767;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_at_once_are_those_one_by_one() {
        for (bits_allocated, bits_stored, high_bit, signed) in [
            (8, 8, 7, false),
            (8, 7, 6, true),
            (16, 16, 15, true),
            (16, 12, 11, false),
            (16, 12, 11, true),
            (16, 12, 15, true),
            (32, 32, 31, true),
            (32, 20, 19, false),
        ] {
            let slice = StoredSlice {
                rows: 1,
                columns: 6,
                bits_allocated,
                bits_stored,
                high_bit,
                signed,
                slope: 1.0,
                intercept: 0.0,
                rescale_declared: true,
                padding: None,
                inverted: false,
                lossy: false,
                bytes: (0..6 * bits_allocated / 8).map(|index| (index * 89 + 200) as u8).collect(),
            };
            let width = usize::from(bits_allocated / 8);
            let one_by_one: Vec<u8> =
                (0..6).flat_map(|index| slice.stored(index).to_le_bytes()[..width].to_vec()).collect();
            assert_eq!(slice.values(), one_by_one, "{bits_stored} of {bits_allocated} bits");
        }
    }
}
