//! What a removed voxel becomes.

use std::collections::VecDeque;
use std::sync::Arc;

use ndarray::Array3;
use rayon::prelude::*;

use super::grid::Grid;
use super::{HuVolume, Mask, noise};
use crate::stop::{Cancelled, Stop};

/// Range of facial tissue, HU: the study group's values for its `face` fill.
pub const FACE_HU: (i16, i16) = (-125, 50);
/// Voxels that count as soft tissue when its mean and spread are measured, HU.
const SOFT_HU: std::ops::RangeInclusive<i16> = -200..=150;
/// Fewest voxels of a node from which a mean and a spread are measured.
const ENOUGH: u32 = 4;
/// A node takes some tens of nanoseconds.
const NODES_BETWEEN_ASKS: usize = 1 << 16;
/// From node to node outwards, mean and spread go this part of the way to those of all kept soft tissue.
const PART: i64 = 8;

/// What a removed voxel becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum FillValue {
    /// The same HU everywhere.
    Constant(i16),
    /// Noise that continues the tissue beside it.
    Tissue(Arc<TissueNoise>),
}

impl FillValue {
    /// The value of one voxel, in HU.
    #[must_use]
    pub fn hu(&self, slice: usize, row: usize, column: usize) -> i16 {
        match self {
            Self::Constant(hu) => *hu,
            Self::Tissue(tissue) => tissue.hu(slice, row, column),
        }
    }
}

/// Noise by a stateless hash of seed and voxel, with the mean and the spread of the nearest kept soft tissue, so
/// that local statistics see no boundary between what was kept and what was filled.
#[derive(Debug, Clone, PartialEq)]
pub struct TissueNoise {
    grid: Grid,
    /// Mean and standard deviation per node, HU.
    statistics: Array3<(i16, i16)>,
    seed: u64,
}

impl TissueNoise {
    /// Measures the soft tissue that `removed` keeps and continues its statistics everywhere else.
    pub fn new(
        volume: &HuVolume,
        removed: &Mask,
        grid: &Grid,
        seed: u64,
        stop: Stop<'_>,
    ) -> Result<Self, Cancelled> {
        Ok(Self { statistics: statistics(volume, removed, grid, stop)?, grid: grid.clone(), seed })
    }

    fn hu(&self, slice: usize, row: usize, column: usize) -> i16 {
        let node = [
            self.grid.plane_of_slice[slice],
            self.grid.node_of(slice, 0, row),
            self.grid.node_of(slice, 1, column),
        ];
        let (mean, spread) = self.statistics[node];
        // Four uniform numbers: variance 4/12, so the sum times the square root of 3 has unit variance.
        let bits = noise::bits(self.seed, [slice as i64, row as i64, column as i64]);
        let sum: f32 = (0..4).map(|i| ((bits >> (16 * i)) & 0xffff) as f32 / 65536.0 - 0.5).sum();
        let hu = f32::from(mean) + f32::from(spread) * 3.0_f32.sqrt() * sum;
        (hu.round() as i16).clamp(FACE_HU.0, FACE_HU.1)
    }
}

