//! A second opinion on the brain, computed in another way than the first.
//!
//! A place inside the skull sees bone in nearly every direction; a place in the scalp or the face does not. So
//! from every removed place that looks like brain, 26 rays go out; if all of them meet bone and the
//! place is part of the largest such space, the removal has reached into the skull. No distances, no morphology, no shared grid: an error of the first computation is
//! none of this one.

use ndarray::{Array2, Array3, Axis};
use rayon::prelude::*;

use super::label::components;
use super::{HuVolume, Mask};
use crate::outcome::Hold;

/// Wanted size of a cell, mm.
const CELL_MM: f64 = 3.0;
/// Above this value a voxel stops a ray, HU.
const BONE_HU: i16 = 300;
/// What brain, blood and cerebrospinal fluid measure, HU.
const BRAIN_HU: std::ops::RangeInclusive<i16> = -20..=90;
/// Of 26 rays, so many meet bone from inside a skull.
const RAYS: u8 = 26;
/// More than this volume is a disagreement, ml: single cells beside the openings of the skull base.
const TOLERANCE_ML: f64 = 0.1;

/// Checks a removal against the series it was decided for.
///
/// Looks at the voxels only, not at how the decision came about.
pub fn tripwire(before: &HuVolume, removed: &Mask) -> Result<(), Hold> {
    if enclosed_ml(before, removed) > TOLERANCE_ML { Err(Hold::TripwireDisagrees) } else { Ok(()) }
}

/// Volume (ml) of what was removed, looks like brain, and is enclosed by bone.
#[must_use]
pub fn enclosed_ml(before: &HuVolume, removed: &Mask) -> f64 {
    let cells = Cells::new(before, removed);
    let hits = hits(&cells.bone);
    let geometry = &before.geometry;
    let positions = geometry.positions_mm();
    let thickness = match positions.len() {
        0 | 1 => 1.0,
        n => (positions[n - 1] - positions[0]) / (n - 1) as f64,
    };
    let voxel_ml = geometry.row_spacing_mm * geometry.column_spacing_mm * thickness / 1000.0;
    let mut enclosed = hits.mapv(|hits| hits >= RAYS);
    enclosed.zip_mut_with(&cells.bone, |enclosed, &bone| *enclosed &= !bone);
    let largest = components(&enclosed).into_iter().max_by_key(Vec::len).unwrap_or_default();
    let voxels: u64 = largest.iter().map(|cell| u64::from(cells.suspects[*cell])).sum();
    voxels as f64 * voxel_ml
}

/// Blocks of voxels: whether there is bone, and how many removed voxels look like brain.
struct Cells {
    bone: Array3<bool>,
    suspects: Array3<u32>,
}

impl Cells {
    fn new(volume: &HuVolume, removed: &Mask) -> Self {
        let (slices, rows, columns) = volume.hu.dim();
        let geometry = &volume.geometry;
        let step = |mm: f64| ((CELL_MM / mm).round() as usize).max(1);
        let positions = geometry.positions_mm();
        let gap =
            if slices > 1 { (positions[slices - 1] - positions[0]) / (slices - 1) as f64 } else { CELL_MM };
        let size = [
            step(gap.max(1e-3)).min(slices.max(1)),
            step(geometry.row_spacing_mm),
            step(geometry.column_spacing_mm),
        ];
        let dim = (slices.div_ceil(size[0]), rows.div_ceil(size[1]), columns.div_ceil(size[2]));
        let (mut bone, mut suspects) = (Array3::from_elem(dim, false), Array3::zeros(dim));
        bone.axis_iter_mut(Axis(0))
            .into_par_iter()
            .zip(suspects.axis_iter_mut(Axis(0)))
            .enumerate()
            .for_each(|(plane, (mut bone, mut suspects))| {
                for slice in plane * size[0]..((plane + 1) * size[0]).min(slices) {
                    for row in 0..rows {
                        let hu = volume.hu.index_axis(Axis(0), slice);
                        let gone = removed.index_axis(Axis(0), slice);
                        for (column, (&hu, &gone)) in hu.row(row).iter().zip(gone.row(row)).enumerate() {
                            if hu > BONE_HU {
                                bone[[row / size[1], column / size[2]]] = true;
                            } else if gone && BRAIN_HU.contains(&hu) {
                                suspects[[row / size[1], column / size[2]]] += 1_u32;
                            }
                        }
                    }
                }
            });
        Self { bone, suspects }
    }
}

