//! Pixels of strokes that stand beside another one of the same value.

use super::constant::SAME_HU;
use super::stroke::Contrast;
use super::window::Window;

/// Contrast in HU from which a pixel counts as part of a stroke.
const STROKE_HU: i16 = 30;

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
    linked: Vec<u16>,
    strokes: [Vec<u16>; 2],
}

impl Links {
    /// Collects the links of the window that was last measured.
    pub(super) fn collect(&mut self, contrast: &Contrast) {
        let (width, rows) = (contrast.width, contrast.rows());
        self.list.clear();
        self.starts.clear();
        self.starts.push(0);
        self.linked.clear();
        self.linked.resize(2 * width, 0);
        strokes_of(contrast, 0, &mut self.strokes[0]);
        for row in 0..rows {
            let (linked, below) = self.linked.split_at_mut(width);
            let [here, next] = &mut self.strokes;
            if row + 1 < rows {
                strokes_of(contrast, row + 1, next);
                link_down([contrast.values(row), contrast.values(row + 1)], [here, next], [linked, below]);
            }
            link_along(contrast.values(row), here, linked);
            gather(linked, contrast.values(row), &mut self.list);
            self.starts.push(self.list.len());
            linked.copy_from_slice(below);
            below.fill(0);
            self.strokes.swap(0, 1);
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

    pub(super) fn count(&self, value: i16, reach: u16, window: Window) -> usize {
        self.within(window).filter(|(_, link)| link.value.abs_diff(value) <= reach).count()
    }
}

fn strokes_of(contrast: &Contrast, row: usize, strokes: &mut Vec<u16>) {
    let line = row * contrast.width..(row + 1) * contrast.width;
    let pairs = contrast.bright[line.clone()].iter().zip(&contrast.dark[line]);
    strokes.clear();
    strokes.extend(pairs.map(|(&bright, &dark)| u16::from(bright.max(dark) >= STROKE_HU)));
}

fn same(a: i16, b: i16) -> u16 {
    u16::from(a.abs_diff(b) <= SAME_HU)
}

fn link_along(values: &[i16], strokes: &[u16], linked: &mut [u16]) {
    let count = values.len().saturating_sub(1);
    let (values, strokes, linked) = (&values[..=count], &strokes[..=count], &mut linked[..=count]);
    let (next, next_stroke) = (&values[1..=count], &strokes[1..=count]);
    // Two passes, for one that writes both ends of a link would not be vectorized.
    for i in 0..count {
        linked[i] |= same(values[i], next[i]) & strokes[i] & next_stroke[i];
    }
    let linked = &mut linked[1..=count];
    for i in 0..count {
        linked[i] |= same(values[i], next[i]) & strokes[i] & next_stroke[i];
    }
}

/// Links of two rows: straight and to both sides.
fn link_down(values: [&[i16]; 2], strokes: [&[u16]; 2], linked: [&mut [u16]; 2]) {
    let [here, below] = linked;
    let width = values[0].len();
    for shift in [-1_isize, 0, 1] {
        let (from, to) = ((-shift).max(0) as usize, shift.max(0) as usize);
        let count = width.saturating_sub(from.max(to));
        let (upper, lower) = (&values[0][from..][..count], &values[1][to..][..count]);
        let (upper_stroke, lower_stroke) = (&strokes[0][from..][..count], &strokes[1][to..][..count]);
        let (here, below) = (&mut here[from..][..count], &mut below[to..][..count]);
        for i in 0..count {
            let link = same(upper[i], lower[i]) & upper_stroke[i] & lower_stroke[i];
            here[i] |= link;
            below[i] |= link;
        }
    }
}

fn gather(linked: &[u16], values: &[i16], list: &mut Vec<Link>) {
    const BLOCK: usize = 32;
    for (block, flags) in linked.chunks(BLOCK).enumerate() {
        if flags.iter().fold(0, |any, flag| any | flag) == 0 {
            continue;
        }
        for (offset, _) in flags.iter().enumerate().filter(|(_, flag)| **flag != 0) {
            let column = block * BLOCK + offset;
            list.push(Link { column: column as u16, value: values[column] });
        }
    }
}
