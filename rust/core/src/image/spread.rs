//! Mean and spread of the soft tissue that is kept, and their continuation to where nothing is.

use rayon::prelude::*;

use super::fill::FACE_HU;
use super::grid::Grid;
use super::{HuVolume, Mask};
use crate::stop::{Cancelled, Stop};

/// Voxels that count as soft tissue when its mean and spread are measured, HU.
const SOFT_HU: std::ops::RangeInclusive<i16> = -200..=150;
/// Fewest voxels of a node from which a mean and a spread are measured.
const ENOUGH: u32 = 4;
/// From node to node outwards, mean and spread go this part of the way to those of all kept soft tissue.
const PART: i64 = 8;
/// Stands for a node without statistics, and for what lies beside the grid; no spread is negative.
const UNKNOWN: (i16, i16) = (0, -1);
const BESIDE: (i16, i16) = (0, -2);

/// Mean and standard deviation per node, HU, with a frame of [`BESIDE`] around the grid, so that neighbors need no bounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statistics {
    shape: [usize; 3],
    values: Vec<(i16, i16)>,
}

impl Statistics {
    /// Mean and spread of the kept soft tissue per node; nodes without take those of the nearest that has some, and
    /// farther off, by and by, those of all of it.
    pub(super) fn new(
        volume: &HuVolume,
        removed: &Mask,
        grid: &Grid,
        stop: Stop<'_>,
    ) -> Result<Self, Cancelled> {
        let mut known = Self::unknown(grid.shape);
        known.of_planes().enumerate().try_for_each(|(plane, of)| {
            stop.check()?;
            measure(volume, removed, grid, plane, of);
            Ok(())
        })?;
        known.continue_outwards();
        Ok(known)
    }

    /// Mean and spread of a node; those of facial tissue where the series shows no soft tissue at all.
    pub(super) fn of(&self, node: [usize; 3]) -> (i16, i16) {
        let found = self.values[self.index(node)];
        if found == UNKNOWN { (i16::midpoint(FACE_HU.0, FACE_HU.1), 10) } else { found }
    }

    fn unknown(shape: [usize; 3]) -> Self {
        let [planes, rows, columns] = shape.map(|size| size + 2);
        let mut framed = Self { shape, values: vec![BESIDE; planes * rows * columns] };
        for plane in 0..shape[0] {
            for row in 0..shape[1] {
                let start = framed.index([plane, row, 0]);
                framed.values[start..start + shape[2]].fill(UNKNOWN);
            }
        }
        framed
    }

    /// Distances in `values` between neighbors along each axis.
    fn steps(&self) -> [usize; 3] {
        [(self.shape[1] + 2) * (self.shape[2] + 2), self.shape[2] + 2, 1]
    }

    fn index(&self, [plane, row, column]: [usize; 3]) -> usize {
        let [over_planes, over_rows, _] = self.steps();
        (plane + 1) * over_planes + (row + 1) * over_rows + column + 1
    }

    /// The planes of the grid, each with its frame.
    fn of_planes(&mut self) -> impl IndexedParallelIterator<Item = &mut [(i16, i16)]> {
        let length = self.steps()[0];
        let planes = self.shape[0];
        self.values[length..length * (planes + 1)].par_chunks_mut(length)
    }

    /// Every unknown node takes the statistics of the neighbor that is reached first, a part nearer to the mean of all.
    fn continue_outwards(&mut self) {
        let steps = self.steps();
        let (mut count, mut sums) = (0_i64, (0_i64, 0_i64));
        let mut open: Vec<u32> = Vec::with_capacity(self.values.len() / 2);
        for (at, &(mean, spread)) in self.values.iter().enumerate().filter(|(_, known)| known.1 >= 0) {
            count += 1;
            sums = (sums.0 + i64::from(mean), sums.1 + i64::from(spread));
            if steps.iter().any(|step| self.values[at - step] == UNKNOWN || self.values[at + step] == UNKNOWN)
            {
                open.push(at as u32);
            }
        }
        let overall = (sums.0 / count.max(1), sums.1 / count.max(1));
        let towards = |from: i16, to: i64| from + ((to - i64::from(from)) / PART) as i16;
        let mut first = 0;
        while let Some(at) = open.get(first).map(|at| *at as usize) {
            first += 1;
            let (mean, spread) = self.values[at];
            let passed_on = (towards(mean, overall.0), towards(spread, overall.1));
            for step in steps {
                for next in [at - step, at + step] {
                    if self.values[next] == UNKNOWN {
                        self.values[next] = passed_on;
                        open.push(next as u32);
                    }
                }
            }
        }
    }
}

