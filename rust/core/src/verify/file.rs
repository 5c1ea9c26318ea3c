//! One released file by itself: hidden places, profile, legality, UIDs.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::Work;
use super::finding::Finding;
use crate::gather::decode::{self, StoredSlice};
use crate::gather::read::{self, Dataset, Extent, PixelData};
use crate::header;
use crate::release::IMPLEMENTATION_CLASS_UID;

/// What the other checks need to know of a file; small, so that a patient's files fit in memory.
#[derive(Debug, Clone)]
pub(super) struct FileSeen {
    /// Path below OUTPUT with `/`.
    pub(super) path: String,
    pub(super) sop_instance_uid: String,
    pub(super) series_uid: String,
    /// What all files of a patient, a study or a series share: level, tag, value.
    pub(super) shared: Vec<(Level, Tag, String)>,
    pub(super) matrix: (usize, usize),
    pub(super) position_mm: Option<[f64; 3]>,
    pub(super) orientation: Option<[f64; 6]>,
    pub(super) pixel_spacing_mm: Option<[f64; 2]>,
    /// (0028,0301) is NO.
    pub(super) claims_no_text: bool,
    /// (0028,0302) is NO.
    pub(super) claims_no_face: bool,
}

/// Among which files a value is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The files of a `New_ID`.
    Patient,
    /// The files of a study.
    Study,
    /// The files of a series.
    Series,
}

/// Values that must not differ among the files of a level (PS3.3 sections C.7.1.1, C.7.2.1, C.7.3.1, C.7.4.1).
const SHARED: [(Level, Tag); 17] = [
    (Level::Patient, tags::PATIENT_NAME),
    (Level::Patient, tags::PATIENT_ID),
    (Level::Patient, tags::PATIENT_SEX),
    (Level::Patient, tags::ACCESSION_NUMBER),
    (Level::Patient, tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED),
    (Level::Patient, tags::DEIDENTIFICATION_METHOD),
    (Level::Study, tags::STUDY_DATE),
    (Level::Study, tags::STUDY_TIME),
    (Level::Study, tags::STUDY_ID),
    (Level::Study, tags::STUDY_DESCRIPTION),
    (Level::Series, tags::STUDY_INSTANCE_UID),
    (Level::Series, tags::FRAME_OF_REFERENCE_UID),
    (Level::Series, tags::SERIES_DATE),
    (Level::Series, tags::SERIES_NUMBER),
    (Level::Series, tags::SERIES_DESCRIPTION),
    (Level::Series, tags::MODALITY),
    (Level::Series, tags::BODY_PART_EXAMINED),
];

/// File meta that our writer writes (PS3.10 table 7.1-1).
const FILE_META: [Tag; 7] = [
    Tag(0x0002, 0x0000),
    Tag(0x0002, 0x0001),
    Tag(0x0002, 0x0002),
    Tag(0x0002, 0x0003),
    Tag(0x0002, 0x0010),
    Tag(0x0002, 0x0012),
    Tag(0x0002, 0x0013),
];

/// Reads one file and checks all that needs no other.
pub(super) fn check(work: &Work<'_>, path: &str) -> (Option<FileSeen>, Vec<Finding>) {
    let bytes = match std::fs::read(work.output.join(path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("cannot be read: {}", error.kind());
            return (None, vec![Finding::new(path, "unreadable", message)]);
        }
    };
    let dataset = match read::read(&bytes, Extent::Whole) {
        Ok(dataset) => dataset,
        Err(error) => return (None, vec![Finding::new(path, "unreadable", error.to_string())]),
    };
    let mut findings = hidden_places(path, &bytes, &dataset);
    findings.extend(file_meta(path, &dataset));
    findings.extend(
        header::audit(&dataset.object, work.settings, None)
            .into_iter()
            .map(|found| Finding::new(path, found.check.code(), found.check.to_string()).at(found.tag_path)),
    );
    match decode::decode(&dataset, &bytes) {
        Err(failure) => findings.push(Finding::new(path, "pixels", failure.message)),
        Ok(stored) => findings.extend(hidden_in_pixels(path, &dataset, &stored)),
    }
    (Some(seen(path, &dataset.object)), findings)
}

fn hidden_places(path: &str, bytes: &[u8], dataset: &Dataset) -> Vec<Finding> {
    let mut findings = Vec::new();
    if bytes.get(..128).is_none_or(|preamble| preamble.iter().any(|byte| *byte != 0)) {
        findings.push(Finding::new(path, "preamble", "the preamble is not zero"));
    }
    if dataset.trailing_bytes > 0 {
        let message = format!("{} bytes behind the data set", dataset.trailing_bytes);
        findings.push(Finding::new(path, "trailing-bytes", message));
    }
    findings.extend(dataset.remarks.iter().map(|remark| Finding::new(path, "encoding", *remark)));
    findings
}

