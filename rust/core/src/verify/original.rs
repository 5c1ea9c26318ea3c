//! The released files against the input: identifiers, UIDs and headers, geometry, voxels.

use std::collections::BTreeMap;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use rayon::prelude::*;

use super::file::text;
use super::finding::{Finding, Verification};
use super::request::Original;
use super::{NoAnswer, Work};
use crate::gather::decode::{self, StoredSlice};
use crate::gather::plan::{self, Task};
use crate::gather::read::{self, Extent};
use crate::header::{self, Identifiers, Person};
use crate::key::Key;
use crate::progress::Cancelled;
use crate::release::acquisition::SharedMasks;
use crate::release::evidence::{self, ImageDecision};
use crate::release::patient::{self, Prepared};
use crate::release::record::PatientRecord;
use crate::release::series::{self, ReadSlice};
use crate::release::{SliceChange, around_pixels, clear};
use crate::settings::Fill;

/// What the comparison of one patient found.
#[derive(Default)]
struct Compared {
    identifiers: Vec<Finding>,
    headers: Vec<Finding>,
    geometry: Vec<Finding>,
    voxels: Vec<Finding>,
}

/// Compares every patient of the report that the list names.
pub(super) fn check(
    work: &Work<'_>,
    original: &Original,
    patients: &[PatientRecord],
    answer: &mut Verification,
) -> Result<(), NoAnswer> {
    let tasks: BTreeMap<String, Task> = plan::tasks(&original.input, &original.list, work.progress.stop())?
        .tasks
        .into_iter()
        .map(|task| (task.row.new_id.clone(), task))
        .collect();
    let mut all = Compared::default();
    for patient in patients.iter().filter(|patient| patient.released() > 0) {
        let Some(task) = tasks.get(&patient.new_id) else {
            all.identifiers.push(Finding::new(
                &patient.new_id,
                "original",
                "has no row with a folder in the list",
            ));
            continue;
        };
        let found = compare(work, task)?;
        all.identifiers.extend(found.identifiers);
        all.headers.extend(found.headers);
        all.geometry.extend(found.geometry);
        all.voxels.extend(found.voxels);
    }
    answer.add("identifiers of each patient in all bytes but the pixels, and in names", all.identifiers);
    if work.key.is_some() {
        answer.add("headers: what the key makes of the original's, UIDs and dates included", all.headers);
    } else {
        answer.add("UIDs: one new one for each of the original", all.headers);
    }
    answer.add("geometry of the original", all.geometry);
    answer.add("voxels: untouched outside the masks, unchanged inside the skull", all.voxels);
    Ok(())
}

fn compare(work: &Work<'_>, task: &Task) -> Result<Compared, Cancelled> {
    // Names and identifiers do not depend on the key; without it no UID and no random fill is compared.
    let stand_in = Key::from_bytes(&[0; 32]);
    let Some(key) = work.key.or(stand_in.as_ref()) else { return Ok(Compared::default()) };
    let Prepared { plan, person, names } =
        patient::prepare(work.settings, key, work.progress, &task.row, task.folder.reveal())?;
    let mut found = Compared::default();
    let mut uids: BTreeMap<String, String> = BTreeMap::new();
    let mut masks = SharedMasks::of_series(&plan.series);
    for (index, (series, names)) in plan.series.iter().zip(&names).enumerate() {
        let paths: Vec<String> = names.iter().map(|name| format!("{}/{name}", task.row.new_id)).collect();
        let (volume, results) = series::read_volume(series, work.progress.stop(), |slice: ReadSlice| slice)?;
        let usable: Vec<usize> =
            results.iter().enumerate().filter(|(_, slice)| slice.is_ok()).map(|(index, _)| index).collect();
        let Some(volume) = volume else { continue };
        let mask = masks.of(work.settings, key, work.progress, &plan.series, index)?;
        let (decision, _) = evidence::decide(work.settings, key, work.progress, series, volume, mask)?;
        let compared: Vec<(Compared, Vec<(String, String)>)> = usable
            .par_iter()
            .enumerate()
            .map(|(place, index)| {
                work.progress.check()?;
                let Ok(slice) = &results[*index] else { return Ok(Default::default()) };
                Ok(one_file(work, &person, &decision, slice, place, &paths[*index]))
            })
            .collect::<Result<_, Cancelled>>()?;
        for (one, pairs) in compared {
            found.identifiers.extend(one.identifiers);
            found.headers.extend(one.headers);
            found.geometry.extend(one.geometry);
            found.voxels.extend(one.voxels);
            for (path, (old, new)) in pairs.into_iter().map(|pair| (&task.row.new_id, pair)) {
                if uids.entry(old).or_insert_with(|| new.clone()) != &new {
                    found.headers.push(Finding::new(path, "uid", "one UID of the original became two"));
                }
            }
        }
    }
    Ok(found)
}

