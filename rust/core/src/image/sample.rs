//! What each node of the grid holds: air or matter, and how much bone.

use ndarray::{Array3, Axis};
use rayon::prelude::*;

use super::HuVolume;
use super::grid::Grid;

/// Above this value a voxel is bone, HU.
pub const BONE_HU: i16 = 300;
/// Limits of what counts towards a node's mean, HU: metal and padding must not outweigh their neighbors.
const MEAN_LIMITS_HU: (i16, i16) = (-1000, 2000);

/// A volume gathered on its grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// At least half of the voxels are denser than air. Nodes that gather no voxel are not.
    pub solid: Array3<bool>,
    /// Mean HU, limited to -1000..=2000; -1000 where nothing was measured.
    pub mean_hu: Array3<i16>,
    /// Share of voxels above [`BONE_HU`], 0 to 1.
    pub bone: Array3<f32>,
    /// Dense padding outside a round field of view, where the series has it; never tissue.
    pub rim: Option<Rim>,
}

/// A constant that fills everything outside the inscribed circle of the matrix although it is denser than air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rim {
    hu: i16,
    center: [f32; 2],
    radius: [f32; 2],
}

impl Rim {
    /// Whether the voxel is this padding.
    #[must_use]
    pub fn covers(&self, row: usize, column: usize, hu: i16) -> bool {
        hu == self.hu && self.outside(row, column, 0.97)
    }

    fn outside(&self, row: usize, column: usize, scale: f32) -> bool {
        let y = (row as f32 - self.center[0]) / self.radius[0];
        let x = (column as f32 - self.center[1]) / self.radius[1];
        y * y + x * x > scale * scale
    }

    /// Looks for the padding: nearly all voxels outside the circle have one value, and it is no air.
    fn find(volume: &HuVolume, air_hu: i16) -> Option<Self> {
        let (slices, rows, columns) = volume.hu.dim();
        let half = |size: usize| (size as f32 - 1.0) / 2.0;
        let rim = |hu| Self {
            hu,
            center: [half(rows), half(columns)],
            radius: [rows as f32, columns as f32].map(|n| n / 2.0),
        };
        let mut first = None;
        let (mut same, mut all) = (0_usize, 0_usize);
        for slice in (0..slices).step_by((slices / 8).max(1)) {
            for row in 0..rows {
                for column in 0..columns {
                    if rim(0).outside(row, column, 1.01) {
                        let hu = volume.hu[[slice, row, column]];
                        all += 1;
                        same += usize::from(*first.get_or_insert(hu) == hu);
                    }
                }
            }
        }
        // Text burned into a corner may differ.
        let constant = first.filter(|_| all >= 64 && same * 10 >= all * 9)?;
        (constant > air_hu).then(|| rim(constant))
    }
}

impl Sample {
    /// Gathers a volume. Voxels at or below `air_hu` are air; so is padding of any kind.
    #[must_use]
    pub fn new(volume: &HuVolume, grid: &Grid, air_hu: i16) -> Self {
        let dim = (grid.shape[0], grid.shape[1], grid.shape[2]);
        let rim = Rim::find(volume, air_hu);
        let mut sample = Self {
            solid: Array3::from_elem(dim, false),
            mean_hu: Array3::from_elem(dim, MEAN_LIMITS_HU.0),
            bone: Array3::zeros(dim),
            rim,
        };
        sample
            .solid
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .zip(sample.mean_hu.axis_iter_mut(Axis(0)))
            .zip(sample.bone.axis_iter_mut(Axis(0)))
            .enumerate()
            .for_each(|(plane, ((mut solid, mut mean), mut bone))| {
                let sums = gather(volume, grid, plane, air_hu, rim);
                for (index, sum) in sums.iter().enumerate().filter(|(_, sum)| sum.voxels > 0) {
                    let at = [index / dim.2, index % dim.2];
                    solid[at] = 2 * sum.solid >= sum.voxels;
                    mean[at] = (sum.hu / sum.voxels as i32) as i16;
                    bone[at] = sum.bone as f32 / sum.voxels as f32;
                }
            });
        sample
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    hu: i32,
    voxels: u32,
    solid: u32,
    bone: u32,
}

impl Sum {
    /// Adds one voxel. Sums of a node stay far below 2^31; wrapping arithmetic lets the compiler vectorize.
    #[inline]
    fn add(&mut self, hu: i16, air_hu: i16) {
        self.hu = self.hu.wrapping_add(i32::from(hu.clamp(MEAN_LIMITS_HU.0, MEAN_LIMITS_HU.1)));
        self.solid = self.solid.wrapping_add(u32::from(hu > air_hu));
        self.bone = self.bone.wrapping_add(u32::from(hu > BONE_HU));
    }
}

fn gather(volume: &HuVolume, grid: &Grid, plane: usize, air_hu: i16, rim: Option<Rim>) -> Vec<Sum> {
    let (_, rows, columns) = volume.hu.dim();
    let Some(voxels) = volume.hu.as_slice() else { return Vec::new() };
    let mut sums = vec![Sum::default(); grid.shape[1] * grid.shape[2]];
    let slices = grid.plane_of_slice.iter().enumerate().filter(|(_, of)| **of == plane);
    for (slice, _) in slices {
        for row in 0..rows {
            let start = (slice * rows + row) * columns;
            let line = &voxels[start..start + columns];
            let node_row = grid.node_of(slice, 0, row) * grid.shape[2];
            let first = grid.node_of(slice, 1, 0);
            let last = grid.node_of(slice, 1, columns - 1);
            for node in first..=last {
                let range = grid.pixels_of(slice, 1, node, columns);
                let pixels = &line[range.clone()];
                let sum = &mut sums[node_row + node];
                if let Some(rim) = rim {
                    let hu = range
                        .zip(pixels)
                        .map(|(column, &hu)| if rim.covers(row, column, hu) { MEAN_LIMITS_HU.0 } else { hu });
                    hu.for_each(|hu| sum.add(hu, air_hu));
                } else {
                    for &hu in pixels {
                        sum.add(hu, air_hu);
                    }
                }
                sum.voxels += pixels.len() as u32;
            }
        }
    }
    sums
}
