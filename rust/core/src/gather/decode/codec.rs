//! Encapsulated pixels: one frame, decoded under limits.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dicom_core::value::C;
use dicom_encoding::adapters::{PixelDataObject, RawPixelData};
use dicom_encoding::transfer_syntax::{Codec, TransferSyntax, TransferSyntaxIndex};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::codestream::{self, Coding, Frame};
use super::form::Form;
use super::{jpeg_ls, native, rle, undecodable};
use crate::error::Failure;

const RLE: &str = "1.2.840.10008.1.2.5";
const ENCAPSULATED_UNCOMPRESSED: &str = "1.2.840.10008.1.2.1.98";
/// Syntaxes that may lose information; of .81, .91 and .203 some streams do not.
const LOSSY: [&str; 5] = [
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.203",
];

/// Decoded pixels, and whether their coding may have lost information.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) lossy: bool,
}

/// The stream of the only frame, whose fragments are all there are.
pub(super) fn joined<'a>(data: &'a [u8], fragments: &[Range<usize>]) -> Result<Cow<'a, [u8]>, Failure> {
    let fragment = |range: &Range<usize>| data.get(range.clone()).unwrap_or_default();
    match fragments {
        [] => Err(undecodable("Pixel Data has no fragments")),
        [one] => Ok(Cow::Borrowed(fragment(one))),
        many => Ok(Cow::Owned(many.iter().map(fragment).collect::<Vec<_>>().concat())),
    }
}

/// Decodes one frame into little endian pixels of the header's Bits Allocated.
///
/// A JPEG or JPEG 2000 stream is decoded as what it is, not as what the transfer syntax calls it. It counts as
/// lossy when either says that it may be.
pub(super) fn decode(stream: &[u8], transfer_syntax: &str, form: &Form) -> Result<Decoded, Failure> {
    let lossless = |bytes| Decoded { bytes, lossy: false };
    match transfer_syntax {
        RLE => return rle::decode(stream, form).map(lossless),
        ENCAPSULATED_UNCOMPRESSED => return native::unpack(stream, false, false, form).map(lossless),
        _ => {}
    }
    let frame = checked(codestream::inspect(stream)?, form)?;
    let sample_bytes = if frame.precision > 8 { 2 } else { 1 };
    // Decoders run on hostile bytes: what panics there is a damaged stream here.
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let Some(syntax) = decoder_syntax(frame.coding) else { return jpeg_ls::decode(stream, &frame) };
        run(&OneFrame { stream, form, bits: 8 * sample_bytes as u16, syntax })
    }))
    .unwrap_or_else(|_| {
        Err(undecodable(format!("the decoder for syntax {transfer_syntax} gave up on the stream")))
    })?;
    if decoded.len() != form.pixels() * sample_bytes {
        return Err(undecodable(format!(
            "the stream holds {} bytes of pixels where {} are expected",
            decoded.len(),
            form.pixels() * sample_bytes
        )));
    }
    let lossy = LOSSY.contains(&transfer_syntax) || frame.coding == Coding::Jpeg;
    Ok(Decoded { bytes: widened(decoded, sample_bytes, frame.precision, form), lossy })
}

/// The frame of a stream that agrees with the header and has a decoder.
fn checked(frame: Frame, form: &Form) -> Result<Frame, Failure> {
    if (frame.rows, frame.columns) != (form.rows, form.columns) {
        return Err(undecodable(format!(
            "the stream holds {} x {} pixels, the header says {} x {}",
            frame.rows, frame.columns, form.rows, form.columns
        )));
    }
    if frame.components != 1 {
        return Err(undecodable(format!("the stream holds {} components", frame.components)));
    }
    if frame.coding == Coding::Jpeg && frame.precision > 8 {
        return Err(undecodable(format!(
            "JPEG Extended with {} bits cannot be decoded; 8 bits are expected",
            frame.precision
        )));
    }
    if frame.precision < 2 || frame.precision > 16 || frame.precision > form.bits_allocated {
        return Err(undecodable(format!(
            "the stream holds samples of {} bits, the header allocates {}",
            frame.precision, form.bits_allocated
        )));
    }
    Ok(frame)
}

/// The transfer syntax whose decoder fits the stream, whatever the file calls it; none for JPEG-LS, which is
/// decoded here.
const fn decoder_syntax(coding: Coding) -> Option<&'static str> {
    match coding {
        Coding::Jpeg => Some("1.2.840.10008.1.2.4.50"),
        Coding::JpegLossless => Some("1.2.840.10008.1.2.4.70"),
        Coding::JpegLs => None,
        Coding::Jpeg2000 => Some("1.2.840.10008.1.2.4.90"),
    }
}

fn run(object: &OneFrame<'_>) -> Result<Vec<u8>, Failure> {
    let syntax = TransferSyntaxRegistry.get(object.syntax);
    let Some(Codec::EncapsulatedPixelData(Some(reader), _)) = syntax.map(TransferSyntax::codec) else {
        return Err(undecodable(format!("transfer syntax {} has no decoder here", object.syntax)));
    };
    let mut decoded = Vec::new();
    match reader.decode_frame(object, 0, &mut decoded) {
        Ok(()) => Ok(decoded),
        Err(_) => Err(undecodable(format!("the stream of syntax {} is damaged", object.syntax))),
    }
}

/// Samples in as many bytes as the header allocates; the sign of a signed stream is extended.
fn widened(decoded: Vec<u8>, sample_bytes: usize, precision: u16, form: &Form) -> Vec<u8> {
    let pixel_bytes = form.bytes_per_pixel();
    if pixel_bytes == sample_bytes {
        return decoded;
    }
    let sign_bit = precision - 1;
    let mut bytes = Vec::with_capacity(form.length());
    for sample in decoded.chunks_exact(sample_bytes) {
        let mut value = 0_u32;
        for (place, &byte) in sample.iter().enumerate() {
            value |= u32::from(byte) << (8 * place);
        }
        if form.signed && value >> sign_bit & 1 == 1 {
            value |= u32::MAX << sign_bit;
        }
        bytes.extend_from_slice(value.to_le_bytes().get(..pixel_bytes).unwrap_or_default());
    }
    bytes
}

/// One frame as decoders want to see it.
struct OneFrame<'a> {
    stream: &'a [u8],
    form: &'a Form,
    bits: u16,
    syntax: &'a str,
}

impl PixelDataObject for OneFrame<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.syntax
    }

    fn rows(&self) -> Option<u16> {
        u16::try_from(self.form.rows).ok()
    }

    fn cols(&self) -> Option<u16> {
        u16::try_from(self.form.columns).ok()
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        Some(1)
    }

    fn bits_allocated(&self) -> Option<u16> {
        Some(self.bits)
    }

    fn bits_stored(&self) -> Option<u16> {
        Some(self.form.bits_stored.min(self.bits))
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some("MONOCHROME2")
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(self.stream))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        Some(Cow::Borrowed(&[]))
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        Some(RawPixelData { fragments: C::from_elem(self.stream.to_vec(), 1), offset_table: C::new() })
    }
}
