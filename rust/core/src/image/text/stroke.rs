//! How far each pixel stands out as part of a thin stroke.
//!
//! A pixel lies on a bright stroke when it is brighter than what lies 2 to 6 pixels away on *both* sides of
//! it, along its row or along its column; of each side the darkest of those five counts, so that a narrow gap
//! between two strokes is enough. The edge of a large object has one side only and gives nothing.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2};

use super::findings::TEXT_FILL_HU;
use super::window::Window;

/// Nearest and farthest pixel of a side, counted from the pixel itself: strokes up to 5 pixels wide are seen
/// whole, up to 11 pixels in part, which covers bold type of 6 to 40 pixels.
const NEAR: usize = 2;
const FAR: usize = 3;
/// Pixels looked at on one side.
const SIDE: usize = FAR - NEAR + 1;

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
    pub(super) bright: Vec<i16>,
    pub(super) dark: Vec<i16>,
    padded: Vec<i16>,
    lowest: Vec<i16>,
    highest: Vec<i16>,
}

impl Contrast {
    /// Measures the window of a slice. Beyond the slice its outermost pixels are repeated.
    pub(super) fn measure(&mut self, slice: &ArrayView2<'_, i16>, window: Window) {
        let (rows, width) = (window.height(), window.width());
        self.width = width;
        self.origin = (window.top, window.left);
        for plane in [&mut self.bright, &mut self.dark] {
            plane.clear();
            plane.resize(rows * width, 0);
        }
        self.pad(slice, window);
        let stride = width + 2 * FAR;
        for row in 0..rows {
            let line = &self.padded[(row + FAR) * stride..][..stride];
            self.lowest.resize(stride, 0);
            self.highest.resize(stride, 0);
            along_row(line, &mut self.lowest, &mut self.highest);
            let out = row * width..(row + 1) * width;
            stand_out(
                &line[FAR..][..width],
                Sides {
                    low: [&self.lowest[..width], &self.lowest[FAR + NEAR..][..width]],
                    high: [&self.highest[..width], &self.highest[FAR + NEAR..][..width]],
                },
                &mut self.bright[out.clone()],
                &mut self.dark[out],
            );
        }
        self.down_columns(rows, width, stride);
    }

    /// Forgets the strokes that lie beside the head, more than a margin before its first or after its last pixel
    /// in their row.
    pub(super) fn keep_near(&mut self, head: &ArrayView2<'_, bool>, window: Window) {
        for (index, row) in (window.top..window.bottom).enumerate() {
            let kept = span_of(&head.row(row)).map_or(0..0, |span| {
                let from = span.start.saturating_sub(window.left + MARGIN);
                from.min(self.width)..(span.end + MARGIN).saturating_sub(window.left).min(self.width)
            });
            for plane in [&mut self.bright, &mut self.dark] {
                let line = &mut plane[index * self.width..][..self.width];
                line[..kept.start].fill(0);
                line[kept.end.max(kept.start)..].fill(0);
            }
        }
    }

    /// Forgets the strokes in and around boxes of the value that masked text gets: their edges are no glyphs.
    pub(super) fn forget_masked(&mut self) {
        let (rows, width) = (self.rows(), self.width);
        // For every column, how many rows up from the current one have the value.
        let mut deep = vec![0_u16; width];
        for row in 0..rows {
            let values = &self.padded[(row + FAR) * (width + 2 * FAR) + FAR..][..width];
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
                            plane[row * width..][columns.clone()].fill(0);
                        }
                    }
                }
                start = end + 1;
            }
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.bright.len().checked_div(self.width).unwrap_or(0)
    }

    /// The HU of a row of the window last measured.
    pub(super) fn values(&self, row: usize) -> &[i16] {
        &self.padded[(row + FAR) * (self.width + 2 * FAR) + FAR..][..self.width]
    }

    /// The lowest and highest HU of the window last measured.
    pub(super) fn extremes(&self) -> [i16; 2] {
        [
            self.padded.iter().fold(i16::MAX, |low, &hu| low.min(hu)),
            self.padded.iter().fold(i16::MIN, |high, &hu| high.max(hu)),
        ]
    }

    fn pad(&mut self, slice: &ArrayView2<'_, i16>, window: Window) {
        let (rows, columns) = slice.dim();
        self.padded.clear();
        self.padded.reserve((window.height() + 2 * FAR) * (window.width() + 2 * FAR));
        for row in 0..window.height() + 2 * FAR {
            let row = (window.top + row).saturating_sub(FAR).min(rows - 1);
            let line = slice.row(row);
            let at = |column: usize| line[column.saturating_sub(FAR).min(columns - 1)];
            let before = FAR.saturating_sub(window.left);
            let (from, to) = (window.left + before, (window.right + 2 * FAR).min(columns + FAR));
            self.padded.extend((window.left..from).map(at));
            match line.as_slice() {
                Some(values) => self.padded.extend_from_slice(&values[from - FAR..to - FAR]),
                None => self.padded.extend((from..to).map(at)),
            }
            self.padded.extend((to..window.right + 2 * FAR).map(at));
        }
    }

    fn down_columns(&mut self, rows: usize, width: usize, stride: usize) {
        // The extremes of the five rows from row `r` on serve the pixels `FAR` below and `NEAR` above it.
        let spans = rows + 2 * FAR - SIDE + 1;
        self.lowest.clear();
        self.lowest.resize(spans * width, 0);
        self.highest.clear();
        self.highest.resize(spans * width, 0);
        for span in 0..spans {
            let line = |offset: usize| &self.padded[(span + offset) * stride + FAR..][..width];
            let out = span * width..(span + 1) * width;
            extremes(std::array::from_fn(line), &mut self.lowest[out.clone()], &mut self.highest[out]);
        }
        for row in 0..rows {
            let above = row * width..(row + 1) * width;
            let below = (row + FAR + NEAR) * width..(row + FAR + NEAR + 1) * width;
            stand_out(
                &self.padded[(row + FAR) * stride + FAR..][..width],
                Sides {
                    low: [&self.lowest[above.clone()], &self.lowest[below.clone()]],
                    high: [&self.highest[above.clone()], &self.highest[below]],
                },
                &mut self.bright[above.clone()],
                &mut self.dark[above],
            );
        }
    }
}

