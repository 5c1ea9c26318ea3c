//! The air around the head, and the head itself.

use crate::image::bits::Bits;
use crate::image::grid::Grid;
use crate::image::label::{components, flood, grown, nodes_of, set_of};
use crate::image::sample::Sample;
use crate::stop::{Cancelled, Stop};

/// Air that a ball of this radius cannot reach is inside: nostrils, mouth and ear canals are shut, mm.
const BALL_MM: f32 = 5.0;
/// How far the exterior then creeps into corners the ball left, mm.
const CREEP_MM: f32 = 4.0;
/// What a ball of this radius does not fit into is not the body of the head: table, straps, tubes, text, mm.
const OPENING_MM: f32 = 4.0;
/// How far thin parts (ears, nose, lips) are won back after the opening, mm.
const WON_BACK_MM: f32 = 20.0;
/// Nodes kept around the head, so that distances outside it can be told.
const AROUND: usize = 5;

/// Marks the air that is connected to the border of the images.
///
/// A sinus, the airway, or air inside the skull is never part of it. Where the image cuts the head, its border
/// is; the first and the last slice are not.
pub fn exterior(sample: &Sample, grid: &Grid, stop: Stop<'_>) -> Result<Bits, Cancelled> {
    let air = sample.solid.inverted();
    let ring = ring(grid);
    let reached = flood(&air.eroded(grid, BALL_MM), &ring);
    stop.check()?;
    let room = reached.dilated(grid, BALL_MM + CREEP_MM).and(&air).or(&ring);
    stop.check()?;
    Ok(flood(&room, &ring))
}

/// Marks the head: the body with the most bone in what is not exterior.
///
/// Empty when nothing thicker than a strap lies in the images.
pub fn head(sample: &Sample, exterior: &Bits, grid: &Grid, stop: Stop<'_>) -> Result<Bits, Cancelled> {
    let matter = exterior.inverted();
    let body = matter.opened(grid, OPENING_MM).and(&matter);
    stop.check()?;
    let largest = components(&body)
        .into_iter()
        .map(|runs| {
            // Bone decides; without any, size does.
            let weight = |node: [usize; 3]| grid.node_ml(node[0]) * (1000.0 * sample.bone_share(node) + 1.0);
            (nodes_of(&runs).map(weight).sum::<f32>(), runs)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((_, runs)) = largest else { return Ok(body) };
    stop.check()?;
    Ok(grown(&set_of(grid.shape, &runs), &matter, grid, WON_BACK_MM))
}

/// First (row, column) and size of the box that holds the head and some nodes around it; the ring is outside.
#[must_use]
pub fn box_of(head: &Bits, grid: &Grid) -> ([usize; 2], [usize; 2]) {
    let [planes, rows, columns] = grid.shape;
    let mut lines = vec![false; rows];
    let mut any = vec![0; head.stride()];
    for plane in 0..planes {
        for (row, line) in lines.iter_mut().enumerate() {
            let words = head.row(plane, row);
            *line |= words.iter().any(|word| *word != 0);
            any.iter_mut().zip(words).for_each(|(any, word)| *any |= word);
        }
    }
    let used: Vec<bool> = (0..columns).map(|column| any[column / 64] >> (column % 64) & 1 == 1).collect();
    let span = |used: &[bool]| match (used.iter().position(|u| *u), used.iter().rposition(|u| *u)) {
        (Some(first), Some(last)) => {
            let start = first.saturating_sub(AROUND);
            (start, (last + AROUND + 1).min(used.len()) - start)
        }
        _ => (0, used.len()),
    };
    let ((row, height), (column, width)) = (span(&lines), span(&used));
    ([row, column], [height, width])
}

/// The nodes around the images that belong to no voxel.
fn ring(grid: &Grid) -> Bits {
    let [planes, rows, columns] = grid.shape;
    let mut ring = Bits::none(grid.shape);
    for plane in 0..planes {
        for row in 0..rows {
            let line = plane * rows + row;
            if row == 0 || row + 1 == rows {
                ring.insert_run(line, 0, columns);
            } else {
                ring.insert_run(line, 0, 1);
                ring.insert_run(line, columns - 1, columns);
            }
        }
    }
    ring
}
