//! Uncompressed pixels.

use super::form::Form;
use super::undecodable;
use crate::error::Failure;

/// Length in bytes of the pixels, of which `available` are there.
pub(super) fn length(available: usize, form: &Form) -> Result<usize, Failure> {
    let length = form.length();
    if available < length {
        return Err(undecodable(format!(
            "{} x {} pixels of {} bits need {length} bytes, Pixel Data has {available}",
            form.rows, form.columns, form.bits_allocated,
        )));
    }
    Ok(length)
}

/// Brings native pixels into little endian order, without what follows the last pixel.
pub(super) fn unpack(pixels: &[u8], words: bool, big_endian: bool, form: &Form) -> Result<Vec<u8>, Failure> {
    let length = length(pixels.len(), form)?;
    if !big_endian {
        return Ok(pixels.get(..length).unwrap_or_default().to_vec());
    }
    // 8-bit pixels in words: each pair is swapped, so an odd last pixel lies one byte further.
    let swapped = if form.bits_allocated == 8 && words { 2 } else { form.bytes_per_pixel() };
    let mut bytes =
        pixels.get(..length.next_multiple_of(swapped).min(pixels.len())).unwrap_or_default().to_vec();
    bytes.chunks_exact_mut(swapped).for_each(<[u8]>::reverse);
    bytes.truncate(length);
    Ok(bytes)
}
