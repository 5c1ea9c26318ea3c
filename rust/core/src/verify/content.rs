//! The pixels of each series: text that is still there, and markers that claim more than the report shows.

use std::collections::{BTreeMap, BTreeSet};

use dicom_dictionary_std::tags;
use ndarray::{Array3, Axis};
use rayon::prelude::*;

use super::Work;
use super::file::FileSeen;
use super::finding::Finding;
use crate::gather::decode;
use crate::gather::read::{self, Extent};
use crate::image::text::{Rectangle, find_text};
use crate::image::{Geometry, HuVolume, Mask};
use crate::progress::Cancelled;
use crate::release::record::{PatientRecord, PixelEvidence};
use crate::settings::{Face, Text};

/// What the slices of one volume share: Series Instance UID, matrix, orientation in thousandths.
type Volume<'a> = (&'a str, (usize, usize), Option<[i64; 6]>);

/// Markers of every file, and the text detector on every series.
pub(super) fn check(
    work: &Work<'_>,
    patient: &PatientRecord,
    seen: &[FileSeen],
) -> Result<Vec<Finding>, Cancelled> {
    let mut findings: Vec<Finding> = seen.iter().flat_map(|file| markers(work, patient, file)).collect();
    if work.settings.text == Text::Off {
        return Ok(findings);
    }
    let mut series: BTreeMap<Volume<'_>, Vec<&FileSeen>> = BTreeMap::new();
    for file in seen {
        let plane = file.orientation.map(|numbers| numbers.map(|number| (number * 1000.0).round() as i64));
        series.entry((&file.series_uid, file.matrix, plane)).or_default().push(file);
    }
    for files in series.into_values() {
        work.progress.check()?;
        findings.extend(text(work, files)?);
    }
    Ok(findings)
}

/// A marker stands when, and only when, the report shows what it claims.
fn markers(work: &Work<'_>, patient: &PatientRecord, file: &FileSeen) -> Vec<Finding> {
    let records: Vec<&PixelEvidence> = patient
        .series
        .iter()
        .filter(|series| series.series_uid.as_deref() == Some(&file.series_uid))
        .filter_map(|series| series.pixels.as_ref())
        .collect();
    let shown = |what: fn(&PixelEvidence) -> bool| records.iter().any(|pixels| what(pixels));
    let all =
        |what: fn(&PixelEvidence) -> bool| !records.is_empty() && records.iter().all(|pixels| what(pixels));
    let settings = work.settings;
    [
        (
            tags::BURNED_IN_ANNOTATION,
            file.claims_no_text,
            settings.text != Text::Off && shown(|pixels| pixels.text_checked),
            all(|pixels| pixels.text_checked),
            "claims that no text is burned in, which the report does not show",
        ),
        (
            tags::RECOGNIZABLE_VISUAL_FEATURES,
            file.claims_no_face,
            settings.face != Face::Off && shown(|pixels| pixels.defaced),
            all(|pixels| pixels.defaced),
            "claims that the face was removed, which the report does not show",
        ),
    ]
    .into_iter()
    .filter_map(|(tag, claimed, may, must, message)| match (claimed, may, must) {
        (true, false, _) => Some(Finding::new(&file.path, "marker", message).at(tag)),
        (false, _, true) => {
            Some(Finding::new(&file.path, "marker", "lacks the marker that the report names").at(tag))
        }
        _ => None,
    })
    .collect()
}

/// With more air in and around it than this, a rectangle is taken for the edge of what was removed: a sharp cut
/// from tissue to air makes strokes as letters do. Text over the kept tissue has none.
const CUT_EDGE: f64 = 0.02;
/// What counts as around a rectangle, pixels.
const MARGIN: usize = 6;
/// Two glyphs side by side are longer than high by this much; a round insert or vessel is not.
const LONGER: f64 = 1.3;