/// The columns from the first to the last of the head in a row.
pub(super) fn span_of(row: &ArrayView1<'_, bool>) -> Option<Range<usize>> {
    const BLOCK: usize = 32;
    let Some(values) = row.to_slice() else {
        let first = row.iter().position(|&inside| inside)?;
        return Some(first..row.iter().rposition(|&inside| inside)? + 1);
    };
    let any = |block: &&[bool]| block.iter().fold(false, |any, &inside| any | inside);
    let first = values.chunks(BLOCK).take_while(|block| !any(block)).count() * BLOCK;
    let first = first + values.get(first..)?.iter().position(|&inside| inside)?;
    let after = values.rchunks(BLOCK).take_while(|block| !any(block)).count() * BLOCK;
    let last = values[..values.len() - after].iter().rposition(|&inside| inside)?;
    Some(first..last + 1)
}

/// The lowest and highest of both sides of every pixel of a row.
#[derive(Clone, Copy)]
struct Sides<'a> {
    low: [&'a [i16]; 2],
    high: [&'a [i16]; 2],
}

/// Lowest and highest of `line[i..i + SIDE]` for every `i`.
fn along_row(line: &[i16], lowest: &mut [i16], highest: &mut [i16]) {
    let count = line.len() - SIDE + 1;
    extremes(
        std::array::from_fn(|offset| &line[offset..][..count]),
        &mut lowest[..count],
        &mut highest[..count],
    );
}

/// Pixel by pixel, lowest and highest of five rows.
fn extremes(lines: [&[i16]; SIDE], lowest: &mut [i16], highest: &mut [i16]) {
    let count = lowest.len();
    let lines = lines.map(|line| &line[..count]);
    let highest = &mut highest[..count];
    for i in 0..count {
        let side = lines.map(|line| line[i]);
        lowest[i] = side[1..].iter().fold(side[0], |low, &hu| low.min(hu));
        highest[i] = side[1..].iter().fold(side[0], |high, &hu| high.max(hu));
    }
}

/// Raises `bright` and `dark` to the contrast of `line` with its sides.
fn stand_out(line: &[i16], sides: Sides<'_>, bright: &mut [i16], dark: &mut [i16]) {
    let count = line.len();
    let [low_before, low_after] = sides.low.map(|side| &side[..count]);
    let [high_before, high_after] = sides.high.map(|side| &side[..count]);
    let (bright, dark) = (&mut bright[..count], &mut dark[..count]);
    for i in 0..count {
        let above = line[i].saturating_sub(low_before[i].max(low_after[i]));
        let below = high_before[i].min(high_after[i]).saturating_sub(line[i]);
        bright[i] = bright[i].max(above);
        dark[i] = dark[i].max(below);
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
                (NEAR as isize..=FAR as isize)
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
            contrast.measure(&slice.view(), window);
            for row in window.top..window.bottom {
                for column in window.left..window.right {
                    let index = (row - top) * contrast.width + column - left;
                    prop_assert_eq!((contrast.bright[index], contrast.dark[index]), slowly(&slice, row, column));
                }
            }
        }
    }

    #[test]
    fn a_step_has_no_stroke_and_a_line_has_one() {
        let step = Array2::from_shape_fn((20, 20), |(_, column)| if column < 10 { 0 } else { 1000 });
        let mut contrast = Contrast::default();
        contrast.measure(&step.view(), whole(&step));
        assert!(contrast.bright.iter().chain(&contrast.dark).all(|&value| value == 0));
        let line = Array2::from_shape_fn((20, 20), |(_, column)| if column == 10 { 1000 } else { 40 });
        contrast.measure(&line.view(), whole(&line));
        assert_eq!(contrast.bright[10 * 20 + 10], 960);
        assert_eq!(contrast.bright.iter().filter(|&&value| value > 0).count(), 20);
    }
}
