//! How far each pixel stands out as part of a thin stroke.
//!
//! A pixel lies on a bright stroke when it is brighter than what lies 2 or 3 pixels away on *both* sides of
//! it, along its row or along its column; of each side the darker of those two counts, so that a narrow gap
//! between two strokes is enough. The edge of a large object has one side only and gives nothing.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2};

use super::block::{BLOCK, highest};
use super::findings::TEXT_FILL_HU;
use super::window::Window;

/// Farthest of the two pixels of a side, counted from the pixel itself: strokes up to 2 pixels wide are seen whole,
/// up to 5 pixels in part.
const FAR: usize = 3;

/// Contrast in HU from which a pixel counts as part of a stroke.
pub(super) const STROKE_HU: i16 = 30;

/// Rows and columns that a masked box has at least.
const MASKED: u16 = 7;

/// Columns beside the head in which the rest of a line that reaches it is looked for.
const MARGIN: usize = 24;

/// The contrast of every pixel of a window to its surroundings in HU, 0 where it is no stroke.
///
/// Row-major, `width` values a row. Buffers are kept from slice to slice.
#[derive(Debug, Default)]
pub(super) struct Contrast {
    pub(super) width: usize,
    pub(super) origin: (usize, usize),
    pub(super) bright: Plane,
    pub(super) dark: Plane,
    /// The HU of the window and what is around it: a row has [`Self::stride`] values, the window's first is the one at
    /// `FAR`.
    padded: Vec<i16>,
    /// The lowest and highest HU of the window.
    pub(super) extremes: [i16; 2],
}

/// The bright or the dark strokes.
#[derive(Debug, Default)]
pub(super) struct Plane {
    pub(super) hu: Vec<i16>,
    /// The blocks with strokes, by row and column; strokes that were forgotten still count.
    pub(super) lit: Vec<Lit>,
}

/// A block with strokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lit {
    pub(super) row: u16,
    pub(super) first: u16,
    /// What the block reaches at most, HU.
    pub(super) peak: i16,
}

impl Plane {
    fn resize(&mut self, rows: usize, width: usize) {
        self.hu.resize(rows * width, 0);
        self.lit.clear();
    }

    fn note_lit(&mut self, row: usize, width: usize, columns: &Range<usize>) {
        let blocks = columns.start / BLOCK * BLOCK..columns.end;
        let line = &self.hu[row * width..][..width];
        for (block, values) in line[blocks.clone()].chunks(BLOCK).enumerate() {
            let peak = highest(values);
            if peak >= STROKE_HU {
                let first = (blocks.start + block * BLOCK) as u16;
                self.lit.push(Lit { row: row as u16, first, peak });
            }
        }
    }
}

impl Contrast {
    /// Measures the window of a slice, in and beside the head: `spans` has the columns of the head for every row of
    /// the slice. Beyond the slice its outermost pixels are repeated.
    pub(super) fn measure(&mut self, slice: &ArrayView2<'_, i16>, spans: &[Range<usize>], window: Window) {
        let (rows, width) = (window.height(), window.width());
        self.width = width;
        self.origin = (window.top, window.left);
        self.bright.resize(rows, width);
        self.dark.resize(rows, width);
        self.pad(slice, window);
        let stride = self.stride();
        for row in 0..rows {
            let span = &spans[row + window.top];
            let near = if span.is_empty() {
                0..0
            } else {
                let from = span.start.saturating_sub(window.left + MARGIN).min(width);
                from..(span.end + MARGIN).saturating_sub(window.left).clamp(from, width)
            };
            let lines = [&mut self.bright, &mut self.dark].map(|plane| {
                let line = &mut plane.hu[row * width..][..width];
                line[..near.start].fill(0);
                line[near.end..].fill(0);
                &mut line[near.clone()]
            });
            let [bright, dark] = lines;
            stand_out(&self.padded[row * stride + near.start..], stride, bright, dark);
            self.bright.note_lit(row, width, &near);
            self.dark.note_lit(row, width, &near);
        }
    }

    /// Values from one row of `padded` to the next.
    const fn stride(&self) -> usize {
        self.width + 2 * FAR
    }

