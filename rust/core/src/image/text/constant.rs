//! Strokes drawn with one value before a restless background, such as bone or the edge of the skin.
//!
//! There the shapes of glyphs and of anatomy fuse, but the value stays: in a box around the strokes far more
//! pixels have just that value than have the values beside it, which neither noise nor anatomy brings about.

use ndarray::ArrayView2;

use super::component::{Component, Run, components_of};
use super::line::turns_and_width;
use super::slice::Found;
use super::stroke::Contrast;
use super::window::Window;

/// HU that values drawn as one constant may differ by after rescaling and rounding.
const SAME_HU: u16 = 1;
/// Values from 3 to this many HU beside the constant tell how many pixels have it by chance.
const BESIDE_HU: u16 = 24;
/// The share of the pixels beside that the constant has by chance: 3 values of 44.
const CHANCE: f32 = 3.0 / 44.0;
/// Values from 3 to this many HU beside the constant show whether the window has many pixels of about that value,
/// as air, fat, brain and bone have with their noise.
const NEAR_HU: u16 = 6;
/// The share of the pixels that near that the constant has by chance: 3 values of 8.
const NEAR_CHANCE: f32 = 3.0 / 8.0;
/// Air is never darker than this but for noise, streaks and the end of the scale, HU.
const DARKEST_HU: i16 = -1010;
/// Contrast in HU from which a pixel of the value counts as part of a stroke.
const STROKE_HU: i16 = 30;
/// Pixels by chance up to which a value is rare in a window.
const RARE: f32 = 1.5;
/// Pixels of one value that a line must have.
const FEWEST: usize = 14;
/// How many times more pixels than by chance, in the box of a line.
const FACTOR: f32 = 5.0;
/// Rows and columns of the tiles in which values are counted.
const TILE: [u16; 2] = [32, 64];
/// Linked pixels of one value that make a tile worth a look.
const LINKED: usize = 6;
/// Rows without a pixel of the value that part two lines.
const APART: usize = 9;
/// Lines of one value looked for in a tile.
const LINES: usize = 3;
/// Box heights in pixels.
const HEIGHTS: std::ops::RangeInclusive<usize> = 4..=52;

/// A slice with the contrast of its strokes.
#[derive(Clone, Copy)]
pub(super) struct Strokes<'a> {
    pub(super) slice: &'a ArrayView2<'a, i16>,
    /// Row and column of the contrast planes' first pixel.
    pub(super) origin: (usize, usize),
    pub(super) contrast: &'a Contrast,
}

/// The pixels of one value in a window, and how many to expect by chance.
struct Share {
    pixels: Vec<[usize; 2]>,
    by_chance: f32,
}

