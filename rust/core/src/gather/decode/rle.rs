//! RLE Lossless (PS3.5 annex G): one segment of runs for each byte of the pixels, highest byte first.

use super::form::Form;
use super::undecodable;
use crate::error::Failure;

/// Bytes of the RLE header: the number of segments and fifteen offsets.
const HEADER: usize = 64;

/// Decodes one frame.
pub(super) fn decode(stream: &[u8], form: &Form) -> Result<Vec<u8>, Failure> {
    let header = stream.get(..HEADER).ok_or_else(|| undecodable("RLE stream is shorter than its header"))?;
    let numbers: Vec<usize> =
        header.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number) as usize).collect();
    let planes = form.bytes_per_pixel();
    let segments = numbers.first().copied().unwrap_or_default();
    if segments != planes {
        return Err(undecodable(format!("{segments} RLE segments where {planes} are expected")));
    }
    let mut bytes = vec![0; form.length()];
    let mut plane = Vec::with_capacity(form.pixels());
    for segment in 0..planes {
        let begin = numbers.get(segment + 1).copied().unwrap_or_default();
        let end = if segment + 1 < planes {
            numbers.get(segment + 2).copied().unwrap_or_default()
        } else {
            stream.len()
        };
        let runs = if begin < HEADER { None } else { stream.get(begin..end) };
        let runs = runs.ok_or_else(|| undecodable("RLE segment lies outside of its stream"))?;
        plane.clear();
        unpack(runs, form.pixels(), &mut plane);
        if plane.len() < form.pixels() {
            return Err(undecodable(format!(
                "RLE segment {} holds {} of {} pixels",
                segment + 1,
                plane.len(),
                form.pixels()
            )));
        }
        let byte = planes - 1 - segment;
        for (pixel, value) in bytes.chunks_exact_mut(planes).zip(&plane) {
            pixel.iter_mut().skip(byte).take(1).for_each(|target| *target = *value);
        }
    }
    Ok(bytes)
}

/// Unpacks runs until `pixels` values are there or the runs end (PS3.5 section G.3.2).
fn unpack(mut runs: &[u8], pixels: usize, plane: &mut Vec<u8>) {
    while plane.len() < pixels
        && let Some((&control, rest)) = runs.split_first()
    {
        let left = pixels - plane.len();
        runs = match control {
            0..=127 => {
                let length = usize::from(control) + 1;
                let (literal, rest) = rest.split_at(length.min(rest.len()));
                plane.extend_from_slice(&literal[..literal.len().min(left)]);
                rest
            }
            128 => rest,
            129..=255 => {
                let Some((&value, rest)) = rest.split_first() else { return };
                let length = 257 - usize::from(control);
                plane.resize(plane.len() + length.min(left), value);
                rest
            }
        };
    }
}
