//! The cranial cavity, whose voxels no defacing may change.

use ndarray::Array3;

use crate::image::bits::Bits;
use crate::image::grid::Grid;
use crate::image::label::{boundary, components, grown, nodes_of, set_of};
use crate::outcome::Hold;
use crate::stop::{Cancelled, Stop};

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
/// Least share of the cavity that measures what brain does; the rest may be air after surgery or injury.
const LEAST_BRAIN: f32 = 0.6;
/// Boundary without bone that counts as a defect of the skull, cm²: a hole of 40 mm or more, seen from 16 mm within.
const DEFECT_CM2: f32 = 4.0;

/// The cranial cavity on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Cavity {
    /// Its nodes.
    pub nodes: Bits,
    /// Its volume, ml.
    pub ml: f32,
    /// The skull has a hole wider than the gaps that are shut: nothing is removed before that hole.
    pub defect: bool,
}

/// Whether what fills the cavity can be brain: not air, as in a skull on a shelf or a phantom.
#[must_use]
pub fn holds_brain(cavity: &Cavity, brain: &Bits) -> bool {
    cavity.nodes.clone().and(brain).count() as f32 >= LEAST_BRAIN * cavity.nodes.count() as f32
}

/// Finds the cavity: the largest place inside the head that a ball of 16 mm fits into and that bone encloses.
///
/// `to_bone` and `to_outside` are distances in mm, exact up to [`RADII_MM`]. Where the skull is open the outside
/// itself closes it, so a craniectomy, however large, protects what lies before it up to the skin.
pub fn cavity(
    bone: &Bits,
    head: &Bits,
    to_bone: &Array3<f32>,
    to_outside: &Array3<f32>,
    grid: &Grid,
    stop: Stop<'_>,
) -> Result<Result<Cavity, Hold>, Cancelled> {
    if volume_ml(bone, grid) < SMALLEST_ML {
        return Ok(Err(Hold::NoSkull));
    }
    let mut candidate = None;
    for radius in RADII_MM {
        stop.check()?;
        candidate = enclosed(head, to_bone, to_outside, grid, radius);
        if candidate.is_some() {
            break;
        }
    }
    let Some((core, radius, open_cm2)) = candidate else { return Ok(Err(Hold::ImplausibleCavity)) };
    let room = farther(to_bone, CRACK_MM).and(head);
    let nodes = core.dilated(grid, radius).and(head).without(bone);
    stop.check()?;
    let nodes = without_dents(&grown(&nodes, &room, grid, GROWTH_MM), bone, head, grid);
    let ml = volume_ml(&nodes, grid);
    if ml > LARGEST_ML {
        return Ok(Err(Hold::ImplausibleCavity));
    }
    Ok(Ok(Cavity { nodes, ml, defect: open_cm2 >= DEFECT_CM2 }))
}

fn volume_ml(nodes: &Bits, grid: &Grid) -> f32 {
    nodes.nodes().map(|node| grid.node_ml(node[0])).sum()
}

/// The nodes whose value is above a limit.
fn farther(mm: &Array3<f32>, limit: f32) -> Bits {
    let (planes, rows, columns) = mm.dim();
    Bits::of([planes, rows, columns], mm.as_slice().unwrap_or_default(), |mm| mm > limit)
}

/// The best enclosed place for a ball of `radius`, that radius, and the area (cm²) that bone does not bound.
fn enclosed(
    head: &Bits,
    to_bone: &Array3<f32>,
    to_outside: &Array3<f32>,
    grid: &Grid,
    radius: f32,
) -> Option<(Bits, f32, f32)> {
    let room = farther(to_bone, radius).and(&farther(to_outside, radius)).and(head);
    let border = boundary(&room);
    let area_cm2 = grid.pitch_mm[0] * grid.pitch_mm[1] / 100.0;
    components(&room)
        .into_iter()
        .filter_map(|runs| {
            let ml: f32 = nodes_of(&runs).map(|node| grid.node_ml(node[0])).sum();
            let (mut by_bone, mut open) = (0_u32, 0_u32);
            for node in nodes_of(&runs).filter(|node| border.has(*node)) {
                // The ball there touches bone, the outside, or (at the end of the series) nothing.
                let touched = to_bone[node].min(to_outside[node]);
                if touched <= radius + 3.0 {
                    if to_bone[node] <= to_outside[node] { by_bone += 1 } else { open += 1 }
                }
            }
            let share = by_bone as f32 / (by_bone + open).max(1) as f32;
            let smallest = if radius >= RADII_MM[0] { SMALLEST_ML / 10.0 } else { SMALLEST_ML };
            (share >= ENCLOSED && ml >= smallest).then_some((
                runs,
                ml * share * share,
                open as f32 * area_cm2,
            ))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(runs, _, open_cm2)| (set_of(grid.shape, &runs), radius, open_cm2))
}

/// Fills dents that bone-like islands (calcifications, contrast in vessels, streaks) left in the cavity.
fn without_dents(nodes: &Bits, bone: &Bits, head: &Bits, grid: &Grid) -> Bits {
    let radius = RADII_MM[0];
    nodes.dilated(grid, radius).eroded(grid, radius).and(head).without(bone).or(nodes)
}
