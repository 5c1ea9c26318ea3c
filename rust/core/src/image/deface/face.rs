//! The face reduced to what the bare skull shows: what lies outside the closing of bone goes.
//!
//! Erosion by a known depth is undone by dilation; a surface that depends on bone alone tells an attacker
//! nothing that the bone, which stays, does not tell anyway.

use ndarray::Array3;

use super::cavity::Cavity;
use super::orientation::{Orientation, center, dot};
use crate::image::distance::{dilated, distance, opened};
use crate::image::grid::Grid;
use crate::image::label::{boundary, components, flood};
use crate::image::noise;

/// Radius of the ball that closes bone: the new surface of the face, mm.
const CLOSING_MM: f32 = 8.0;
/// Radius of the ball that closes the orbit at its rim, so that its contents stay, mm.
const ORBIT_CLOSING_MM: f32 = 26.0;
/// The new surface lies up to this much deeper, by a smooth random field, mm.
pub const OFFSET_MM: f32 = 3.0;
/// Over which distance that field varies, mm.
const OFFSET_SCALE_MM: f64 = 15.0;
/// How much deeper the removal may go per mm further inside the region: a slope, no visible step.
const SLOPE: f32 = 2.0;
/// Deepest removal below the skin, mm: the cheek is 25 thick.
pub const DEEPEST_MM: f32 = 32.0;
/// The region begins so far before the middle of the cavity: the ear canal, mm.
const BEHIND_MM: f32 = 5.0;
/// The brow above the lowest part of the anterior cranial fossa, mm.
const BROW_MM: f32 = 28.0;
/// The orbits lie between these heights over the lowest part of the anterior cranial fossa, mm ...
const ORBIT_HEIGHT_MM: [f32; 2] = [-42.0, 15.0];
/// ... and so far to the side of the midline, mm. Both leave room for a head that lies at an angle.
const ORBIT_ASIDE_MM: [f32; 2] = [8.0, 58.0];
/// How far below the lowest edge of the jaw the region ends, mm.
const CHIN_MM: f32 = 22.0;
/// The chin lies at most so far behind the forehead; hyoid and spine lie deeper, mm.
const JAW_BEHIND_MM: f32 = 25.0;
/// Least bone of the jaw and the facial skeleton in one piece; the hyoid has less, ml.
const JAW_ML: f32 = 6.0;
/// Thin parts that a ball of this radius does not fit into: the ear, mm.
const EAR_THIN_MM: f32 = 6.0;
/// Least volume of an ear, ml.
const EAR_ML: f32 = 0.5;
/// The ear region reaches this far around the ear, mm.
const EAR_REACH_MM: f32 = 14.0;

/// What the face step needs to know of a head, on the grid.
pub struct Anatomy<'a> {
    /// The grid itself.
    pub grid: &'a Grid,
    /// The head.
    pub head: &'a Array3<bool>,
    /// Its bone.
    pub bone: &'a Array3<bool>,
    /// Its cavity.
    pub cavity: &'a Cavity,
    /// Its directions.
    pub orientation: Orientation,
    /// Distance to bone, mm, exact up to [`reach_mm`].
    pub to_bone: &'a Array3<f32>,
    /// Depth below the skin, mm.
    pub depth: &'a Array3<f32>,
}

/// How far the face step looks from bone, mm.
#[must_use]
pub const fn reach_mm() -> f32 {
    ORBIT_CLOSING_MM
}