impl Strokes<'_> {
    /// Finds groups of strokes of one value. `lowest` are the runs of bright and of dark strokes; windows are in
    /// pixels of the contrast planes.
    pub(super) fn constant_lines(&self, lowest: [&[Run]; 2]) -> Vec<Found> {
        let [least, most] = self.contrast.extremes();
        let mut found: Vec<Found> = Vec::new();
        for (value, tile) in spikes(&self.linked(lowest)) {
            // Air beyond the scale is cut off at the lowest value.
            if value <= DARKEST_HU || value.abs_diff(least) <= 2 {
                continue;
            }
            let tile = self.clipped(tile);
            for group in lines_among(linked_of(self.share(value, tile).pixels), tile) {
                if self.is_line(&group, value, value.abs_diff(most) <= 2) {
                    let window = self.continued(group, value);
                    found.push(Found { window: padded(window), value });
                }
            }
        }
        found
    }

    /// The window of a line, and what continues it to the left and right with strokes of the same value.
    pub(super) fn continued(&self, line: Window, value: i16) -> Window {
        let height = line.height();
        let step = 2 * height.min(24);
        let mut window = line;
        loop {
            let before = window;
            let (top, bottom) = (line.top.saturating_sub(height / 4), line.bottom + height / 4);
            let left = Window { top, bottom, left: window.left.saturating_sub(step), right: window.left };
            let right = Window { top, bottom, left: window.right, right: window.right + step };
            for part in [left, right] {
                let mut share = self.share(value, self.clipped(part));
                share.pixels.retain(|&[row, column]| self.stands_out(row, column));
                if share.pixels.len() >= 4 && share.pixels.len() as f32 >= FACTOR * share.by_chance {
                    window = share.pixels.into_iter().fold(window, |window, at| window.union(pixel(at)));
                }
            }
            if window == before {
                return window;
            }
        }
    }

    fn hu(&self, row: usize, column: usize) -> i16 {
        self.slice[[row + self.origin.0, column + self.origin.1]]
    }

    fn stands_out(&self, row: usize, column: usize) -> bool {
        let index = row * self.contrast.width + column;
        self.contrast.bright[index].max(self.contrast.dark[index]) >= STROKE_HU
    }

    fn rows(&self) -> usize {
        self.contrast.bright.len() / self.contrast.width
    }

    /// The part of a window that lies on the planes.
    fn clipped(&self, window: Window) -> Window {
        let (bottom, right) = (window.bottom.min(self.rows()), window.right.min(self.contrast.width));
        Window { top: window.top.min(bottom), left: window.left.min(right), bottom, right }
    }

    /// Stroke pixels that have a neighbor of their value: tile, value, and where.
    fn linked(&self, lowest: [&[Run]; 2]) -> Vec<([u16; 2], i16, [u16; 2])> {
        let mut linked = Vec::new();
        for run in lowest.into_iter().flatten() {
            let row = run.row as usize;
            for column in run.start as usize..run.end as usize {
                let value = self.hu(row, column);
                let same = |row: usize, column: usize| {
                    row < self.rows()
                        && column < self.contrast.width
                        && self.hu(row, column).abs_diff(value) <= SAME_HU
                        && self.stands_out(row, column)
                };
                let below = || (column.saturating_sub(1)..column + 2).any(|column| same(row + 1, column));
                if same(row, column + 1) || below() {
                    linked.push((
                        [run.row / TILE[0], column as u16 / TILE[1]],
                        value,
                        [run.row, column as u16],
                    ));
                }
            }
        }
        linked.sort_unstable();
        linked
    }

    /// Where values beside it are common only the strokes of a value count, where they are rare every pixel.
    fn share(&self, value: i16, window: Window) -> Share {
        let (mut pixels, mut beside, mut near) = (Vec::new(), 0, 0);
        for [row, column] in window.pixels() {
            let far = self.hu(row, column).abs_diff(value);
            if far <= SAME_HU {
                pixels.push([row, column]);
            } else if (3..=BESIDE_HU).contains(&far) {
                beside += 1;
                near += usize::from(far <= NEAR_HU);
            }
        }
        let by_chance = (beside as f32 * CHANCE).max(near as f32 * NEAR_CHANCE);
        if by_chance > RARE {
            pixels.retain(|&[row, column]| self.stands_out(row, column));
        }
        Share { pixels, by_chance }
    }

    /// Whether the value fills three by three pixels somewhere, as saturated metal does.
    fn is_solid_somewhere(&self, value: i16) -> bool {
        let same = |[row, column]: [usize; 2]| self.hu(row, column).abs_diff(value) <= 2;
        let inner = Window { top: 1, bottom: self.rows() - 1, left: 1, right: self.contrast.width - 1 };
        inner.pixels().any(|at| same(at) && around(at).pixels().all(same))
    }

    /// Whether what lies above and below a box differs much less than the value differs from it.
    fn is_quiet_around(&self, group: &Window, value: i16) -> bool {
        let above =
            Window { top: group.top.saturating_sub(4), bottom: group.top.saturating_sub(1), ..*group };
        let below = self.clipped(Window { top: group.bottom + 1, bottom: group.bottom + 4, ..*group });
        let mut ground: Vec<i16> =
            above.pixels().chain(below.pixels()).map(|[row, column]| self.hu(row, column)).collect();
        ground.sort_unstable();
        let Some(last) = ground.len().checked_sub(1) else {
            return false;
        };
        let [low, middle, high] = [10, 50, 90].map(|percent| ground[last * percent / 100]);
        u32::from(high.abs_diff(low)) * 10 <= u32::from(value.abs_diff(middle)) * 3
    }

    /// Whether the box holds far more pixels of the value than by chance, in several thin strokes.
    fn is_line(&self, group: &Window, value: i16, clipped: bool) -> bool {
        let (height, width) = (group.height(), group.width());
        if !HEIGHTS.contains(&height) || width * 2 < height * 3 {
            return false;
        }
        let share = self.share(value, *group);
        // The box was chosen for its pixels of the value; what lies around it tells the chance more fairly.
        let by_chance = self.share(value, self.clipped(widened(*group))).by_chance;
        let strokes = components_of(&runs_of_pixels(&share.pixels));
        let (mut pixels, mut pieces, mut turns, mut stroke_width) = (0, 0, 0.0_f32, 0.0_f32);
        for piece in strokes.list.iter().filter(|piece| piece.area >= 2) {
            let (more, stroke) = turns_and_width(piece, strokes.runs(piece));
            if !is_solid(piece, more) {
                pixels += piece.area;
                pieces += 1;
                turns += more.max(0.0);
                stroke_width += stroke * piece.area as f32;
            }
        }
        let shaped = if clipped {
            // Metal beyond the scale is cut off at the highest value: there the value alone proves little.
            pieces >= 5 && width * 2 >= height * 5 && !self.is_solid_somewhere(value)
        } else {
            pieces >= 3 || pieces == 2 && pixels >= 2 * FEWEST || turns >= 2.0
        };
        // Before a quiet background shapes decide: contacts of an electrode in a row have one value too.
        let shaped = shaped && !self.is_quiet_around(group, value);
        shaped
            && pixels >= FEWEST
            && pixels as f32 >= FACTOR * (by_chance + 2.0)
            && stroke_width <= 0.3 * (pixels * height) as f32
    }
}

