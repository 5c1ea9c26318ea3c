//! The decision carried to full resolution: which voxels go.

use ndarray::{Array2, Array3, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::disk::Stretch;
use super::ellipse::Ellipse;
use crate::image::bits::Bits;
use crate::image::grid::Grid;
use crate::image::sample::{BONE_HU, Rim};
use crate::image::{HuVolume, Mask};
use crate::stop::{Cancelled, Stop};

/// What was decided on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The grid.
    pub grid: Grid,
    /// How far a node lies within what is removed, mm: positive goes.
    pub excess: Array3<f32>,
    /// Depth below the skin, mm; negative outside the head.
    pub depth: Array3<f32>,
    /// The cranial cavity and what lies within 3 mm of it, or what stays in its place where none was found.
    pub protected: Bits,
    /// The cranial cavity.
    pub cavity: Bits,
    /// Nodes whose voxels above [`BONE_HU`] are bone and stay.
    pub bony: Bits,
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
    /// The ellipse decides, and bone stays where there is some.
    Disk {
        bony: bool,
    },
    Mixed,
}

impl Decision {
    /// The mask of removed voxels, and what each slice lost.
    pub fn apply(&self, volume: &HuVolume, stop: Stop<'_>) -> Result<(Mask, Counts), Cancelled> {
        let mut mask = Mask::from_elem(volume.hu.dim(), false);
        let counts = mask
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .map(|(slice, out)| {
                stop.check()?;
                Ok(self.apply_slice(volume, slice, out))
            })
            .sum::<Result<_, Cancelled>>()?;
        Ok((mask, counts))
    }

    fn apply_slice(&self, volume: &HuVolume, slice: usize, mut out: ArrayViewMut2<'_, bool>) -> Counts {
        let hu = volume.hu.index_axis(Axis(0), slice);
        let (rows, columns) = hu.dim();
        let (Some(hu_of), Some(gone)) = (hu.as_slice(), out.as_slice_mut()) else { return Counts::default() };
        let grid = &self.grid;
        let plane = grid.plane_of_slice[slice];
        let excess = self.excess_at(volume, slice);
        let disk = self.disk_at(&hu, slice);
        let ranges: Vec<_> = (0..grid.shape[2]).map(|node| grid.pixels_of(slice, 1, node, columns)).collect();
        let by_column = self.weights(slice, 1, columns);
        let by_row = self.weights(slice, 0, rows);
        let blocks = self.blocks(&excess, plane, disk.is_some());
        let mut counts = Counts::default();
        for (node_row, blocks) in blocks.chunks(grid.shape[2]).enumerate() {
            let pixel_rows = grid.pixels_of(slice, 0, node_row, rows);
            if pixel_rows.is_empty() {
                continue;
            }
            let mut first = 0;
            for run in blocks.chunk_by(|a, b| a == b && *a != Block::Mixed) {
                let nodes = first..first + run.len();
                first = nodes.end;
                let pixels =
                    ranges[nodes.start].start..ranges[nodes.end - 1].end.max(ranges[nodes.start].start);
                // How many pixels of each column go, or of all columns of a single node.
                let mut by_pixel = Vec::new();
                let mut removed = 0;
                match run[0] {
                    Block::Kept => {}
                    Block::Removed => {
                        for row in pixel_rows.clone() {
                            gone[row * columns + pixels.start..row * columns + pixels.end].fill(true);
                        }
                        removed = (pixels.len() * pixel_rows.len()) as u64;
                    }
                    Block::Disk { bony } => {
                        let disk = disk.as_ref().and_then(|disk| disk.as_slice()).unwrap_or_default();
                        let at = [pixel_rows.clone(), pixels.clone()];
                        by_pixel = Stretch { pixels: at, columns, bony, disk, hu: hu_of }.apply(gone);
                        removed = by_pixel.iter().map(|n| u64::from(*n)).sum();
                    }
                    Block::Mixed => {
                        let mixed = Mixed::new(self, [plane, node_row, nodes.start], disk.as_ref());
                        for row in pixel_rows.clone() {
                            let (r, down) = by_row[row];
                            let line = row * columns + pixels.start..row * columns + pixels.end;
                            let weights = &by_column[pixels.clone()];
                            removed += mixed.apply(
                                &excess,
                                (r, down),
                                weights,
                                [row, pixels.start],
                                &hu_of[line.clone()],
                                &mut gone[line],
                            );
                        }
                    }
                }
                counts.removed += removed;
                for (at, of_node) in nodes.clone().zip(&ranges[nodes]) {
                    let node = [plane, node_row, at];
                    let size = (of_node.len() * pixel_rows.len()) as u64;
                    let lost = match run[0] {
                        Block::Kept => 0,
                        Block::Removed => size,
                        Block::Disk { .. } => by_pixel
                            [of_node.start - pixels.start..of_node.end - pixels.start]
                            .iter()
                            .map(|n| u64::from(*n))
                            .sum(),
                        Block::Mixed => removed,
                    };
                    if self.depth[node] > 0.0 {
                        counts.head += size;
                        counts.head_removed += lost;
                    }
                    if self.cavity.has(node) {
                        counts.cavity += size;
                        counts.cavity_removed += lost;
                    }
                }
            }
        }
        counts
    }

