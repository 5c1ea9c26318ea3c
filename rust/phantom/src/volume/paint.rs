//! Paints a scene into voxels, tile by tile: most tiles lie in air or deep in one tissue and cost nothing.

use ndarray::{Array3, ArrayViewMut2, Axis};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::grid::Grid;
use super::streaks::{Metal, streak_hu};
use crate::anatomy::scene::{Frame, Layer, Scene};
use crate::noise::{mix, normal};
use crate::parameters::Scan;
use crate::shape::{Point, STEEPNESS, Shape};
use crate::tissue::{Label, Tissue};

/// Edge of a tile in the slice, in mm: small enough to hold few shapes, large enough to be worth the search.
const TILE_MM: f64 = 8.0;
/// Blur across an edge, in mm, for pixels smaller than that: the resolution of the scanner in the slice.
const RESOLUTION_MM: f32 = 0.8;

/// A layer with its field reduced to what matters in a tile.
struct LocalLayer {
    field: usize,
    grow_mm: f32,
    tissue: Tissue,
    label: Label,
    covers: bool,
}

/// What matters in a tile.
struct Tile {
    fields: Vec<(Frame, Shape)>,
    layers: Vec<LocalLayer>,
}

/// HU and labels of a scene.
pub(crate) fn paint(scene: &Scene, grid: &Grid, scan: &Scan) -> (Array3<i16>, Array3<u8>) {
    let shape = (grid.origins_mm.len(), scan.rows, scan.columns);
    let mut hu = Array3::<i16>::zeros(shape);
    let mut labels = Array3::<u8>::zeros(shape);
    let mut pairs: Vec<_> = hu.axis_iter_mut(Axis(0)).zip(labels.axis_iter_mut(Axis(0))).collect();
    pairs.par_iter_mut().enumerate().for_each(|(slice, (hu, labels))| {
        paint_slice(scene, grid, scan, slice, hu.view_mut(), labels.view_mut());
    });
    (hu, labels)
}

fn paint_slice(
    scene: &Scene,
    grid: &Grid,
    scan: &Scan,
    slice: usize,
    mut hu: ArrayViewMut2<'_, i16>,
    mut labels: ArrayViewMut2<'_, u8>,
) {
    let edge = ((TILE_MM / grid.spacing_mm).round() as usize).clamp(2, 64);
    let (rows, columns) = hu.dim();
    let mut mean = vec![0_f32; rows * columns];
    let mut texture = vec![0_f32; rows * columns];
    for top in (0..rows).step_by(edge) {
        for left in (0..columns).step_by(edge) {
            let (bottom, right) = ((top + edge).min(rows), (left + edge).min(columns));
            let tile = tile(scene, grid, scan, slice, [top, bottom, left, right]);
            for row in top..bottom {
                for column in left..right {
                    let at = row * columns + column;
                    let (value, grain, label) = voxel(&tile, grid, scan, slice, row, column);
                    (mean[at], texture[at], labels[[row, column]]) = (value, grain, label as u8);
                }
            }
        }
    }
    finish(scan, grid.spacing_mm as f32, slice, &mean, &texture, &mut hu, &mut labels);
}

/// Samples through the slice: thick slices average over their thickness.
fn samples(scan: &Scan) -> usize {
    ((scan.thickness_mm / 1.7).round() as usize).clamp(1, 6)
}

fn tile(
    scene: &Scene,
    grid: &Grid,
    scan: &Scan,
    slice: usize,
    [top, bottom, left, right]: [usize; 4],
) -> Tile {
    let middle = |from: usize, to: usize| (from + to) as f64 / 2.0 - 0.5;
    let center = grid.patient(slice, middle(top, bottom), middle(left, right), 0.0);
    let half = |from: usize, to: usize| (to - from) as f64 / 2.0 * grid.spacing_mm;
    let radius =
        (half(top, bottom).powi(2) + half(left, right).powi(2) + (scan.thickness_mm / 2.0).powi(2)).sqrt();
    let radius = radius as f32;
    let margin = edge_width(grid);
    let size = grid.head_size();
    let mut distances = vec![f32::NAN; scene.fields.len()];
    let mut wanted: Vec<Layer> = Vec::new();
    let mut covers: Vec<bool> = Vec::new();
    for layer in &scene.layers {
        let field = &scene.fields[layer.field];
        let scale = if field.frame == Frame::Head { size } else { 1.0 };
        let reach = STEEPNESS * radius / scale + margin / scale + field.shape.unevenness();
        let known = &mut distances[layer.field];
        if known.is_nan() {
            let point = if field.frame == Frame::Head { grid.head(center) } else { grid.table(center) };
            *known = field.shape.distance(point);
        }
        let distance = *known - layer.grow_mm;
        if distance > reach {
            continue;
        }
        if distance < -reach {
            wanted.clear();
            covers.clear();
        }
        wanted.push(*layer);
        covers.push(distance < -reach);
    }
    let mut fields: Vec<(Frame, Shape)> = Vec::new();
    let mut local = vec![usize::MAX; scene.fields.len()];
    let layers = wanted
        .iter()
        .zip(covers)
        .map(|(layer, covers)| {
            if local[layer.field] == usize::MAX && !covers {
                let field = &scene.fields[layer.field];
                let (point, radius) = match field.frame {
                    Frame::Head => (grid.head(center), radius / size),
                    Frame::Table => (grid.table(center), radius),
                };
                local[layer.field] = fields.len();
                fields.push((field.frame, field.shape.near(point, radius)));
            }
            let Layer { field, grow_mm, tissue, label } = *layer;
            LocalLayer { field: local[field], grow_mm, tissue, label, covers }
        })
        .collect();
    Tile { fields, layers }
}

