//! The decision carried to full resolution: which voxels go.

use ndarray::{Array2, Array3, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::ellipse::{Ellipse, outside_air};
use crate::image::grid::Grid;
use crate::image::sample::{BONE_HU, Rim};
use crate::image::{HuVolume, Mask};

/// What was decided on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The grid.
    pub grid: Grid,
    /// How far a node lies within what is removed, mm: positive goes.
    pub excess: Array3<f32>,
    /// Depth below the skin, mm; negative outside the head.
    pub depth: Array3<f32>,
    /// The cranial cavity and what lies within 3 mm of it.
    pub protected: Array3<bool>,
    /// The cranial cavity.
    pub cavity: Array3<bool>,
    /// Nodes whose voxels above [`BONE_HU`] are bone and stay.
    pub bony: Array3<bool>,
    /// Voxels at or below are air for the ellipse.
    pub air_hu: i16,
    /// Voxels at or below are no part of the head at its very surface.
    pub tissue_hu: i16,
    /// Dense padding, never tissue.
    pub rim: Option<Rim>,
    /// The study group's ellipse, where it was asked for.
    pub ellipse: Option<Ellipse>,
}

/// What a slice lost, in voxels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Removed, the outside included.
    pub removed: u64,
    /// Belonging to the head.
    pub head: u64,
    /// Removed from the head.
    pub head_removed: u64,
    /// In the cranial cavity.
    pub cavity: u64,
    /// Removed from the cranial cavity.
    pub cavity_removed: u64,
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            removed: a.removed + b.removed,
            head: a.head + b.head,
            head_removed: a.head_removed + b.head_removed,
            cavity: a.cavity + b.cavity,
            cavity_removed: a.cavity_removed + b.cavity_removed,
        })
    }
}

/// What becomes of the pixels of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Kept,
    Removed,
    Mixed,
}

impl Decision {
    /// The mask of removed voxels, and what each slice lost.
    #[must_use]
    pub fn apply(&self, volume: &HuVolume) -> (Mask, Counts) {
        let mut mask = Mask::from_elem(volume.hu.dim(), false);
        let counts = mask
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .map(|(slice, out)| self.apply_slice(volume, slice, out))
            .sum();
        (mask, counts)
    }

    fn apply_slice(&self, volume: &HuVolume, slice: usize, mut out: ArrayViewMut2<'_, bool>) -> Counts {
        let hu = volume.hu.index_axis(Axis(0), slice);
        let (rows, columns) = hu.dim();
        let grid = &self.grid;
        let plane = grid.plane_of_slice[slice];
        let excess = self.excess_at(volume, slice);
        let disk = self.ellipse.as_ref().map(|ellipse| {
            let margin = -grid.pitch_mm[0].max(grid.pitch_mm[1]);
            let outside = |row, column| {
                self.depth[[plane, grid.node_of(slice, 0, row), grid.node_of(slice, 1, column)]] < margin
            };
            ellipse.dilate(&outside_air(&hu, self.air_hu, outside))
        });
        let weights = |axis: usize, size: usize| -> Vec<(usize, f32)> {
            (0..size)
                .map(|index| {
                    let at =
                        grid.coordinate(slice, axis, index).clamp(0.0, (grid.shape[axis + 1] - 1) as f32);
                    let node = (at as usize).min(grid.shape[axis + 1] - 2);
                    (node, at - node as f32)
                })
                .collect()
        };
        let (by_row, by_column) = (weights(0, rows), weights(1, columns));
        let mut counts = Counts::default();
        for node_row in grid.node_of(slice, 0, 0)..=grid.node_of(slice, 0, rows - 1) {
            let pixel_rows = grid.pixels_of(slice, 0, node_row, rows);
            for node_column in grid.node_of(slice, 1, 0)..=grid.node_of(slice, 1, columns - 1) {
                let node = [plane, node_row, node_column];
                let pixel_columns = grid.pixels_of(slice, 1, node_column, columns);
                let size = (pixel_rows.len() * pixel_columns.len()) as u64;
                let block = if disk.is_some() && self.depth[node] > self.far() {
                    Block::Mixed
                } else {
                    self.block(&excess, node)
                };
                let removed = match block {
                    Block::Kept => 0,
                    Block::Removed => {
                        for row in pixel_rows.clone() {
                            pixel_columns.clone().for_each(|column| out[[row, column]] = true);
                        }
                        size
                    }
                    Block::Mixed => {
                        let bony = self.bony[node];
                        let protected = self.protected[node];
                        let edge = disk.is_none() && !protected && self.is_edge(node);
                        let mut removed = 0;
                        for row in pixel_rows.clone() {
                            let (r, down) = by_row[row];
                            for column in pixel_columns.clone() {
                                let hu = hu[[row, column]];
                                let (c, along) = by_column[column];
                                let upper = excess[[r, c]] + along * (excess[[r, c + 1]] - excess[[r, c]]);
                                let lower = excess[[r + 1, c]]
                                    + along * (excess[[r + 1, c + 1]] - excess[[r + 1, c]]);
                                let air = || {
                                    hu <= self.tissue_hu
                                        || self.rim.is_some_and(|rim| rim.covers(row, column, hu))
                                };
                                let goes = !protected && upper + down * (lower - upper) > 0.0
                                    || edge && air()
                                    || !protected && disk.as_ref().is_some_and(|disk| disk[[row, column]]);
                                if goes && !(bony && hu > BONE_HU) {
                                    out[[row, column]] = true;
                                    removed += 1;
                                }
                            }
                        }
                        removed
                    }
                };
                counts.removed += removed;
                if self.depth[node] > 0.0 {
                    counts.head += size;
                    counts.head_removed += removed;
                }
                if self.cavity[node] {
                    counts.cavity += size;
                    counts.cavity_removed += removed;
                }
            }
        }
        counts
    }