/// Mean and spread of the kept soft tissue per node; nodes without take those of the nearest that has some, and
/// farther off, by and by, those of all of it.
fn statistics(
    volume: &HuVolume,
    removed: &Mask,
    grid: &Grid,
    stop: Stop<'_>,
) -> Result<Array3<(i16, i16)>, Cancelled> {
    let dim = (grid.shape[0], grid.shape[1], grid.shape[2]);
    let planes: Vec<Vec<Option<(i16, i16)>>> = (0..dim.0)
        .into_par_iter()
        .map(|plane| {
            stop.check()?;
            Ok(measured(volume, removed, grid, plane))
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut known = Array3::from_shape_vec(dim, planes.into_iter().flatten().collect())
        .unwrap_or_else(|_| Array3::from_elem(dim, None));
    let mut open: VecDeque<[usize; 3]> =
        known.indexed_iter().filter(|(_, s)| s.is_some()).map(|((p, r, c), _)| [p, r, c]).collect();
    let overall = [0, 1].map(|part: usize| {
        let sum: i64 = known.iter().flatten().map(|s| i64::from(if part == 0 { s.0 } else { s.1 })).sum();
        sum / open.len().max(1) as i64
    });
    let towards = |from: i16, to: i64| from + ((to - i64::from(from)) / PART) as i16;
    for passed in 0_usize.. {
        let Some(node) = open.pop_front() else { break };
        if passed.is_multiple_of(NODES_BETWEEN_ASKS) {
            stop.check()?;
        }
        let passed_on =
            known[node].map(|(mean, spread)| (towards(mean, overall[0]), towards(spread, overall[1])));
        for axis in 0..3 {
            for neighbor in [node[axis].wrapping_sub(1), node[axis] + 1] {
                let mut next = node;
                next[axis] = neighbor;
                if neighbor < grid.shape[axis] && known[next].is_none() {
                    known[next] = passed_on;
                    open.push_back(next);
                }
            }
        }
    }
    let middle = i16::midpoint(FACE_HU.0, FACE_HU.1);
    Ok(known.mapv(|statistics| statistics.unwrap_or((middle, 10))))
}

fn measured(volume: &HuVolume, removed: &Mask, grid: &Grid, plane: usize) -> Vec<Option<(i16, i16)>> {
    let (_, rows, columns) = volume.hu.dim();
    let mut sums = vec![(0_u32, 0_i64, 0_i64); grid.shape[1] * grid.shape[2]];
    for (slice, _) in grid.plane_of_slice.iter().enumerate().filter(|(_, of)| **of == plane) {
        for row in 0..rows {
            for column in 0..columns {
                let hu = volume.hu[[slice, row, column]];
                if SOFT_HU.contains(&hu) && !removed[[slice, row, column]] {
                    let node = grid.node_of(slice, 0, row) * grid.shape[2] + grid.node_of(slice, 1, column);
                    let hu = i64::from(hu);
                    let sum = &mut sums[node];
                    *sum = (sum.0 + 1, sum.1 + hu, sum.2 + hu * hu);
                }
            }
        }
    }
    let finish = |(count, sum, squares): (u32, i64, i64)| {
        (count >= ENOUGH).then(|| {
            let mean = sum as f64 / f64::from(count);
            let variance = (squares as f64 / f64::from(count) - mean * mean).max(0.0);
            let mean = mean.clamp(f64::from(FACE_HU.0), f64::from(FACE_HU.1));
            (mean as i16, variance.sqrt().round().min(60.0) as i16)
        })
    };
    sums.into_iter().map(finish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Geometry;

    #[test]
    fn the_fill_has_the_mean_and_the_spread_of_the_tissue_beside_it() {
        let geometry = Geometry {
            origins_mm: vec![[0.0; 3]],
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 0.5,
            column_spacing_mm: 0.5,
        };
        let hu = Array3::from_shape_fn((1, 64, 64), |(_, r, c)| {
            -20 + (noise::bits(3, [r as i64, c as i64, 0]) % 21) as i16
        });
        let removed = Array3::from_shape_fn((1, 64, 64), |(_, _, c)| c < 32);
        let grid = Grid::new(&geometry, [64, 64]);
        let volume = HuVolume { hu, geometry };
        let tissue = TissueNoise::new(&volume, &removed, &grid, 5, Stop::never()).unwrap();
        let fill = FillValue::Tissue(Arc::new(tissue));
        let of = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
            (mean, variance.sqrt())
        };
        let filled = of((0..64)
            .flat_map(|r| (0..32).map(move |c| (r, c)))
            .map(|(r, c)| f64::from(fill.hu(0, r, c)))
            .collect());
        let kept = of((0..64)
            .flat_map(|r| (32..64).map(move |c| (r, c)))
            .map(|(r, c)| f64::from(volume.hu[[0, r, c]]))
            .collect());
        assert!((filled.0 - kept.0).abs() < 1.5 && (filled.1 - kept.1).abs() < 1.0, "{filled:?} {kept:?}");
    }
}
