//! Puts selected slices into series: one geometry, one place per position, sorted by position.
//!
//! A series of the scanner may hold several volumes (time points, orientations, matrices, fields of view);
//! each becomes a series of its own here. Nothing depends on the order in which the files were found.

mod spacing;
mod volumes;

use std::cmp::Ordering;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::facts::{Facts, Placement, cross, dot};
use super::instance::{Instance, LeftOut, NotKept, Series};
use crate::identifying::Identifying;
use crate::image::Geometry;
use crate::outcome::Exclusion;

/// A slice that passed the selection.
#[derive(Debug, Clone)]
pub(super) struct Selected {
    /// Path below the patient folder.
    pub(super) relative: PathBuf,
    sop_instance_uid: String,
    study_instance_uid: String,
    series_instance_uid: String,
    frame_of_reference_uid: String,
    series_number: Option<i64>,
    acquisition_number: Option<i64>,
    acquisition_time: String,
    variant: String,
    number: Option<i64>,
    placement: Placement,
}

impl Selected {
    /// `None` for a file without a placement.
    pub(super) fn new(relative: PathBuf, facts: Facts) -> Option<Self> {
        Some(Self {
            relative,
            sop_instance_uid: facts.sop_instance_uid,
            study_instance_uid: facts.study_instance_uid,
            series_instance_uid: facts.series_instance_uid,
            frame_of_reference_uid: facts.frame_of_reference_uid,
            series_number: facts.series_number,
            acquisition_number: facts.acquisition_number,
            acquisition_time: facts.acquisition_time,
            variant: facts.variant,
            number: facts.number,
            placement: facts.placement?,
        })
    }

    fn position_mm(&self) -> f64 {
        let placement = &self.placement;
        dot(placement.position_mm, cross(placement.along_row, placement.along_column))
    }

    /// The order in which a scanner made the slices, as far as they tell; the UID decides the rest.
    fn in_time(&self, other: &Self) -> Ordering {
        self.series_number
            .cmp(&other.series_number)
            .then_with(|| self.series_instance_uid.cmp(&other.series_instance_uid))
            .then_with(|| self.acquisition_number.cmp(&other.acquisition_number))
            .then_with(|| self.acquisition_time.cmp(&other.acquisition_time))
            .then_with(|| self.number.cmp(&other.number))
            .then_with(|| self.sop_instance_uid.cmp(&other.sop_instance_uid))
            .then_with(|| self.relative.cmp(&other.relative))
    }
}

/// Groups the slices of the patient folder `folder`.
///
/// Of files with one SOP Instance UID the first by path is kept, the others are duplicates.
pub(super) fn group(folder: &Path, slices: Vec<Selected>) -> (Vec<Series>, Vec<LeftOut>) {
    let (mut slices, duplicates) = without_duplicates(slices);
    slices.sort_by(Selected::in_time);
    let mut groups: Vec<Vec<Selected>> = Vec::new();
    for slice in slices {
        // The slices come series by series, so only the groups of this series can fit.
        let own = groups
            .iter_mut()
            .rev()
            .take_while(|group| group[0].series_instance_uid == slice.series_instance_uid)
            .find(|group| shares_a_grid(&group[0], &slice));
        match own {
            Some(group) => group.push(slice),
            None => groups.push(vec![slice]),
        }
    }
    let mut series = Vec::new();
    for group in groups {
        let volumes = volumes::split(group);
        let count = volumes.len();
        for (index, volume) in volumes.into_iter().enumerate() {
            let mut remarks = Vec::new();
            if count > 1 {
                remarks.push(format!(
                    "positions repeat within the series: this is volume {} of {count}",
                    index + 1
                ));
            }
            series.extend(one_series(folder, volume, remarks));
        }
    }
    (series, duplicates)
}

