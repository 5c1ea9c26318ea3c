//! The air around the head, and the head itself.

use ndarray::Array3;

use crate::image::distance::{dilated, eroded, opened};
use crate::image::grid::Grid;
use crate::image::label::{components, flood, grown, mask_of};
use crate::image::sample::Sample;

/// Air that a ball of this radius cannot reach is inside: nostrils, mouth and ear canals are shut, mm.
const BALL_MM: f32 = 5.0;
/// How far the exterior then creeps into corners the ball left, mm.
const CREEP_MM: f32 = 4.0;
/// What a ball of this radius does not fit into is not the body of the head: table, straps, tubes, text, mm.
const OPENING_MM: f32 = 4.0;
/// How far thin parts (ears, nose, lips) are won back after the opening, mm.
const WON_BACK_MM: f32 = 20.0;

/// Marks the air that is connected to the border of the images.
///
/// A sinus, the airway, or air inside the skull is never part of it. Where the image cuts the head, its border
/// is; the first and the last slice are not.
#[must_use]
pub fn exterior(sample: &Sample, grid: &Grid) -> Array3<bool> {
    let air = sample.solid.mapv(|solid| !solid);
    let ring = ring(grid);
    let reached = flood(&eroded(&air, grid, BALL_MM), ring.iter().copied());
    let mut room = dilated(&reached, grid, BALL_MM + CREEP_MM);
    room.zip_mut_with(&air, |room, &air| *room &= air);
    for &node in &ring {
        room[node] = true;
    }
    flood(&room, ring)
}

/// Marks the head: the body with the most bone in what is not exterior.
///
/// Empty when nothing thicker than a strap lies in the images.
#[must_use]
pub fn head(sample: &Sample, exterior: &Array3<bool>, grid: &Grid) -> Array3<bool> {
    let matter = exterior.mapv(|outside| !outside);
    let mut body = opened(&matter, grid, OPENING_MM);
    body.zip_mut_with(&matter, |body, &matter| *body &= matter);
    let weight = |nodes: &Vec<[usize; 3]>| {
        let bone: f32 = nodes.iter().map(|n| sample.bone[*n] * grid.node_ml(n[0])).sum();
        let all: f32 = nodes.iter().map(|n| grid.node_ml(n[0])).sum();
        // Bone decides; without any, size does.
        bone * 1000.0 + all
    };
    let largest = components(&body).into_iter().max_by(|a, b| weight(a).total_cmp(&weight(b)));
    let Some(nodes) = largest else { return body };
    grown(&mask_of(matter.dim(), &nodes), &matter, grid, WON_BACK_MM)
}

/// The nodes around the images that belong to no voxel.
fn ring(grid: &Grid) -> Vec<[usize; 3]> {
    let [planes, rows, columns] = grid.shape;
    let mut ring = Vec::new();
    for plane in 0..planes {
        for row in 0..rows {
            for column in 0..columns {
                if row == 0 || row + 1 == rows || column == 0 || column + 1 == columns {
                    ring.push([plane, row, column]);
                }
            }
        }
    }
    ring
}
