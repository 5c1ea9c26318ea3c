//! Pixels of strokes that stand beside another one of the same value.

use super::block::{BLOCK, places, reaching};
use super::constant::SAME_HU;
use super::stroke::{Contrast, Lit, Plane, STROKE_HU};
use super::window::Window;

/// A pixel of a stroke with a neighbor, by edge or corner, of its value in the same stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) column: u16,
    pub(super) value: i16,
}

/// The links of a slice, row by row. Keeps its buffers from slice to slice.
#[derive(Debug, Default)]
pub(super) struct Links {
    list: Vec<Link>,
    /// Where each row begins in the list, and where the last ends.
    starts: Vec<usize>,
    here: Marks,
    below: Marks,
}

/// What is known of the pixels of a row: a bit for each, in blocks; the last block stays empty.
#[derive(Debug, Default)]
struct Marks {
    stroke: Vec<u32>,
    linked: Vec<u32>,
}

impl Links {
    /// Collects the links of the window that was last measured.
    pub(super) fn collect(&mut self, contrast: &Contrast) {
        let rows = contrast.rows();
        self.list.clear();
        self.starts.clear();
        self.starts.push(0);
        if rows == 0 {
            return;
        }
        let mut lit = [&contrast.bright, &contrast.dark].map(|plane| (plane, &plane.lit[..]));
        self.below.set(contrast.width, 0, &mut lit);
        for row in 0..rows {
            std::mem::swap(&mut self.here, &mut self.below);
            self.below.set(contrast.width, row + 1, &mut lit);
            let upper = contrast.values(row);
            let lower = if row + 1 < rows { contrast.values(row + 1) } else { &[] };
            for block in 0..self.here.stroke.len() - 1 {
                if self.here.stroke[block] != 0 {
                    self.here.link_along(upper, block);
                    link_down([upper, lower], &mut self.here, &mut self.below, block);
                }
            }
            for (block, &linked) in self.here.linked.iter().enumerate() {
                let columns = places(linked).map(|place| block * BLOCK + place);
                self.list.extend(columns.map(|at| Link { column: at as u16, value: upper[at] }));
            }
            self.starts.push(self.list.len());
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(super) fn row(&self, row: usize) -> &[Link] {
        &self.list[self.starts[row]..self.starts[row + 1]]
    }

    /// The links of a window, row by row.
    fn within(&self, window: Window) -> impl Iterator<Item = (usize, Link)> {
        (window.top..window.bottom.min(self.rows())).flat_map(move |row| {
            let line = self.row(row);
            let first = line.partition_point(|link| (link.column as usize) < window.left);
            let inside = line[first..].iter().take_while(move |link| (link.column as usize) < window.right);
            inside.map(move |&link| (row, link))
        })
    }

    /// Row and column of the links of a value, sorted.
    pub(super) fn of_value(&self, value: i16, reach: u16, window: Window) -> Vec<[usize; 2]> {
        let same = self.within(window).filter(|(_, link)| link.value.abs_diff(value) <= reach);
        same.map(|(row, link)| [row, link.column as usize]).collect()
    }

    /// How many links of a window are within each reach of a value.
    pub(super) fn counts<const N: usize>(&self, value: i16, reaches: [u16; N], window: Window) -> [usize; N] {
        let mut counts = [0; N];
        for (_, link) in self.within(window) {
            let apart = link.value.abs_diff(value);
            for (count, reach) in counts.iter_mut().zip(reaches) {
                *count += usize::from(apart <= reach);
            }
        }
        counts
    }
}

impl Marks {
    /// Notes the strokes of a row, of which none is linked yet; of rows beyond the last there are none. `lit` are the
    /// planes with their blocks of the rows to come.
    fn set(&mut self, width: usize, row: usize, lit: &mut [(&Plane, &[Lit]); 2]) {
        for bits in [&mut self.stroke, &mut self.linked] {
            bits.clear();
            bits.resize(width.div_ceil(BLOCK) + 1, 0);
        }
        for (plane, blocks) in lit {
            while let Some((&Lit { first, .. }, rest)) =
                blocks.split_first().filter(|(lit, _)| lit.row as usize == row)
            {
                let columns = first as usize..(first as usize + BLOCK).min(width);
                let bits = reaching(&plane.hu[row * width..][columns], STROKE_HU);
                self.stroke[first as usize / BLOCK] |= bits;
                *blocks = rest;
            }
        }
    }

    fn link(&mut self, column: usize) {
        self.linked[column / BLOCK] |= 1 << (column % BLOCK);
    }

    /// The strokes that lie one pixel to the right of the pixels of a block.
    fn right(&self, block: usize) -> u32 {
        self.stroke[block] >> 1 | self.stroke[block + 1] << (BLOCK - 1)
    }

    /// The strokes that lie one pixel to the left of the pixels of a block.
    fn left(&self, block: usize) -> u32 {
        let before = if block == 0 { 0 } else { self.stroke[block - 1] };
        self.stroke[block] << 1 | before >> (BLOCK - 1)
    }

    /// Links the strokes of a block with the next in their row.
    fn link_along(&mut self, values: &[i16], block: usize) {
        for place in places(self.stroke[block] & self.right(block)) {
            let at = block * BLOCK + place;
            if is_same(values[at], values[at + 1]) {
                self.link(at);
                self.link(at + 1);
            }
        }
    }
}

/// Links the strokes of a block with those in the row below, straight and to both sides.
fn link_down([upper, lower]: [&[i16]; 2], here: &mut Marks, below: &mut Marks, block: usize) {
    let stroke = here.stroke[block];
    let sides = [(below.left(block), 0), (below.stroke[block], 1), (below.right(block), 2)];
    for (strokes, shift) in sides {
        for place in places(stroke & strokes) {
            let at = block * BLOCK + place;
            let next = at + shift - 1;
            if is_same(upper[at], lower[next]) {
                here.link(at);
                below.link(next);
            }
        }
    }
}

const fn is_same(a: i16, b: i16) -> bool {
    a.abs_diff(b) <= SAME_HU
}
