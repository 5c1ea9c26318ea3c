//! A second opinion on the brain, computed in another way than the first.
//!
//! A place inside the skull sees bone in nearly every direction; a place in the scalp or the face does not. So
//! from every removed place that looks like brain, 26 rays go out; if all of them meet bone and the
//! place is part of the largest such space, the removal has reached into the skull. No distances, no morphology, no shared grid: an error of the first computation is
//! none of this one.

use rayon::prelude::*;

use super::bits::Bits;
use super::label::{components, nodes_of};
use super::{HuVolume, Mask};
use crate::outcome::Hold;

/// Wanted size of a cell, mm.
const CELL_MM: f64 = 3.0;
/// Above this value a voxel stops a ray, HU.
const BONE_HU: i16 = 300;
/// What brain, blood and cerebrospinal fluid measure, HU.
const BRAIN_HU: std::ops::RangeInclusive<i16> = -20..=90;
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
    let cells = Cells::new(before);
    let enclosed = enclosed(&cells.bone).without(&cells.bone);
    let largest =
        components(&enclosed).into_iter().max_by_key(|runs| nodes_of(runs).count()).unwrap_or_default();
    let voxels: u64 = nodes_of(&largest).map(|cell| cells.suspects(before, removed, cell)).sum();
    voxels as f64 * cells.voxel_ml
}

/// Blocks of voxels, and in which of them there is bone.
struct Cells {
    /// Voxels of a cell along slices, rows and columns.
    size: [usize; 3],
    bone: Bits,
    voxel_ml: f64,
}

impl Cells {
    fn new(volume: &HuVolume) -> Self {
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
        let shape = [slices.div_ceil(size[0]), rows.div_ceil(size[1]), columns.div_ceil(size[2])];
        let hu = volume.hu.as_slice().unwrap_or_default();
        let planes: Vec<Vec<i16>> = hu
            .par_chunks((size[0] * rows * columns).max(1))
            .map(|slices| brightest(slices, [rows, columns], size))
            .collect();
        let bone = Bits::of(shape, &planes.concat(), |hu| hu > BONE_HU);
        let voxel_ml = geometry.row_spacing_mm * geometry.column_spacing_mm * gap / 1000.0;
        Self { size, bone, voxel_ml }
    }

    /// How many voxels of a cell look like brain and were removed.
    fn suspects(&self, volume: &HuVolume, removed: &Mask, cell: [usize; 3]) -> u64 {
        let dim = volume.hu.dim();
        let span = |axis: usize, end: usize| {
            cell[axis] * self.size[axis]..((cell[axis] + 1) * self.size[axis]).min(end)
        };
        let mut count = 0;
        for slice in span(0, dim.0) {
            for row in span(1, dim.1) {
                for column in span(2, dim.2) {
                    let at = [slice, row, column];
                    count += u64::from(removed[at] && BRAIN_HU.contains(&volume.hu[at]));
                }
            }
        }
        count
    }
}

/// The brightest voxel of each cell of one plane of cells.
fn brightest(slices: &[i16], matrix: [usize; 2], size: [usize; 3]) -> Vec<i16> {
    let [rows, columns] = matrix;
    let across = columns.div_ceil(size[2]);
    let mut cells = vec![i16::MIN; rows.div_ceil(size[1]) * across];
    let mut most = vec![i16::MIN; columns];
    for (cells, row) in cells.chunks_mut(across).zip((0..rows).step_by(size[1])) {
        most.fill(i16::MIN);
        for slice in slices.chunks(rows * columns) {
            for line in slice[row * columns..].chunks(columns).take(size[1]) {
                most.iter_mut().zip(line).for_each(|(most, &hu)| *most = hu.max(*most));
            }
        }
        for (cell, most) in cells.iter_mut().zip(most.chunks(size[2])) {
            *cell = most.iter().copied().fold(i16::MIN, i16::max);
        }
    }
    cells
}

