//! Decides for one slice where text is.

use ndarray::ArrayView2;

use super::component::{Component, Components, Run, components_of, runs_of, runs_within};
use super::constant::constant_lines;
use super::line::{Evidence, Line, evidence, lines_of};
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
    lowest: [Vec<Run>; 2],
    runs: Vec<Run>,
    higher: Vec<Run>,
}

impl Finder {
    /// Finds text in the window of a slice.
    pub(super) fn find(&mut self, slice: &ArrayView2<'_, i16>, window: Window) -> Vec<Found> {
        self.contrast.measure(slice, window);
        let base = LEVELS_HU[0].max((noise_hu(slice, window) * NOISE_FACTOR).min(400.0) as i16);
        let width = self.contrast.width;
        let origin = (window.top, window.left);
        let mut found = Vec::new();
        for (plane, lowest) in [&self.contrast.bright, &self.contrast.dark].into_iter().zip(&mut self.lowest)
        {
            runs_of(plane, width, base, lowest);
            let all = components_of(lowest);
            let strokes = |row: usize, column: usize| {
                column < width && plane.get(row * width + column).is_some_and(|&hu| hu >= base)
            };
            found.extend(text_among(&all, &all, slice, origin, &strokes));
            self.runs.clone_from(lowest);
            for level in LEVELS_HU.into_iter().filter(|&level| level > base + base / 2) {
                runs_within(plane, width, level, &self.runs, &mut self.higher);
                std::mem::swap(&mut self.runs, &mut self.higher);
                found.extend(text_among(&components_of(&self.runs), &all, slice, origin, &strokes));
            }
        }
        let extremes = self.contrast.extremes();
        found.extend(constant_lines(
            slice,
            origin,
            &self.contrast,
            [&self.lowest[0], &self.lowest[1]],
            extremes,
        ));
        for text in &mut found {
            text.window = placed(text.window, origin, slice.dim());
        }
        found
    }
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

fn text_among(
    components: &Components,
    all: &Components,
    slice: &ArrayView2<'_, i16>,
    origin: (usize, usize),
    strokes: &impl Fn(usize, usize) -> bool,
) -> Vec<Found> {
    let mut found = Vec::new();
    for line in lines_of(components) {
        if line.window.height() * 5 > line.height * 8 || line.window.width() < line.height {
            continue;
        }
        let measured = evidence(&line, components, slice, origin, strokes);
        if is_text(&line, &measured) {
            let window = with_marks(&line, components, all);
            found.push(Found { window, value: measured.value });
        }
    }
    found
}

/// Strokes, thin for their height, standing on one line before a quiet background.
fn is_text(line: &Line, measured: &Evidence) -> bool {
    let long = line.window.width() * 2 >= line.height * 5;
    let alike = line.members.len() < 3 || measured.aligned >= 0.6;
    let many = measured.shapes >= 3 && (0.075..=0.33).contains(&measured.thickness);
    let fused = (measured.shapes == 2 && measured.aligned > 0.99 || long && measured.turns >= 4.0)
        && (0.1..=0.33).contains(&measured.thickness);
    measured.turns >= 2.4 && alike && (many || fused) && measured.unrest <= 0.5 * measured.contrast
}

/// The window of a line with the dots, accents, dashes and descenders that belong to it.
fn with_marks(line: &Line, level: &Components, all: &Components) -> Window {
    let mut window = line.window;
    let height = line.height;
    for _ in 0..2 {
        let reach = Window {
            top: window.top.saturating_sub(height / 4 + 1),
            bottom: window.bottom + height / 4 + 1,
            left: window.left.saturating_sub(height * 3 / 4),
            right: window.right + height * 3 / 4,
        };
        let belongs = |component: &&Component| {
            let other = component.window;
            reach.overlaps(&other)
                && other.height() <= height + height / 2
                && other.width() <= 2 * height.max(6)
                && other.top + height >= line.window.top
                && other.bottom <= line.window.bottom + height
        };
        let marks = level.list.iter().chain(&all.list).filter(belongs);
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
