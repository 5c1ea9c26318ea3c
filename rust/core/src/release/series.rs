//! Does one series: reads it, decides what changes, and stages its slices, each verified.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{Array3, Axis};
use rayon::prelude::*;

use super::acquisition::SharedMask;
use super::check::{self, Expected, Verified};
use super::deidentified::{Deidentified, to_bytes};
use super::disk;
use super::evidence::{self, ImageDecision};
use super::patient::{Stopped, Workplace};
use super::pictures::{self, Picture};
use super::pixels::{self, SliceChange};
use super::record::HeaderEvidence;
use super::standard;
use crate::error::{Failure, Stage};
use crate::gather::decode::{self, StoredSlice};
use crate::gather::instance::{Instance, Series};
use crate::gather::read::{self, Extent, PixelPlace, ReadError};
use crate::header::{self, ActionCounts, Person};
use crate::image::{Geometry, HuVolume};
use crate::outcome::{Exclusion, Hold};
use crate::progress::{Cancelled, Progress};
use crate::settings::{Fill, Switch, Text};
use crate::stop::Stop;

/// What became of one slice of a series.
#[derive(Debug)]
pub(super) enum SliceOutcome {
    /// Staged and verified.
    Released { place: String, verified: Verified },
    /// Left out by a setting.
    LeftOut(Exclusion),
    /// Could not be done.
    Failed(Failure),
    /// Held with its series.
    Held,
}

/// What became of a series.
#[derive(Debug, Default)]
pub(super) struct SeriesDone {
    /// One for each instance, in order.
    pub(super) slices: Vec<SliceOutcome>,
    /// Why the series is held, or was before it was released by name.
    pub(super) hold: Option<Hold>,
    /// Evidence of a released series.
    pub(super) decision: Option<ImageDecision>,
    /// Evidence of a released series.
    pub(super) header: HeaderEvidence,
    /// Pictures of the result of a released series.
    pub(super) pictures: Vec<Picture>,
    /// Pictures of the series as it came, where asked for; they show the patient's face.
    pub(super) original_pictures: Vec<Picture>,
}

/// A slice as read: its header and its stored pixels.
pub(crate) struct ReadSlice {
    pub(crate) object: dicom_object::InMemDicomObject,
    pub(crate) stored: StoredSlice,
    /// Where the pixels can be had again; `None` when they would have to be decoded again.
    place: Option<PixelPlace>,
}

/// A slice while its series is decided: pixels that can be had again without decoding are not held meanwhile,
/// which takes a third off the memory of a series.
struct Waiting(ReadSlice);

impl Waiting {
    fn of(mut slice: ReadSlice) -> Self {
        if slice.place.is_some() {
            slice.stored.bytes = Vec::new();
        }
        Self(slice)
    }

    /// The slice with its pixels.
    fn again(self, instance: &Instance) -> Result<ReadSlice, Failure> {
        let Self(mut slice) = self;
        if let Some(place) = &slice.place {
            slice.stored.bytes = place.read(instance.path.reveal())?;
        }
        Ok(slice)
    }
}

/// Reads, decides, stages and verifies one series below `staging`; `names` holds each slice's path there.
/// With `release_held` a series whose safety cannot be shown is released all the same.
pub(super) fn process(
    work: &Workplace<'_>,
    person: &Person,
    series: &Series,
    names: &[String],
    release_held: bool,
    shared: Option<&SharedMask>,
    staging: &Path,
) -> Result<SeriesDone, Stopped> {
    if is_too_large(series) {
        return Ok(SeriesDone::too_large(series));
    }
    let (volume, read) = read_volume(series, work.progress.stop(), Waiting::of)?;
    let Some(volume) = volume else {
        return Ok(SeriesDone::without_images(read));
    };
    let original_pictures = match work.settings.original_pictures {
        Switch::On => pictures::draw_original(&volume),
        Switch::Off => Vec::new(),
    };
    let (decision, result) =
        evidence::decide(work.settings, work.key, work.progress, series, volume, shared)?;
    if decision.hold.is_some() && !release_held {
        let hold = decision.hold;
        let slices =
            read.into_iter().map(|slice| slice.map_or_else(SliceOutcome::Failed, |_| SliceOutcome::Held));
        return Ok(SeriesDone { slices: slices.collect(), hold, original_pictures, ..SeriesDone::default() });
    }
    work.progress.check()?;
    let pictures = pictures::draw(&result, &decision.removal);
    drop(result);

    let mut usable_before = 0;
    let place_in_volume: Vec<usize> = read
        .iter()
        .map(|slice| {
            usable_before += usize::from(slice.is_ok());
            usable_before.saturating_sub(1)
        })
        .collect();
    let done: Vec<(SliceOutcome, ActionCounts)> = read
        .into_par_iter()
        .enumerate()
        .map(|(index, slice)| {
            work.progress.check()?;
            let outcome = match slice {
                Err(failure) => (SliceOutcome::Failed(failure), ActionCounts::default()),
                Ok(waiting) => match waiting.again(&series.instances[index]) {
                    Err(failure) => (SliceOutcome::Failed(failure), ActionCounts::default()),
                    Ok(slice) => {
                        let place = place_in_volume[index];
                        stage(work, person, &decision, &slice, place, &names[index], staging)?
                    }
                },
            };
            work.progress.finish_slices(1);
            Ok(outcome)
        })
        .collect::<Result<_, Stopped>>()?;

    let dciodvfy_new_errors = (work.settings.dciodvfy == Switch::On)
        .then(|| new_errors(work, series, &done, staging))
        .transpose()?;
    let mut header = HeaderEvidence {
        dciodvfy_new_errors,
        identifiers_searched: person.identifiers().len() as u64,
        ..HeaderEvidence::default()
    };
    let mut total = ActionCounts::default();
    let mut slices = Vec::with_capacity(done.len());
    for (outcome, counts) in done {
        if matches!(outcome, SliceOutcome::Released { .. }) {
            total += counts;
        }
        slices.push(outcome);
    }
    header.actions = by_action(total);
    Ok(SeriesDone {
        slices,
        hold: decision.hold,
        decision: Some(decision),
        header,
        pictures,
        original_pictures,
    })
}

