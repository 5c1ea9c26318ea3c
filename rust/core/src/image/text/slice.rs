//! Decides for one slice where text is.

use std::ops::Range;

use ndarray::ArrayView2;

use super::component::{Component, Components, Run, components_of, runs_of};
use super::constant::{SAME_HU, Strokes};
use super::line::{Line, lines_of, median_share, shape_of};
use super::links::Links;
use super::score::{Traits, ink_of};
use super::stroke::{Contrast, Plane};
use super::window::Window;

/// Contrasts in HU at which strokes are told from their surroundings. With a factor of three between them a
/// line of text has a level between a sixth and two thirds of its contrast, where its glyphs are neither fused
/// by their soft rims nor broken.
const LEVELS_HU: [i16; 5] = [40, 100, 250, 600, 1500];
/// The lowest level is at least this many standard deviations of the noise.
const NOISE_FACTOR: f32 = 4.5;

/// A component of which less than this part of the usual share of pixels is near the value of a text is none of its
/// glyphs.
pub(super) const UNLIKE: f32 = 0.2;

/// Weight from which a line is text if the next slice shows it too.
const DOUBTFUL: f32 = -2.5;

/// Pixels of one value by which a text can be followed from slice to slice.
const CORE: usize = 12;

/// Text on one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// In pixels of the slice.
    pub(super) window: Window,
    /// The value its strokes are drawn with, HU.
    pub(super) value: i16,
    /// Row and column of pixels of its strokes.
    pub(super) ink: Vec<[usize; 2]>,
    /// HU by which the strokes may differ from those of the same text in the next slice.
    pub(super) slack: u16,
}

/// What one slice shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Sight {
    pub(super) text: Vec<Found>,
    /// Lines that are text if they stay at their place in the next slice.
    pub(super) doubtful: Vec<Found>,
    /// All lines that may be text, with their value: where strokes of one value prove one, it tells how far it reaches.
    likely: Vec<(Window, i16)>,
}

/// Looks at slices; keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub(super) struct Finder {
    contrast: Contrast,
    links: Links,
    /// Runs of bright and of dark strokes, level by level.
    runs: [[Vec<Run>; LEVELS_HU.len()]; 2],
}

impl Finder {
    /// Finds text in the window of a slice, in and beside the head.
    pub(super) fn find(
        &mut self,
        slice: &ArrayView2<'_, i16>,
        spans: &[Range<usize>],
        window: Window,
        neighbors: &[ArrayView2<'_, i16>],
    ) -> Sight {
        self.contrast.measure(slice, spans, window);
        self.contrast.forget_masked();
        let base = LEVELS_HU[0].max((noise_hu(slice, window) * NOISE_FACTOR).min(400.0) as i16);
        let origin = (window.top, window.left);
        self.links.collect(&self.contrast);
        let pairs = &self.links;
        let extremes = self.contrast.extremes;
        let mut sight = Sight::default();
        for (plane, runs) in [&self.contrast.bright, &self.contrast.dark].into_iter().zip(&mut self.runs) {
            let scene = Scene {
                slice,
                origin,
                plane: &plane.hu,
                width: self.contrast.width,
                base,
                neighbors,
                links: pairs,
                extremes,
            };
            levels(plane, self.contrast.width, base, runs);
            // From the highest level down: the higher, the less of the surroundings is in the line.
            let mut lines = Sight::default();
            for runs in runs.iter().rev() {
                scene.text_among(&components_of(runs), &mut lines);
            }
            sight.text.append(&mut lines.text);
            sight.doubtful.append(&mut lines.doubtful);
            sight.likely.append(&mut lines.likely);
        }
        let strokes = Strokes { contrast: &self.contrast, links: &self.links };
        for text in &mut sight.text {
            text.window = strokes.fitted(strokes.continued(text.window, text.value), text.value);
            let window = text.window;
            text.ink.retain(|&at| window.contains(at));
        }
        let whole = |text: Found| Found { window: reached(&text, &sight.likely), ..text };
        sight.text.extend(strokes.constant_lines().into_iter().map(whole));
        for text in sight.text.iter_mut().chain(&mut sight.doubtful) {
            text.window = placed(text.window, origin, slice.dim());
            text.ink
                .iter_mut()
                .for_each(|[row, column]| (*row, *column) = (*row + origin.0, *column + origin.1));
        }
        sight
    }
}

/// A slice and the contrast of its bright or dark strokes.
pub(super) struct Scene<'a> {
    pub(super) slice: &'a ArrayView2<'a, i16>,
    pub(super) neighbors: &'a [ArrayView2<'a, i16>],
    pub(super) links: &'a Links,
    pub(super) extremes: [i16; 2],

    /// Row and column of the plane's first pixel.
    pub(super) origin: (usize, usize),
    pub(super) plane: &'a [i16],
    pub(super) width: usize,
    /// The lowest level in HU.
    pub(super) base: i16,
}

