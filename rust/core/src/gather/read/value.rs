//! Makes values of an element's bytes.

use dicom_core::value::C;
use dicom_core::{PrimitiveValue, Tag, VR};

use super::bytes::little;
use super::charset::Charset;

/// Whether text of this value representation is in the data set's character set (PS3.5 section 6.1.2.3).
pub(super) const fn uses_charset(vr: VR) -> bool {
    matches!(vr, VR::SH | VR::LO | VR::ST | VR::LT | VR::UC | VR::UT | VR::PN)
}

/// The value of `bytes`, and its value representation: UN where the bytes are no value of the declared one.
pub(super) fn make(bytes: &[u8], vr: VR, big: bool, charset: &Charset) -> (VR, PrimitiveValue) {
    if bytes.is_empty() {
        return (vr, PrimitiveValue::Empty);
    }
    let unit = unit(vr);
    if !bytes.len().is_multiple_of(unit) {
        return (VR::UN, PrimitiveValue::U8(bytes.iter().copied().collect()));
    }
    let value = match vr {
        VR::SH | VR::LO | VR::UC => multiple(charset.decode(bytes, b"\\")),
        VR::PN => multiple(charset.decode(bytes, b"\\^=")),
        VR::ST | VR::LT | VR::UT => single(charset.decode(bytes, b"")),
        VR::UR => single(Charset::default().decode(bytes, b"")),
        VR::AE | VR::AS | VR::CS | VR::DA | VR::DS | VR::DT | VR::IS | VR::TM | VR::UI => {
            multiple(Charset::default().decode(bytes, b""))
        }
        VR::AT => {
            let half = |at: &[u8; 4], place: usize| {
                let pair = [at[place], at[place + 1]];
                if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
            };
            let tags = bytes.as_chunks::<4>().0.iter().map(|at| Tag(half(at, 0), half(at, 2)));
            PrimitiveValue::Tags(tags.collect())
        }
        VR::US => PrimitiveValue::U16(little(bytes, big).map(u16::from_le_bytes).collect()),
        VR::SS => PrimitiveValue::I16(little(bytes, big).map(i16::from_le_bytes).collect()),
        VR::UL => PrimitiveValue::U32(little(bytes, big).map(u32::from_le_bytes).collect()),
        VR::SL => PrimitiveValue::I32(little(bytes, big).map(i32::from_le_bytes).collect()),
        VR::UV => PrimitiveValue::U64(little(bytes, big).map(u64::from_le_bytes).collect()),
        VR::SV => PrimitiveValue::I64(little(bytes, big).map(i64::from_le_bytes).collect()),
        VR::FL => PrimitiveValue::F32(little(bytes, big).map(f32::from_le_bytes).collect()),
        VR::FD => PrimitiveValue::F64(little(bytes, big).map(f64::from_le_bytes).collect()),
        _ => PrimitiveValue::U8(bulk(bytes, unit, big)),
    };
    (vr, value)
}

/// Bytes in each number of a value representation, 1 for text and bytes.
const fn unit(vr: VR) -> usize {
    match vr {
        VR::US | VR::SS | VR::OW => 2,
        VR::AT | VR::UL | VR::SL | VR::FL | VR::OL | VR::OF => 4,
        VR::UV | VR::SV | VR::FD | VR::OV | VR::OD => 8,
        _ => 1,
    }
}

/// Bulk bytes in little endian order.
fn bulk(bytes: &[u8], unit: usize, big: bool) -> C<u8> {
    let mut bulk: C<u8> = C::from_slice(bytes);
    if big && unit > 1 {
        bulk.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
    }
    bulk
}

/// Text without the blanks and zeros that pad it.
fn unpadded(text: &str) -> &str {
    text.trim_end_matches([' ', '\0'])
}

fn single(mut text: String) -> PrimitiveValue {
    text.truncate(unpadded(&text).len());
    if text.is_empty() { PrimitiveValue::Empty } else { PrimitiveValue::Str(text) }
}

fn multiple(mut text: String) -> PrimitiveValue {
    if text.contains('\\') {
        return PrimitiveValue::Strs(text.split('\\').map(|value| unpadded(value).to_owned()).collect());
    }
    text.truncate(unpadded(&text).len());
    if text.is_empty() { PrimitiveValue::Empty } else { PrimitiveValue::Strs(C::from_elem(text, 1)) }
}
