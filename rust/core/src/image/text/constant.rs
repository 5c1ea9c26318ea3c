//! Strokes drawn with one value, on any background: over bone and across the skin the shapes of glyphs and of
//! anatomy fuse, but the value stays.
//!
//! A *link* is a pixel of a stroke beside another one of the same value. Noise and anatomy give a few links of
//! every value; text gives many of one. Neither a word nor a script matters.

use super::component::{Component, Run, components_of};
use super::line::{lines_of, shape_of, turns_and_width};
use super::links::Links;
use super::slice::Found;
use super::stroke::Contrast;
use super::window::Window;

/// HU that values drawn as one constant may differ by after rescaling and rounding.
pub(super) const SAME_HU: u16 = 1;
/// Values from 3 to this many HU beside the constant tell how many links it has by chance: 3 values of 44.
const BESIDE_HU: u16 = 24;
const CHANCE: f32 = 3.0 / 44.0;
/// Values from 3 to this many HU beside the constant tell whether many links have about that value, as noise in
/// air, fat and brain brings about: 3 values of 8.
const NEAR_HU: u16 = 6;
const NEAR_CHANCE: f32 = 3.0 / 8.0;
/// HU beside a value within which links are counted to tell how many it has by chance.
pub(super) const CHANCE_REACHES: [u16; 3] = [2, NEAR_HU, BESIDE_HU];
/// Air is never darker than this but for noise, streaks and the end of the scale, HU.
const DARKEST_HU: i16 = -1010;
/// Only metal and the densest bone exceed this, HU.
const METAL_HU: i16 = 1000;
/// Only air is darker than this, HU.
const AIR_HU: i16 = -800;
/// Rows and columns of the tiles in which links are counted.
const TILE: [usize; 2] = [32, 64];
/// Links of one value that make a tile worth a look.
const NOTABLE: usize = 5;
/// Links of one value that a line must have.
const FEWEST: usize = 12;
/// How many times more links than by chance.
const FACTOR: f32 = 4.0;
/// Rows without a link that part two lines.
const APART: usize = 9;
/// Of the pixels that a column has on average, the part below which it is left out at the ends of a line.
const SPARSE: f32 = 0.3;
/// Lines of one value looked for in a tile.
const LINES: usize = 3;
/// Box heights in pixels.
const HEIGHTS: std::ops::RangeInclusive<usize> = 4..=52;

/// A slice with the contrast of its strokes and the links among them.
#[derive(Clone, Copy)]
pub(super) struct Strokes<'a> {
    pub(super) contrast: &'a Contrast,
    pub(super) links: &'a Links,
}