/// One released file and its original; a file that is not there is the business of completeness.
fn one_file(
    work: &Work<'_>,
    person: &Person,
    decision: &ImageDecision,
    original: &ReadSlice,
    place: usize,
    path: &str,
) -> (Compared, Vec<(String, String)>) {
    let mut found = Compared::default();
    let Ok(bytes) = std::fs::read(work.output.join(path)) else { return (found, Vec::new()) };
    let Ok(dataset) = read::read(&bytes, Extent::Whole) else { return (found, Vec::new()) };
    found.identifiers = identifiers(work, person.identifiers(), path, &bytes, &dataset);
    found.geometry = geometry(path, &original.object, &dataset.object);
    found.headers = match work.key {
        Some(_) => headers(work, person, path, &original.object, &dataset.object),
        None => Vec::new(),
    };
    let pairs = [
        tags::SOP_INSTANCE_UID,
        tags::SERIES_INSTANCE_UID,
        tags::STUDY_INSTANCE_UID,
        tags::FRAME_OF_REFERENCE_UID,
    ]
    .map(|tag| (text(&original.object, tag), text(&dataset.object, tag)));
    match decode::decode(&dataset, &bytes) {
        Ok(released) => {
            found.voxels = voxels(work, decision, &original.stored, &released, place, path);
        }
        Err(failure) => found.voxels.push(Finding::new(path, "voxels", failure.message)),
    }
    (found, pairs.into_iter().filter(|(old, _)| !old.is_empty()).collect())
}

/// Bytes, header and path hold no identifier of the patient.
fn identifiers(
    work: &Work<'_>,
    identifiers: &Identifiers,
    path: &str,
    bytes: &[u8],
    dataset: &read::Dataset,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = header::audit(&dataset.object, work.settings, Some(identifiers))
        .into_iter()
        .map(|found| Finding::new(path, found.check.code(), found.check.to_string()).at(found.tag_path))
        .collect();
    let around = around_pixels(bytes, &dataset.pixels).unwrap_or([bytes, &[]]);
    let hits: usize = around.iter().map(|part| identifiers.scan_bytes(part).len()).sum();
    if hits > 0 {
        let message = format!("{hits} identifiers of the patient in the file's bytes");
        findings.push(Finding::new(path, "identifier", message));
    }
    let below = path.split_once('/').map_or("", |(_, below)| below);
    let folders = below.rsplit_once('/').map_or("", |(folders, _)| folders);
    if !identifiers.scan_bytes(folders.as_bytes()).is_empty() {
        findings.push(Finding::new(path, "identifier", "an identifier of the patient in a folder's name"));
    }
    findings
}

/// What the scrub makes of the original's header, attribute by attribute.
fn headers(
    work: &Work<'_>,
    person: &Person,
    path: &str,
    original: &InMemDicomObject,
    released: &InMemDicomObject,
) -> Vec<Finding> {
    let expected = match header::scrub(original, person, work.settings) {
        Ok(scrubbed) => scrubbed.into_object(),
        Err(failure) => return vec![Finding::new(path, "header", failure.message)],
    };
    let all: std::collections::BTreeSet<Tag> =
        expected.iter().chain(released.iter()).map(|element| element.header().tag).collect();
    all.into_iter()
        .filter(|tag| !DECIDED_BY_PIXELS.contains(tag))
        .filter(|tag| !same(&expected, released, *tag))
        .map(|tag| Finding::new(path, "header", "is not what the original's becomes").at(tag))
        .collect()
}

/// Attributes that the pixels decide; the other checks look at them.
const DECIDED_BY_PIXELS: [Tag; 13] = [
    tags::DEIDENTIFICATION_METHOD,
    tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    tags::BURNED_IN_ANNOTATION,
    tags::RECOGNIZABLE_VISUAL_FEATURES,
    tags::ROWS,
    tags::COLUMNS,
    tags::SAMPLES_PER_PIXEL,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::HIGH_BIT,
    tags::PIXEL_REPRESENTATION,
    tags::SMALLEST_IMAGE_PIXEL_VALUE,
    tags::LARGEST_IMAGE_PIXEL_VALUE,
];

