//! Decides what changes in a series' pixels, and collects the evidence that the files may declare.

use ndarray::parallel::prelude::*;
use ndarray::{Axis, Zip};

use super::acquisition::SharedMask;
use super::record::PixelEvidence;
use crate::gather::instance::Series;
use crate::header::DeclaredOptions;
use crate::image::deface::{DefaceSettings, Defacing, deface};
use crate::image::text::{Rectangle, TEXT_FILL_HU, TextFindings, clear_outside, find_text, find_text_near};
use crate::image::tripwire::tripwire;
use crate::image::{FillValue, Geometry, HuVolume, Mask, Removal};
use crate::key::Key;
use crate::outcome::Hold;
use crate::progress::{Cancelled, Progress};
use crate::settings::{Face, Settings, Text};
use crate::stop::Stop;

/// What to change in a series and what may be said about it.
pub(crate) struct ImageDecision {
    pub(crate) removal: Removal,
    pub(crate) geometry: Geometry,
    pub(super) hold: Option<Hold>,
    pub(super) evidence: PixelEvidence,
    /// Whether a voxel lies inside the skull or in the bone around it, where defacing changes nothing.
    pub(crate) in_skull: InSkull,
    /// Rectangles of text, one list for each slice.
    text: Vec<Vec<Rectangle>>,
}

impl std::fmt::Debug for ImageDecision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImageDecision")
            .field("hold", &self.hold)
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}

impl ImageDecision {
    /// Text over the head in a slice.
    pub(crate) fn text_of(&self, slice: usize) -> &[Rectangle] {
        self.text.get(slice).map_or(&[], Vec::as_slice)
    }

    /// What the files of this series may declare.
    pub(super) const fn declared(&self) -> DeclaredOptions {
        DeclaredOptions { face_removed: self.evidence.defaced, text_checked: self.evidence.text_checked }
    }
}

/// Answers for (slice, row, column).
pub(crate) type InSkull = Box<dyn Fn(usize, usize, usize) -> bool + Send + Sync>;

/// Which voxels go, where text over the head is looked for, and what is inside the skull.
struct Outline {
    removal: Removal,
    head: Mask,
    in_skull: InSkull,
    hold: Option<Hold>,
}

/// Defaces, looks for text, and checks both. The volume comes back with its text masked.
pub(crate) fn decide(
    settings: &Settings,
    key: &Key,
    progress: &Progress,
    series: &Series,
    mut volume: HuVolume,
    shared: Option<&SharedMask>,
) -> Result<(ImageDecision, HuVolume), Cancelled> {
    let mut evidence = PixelEvidence::default();
    let outline = match settings.face {
        Face::Off => without_defacing(&volume, settings, progress, &mut evidence)?,
        Face::Bone | Face::Erode => {
            defaced(&volume, settings, seed(key, series), shared, progress, &mut evidence)?
        }
    };
    progress.check()?;
    let mut hold = outline.hold;
    let mut text = vec![Vec::new(); volume.hu.len_of(Axis(0))];
    if settings.text != Text::Off {
        let found = find_text(&volume, &outline.head, progress.stop())?;
        let found = left_by_defacing(found, &outline.head, &outline.removal.mask);
        evidence.text_slices = found.slices().len() as u64;
        evidence.text_rectangles = found.rectangles.len() as u64;
        evidence.text_voxels = found.voxels() as u64;
        evidence.text_voxels_in_skull = voxels_in_skull(&found, &outline);
        evidence.text_checked = clean_after_masking(&mut volume, &found, &outline, progress)?;
        if !evidence.text_checked {
            hold = hold.or(Some(Hold::TextRemains));
        }
        for rectangle in found.rectangles {
            text[rectangle.slice].push(rectangle);
        }
    }
    // A file declares that the face is gone only when nothing spoke against it.
    evidence.defaced &= hold.is_none();
    let decision = ImageDecision {
        removal: outline.removal,
        geometry: volume.geometry.clone(),
        hold,
        evidence,
        in_skull: outline.in_skull,
        text,
    };
    Ok((decision, volume))
}

/// Randomness of an acquisition: the same for all its kernels, so that averaging them gains nothing.
pub(super) fn seed(key: &Key, series: &Series) -> [u8; 32] {
    let frame = series.frame_of_reference_uid.as_ref().unwrap_or(&series.series_instance_uid);
    let places: Vec<u8> = series
        .geometry
        .origins_mm
        .iter()
        .flatten()
        .flat_map(|mm| ((mm * 100.0).round() as i64).to_le_bytes())
        .collect();
    key.code("defacing", &[frame.reveal().as_bytes(), series.acquisition.reveal().as_bytes(), &places])
}