/// The cells from which all 26 rays meet bone. A ray that leaves through the first or the last plane goes on
/// unseen; it counts if bone encloses the place where it leaves.
fn enclosed(bone: &Bits) -> Bits {
    let ends = ends(bone);
    let directions: Vec<[isize; 3]> =
        (0..27_isize).filter(|i| *i != 13).map(|i| [i / 9 - 1, i / 3 % 3 - 1, i % 3 - 1]).collect();
    directions
        .par_iter()
        .map(|&direction| sees_bone(bone, &ends, direction))
        .reduce_with(|one, other| one.and(&other))
        .unwrap_or_else(|| bone.clone())
}

/// Which cells of the first and of the last plane bone encloses within that plane, in 7 of 8 directions.
fn ends(bone: &Bits) -> [Bits; 2] {
    let [planes, rows, columns] = bone.shape();
    [0, planes.saturating_sub(1)].map(|of| {
        let mut plane = Bits::none([1, rows, columns]);
        bone.nodes().filter(|cell| cell[0] == of).for_each(|cell| plane.insert([0, cell[1], cell[2]]));
        let open = [Bits::none(plane.shape()), Bits::none(plane.shape())];
        let seen: Vec<Bits> = (0..9_isize)
            .filter(|i| *i != 4)
            .map(|i| sees_bone(&plane, &open, [0, i / 3 - 1, i % 3 - 1]))
            .collect();
        let mut enclosed = Bits::none(plane.shape());
        for cell in enclosed.inverted().nodes() {
            if seen.iter().filter(|seen| seen.has(cell)).count() >= 7 {
                enclosed.insert(cell);
            }
        }
        enclosed
    })
}

/// The cells that, looking towards `direction`, see bone.
fn sees_bone(bone: &Bits, ends: &[Bits; 2], direction: [isize; 3]) -> Bits {
    let [planes, rows, columns] = bone.shape();
    let stride = bone.stride();
    // What a ray that has come as far as a row of cells knows: bone there, or beyond.
    let mut known = bone.clone();
    let mut seen = Bits::none(bone.shape());
    let order = |size: usize, step: isize| {
        // Cells a ray reaches last are settled first.
        (0..size).map(move |index| if step > 0 { size - 1 - index } else { index })
    };
    let mut line = vec![0; stride];
    for plane in order(planes, direction[0]) {
        for row in order(rows, direction[1]) {
            let next = [plane.wrapping_add_signed(direction[0]), row.wrapping_add_signed(direction[1])];
            if next[1] >= rows {
                continue;
            }
            let here = (plane * rows + row) * stride..(plane * rows + row + 1) * stride;
            if direction[0] == 0 && direction[1] == 0 {
                line.copy_from_slice(bone.row(plane, row));
                smear(&mut line, direction[2]);
            } else if next[0] >= planes {
                line.copy_from_slice(ends[usize::from(direction[0] > 0)].row(0, next[1]));
            } else {
                line.copy_from_slice(known.row(next[0], next[1]));
            }
            step(&mut line, direction[2]);
            line[stride - 1] &= u64::MAX >> (64 * stride - columns);
            for (at, &word) in here.zip(&line) {
                seen.words_mut()[at] = word;
                known.words_mut()[at] |= word;
            }
        }
    }
    seen
}

/// Moves a row so that each cell holds what its neighbor towards `direction` held.
fn step(line: &mut [u64], direction: isize) {
    let mut carry = 0;
    match direction {
        1 => line.iter_mut().rev().for_each(|word| {
            let next = *word << 63;
            *word = *word >> 1 | carry;
            carry = next;
        }),
        -1 => line.iter_mut().for_each(|word| {
            let next = *word >> 63;
            *word = *word << 1 | carry;
            carry = next;
        }),
        _ => {}
    }
}

/// Sets every cell from which a set one lies towards `direction` within the row.
fn smear(line: &mut [u64], direction: isize) {
    let mut beyond = false;
    let mut spread = |word: &mut u64| {
        for shift in [1, 2, 4, 8, 16, 32] {
            *word |= if direction > 0 { *word >> shift } else { *word << shift };
        }
        let any = *word != 0;
        if beyond {
            *word = u64::MAX;
        }
        beyond |= any;
    };
    if direction > 0 {
        line.iter_mut().rev().for_each(&mut spread);
    } else {
        line.iter_mut().for_each(&mut spread);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

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
