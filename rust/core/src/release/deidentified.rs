//! An instance whose header was scrubbed and whose pixels were cleared, and its bytes.

use dicom_core::dictionary::DataDictionary;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags, uids};
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::encode::{self, EncodedPixels};
use super::pixels::ClearedPixels;
use crate::error::{Failure, Stage};
use crate::header::ScrubbedHeader;
use crate::settings::Compress;

/// A header that was scrubbed, joined with its pixels that were cleared.
///
/// Only this can be written. A data set that skipped a step is not one:
///
/// ```compile_fail
/// let raw = dicom_object::InMemDicomObject::new_empty();
/// headct_deid_core::release::to_bytes(&raw);
/// ```
///
/// ```no_run
/// # fn twin(done: &headct_deid_core::release::Deidentified) -> Option<Vec<u8>> {
/// headct_deid_core::release::to_bytes(done).ok()
/// # }
/// ```
#[derive(Debug)]
pub struct Deidentified {
    header: InMemDicomObject,
    pixels: EncodedPixels,
    sop_instance_uid: String,
    sop_class_uid: String,
}

impl Deidentified {
    /// Joins the two halves: the pixel attributes of the header become those of the pixels.
    pub fn join(header: ScrubbedHeader, pixels: ClearedPixels, compress: Compress) -> Result<Self, Failure> {
        let mut header = header.into_object();
        for (tag, value) in [
            (tags::ROWS, pixels.rows as u16),
            (tags::COLUMNS, pixels.columns as u16),
            (tags::SAMPLES_PER_PIXEL, 1),
            (tags::BITS_ALLOCATED, pixels.bits_allocated),
            (tags::BITS_STORED, pixels.bits_stored),
            (tags::HIGH_BIT, pixels.bits_stored - 1),
            (tags::PIXEL_REPRESENTATION, u16::from(pixels.signed)),
        ] {
            header.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
        }
        // Their VR depends on Pixel Representation and their values on the pixels: filling changed both ends.
        for tag in [tags::SMALLEST_IMAGE_PIXEL_VALUE, tags::LARGEST_IMAGE_PIXEL_VALUE] {
            header.remove_element(tag);
        }
        let uid = |tag| {
            header.element(tag).ok().and_then(|element| element.to_str().ok()).map_or_else(
                || {
                    let name = StandardDataDictionary.by_tag(tag).map_or("a UID", |entry| entry.alias);
                    Err(Failure::new(Stage::Header, format!("{name} is missing")))
                },
                |text| Ok(text.trim_end_matches(['\0', ' ']).to_owned()),
            )
        };
        let sop_instance_uid = uid(tags::SOP_INSTANCE_UID)?;
        let sop_class_uid = uid(tags::SOP_CLASS_UID)?;
        let pixels = encode::encode(pixels, compress)?;
        Ok(Self { header, pixels, sop_instance_uid, sop_class_uid })
    }
}

/// The instance as a DICOM file: zero preamble, file meta of our own, data set, Pixel Data last.
pub fn to_bytes(instance: &Deidentified) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Stage::Write, error.to_string());
    let syntax = instance.pixels.transfer_syntax();
    let mut bytes = vec![0; 128];
    bytes.reserve(instance.pixels.len() + 64 * 1024);
    let meta = dicom_object::FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(&instance.sop_class_uid)
        .media_storage_sop_instance_uid(&instance.sop_instance_uid)
        .transfer_syntax(syntax)
        .implementation_class_uid(IMPLEMENTATION_CLASS_UID)
        .implementation_version_name(concat!("HEADCTDEID_", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| failed(&error))?;
    bytes.extend_from_slice(b"DICM");
    meta.write(&mut bytes).map_err(|error| failed(&error))?;
    let explicit = TransferSyntaxRegistry
        .get(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .ok_or_else(|| failed(&"no writer for Explicit VR Little Endian"))?;
    instance.header.write_dataset_with_ts(&mut bytes, explicit).map_err(|error| failed(&error))?;
    instance.pixels.append_to(&mut bytes);
    Ok(bytes)
}

/// Names this writer in file meta: a `2.25` UID made once.
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.164923411894712367498125036745120983411";
