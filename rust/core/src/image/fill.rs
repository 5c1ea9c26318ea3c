//! What a removed voxel becomes.

use std::sync::Arc;

use super::grid::Grid;
use super::spread::Statistics;
use super::{HuVolume, Mask, noise};
use crate::stop::{Cancelled, Stop};

/// Range of facial tissue, HU: the study group's values for its `face` fill.
pub const FACE_HU: (i16, i16) = (-125, 50);

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
    statistics: Statistics,
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
        Ok(Self { statistics: Statistics::new(volume, removed, grid, stop)?, grid: grid.clone(), seed })
    }

    fn hu(&self, slice: usize, row: usize, column: usize) -> i16 {
        let node = [
            self.grid.plane_of_slice[slice],
            self.grid.node_of(slice, 0, row),
            self.grid.node_of(slice, 1, column),
        ];
        let bits = noise::bits(self.seed, [slice as i64, row as i64, column as i64]);
        drawn(self.statistics.of(node), bits)
    }

    /// The values of the columns of a row that are marked in `removed`: `put` gets column and HU.
    pub fn row(&self, slice: usize, row: usize, removed: &[bool], mut put: impl FnMut(usize, i16)) {
        let (plane, node_row) = (self.grid.plane_of_slice[slice], self.grid.node_of(slice, 0, row));
        let line = noise::Line::new(self.seed, [slice as i64, row as i64]);
        for node in 0..self.grid.shape[2] {
            let statistics = self.statistics.of([plane, node_row, node]);
            for column in self.grid.pixels_of(slice, 1, node, removed.len()) {
                if removed[column] {
                    put(column, drawn(statistics, line.bits(column as i64)));
                }
            }
        }
    }
}

/// A value of a distribution of this mean and standard deviation, limited to [`FACE_HU`].
fn drawn((mean, spread): (i16, i16), bits: u64) -> i16 {
    // Four uniform numbers of 16 bits: variance 4/12, so the sum times the square root of 3 has unit variance.
    const PARTS: u64 = 0x0000_ffff_0000_ffff;
    let pairs = (bits & PARTS).wrapping_add(bits >> 16 & PARTS);
    let sum = (pairs & 0xffff_ffff).wrapping_add(pairs >> 32) as i32 as f32 / 65536.0 - 2.0;
    let hu = f32::from(mean) + f32::from(spread) * 3.0_f32.sqrt() * sum;
    // To the nearest, halves away from 0; `round` is a call without SSE 4.1.
    let whole = hu as i32;
    let rest = hu - whole as f32;
    let nearest = whole.wrapping_add(i32::from(rest >= 0.5)).wrapping_sub(i32::from(rest <= -0.5));
    (nearest as i16).clamp(FACE_HU.0, FACE_HU.1)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

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
        let FillValue::Tissue(tissue) = &fill else { panic!("made above") };
        for row in [0, 9, 63] {
            let removed: Vec<bool> = (0..64).map(|column| removed[[0, row, column]]).collect();
            let mut columns = Vec::new();
            tissue.row(0, row, &removed, |column, hu| {
                assert_eq!(hu, fill.hu(0, row, column));
                columns.push(column);
            });
            assert_eq!(columns, (0..32).collect::<Vec<_>>());
        }
        assert!((filled.0 - kept.0).abs() < 1.5 && (filled.1 - kept.1).abs() < 1.0, "{filled:?} {kept:?}");
    }
}