/// Errors against the standard that the released slices have and their originals have not.
fn new_errors(
    work: &Workplace<'_>,
    series: &Series,
    done: &[(SliceOutcome, ActionCounts)],
    staging: &Path,
) -> Result<u64, Stopped> {
    series
        .instances
        .par_iter()
        .zip(done)
        .map(|(instance, (outcome, _))| {
            work.progress.check()?;
            match outcome {
                SliceOutcome::Released { place, .. } => {
                    Ok(standard::new_errors(instance.path.reveal(), &staging.join(place))?)
                }
                _ => Ok(0),
            }
        })
        .sum()
}

fn by_action(counts: ActionCounts) -> BTreeMap<String, u64> {
    let ActionCounts { removed, emptied, replaced, cleaned, remapped, shifted, kept } = counts;
    [
        ("removed", removed),
        ("emptied", emptied),
        ("replaced", replaced),
        ("cleaned", cleaned),
        ("remapped", remapped),
        ("shifted", shifted),
        ("kept", kept),
    ]
    .map(|(action, count)| (action.to_owned(), count))
    .into()
}

/// Memory that one series may take: its volume in work, and what of its files is held.
const MAX_SERIES_BYTES: u64 = 2_000 << 20;

/// Whether a series needs more memory than is allowed, which files made for it could drive to any height.
///
/// A matrix that no slice may have needs none: such slices fail one by one.
fn is_too_large(series: &Series) -> bool {
    let pixels = series.matrix.0.saturating_mul(series.matrix.1);
    if pixels > decode::MAX_PIXELS {
        return false;
    }
    let pixel_bytes = 2 * pixels as u64;
    let held = series.instances.iter().map(|instance| {
        match std::fs::metadata(instance.path.reveal()).map_or(0, |metadata| metadata.len()) {
            // Fails by itself, unread.
            length if length > read::MAX_FILE => 0,
            // Compressed: its decoded pixels are held.
            length if length < pixel_bytes => pixel_bytes,
            length => length - pixel_bytes,
        }
    });
    held.fold(series.pixel_bytes(), u64::saturating_add) > MAX_SERIES_BYTES
}

impl SeriesDone {
    /// Held without a look at it, even when its patient's held series are released by name.
    fn too_large(series: &Series) -> Self {
        let slices = series.instances.iter().map(|_| SliceOutcome::Held).collect();
        Self { slices, hold: Some(Hold::TooLarge), ..Self::default() }
    }

    fn without_images(read: Vec<Result<Waiting, Failure>>) -> Self {
        let slices = read.into_iter().filter_map(Result::err).map(SliceOutcome::Failed).collect();
        Self { slices, ..Self::default() }
    }
}

/// Reads a planned series as one volume, without the slices that cannot be read; `None` when none can, or when
/// the series needs more memory than is allowed.
pub fn read_series(series: &Series, progress: &Progress) -> Result<Option<HuVolume>, Cancelled> {
    if is_too_large(series) {
        return Ok(None);
    }
    let (volume, _) = read_volume(series, progress.stop(), drop)?;
    Ok(volume)
}

/// What is known of each slice of a series, in order, or why it could not be read.
type PerSlice<T> = Vec<Result<T, Failure>>;

