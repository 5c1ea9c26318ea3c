//! Lines: glyph-sized components side by side, and what makes such a line text.

use super::component::{Component, Components, Run};
use super::slice::UNLIKE;
use super::window::Window;

/// Glyph heights in pixels that may form a line; lower-case letters of 9 px type are 4 or 5 pixels high.
const HEIGHTS: std::ops::RangeInclusive<usize> = 4..=48;
/// HU that values drawn as one constant may differ by after rescaling and rounding.
const SAME_HU: u16 = 2;

/// Members that printed letters have at least, of one height in one row; chance does not bring that about ...
const EVEN: usize = 5;
/// ... from this height on, in pixels ...
const EVEN_HEIGHT: usize = 6;
/// ... when both their edges agree to this part of it.
const EVEN_SLACK: usize = 10;

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    /// Components that are more than a dot, a bar or a bow.
    pub(super) shapes: usize,
    /// How many more strokes the components show than convex things would; an `O` counts about 1.3.
    pub(super) turns: f32,
    /// Share of the components that stand on, or hang from, one line.
    pub(super) aligned: f32,
    /// Strokes that a column of the most folded component crosses; 1 for contacts that touch in a row.
    pub(super) folded: f32,
    /// Mean stroke width over glyph height.
    pub(super) thickness: f32,
}

/// Components side by side.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) window: Window,
    pub(super) members: Vec<usize>,
    /// Greatest height of a member.
    pub(super) height: usize,
}

impl Line {
    /// The members that stand on the row on which most of them stand and are of about one height; none if all do.
    pub(super) fn even(&self, components: &Components) -> Option<Self> {
        let window_of = |index: usize| components.list[index].window;
        let standing = |on: Window| {
            let stands = move |window: Window| {
                window.bottom.abs_diff(on.bottom) <= (on.height() / 8).max(1)
                    && window.height().abs_diff(on.height()) * 2 <= on.height()
            };
            self.members.iter().copied().filter(move |&index| stands(window_of(index)))
        };
        let most = self
            .members
            .iter()
            .max_by_key(|&&index| (standing(window_of(index)).count(), usize::MAX - index));
        let members: Vec<usize> = standing(window_of(*most?)).collect();
        if members.len() < 2 || members.len() == self.members.len() {
            return None;
        }
        let window = members.iter().map(|&index| components.list[index].window).reduce(Window::union)?;
        let height = members.iter().map(|&index| components.list[index].window.height()).max()?;
        Some(Self { window, members, height })
    }

    /// Whether the members are as even as printed letters: [`EVEN`] or more, most of them of one height in one row, and
    /// as many with the strokes of letters.
    pub(super) fn is_printed(&self, components: &Components, shape: &Shape) -> bool {
        let Some((top, bottom)) = median_row(&self.members, components) else { return false };
        let slack = (bottom - top) / EVEN_SLACK;
        let stands = |&&index: &&usize| {
            let window = components.list[index].window;
            window.top.abs_diff(top) <= slack && window.bottom.abs_diff(bottom) <= slack
        };
        let standing = self.members.iter().filter(stands).count();
        bottom - top >= EVEN_HEIGHT
            && standing >= EVEN
            && standing * 5 >= self.members.len() * 4
            && shape.shapes >= EVEN.min(standing * 2 / 3)
    }

    /// The line without members at its ends of which a much smaller share is like the text than of the others.
    pub(super) fn without_ends(mut self, components: &Components, share: impl Fn(usize) -> f32) -> Self {
        let least = median_share(&self, &share) * UNLIKE;
        let window_of = |index: usize| components.list[index].window;
        self.members.sort_unstable_by_key(|&index| (window_of(index).left, window_of(index).top, index));
        let like = |&index: &usize| share(index) >= least;
        let first = self.members.iter().position(like).unwrap_or(0);
        let after = self.members.iter().rposition(like).map_or(0, |last| last + 1);
        self.members = self.members[first..after.max(first)].to_vec();
        let windows = self.members.iter().map(|&index| window_of(index));
        self.window = windows.reduce(Window::union).unwrap_or(self.window);
        self
    }

    /// The line without members that reach far above or below the row of those that stand on one row.
    pub(super) fn trimmed(&self, components: &Components) -> Self {
        let Some(even) = self.even(components) else {
            return self.clone();
        };
        let reach = even.height / 3;
        let (top, bottom) = (even.window.top.saturating_sub(reach), even.window.bottom + reach);
        let fits = |&&index: &&usize| {
            let window = components.list[index].window;
            top <= window.top && window.bottom <= bottom
        };
        let members: Vec<usize> = self.members.iter().filter(fits).copied().collect();
        let windows = members.iter().map(|&index| components.list[index].window);
        let window = windows.reduce(Window::union).unwrap_or(even.window);
        Self { window, members, height: even.height.max(window.height().min(self.height)) }
    }
}

/// First row of, and first below, the members: the median of each.
fn median_row(members: &[usize], components: &Components) -> Option<(usize, usize)> {
    let median = |edge: fn(&Window) -> usize| {
        let mut edges: Vec<usize> =
            members.iter().map(|&index| edge(&components.list[index].window)).collect();
        edges.sort_unstable();
        edges.get(edges.len() / 2).copied()
    };
    Some((median(|window| window.top)?, median(|window| window.bottom)?))
}

/// The median share of the members of a line.
pub(super) fn median_share(line: &Line, share: impl Fn(usize) -> f32) -> f32 {
    let mut shares: Vec<f32> = line.members.iter().map(|&index| share(index)).collect();
    shares.sort_unstable_by(f32::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or(0.0)
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

/// Measures the shapes of a line; none if it has no strokes beyond those of convex things.
pub(super) fn shape_of(line: &Line, components: &Components) -> Option<Shape> {
    let members = || line.members.iter().map(|&index| &components.list[index]);
    let (mut shapes, mut turns, mut folded, mut width) = (0, 0.0_f32, 0.0_f32, 0.0);
    for component in members() {
        let (more, stroke) = turns_and_width(component, components.runs(component));
        let across = component.run_count as f32 / component.window.height() as f32;
        folded = folded.max(more + 2.0 - across);
        shapes += usize::from(more >= 0.35);
        turns += more.max(0.0);
        width += stroke;
    }
    let thickness = width / line.members.len() as f32 / line.height as f32;
    let aligned = aligned(&members(), line.height);
    (shapes > 0).then_some(Shape { shapes, turns, aligned, folded, thickness })
}

/// The share of components whose tops, or whose bottoms, agree.
fn aligned<'a>(members: &(impl Iterator<Item = &'a Component> + Clone), height: usize) -> f32 {
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

/// The value that most of the sorted values agree with.
pub(super) fn most_frequent(sorted: &[i16]) -> i16 {
    let (mut best, mut value, mut first) = (0, 0, 0);
    for (last, &high) in sorted.iter().enumerate() {
        while high.abs_diff(sorted[first]) > SAME_HU {
            first += 1;
        }
        if last + 1 - first > best {
            best = last + 1 - first;
            value = sorted[usize::midpoint(first, last)];
        }
    }
    value
}
