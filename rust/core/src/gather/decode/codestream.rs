//! What a compressed stream says of itself, read before a decoder allocates anything for it.

use super::undecodable;
use crate::error::Failure;

/// The frame that a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) components: usize,
    /// Bits of each sample.
    pub(super) precision: u16,
    /// The kind of coding.
    pub(super) coding: Coding,
}

/// Kinds of coding that decoders differ for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// JPEG with a discrete cosine transform: baseline, extended, progressive.
    Jpeg,
    /// JPEG, lossless with prediction.
    JpegLossless,
    /// JPEG-LS.
    JpegLs,
    /// JPEG 2000 and HTJ2K.
    Jpeg2000,
}

/// Most tiles of a JPEG 2000 image: decoders keep some kilobytes for each.
const MAX_TILES: usize = 4096;

/// Reads the frame header of a JPEG, JPEG-LS or JPEG 2000 stream.
pub(super) fn inspect(stream: &[u8]) -> Result<Frame, Failure> {
    match stream {
        [0xFF, 0xD8, ..] => jpeg(stream),
        [0xFF, 0x4F, 0xFF, 0x51, _, _, rest @ ..] => jpeg2000(rest),
        [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', ..] => inspect_boxed(stream),
        _ => Err(undecodable("Pixel Data does not begin like a JPEG or JPEG 2000 stream")),
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2)?.first_chunk::<2>().map(|pair| usize::from(u16::from_be_bytes(*pair)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 4)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four) as usize)
}

/// The marker segments of a JPEG or JPEG-LS stream (ITU-T T.81 annex B; T.87 annex C).
pub(super) struct Segments<'a> {
    rest: &'a [u8],
}

impl<'a> Segments<'a> {
    /// Those of a stream that begins with its start of image.
    pub(super) fn of(stream: &'a [u8]) -> Self {
        Self { rest: stream.get(2..).unwrap_or_default() }
    }

    /// The next marker and its segment, from behind its length; a failure if the stream ends within it.
    pub(super) fn next(&mut self) -> Result<(u8, &'a [u8]), Failure> {
        let fill = self.rest.iter().take_while(|byte| **byte == 0xFF).count();
        let (Some(&marker), 1..) = (self.rest.get(fill), fill) else {
            return Err(undecodable("JPEG stream ends or is damaged before its first scan"));
        };
        let after = self.rest.get(fill + 1..).unwrap_or_default();
        let length = u16_at(after, 0).filter(|length| (2..=after.len()).contains(length));
        let length = length.ok_or_else(|| undecodable("JPEG stream ends within a marker segment"))?;
        let (segment, rest) = after.split_at(length);
        self.rest = rest;
        Ok((marker, segment.get(2..).unwrap_or_default()))
    }

    /// What follows the last segment.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// Walks the marker segments up to the first scan.
fn jpeg(stream: &[u8]) -> Result<Frame, Failure> {
    let mut segments = Segments::of(stream);
    let mut frame = None;
    loop {
        let (marker, segment) = segments.next()?;
        let coding = match marker {
            0xC0..=0xC2 | 0xC5 | 0xC6 | 0xC9 | 0xCA | 0xCD | 0xCE => Some(Coding::Jpeg),
            0xC3 | 0xC7 | 0xCB | 0xCF => Some(Coding::JpegLossless),
            0xF7 => Some(Coding::JpegLs),
            0xDA => return frame.ok_or_else(|| undecodable("JPEG stream has no frame header")),
            _ => None,
        };
        if let Some(coding) = coding {
            if frame.is_some() {
                return Err(undecodable("JPEG stream has two frame headers"));
            }
            frame = Some(jpeg_frame(segment, coding)?);
        }
    }
}

fn jpeg_frame(segment: &[u8], coding: Coding) -> Result<Frame, Failure> {
    let frame = || {
        Some(Frame {
            precision: u16::from(*segment.first()?),
            rows: u16_at(segment, 1)?,
            columns: u16_at(segment, 3)?,
            components: usize::from(*segment.get(5)?),
            coding,
        })
    };
    frame().ok_or_else(|| undecodable("JPEG frame header is too short"))
}

/// Reads the SIZ segment, from behind its length (ITU-T T.800 section A.5.1).
fn jpeg2000(siz: &[u8]) -> Result<Frame, Failure> {
    let size = |place: usize| u32_at(siz, 2 + 4 * place);
    let read = || {
        let extent = |axis: usize| Some((size(axis)?, size(2 + axis)?, size(4 + axis)?, size(6 + axis)?));
        let (columns, rows) = (extent(0)?, extent(1)?);
        let components = u16_at(siz, 34)?;
        let [depth, horizontal, vertical] = *siz.get(36..39)?.first_chunk::<3>()?;
        Some((columns, rows, components, depth, horizontal, vertical))
    };
    let Some((columns, rows, components, depth, horizontal, vertical)) = read() else {
        return Err(undecodable("JPEG 2000 image header is too short"));
    };
    let mut tiles = 1_usize;
    for (end, begin, tile, tile_begin) in [columns, rows] {
        if tile == 0 || begin >= end || tile_begin > begin {
            return Err(undecodable("JPEG 2000 image has an impossible size"));
        }
        tiles = tiles.saturating_mul((end - tile_begin).div_ceil(tile));
    }
    if tiles > MAX_TILES {
        return Err(undecodable(format!("JPEG 2000 image has {tiles} tiles, more than {MAX_TILES}")));
    }
    if (horizontal, vertical) != (1, 1) {
        return Err(undecodable("JPEG 2000 image is subsampled"));
    }
    Ok(Frame {
        rows: rows.0 - rows.1,
        columns: columns.0 - columns.1,
        components,
        precision: u16::from(depth & 0x7F) + 1,
        coding: Coding::Jpeg2000,
    })
}

/// Finds the code stream of a JP2 file (ITU-T T.800 annex I), which some writers put into Pixel Data.
fn inspect_boxed(stream: &[u8]) -> Result<Frame, Failure> {
    let mut rest = stream;
    while let (Some(length), Some(kind)) = (u32_at(rest, 0), rest.get(4..8)) {
        if kind == b"jp2c" {
            let content = rest.get(8..).unwrap_or_default();
            return match content {
                [0xFF, 0x4F, 0xFF, 0x51, _, _, siz @ ..] => jpeg2000(siz),
                _ => Err(undecodable("JP2 box holds no JPEG 2000 stream")),
            };
        }
        if length < 8 {
            break;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Err(undecodable("JP2 file has no code stream"))
}
