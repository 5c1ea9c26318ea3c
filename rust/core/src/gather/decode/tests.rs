//! Pixels drawn by hand.

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use proptest::prelude::*;

use super::form::{Form, Rescale};
use super::{StoredSlice, codec, decode, native, rle};
use crate::gather::read::{Extent, read};
use crate::image::HuVolume;

/// A header for `rows` x `columns` pixels of 16 bits, 12 of them stored and signed.
fn header(rows: u16, columns: u16) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    for (element, value) in [
        (0x0002, 1),
        (0x0010, rows),
        (0x0011, columns),
        (0x0100, 16),
        (0x0101, 12),
        (0x0102, 11),
        (0x0103, 1),
    ] {
        set(&mut object, element, value);
    }
    object.put_str(Tag(0x0028, 0x0004), VR::CS, "MONOCHROME2");
    object
}

fn set(object: &mut InMemDicomObject, element: u16, value: u16) {
    object.put(DataElement::new(Tag(0x0028, element), VR::US, PrimitiveValue::from(value)));
}

fn with(element: u16, value: u16) -> InMemDicomObject {
    let mut object = header(1, 4);
    set(&mut object, element, value);
    object
}

fn rescaled(slope: &str, intercept: &str) -> InMemDicomObject {
    let mut object = header(1, 4);
    object.put_str(Tag(0x0028, 0x1053), VR::DS, slope);
    object.put_str(Tag(0x0028, 0x1052), VR::DS, intercept);
    object
}

fn slice(object: &InMemDicomObject, pixels: &[u8]) -> StoredSlice {
    let form = Form::of(object).unwrap();
    let rescale = Rescale::of(object).unwrap();
    let bytes = native::unpack(pixels, true, false, &form).unwrap();
    StoredSlice::new(&form, &rescale, false, bytes)
}

fn hu(slice: &StoredSlice) -> Vec<i16> {
    let mut hu = vec![0; slice.rows * slice.columns];
    slice.hu_into(&mut hu);
    hu
}

#[test]
fn twelve_stored_bits_are_sign_extended_and_overlay_bits_masked() {
    let slice = slice(&header(1, 4), &[0xFF, 0x0F, 0x00, 0x08, 0xFF, 0x07, 0x01, 0xF0]);
    let stored: Vec<i32> = (0..4).map(|index| slice.stored(index)).collect();
    assert_eq!(stored, [-1, -2048, 2047, 1]);
    assert_eq!(hu(&slice), [-1, -2048, 2047, 1]);
    assert_eq!(slice.stored(4), 0);
    assert_eq!(slice.bytes[7], 0xF0);
}

#[test]
fn values_above_the_lowest_bit_are_shifted_down() {
    let mut object = with(0x0102, 15);
    set(&mut object, 0x0103, 0);
    let slice = slice(&object, &[0xF0, 0xFF, 0x1F, 0x00, 0, 0, 0, 0]);
    assert_eq!((slice.stored(0), slice.stored(1)), (4095, 1));
}

#[test]
fn rescale_is_exact_rounded_and_limited() {
    let pixels = [10, 0, 0xFF, 0x07, 0x00, 0x08, 3, 0];
    assert_eq!(hu(&slice(&rescaled("1", "-1024"), &pixels)), [-1014, 1023, -3072, -1021]);
    assert_eq!(hu(&slice(&rescaled("0.5", "0.25"), &pixels)), [5, 1024, -1024, 2]);
    assert_eq!(hu(&slice(&rescaled("100", "0"), &pixels)), [1000, 32_767, -32_767, 300]);
    assert_eq!(hu(&slice(&rescaled("1e300", "0"), &pixels)), [32_767, 32_767, -32_767, 32_767]);
    assert_eq!(hu(&slice(&rescaled(" 1\\1", "0 "), &pixels)), [10, 2047, -2048, 3]);
    let missing = slice(&header(1, 4), &pixels);
    assert!((missing.slope, missing.intercept, missing.rescale_declared) == (1.0, 0.0, false));
}

#[test]
fn a_rescale_that_is_no_number_is_a_failure() {
    for (slope, intercept) in [("0", "0"), ("NaN", "0"), ("1", "inf"), ("x", "0"), ("1", "nan")] {
        assert!(Rescale::of(&rescaled(slope, intercept)).is_err(), "{slope} {intercept}");
    }
}

#[test]
fn padding_is_void_in_either_order_and_either_representation() {
    let mut object = header(1, 4);
    set(&mut object, 0x0120, 0xF830);
    let pixels = [0x30, 0x08, 0x31, 0x08, 0x38, 0x08, 0, 0];
    let void = HuVolume::VOID;
    assert_eq!(hu(&slice(&object, &pixels)), [void, -1999, -1992, 0]);
    object.put(DataElement::new(Tag(0x0028, 0x0121), VR::SS, PrimitiveValue::from(-1992_i16)));
    let padded = slice(&object, &pixels);
    assert_eq!(padded.padding, Some((-2000, -1992)));
    assert_eq!(hu(&padded), [void, void, void, 0]);
}

