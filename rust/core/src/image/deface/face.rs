//! The face reduced to what the bare skull shows: what lies outside the closing of bone goes.
//!
//! Erosion by a known depth is undone by dilation; a surface that depends on bone alone tells an attacker
//! nothing that the bone, which stays, does not tell anyway.

use ndarray::Array3;

use super::cavity::Cavity;
use super::orientation::{Orientation, center, dot};
use crate::image::bits::Bits;
use crate::image::distance::{Area, distance, distance_in};
use crate::image::grid::Grid;
use crate::image::label::{boundary, components, flood, insert, nodes_of};
use crate::image::noise;
use crate::stop::{Cancelled, Stop};

/// Radius of the ball that closes bone: the new surface of the face, mm.
const CLOSING_MM: f32 = 14.0;
/// Radius of the ball that closes the orbit at its rim, so that its contents stay, mm.
const ORBIT_CLOSING_MM: f32 = 26.0;
/// The new surface lies up to this much deeper, by a smooth random field, mm.
pub const OFFSET_MM: f32 = 3.0;
/// Over which distance that field varies, mm.
const OFFSET_SCALE_MM: f64 = 15.0;
/// How much deeper the removal may go per mm further inside the region: a slope, no visible step.
const SLOPE: f32 = 2.0;
/// Deepest removal below the skin, mm: the cheek is 25 thick, the floor of the mouth 40.
const DEEPEST_MM: f32 = 44.0;
/// The skin lies about this far before the first node behind it, mm.
const HALF_MM: f32 = 1.0;
/// The region begins so far before the middle of the cavity, mm: behind the ear canal, or the side of the neck that
/// stays would tell where the cheek was.
const BEHIND_MM: f32 = -5.0;
/// The brow above the lowest part of the anterior cranial fossa, mm.
const BROW_MM: f32 = 16.0;
/// The orbits lie between these heights over the lowest part of the anterior cranial fossa, mm ...
const ORBIT_HEIGHT_MM: [f32; 2] = [-42.0, 15.0];
/// ... and so far to the side of the midline, mm. Both leave room for a head that lies at an angle.
const ORBIT_ASIDE_MM: [f32; 2] = [8.0, 58.0];
/// How far below the lowest edge of the jaw the region ends, mm: the slope lies below the face, not in it.
const CHIN_MM: f32 = 34.0;
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
    pub head: &'a Bits,
    /// Its bone.
    pub bone: &'a Bits,
    /// Its cavity.
    pub cavity: &'a Cavity,
    /// Its directions.
    pub orientation: Orientation,
    /// Distance to bone, mm, exact up to the radius that closes bone and more.
    pub to_bone: &'a Array3<f32>,
    /// What lies outside the head.
    pub outside: &'a Bits,
}

/// How far each node lies within what the face step removes, mm: positive is removed.
///
/// `base_mm` is the depth removed everywhere; the face deepens from it gradually, so that no step shows
/// at the border of the region.
pub fn face(
    anatomy: &Anatomy<'_>,
    base_mm: f32,
    seed: u64,
    stop: Stop<'_>,
) -> Result<Array3<f32>, Cancelled> {
    let Anatomy { grid, bone, to_bone, outside, .. } = *anatomy;
    let mut excess = Array3::from_elem(to_bone.dim(), f32::NEG_INFINITY);
    let Some(region) = Region::find(anatomy) else { return Ok(excess) };
    stop.check()?;
    let ears = distance(&region.ears(anatomy), grid, EAR_REACH_MM, stop)?;
    let candidates = region.candidates(anatomy, &ears);
    let Some(area) = area_of(&candidates, |_| true) else { return Ok(excess) };
    let deep = distance_in(outside, grid, DEEPEST_MM + HALF_MM, &area, stop)?;
    let free = Bits::of(grid.shape, to_bone.as_slice().unwrap_or_default(), |mm| mm > CLOSING_MM);
    let rolled = Rolled::new(anatomy, CLOSING_MM, &free, &area, stop)?;
    let orbits = area_of(&candidates, |node| region.orbit_mm(grid.frame_mm(node)) > 0.0);
    let at_rim = orbits
        .map(|area| {
            let free = bone.dilated(grid, ORBIT_CLOSING_MM).inverted();
            stop.check()?;
            Rolled::new(anatomy, ORBIT_CLOSING_MM, &free, &area, stop)
        })
        .transpose()?;
    for node in candidates.nodes().filter(|node| deep[*node].is_finite()) {
        let frame = grid.frame_mm(node);
        let deepest = base_mm + region.within_mm(frame, ears[node]) - (deep[node] - HALF_MM);
        let mut surface = rolled.beyond_mm(node);
        if let Some(at_rim) = at_rim.as_ref().filter(|_| region.orbit_mm(frame) > 0.0) {
            surface = surface.min(at_rim.beyond_mm(node));
        }
        // The offset matters near the surface alone.
        if surface > -OFFSET_MM - 1.0 && surface < deepest {
            surface += OFFSET_MM * noise::smooth(seed, grid.patient_mm(frame), OFFSET_SCALE_MM);
        }
        excess[node] = surface.min(deepest);
    }
    Ok(excess)
}

