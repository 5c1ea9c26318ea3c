//! Tells lines of glyphs from lines of anatomy and metal.
//!
//! A line's traits are weighed by a logistic model. It was fitted on 682 texts of 9 to 20 px, drawn by Pillow in nine
//! fonts over one real head and two generated ones, against the 5599 lines of anatomy and metal that the real head,
//! two scanned skull phantoms, 18 generated heads and 200 slices with metal, clips and electrodes show without text.

use ndarray::ArrayView2;

use super::component::{Component, Components};
use super::constant::{CHANCE_REACHES, SAME_HU, chance};
use super::line::{Line, Shape, most_frequent};
use super::slice::Scene;
use super::window::Window;

/// Weights of the traits, in the order of [`Traits::weighed`].
const WEIGHTS: [f32; 11] = [2.2, -4.2, 1.1, 4.6, -2.8, 1.4, -2.1, -0.7, -1.3, 0.8, 1.0];
/// The fitted bias is -7; lower by 3.1 it calls a line text at 22 to 1.
const BIAS: f32 = -10.1;
/// How often the glyphs of a line are crossed beyond a bar, together and each on average; contacts of electrodes
/// in a row stay below.
const TURNS: f32 = 2.0;
const TURNS_OF_EACH: f32 = 0.45;
/// Glyphs that are more than a dot or a bar.
const SHAPES: usize = 2;
/// Contacts in a row are alike: the standard deviation of their areas over the mean.
const ALIKE: f32 = 0.16;
/// How much strokes may change from slice to slice, over how much their surroundings do, to be steady.
const STEADY: f32 = 0.6;

/// How much strokes change at least, over how much their surroundings do, where nothing of them is in the next slice.
const CHANGING: f32 = 0.95;
/// Steadier than this counts no more.
const STEADIEST: f32 = 0.05;
/// HU within which the links of a value are counted: the value itself, and what tells its number by chance.
const REACHES: [u16; 4] = [SAME_HU, CHANCE_REACHES[0], CHANCE_REACHES[1], CHANCE_REACHES[2]];

/// What speaks for or against a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    members: usize,
    height: usize,
    shape: Shape,
    /// Median strength of the strokes over the lowest that counts.
    strength: f32,
    /// Mean strength of the strokes above and below the line over that of the line.
    around: f32,
    /// Sum of the strength of the strokes between the glyphs over that of the glyphs.
    between: f32,
    /// How much the glyphs change to the next slice, over how much their surroundings do; at most 1.
    steady: f32,
    /// Standard deviation of the members' areas over the mean.
    variety: f32,
    /// Links of the value over those by chance.
    constant: f32,
    /// Most frequent value of the strokes, HU.
    pub(super) value: i16,
    /// HU by which the strokes may differ from those of the same text in the next slice.
    pub(super) slack: u16,
}

impl Traits {
    /// Above 0 the line is text.
    pub(super) fn weight(&self) -> f32 {
        self.weighed().into_iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum::<f32>() + BIAS
    }

    /// Whether the strokes change much less to the next slice than their surroundings do.
    pub(super) fn is_steady(&self) -> bool {
        self.steady <= STEADY
    }

    /// Whether the strokes change about as much to either slice beside as their surroundings do.
    pub(super) fn changes(&self) -> bool {
        self.steady > CHANGING
    }

    fn weighed(&self) -> [f32; 11] {
        [
            (self.members as f32).ln(),
            (self.height as f32).ln(),
            self.shape.turns.ln(),
            self.shape.aligned,
            self.shape.thickness,
            self.strength.ln(),
            (self.around + 0.03).ln(),
            (self.between + 0.03).ln(),
            self.steady.max(STEADIEST).ln(),
            (self.variety + 0.05).ln(),
            self.constant.ln(),
        ]
    }
}

