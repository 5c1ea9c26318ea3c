//! The one place of this crate that puts a file on disk.

use std::io;
use std::path::Path;

use dicom_dictionary_std::uids;
use dicom_object::InMemDicomObject;
use dicom_object::meta::FileMetaTableBuilder;

/// Writes a generated file, with the folders above it.
#[expect(clippy::disallowed_methods, reason = "generated data only: nothing here was ever a patient")]
pub(crate) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// Writes a generated data set as a DICOM file.
pub(crate) fn put_dicom(path: &Path, object: InMemDicomObject, implicit: bool) -> io::Result<()> {
    let syntax = if implicit { uids::IMPLICIT_VR_LITTLE_ENDIAN } else { uids::EXPLICIT_VR_LITTLE_ENDIAN };
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(syntax)
        .implementation_class_uid("2.999.1.1")
        .implementation_version_name("GENERATED_1")
        .source_application_entity_title("PHANTOM_CT");
    let file = object.with_meta(meta).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(1 << 18);
    file.write_all(&mut bytes).map_err(io::Error::other)?;
    put(path, &bytes)
}
