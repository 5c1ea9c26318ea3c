//! What each node of the grid holds: air or matter, and how much bone.

use ndarray::Array3;
use rayon::prelude::*;

use super::HuVolume;
use super::bits::Bits;
use super::grid::Grid;
use crate::stop::{Cancelled, Stop};

/// Above this value a voxel is bone, HU.
pub const BONE_HU: i16 = 300;
/// Limits of what counts towards a node's mean, HU: metal and padding must not outweigh their neighbors.
const MEAN_LIMITS_HU: (i16, i16) = (-1000, 2000);
/// What brain, blood, cerebrospinal fluid and infarcts measure, with noise and contrast, HU.
const BRAIN_HU: std::ops::RangeInclusive<i32> = -60..=180;

/// A volume gathered on its grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// At least half of the voxels are denser than air. Nodes that gather no voxel are not.
    pub solid: Bits,
    /// The mean is that of brain.
    pub brain: Bits,
    /// Share of voxels above [`BONE_HU`]: 0 is none, 255 is all.
    pub bone: Array3<u8>,
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
                // Outside, seen along a row, is what lies before and behind one stretch.
                let outside = |column: &usize| rim(0).outside(row, *column, 1.01);
                let (left, right) =
                    ((0..columns).take_while(outside), (0..columns).rev().take_while(outside));
                let mut right: Vec<usize> = right.collect();
                if right.len() == columns {
                    right.clear();
                }
                for column in left.chain(right) {
                    let hu = volume.hu[[slice, row, column]];
                    all += 1;
                    same += usize::from(*first.get_or_insert(hu) == hu);
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
    pub fn new(volume: &HuVolume, grid: &Grid, air_hu: i16, stop: Stop<'_>) -> Result<Self, Cancelled> {
        let [planes, rows, columns] = grid.shape;
        let rim = Rim::find(volume, air_hu);
        let plane_len = rows * columns;
        let mut bone = vec![0_u8; planes * plane_len];
        let flags: Vec<Vec<u8>> = bone
            .par_chunks_mut(plane_len)
            .enumerate()
            .map(|(plane, bone)| {
                stop.check()?;
                let mut flags = vec![0; plane_len];
                let sums = gather(volume, grid, plane, air_hu, rim);
                for ((sum, bone), flag) in
                    sums.iter().zip(bone).zip(&mut flags).filter(|((s, _), _)| s.voxels > 0)
                {
                    let voxels = sum.voxels;
                    *flag = u8::from(2 * sum.solid >= voxels)
                        | u8::from(BRAIN_HU.contains(&(sum.hu / voxels as i32))) << 1;
                    *bone = (sum.bone * 255).div_ceil(voxels) as u8;
                }
                Ok(flags)
            })
            .collect::<Result<_, Cancelled>>()?;
        let flags = flags.concat();
        Ok(Self {
            solid: Bits::of(grid.shape, &flags, |flag| flag & 1 == 1),
            brain: Bits::of(grid.shape, &flags, |flag| flag & 2 == 2),
            bone: Array3::from_shape_vec((planes, rows, columns), bone).unwrap_or_default(),
            rim,
        })
    }

    /// Share of bone in a node, 0 to 1.
    #[must_use]
    pub fn bone_share(&self, node: [usize; 3]) -> f32 {
        f32::from(self.bone[node]) / 255.0
    }

    /// The part within a box that starts at (row, column) `first`; planes are all kept.
    #[must_use]
    pub fn cropped(&self, first: [usize; 2], shape: [usize; 3]) -> Self {
        let dim = (shape[0], shape[1], shape[2]);
        Self {
            solid: self.solid.cropped(first, shape),
            brain: self.brain.cropped(first, shape),
            bone: Array3::from_shape_fn(dim, |(p, r, c)| self.bone[[p, r + first[0], c + first[1]]]),
            rim: self.rim,
        }
    }
}

/// Sums over the voxels of a node.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    hu: i32,
    voxels: u32,
    solid: u32,
    bone: u32,
}

/// Sums over some rows of one column of pixels. Apart, and added with wrapping, the compiler vectorizes them; a node
/// gathers at most 16 rows of a slice.
struct Columns {
    hu: Vec<i32>,
    solid: Vec<u16>,
    bone: Vec<u16>,
}

impl Columns {
    fn add(&mut self, line: &[i16], air_hu: i16) {
        for (sum, &hu) in self.hu.iter_mut().zip(line) {
            *sum = sum.wrapping_add(i32::from(hu.clamp(MEAN_LIMITS_HU.0, MEAN_LIMITS_HU.1)));
        }
        for (sum, &hu) in self.solid.iter_mut().zip(line) {
            *sum = sum.wrapping_add(u16::from(hu > air_hu));
        }
        for (sum, &hu) in self.bone.iter_mut().zip(line) {
            *sum = sum.wrapping_add(u16::from(hu > BONE_HU));
        }
    }

    fn clear(&mut self) {
        self.hu.fill(0);
        self.solid.fill(0);
        self.bone.fill(0);
    }
}

fn gather(volume: &HuVolume, grid: &Grid, plane: usize, air_hu: i16, rim: Option<Rim>) -> Vec<Sum> {
    let (_, rows, columns) = volume.hu.dim();
    let mut sums = vec![Sum::default(); grid.shape[1] * grid.shape[2]];
    let Some(voxels) = volume.hu.as_slice() else { return sums };
    let mut of = Columns { hu: vec![0; columns], solid: vec![0; columns], bone: vec![0; columns] };
    let mut masked = Vec::new();
    for slice in (0..grid.plane_of_slice.len()).filter(|slice| grid.plane_of_slice[*slice] == plane) {
        let ranges: Vec<_> = (0..grid.shape[2]).map(|node| grid.pixels_of(slice, 1, node, columns)).collect();
        for node_row in 0..grid.shape[1] {
            let pixel_rows = grid.pixels_of(slice, 0, node_row, rows);
            if pixel_rows.is_empty() {
                continue;
            }
            of.clear();
            for row in pixel_rows.clone() {
                let start = (slice * rows + row) * columns;
                let line = &voxels[start..start + columns];
                if let Some(rim) = rim {
                    masked.clear();
                    masked.extend(line.iter().enumerate().map(|(column, &hu)| {
                        if rim.covers(row, column, hu) { MEAN_LIMITS_HU.0 } else { hu }
                    }));
                    of.add(&masked, air_hu);
                } else {
                    of.add(line, air_hu);
                }
            }
            let sums = &mut sums[node_row * grid.shape[2]..(node_row + 1) * grid.shape[2]];
            for (sum, range) in sums.iter_mut().zip(&ranges) {
                let total =
                    |counts: &[u16]| counts.iter().fold(0_u32, |all, &n| all.wrapping_add(u32::from(n)));
                sum.hu += of.hu[range.clone()].iter().fold(0_i32, |all, &hu| all.wrapping_add(hu));
                sum.solid += total(&of.solid[range.clone()]);
                sum.bone += total(&of.bone[range.clone()]);
                sum.voxels += (range.len() * pixel_rows.len()) as u32;
            }
        }
    }
    sums
}