/// Whether both hold the same value, padding aside, at any depth.
fn same(expected: &InMemDicomObject, released: &InMemDicomObject, tag: Tag) -> bool {
    let (Some(expected), Some(released)) = (expected.get(tag), released.get(tag)) else { return false };
    match (expected.items(), released.items()) {
        (Some(a), Some(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| a.iter().chain(b.iter()).all(|element| same(a, b, element.header().tag)))
        }
        (None, None) => {
            let text = |element: &dicom_object::mem::InMemElement| {
                element.to_multi_str().map(|texts| {
                    texts
                        .iter()
                        .map(|text| text.trim_matches([' ', '\0']).to_owned())
                        .collect::<Vec<_>>()
                        .join("\\")
                })
            };
            match (text(expected), text(released)) {
                (Ok(a), Ok(b)) => a == b,
                _ => expected.to_bytes().ok() == released.to_bytes().ok(),
            }
        }
        // An empty sequence is read as an empty value.
        (Some(items), None) | (None, Some(items)) => items.is_empty(),
    }
}

/// Position, orientation, spacing and rescale as the original has them.
fn geometry(path: &str, original: &InMemDicomObject, released: &InMemDicomObject) -> Vec<Finding> {
    [
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::PIXEL_SPACING,
        tags::SLICE_THICKNESS,
        tags::GANTRY_DETECTOR_TILT,
        tags::RESCALE_SLOPE,
        tags::RESCALE_INTERCEPT,
    ]
    .into_iter()
    .filter(|tag| {
        let numbers = |object: &InMemDicomObject| {
            object.get(*tag).and_then(|element| element.to_multi_float64().ok()).unwrap_or_default()
        };
        let (wanted, found) = (numbers(original), numbers(released));
        wanted.len() != found.len() || wanted.iter().zip(&found).any(|(a, b)| (a - b).abs() > 1e-6)
    })
    .map(|tag| Finding::new(path, "geometry", "is not the original's").at(tag))
    .collect()
}

/// Every voxel is the original's, or lies in a mask and holds the fill.
///
/// Without the key the exact edge of the face mask is unknown: then a changed voxel must hold the fill value
/// and lie outside the skull or in a text mask.
fn voxels(
    work: &Work<'_>,
    decision: &ImageDecision,
    original: &StoredSlice,
    released: &StoredSlice,
    slice: usize,
    path: &str,
) -> Vec<Finding> {
    let same_meaning = (released.rows, released.columns, released.signed, released.bits_stored)
        == (original.rows, original.columns, original.signed, original.bits_stored)
        && released.slope.to_bits() == original.slope.to_bits()
        && released.intercept.to_bits() == original.intercept.to_bits();
    if !same_meaning {
        let message = "matrix or meaning of the stored values is not the original's";
        return vec![Finding::new(path, "voxels", message).at(tags::PIXEL_DATA)];
    }
    let change =
        SliceChange { removal: &decision.removal, slice, text: decision.text_of(slice), exact_fill: false };
    let Ok(cleared) = clear(original, change) else { return Vec::new() };
    let width = usize::from(original.bits_allocated / 8);
    let fill = decision.removal.mask.index_axis(ndarray::Axis(0), slice).iter().position(|removed| *removed);
    let fill = fill.and_then(|index| cleared.bytes().get(index * width..(index + 1) * width));
    let (mut in_skull, mut untouched, mut filled) = (0_u64, 0_u64, 0_u64);
    for row in 0..original.rows {
        for column in 0..original.columns {
            let index = row * original.columns + column;
            let value = released.stored(index);
            let is_original = value == original.stored(index);
            let is_text = change.is_text(row, column);
            let bytes = value.to_le_bytes();
            let as_decided = cleared.bytes().get(index * width..(index + 1) * width) == bytes.get(..width);
            if !is_text && !is_original && (decision.in_skull)(slice, row, column) {
                in_skull += 1;
            } else if work.key.is_some() || is_text {
                let removed = is_text || decision.removal.mask[[slice, row, column]];
                untouched += u64::from(!removed && !is_original);
                filled += u64::from(removed && !as_decided);
            } else if !is_original && work.settings.fill != Fill::Face {
                untouched += u64::from(fill != bytes.get(..width));
            }
        }
    }
    [
        (in_skull, "brain", "voxels inside the skull are not the original's"),
        (untouched, "voxels", "voxels that nothing was to change are not the original's"),
        (filled, "fill", "voxels of the masks do not hold what they were filled with"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, check, message)| {
        Finding::new(path, check, format!("{count} {message}")).at(tags::PIXEL_DATA)
    })
    .collect()
}
