//! Lines: glyph-sized components side by side, and what makes such a line text.

use ndarray::ArrayView2;

use super::component::{Component, Components, Run};
use super::window::Window;

/// Glyph heights in pixels that may form a line; lower-case letters of 9 px type are 4 or 5 pixels high.
const HEIGHTS: std::ops::RangeInclusive<usize> = 4..=48;
/// HU that values drawn as one constant may differ by after rescaling and rounding.
const SAME_HU: i16 = 2;

/// What was measured of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// Components that are more than a dot, a bar or a bow.
    pub(super) shapes: usize,
    /// How many more strokes the components show than convex things would; an `O` counts about 1.3.
    pub(super) turns: f32,
    /// Share of the components that stand on, or hang from, one line.
    pub(super) aligned: f32,
    /// Mean stroke width over glyph height.
    pub(super) thickness: f32,
    /// Most frequent value among the pixels of the strokes.
    pub(super) value: i16,
    /// Pixels with that value.
    pub(super) constant: usize,
    /// Their share of the pixels of the strokes.
    pub(super) constant_share: f32,
    /// Distance of the strokes' median to the background's, in HU.
    pub(super) contrast: f32,
    /// Middle 80 % of the background between and around the strokes, in HU.
    pub(super) unrest: f32,
}

/// Components side by side.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) window: Window,
    pub(super) members: Vec<usize>,
    /// Greatest height of a member.
    pub(super) height: usize,
}

