//! Pixel Data as it is written: native, RLE or JPEG-LS.

use super::pixels::ClearedPixels;
use crate::error::{Failure, Stage};
use crate::settings::Compress;
use dicom_dictionary_std::uids;

/// The Pixel Data element of one frame.
#[derive(Debug)]
pub(super) enum EncodedPixels {
    /// Native little endian, and the VR to write it with.
    Native { vr: [u8; 2], bytes: Vec<u8> },
    /// One fragment.
    Encapsulated { syntax: &'static str, bytes: Vec<u8> },
}

/// Pixel Data, (7FE0,0010), little endian.
const PIXEL_DATA: [u8; 4] = [0xE0, 0x7F, 0x10, 0x00];
const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];
const SEQUENCE_DELIMITATION: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

/// Compresses the pixels as asked. 32-bit pixels have no lossless syntax here and stay native.
pub(super) fn encode(pixels: ClearedPixels, compress: Compress) -> Result<EncodedPixels, Failure> {
    Ok(match compress {
        Compress::Rle => EncodedPixels::Encapsulated { syntax: uids::RLE_LOSSLESS, bytes: rle(&pixels) },
        Compress::JpegLs if pixels.bits_allocated <= 16 => {
            EncodedPixels::Encapsulated { syntax: uids::JPEGLS_LOSSLESS, bytes: jpeg_ls(&pixels)? }
        }
        Compress::None | Compress::JpegLs => {
            let vr = if pixels.bits_allocated <= 8 { *b"OB" } else { *b"OW" };
            EncodedPixels::Native { vr, bytes: pixels.bytes }
        }
    })
}

impl EncodedPixels {
    pub(super) const fn transfer_syntax(&self) -> &'static str {
        match self {
            Self::Native { .. } => uids::EXPLICIT_VR_LITTLE_ENDIAN,
            Self::Encapsulated { syntax, .. } => syntax,
        }
    }

    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Native { bytes, .. } | Self::Encapsulated { bytes, .. } => bytes.len() + 64,
        }
    }

    /// Appends the element in Explicit VR Little Endian (PS3.5 sections 7.1.2 and A.4).
    pub(super) fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&PIXEL_DATA);
        match self {
            Self::Native { vr, bytes } => {
                out.extend_from_slice(vr);
                out.extend_from_slice(&[0, 0]);
                append_padded(bytes, out);
            }
            Self::Encapsulated { bytes, .. } => {
                out.extend_from_slice(b"OB\0\0\xFF\xFF\xFF\xFF");
                out.extend_from_slice(&ITEM);
                out.extend_from_slice(&[0; 4]);
                out.extend_from_slice(&ITEM);
                append_padded(bytes, out);
                out.extend_from_slice(&SEQUENCE_DELIMITATION);
            }
        }
    }
}

fn append_padded(bytes: &[u8], out: &mut Vec<u8>) {
    let padding = bytes.len() % 2;
    out.extend_from_slice(&((bytes.len() + padding) as u32).to_le_bytes());
    out.extend_from_slice(bytes);
    out.extend(std::iter::repeat_n(0, padding));
}

/// RLE Lossless (PS3.5 annex G): one segment for each byte of a pixel, most significant first.
fn rle(pixels: &ClearedPixels) -> Vec<u8> {
    let width = usize::from(pixels.bits_allocated / 8);
    let mut header = [0_u32; 16];
    header[0] = width as u32;
    let mut body = Vec::new();
    for segment in 0..width {
        header[segment + 1] = (64 + body.len()) as u32;
        let plane: Vec<u8> = pixels.bytes.iter().skip(width - 1 - segment).step_by(width).copied().collect();
        for row in plane.chunks(pixels.columns) {
            pack_bits(row, &mut body);
        }
        if body.len() % 2 == 1 {
            body.push(0);
        }
    }
    let mut bytes: Vec<u8> = header.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes.extend_from_slice(&body);
    bytes
}

/// One row as replicate runs (of 3 bytes or more) and literal runs, each of at most 128 bytes.
fn pack_bits(row: &[u8], out: &mut Vec<u8>) {
    let run_at = |start: usize| row[start..].iter().take(128).take_while(|byte| **byte == row[start]).count();
    let mut start = 0;
    while start < row.len() {
        let run = run_at(start);
        if run >= 3 {
            out.extend_from_slice(&[(257 - run) as u8, row[start]]);
            start += run;
            continue;
        }
        let mut end = start + run;
        while end < row.len() && end - start < 128 && run_at(end) < 3 {
            end += 1;
        }
        out.push((end - start - 1) as u8);
        out.extend_from_slice(&row[start..end]);
        start = end;
    }
}

/// JPEG-LS Lossless through `CharLS`.
fn jpeg_ls(pixels: &ClearedPixels) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Stage::Write, format!("JPEG-LS: {error}"));
    let frame = charls::FrameInfo {
        width: pixels.columns as u32,
        height: pixels.rows as u32,
        bits_per_sample: i32::from(pixels.bits_stored.max(2)),
        component_count: 1,
    };
    // The codec holds unsigned samples: a signed value is written as its low Bits Stored bits (PS3.5 section 8.2.3).
    let width = usize::from(pixels.bits_allocated / 8);
    let mask = if pixels.bits_stored >= 16 { u16::MAX } else { (1 << pixels.bits_stored) - 1 };
    let samples: Vec<u8> = match width {
        1 => pixels.bytes.iter().map(|byte| byte & mask as u8).collect(),
        _ => pixels
            .bytes
            .chunks_exact(2)
            .flat_map(|pair| (u16::from_le_bytes([pair[0], pair[1]]) & mask).to_ne_bytes())
            .collect(),
    };
    let mut codec = charls::CharLS::default();
    codec.encode(frame, 0, &samples).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(row: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        pack_bits(row, &mut out);
        out
    }

    #[test]
    fn runs_are_replicated_and_the_rest_is_literal() {
        assert_eq!(packed(&[7, 7, 7, 7]), [253, 7]);
        assert_eq!(packed(&[1, 2, 3]), [2, 1, 2, 3]);
        assert_eq!(packed(&[1, 1, 2, 9, 9, 9]), [2, 1, 1, 2, 254, 9]);
    }

    #[test]
    fn a_long_run_is_split_at_128() {
        assert_eq!(packed(&[5; 130]), [129, 5, 1, 5, 5]);
    }
}