    /// Forgets the strokes in and around boxes of the value that masked text gets: their edges are no glyphs.
    pub(super) fn forget_masked(&mut self) {
        let (rows, width) = (self.rows(), self.width);
        // For every column, how many rows up from the current one have the value.
        let mut deep = vec![0_u16; width];
        for row in 0..rows {
            let values = self.values(row);
            for (deep, &hu) in deep.iter_mut().zip(values) {
                *deep = deep.saturating_add(1) & u16::from(hu == TEXT_FILL_HU).wrapping_neg();
            }
            if deep.iter().fold(0, |most, &deep| most.max(deep)) < MASKED {
                continue;
            }
            let mut start = 0;
            while start < width {
                let end = start + deep[start..].iter().take_while(|&&deep| deep >= MASKED).count();
                if end - start >= MASKED as usize {
                    let (top, bottom) =
                        ((row + 1).saturating_sub(MASKED as usize + FAR), (row + 1 + FAR).min(rows));
                    let columns = start.saturating_sub(FAR)..(end + FAR).min(width);
                    for row in top..bottom {
                        for plane in [&mut self.bright, &mut self.dark] {
                            plane.hu[row * width..][columns.clone()].fill(0);
                        }
                    }
                }
                start = end + 1;
            }
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.bright.hu.len().checked_div(self.width).unwrap_or(0)
    }

    /// The HU of a row of the window last measured.
    pub(super) fn values(&self, row: usize) -> &[i16] {
        &self.padded[(row + FAR) * self.stride() + FAR..][..self.width]
    }

    fn pad(&mut self, slice: &ArrayView2<'_, i16>, window: Window) {
        let (rows, columns) = slice.dim();
        let stride = self.stride();
        let mut ends = [[i16::MAX; BLOCK], [i16::MIN; BLOCK]];
        self.padded.clear();
        self.padded.reserve((window.height() + 2 * FAR) * stride);
        for padded in 0..window.height() + 2 * FAR {
            let row = (window.top + padded).saturating_sub(FAR).min(rows - 1);
            let line = slice.row(row);
            let at = |column: usize| line[column.saturating_sub(FAR).min(columns - 1)];
            let before = FAR.saturating_sub(window.left);
            let (from, to) = (window.left + before, (window.right + 2 * FAR).min(columns + FAR));
            let first = self.padded.len();
            self.padded.extend((window.left..from).map(at));
            match line.as_slice() {
                Some(values) => self.padded.extend_from_slice(&values[from - FAR..to - FAR]),
                None => self.padded.extend((from..to).map(at)),
            }
            self.padded.extend((to..window.right + 2 * FAR).map(at));
            widen(&mut ends, &self.padded[first..]);
        }
        let [lowest, highest] = ends;
        self.extremes =
            [lowest.into_iter().fold(i16::MAX, i16::min), highest.into_iter().fold(i16::MIN, i16::max)];
    }
}

/// Lowers and raises the ends of a scale to hold the values, lane by lane.
fn widen(ends: &mut [[i16; BLOCK]; 2], values: &[i16]) {
    let [lowest, highest] = ends;
    let (whole, rest) = values.as_chunks::<BLOCK>();
    for part in whole {
        for i in 0..BLOCK {
            lowest[i] = lowest[i].min(part[i]);
            highest[i] = highest[i].max(part[i]);
        }
    }
    for (i, &value) in rest.iter().enumerate() {
        lowest[i] = lowest[i].min(value);
        highest[i] = highest[i].max(value);
    }
}

/// The columns from the first to the last of the head in a row; none without one.
pub(super) fn span_of(row: &ArrayView1<'_, bool>) -> Range<usize> {
    let Some(values) = row.to_slice() else {
        let first = row.iter().position(|&inside| inside).unwrap_or(0);
        return first..row.iter().rposition(|&inside| inside).map_or(first, |last| last + 1);
    };
    let any = |block: &&[bool]| block.iter().fold(false, |any, &inside| any | inside);
    let first = values.chunks(BLOCK).take_while(|block| !any(block)).count() * BLOCK;
    let Some(first) =
        values.get(first..).and_then(|rest| Some(first + rest.iter().position(|&inside| inside)?))
    else {
        return 0..0;
    };
    let after = values.rchunks(BLOCK).take_while(|block| !any(block)).count() * BLOCK;
    let last = values[..values.len() - after].iter().rposition(|&inside| inside);
    first..last.map_or(first, |last| last + 1)
}

/// Writes the contrast of a row's pixels with their sides. `padded` begins `FAR` rows above and `FAR` columns before
/// the first of them. Its own function, so that the compiler knows that nothing overlaps and looks at eight pixels
/// together.
#[inline(never)]
fn stand_out(padded: &[i16], stride: usize, bright: &mut [i16], dark: &mut [i16]) {
    let count = bright.len();
    let line = |down: usize, right: usize| &padded[down * stride + right..][..count];
    let (here, dark) = (line(FAR, FAR), &mut dark[..count]);
    let (left, right) = ([line(FAR, 0), line(FAR, 1)], [line(FAR, 2 * FAR - 1), line(FAR, 2 * FAR)]);
    let (above, below) = ([line(0, FAR), line(1, FAR)], [line(2 * FAR - 1, FAR), line(2 * FAR, FAR)]);
    for i in 0..count {
        let low = |side: [&[i16]; 2]| side[0][i].min(side[1][i]);
        let high = |side: [&[i16]; 2]| side[0][i].max(side[1][i]);
        let ground = low(left).max(low(right)).min(low(above).max(low(below)));
        let ceiling = high(left).min(high(right)).max(high(above).min(high(below)));
        bright[i] = here[i].saturating_sub(ground).max(0);
        dark[i] = ceiling.saturating_sub(here[i]).max(0);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    fn whole(slice: &Array2<i16>) -> Window {
        Window { top: 0, bottom: slice.nrows(), left: 0, right: slice.ncols() }
    }

    fn everywhere(slice: &Array2<i16>) -> Vec<Range<usize>> {
        vec![0..slice.ncols(); slice.nrows()]
    }

    fn slowly(slice: &Array2<i16>, row: usize, column: usize) -> (i16, i16) {
        let at = |row: isize, column: isize| {
            slice[[
                row.clamp(0, slice.nrows() as isize - 1) as usize,
                column.clamp(0, slice.ncols() as isize - 1) as usize,
            ]]
        };
        let (row, column) = (row as isize, column as isize);
        let (mut bright, mut dark) = (0, 0);
        for (down, right) in [(0, 1), (1, 0)] {
            let side = |sign: isize| {
                (FAR as isize - 1..=FAR as isize)
                    .map(move |far| at(row + sign * far * down, column + sign * far * right))
            };
            let low = side(-1).min().unwrap().max(side(1).min().unwrap());
            let high = side(-1).max().unwrap().min(side(1).max().unwrap());
            bright = bright.max(at(row, column).saturating_sub(low));
            dark = dark.max(high.saturating_sub(at(row, column)));
        }
        (bright, dark)
    }

    proptest! {
        #[test]
        fn fast_equals_slow_in_any_window(
            values in proptest::collection::vec(-1100_i16..3100, 14 * 17),
            top in 0_usize..13, left in 0_usize..16, height in 1_usize..14, width in 1_usize..17,
        ) {
            let slice = Array2::from_shape_vec((14, 17), values).unwrap();
            let window = Window { top, left, bottom: (top + height).min(14), right: (left + width).min(17) };
            let mut contrast = Contrast::default();
            contrast.measure(&slice.view(), &everywhere(&slice), window);
            for row in window.top..window.bottom {
                for column in window.left..window.right {
                    let index = (row - top) * contrast.width + column - left;
                    prop_assert_eq!((contrast.bright.hu[index], contrast.dark.hu[index]), slowly(&slice, row, column));
                }
            }
        }
    }

    #[test]
    fn a_step_has_no_stroke_and_a_line_has_one() {
        let step = Array2::from_shape_fn((20, 20), |(_, column)| if column < 10 { 0 } else { 1000 });
        let mut contrast = Contrast::default();
        contrast.measure(&step.view(), &everywhere(&step), whole(&step));
        assert!(contrast.bright.hu.iter().chain(&contrast.dark.hu).all(|&value| value == 0));
        let line = Array2::from_shape_fn((20, 20), |(_, column)| if column == 10 { 1000 } else { 40 });
        contrast.measure(&line.view(), &everywhere(&line), whole(&line));
        assert_eq!(contrast.bright.hu[10 * 20 + 10], 960);
        assert_eq!(contrast.bright.hu.iter().filter(|&&value| value > 0).count(), 20);
    }
}