/// Joins glyph-sized components whose gaps are at most their height and which overlap vertically.
pub(super) fn lines_of(components: &Components) -> Vec<Line> {
    let list = &components.list;
    let mut order: Vec<usize> = (0..list.len()).filter(|&index| is_glyph_sized(&list[index])).collect();
    order.sort_by_key(|&index| (list[index].window.left, list[index].window.top, index));
    let mut line_of: Vec<usize> = (0..order.len()).collect();
    for (at, &index) in order.iter().enumerate() {
        for (next, &other) in order.iter().enumerate().skip(at + 1) {
            if list[other].window.left > list[index].window.right + HEIGHTS.end() {
                break;
            }
            if side_by_side(&list[index].window, &list[other].window) {
                join(&mut line_of, at, next);
            }
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut place = vec![usize::MAX; order.len()];
    for (at, &index) in order.iter().enumerate() {
        let root = root(&line_of, at);
        let window = list[index].window;
        if place[root] == usize::MAX {
            place[root] = lines.len();
            lines.push(Line { window, members: vec![index], height: window.height() });
        } else {
            let line = &mut lines[place[root]];
            line.window = line.window.union(window);
            line.height = line.height.max(window.height());
            line.members.push(index);
        }
    }
    lines
}

fn is_glyph_sized(component: &Component) -> bool {
    let (height, width) = (component.window.height(), component.window.width());
    HEIGHTS.contains(&height) && width <= 20 * height && component.area >= 4
}

fn side_by_side(a: &Window, b: &Window) -> bool {
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    let overlap = a.bottom.min(b.bottom).saturating_sub(a.top.max(b.top));
    let nested = a.right.saturating_sub(b.left);
    high * 2 <= low * 5
        && overlap * 2 >= low
        && b.left <= a.right + high
        && nested * 2 <= a.width().min(b.width())
}

fn root(parents: &[usize], mut index: usize) -> usize {
    while parents[index] != index {
        index = parents[index];
    }
    index
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

/// How often a component is crossed by a row and a column on average, minus the two of a convex thing; and
/// its mean stroke width.
pub(super) fn turns_and_width(component: &Component, runs: &[Run]) -> (f32, f32) {
    let mut below = 0;
    let mut continued = 0;
    for run in runs {
        while below < runs.len() && (runs[below].row <= run.row || ends_before(runs[below], *run)) {
            below += 1;
        }
        for next in runs[below..].iter().take_while(|next| next.row == run.row + 1 && next.start < run.end) {
            continued += next.end.min(run.end).saturating_sub(next.start.max(run.start)) as usize;
        }
    }
    let upright = component.area - continued;
    let crossings = component.run_count as f32 / component.window.height() as f32
        + upright as f32 / component.window.width() as f32;
    (crossings - 2.0, component.area as f32 / (component.run_count + upright) as f32)
}

fn ends_before(next: Run, run: Run) -> bool {
    next.row == run.row + 1 && next.end <= run.start
}

/// Measures a line on its slice. `origin` is the slice position of the planes' first pixel; `strokes` tells
/// whether a pixel of the planes stands out at the lowest level.
pub(super) fn evidence(
    line: &Line,
    components: &Components,
    slice: &ArrayView2<'_, i16>,
    origin: (usize, usize),
    strokes: impl Fn(usize, usize) -> bool,
) -> Evidence {
    let members = || line.members.iter().map(|&index| &components.list[index]);
    let (mut shapes, mut turns, mut width) = (0, 0.0, 0.0);
    let mut values: Vec<i16> = Vec::new();
    for component in members() {
        let runs = components.runs(component);
        let (extra, stroke) = turns_and_width(component, runs);
        shapes += usize::from(extra >= 0.35);
        turns += extra.max(0.0);
        width += stroke;
        for run in runs {
            let row = slice.row(run.row as usize + origin.0);
            values.extend((run.start..run.end).map(|column| row[column as usize + origin.1]));
        }
    }
    values.sort_unstable();
    let (value, constant) = most_frequent(&values);
    let mut ground: Vec<i16> = Vec::new();
    let (rows, columns) = slice.dim();
    for row in line.window.top.saturating_sub(2)..line.window.bottom + 2 {
        for column in line.window.left.saturating_sub(2)..line.window.right + 2 {
            let (y, x) = (row + origin.0, column + origin.1);
            if y < rows && x < columns && !strokes(row, column) {
                ground.push(slice[[y, x]]);
            }
        }
    }
    ground.sort_unstable();
    let quantile = |sorted: &[i16], share: f32| {
        sorted
            .get((sorted.len().saturating_sub(1) as f32 * share) as usize)
            .map_or(0.0, |&value| f32::from(value))
    };
    let count = line.members.len() as f32;
    Evidence {
        shapes,
        turns,
        aligned: aligned(&members(), line.height),
        thickness: width / count / line.height as f32,
        value,
        constant,
        constant_share: constant as f32 / values.len().max(1) as f32,
        contrast: (quantile(&values, 0.5) - quantile(&ground, 0.5)).abs(),
        unrest: quantile(&ground, 0.9) - quantile(&ground, 0.1),
    }
}

/// The share of components whose tops, or whose bottoms, agree.
pub(super) fn aligned<'a>(members: &(impl Iterator<Item = &'a Component> + Clone), height: usize) -> f32 {
    let slack = (height / 12).max(1);
    let share = |edge: fn(&Window) -> usize| {
        let mut edges: Vec<usize> = members.clone().map(|component| edge(&component.window)).collect();
        edges.sort_unstable();
        let most = (0..edges.len())
            .map(|first| edges[first..].iter().take_while(|&&other| other <= edges[first] + slack).count())
            .max();
        most.unwrap_or(0) as f32 / edges.len().max(1) as f32
    };
    share(|window| window.top).max(share(|window| window.bottom))
}

/// The value that most of the sorted values agree with, and how many do.
fn most_frequent(sorted: &[i16]) -> (i16, usize) {
    let (mut best, mut value, mut first) = (0, 0, 0);
    for (last, &high) in sorted.iter().enumerate() {
        while i32::from(high) - i32::from(sorted[first]) > i32::from(SAME_HU) {
            first += 1;
        }
        if last + 1 - first > best {
            best = last + 1 - first;
            value = sorted[usize::midpoint(first, last)];
        }
    }
    (value, best)
}