impl Scene<'_> {
    /// The traits of a line; none if its shapes alone tell that it is no text, or if it weighs `least` or less.
    pub(super) fn traits(
        &self,
        line: &Line,
        shape: &Shape,
        components: &Components,
        least: f32,
    ) -> Option<Traits> {
        let members = line.members.len();
        let variety = variety(line, components);
        if members < 2
            || shape.turns < TURNS
            || shape.turns < TURNS_OF_EACH * members as f32
            || shape.shapes < SHAPES
            || members > 2 && variety < ALIKE
        {
            return None;
        }
        let ink = ink_of(line, components);
        let mut strengths: Vec<i16> =
            ink.iter().map(|&[row, column]| self.plane[row * self.width + column]).collect();
        let total = strengths.iter().map(|&hu| i64::from(hu)).sum::<i64>() as f32;
        let strength = f32::from(median(&mut strengths)).max(1.0);
        let (above, below) = self.beside(&line.window);
        let pixels = (above.height() + below.height()) * line.window.width();
        let around = (self.sum(above) + self.sum(below)) / pixels.max(1) as f32 / strength;
        let between = (self.sum(line.window) - total) / total;
        let mut values: Vec<i16> = ink.iter().map(|&at| self.hu(at)).collect();
        values.sort_unstable();
        let value = most_frequent(&values);
        let mut traits = Traits {
            members,
            height: line.height,
            shape: *shape,
            strength: strength / f32::from(self.base),
            around,
            between,
            steady: STEADIEST,
            variety,
            constant: self.constant(&line.window, value),
            value,
            slack: (strength / 4.0).max(2.0) as u16,
        };
        // What takes longest comes last, where it may still decide.
        let solid = (strength / 40.0).max(2.0);
        let is_solid = |&index: &usize| self.is_solid(&components.list[index], components, solid);
        if traits.weight() <= least || line.members.iter().any(is_solid) {
            return None;
        }
        let change = self.change(&ink, [above, below, line.window], strength / 6.0);
        traits.steady = change.min(1.0);
        (traits.weight() > least).then_some(traits)
    }

    /// How many links of the value a window has, over those by chance; 1 for the end of the scale.
    fn constant(&self, window: &Window, value: i16) -> f32 {
        if self.extremes.iter().any(|end| end.abs_diff(value) <= 2) {
            return 1.0;
        }
        let [same, chances @ ..] = self.links.counts(value, REACHES, *window);
        (same as f32 + 1.0) / (chance(chances) + 1.0)
    }

    fn hu(&self, [row, column]: [usize; 2]) -> i16 {
        self.slice[[row + self.origin.0, column + self.origin.1]]
    }

    /// The rows above and below a line, beyond the soft rim.
    fn beside(&self, window: &Window) -> (Window, Window) {
        let rows = self.plane.len() / self.width;
        (
            Window { top: window.top.saturating_sub(4), bottom: window.top.saturating_sub(1), ..*window },
            Window { top: (window.bottom + 1).min(rows), bottom: (window.bottom + 4).min(rows), ..*window },
        )
    }

    /// The sum of the strokes' strengths in a window.
    fn sum(&self, window: Window) -> f32 {
        let line = |row: usize| &self.plane[row * self.width..][window.left..window.right];
        (window.top..window.bottom).flat_map(line).map(|&hu| i64::from(hu.max(0))).sum::<i64>() as f32
    }

    /// Whether three by three pixels of a component's surroundings have about one value, as metal does.
    fn is_solid(&self, component: &Component, components: &Components, slack: f32) -> bool {
        let (rows, columns) = self.slice.dim();
        components.runs(component).iter().any(|run| {
            let row = run.row as usize + self.origin.0;
            (run.start as usize + self.origin.1..run.end as usize + self.origin.1).any(|column| {
                let hu = self.slice[[row, column]];
                (1..rows - 1).contains(&row)
                    && (1..columns - 1).contains(&column)
                    && Window { top: row - 1, bottom: row + 2, left: column - 1, right: column + 2 }
                        .pixels()
                        .all(|at| f32::from(self.slice[at].abs_diff(hu)) <= slack)
            })
        })
    }

    /// How much the ink changes to the neighboring slices, over how much the ground does: to the slice to which it
    /// changes least. Text that stands on several slices keeps its value while anatomy changes; text that stands on
    /// this one alone changes more than anatomy does.
    fn change(&self, ink: &[[usize; 2]], parts: [Window; 3], quiet: f32) -> f32 {
        let pixels = parts.into_iter().flat_map(Window::pixels);
        let ground: Vec<[usize; 2]> = pixels
            .filter(|&[row, column]| f32::from(self.plane[row * self.width + column]) < quiet)
            .collect();
        let of_neighbor = |neighbor: &ArrayView2<'_, i16>| {
            let change = |pixels: &[[usize; 2]]| {
                let change = |&[row, column]: &[usize; 2]| {
                    neighbor[[row + self.origin.0, column + self.origin.1]].abs_diff(self.hu([row, column]))
                };
                let mut changes: Vec<u16> = pixels.iter().map(change).collect();
                f32::from(median(&mut changes)) + 1.0
            };
            change(ink) / change(&ground)
        };
        self.neighbors.iter().map(of_neighbor).min_by(f32::total_cmp).unwrap_or(1.0)
    }
}

/// The pixels of the strokes of a line.
pub(super) fn ink_of(line: &Line, components: &Components) -> Vec<[usize; 2]> {
    let runs = line.members.iter().flat_map(|&index| components.runs(&components.list[index]));
    runs.flat_map(|run| (run.start..run.end).map(|column| [run.row as usize, column as usize])).collect()
}

/// The standard deviation of the members' areas over the mean.
fn variety(line: &Line, components: &Components) -> f32 {
    let areas = || line.members.iter().map(|&index| components.list[index].area as f32);
    let count = line.members.len() as f32;
    let mean = areas().sum::<f32>() / count;
    (areas().map(|area| (area - mean).powi(2)).sum::<f32>() / count).sqrt() / mean
}

pub(super) fn median<T: Ord + Copy + Default>(values: &mut [T]) -> T {
    if values.is_empty() {
        return T::default();
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable(middle).1
}