/// Slices in which the detector finds text, searched whole.
///
/// Text that somebody writes into the removed region is found by the manifest and by the comparison with the
/// original, which knows that region.
fn text(work: &Work<'_>, mut files: Vec<&FileSeen>) -> Result<Vec<Finding>, Cancelled> {
    let Some((volume, kept)) = volume(work, &mut files)? else { return Ok(Vec::new()) };
    let everywhere = Mask::from_elem(volume.hu.dim(), true);
    let found = find_text(&volume, &everywhere, work.progress.stop())?;
    let air_hu = work.settings.air_threshold_hu;
    let slices: BTreeSet<usize> = found
        .rectangles
        .iter()
        .filter(|at| is_line(at) && share_of_air(&volume, at, air_hu) <= CUT_EDGE)
        .map(|at| at.slice)
        .collect();
    let of_slice = |slice: usize| {
        Finding::new(&kept[slice].path, "text", "the text detector finds text in the pixels")
            .at(tags::PIXEL_DATA)
    };
    Ok(slices.into_iter().map(of_slice).collect())
}

/// Whether a rectangle has the shape of a line of text, across or upright.
fn is_line(at: &Rectangle) -> bool {
    let (height, width) = ((at.bottom - at.top) as f64, (at.right - at.left) as f64);
    width.max(height) >= LONGER * width.min(height)
}

/// Share of a rectangle and its margin that is air, 0 to 1.
fn share_of_air(volume: &HuVolume, at: &Rectangle, air_hu: i16) -> f64 {
    let (_, rows, columns) = volume.hu.dim();
    let down = at.top.saturating_sub(MARGIN)..(at.bottom + MARGIN).min(rows);
    let across = at.left.saturating_sub(MARGIN)..(at.right + MARGIN).min(columns);
    let pixels = down.len() * across.len();
    let air = down
        .flat_map(|row| across.clone().map(move |column| (row, column)))
        .filter(|(row, column)| volume.hu[[at.slice, *row, *column]] <= air_hu)
        .count();
    air as f64 / pixels.max(1) as f64
}

/// The files of a series that can be read as one volume, by position; `None` when none has a geometry.
fn volume<'a>(
    work: &Work<'_>,
    files: &mut Vec<&'a FileSeen>,
) -> Result<Option<(HuVolume, Vec<&'a FileSeen>)>, Cancelled> {
    let Some(mut geometry) = files.first().and_then(|first| geometry(first)) else { return Ok(None) };
    let (rows, columns) = files[0].matrix;
    let normal = geometry.normal();
    let along = |file: &FileSeen| -> Option<f64> {
        Some(file.position_mm?.iter().zip(&normal).map(|(x, n)| x * n).sum())
    };
    files.retain(|file| along(file).is_some());
    files.sort_by(|x, y| along(x).partial_cmp(&along(y)).unwrap_or(std::cmp::Ordering::Equal));
    let planes: Vec<Option<Vec<i16>>> = files
        .par_iter()
        .map(|file| {
            work.progress.check()?;
            Ok(plane(work, file, rows * columns))
        })
        .collect::<Result<_, Cancelled>>()?;
    let (kept, planes): (Vec<&FileSeen>, Vec<Vec<i16>>) =
        files.iter().zip(planes).filter_map(|(file, plane)| Some((*file, plane?))).unzip();
    geometry.origins_mm = kept.iter().filter_map(|file| file.position_mm).collect();
    let mut hu = Array3::zeros((kept.len(), rows, columns));
    for (mut out, plane) in hu.axis_iter_mut(Axis(0)).zip(&planes) {
        if let Some(out) = out.as_slice_mut() {
            out.copy_from_slice(plane);
        }
    }
    Ok((!kept.is_empty()).then_some((HuVolume { hu, geometry }, kept)))
}

/// The geometry that the files of a volume share, without the places of its slices.
fn geometry(file: &FileSeen) -> Option<Geometry> {
    let [row_spacing_mm, column_spacing_mm] = file.pixel_spacing_mm?;
    let orientation = file.orientation?;
    Some(Geometry {
        origins_mm: Vec::new(),
        along_row: [orientation[0], orientation[1], orientation[2]],
        along_column: [orientation[3], orientation[4], orientation[5]],
        row_spacing_mm,
        column_spacing_mm,
    })
}

fn plane(work: &Work<'_>, file: &FileSeen, pixels: usize) -> Option<Vec<i16>> {
    let bytes = std::fs::read(work.output.join(&file.path)).ok()?;
    let dataset = read::read(&bytes, Extent::Whole).ok()?;
    let stored = decode::decode(&dataset, &bytes).ok()?;
    if stored.rows * stored.columns != pixels {
        return None;
    }
    let mut plane = vec![0; pixels];
    stored.hu_into(&mut plane);
    Some(plane)
}