/// For each cell, in how many of the 26 directions a ray meets bone. A ray that leaves
/// through the first or the last slice goes on unseen; it counts if bone encloses the place where it leaves.
fn hits(bone: &Array3<bool>) -> Array3<u8> {
    let directions: Vec<[isize; 3]> = (0..27_isize)
        .map(|i| [i / 9 - 1, i / 3 % 3 - 1, i % 3 - 1])
        .filter(|direction| *direction != [0, 0, 0])
        .collect();
    let ends = ends(bone);
    let seen: Vec<Array3<bool>> =
        directions.par_iter().map(|&direction| sees_bone(bone, &ends, direction)).collect();
    let mut hits = Array3::zeros(bone.dim());
    for seen in &seen {
        hits.zip_mut_with(seen, |hits, &seen| *hits += u8::from(seen));
    }
    hits
}

/// Which cells of the first and of the last plane bone encloses within that plane, in 7 of 8 directions.
fn ends(bone: &Array3<bool>) -> [Array2<bool>; 2] {
    [0, bone.dim().0.saturating_sub(1)].map(|plane| {
        let plane = bone.index_axis(Axis(0), plane).insert_axis(Axis(0)).to_owned();
        let open = Array2::from_elem((plane.dim().1, plane.dim().2), false);
        let mut hits = Array2::<u8>::zeros(open.dim());
        for direction in (0..9_isize).filter(|i| *i != 4).map(|i| [0, i / 3 - 1, i % 3 - 1]) {
            let seen = sees_bone(&plane, &[open.clone(), open.clone()], direction);
            hits.zip_mut_with(&seen.index_axis(Axis(0), 0), |hits, &seen| *hits += u8::from(seen));
        }
        hits.mapv(|hits| hits >= 7)
    })
}

/// Whether each cell, looking towards `direction`, sees bone.
fn sees_bone(bone: &Array3<bool>, ends: &[Array2<bool>; 2], direction: [isize; 3]) -> Array3<bool> {
    let (planes, rows, columns) = bone.dim();
    let size = [planes, rows, columns];
    let mut seen = Array3::from_elem(bone.dim(), false);
    let order = |axis: usize| -> Vec<usize> {
        // Cells a ray reaches last are settled first.
        if direction[axis] > 0 { (0..size[axis]).rev().collect() } else { (0..size[axis]).collect() }
    };
    let (by_row, by_column) = (order(1), order(2));
    for plane in order(0) {
        for &row in &by_row {
            for &column in &by_column {
                let next = [
                    plane.wrapping_add_signed(direction[0]),
                    row.wrapping_add_signed(direction[1]),
                    column.wrapping_add_signed(direction[2]),
                ];
                seen[[plane, row, column]] = if next[1] >= rows || next[2] >= columns {
                    false
                } else if next[0] >= planes {
                    ends[usize::from(direction[0] > 0)][[next[1], next[2]]]
                } else {
                    bone[next] || seen[next]
                };
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Geometry;

    fn ball() -> HuVolume {
        let hu = Array3::from_shape_fn((50, 50, 50), |(p, r, c)| {
            let radius = [p, r, c].iter().map(|&i| (i as f32 - 24.5).powi(2)).sum::<f32>().sqrt();
            match radius {
                r if r < 15.0 => 35,
                r if r < 18.0 => 900,
                r if r < 21.0 => 20,
                _ => -1000,
            }
        });
        let geometry = Geometry {
            origins_mm: (0..50).map(|k| [0.0, 0.0, f64::from(k) * 3.0]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 3.0,
            column_spacing_mm: 3.0,
        };
        HuVolume { hu, geometry }
    }

    #[test]
    fn removed_scalp_is_no_alarm_and_removed_brain_is() {
        let volume = ball();
        let mut removed = volume.hu.mapv(|hu| hu == 20 || hu == -1000);
        assert_eq!(tripwire(&volume, &removed), Ok(()));
        for ((p, r, c), gone) in removed.indexed_iter_mut() {
            *gone |= (20..24).contains(&p) && (20..24).contains(&r) && (12..16).contains(&c);
        }
        assert_eq!(tripwire(&volume, &removed), Err(Hold::TripwireDisagrees));
    }
}
