//! The cranial cavity, whose voxels no defacing may change.

use ndarray::Array3;

use crate::image::distance::{dilated, squared_distance};
use crate::image::grid::Grid;
use crate::image::label::{boundary, components, grown, mask_of};
use crate::outcome::Hold;

/// Gaps in the skull up to twice this are shut: foramina, cribriform plate, burr holes, sutures, mm.
///
/// Smaller radii are tried only where the series shows too little of the cavity for the larger ones.
const RADII_MM: [f32; 4] = [16.0, 12.0, 9.0, 6.0];
/// Corners narrower than the ball are won back by growing this far through what is no bone, mm.
const GROWTH_MM: f32 = 12.0;
/// Growth keeps this far from bone, so that it does not creep through cracks, mm.
const CRACK_MM: f32 = 2.5;
/// Smallest cavity worth the name, ml: the uppermost slices of a vertex.
const SMALLEST_ML: f32 = 5.0;
/// Largest cavity of a head, ml; the adult mean is about 1450 (macrocephaly reaches 2000).
const LARGEST_ML: f32 = 2600.0;
/// Least share of its boundary that bone must make up: half the vault may be missing, a cheek has less.
const ENCLOSED: f32 = 0.55;
/// What brain, blood, cerebrospinal fluid and infarcts measure, with noise and contrast, HU.
const BRAIN_HU: std::ops::RangeInclusive<i16> = -60..=180;
/// Least share of the cavity they fill; the rest may be air after surgery or injury.
const LEAST_BRAIN: f32 = 0.6;
/// Boundary without bone that counts as a defect of the skull, cm²: a hole of 40 mm or more, seen from 16 mm within.
const DEFECT_CM2: f32 = 4.0;

/// The cranial cavity on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Cavity {
    /// Its nodes.
    pub nodes: Array3<bool>,
    /// Its volume, ml.
    pub ml: f32,
    /// The skull has a hole wider than the gaps that are shut: nothing is removed before that hole.
    pub defect: bool,
}

/// Whether what fills the cavity can be brain: not air, as in a skull on a shelf or a phantom.
#[must_use]
pub fn holds_brain(cavity: &Cavity, mean_hu: &Array3<i16>) -> bool {
    let (mut brain, mut all) = (0_u32, 0_u32);
    for (_, hu) in cavity.nodes.iter().zip(mean_hu).filter(|(node, _)| **node) {
        all += 1;
        brain += u32::from(BRAIN_HU.contains(hu));
    }
    brain as f32 >= LEAST_BRAIN * all as f32
}

/// Finds the cavity: the largest place inside the head that a ball of 16 mm fits into and that bone encloses.
///
/// `to_bone` and `to_outside` are distances in mm, exact up to [`RADII_MM`]. Where the skull is open the outside
/// itself closes it, so a craniectomy, however large, protects what lies before it up to the skin.
pub fn cavity(
    bone: &Array3<bool>,
    head: &Array3<bool>,
    to_bone: &Array3<f32>,
    to_outside: &Array3<f32>,
    grid: &Grid,
) -> Result<Cavity, Hold> {
    let skull_ml: f32 = bone.indexed_iter().filter(|(_, b)| **b).map(|((p, _, _), _)| grid.node_ml(p)).sum();
    if skull_ml < SMALLEST_ML {
        return Err(Hold::NoSkull);
    }
    let candidate = RADII_MM.iter().find_map(|&radius| enclosed(head, to_bone, to_outside, grid, radius));
    let (core, radius, open_cm2) = candidate.ok_or(Hold::ImplausibleCavity)?;
    let mut room = head.clone();
    room.zip_mut_with(to_bone, |room, &mm| *room &= mm > CRACK_MM);
    let mut nodes = dilated(&core, grid, radius);
    nodes.zip_mut_with(head, |node, &head| *node &= head);
    nodes.zip_mut_with(bone, |node, &bone| *node &= !bone);
    let nodes = without_dents(&grown(&nodes, &room, grid, GROWTH_MM), bone, head, grid);
    let ml: f32 = nodes.indexed_iter().filter(|(_, n)| **n).map(|((p, _, _), _)| grid.node_ml(p)).sum();
    if ml > LARGEST_ML {
        return Err(Hold::ImplausibleCavity);
    }
    Ok(Cavity { nodes, ml, defect: open_cm2 >= DEFECT_CM2 })
}

/// The best enclosed place for a ball of `radius`, that radius, and the area (cm²) that bone does not bound.
fn enclosed(
    head: &Array3<bool>,
    to_bone: &Array3<f32>,
    to_outside: &Array3<f32>,
    grid: &Grid,
    radius: f32,
) -> Option<(Array3<bool>, f32, f32)> {
    let mut room = head.clone();
    room.zip_mut_with(to_bone, |room, &mm| *room &= mm > radius);
    room.zip_mut_with(to_outside, |room, &mm| *room &= mm > radius);
    let border = boundary(&room);
    let area_cm2 = grid.pitch_mm[0] * grid.pitch_mm[1] / 100.0;
    components(&room)
        .into_iter()
        .filter_map(|nodes| {
            let ml: f32 = nodes.iter().map(|n| grid.node_ml(n[0])).sum();
            let edge = nodes.iter().filter(|node| border[**node]);
            let (mut by_bone, mut open) = (0_u32, 0_u32);
            for &node in edge {
                // The ball there touches bone, the outside, or (at the end of the series) nothing.
                let touched = to_bone[node].min(to_outside[node]);
                if touched <= radius + 3.0 {
                    if to_bone[node] <= to_outside[node] { by_bone += 1 } else { open += 1 }
                }
            }
            let share = by_bone as f32 / (by_bone + open).max(1) as f32;
            let smallest = if radius >= RADII_MM[0] { SMALLEST_ML / 10.0 } else { SMALLEST_ML };
            (share >= ENCLOSED && ml >= smallest).then_some((
                nodes,
                ml * share * share,
                open as f32 * area_cm2,
            ))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(nodes, _, open_cm2)| (mask_of(head.dim(), &nodes), radius, open_cm2))
}

/// Fills dents that bone-like islands (calcifications, contrast in vessels, streaks) left in the cavity.
fn without_dents(
    nodes: &Array3<bool>,
    bone: &Array3<bool>,
    head: &Array3<bool>,
    grid: &Grid,
) -> Array3<bool> {
    let radius = RADII_MM[0];
    let around = squared_distance(nodes, grid, radius).mapv(f32::is_infinite);
    let mut filled = squared_distance(&around, grid, radius).mapv(f32::is_infinite);
    ndarray::Zip::from(&mut filled).and(nodes).and(bone).and(head).for_each(|filled, &node, &bone, &head| {
        *filled = node || (*filled && head && !bone);
    });
    filled
}