    /// The excess in the plane of a slice: between the two planes it lies between.
    fn excess_at(&self, volume: &HuVolume, slice: usize) -> Array2<f32> {
        let normal = volume.geometry.normal();
        let origin = volume.geometry.origins_mm[slice];
        let z = (origin[0] * normal[0] + origin[1] * normal[1] + origin[2] * normal[2]) as f32;
        let planes = &self.grid.plane_mm;
        let own = self.grid.plane_of_slice[slice];
        let other = if z < planes[own] { own.saturating_sub(1) } else { (own + 1).min(planes.len() - 1) };
        let here = self.excess.index_axis(Axis(0), own);
        if other == own || (z - planes[own]).abs() < 0.01 {
            return here.to_owned();
        }
        let part = (z - planes[own]) / (planes[other] - planes[own]);
        let mut mixed = here.to_owned();
        mixed.zip_mut_with(&self.excess.index_axis(Axis(0), other), |a, &b| *a += part * (b - *a));
        mixed
    }

    fn block(&self, excess: &Array2<f32>, node: [usize; 3]) -> Block {
        if self.depth[node] <= self.far() && !self.protected[node] {
            return Block::Removed;
        }
        let (rows, columns) = excess.dim();
        let mut least = f32::INFINITY;
        let mut most = f32::NEG_INFINITY;
        for r in node[1].saturating_sub(1)..(node[1] + 2).min(rows) {
            for c in node[2].saturating_sub(1)..(node[2] + 2).min(columns) {
                least = least.min(excess[[r, c]]);
                most = most.max(excess[[r, c]]);
            }
        }
        if most <= 0.0 && !self.is_edge(node) {
            Block::Kept
        } else if least > 0.0 && !self.bony[node] && !self.protected[node] {
            Block::Removed
        } else {
            Block::Mixed
        }
    }

    /// Deeper outside than this, everything goes: what lies there is not the head.
    pub(super) fn far(&self) -> f32 {
        -2.0 * self.grid.pitch_mm[0].max(self.grid.pitch_mm[1])
    }

    fn is_edge(&self, node: [usize; 3]) -> bool {
        self.depth[node].abs() < 1.5 * self.grid.pitch_mm[0].max(self.grid.pitch_mm[1])
    }
}