/// How far each node lies within what the face step removes, mm: positive is removed.
///
/// `base_mm` is the depth removed everywhere; the face deepens from it gradually, so that no step shows
/// at the border of the region.
#[must_use]
pub fn face(anatomy: &Anatomy<'_>, base_mm: f32, seed: u64) -> Array3<f32> {
    let Anatomy { grid, depth, .. } = *anatomy;
    let Some(region) = Region::find(anatomy) else {
        return Array3::from_elem(depth.dim(), f32::NEG_INFINITY);
    };
    let ears = distance(&region.ears(anatomy), grid, EAR_REACH_MM);
    let beyond = beyond_bone(anatomy, CLOSING_MM, |_| true);
    let reach = ORBIT_CLOSING_MM + OFFSET_MM + 1.0;
    let beyond_rim = beyond_bone(anatomy, ORBIT_CLOSING_MM, |frame| region.orbit_mm(frame) > -reach);
    Array3::from_shape_fn(depth.dim(), |(p, r, c)| {
        let node = [p, r, c];
        if depth[node] > DEEPEST_MM || depth[node] <= 0.0 {
            return f32::NEG_INFINITY;
        }
        let frame = grid.frame_mm(node);
        let within = region.within_mm(frame, ears[node]);
        if within <= 0.0 {
            return f32::NEG_INFINITY;
        }
        let orbit = region.orbit_mm(frame) > 0.0;
        let surface = if orbit { beyond_rim[node].min(beyond[node]) } else { beyond[node] };
        let offset = OFFSET_MM * noise::smooth(seed, grid.patient_mm(frame), OFFSET_SCALE_MM);
        (surface + offset).min(base_mm + within - depth[node])
    })
}

/// How far each node lies outside the closing of bone by a ball of `radius`, mm, down to -[`OFFSET_MM`] - 1.
///
/// Right only where `matters` holds for all places within `radius` and [`OFFSET_MM`] + 1.
fn beyond_bone(anatomy: &Anatomy<'_>, radius: f32, matters: impl Fn([f32; 3]) -> bool) -> Array3<f32> {
    let Anatomy { grid, to_bone, depth, .. } = *anatomy;
    let free = to_bone.mapv(|mm| mm > radius);
    let outside = free
        .indexed_iter()
        .filter(|((p, r, c), free)| **free && depth[[*p, *r, *c]] <= 0.0)
        .map(|((p, r, c), _)| [p, r, c]);
    let rolled = flood(&free, outside);
    // The nearest member is always one at the border of the set; sparing the others spares time.
    let mut border = boundary(&rolled);
    for ((p, r, c), border) in border.indexed_iter_mut().filter(|(_, border)| **border) {
        *border = matters(grid.frame_mm([p, r, c]));
    }
    let mut beyond = distance(&border, grid, radius + OFFSET_MM + 1.0);
    beyond.zip_mut_with(&rolled, |mm, &rolled| {
        *mm = if rolled { radius } else { (radius - *mm).max(-OFFSET_MM - 1.0) };
    });
    beyond
}

/// Where the face lies, in the directions of the head.
struct Region {
    middle: [f32; 3],
    orientation: Orientation,
    /// Height of the brow over the middle of the cavity, mm; infinite when the forehead is not covered.
    brow: f32,
    /// Height of the lowest edge of the jaw, mm.
    jaw: f32,
    /// How far the cavity reaches to the front of its middle, mm.
    forehead: f32,
}

impl Region {
    fn find(anatomy: &Anatomy<'_>) -> Option<Self> {
        let Anatomy { grid, cavity, orientation, .. } = *anatomy;
        let middle = center(&cavity.nodes, grid)?;
        let mut region = Self { middle, orientation, brow: f32::INFINITY, jaw: f32::INFINITY, forehead: 0.0 };
        let places: Vec<[f32; 2]> = cavity
            .nodes
            .indexed_iter()
            .filter(|(_, n)| **n)
            .map(|((p, r, c), _)| region.ahead_and_up(grid.frame_mm([p, r, c])))
            .collect();
        region.forehead = quantile(places.iter().map(|p| p[0]), 0.99)?;
        let frontal = places.iter().filter(|p| p[0] > 0.55 * region.forehead).map(|p| p[1]);
        region.brow = quantile(frontal, 0.03)? + BROW_MM;
        region.jaw = components(anatomy.bone)
            .into_iter()
            .filter(|nodes| nodes.iter().map(|n| grid.node_ml(n[0])).sum::<f32>() >= JAW_ML)
            .flatten()
            .map(|node| region.ahead_and_up(grid.frame_mm(node)))
            .filter(|place| place[0] > region.forehead - JAW_BEHIND_MM)
            .map(|place| place[1])
            .fold(region.brow, f32::min);
        Some(region)
    }

