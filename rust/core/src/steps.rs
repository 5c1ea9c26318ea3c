//! Single steps for those who need less than a run: one series for a preview, one instance's header.

use std::path::Path;

use crate::error::{Failure, Refusal, Stage};
use crate::gather::decode::{self, StoredSlice};
use crate::gather::plan;
use crate::gather::read::{self, Extent, ReadError};
use crate::header::{self, Identifiers, OriginalIdentity, Person};
use crate::identifying::Identifying;
use crate::image::{FillValue, HuVolume, Mask, Removal};
use crate::key::Key;
use crate::pipeline::RunError;
use crate::progress::Progress;
use crate::release::{Deidentified, SliceChange, clear, read_series, to_bytes};
use crate::settings::{Compress, Settings};

/// Reads one series that a run would keep, as it is in the input. Series count from 1 in the plan's order.
///
/// Slices that cannot be read are left out.
pub fn load_series(
    input: &Path,
    list: &Path,
    new_id: &str,
    series: usize,
    settings: &Settings,
    progress: &Progress,
) -> Result<HuVolume, RunError> {
    let tasks = plan::tasks(input, list, progress.stop())?;
    let task = tasks.tasks.iter().find(|task| task.row.new_id == new_id).ok_or_else(|| {
        Refusal::one("linkage table", format!("no row with the New_ID `{new_id}` and a folder"))
    })?;
    let plan = plan::plan_patient(&task.row, task.folder.reveal(), settings, progress, &mut |_| {})?;
    let found = series.checked_sub(1).and_then(|index| plan.series.get(index)).ok_or_else(|| {
        Refusal::one(
            format!("patient {new_id}"),
            format!("found {} series to keep, expected one with number {series}", plan.series.len()),
        )
    })?;
    read_series(found, progress)?.ok_or_else(|| {
        Refusal::one(format!("patient {new_id}"), format!("no slice of series {series} can be read")).into()
    })
}

/// De-identifies the header of one instance and leaves its pixels as they were; the result is a DICOM file in
/// Explicit VR Little Endian that declares nothing about its pixels.
pub fn scrub_header(bytes: &[u8], new_id: &str, key: &Key, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let dataset = read::read(bytes, Extent::Whole).map_err(|error| match error {
        ReadError::NotDicom => Failure::new(Stage::Parse, "not a DICOM file"),
        ReadError::Failed(failure) => failure,
    })?;
    let stored = decode::decode(&dataset, bytes)?;
    let mut identifiers = Identifiers::default();
    identifiers.add_header(&dataset.object);
    let person = Person::new(key, new_id, None, &original_identity(&dataset.object), identifiers);
    let mut header = header::scrub(&dataset.object, &person, settings)?;
    header.declare(&header::DeclaredOptions { face_removed: false, text_checked: false });
    let untouched = unchanged(&stored);
    let change = SliceChange { removal: &untouched, slice: 0, text: &[], exact_fill: false };
    to_bytes(&Deidentified::join(header, clear(&stored, change)?, Compress::None)?)
}

fn original_identity(object: &dicom_object::InMemDicomObject) -> OriginalIdentity {
    use dicom_dictionary_std::tags;
    let text = |tag| {
        let text = object.element(tag).ok().and_then(|element| element.to_str().ok()).unwrap_or_default();
        Identifying::new(text.trim().to_owned())
    };
    OriginalIdentity { patient_id: text(tags::PATIENT_ID), accession: text(tags::ACCESSION_NUMBER) }
}

fn unchanged(stored: &StoredSlice) -> Removal {
    Removal {
        mask: Mask::from_elem((1, stored.rows, stored.columns), false),
        fill: FillValue::Constant(-1000),
    }
}