impl Strokes<'_> {
    /// Finds groups of strokes of one value. Windows are in pixels of the contrast planes.
    pub(super) fn constant_lines(&self) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for (value, tile) in self.spikes() {
            if value <= DARKEST_HU {
                continue;
            }
            for group in lines_among(self.links.of_value(value, SAME_HU, tile), tile) {
                let known = |text: &Found| text.value.abs_diff(value) <= 2 && text.window.covers(&group);
                if !found.iter().any(known) && self.is_line(&group, value) {
                    let ink = self.links.of_value(value, SAME_HU, self.continued(group, value));
                    let Some(window) = dense_columns(&ink) else {
                        continue;
                    };
                    let ink = self.links.of_value(value, SAME_HU, window);
                    found.push(Found { window: padded(window), value, ink, slack: 2 });
                }
            }
        }
        found
    }

    /// The window of a line, and what continues it to the left and right with strokes of the same value.
    pub(super) fn continued(&self, line: Window, value: i16) -> Window {
        let height = line.height();
        let step = 2 * height.min(24);
        let own = self.links.of_value(value, SAME_HU, line).len() as f32 / line.width() as f32;
        let mut window = line;
        loop {
            let before = window;
            let (top, bottom) = (line.top.saturating_sub(height / 4), line.bottom + height / 4);
            let left = Window { top, bottom, left: window.left.saturating_sub(step), right: window.left };
            let right = Window { top, bottom, left: window.right, right: window.right + step };
            for part in [left, right] {
                let pixels = self.links.of_value(value, SAME_HU, part);
                let rare = if is_usual(value) { 2.0 } else { 1.0 };
                if pixels.len() as f32 >= FACTOR * (self.by_chance(value, part) + rare)
                    && is_dense(&pixels, SPARSE * own)
                {
                    window = pixels.into_iter().fold(window, |window, at| window.union(pixel(at)));
                }
            }
            if window == before {
                return window;
            }
        }
    }

    /// The part of a line's window in which its value stands, if that tells, and half its height beside it where more
    /// than some glyphs would have room: anatomy in the line seldom has the very value of the text.
    pub(super) fn fitted(&self, line: Window, value: i16) -> Window {
        let pixels = self.links.of_value(value, SAME_HU, line);
        let usual = if is_usual(value) { 4.0 } else { 2.0 };
        let tells = pixels.len() >= 2 * FEWEST
            && pixels.len() as f32 >= FACTOR * (self.by_chance(value, line) + usual);
        let Some(dense) = dense_columns(&pixels).filter(|_| tells) else {
            return line;
        };
        // Some glyphs may be drawn without a single pixel of the full value.
        let (reach, glyphs) = (line.height() / 2 + 1, 3 * line.height());
        let mut window = line;
        if dense.left > line.left + glyphs {
            window.left = dense.left - reach;
        }
        if dense.right + glyphs < line.right {
            window.right = dense.right + reach;
        }
        window
    }

    /// The links of a value that a window has by chance, told from those of the values beside it.
    fn by_chance(&self, value: i16, window: Window) -> f32 {
        chance(self.links.counts(value, CHANCE_REACHES, window))
    }

    /// The values that stick out in their tile among the values beside them, each with the tile and some pixels
    /// around it.
    fn spikes(&self) -> Vec<(i16, Window)> {
        let mut spikes: Vec<(i16, Window)> = Vec::new();
        let [rows, columns] = TILE;
        let mut values: Vec<Vec<i16>> = Vec::new();
        for top in (0..self.links.rows()).step_by(rows) {
            values.resize_with(self.contrast.width.div_ceil(columns), Vec::new);
            for row in top..(top + rows).min(self.links.rows()) {
                for link in self.links.row(row) {
                    values[link.column as usize / columns].push(link.value);
                }
            }
            for (index, values) in values.iter_mut().enumerate() {
                let tile = Window {
                    top: top.saturating_sub(rows / 2),
                    bottom: top + rows + rows / 2,
                    left: (index * columns).saturating_sub(columns / 2),
                    right: (index + 1) * columns + columns / 2,
                };
                spikes.extend(outstanding(values).into_iter().map(|value| (value, tile)));
                values.clear();
            }
        }
        spikes
    }

    /// Whether the box holds far more links of the value than by chance, in several thin strokes.
    fn is_line(&self, group: &Window, value: i16) -> bool {
        let (height, width) = (group.height(), group.width());
        if !HEIGHTS.contains(&height) || width * 2 < height * 3 {
            return false;
        }
        let by_chance = self.by_chance(value, widened(*group));
        let pixels = self.links.of_value(value, SAME_HU, *group);
        let strokes = components_of(&runs_of_pixels(&pixels));
        let mut shapes = Shapes::default();
        for piece in strokes.list.iter().filter(|piece| piece.area >= 2) {
            shapes.add(piece, strokes.runs(piece));
        }
        let [least, _] = self.contrast.extremes;
        // Metal and air beyond the scale are cut off at its ends: there the value alone proves little.
        let cut_off = value < AIR_HU && value.abs_diff(least) <= 2 || self.is_metal(group, value);
        let is_shaped = if cut_off {
            self.is_lettering(group, value)
        } else {
            shapes.pieces >= 3 || shapes.pieces == 2 && shapes.pixels >= 2 * FEWEST || shapes.turns >= 2.0
        };
        let usual = if is_usual(value) { 4.0 } else { 2.0 };
        let dense = (0.025 + 0.0025 * height as f32) * (height * width) as f32;
        is_shaped
            && shapes.differ()
            && shapes.pixels >= FEWEST
            && shapes.pixels as f32 >= dense
            && shapes.pixels as f32 >= FACTOR * (by_chance + usual)
            && shapes.stroke_width <= 0.3 * (shapes.pixels * height) as f32
    }

    /// Whether the value is high and fills three by three pixels somewhere in the box, or two by two where it is the
    /// highest of the slice, at which metal is cut off.
    fn is_metal(&self, group: &Window, value: i16) -> bool {
        if value < METAL_HU {
            return false;
        }
        let [_, most] = self.contrast.extremes;
        let side = if value.abs_diff(most) <= 2 { 2 } else { 3 };
        let same = |row: usize, column: usize| self.contrast.values(row)[column].abs_diff(value) <= 2;
        let (bottom, right) = (group.bottom.min(self.links.rows()), group.right.min(self.contrast.width));
        let corners = Window {
            top: group.top,
            bottom: (bottom + 1).saturating_sub(side).max(group.top),
            left: group.left,
            right: (right + 1).saturating_sub(side).max(group.left),
        };
        let block = |[row, column]: [usize; 2]| {
            (row..row + side).all(|row| (column..column + side).all(|column| same(row, column)))
        };
        corners.pixels().any(block)
    }

    /// Whether all pixels of the value in the box are glyphs: several unlike shapes of thin strokes.
    fn is_lettering(&self, group: &Window, value: i16) -> bool {
        let right = group.right.min(self.contrast.width);
        let mut pixels = Vec::new();
        for row in group.top..group.bottom.min(self.links.rows()) {
            let values = &self.contrast.values(row)[group.left..right];
            let same = values.iter().enumerate().filter(|(_, hu)| hu.abs_diff(value) <= 2);
            pixels.extend(same.map(|(column, _)| [row, group.left + column]));
        }
        let glyphs = components_of(&runs_of_pixels(&pixels));
        lines_of(&glyphs).iter().any(|line| {
            let line = line.even(&glyphs).unwrap_or_else(|| line.clone());
            let area: usize = line.members.iter().map(|&index| glyphs.list[index].area).sum();
            area * 2 >= pixels.len()
                && shape_of(&line, &glyphs).is_some_and(|shape| {
                    let count = line.members.len() as f32;
                    count >= 3.0
                        && shape.aligned >= 0.7
                        && shape.turns >= 0.45 * count
                        && shape.thickness <= 0.25
                })
        })
    }
}