fn edge_width(grid: &Grid) -> f32 {
    (grid.spacing_mm as f32).max(RESOLUTION_MM)
}

/// Mean HU, spread of the tissue and label of one voxel.
fn voxel(
    tile: &Tile,
    grid: &Grid,
    scan: &Scan,
    slice: usize,
    row: usize,
    column: usize,
) -> (f32, f32, Label) {
    if tile.layers.is_empty() {
        return (Tissue::Air.hu(), 0.0, Label::Outside);
    }
    if let [only] = tile.layers.as_slice()
        && only.covers
    {
        return (only.tissue.hu(), only.tissue.texture_hu(), only.label);
    }
    let samples = samples(scan);
    let size = grid.head_size();
    let width = edge_width(grid);
    let (mut sum_hu, mut sum_texture, mut label) = (0.0, 0.0, Label::Outside);
    let mut distances = [0_f32; 64];
    for sample in 0..samples {
        let up = ((sample as f64 + 0.5) / samples as f64 - 0.5) * scan.thickness_mm;
        let patient = grid.patient(slice, row as f64, column as f64, up);
        let (head, table): (Point, Point) = (grid.head(patient), grid.table(patient));
        for ((frame, shape), distance) in tile.fields.iter().zip(&mut distances) {
            *distance = match frame {
                Frame::Head => shape.distance(head) * size,
                Frame::Table => shape.distance(table),
            };
        }
        let (mut hu, mut texture, mut here) = (Tissue::Air.hu(), 0.0, Label::Outside);
        for layer in &tile.layers {
            let share = if layer.covers {
                1.0
            } else {
                let grow = layer.grow_mm * size;
                (0.5 - (distances.get(layer.field).copied().unwrap_or(f32::MAX) - grow) / width)
                    .clamp(0.0, 1.0)
            };
            hu += share * (layer.tissue.hu() - hu);
            texture += share * (layer.tissue.texture_hu() - texture);
            if share > 0.5 {
                here = layer.label;
            }
        }
        sum_hu += hu;
        sum_texture += texture;
        if sample == samples / 2 {
            label = here;
        }
    }
    (sum_hu / samples as f32, sum_texture / samples as f32, label)
}

/// Adds streaks, texture and noise, and what lies outside the reconstructed circle.
fn finish(
    scan: &Scan,
    spacing_mm: f32,
    slice: usize,
    mean: &[f32],
    texture: &[f32],
    hu: &mut ArrayViewMut2<'_, i16>,
    labels: &mut ArrayViewMut2<'_, u8>,
) {
    let (rows, columns) = hu.dim();
    let metal = metal(scan, slice, mean, columns);
    let middle = [(rows as f32 - 1.0) / 2.0, (columns as f32 - 1.0) / 2.0];
    let radius = columns as f32 / 2.0;
    let seed = mix(scan.seed ^ mix(slice as u64));
    for ((row, column), value) in hu.indexed_iter_mut() {
        let at = row * columns + column;
        let off = (row as f32 - middle[0]).hypot(column as f32 - middle[1]);
        if let Some(padding) = scan.padding_hu
            && off > radius
        {
            *value = padding;
            labels[[row, column]] = Label::Outside as u8;
            continue;
        }
        let mut sum = mean[at] + scan.noise_hu * normal(seed, at as u64);
        if texture[at] > 0.0 {
            sum += texture[at] * normal(!seed, at as u64);
        }
        for piece in &metal {
            sum += streak_hu(piece, row as f32, column as f32, spacing_mm);
        }
        *value = sum.round().clamp(-1024.0, 3071.0) as i16;
    }
}

/// Pieces of metal in a slice: one for each block of pixels that holds any.
fn metal(scan: &Scan, slice: usize, mean: &[f32], columns: usize) -> Vec<Metal> {
    const BRIGHTER_THAN_TEETH_HU: f32 = 2400.0;
    let block = (columns / 32).max(4);
    let mut blocks = std::collections::BTreeMap::<(usize, usize), (f32, f32, f32)>::new();
    for (at, _) in mean.iter().enumerate().filter(|(_, hu)| **hu > BRIGHTER_THAN_TEETH_HU) {
        let (row, column) = (at / columns, at % columns);
        let sum = blocks.entry((row / block, column / block)).or_default();
        *sum = (sum.0 + row as f32, sum.1 + column as f32, sum.2 + 1.0);
    }
    let pieces = blocks.iter().map(|((r, c), (rows, columns, count))| Metal {
        row: rows / count,
        column: columns / count,
        seed: mix(scan.seed ^ mix((slice as u64) << 32 | (*r as u64) << 16 | *c as u64)),
    });
    pieces.collect()
}
