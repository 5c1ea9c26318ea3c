//! The study group's ellipse in one slice: the air outside the head, dilated.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::apply::Decision;
use crate::image::bits::Bits;
use crate::image::label::{flood, runs_of};
use crate::image::sample::BONE_HU;

impl Decision {
    /// The ellipse around the air outside the head in this slice, where it was asked for.
    ///
    /// The air is what is connected within the slice to air that lies outside the head.
    pub(super) fn disk_at(&self, hu: &ArrayView2<'_, i16>, slice: usize) -> Option<Array2<bool>> {
        let (ellipse, values) = (self.ellipse.as_ref()?, hu.as_slice()?);
        let (rows, columns) = hu.dim();
        let shape = [1, rows, columns];
        let air = Bits::of(shape, values, |hu| hu <= self.air_hu);
        let disk = ellipse.dilated(&flood(&air, &self.outside_at(slice, shape)));
        let mut flags = Array2::from_elem(hu.dim(), false);
        for (row, line) in flags.as_slice_mut()?.chunks_mut(columns.max(1)).enumerate() {
            for (start, end) in runs_of(disk.row(0, row)) {
                line[start as usize..end as usize].fill(true);
            }
        }
        Some(flags)
    }

    /// The pixels that lie surely outside the head.
    fn outside_at(&self, slice: usize, shape: [usize; 3]) -> Bits {
        let grid = &self.grid;
        let plane = grid.plane_of_slice[slice];
        let margin = -grid.pitch_mm[0].max(grid.pitch_mm[1]);
        let depth = self.depth.as_slice().unwrap_or_default();
        let mut outside = Bits::none(shape);
        for node_row in 0..grid.shape[1] {
            let start = (plane * grid.shape[1] + node_row) * grid.shape[2];
            let nodes =
                Bits::of([1, 1, grid.shape[2]], &depth[start..start + grid.shape[2]], |mm| mm < margin);
            for (first, end) in runs_of(nodes.row(0, 0)) {
                let columns = |node: u32| grid.pixels_of(slice, 1, node as usize, shape[2]);
                for row in grid.pixels_of(slice, 0, node_row, shape[1]) {
                    outside.insert_run(row, columns(first).start, columns(end - 1).end);
                }
            }
        }
        outside
    }
}

/// Nodes side by side of whose pixels the ellipse alone decides.
pub(super) struct Stretch<'a> {
    /// Rows and columns of their pixels.
    pub pixels: [Range<usize>; 2],
    /// Columns of the matrix.
    pub columns: usize,
    /// Their pixels above [`BONE_HU`] stay.
    pub bony: bool,
    /// The ellipse.
    pub disk: &'a [bool],
    /// The slice.
    pub hu: &'a [i16],
}

impl Stretch<'_> {
    /// Marks what goes; returns how many pixels of each column go.
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without a branch for each pixel the loop is vectorized"
    )]
    pub(super) fn apply(&self, gone: &mut [bool]) -> Vec<u16> {
        let [rows, columns] = &self.pixels;
        let mut counts = vec![0_u16; columns.len()];
        for row in rows.clone() {
            let line = row * self.columns + columns.start..row * self.columns + columns.end;
            let pixels = self.disk[line.clone()].iter().zip(&self.hu[line.clone()]).zip(&mut gone[line]);
            for (count, ((disk, hu), gone)) in counts.iter_mut().zip(pixels) {
                *gone = *disk & !(self.bony & (*hu > BONE_HU));
                *count = count.wrapping_add(u16::from(*gone));
            }
        }
        counts
    }
}