#[test]
fn forms_that_are_no_ct_slice_are_failures() {
    let mut color = header(1, 4);
    color.put_str(Tag(0x0028, 0x0004), VR::CS, "RGB");
    let mut frames = header(1, 4);
    frames.put_str(Tag(0x0028, 0x0008), VR::IS, "30");
    let wrong = [
        (color, "not monochrome"),
        (with(0x0002, 3), "not monochrome"),
        (frames, "30 frames"),
        (header(0, 4), "Rows is 0"),
        (header(20_000, 4), "Rows is 20000"),
        (header(16_000, 16_000), "16000 x 16000"),
        (with(0x0100, 12), "12 bits allocated"),
        (with(0x0101, 17), "17 bits stored"),
        (with(0x0101, 0), "0 bits stored"),
        (with(0x0102, 10), "high bit 10"),
        (with(0x0102, 16), "high bit 16"),
        (with(0x0103, 2), "Pixel Representation 2"),
    ];
    for (object, reason) in wrong {
        let message = Form::of(&object).unwrap_err().message;
        assert!(message.contains(reason), "{message}");
    }
    let mut inverted = header(1, 4);
    inverted.put_str(Tag(0x0028, 0x0004), VR::CS, "MONOCHROME1");
    assert!(Form::of(&inverted).unwrap().inverted);
}

#[test]
fn native_pixels_are_checked_swapped_and_cut_to_size() {
    let form = Form::of(&header(1, 2)).unwrap();
    let unpack = |pixels: &[u8], big| native::unpack(pixels, true, big, &form);
    assert_eq!(unpack(&[1, 2, 3, 4, 99, 99], false).unwrap(), [1, 2, 3, 4]);
    assert_eq!(unpack(&[1, 2, 3, 4], true).unwrap(), [2, 1, 4, 3]);
    assert!(unpack(&[1, 2, 3], false).unwrap_err().message.contains("need 4 bytes"));
    let mut bytes = header(1, 3);
    for (element, value) in [(0x0100, 8), (0x0101, 8), (0x0102, 7)] {
        set(&mut bytes, element, value);
    }
    let bytes = Form::of(&bytes).unwrap();
    assert_eq!(native::unpack(&[2, 1, 0, 3], true, true, &bytes).unwrap(), [1, 2, 3]);
    assert_eq!(native::unpack(&[1, 2, 3, 0], false, true, &bytes).unwrap(), [1, 2, 3]);
}

/// An RLE stream of segments.
fn rle_stream(segments: &[&[u8]]) -> Vec<u8> {
    let mut stream = (segments.len() as u32).to_le_bytes().to_vec();
    let mut offset = 64_u32;
    for segment in segments {
        stream.extend(offset.to_le_bytes());
        offset += segment.len() as u32;
    }
    stream.resize(64, 0);
    stream.extend(segments.concat());
    stream
}

#[test]
fn rle_runs_and_literals_are_unpacked() {
    let form = Form::of(&header(1, 4)).unwrap();
    let stream = rle_stream(&[&[253, 7], &[128, 3, 1, 2, 3, 4]]);
    assert_eq!(rle::decode(&stream, &form).unwrap(), [1, 7, 2, 7, 3, 7, 4, 7]);
    let short = rle_stream(&[&[253, 7], &[2, 1, 2, 3]]);
    assert!(rle::decode(&short, &form).unwrap_err().message.contains("3 of 4 pixels"));
    assert!(rle::decode(&stream[..63], &form).is_err());
    let mut outside = stream.clone();
    outside[4] = 255;
    outside[5] = 255;
    assert!(rle::decode(&outside, &form).is_err());
    let mut many = stream;
    many[..4].fill(0xFF);
    assert!(rle::decode(&many, &form).unwrap_err().message.contains("segments"));
}

