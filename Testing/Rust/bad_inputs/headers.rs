//! Headers that lie about their pixels, or say nothing.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use headct_deid_core::Exclusion;

use crate::case::Expect::{Failed, LeftOut, NotReleased, Released};
use crate::case::{check, slice};
use crate::slice::EDGE;

const PIXELS: usize = EDGE * EDGE;

#[test]
fn what_headers_say_of_pixels_is_checked() {
    let number = |name: &str, expect, tag, value| slice(name, expect, move |slice| slice.number(tag, value));
    let form = |name: &str, expect, allocated, bits, signed, intercept| {
        slice(name, expect, move |slice| slice.stored(allocated, bits, signed, intercept))
    };
    let text = |name: &str, expect, tag, vr, value: &'static str| {
        slice(name, expect, move |slice| slice.text(tag, vr, value))
    };
    let without = |name: &str, expect, tag| slice(name, expect, move |slice| slice.without(tag));
    let geometry = || LeftOut(Exclusion::NoGeometry);
    let cases = vec![
        number("Rows 0", geometry(), tags::ROWS, 0),
        number("Rows 65,535", Failed("decode: "), tags::ROWS, 65_535),
        number("Columns 0", geometry(), tags::COLUMNS, 0),
        number("Columns 16,384", Failed("decode: "), tags::COLUMNS, 16_384),
        number("one row too many", Failed("decode: "), tags::ROWS, EDGE as u16 + 1),
        slice("65,535 x 65,535 pixels", Failed("decode: "), |slice| {
            slice.number(tags::ROWS, 65_535);
            slice.number(tags::COLUMNS, 65_535);
        }),
        number("one row less than stored", Released, tags::ROWS, EDGE as u16 - 1),
        without("no Rows", geometry(), tags::ROWS),
        without("no Bits Allocated", Failed("decode: "), tags::BITS_ALLOCATED),
        number("Bits Allocated 0", Failed("decode: "), tags::BITS_ALLOCATED, 0),
        number("Bits Allocated 1", Failed("decode: "), tags::BITS_ALLOCATED, 1),
        number("Bits Allocated 12", Failed("decode: "), tags::BITS_ALLOCATED, 12),
        number("Bits Allocated 64", Failed("decode: "), tags::BITS_ALLOCATED, 64),
        number("Bits Allocated 65,535", Failed("decode: "), tags::BITS_ALLOCATED, 65_535),
        number("Bits Stored 0", Failed("decode: "), tags::BITS_STORED, 0),
        number("Bits Stored 17", Failed("decode: "), tags::BITS_STORED, 17),
        number("High Bit 40", Failed("decode: "), tags::HIGH_BIT, 40),
        number("High Bit below Bits Stored", Failed("decode: "), tags::HIGH_BIT, 3),
        number("Pixel Representation 7", Failed("decode: "), tags::PIXEL_REPRESENTATION, 7),
        form("8 bits, unsigned", Released, 8, 8, false, -100),
        form("8 bits, signed", Released, 8, 8, true, 0),
        form("12 bits, signed", Released, 16, 12, true, 0),
        form("16 bits, unsigned", Released, 16, 16, false, -1024),
        form("16 bits, signed", Released, 16, 16, true, 0),
        form("32 bits, signed", Released, 32, 32, true, 0),
        form("32 bits, 20 stored, unsigned", Released, 32, 20, false, -1024),
        form("32 bits, unsigned", Failed("decode: "), 32, 32, false, -1024),
        text("MONOCHROME1", Released, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1"),
        text("RGB", LeftOut(Exclusion::NotMonochrome), tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"),
        text(
            "PALETTE COLOR",
            LeftOut(Exclusion::NotMonochrome),
            tags::PHOTOMETRIC_INTERPRETATION,
            VR::CS,
            "PALETTE COLOR",
        ),
        without(
            "no Photometric Interpretation",
            LeftOut(Exclusion::NotMonochrome),
            tags::PHOTOMETRIC_INTERPRETATION,
        ),
        number("three samples a pixel", LeftOut(Exclusion::NotMonochrome), tags::SAMPLES_PER_PIXEL, 3),
        text("two frames", LeftOut(Exclusion::MultiFrame), tags::NUMBER_OF_FRAMES, VR::IS, "2"),
        text("one frame", Released, tags::NUMBER_OF_FRAMES, VR::IS, "1"),
        text("minus one frames", LeftOut(Exclusion::MultiFrame), tags::NUMBER_OF_FRAMES, VR::IS, "-1"),
        text("frames that are no number", NotReleased, tags::NUMBER_OF_FRAMES, VR::IS, "many"),
        text(
            "Enhanced CT",
            LeftOut(Exclusion::MultiFrame),
            tags::SOP_CLASS_UID,
            VR::UI,
            uids::ENHANCED_CT_IMAGE_STORAGE,
        ),
        text(
            "Secondary Capture",
            LeftOut(Exclusion::NotCtImage),
            tags::SOP_CLASS_UID,
            VR::UI,
            uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
        ),
        without("no rescale", Released, tags::RESCALE_SLOPE),
        slice("neither slope nor intercept", Released, |slice| {
            slice.stored(16, 16, true, 0);
            slice.without(tags::RESCALE_SLOPE);
            slice.without(tags::RESCALE_INTERCEPT);
        }),
        text("slope 0", Failed("Rescale Slope is 0"), tags::RESCALE_SLOPE, VR::DS, "0"),
        text("slope NaN", Failed("not a finite number"), tags::RESCALE_SLOPE, VR::DS, "NaN"),
        text("slope infinite", Failed("not a finite number"), tags::RESCALE_SLOPE, VR::DS, "1e999"),
        text("slope no number", Failed("not a finite number"), tags::RESCALE_SLOPE, VR::DS, "one"),
        text("slope of 18 characters", Released, tags::RESCALE_SLOPE, VR::DS, "1.0000000000000000"),
        text(
            "orientation of 20 characters",
            Released,
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            "1.000000000000000000\\0\\0\\0\\0.9999999999999999999\\0",
        ),
        text("slope 1e300", Released, tags::RESCALE_SLOPE, VR::DS, "1e300"),
        text("slope -1", Released, tags::RESCALE_SLOPE, VR::DS, "-1"),
        text("intercept NaN", Failed("not a finite number"), tags::RESCALE_INTERCEPT, VR::DS, "NaN"),
        text("intercept -1e300", Released, tags::RESCALE_INTERCEPT, VR::DS, "-1e300"),
        without("no Pixel Data", Failed("no Pixel Data"), tags::PIXEL_DATA),
        slice("Float Pixel Data", Failed("floating point"), |slice| {
            slice.without(tags::PIXEL_DATA);
            let floats = vec![0.5_f32; PIXELS];
            slice.object.put(DataElement::new(
                tags::FLOAT_PIXEL_DATA,
                VR::OF,
                PrimitiveValue::F32(floats.into()),
            ));
        }),
        slice("a modality lookup table", Failed("lookup table"), |slice| {
            slice.without(tags::RESCALE_SLOPE);
            slice.without(tags::RESCALE_INTERCEPT);
            let item = InMemDicomObject::from_element_iter([DataElement::new(
                tags::MODALITY_LUT_TYPE,
                VR::LO,
                "HU",
            )]);
            let table = DataSetSequence::new(vec![item], Length::UNDEFINED);
            slice.object.put(DataElement::new(tags::MODALITY_LUT_SEQUENCE, VR::SQ, table));
        }),
        without("no position", geometry(), tags::IMAGE_POSITION_PATIENT),
        without("no orientation", geometry(), tags::IMAGE_ORIENTATION_PATIENT),
        without("no Pixel Spacing", geometry(), tags::PIXEL_SPACING),
        text("position NaN", geometry(), tags::IMAGE_POSITION_PATIENT, VR::DS, "NaN\\0\\0"),
        text("position of two numbers", geometry(), tags::IMAGE_POSITION_PATIENT, VR::DS, "1\\2"),
        text("position 1e300", geometry(), tags::IMAGE_POSITION_PATIENT, VR::DS, "0\\0\\1e300"),
        text("orientation of zeros", geometry(), tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "0\\0\\0\\0\\0\\0"),
        text(
            "orientation with one axis twice",
            geometry(),
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            "1\\0\\0\\1\\0\\0",
        ),
        text(
            "sagittal",
            LeftOut(Exclusion::NotAxial),
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            "0\\1\\0\\0\\0\\-1",
        ),
        text("spacing 0", geometry(), tags::PIXEL_SPACING, VR::DS, "0\\0"),
        text("spacing negative", geometry(), tags::PIXEL_SPACING, VR::DS, "-1\\1"),
        text("spacing 1e-9", geometry(), tags::PIXEL_SPACING, VR::DS, "1e-9\\1e-9"),
        text("spacing 1e9", geometry(), tags::PIXEL_SPACING, VR::DS, "1e9\\1e9"),
        text("spacing 0.001", Released, tags::PIXEL_SPACING, VR::DS, "0.001\\0.001"),
        text("spacing 100", Released, tags::PIXEL_SPACING, VR::DS, "100\\100"),
        without("no SOP Instance UID", Failed("UID"), tags::SOP_INSTANCE_UID),
        without("no Series Instance UID", Failed("UID"), tags::SERIES_INSTANCE_UID),
        without("no Study Instance UID", Failed("UID"), tags::STUDY_INSTANCE_UID),
        without("no Modality", LeftOut(Exclusion::NotCt), tags::MODALITY),
        without("no Image Type", LeftOut(Exclusion::NotOriginal), tags::IMAGE_TYPE),
        text(
            "another patient's file",
            LeftOut(Exclusion::AnotherPatient),
            tags::PATIENT_ID,
            VR::LO,
            "SOMEBODY-ELSE",
        ),
        text(
            "a name written into Rows' neighbor",
            Released,
            tags::SMALLEST_IMAGE_PIXEL_VALUE,
            VR::LO,
            "Quillfeather",
        ),
    ];
    check("headers", &cases);
}