/// What the strokes of one value in a box look like; filled things are counted apart.
#[derive(Debug, Default)]
struct Shapes {
    pixels: usize,
    pieces: usize,
    solid: usize,
    turns: f32,
    /// Sum over the pixels of the width of their stroke.
    stroke_width: f32,
    /// Height and width of the pieces.
    sizes: Vec<[usize; 2]>,
}

impl Shapes {
    fn add(&mut self, piece: &Component, runs: &[Run]) {
        let (turns, stroke) = turns_and_width(piece, runs);
        if is_solid(piece, turns) {
            self.solid += 1;
            return;
        }
        self.pixels += piece.area;
        self.pieces += 1;
        self.turns += turns.max(0.0);
        self.stroke_width += stroke * piece.area as f32;
        self.sizes.push([piece.window.height(), piece.window.width()]);
    }

    /// Whether the pieces are not all alike, as the contacts of an electrode are.
    fn differ(&self) -> bool {
        self.turns >= 2.0
            || self.sizes.first().is_some_and(|first| {
                let unlike = |size: &[usize; 2]| (0..2).any(|side| size[side].abs_diff(first[side]) > 1);
                self.sizes.iter().any(|size| size.contains(&1) || unlike(size))
            })
    }
}

/// Whether tissue or air has about that value: there noise gives clusters of links.
fn is_usual(value: i16) -> bool {
    (-130..130).contains(&value) || value < AIR_HU
}

/// How many links a value has by chance, from how many have a value within each of [`CHANCE_REACHES`].
pub(super) fn chance([same, near, beside]: [usize; 3]) -> f32 {
    let by = |counted: usize, share: f32| (counted as f32 - same as f32) * share;
    by(beside, CHANCE).max(by(near, NEAR_CHANCE))
}

/// The values that have far more links than the values beside them.
fn outstanding(values: &mut [i16]) -> Vec<i16> {
    if values.len() < NOTABLE {
        return Vec::new();
    }
    values.sort_unstable();
    let within = |value: i16, most: u16| {
        values.partition_point(|&other| other <= value.saturating_add_unsigned(most))
            - values.partition_point(|&other| other < value.saturating_sub_unsigned(most))
    };
    let mut counted: Vec<(usize, i16)> = Vec::new();
    for group in values.chunk_by(|a, b| a == b) {
        let same = within(group[0], SAME_HU);
        if same >= NOTABLE
            && same as f32 >= FACTOR * chance(CHANCE_REACHES.map(|reach| within(group[0], reach)))
        {
            counted.push((same, group[0]));
        }
    }
    counted.sort_unstable_by(|a, b| b.cmp(a));
    let mut chosen: Vec<i16> = Vec::new();
    for (_, value) in counted {
        if chosen.iter().all(|other| other.abs_diff(value) > 2 * SAME_HU) {
            chosen.push(value);
        }
    }
    chosen
}

/// The boxes of lines among pixels of one value: the rows that hold more of them than rows on average do, parted
/// where a gap is wider than words are apart.
fn lines_among(mut pixels: Vec<[usize; 2]>, tile: Window) -> Vec<Window> {
    let mut lines = Vec::new();
    for _ in 0..LINES {
        let Some((top, bottom)) = densest_rows(&pixels, tile) else {
            break;
        };
        let (mut inside, outside): (Vec<_>, Vec<_>) =
            pixels.into_iter().partition(|at| (top..bottom).contains(&at[0]));
        pixels = outside;
        inside.sort_unstable_by_key(|at| at[1]);
        let gap = (bottom - top).max(8) * 5 / 2;
        let words = inside.chunk_by(|a, b| b[1] - a[1] <= gap);
        lines.extend(words.filter_map(without_stragglers));
    }
    lines
}