fn defaced(
    volume: &HuVolume,
    settings: &Settings,
    seed: [u8; 32],
    shared: Option<&SharedMask>,
    progress: &Progress,
    evidence: &mut PixelEvidence,
) -> Result<Outline, Cancelled> {
    let Defacing { mut removal, head, protected, hold, evidence: found } =
        deface(volume, &DefaceSettings::from(settings), seed, progress.stop())?;
    let (_, rows, columns) = volume.hu.dim();
    let head = head.to_mask([rows, columns]);
    if let Some(mask) = shared.and_then(|shared| shared.unpack(volume.hu.dim())) {
        removal.mask = mask;
        evidence.remarks.push("shares its mask with the other kernels of its acquisition".to_owned());
    }
    progress.check()?;
    let hold = hold.or_else(|| tripwire(volume, &removal.mask).err());
    let [changed, in_head, in_head_changed] = counts(&removal.mask, &head, progress.stop())?;
    evidence.voxels_changed = changed;
    evidence.head_changed_percent = percent(in_head_changed, in_head);
    evidence.cavity_ml = f64::from((found.cavity_ml * 10.0).round()) / 10.0;
    evidence.changed_in_skull = found.cavity_voxels_removed;
    evidence.defaced = found.face_reduced && found.cavity_voxels_removed == 0;
    for (holds, remark) in [
        (found.defect, "the skull has a defect; nothing before it was removed"),
        (found.flat, "too few slices for three dimensions; treated slice by slice"),
        (!found.front_from_anatomy, "which way is front was taken from the header"),
    ] {
        if holds {
            evidence.remarks.push(remark.to_owned());
        }
    }
    let in_skull = Box::new(move |slice, row, column| protected.contains(slice, row, column));
    Ok(Outline { removal, head, in_skull, hold })
}

/// The study group's rule: what is not the largest object is cleared, the face stays.
/// The study group's rule: what is not the head goes, and text with it. Where text is not looked for either, nothing
/// does.
fn without_defacing(
    volume: &HuVolume,
    settings: &Settings,
    progress: &Progress,
    evidence: &mut PixelEvidence,
) -> Result<Outline, Cancelled> {
    let everywhere = Mask::from_elem(volume.hu.dim(), true);
    if settings.text == Text::Off {
        let mask = Mask::from_elem(volume.hu.dim(), false);
        let removal = Removal { mask, fill: FillValue::Constant(TEXT_FILL_HU) };
        return Ok(Outline { removal, head: everywhere, in_skull: Box::new(|_, _, _| false), hold: None });
    }
    let stop = progress.stop();
    let text = find_text(volume, &everywhere, stop)?;
    let smallest = settings.min_object as usize;
    let removal = clear_outside(volume, &text, settings.air_threshold_hu, smallest, stop)?;
    evidence.voxels_changed = removal.mask.iter().filter(|removed| **removed).count() as u64;
    let head = removal.mask.mapv(|removed| !removed);
    Ok(Outline { removal, head, in_skull: Box::new(|_, _, _| false), hold: None })
}

/// Of the text that was found, what defacing leaves, wholly or in part: what lies in the removed outside alone is gone
/// already.
fn left_by_defacing(mut found: TextFindings, head: &Mask, removed: &Mask) -> TextFindings {
    found.rectangles.retain(|at| {
        (at.top..at.bottom).any(|row| {
            (at.left..at.right).any(|column| {
                let place = [at.slice, row, column];
                head[place] && !removed[place]
            })
        })
    });
    found
}

fn voxels_in_skull(found: &TextFindings, outline: &Outline) -> u64 {
    let mut count = 0;
    for (index, at) in found.rectangles.iter().enumerate() {
        for row in at.top..at.bottom {
            for column in at.left..at.right {
                let counted = found.rectangles[..index]
                    .iter()
                    .any(|other| other.slice == at.slice && other.contains(row, column));
                count += u64::from(!counted && (outline.in_skull)(at.slice, row, column));
            }
        }
    }
    count
}

/// Masks what was found and looks again, at the masked slices and those that they bear evidence for: nothing may be
/// left. All others are as they were when nothing was found.
fn clean_after_masking(
    volume: &mut HuVolume,
    found: &TextFindings,
    outline: &Outline,
    progress: &Progress,
) -> Result<bool, Cancelled> {
    if found.is_empty() {
        return Ok(true);
    }
    for at in &found.rectangles {
        let mut plane = volume.hu.index_axis_mut(Axis(0), at.slice);
        for row in at.top..at.bottom {
            for column in at.left..at.right {
                plane[[row, column]] = TEXT_FILL_HU;
            }
        }
    }
    let left = find_text_near(volume, &outline.head, &found.slices(), progress.stop())?;
    Ok(left_by_defacing(left, &outline.head, &outline.removal.mask).is_empty())
}

/// How many voxels are set in the first mask, in the second, and in both.
fn counts(first: &Mask, second: &Mask, stop: Stop<'_>) -> Result<[u64; 3], Cancelled> {
    let planes = first.axis_iter(Axis(0)).into_par_iter().zip(second.axis_iter(Axis(0)));
    planes
        .map(|(first, second)| {
            stop.check()?;
            let mut counts = [0_u32; 3];
            Zip::from(&first).and(&second).for_each(|&first, &second| {
                for (count, set) in counts.iter_mut().zip([first, second, first & second]) {
                    *count = count.wrapping_add(u32::from(set));
                }
            });
            Ok(counts.map(u64::from))
        })
        .try_reduce(|| [0; 3], |a, b| Ok([a[0] + b[0], a[1] + b[1], a[2] + b[2]]))
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1000.0).round() / 10.0 }
}