/// File meta information is our own and agrees with the data set.
fn file_meta(path: &str, dataset: &Dataset) -> Vec<Finding> {
    let found = |tag: Tag, message: &str| Finding::new(path, "file-meta", message).at(tag);
    let mut findings: Vec<Finding> = dataset
        .meta
        .iter()
        .map(|element| element.header().tag)
        .filter(|tag| !FILE_META.contains(tag))
        .map(|tag| found(tag, "file meta that no release has"))
        .collect();
    for (meta, expected, message) in [
        (Tag(0x0002, 0x0002), text(&dataset.object, tags::SOP_CLASS_UID), "is not the data set's SOP Class"),
        (
            Tag(0x0002, 0x0003),
            text(&dataset.object, tags::SOP_INSTANCE_UID),
            "is not the data set's SOP Instance UID",
        ),
        (
            Tag(0x0002, 0x0012),
            IMPLEMENTATION_CLASS_UID.to_owned(),
            "names another writer; expected this product",
        ),
    ] {
        if text(&dataset.meta, meta) != expected {
            findings.push(found(meta, message));
        }
    }
    if !text(&dataset.meta, Tag(0x0002, 0x0013)).starts_with("HEADCTDEID_") {
        findings.push(found(Tag(0x0002, 0x0013), "names another writer; expected this product"));
    }
    findings
}

/// Bits above Bits Stored and bytes behind the last pixel, where overlays and text can hide.
fn hidden_in_pixels(path: &str, dataset: &Dataset, stored: &StoredSlice) -> Vec<Finding> {
    let mut findings = Vec::new();
    let found = |message: &str| Finding::new(path, "hidden-bits", message).at(tags::PIXEL_DATA);
    let PixelData::Native { range, .. } = &dataset.pixels else { return findings };
    let width = usize::from(stored.bits_allocated / 8);
    let pixels = stored.rows * stored.columns;
    let expected = pixels * width;
    if range.len() != expected + expected % 2 {
        findings.push(found("more bytes than the matrix has pixels"));
    }
    if stored.bits_allocated > stored.bits_stored {
        let hidden = (0..pixels).any(|index| {
            let value = stored.stored(index).to_le_bytes();
            stored.bytes.get(index * width..(index + 1) * width) != value.get(..width)
        });
        if hidden {
            findings.push(found("bits above Bits Stored are set"));
        }
    }
    findings
}

fn seen(path: &str, object: &InMemDicomObject) -> FileSeen {
    let is_no = |tag| text(object, tag) == "NO";
    let count = |tag| {
        object.get(tag).and_then(|element| element.to_int::<u32>().ok()).map_or(0, |number| number as usize)
    };
    FileSeen {
        path: path.to_owned(),
        sop_instance_uid: text(object, tags::SOP_INSTANCE_UID),
        series_uid: text(object, tags::SERIES_INSTANCE_UID),
        shared: SHARED.iter().map(|(level, tag)| (*level, *tag, text(object, *tag))).collect(),
        matrix: (count(tags::ROWS), count(tags::COLUMNS)),
        position_mm: numbers(object, tags::IMAGE_POSITION_PATIENT),
        orientation: numbers(object, tags::IMAGE_ORIENTATION_PATIENT),
        pixel_spacing_mm: numbers(object, tags::PIXEL_SPACING),
        claims_no_text: is_no(tags::BURNED_IN_ANNOTATION),
        claims_no_face: is_no(tags::RECOGNIZABLE_VISUAL_FEATURES),
    }
}

/// The text of an attribute without padding; empty when it is absent.
pub(super) fn text(object: &InMemDicomObject, tag: Tag) -> String {
    let text = object.get(tag).and_then(|element| element.to_str().ok()).unwrap_or_default();
    text.trim_matches([' ', '\0']).to_owned()
}

/// The numbers of an attribute that has so many; `None` when they are not there.
fn numbers<const COUNT: usize>(object: &InMemDicomObject, tag: Tag) -> Option<[f64; COUNT]> {
    object.get(tag)?.to_multi_float64().ok()?.try_into().ok()
}

impl FileSeen {
    /// The value that files of a level share.
    pub(super) fn shared_value(&self, tag: Tag) -> &str {
        self.shared.iter().find(|(_, other, _)| *other == tag).map_or("", |(_, _, value)| value.as_str())
    }
}