    /// For each pixel the node before it and the weight of the node after it.
    fn weights(&self, slice: usize, axis: usize, size: usize) -> Vec<(usize, f32)> {
        let last = self.grid.shape[axis + 1] - 1;
        (0..size)
            .map(|index| {
                let at = self.grid.coordinate(slice, axis, index).clamp(0.0, last as f32);
                let node = (at as usize).min(last - 1);
                (node, at - node as f32)
            })
            .collect()
    }

    /// What becomes of the nodes of a plane. A pixel depends on its node's neighbors, too.
    fn blocks(&self, excess: &Array2<f32>, plane: usize, disk: bool) -> Vec<Block> {
        let (rows, columns) = excess.dim();
        let gone = Bits::of([1, rows, columns], excess.as_slice().unwrap_or_default(), |mm| mm > 0.0);
        let any = around(&gone);
        let kept = around(&gone.inverted());
        let depth = self.depth.index_axis(Axis(0), plane);
        let mut blocks = vec![Block::Kept; rows * columns];
        for (index, (block, &depth)) in blocks.iter_mut().zip(&depth).enumerate() {
            let (row, column) = (index / columns, index % columns);
            let (node, here) = ([plane, row, column], [0, row, column]);
            *block = if self.protected.has(node) {
                Block::Kept
            } else if depth <= self.far() {
                Block::Removed
            } else if disk && !any.has(here) {
                Block::Disk { bony: self.bony.has(node) }
            } else if !any.has(here) && !self.is_edge(depth) {
                Block::Kept
            } else if !kept.has(here) && !self.bony.has(node) {
                Block::Removed
            } else {
                Block::Mixed
            };
        }
        blocks
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

    /// The nodes whose depth passes.
    pub(super) fn nodes_where(&self, passes: impl Fn(f32) -> bool) -> Bits {
        Bits::of(self.grid.shape, self.depth.as_slice().unwrap_or_default(), passes)
    }

    /// Deeper outside than this, everything goes: what lies there is not the head.
    pub(super) fn far(&self) -> f32 {
        -2.0 * self.grid.pitch_mm[0].max(self.grid.pitch_mm[1])
    }

    fn is_edge(&self, depth: f32) -> bool {
        depth.abs() < 1.5 * self.grid.pitch_mm[0].max(self.grid.pitch_mm[1])
    }
}

/// A node whose pixels are decided one by one; it is not protected.
struct Mixed<'a> {
    decision: &'a Decision,
    bony: bool,
    edge: bool,
    disk: Option<&'a Array2<bool>>,
}

impl<'a> Mixed<'a> {
    fn new(decision: &'a Decision, node: [usize; 3], disk: Option<&'a Array2<bool>>) -> Self {
        Self {
            decision,
            bony: decision.bony.has(node),
            edge: disk.is_none() && decision.is_edge(decision.depth[node]),
            disk,
        }
    }

    /// Decides the pixels of one row that starts at `place`; returns how many go.
    fn apply(
        &self,
        excess: &Array2<f32>,
        (r, down): (usize, f32),
        weights: &[(usize, f32)],
        place: [usize; 2],
        hu: &[i16],
        gone: &mut [bool],
    ) -> u64 {
        let Some(excess) = excess.as_slice() else { return 0 };
        let columns = self.decision.grid.shape[2];
        let (upper, lower) =
            (&excess[r * columns..(r + 1) * columns], &excess[(r + 1) * columns..(r + 2) * columns]);
        let mut removed = 0;
        for (index, ((&(c, along), &hu), gone)) in weights.iter().zip(hu).zip(gone).enumerate() {
            let above = upper[c] + along * (upper[c + 1] - upper[c]);
            let below = lower[c] + along * (lower[c + 1] - lower[c]);
            let [row, column] = [place[0], place[1] + index];
            let air = || {
                hu <= self.decision.tissue_hu
                    || self.decision.rim.is_some_and(|rim| rim.covers(row, column, hu))
            };
            let goes = above + down * (below - above) > 0.0
                || self.edge && air()
                || self.disk.is_some_and(|disk| disk[[row, column]]);
            *gone = goes && !(self.bony && hu > BONE_HU);
            removed += u64::from(*gone);
        }
        removed
    }
}

/// The nodes of a plane with a member among them and their eight neighbors.
fn around(plane: &Bits) -> Bits {
    let wide = plane.widened();
    let stride = wide.stride();
    let mut out = wide.clone();
    let end = wide.words().len();
    for (from, to) in [(0..end - stride, stride..end), (stride..end, 0..end - stride)] {
        out.words_mut()[to].iter_mut().zip(&wide.words()[from]).for_each(|(out, word)| *out |= word);
    }
    out
}