    /// Millimeters ahead of and above the middle of the cavity.
    fn ahead_and_up(&self, frame: [f32; 3]) -> [f32; 2] {
        let from = [frame[0] - self.middle[0], frame[1] - self.middle[1], frame[2] - self.middle[2]];
        [dot(from, self.orientation.front), dot(from, self.orientation.up)]
    }

    /// How deep the removal may go at a place inside the region, mm: by [`SLOPE`] with the distance from its
    /// borders. `ear` is the distance to the nearest ear.
    fn within_mm(&self, frame: [f32; 3], ear: f32) -> f32 {
        let [ahead, up] = self.ahead_and_up(frame);
        let face = (ahead - BEHIND_MM).min(self.brow - up).min(up - (self.jaw - CHIN_MM));
        SLOPE * face.max(EAR_REACH_MM - ear)
    }

    /// Thin parts of the head at its sides: the ears.
    fn ears(&self, anatomy: &Anatomy<'_>) -> Array3<bool> {
        let Anatomy { grid, head, cavity, .. } = *anatomy;
        let thick = dilated(&opened(head, grid, EAR_THIN_MM), grid, 1.0);
        let mut thin = head.clone();
        thin.zip_mut_with(&thick, |thin, &thick| *thin &= !thick);
        let side = self.half_width(&cavity.nodes, grid) * 0.75;
        for ((p, r, c), thin) in thin.indexed_iter_mut().filter(|(_, thin)| **thin) {
            let frame = grid.frame_mm([p, r, c]);
            let [ahead, up] = self.ahead_and_up(frame);
            *thin = self.aside(frame).abs() > side
                && (-0.9 * self.forehead..0.5 * self.forehead).contains(&ahead)
                && (self.jaw - 20.0..self.brow + 20.0).contains(&up);
        }
        let mut ears = Array3::from_elem(thin.dim(), false);
        for nodes in components(&thin) {
            if nodes.iter().map(|n| grid.node_ml(n[0])).sum::<f32>() >= EAR_ML {
                for node in nodes {
                    ears[node] = true;
                }
            }
        }
        ears
    }

    /// Millimeters to the side of the midline, signed.
    fn aside(&self, frame: [f32; 3]) -> f32 {
        let [_, y, x] = self.orientation.front;
        (frame[1] - self.middle[1]) * x - (frame[2] - self.middle[2]) * y
    }

    fn half_width(&self, cavity: &Array3<bool>, grid: &Grid) -> f32 {
        let places = cavity.indexed_iter().filter(|(_, n)| **n);
        quantile(places.map(|((p, r, c), _)| self.aside(grid.frame_mm([p, r, c])).abs()), 0.99).unwrap_or(0.0)
    }

    /// How far a place lies inside one of the boxes that hold the orbits, mm.
    fn orbit_mm(&self, frame: [f32; 3]) -> f32 {
        let [ahead, up] = self.ahead_and_up(frame);
        let aside = self.aside(frame).abs();
        let [low, high] = ORBIT_HEIGHT_MM.map(|mm| self.brow - BROW_MM + mm);
        let [inner, outer] = ORBIT_ASIDE_MM;
        let height = (high - up).min(up - low);
        (aside - inner).min(outer - aside).min(height).min(ahead - 0.35 * self.forehead)
    }
}

/// The value below which the share `part` of all values lies.
fn quantile(values: impl Iterator<Item = f32>, part: f32) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    let index = ((values.len() as f32 - 1.0).max(0.0) * part) as usize;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(index, f32::total_cmp).1)
}