/// The box that holds the nodes for which `wanted` holds.
fn area_of(nodes: &Bits, wanted: impl Fn([usize; 3]) -> bool) -> Option<Area> {
    nodes.nodes().filter(|node| wanted(*node)).fold(None, |area: Option<Area>, node| {
        let area = area.unwrap_or_else(|| node.map(|at| at..at + 1));
        let span = |axis: usize| area[axis].start.min(node[axis])..area[axis].end.max(node[axis] + 1);
        Some([span(0), span(1), span(2)])
    })
}

/// Where a ball that is rolled over bone from outside gets to.
struct Rolled {
    radius: f32,
    /// Places of the ball's center.
    centers: Bits,
    /// Distance to the nearest of them, mm, as far as it matters; infinite in their midst.
    to_center: Array3<f32>,
}

impl Rolled {
    /// `free` is what lies farther than `radius` from bone. Right within `area`.
    fn new(
        anatomy: &Anatomy<'_>,
        radius: f32,
        free: &Bits,
        area: &Area,
        stop: Stop<'_>,
    ) -> Result<Self, Cancelled> {
        let Anatomy { grid, outside, .. } = *anatomy;
        let centers = flood(free, outside);
        stop.check()?;
        // The nearest center is always one at the border of the set; sparing the others spares time.
        let to_center = distance_in(&boundary(&centers), grid, radius + OFFSET_MM + 1.0, area, stop)?;
        Ok(Self { radius, centers, to_center })
    }

    /// How far a node lies outside the closing of bone, mm, down to -[`OFFSET_MM`] - 1.
    fn beyond_mm(&self, node: [usize; 3]) -> f32 {
        if self.centers.has(node) {
            self.radius
        } else {
            (self.radius - self.to_center[node]).max(-OFFSET_MM - 1.0)
        }
    }
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
        let places: Vec<[f32; 2]> =
            cavity.nodes.nodes().map(|node| region.ahead_and_up(grid.frame_mm(node))).collect();
        region.forehead = quantile(places.iter().map(|p| p[0]), 0.99)?;
        let frontal = places.iter().filter(|p| p[0] > 0.55 * region.forehead).map(|p| p[1]);
        region.brow = quantile(frontal, 0.03)? + BROW_MM;
        region.jaw = components(anatomy.bone)
            .iter()
            .filter(|runs| nodes_of(runs).map(|n| grid.node_ml(n[0])).sum::<f32>() >= JAW_ML)
            .flat_map(|runs| nodes_of(runs))
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

    /// The nodes below the skin from which something may be removed.
    fn candidates(&self, anatomy: &Anatomy<'_>, ears: &Array3<f32>) -> Bits {
        let Anatomy { grid, head, .. } = *anatomy;
        let mut candidates = Bits::none(grid.shape);
        for node in head.nodes() {
            if self.within_mm(grid.frame_mm(node), ears[node]) > 0.0 {
                candidates.insert(node);
            }
        }
        candidates
    }

    /// Thin parts of the head at its sides: the ears.
    fn ears(&self, anatomy: &Anatomy<'_>) -> Bits {
        let Anatomy { grid, head, cavity, .. } = *anatomy;
        let thick = head.opened(grid, EAR_THIN_MM).dilated(grid, 1.0);
        let side = self.half_width(&cavity.nodes, grid) * 0.75;
        let mut thin = Bits::none(grid.shape);
        for node in head.clone().without(&thick).nodes() {
            let frame = grid.frame_mm(node);
            let [ahead, up] = self.ahead_and_up(frame);
            if self.aside(frame).abs() > side
                && (-0.9 * self.forehead..0.5 * self.forehead).contains(&ahead)
                && (self.jaw - 20.0..self.brow + 20.0).contains(&up)
            {
                thin.insert(node);
            }
        }
        components(&thin)
            .iter()
            .filter(|runs| nodes_of(runs).map(|n| grid.node_ml(n[0])).sum::<f32>() >= EAR_ML)
            .fold(Bits::none(grid.shape), |mut ears, runs| {
                insert(&mut ears, runs);
                ears
            })
    }

    /// Millimeters to the side of the midline, signed.
    fn aside(&self, frame: [f32; 3]) -> f32 {
        let [_, y, x] = self.orientation.front;
        (frame[1] - self.middle[1]) * x - (frame[2] - self.middle[2]) * y
    }

    fn half_width(&self, cavity: &Bits, grid: &Grid) -> f32 {
        quantile(cavity.nodes().map(|node| self.aside(grid.frame_mm(node)).abs()), 0.99).unwrap_or(0.0)
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