/// A JPEG stream with a frame header of this marker, precision and size, and nothing else.
fn jpeg(marker: u8, precision: u8, rows: u16, columns: u16) -> Vec<u8> {
    let mut stream = vec![0xFF, 0xD8, 0xFF, marker, 0, 11, precision];
    stream.extend(rows.to_be_bytes());
    stream.extend(columns.to_be_bytes());
    stream.extend([1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    stream
}

#[test]
fn streams_that_disagree_with_the_header_are_failures_before_decoding() {
    let form = Form::of(&header(2, 4)).unwrap();
    let reason =
        |stream: &[u8]| codec::decode(stream, "1.2.840.10008.1.2.4.70", &form).err().unwrap().message;
    assert!(reason(&jpeg(0xC3, 12, 65_535, 65_535)).contains("65535 x 65535 pixels, the header says 2 x 4"));
    assert!(reason(&jpeg(0xF7, 12, 2, 5)).contains("2 x 5"));
    assert!(reason(&jpeg(0xC1, 12, 2, 4)).contains("JPEG Extended with 12 bits"));
    assert!(reason(b"no stream").contains("does not begin like"));
    assert!(reason(&jpeg(0xC3, 12, 2, 4)).contains("damaged"));
    assert!(reason(&[0xFF, 0xD8, 0xFF, 0xC3, 0xFF, 0xFF]).contains("ends within a marker"));
}

#[test]
fn jpeg_2000_of_many_tiles_is_a_failure() {
    let form = Form::of(&header(2, 4)).unwrap();
    let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for number in [60_000_u32, 60_000, 0, 0, 1, 1, 0, 0] {
        stream.extend(number.to_be_bytes());
    }
    stream.extend([0, 1, 11, 1, 1]);
    let reason = codec::decode(&stream, "1.2.840.10008.1.2.4.90", &form).err().unwrap().message;
    assert!(reason.contains("3600000000 tiles"), "{reason}");
}

/// A file in a transfer syntax with `pixels` behind the header of a 1 x 4 slice, not encapsulated.
fn file(syntax: &str, pixels: &[u8]) -> Vec<u8> {
    let mut object = header(1, 4);
    object.put(DataElement::new(Tag(0x7FE0, 0x0010), VR::OW, PrimitiveValue::from(pixels.to_vec())));
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM\x02\0\x10\0UI");
    bytes.extend((syntax.len() as u16).to_le_bytes());
    bytes.extend(syntax.bytes());
    let explicit = entries::EXPLICIT_VR_LITTLE_ENDIAN.erased();
    object.write_dataset_with_ts(&mut bytes, &explicit).unwrap();
    bytes
}

#[test]
fn pixels_that_are_not_encapsulated_are_read_where_their_length_is_proof() {
    let decode = |syntax: &str, pixels: &[u8]| {
        let bytes = file(syntax, pixels);
        decode(&read(&bytes, Extent::Whole).unwrap(), &bytes).map_err(|failure| failure.message)
    };
    let pixels = [1, 0, 2, 0, 3, 0, 4, 0];
    let explicit = decode("1.2.840.10008.1.2.1", &pixels).unwrap();
    assert_eq!((hu(&explicit), explicit.lossy), (vec![1, 2, 3, 4], false));
    assert_eq!(hu(&decode("1.2.840.10008.1.2.4.70", &pixels).unwrap()), [1, 2, 3, 4]);
    let longer = decode("1.2.840.10008.1.2.4.70", &[0xFF; 20]).unwrap_err();
    assert!(longer.contains("not encapsulated"), "{longer}");
    let private = decode("1.2.840.113619.5.2", &pixels).unwrap_err();
    assert!(private.contains("no decoder"), "{private}");
    let cut = decode("1.2.840.10008.1.2.1", &pixels[..6]).unwrap_err();
    assert!(cut.contains("need 8 bytes"), "{cut}");
}

proptest! {
    #[test]
    fn arbitrary_streams_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        beginning in 0..5_usize,
    ) {
        let beginnings = [jpeg(0xC3, 12, 2, 4), jpeg(0xC0, 8, 2, 4), jpeg(0xF7, 12, 2, 4), vec![], vec![0xFF, 0xD8]];
        let mut stream = beginnings[beginning].clone();
        stream.extend(&bytes);
        let form = Form::of(&header(2, 4)).unwrap();
        for syntax in ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90"] {
            let _ = codec::decode(&stream, syntax, &form);
        }
    }

    #[test]
    fn hu_of_whole_numbers_equal_those_of_floating_point(
        pixels in prop::collection::vec(any::<u8>(), 8),
        slope in -50_i32..50,
        intercept in -30_000_i32..30_000,
        stored in 1_u16..=16,
        signed in 0_u16..2,
    ) {
        prop_assume!(slope != 0);
        let mut object = rescaled(&slope.to_string(), &intercept.to_string());
        for (element, value) in [(0x0101, stored), (0x0102, stored - 1), (0x0103, signed)] {
            set(&mut object, element, value);
        }
        let slice = slice(&object, &pixels);
        for (index, hu) in hu(&slice).into_iter().enumerate() {
            let expected = f64::from(slice.stored(index)) * slice.slope + slice.intercept;
            prop_assert_eq!(hu, expected.clamp(-32_767.0, 32_767.0) as i16);
        }
    }
}
