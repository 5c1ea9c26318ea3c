//! Strokes drawn with one value before a restless background, such as bone or the edge of the skin.
//!
//! There the shapes of glyphs and of anatomy fuse, but the value stays: in a box around the strokes far more
//! pixels have just that value than have the values beside it, which neither noise nor anatomy brings about.

use ndarray::ArrayView2;

use super::component::{Component, Run, components_of};
use super::line::{aligned, turns_and_width};
use super::slice::Found;
use super::stroke::Contrast;
use super::window::Window;

/// HU that values drawn as one constant may differ by after rescaling and rounding.
const SAME_HU: u16 = 1;
/// Values from 3 to this many HU beside the constant tell how many pixels have it by chance.
const BESIDE_HU: u16 = 24;
/// Pixels of one value that a line must have.
const FEWEST: usize = 12;
/// How many times more pixels than by chance, in the box of a line.
const FACTOR: f32 = 5.0;
/// Most values looked at on one slice, the most frequent first.
const VALUES: usize = 12;
/// Cell of the grid that gathers pixels to lines: rows and columns.
const CELL: [usize; 2] = [4, 8];
/// Box heights in pixels.
const HEIGHTS: std::ops::RangeInclusive<usize> = 4..=52;

/// Finds groups of strokes of one value. `lowest` are the runs of bright and of dark strokes; windows are in
/// pixels of the contrast planes.
pub(super) fn constant_lines(
    slice: &ArrayView2<'_, i16>,
    origin: (usize, usize),
    contrast: &Contrast,
    strokes: [&[Run]; 2],
    [lowest, highest]: [i16; 2],
) -> Vec<Found> {
    let at = |row: u16, column: u16| slice[[row as usize + origin.0, column as usize + origin.1]];
    let mut linked: Vec<(i16, u16, u16)> = Vec::new();
    for (runs, plane) in strokes.into_iter().zip([&contrast.bright, &contrast.dark]) {
        let mut below = 0;
        for run in runs {
            while below < runs.len()
                && (runs[below].row <= run.row
                    || runs[below].row == run.row + 1 && runs[below].end <= run.start)
            {
                below += 1;
            }
            let _ = plane;
            let next: &[Run] = &runs[below..];
            for column in run.start..run.end {
                let value = at(run.row, column);
                let right = column + 1 < run.end && at(run.row, column + 1).abs_diff(value) <= SAME_HU;
                let down = || {
                    next.iter()
                        .take_while(|other| other.row == run.row + 1 && other.start <= column)
                        .any(|other| column < other.end)
                        && at(run.row + 1, column).abs_diff(value) <= SAME_HU
                };
                if right || down() {
                    linked.push((value, run.row, column));
                }
            }
        }
    }
    linked.sort_unstable();
    let mut found = Vec::new();
    for value in frequent(&linked) {
        if value.abs_diff(lowest) <= 2 {
            continue;
        }
        let clipped = value.abs_diff(highest) <= 2;
        let same = within(&linked, value, SAME_HU);
        let mut pixels: Vec<(u16, u16)> = same.iter().map(|&(_, row, column)| (row, column)).collect();
        pixels.sort_unstable();
        pixels.dedup();
        for group in gathered(&pixels) {
            if is_line(&group, value, slice, origin, contrast, clipped) {
                found.push(Found { window: group, value });
            }
        }
    }
    found
}

/// The entries whose value differs by at most `most` from `value`.
fn within(linked: &[(i16, u16, u16)], value: i16, most: u16) -> &[(i16, u16, u16)] {
    let from = linked.partition_point(|entry| entry.0 < value.saturating_sub_unsigned(most));
    let to = linked.partition_point(|entry| entry.0 <= value.saturating_add_unsigned(most));
    &linked[from..to]
}

/// Values more frequent than those beside them, the most frequent first.
fn frequent(linked: &[(i16, u16, u16)]) -> Vec<i16> {
    let mut counted: Vec<(usize, i16)> = Vec::new();
    for group in linked.chunk_by(|a, b| a.0 == b.0) {
        let value = group[0].0;
        let same = within(linked, value, SAME_HU).len();
        let beside = within(linked, value, BESIDE_HU).len() - within(linked, value, 2).len();
        if same >= FEWEST / 2 && same * 14 >= 2 * beside {
            counted.push((same, value));
        }
    }
    counted.sort_unstable_by(|a, b| b.cmp(a));
    let mut values: Vec<i16> = Vec::new();
    for (_, value) in counted {
        if values.len() < VALUES && values.iter().all(|other| other.abs_diff(value) > 2 * SAME_HU) {
            values.push(value);
        }
    }
    values
}

