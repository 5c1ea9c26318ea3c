//! Turns the Pixel Data of one slice into stored values.
//!
//! `form` checks what the header says of the pixels, `native` and `rle` unpack them, `codestream` looks into
//! a compressed stream before anything is allocated for it, `codec` runs the decoder, `slice` holds the
//! result and rescales it to HU.

mod codec;
mod codestream;
mod form;
mod native;
mod rle;
mod slice;
#[cfg(test)]
mod tests;

use self::form::{Form, Rescale};
pub use self::slice::StoredSlice;
use super::read::{Dataset, PixelData};
use crate::error::{Failure, Stage};

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
    let bytes = match &dataset.pixels {
        PixelData::Absent => return Err(undecodable("no Pixel Data")),
        PixelData::Float => return Err(undecodable("floating point Pixel Data is not a CT image")),
        PixelData::Native { range, words } => {
            let pixels = data.get(range.clone()).unwrap_or_default();
            native::unpack(pixels, *words, dataset.big_endian, &dataset.transfer_syntax, &form)?
        }
        PixelData::Encapsulated { fragments } => {
            let stream = codec::joined(data, fragments)?;
            codec::decode(&stream, &dataset.transfer_syntax, &form)?
        }
    };
    let lossy = form.lossy || codec::is_lossy(&dataset.transfer_syntax);
    Ok(StoredSlice::new(&form, &rescale, lossy, bytes))
}
