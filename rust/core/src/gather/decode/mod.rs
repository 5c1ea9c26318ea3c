//! Turns the Pixel Data of one slice into stored values.
//!
//! `form` checks what the header says of the pixels, `native`, `rle` and `jpeg_ls` unpack them, `codestream`
//! looks into a compressed stream before anything is allocated for it, `codec` runs the decoder, `slice` holds the
//! result and rescales it to HU.

mod codec;
mod codestream;
mod form;
mod jpeg_ls;
mod native;
mod rle;
mod slice;
#[cfg(test)]
mod tests;

use self::codec::Decoded;
pub use self::form::MAX_PIXELS;
use self::form::{Form, Rescale};
pub use self::slice::StoredSlice;
use super::read::{Dataset, PixelData};
use crate::error::{Failure, Stage};

/// Transfer syntaxes that leave pixels as they are: implicit, explicit, big endian, deflated.
const NATIVE: [&str; 4] =
    ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"];

fn undecodable(message: impl Into<String>) -> Failure {
    Failure::new(Stage::Decode, message)
}

/// Decodes the slice of a data set read with [`Extent::Whole`](super::read::Extent::Whole) from the bytes
/// `file`.
///
/// # Errors
/// A failure of stage `decode` for several frames, color, floating point pixels, a transfer syntax without a
/// decoder, a stream that is damaged or disagrees with the header, too few pixels, a header that lacks or
/// contradicts the form of the pixels, and a rescale that is no number or has slope 0.
pub fn decode(dataset: &Dataset, file: &[u8]) -> Result<StoredSlice, Failure> {
    let form = Form::of(&dataset.object)?;
    let rescale = Rescale::of(&dataset.object)?;
    let data = dataset.data(file);
    let Decoded { bytes, lossy } = match &dataset.pixels {
        PixelData::Absent => return Err(undecodable("no Pixel Data")),
        PixelData::Float => return Err(undecodable("floating point Pixel Data is not a CT image")),
        PixelData::Native { range, words } => {
            let pixels = data.get(range.clone()).unwrap_or_default();
            check_native(pixels.len(), &dataset.transfer_syntax, &form)?;
            let bytes = native::unpack(pixels, *words, dataset.big_endian, &form)?;
            Decoded { bytes, lossy: false }
        }
        PixelData::Encapsulated { fragments } => {
            let stream = codec::joined(data, fragments)?;
            codec::decode(&stream, &dataset.transfer_syntax, &form)?
        }
    };
    let lossy = form.lossy || lossy;
    Ok(StoredSlice::new(&form, &rescale, lossy, bytes))
}

/// Like [`decode`], of a file that nobody needs any more: native pixels stay where they are in memory.
///
/// # Errors
/// Those of [`decode`].
pub fn decode_file(dataset: &Dataset, mut file: Vec<u8>) -> Result<StoredSlice, Failure> {
    let Some(range) = dataset.pixels_in_file() else { return decode(dataset, &file) };
    let form = Form::of(&dataset.object)?;
    let rescale = Rescale::of(&dataset.object)?;
    check_native(range.len(), &dataset.transfer_syntax, &form)?;
    let length = native::length(range.len(), &form)?;
    file.truncate(range.start + length);
    file.drain(..range.start);
    Ok(StoredSlice::new(&form, &rescale, form.lossy, file))
}

/// Refuses pixels that are not encapsulated although their transfer syntax is none of the native ones.
///
/// A standard syntax may be named wrongly where the length shows that nothing is compressed; behind a private
/// one the same length may hide another byte order.
fn check_native(length: usize, transfer_syntax: &str, form: &Form) -> Result<(), Failure> {
    if NATIVE.contains(&transfer_syntax) {
        return Ok(());
    }
    if !transfer_syntax.starts_with("1.2.840.10008.1.2.") {
        return Err(undecodable(format!("transfer syntax {transfer_syntax} has no decoder here")));
    }
    if length != form.length() && length != form.length() + 1 {
        return Err(undecodable("Pixel Data is not encapsulated as its transfer syntax demands"));
    }
    Ok(())
}