/// The boxes of pixels, sorted by row, that lie in cells which touch.
fn gathered(pixels: &[(u16, u16)]) -> Vec<Window> {
    let mut cells: Vec<(u16, u16)> =
        pixels.iter().map(|&(row, column)| (row / CELL[0] as u16, column / CELL[1] as u16)).collect();
    cells.sort_unstable();
    cells.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for (row, column) in cells {
        match runs.last_mut() {
            Some(run) if run.row == row && run.end == column => run.end += 1,
            _ => runs.push(Run { row, start: column, end: column + 1 }),
        }
    }
    let groups = components_of(&runs);
    let bounds = |group: &Component| {
        let members = groups.runs(group);
        let mut bounds: Option<Window> = None;
        for &(row, column) in pixels {
            let cell = (row / CELL[0] as u16, column / CELL[1] as u16);
            if members.iter().any(|run| run.row == cell.0 && run.start <= cell.1 && cell.1 < run.end) {
                let (row, column) = (row as usize, column as usize);
                let window = Window { top: row, bottom: row + 1, left: column, right: column + 1 };
                bounds = Some(bounds.map_or(window, |bounds| bounds.union(window)));
            }
        }
        bounds
    };
    groups.list.iter().filter(|group| group.area >= 2).filter_map(bounds).collect()
}

/// Whether the box holds far more pixels of the value than of those beside it, in several thin strokes.
fn is_line(
    group: &Window,
    value: i16,
    slice: &ArrayView2<'_, i16>,
    origin: (usize, usize),
    contrast: &Contrast,
    clipped: bool,
) -> bool {
    if !HEIGHTS.contains(&group.height()) || group.width() < group.height() {
        return false;
    }
    let mut beside = 0;
    let mut runs: Vec<Run> = Vec::new();
    for row in group.top..group.bottom {
        for column in group.left..group.right {
            let index = row * contrast.width + column;
            let far = slice[[row + origin.0, column + origin.1]].abs_diff(value);
            if far <= SAME_HU && contrast.bright[index].max(contrast.dark[index]) > 30 {
                let (row, column) = (row as u16, column as u16);
                match runs.last_mut() {
                    Some(run) if run.row == row && run.end == column => run.end += 1,
                    _ => runs.push(Run { row, start: column, end: column + 1 }),
                }
            } else if (3..=BESIDE_HU).contains(&far) {
                beside += 1;
            }
        }
    }
    let strokes = components_of(&runs);
    let (mut pixels, mut pieces, mut turns, mut width) = (0, 0, 0.0_f32, 0.0_f32);
    for piece in strokes.list.iter().filter(|piece| piece.area >= 2) {
        let (more, stroke) = turns_and_width(piece, strokes.runs(piece));
        if is_solid(piece, more) {
            continue;
        }
        pixels += piece.area;
        pieces += 1;
        turns += more.max(0.0);
        width += stroke * piece.area as f32;
    }
    // Of the 44 values beside, three are as many as the constant's own.
    let chance = beside as f32 * 3.0 / 44.0;
    let tall = strokes.list.iter().filter(|piece| piece.window.height() * 2 >= group.height());
    // Metal beyond the scale is cut off at the highest value: there the value alone proves nothing.
    let shaped = if clipped {
        pieces >= 6 && turns >= 3.0 && aligned(&tall, group.height()) >= 0.75
    } else {
        pieces >= 4 || turns >= 2.0
    };
    shaped
        && pixels >= FEWEST
        && pixels as f32 >= FACTOR * (chance + 1.0)
        && width <= 0.3 * (pixels * group.height()) as f32
}

/// A filled thing, such as the end of an electrode or a box that was masked before.
fn is_solid(piece: &Component, turns: f32) -> bool {
    let (height, width) = (piece.window.height(), piece.window.width());
    height.min(width) >= 3 && turns < 0.35 && piece.area * 10 >= height * width * 6
}