/// Whether pixels are at least as many a column as asked, from the first to the last.
fn is_dense(pixels: &[[usize; 2]], asked: f32) -> bool {
    let columns = || pixels.iter().map(|at| at[1]);
    let width = columns().max().unwrap_or(0) + 1 - columns().min().unwrap_or(0);
    pixels.len() as f32 >= asked * width as f32
}

/// The box of pixels of one value, without columns at its ends that hold few of them: anatomy beside a text has some
/// of nearly every value.
fn dense_columns(pixels: &[[usize; 2]]) -> Option<Window> {
    let window = pixels.iter().map(|&at| pixel(at)).reduce(Window::union)?;
    let mut counts = vec![0.0_f32; window.width()];
    for at in pixels {
        counts[at[1] - window.left] += 1.0;
    }
    let asked = SPARSE * pixels.len() as f32 / window.width() as f32;
    let (mut best, mut columns, mut sum, mut first) = (0.0, 0..0, 0.0_f32, 0);
    for (column, count) in counts.into_iter().enumerate() {
        if sum <= 0.0 {
            (sum, first) = (0.0, column);
        }
        sum += count - asked;
        if sum > best {
            (best, columns) = (sum, first..column + 1);
        }
    }
    let (left, right) = (window.left + columns.start, window.left + columns.end);
    let inside = pixels.iter().filter(|at| (left..right).contains(&at[1]));
    inside.map(|&at| pixel(at)).reduce(Window::union)
}

/// The box of a word, without rows at its ends that hold next to none of its pixels.
fn without_stragglers(word: &[[usize; 2]]) -> Option<Window> {
    let window = word.iter().map(|&at| pixel(at)).reduce(Window::union)?;
    let few = word.len() / window.height() / 6;
    let count = |row: usize| word.iter().filter(|at| at[0] == row).count();
    let top = (window.top..window.bottom).find(|&row| count(row) > few)?;
    let bottom = (window.top..window.bottom).rfind(|&row| count(row) > few)? + 1;
    word.iter().filter(|at| (top..bottom).contains(&at[0])).map(|&at| pixel(at)).reduce(Window::union)
}

/// The rows whose pixels exceed the tile's usual row by most in sum (Kadane's maximum subarray); a row without
/// any costs little, since in small type only the upper and lower ends of glyphs may have the value.
fn densest_rows(pixels: &[[usize; 2]], tile: Window) -> Option<(usize, usize)> {
    let mut counts = vec![0_usize; tile.height()];
    for at in pixels {
        counts[at[0] - tile.top] += 1;
    }
    let mut sorted = counts.clone();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let asked = 0.3 + 1.5 * usual as f32;
    let (mut best, mut rows, mut sum, mut first, mut last) = (0.0, None, 0.0_f32, 0, 0);
    for (row, &count) in counts.iter().enumerate() {
        if sum <= 0.0 || row > last + APART {
            (sum, first) = (0.0, row);
        }
        if count > 0 {
            last = row;
        }
        sum += count as f32 - asked;
        if sum > best {
            best = sum;
            rows = Some((tile.top + first, tile.top + row + 1));
        }
    }
    rows
}

fn pixel([row, column]: [usize; 2]) -> Window {
    Window { top: row, bottom: row + 1, left: column, right: column + 1 }
}

/// The runs of pixels that are sorted by row and column.
fn runs_of_pixels(pixels: &[[usize; 2]]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &[row, column] in pixels {
        let (row, column) = (row as u16, column as u16);
        match runs.last_mut() {
            Some(run) if run.row == row && run.end == column => run.end += 1,
            _ => runs.push(Run { row, start: column, end: column + 1 }),
        }
    }
    runs
}

/// A filled thing, such as the end of an electrode or a box that was masked before.
fn is_solid(piece: &Component, turns: f32) -> bool {
    let (height, width) = (piece.window.height(), piece.window.width());
    height.min(width) >= 3 && turns < 0.35 && piece.area * 10 >= height * width * 6
}

/// A box with half its height around it.
fn widened(window: Window) -> Window {
    let reach = window.height() / 2 + 2;
    Window {
        top: window.top.saturating_sub(reach),
        bottom: window.bottom + reach,
        left: window.left.saturating_sub(reach),
        right: window.right + reach,
    }
}

/// Of thin type only the stems have the value; round and slanting strokes reach beyond them.
fn padded(window: Window) -> Window {
    let (rows, columns) = (window.height() / 8 + 1, window.height() / 6 + 1);
    Window {
        top: window.top.saturating_sub(rows),
        bottom: window.bottom + rows,
        left: window.left.saturating_sub(columns),
        right: window.right + columns,
    }
}