/// Sums over the kept soft tissue of some rows of one column of pixels. Apart, and added with wrapping, the compiler
/// vectorizes them; a node gathers at most 16 rows of a slice.
struct Columns {
    /// The value where it counts, else 0.
    kept: Vec<i16>,
    count: Vec<u16>,
    hu: Vec<i32>,
    squares: Vec<i32>,
}

impl Columns {
    fn new(columns: usize) -> Self {
        Self {
            kept: vec![0; columns],
            count: vec![0; columns],
            hu: vec![0; columns],
            squares: vec![0; columns],
        }
    }

    fn clear(&mut self) {
        self.count.fill(0);
        self.hu.fill(0);
        self.squares.fill(0);
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without a branch for each pixel the loop is vectorized"
    )]
    fn add(&mut self, line: &[i16], removed: &[bool]) {
        for (((kept, count), &hu), &removed) in
            self.kept.iter_mut().zip(&mut self.count).zip(line).zip(removed)
        {
            let counts = SOFT_HU.contains(&hu) & !removed;
            *kept = if counts { hu } else { 0 };
            *count = count.wrapping_add(u16::from(counts));
        }
        for (sum, &kept) in self.hu.iter_mut().zip(&self.kept) {
            *sum = sum.wrapping_add(i32::from(kept));
        }
        for (sum, &kept) in self.squares.iter_mut().zip(&self.kept) {
            *sum = sum.wrapping_add(i32::from(kept).wrapping_mul(i32::from(kept)));
        }
    }
}

/// Writes the statistics of the nodes of a plane that have enough kept soft tissue; `of_plane` has its frame.
fn measure(volume: &HuVolume, removed: &Mask, grid: &Grid, plane: usize, of_plane: &mut [(i16, i16)]) {
    let (_, rows, columns) = volume.hu.dim();
    let (Some(voxels), Some(removed)) = (volume.hu.as_slice(), removed.as_slice()) else { return };
    let mut sums = vec![(0_u32, 0_i64, 0_i64); grid.shape[1] * grid.shape[2]];
    let mut of = Columns::new(columns);
    for slice in (0..grid.plane_of_slice.len()).filter(|slice| grid.plane_of_slice[*slice] == plane) {
        let ranges: Vec<_> = (0..grid.shape[2]).map(|node| grid.pixels_of(slice, 1, node, columns)).collect();
        for node_row in 0..grid.shape[1] {
            of.clear();
            let mut any = false;
            for row in grid.pixels_of(slice, 0, node_row, rows) {
                let line = (slice * rows + row) * columns..(slice * rows + row + 1) * columns;
                if !all(&removed[line.clone()]) {
                    of.add(&voxels[line.clone()], &removed[line]);
                    any = true;
                }
            }
            if !any {
                continue;
            }
            let sums = &mut sums[node_row * grid.shape[2]..(node_row + 1) * grid.shape[2]];
            for (sum, range) in sums.iter_mut().zip(&ranges) {
                sum.0 += of.count[range.clone()].iter().map(|n| u32::from(*n)).sum::<u32>();
                sum.1 += of.hu[range.clone()].iter().map(|n| i64::from(*n)).sum::<i64>();
                sum.2 += of.squares[range.clone()].iter().map(|n| i64::from(*n)).sum::<i64>();
            }
        }
    }
    for (row, sums) in sums.chunks(grid.shape[2]).enumerate() {
        let start = (row + 1) * (grid.shape[2] + 2) + 1;
        for (out, sum) in of_plane[start..].iter_mut().zip(sums).filter(|(_, sum)| sum.0 >= ENOUGH) {
            *out = finished(*sum);
        }
    }
}

/// Whether all flags of a row are set; a block at a time, so that the compiler vectorizes it.
fn all(flags: &[bool]) -> bool {
    flags.chunks(64).all(|block| block.iter().fold(true, |all, flag| all & flag))
}

fn finished((count, sum, squares): (u32, i64, i64)) -> (i16, i16) {
    let mean = sum as f64 / f64::from(count);
    let variance = (squares as f64 / f64::from(count) - mean * mean).max(0.0);
    let mean = mean.clamp(f64::from(FACE_HU.0), f64::from(FACE_HU.1));
    (mean as i16, variance.sqrt().round().min(60.0) as i16)
}