impl Scene<'_> {
    fn text_among(&self, components: &Components, sight: &mut Sight) {
        for line in &lines_of(components) {
            let even = line.even(components);
            for line in even.iter().chain([line]) {
                if self.judge(line, components, sight) {
                    break;
                }
            }
        }
    }

    /// The pixels of strokes that are covered nearly whole, where there are enough: what lies below shows least there.
    fn core_of(&self, ink: Vec<[usize; 2]>, traits: &Traits) -> Vec<[usize; 2]> {
        let near = |&[row, column]: &[usize; 2]| {
            self.slice[[row + self.origin.0, column + self.origin.1]].abs_diff(traits.value)
                <= traits.slack / 2
        };
        let core: Vec<[usize; 2]> = ink.iter().copied().filter(near).collect();
        if core.len() >= CORE { core } else { ink }
    }

    /// The share of a component's pixels that are near the value of a text.
    fn share_of(&self, traits: &Traits, component: &Component, components: &Components) -> f32 {
        let pixels = components.runs(component).iter().flat_map(|run| {
            let line = self.slice.row(run.row as usize + self.origin.0);
            (run.start as usize..run.end as usize).map(move |column| line[column + self.origin.1])
        });
        let near = pixels.filter(|hu| hu.abs_diff(traits.value) <= traits.slack).count();
        near as f32 / component.area as f32
    }

    /// Adds a line to the sight if it is text, unless it is known already; tells whether it is.
    fn judge(&self, line: &Line, components: &Components, sight: &mut Sight) -> bool {
        let wanders = line.window.height() * 5 > line.height * 8;
        let known = |text: &Found| same_place(&text.window, &line.window);
        if wanders || line.window.width() < line.height || sight.text.iter().any(known) {
            return false;
        }
        let Some(form) = shape_of(line, components) else { return false };
        let Some(traits) = self.traits(line, &form, components, DOUBTFUL) else { return false };
        let share = |index: usize| self.share_of(&traits, &components.list[index], components);
        let trimmed = line.trimmed(components).without_ends(components, share);
        let usual = median_share(&trimmed, share);
        let text = Found {
            window: with_marks(&trimmed, components, |index| share(index) >= usual * UNLIKE),
            value: traits.value,
            ink: self.core_of(ink_of(&trimmed, components), &traits),
            // What changes as its surroundings do is followed only where its value stays.
            slack: if traits.changes() { SAME_HU } else { traits.slack },
        };
        let sure = traits.weight() > 0.0 || line.is_printed(components, &form);
        if sure {
            sight.text.push(text);
        } else {
            sight.likely.push((text.window, text.value));
            if traits.is_steady() {
                sight.doubtful.push(text);
            }
        }
        sure
    }
}