/// The values that stick out in their tile among the values beside them, each with the tile and some pixels
/// around it.
fn spikes(linked: &[([u16; 2], i16, [u16; 2])]) -> Vec<(i16, Window)> {
    let mut spikes: Vec<(i16, Window)> = Vec::new();
    for tile in linked.chunk_by(|a, b| a.0 == b.0) {
        let within = |value: i16, most: u16| {
            tile.partition_point(|entry| entry.1 <= value.saturating_add_unsigned(most))
                - tile.partition_point(|entry| entry.1 < value.saturating_sub_unsigned(most))
        };
        let mut counted: Vec<(usize, i16)> = Vec::new();
        for group in tile.chunk_by(|a, b| a.1 == b.1) {
            let same = within(group[0].1, SAME_HU);
            let beside = within(group[0].1, BESIDE_HU) - within(group[0].1, 2);
            if same >= LINKED && same as f32 >= FACTOR * beside as f32 * CHANCE {
                counted.push((same, group[0].1));
            }
        }
        counted.sort_unstable_by(|a, b| b.cmp(a));
        let mut values: Vec<i16> = Vec::new();
        for (_, value) in counted {
            if values.iter().all(|other| other.abs_diff(value) > 2 * SAME_HU) {
                values.push(value);
            }
        }
        let [row, column] = tile[0].0.map(usize::from);
        let [rows, columns] = TILE.map(usize::from);
        let window = Window {
            top: (row * rows).saturating_sub(rows / 2),
            bottom: (row + 1) * rows + rows / 2,
            left: (column * columns).saturating_sub(columns / 2),
            right: (column + 1) * columns + columns / 2,
        };
        spikes.extend(values.into_iter().map(|value| (value, window)));
    }
    spikes
}

/// The pixels that touch another one, by edge or corner. Sorted by row and column before and after.
fn linked_of(mut pixels: Vec<[usize; 2]>) -> Vec<[usize; 2]> {
    let all = pixels.clone();
    let known = |at: [usize; 2]| all.binary_search(&at).is_ok();
    pixels.retain(|&at| around(at).pixels().any(|near| near != at && known(near)));
    pixels
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
        lines.extend(words.filter_map(|word| word.iter().map(|&at| pixel(at)).reduce(Window::union)));
    }
    lines
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

fn around([row, column]: [usize; 2]) -> Window {
    Window { top: row.saturating_sub(1), bottom: row + 2, left: column.saturating_sub(1), right: column + 2 }
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
