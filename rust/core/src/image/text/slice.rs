//! Decides for one slice where text is.

use ndarray::ArrayView2;

use super::component::{Component, Components, Run, components_of, runs_of, runs_within};
use super::constant::Strokes;
use super::line::{Line, Shape, lines_of, shape_of, tone_of};
use super::stroke::Contrast;
use super::window::Window;

/// Contrasts in HU at which strokes are told from their surroundings. With a factor of three between them a
/// line of text has a level between a sixth and two thirds of its contrast, where its glyphs are neither fused
/// by their soft rims nor broken.
const LEVELS_HU: [i16; 4] = [40, 120, 360, 1080];
/// The lowest level is at least this many standard deviations of the noise.
const NOISE_FACTOR: f32 = 4.5;

/// Text on one slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// In pixels of the slice.
    pub(super) window: Window,
    /// The value its strokes are drawn with, HU.
    pub(super) value: i16,
}

/// Looks at slices; keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub(super) struct Finder {
    contrast: Contrast,
    /// Runs of bright and of dark strokes, level by level.
    runs: [[Vec<Run>; LEVELS_HU.len()]; 2],
}

impl Finder {
    /// Finds text in the window of a slice, in and beside the head.
    pub(super) fn find(
        &mut self,
        slice: &ArrayView2<'_, i16>,
        head: &ArrayView2<'_, bool>,
        window: Window,
    ) -> Vec<Found> {
        self.contrast.measure(slice, window);
        self.contrast.keep_near(head, window);
        let base = LEVELS_HU[0].max((noise_hu(slice, window) * NOISE_FACTOR).min(400.0) as i16);
        let origin = (window.top, window.left);
        let mut found = Vec::new();
        for (plane, runs) in [&self.contrast.bright, &self.contrast.dark].into_iter().zip(&mut self.runs) {
            let scene = Scene { slice, origin, plane, width: self.contrast.width, base };
            scene.levels(runs);
            // From the highest level down: the higher, the less of the surroundings is in the line.
            let mut lines = Vec::new();
            for runs in runs.iter().rev() {
                scene.text_among(&components_of(runs), &mut lines);
            }
            found.append(&mut lines);
        }
        let strokes = Strokes { slice, origin, contrast: &self.contrast };
        for text in &mut found {
            text.window = strokes.continued(text.window, text.value);
        }
        found.extend(strokes.constant_lines([&self.runs[0][0], &self.runs[1][0]]));
        for text in &mut found {
            text.window = placed(text.window, origin, slice.dim());
        }
        found
    }
}

/// A slice and the contrast of its bright or dark strokes.
struct Scene<'a> {
    slice: &'a ArrayView2<'a, i16>,
    /// Row and column of the plane's first pixel.
    origin: (usize, usize),
    plane: &'a [i16],
    width: usize,
    /// The lowest level in HU.
    base: i16,
}

impl Scene<'_> {
    /// The runs of every level; of those close to the lowest there are none.
    fn levels(&self, runs: &mut [Vec<Run>; LEVELS_HU.len()]) {
        runs_of(self.plane, self.width, self.base, &mut runs[0]);
        let mut below = 0;
        for (index, level) in LEVELS_HU.into_iter().enumerate().skip(1) {
            let (lower, higher) = runs.split_at_mut(index);
            higher[0].clear();
            if level > self.base + self.base / 2 {
                runs_within(self.plane, self.width, level, &lower[below], &mut higher[0]);
                below = index;
            }
        }
    }

    fn text_among(&self, components: &Components, found: &mut Vec<Found>) {
        for line in lines_of(components) {
            let wanders = line.window.height() * 5 > line.height * 8;
            let known = |text: &Found| mostly_covers(&text.window, &line.window);
            if wanders || line.window.width() < line.height || found.iter().any(known) {
                continue;
            }
            let Some(unrest) = shape_of(&line, components).and_then(|shape| bearable_unrest(&line, &shape))
            else {
                continue;
            };
            let stands_out = |row: usize, column: usize| {
                column < self.width
                    && self.plane.get(row * self.width + column).is_some_and(|&hu| hu >= self.base)
            };
            let tone = tone_of(&line, components, self.slice, self.origin, stands_out);
            if tone.unrest <= unrest * tone.contrast {
                let window = with_marks(&line, components);
                found.push(Found { window, value: tone.value });
            }
        }
    }
}

/// Whether the outer window holds at least three quarters of the inner one.
fn mostly_covers(outer: &Window, inner: &Window) -> bool {
    let rows = outer.bottom.min(inner.bottom).saturating_sub(outer.top.max(inner.top));
    let columns = outer.right.min(inner.right).saturating_sub(outer.left.max(inner.left));
    rows * columns * 4 >= inner.height() * inner.width() * 3
}

/// The standard deviation of soft tissue noise, from pixels three columns apart; 0 without soft tissue.
fn noise_hu(slice: &ArrayView2<'_, i16>, window: Window) -> f32 {
    let soft = -50..120_i16;
    let mut steps = Vec::new();
    for row in (window.top..window.bottom).step_by(8) {
        let line = slice.row(row);
        for column in (window.left..window.right.saturating_sub(3)).step_by(3) {
            let (a, b) = (line[column], line[column + 3]);
            if soft.contains(&a) && soft.contains(&b) {
                steps.push(a.abs_diff(b));
            }
        }
    }
    if steps.len() < 100 {
        return 0.0;
    }
    let middle = steps.len() / 2;
    let (_, &mut median, _) = steps.select_nth_unstable(middle);
    // The median distance of two normal values is 0.954 standard deviations.
    f32::from(median) / 0.954
}

/// How restless the background may be, as a multiple of the contrast, for a line to be text: the more its shapes
/// look like glyphs (several strokes, thin for their height, standing on one line), the more. None if they do not.
fn bearable_unrest(line: &Line, shape: &Shape) -> Option<f32> {
    let long = line.window.width() * 2 >= line.height * 5;
    let alike = line.members.len() < 3 || shape.aligned >= 0.6;
    let thin = |least: f32| (least..=0.33).contains(&shape.thickness);
    if shape.turns < 2.4 || shape.folded < 1.25 || !alike {
        return None;
    }
    if shape.shapes >= 5 && line.height >= 6 && shape.aligned >= 0.7 && thin(0.1) {
        return Some(2.5);
    }
    if shape.shapes >= 3 && shape.aligned >= 0.75 && thin(0.1) {
        return Some(1.2);
    }
    let fused = shape.shapes == 2 && shape.aligned > 0.99 || long && shape.turns >= 4.0;
    (shape.shapes >= 3 && thin(0.075) || fused && thin(0.1)).then_some(0.5)
}

/// The window of a line with the dots, accents, dashes and descenders that belong to it.
fn with_marks(line: &Line, level: &Components) -> Window {
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
        let belongs = |mark: &&Component| {
            near.overlaps(&mark.window)
                && top <= mark.window.top
                && mark.window.bottom <= bottom
                && mark.window.width() <= 2 * height.max(6)
        };
        let marks = level.list.iter().filter(belongs);
        window = marks.fold(window, |window, mark| window.union(mark.window));
    }
    window
}

/// A window of the planes as a window of the slice, one pixel larger for the soft rim.
fn placed(window: Window, origin: (usize, usize), (rows, columns): (usize, usize)) -> Window {
    Window {
        top: (window.top + origin.0).saturating_sub(1),
        bottom: (window.bottom + origin.0 + 1).min(rows),
        left: (window.left + origin.1).saturating_sub(1),
        right: (window.right + origin.1 + 1).min(columns),
    }
}