/// Reads the slices of a planned series: those that can be read as one volume, `None` when none can, and what
/// `keep` keeps of each.
pub(crate) fn read_volume<T: Send>(
    series: &Series,
    stop: Stop<'_>,
    keep: impl Fn(ReadSlice) -> T + Sync,
) -> Result<(Option<HuVolume>, PerSlice<T>), Cancelled> {
    let (rows, columns) = series.matrix;
    // A matrix that no slice may have: every slice fails.
    let plane = if rows.saturating_mul(columns) > decode::MAX_PIXELS { (0, 0) } else { (rows, columns) };
    let mut hu = Array3::zeros((series.instances.len(), plane.0, plane.1));
    let read: PerSlice<T> = hu
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(&series.instances)
        .map(|(mut plane, instance)| {
            stop.check()?;
            Ok(read_slice(instance, series.matrix).map(|slice| {
                if let Some(out) = plane.as_slice_mut() {
                    slice.stored.hu_into(out);
                }
                keep(slice)
            }))
        })
        .collect::<Result<_, Cancelled>>()?;
    let usable: Vec<usize> =
        read.iter().enumerate().filter(|(_, slice)| slice.is_ok()).map(|(index, _)| index).collect();
    if usable.is_empty() {
        return Ok((None, read));
    }
    if usable.len() < read.len() {
        hu = hu.select(Axis(0), &usable);
    }
    let geometry = Geometry {
        origins_mm: usable.iter().map(|index| series.geometry.origins_mm[*index]).collect(),
        ..series.geometry.clone()
    };
    Ok((Some(HuVolume { hu, geometry }), read))
}

/// Reads one slice of a planned series.
fn read_slice(instance: &Instance, matrix: (usize, usize)) -> Result<ReadSlice, Failure> {
    let mut bytes = Vec::new();
    let metadata = read::read_file_into(instance.path.reveal(), &mut bytes)?;
    let dataset = read::read(&bytes, Extent::Whole).map_err(|error| match error {
        ReadError::NotDicom => Failure::new(Stage::Parse, "not a DICOM file any more"),
        ReadError::Failed(failure) => failure,
    })?;
    let stored = decode::decode_file(&dataset, bytes)?;
    if (stored.rows, stored.columns) != matrix {
        return Err(Failure::new(Stage::Series, "the matrix changed since the folder was scanned"));
    }
    let place = PixelPlace::of(&dataset, &metadata, stored.bytes.len());
    Ok(ReadSlice { object: dataset.object, stored, place })
}

/// Scrubs, clears, joins, writes and verifies one slice. An output that cannot be written stops the run: it is
/// no fault of the slice.
fn stage(
    work: &Workplace<'_>,
    person: &Person,
    decision: &ImageDecision,
    slice: &ReadSlice,
    index: usize,
    name: &str,
    staging: &Path,
) -> Result<(SliceOutcome, ActionCounts), Stopped> {
    if work.settings.text == Text::DropSlice && !decision.text_of(index).is_empty() {
        return Ok((SliceOutcome::LeftOut(Exclusion::TextSlice), ActionCounts::default()));
    }
    let change = SliceChange {
        removal: &decision.removal,
        slice: index,
        text: decision.text_of(index),
        exact_fill: matches!(work.settings.fill, Fill::Hu(_)),
    };
    let (bytes, counts) = match to_file(work, person, decision, slice, change) {
        Ok(done) => done,
        Err(failure) => return Ok((SliceOutcome::Failed(failure), ActionCounts::default())),
    };
    let path = staging.join(name);
    disk::stage(&path, &bytes)?;
    let expected = Expected {
        original: &slice.stored,
        change,
        geometry: &decision.geometry,
        slice: index,
        identifiers: person.identifiers(),
        settings: work.settings,
    };
    match check::verify(&path, expected, work.key, bytes) {
        Ok(verified) => Ok((SliceOutcome::Released { place: name.to_owned(), verified }, counts)),
        Err(failure) => {
            // Nothing that failed its check may stay below a folder that is going to be published.
            disk::remove_file(&path)?;
            Ok((SliceOutcome::Failed(failure), ActionCounts::default()))
        }
    }
}

/// The slice's file, not yet on disk.
fn to_file(
    work: &Workplace<'_>,
    person: &Person,
    decision: &ImageDecision,
    slice: &ReadSlice,
    change: SliceChange<'_>,
) -> Result<(Vec<u8>, ActionCounts), Failure> {
    let cleared = pixels::clear(&slice.stored, change)?;
    let mut header = header::scrub(&slice.object, person, work.settings)?;
    header.declare(&decision.declared());
    let counts = header.counts();
    let instance = Deidentified::join(header, cleared, work.settings.compress)?;
    Ok((to_bytes(&instance)?, counts))
}