fn without_duplicates(mut slices: Vec<Selected>) -> (Vec<Selected>, Vec<LeftOut>) {
    slices.sort_by(|a, b| a.relative.cmp(&b.relative));
    let mut seen = HashSet::new();
    let (kept, doubled): (Vec<_>, Vec<_>) =
        slices.into_iter().partition(|slice| seen.insert(slice.sop_instance_uid.clone()));
    let left_out = doubled.into_iter().map(|slice| LeftOut {
        relative: Identifying::new(slice.relative),
        series_instance_uid: Some(Identifying::new(slice.series_instance_uid)),
        reason: NotKept::Excluded(Exclusion::Duplicate),
    });
    (kept, left_out.collect())
}

/// Cosines are written with at least three decimals; a change of tilt is at least half a degree.
const SAME_DIRECTION_DEGREES: f64 = 0.2;

/// Over 512 pixels of 0.5 mm this is a quarter of a millimeter.
const SAME_SPACING: f64 = 1e-3;

/// Whether two slices of a series have one orientation, matrix, pixel spacing and frame of reference.
fn shares_a_grid(a: &Selected, b: &Selected) -> bool {
    let (one, other) = (&a.placement, &b.placement);
    let parallel = |one, other| dot(one, other) >= SAME_DIRECTION_DEGREES.to_radians().cos();
    let close = |one: f64, other: f64| (one - other).abs() <= SAME_SPACING * one.max(other);
    a.frame_of_reference_uid == b.frame_of_reference_uid
        && one.matrix == other.matrix
        && parallel(one.along_row, other.along_row)
        && parallel(one.along_column, other.along_column)
        && close(one.spacing_mm[0], other.spacing_mm[0])
        && close(one.spacing_mm[1], other.spacing_mm[1])
}

/// `None` for an empty volume.
fn one_series(folder: &Path, mut slices: Vec<Selected>, mut remarks: Vec<String>) -> Option<Series> {
    slices.sort_by(|a, b| a.position_mm().total_cmp(&b.position_mm()).then_with(|| a.in_time(b)));
    let first = slices.first()?;
    let geometry = Geometry {
        origins_mm: slices.iter().map(|slice| slice.placement.position_mm).collect(),
        along_row: first.placement.along_row,
        along_column: first.placement.along_column,
        row_spacing_mm: first.placement.spacing_mm[0],
        column_spacing_mm: first.placement.spacing_mm[1],
    };
    remarks.extend(spacing::remarks(&geometry));
    Some(Series {
        series_instance_uid: Identifying::new(first.series_instance_uid.clone()),
        study_instance_uid: Identifying::new(first.study_instance_uid.clone()),
        frame_of_reference_uid: (!first.frame_of_reference_uid.is_empty())
            .then(|| Identifying::new(first.frame_of_reference_uid.clone())),
        acquisition: Identifying::new(acquisition(&slices)),
        matrix: first.placement.matrix,
        geometry,
        instances: slices.into_iter().map(|slice| instance(folder, slice)).collect(),
        remarks,
    })
}

/// The earliest acquisition among the slices: kernels computed from one acquisition share it.
///
/// Its time tells it. Without one its number has to, which some scanners count up with every kernel.
fn acquisition(slices: &[Selected]) -> String {
    /// Length of a date, which alone is no time.
    const DATE: usize = 8;
    let time = slices.iter().map(|slice| slice.acquisition_time.as_str()).min().unwrap_or_default();
    if time.len() > DATE {
        return time.to_owned();
    }
    let number = slices.iter().map(|slice| slice.acquisition_number).min().flatten();
    format!("{} {time}", number.map(|number| number.to_string()).unwrap_or_default())
}

fn instance(folder: &Path, slice: Selected) -> Instance {
    Instance {
        path: Identifying::new(folder.join(&slice.relative)),
        relative: Identifying::new(slice.relative),
        sop_instance_uid: Identifying::new(slice.sop_instance_uid),
        position_mm: slice.placement.position_mm,
        number: slice.number,
    }
}

#[cfg(test)]
mod tests;