/// The runs of every level, the lowest being `base`; of those close to it there are none.
fn levels(plane: &Plane, width: usize, base: i16, runs: &mut [Vec<Run>; LEVELS_HU.len()]) {
    let [lowest, higher @ ..] = runs;
    runs_of(plane, width, base, lowest);
    for (level, runs) in LEVELS_HU.into_iter().skip(1).zip(higher) {
        runs.clear();
        if level > base + base / 2 {
            runs_of(plane, width, level, runs);
        }
    }
}

/// The window of a text with the lines of its value at its place: glyphs of thin slanting strokes have no pixel that
/// is covered whole, so that strokes of one value do not show them.
fn reached(text: &Found, likely: &[(Window, i16)]) -> Window {
    let of_text = |(line, value): &&(Window, i16)| {
        value.abs_diff(text.value) <= 2 * SAME_HU && same_place(&text.window, line)
    };
    likely.iter().filter(of_text).fold(text.window, |window, (line, _)| window.union(*line))
}

/// Whether a text takes up half of the height and three fifths of the width of a line.
fn same_place(text: &Window, line: &Window) -> bool {
    let rows = text.bottom.min(line.bottom).saturating_sub(text.top.max(line.top));
    let columns = text.right.min(line.right).saturating_sub(text.left.max(line.left));
    rows * 2 >= text.height().min(line.height()) && columns * 5 >= line.width() * 3
}

/// The standard deviation of soft tissue noise, from pixels three columns apart; 0 without soft tissue.
fn noise_hu(slice: &ArrayView2<'_, i16>, window: Window) -> f32 {
    const SOFT_HU: Range<i16> = -50..120;
    let mut counts = [0_u32; (SOFT_HU.end - SOFT_HU.start) as usize];
    for row in (window.top..window.bottom).step_by(8) {
        let line = slice.row(row);
        for column in (window.left..window.right.saturating_sub(3)).step_by(3) {
            let (a, b) = (line[column], line[column + 3]);
            if SOFT_HU.contains(&a) && SOFT_HU.contains(&b) {
                counts[a.abs_diff(b) as usize] += 1;
            }
        }
    }
    let total: u32 = counts.iter().sum();
    if total < 100 {
        return 0.0;
    }
    let mut below = 0;
    let reaches_middle = |&count: &u32| {
        below += count;
        below > total / 2
    };
    let median = counts.iter().position(reaches_middle).unwrap_or(0);
    // The median distance of two normal values is 0.954 standard deviations.
    median as f32 / 0.954
}

/// The window of a line with the dots, accents, dashes and descenders that belong to it, of those that are like it.
fn with_marks(line: &Line, level: &Components, is_like: impl Fn(usize) -> bool) -> Window {
    let height = line.height;
    let reach = height / 4 + 1;
    let (top, bottom) = (line.window.top.saturating_sub(reach), line.window.bottom + reach);
    let mut window = line.window;
    for _ in 0..2 {
        let near = Window {
            top,
            bottom,
            left: window.left.saturating_sub(height * 3 / 4),
            right: window.right + height * 3 / 4,
        };
        let belongs = |(index, mark): &(usize, &Component)| {
            near.overlaps(&mark.window)
                && top <= mark.window.top
                && mark.window.bottom <= bottom
                && mark.window.width() <= 2 * height.max(6)
                && is_like(*index)
        };
        let marks = level.list.iter().enumerate().filter(belongs);
        window = marks.fold(window, |window, (_, mark)| window.union(mark.window));
    }
    window
}

/// A window of the planes as a window of the slice, one pixel larger for the soft rim and a little higher for what may
/// reach above or below the glyphs that were seen.
fn placed(window: Window, origin: (usize, usize), (rows, columns): (usize, usize)) -> Window {
    let reach = (window.height() / 6 + 1).min(3);
    Window {
        top: (window.top + origin.0).saturating_sub(reach),
        bottom: (window.bottom + origin.0 + reach).min(rows),
        left: (window.left + origin.1).saturating_sub(1),
        right: (window.right + origin.1 + 1).min(columns),
    }
}
