//! Turns the bytes of a file into a data set: a small, bounded, lenient reader of bytes nobody vouches for.
//!
//! Lenient where everything is there but written wrongly (no preamble, no file meta information, another
//! syntax than declared, unknown value representations, padding behind the data set); strict where something
//! is missing: a damaged file is a failure with a reason, never a part taken for the whole. Every length is
//! checked against what is left, and nothing is reserved from a declared length.
//!
//! [`start`](self) finds where the data set begins and how it is encoded, [`inflate`](self) unpacks it,
//! `parse` walks its elements, `element` reads one element header, `value` makes values, `charset` text.

mod bytes;
mod charset;
mod element;
mod file;
mod inflate;
mod parse;
mod start;
#[cfg(test)]
mod tests;
mod value;

use std::ops::Range;

use dicom_object::InMemDicomObject;

pub use self::file::{MAX_FILE, PixelPlace, read_file, read_file_into, read_header};
use self::parse::{Parser, Stop};
use crate::error::{Failure, Stage};

/// How much of the bytes to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Up to Pixel Data; what lies behind it is not looked at.
    Header,
    /// Everything.
    Whole,
}

/// Where the pixels of a data set lie, as ranges of the bytes that [`Dataset::data`] returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PixelData {
    /// The data set has none.
    Absent,
    /// Uncompressed Pixel Data.
    Native {
        /// Where it lies; never beyond the end of the data.
        range: Range<usize>,
        /// Held in 16-bit words (VR OW), which matters for 8-bit pixels in big endian.
        words: bool,
    },
    /// Encapsulated Pixel Data.
    Encapsulated {
        /// One range for each fragment, without the basic offset table; empty when only the header was read.
        fragments: Vec<Range<usize>>,
    },
    /// Float or Double Float Pixel Data, which no CT image has.
    Float,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The data set: text as Rust strings whatever its character set was, one string per value, without
    /// trailing padding; bulk values (OB, OW, OF, OD, OL, OV, UN) as bytes in little endian order; private
    /// elements and group lengths included; the file meta information and group 7FE0 left out.
    ///
    /// (0008,0005) still says what the file said: whoever writes the object declares `ISO_IR 192`.
    pub object: InMemDicomObject,
    /// Groups 0000 and 0002, as found.
    pub meta: InMemDicomObject,
    /// UID of the transfer syntax in which the data set is really encoded.
    pub transfer_syntax: String,
    /// Where the pixels lie.
    pub pixels: PixelData,
    /// Whether numbers, pixels included, are big endian.
    pub big_endian: bool,
    /// Bytes behind the data set that belong to no element.
    pub trailing_bytes: usize,
    /// What was written wrongly and read all the same.
    pub remarks: Vec<&'static str>,
    /// Length of the file in bytes.
    pub file_length: u64,
    inflated: Option<Vec<u8>>,
}

impl Dataset {
    /// The bytes that [`PixelData`] refers to: those of the file, or the inflated ones of a deflated file.
    #[must_use]
    pub fn data<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        self.inflated.as_deref().unwrap_or(file)
    }

    /// Where native little endian pixels lie in the file itself; `None` for all others.
    #[must_use]
    pub fn pixels_in_file(&self) -> Option<Range<usize>> {
        match &self.pixels {
            PixelData::Native { range, .. } if !self.big_endian && self.inflated.is_none() => {
                Some(range.clone())
            }
            _ => None,
        }
    }
}

/// Why there is no data set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file is something else.
    #[error("not a DICOM file")]
    NotDicom,
    /// DICOM, but damaged, or unreadable.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Reads a file's bytes.
///
/// # Errors
/// [`ReadError::NotDicom`] for anything without a DICOM prefix that does not begin like a data set either;
/// [`ReadError::Failed`] with stage `parse` for what is cut, damaged or beyond the limits.
pub fn read(bytes: &[u8], extent: Extent) -> Result<Dataset, ReadError> {
    match read_prefix(bytes, bytes.len(), extent) {
        Ok(dataset) => Ok(dataset),
        Err(Short::Error(error)) => Err(error),
        Err(Short::Needs(_)) => Err(damaged("the data set ends unexpectedly")),
    }
}

/// Why a prefix of a file was not enough.
enum Short {
    /// No length of prefix would do.
    Error(ReadError),
    /// At least so many bytes of the file are needed.
    Needs(usize),
}

impl From<Stop> for Short {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Needs(length) => Self::Needs(length),
            Stop::Damaged(message) => Self::Error(damaged(message)),
        }
    }
}

fn damaged(message: impl Into<String>) -> ReadError {
    ReadError::Failed(Failure::new(Stage::Parse, message))
}

/// Reads a file of `total` bytes that begins with `bytes`.
fn read_prefix(bytes: &[u8], total: usize, extent: Extent) -> Result<Dataset, Short> {
    let start = start::find(bytes, total)?.ok_or(Short::Error(ReadError::NotDicom))?;
    let mut remarks = start.remarks;
    let (parsed, inflated) = if start.deflated {
        if bytes.len() < total {
            return Err(Short::Needs(total));
        }
        let (parsed, data) = inflate::parse(bytes.get(start.at..).unwrap_or_default(), start.format, extent)?;
        (parsed, Some(data))
    } else {
        (Parser::new(bytes, total, start.at).top(start.format, extent)?, None)
    };
    if parsed.elements.is_empty() && parsed.pixels == PixelData::Absent {
        return Err(Short::Error(damaged("no data set behind the file meta information")));
    }
    remarks.extend(parsed.remarks);
    Ok(Dataset {
        object: InMemDicomObject::from_element_iter(parsed.elements),
        meta: start.meta,
        transfer_syntax: start.transfer_syntax,
        pixels: parsed.pixels,
        big_endian: start.format.big,
        trailing_bytes: parsed.trailing_bytes,
        remarks,
        file_length: total as u64,
        inflated,
    })
}
