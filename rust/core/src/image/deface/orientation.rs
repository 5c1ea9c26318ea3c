//! Which way is front: what the anatomy says, and what the header says.

use ndarray::Array3;

use super::cavity::Cavity;
use crate::image::bits::Bits;
use crate::image::grid::Grid;
use crate::image::sample::Sample;

/// Least air enclosed in the face (nose, sinuses, throat) from which a direction is taken, ml.
const ENOUGH_ML: f32 = 6.0;
/// Least distance of that air from the middle of the cavity for a direction, mm.
const LEVER_MM: f32 = 25.0;
/// A head may be turned this far from the header's axes before anatomy and header contradict each other, degrees.
const TURN_DEGREES: f32 = 60.0;
/// Enclosed air further than this from bone is throat, stomach tube or bedding, mm.
const NEAR_BONE_MM: f32 = 15.0;

/// The directions of a head in the grid's own frame (normal, down the columns, along the rows).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// Unit vector towards the nose, within the slice plane.
    pub front: [f32; 3],
    /// Unit vector towards the vertex, along the normal.
    pub up: [f32; 3],
    /// Where the directions come from.
    pub found: Found,
}

/// How anatomy and header relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The anatomy shows them, and the header agrees.
    Agree,
    /// Too little of the face is covered to tell; the header's directions are used.
    HeaderOnly,
    /// The anatomy shows them, and the header says otherwise. The anatomy's directions are used.
    Contradict,
}

/// Finds the front from the air of nose, sinuses and throat, which lies before and below the cavity.
#[must_use]
pub fn orientation(
    sample: &Sample,
    exterior: &Bits,
    cavity: &Cavity,
    to_bone: &Array3<f32>,
    grid: &Grid,
) -> Orientation {
    let header_front = in_plane(grid.direction([0.0, -1.0, 0.0])).unwrap_or([0.0, -1.0, 0.0]);
    let header_up = [if grid.direction([0.0, 0.0, 1.0])[0] < 0.0 { -1.0 } else { 1.0 }, 0.0, 0.0];
    let header = Orientation { front: header_front, up: header_up, found: Found::HeaderOnly };
    let Some(middle) = center(&cavity.nodes, grid) else { return header };
    let Some(air) = facial_air(sample, exterior, cavity, to_bone, grid) else { return header };
    let lever = [air[0] - middle[0], air[1] - middle[1], air[2] - middle[2]];
    let Some(front) = in_plane(lever).filter(|_| lever[1].hypot(lever[2]) >= LEVER_MM) else { return header };
    let turned = dot(front, header_front) < TURN_DEGREES.to_radians().cos();
    // Sinuses alone may lie as high as the middle of a cavity that is not covered down to the base.
    let upside_down = dot(lever, header_up) > LEVER_MM;
    let up = if upside_down { header_up.map(|x| -x) } else { header_up };
    let found = if turned || upside_down { Found::Contradict } else { Found::Agree };
    Orientation { front, up, found }
}

/// Middle of a set of nodes in the grid's own frame, mm; `None` if it is empty.
#[must_use]
pub fn center(nodes: &Bits, grid: &Grid) -> Option<[f32; 3]> {
    mean(nodes.nodes(), grid).map(|(mm, _)| mm)
}

/// Middle of the enclosed air near bone outside the cavity.
fn facial_air(
    sample: &Sample,
    exterior: &Bits,
    cavity: &Cavity,
    to_bone: &Array3<f32>,
    grid: &Grid,
) -> Option<[f32; 3]> {
    let enclosed = sample.solid.clone().or(exterior).or(&cavity.nodes).inverted();
    mean(enclosed.nodes().filter(|node| to_bone[*node] <= NEAR_BONE_MM), grid)
        .filter(|(_, ml)| *ml >= ENOUGH_ML)
        .map(|(mm, _)| mm)
}

/// Volume-weighted mean position, and the volume in ml.
fn mean(nodes: impl Iterator<Item = [usize; 3]>, grid: &Grid) -> Option<([f32; 3], f32)> {
    let mut sum = [0.0_f64; 3];
    let mut volume = 0.0_f64;
    for node in nodes {
        let (ml, mm) = (f64::from(grid.node_ml(node[0])), grid.frame_mm(node));
        volume += ml;
        (0..3).for_each(|i| sum[i] += ml * f64::from(mm[i]));
    }
    (volume > 0.0).then(|| (sum.map(|s| (s / volume) as f32), volume as f32))
}

fn in_plane(v: [f32; 3]) -> Option<[f32; 3]> {
    let length = v[1].hypot(v[2]);
    (length > 1e-3).then(|| [0.0, v[1] / length, v[2] / length])
}

/// Scalar product.
#[must_use]
pub fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
