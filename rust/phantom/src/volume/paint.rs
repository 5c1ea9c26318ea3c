//! Paints a scene into voxels: a slice is divided into quarters until a block lies in one tissue or is small,
//! and each block keeps only the shapes that matter in it.

use ndarray::{Array3, ArrayViewMut2, Axis};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::grid::Grid;
use super::streaks::{Metal, streak_hu};
use crate::anatomy::scene::{Field, Layer, Scene};
use crate::noise::{mix, normal};
use crate::parameters::Scan;
use crate::shape::{Point, STEEPNESS};
use crate::tissue::{Label, Tissue};

/// Blocks of at most this edge, in pixels, are drawn without being divided further.
const LEAF_PIXELS: usize = 8;
/// Blur across an edge, in mm, for pixels smaller than that: the resolution of the scanner in the slice.
const RESOLUTION_MM: f32 = 0.8;

/// What of a scene matters in a block.
struct Local {
    fields: Vec<Field>,
    layers: Vec<LocalLayer>,
}

/// A layer that reaches into a block.
#[derive(Clone, Copy)]
struct LocalLayer {
    layer: Layer,
    /// Whether it fills the whole block; its field is then no longer there.
    covers: bool,
}

/// A block of pixels: rows `top..bottom`, columns `left..right`.
#[derive(Clone, Copy)]
struct Block {
    top: usize,
    bottom: usize,
    left: usize,
    right: usize,
}

/// One of the planes through a slice whose mean is the slice.
struct Plane<'a> {
    grid: &'a Grid,
    slice: usize,
    up_mm: f64,
    /// Half the distance to the next plane.
    half_mm: f64,
}

/// Sums over the planes of a slice, and the labels of the middle plane.
struct Canvas {
    columns: usize,
    hu: Vec<f32>,
    texture: Vec<f32>,
    labels: Vec<Label>,
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
    let (rows, columns) = hu.dim();
    let pixels = rows * columns;
    let mut canvas = Canvas {
        columns,
        hu: vec![0.0; pixels],
        texture: vec![0.0; pixels],
        labels: vec![Label::Outside; pixels],
    };
    let whole = Local {
        fields: scene.fields.clone(),
        layers: scene.layers.iter().map(|layer| LocalLayer { layer: *layer, covers: false }).collect(),
    };
    let planes = planes(scan);
    for number in 0..planes {
        let apart = scan.thickness_mm / planes as f64;
        let up_mm = (number as f64 + 0.5) * apart - scan.thickness_mm / 2.0;
        let plane = Plane { grid, slice, up_mm, half_mm: apart / 2.0 };
        let block = Block { top: 0, bottom: rows, left: 0, right: columns };
        divide(&whole, &plane, block, number == planes / 2, &mut canvas);
    }
    for value in canvas.hu.iter_mut().chain(&mut canvas.texture) {
        *value /= planes as f32;
    }
    for (label, found) in labels.iter_mut().zip(&canvas.labels) {
        *label = *found as u8;
    }
    finish(scan, grid.spacing_mm as f32, slice, &canvas.hu, &canvas.texture, &mut hu, &mut labels);
}

/// Planes through the slice: thick slices average over their thickness.
fn planes(scan: &Scan) -> usize {
    ((scan.thickness_mm / 2.2).round() as usize).clamp(1, 5)
}

/// Draws a block, in quarters if it is large and holds more than one tissue.
fn divide(around: &Local, plane: &Plane<'_>, block: Block, is_middle: bool, canvas: &mut Canvas) {
    let local = around.within(plane, block);
    let (rows, columns) = (block.bottom - block.top, block.right - block.left);
    let is_uniform = local.layers.iter().all(|layer| layer.covers);
    if is_uniform || (rows <= LEAF_PIXELS && columns <= LEAF_PIXELS) {
        draw(&local, plane, block, is_middle, canvas);
        return;
    }
    let middle_row = if rows > LEAF_PIXELS { block.top + rows / 2 } else { block.bottom };
    let middle_column = if columns > LEAF_PIXELS { block.left + columns / 2 } else { block.right };
    for (top, bottom) in [(block.top, middle_row), (middle_row, block.bottom)] {
        for (left, right) in [(block.left, middle_column), (middle_column, block.right)] {
            if top < bottom && left < right {
                divide(&local, plane, Block { top, bottom, left, right }, is_middle, canvas);
            }
        }
    }
}

impl Local {
    /// What still matters in a smaller block.
    fn within(&self, plane: &Plane<'_>, block: Block) -> Self {
        let grid = plane.grid;
        let middle = |from: usize, to: usize| (from + to) as f64 / 2.0 - 0.5;
        let (row, column) = (middle(block.top, block.bottom), middle(block.left, block.right));
        let center = grid.patient(plane.slice, row, column, plane.up_mm);
        let half = |from: usize, to: usize| (to - from) as f64 / 2.0 * grid.spacing_mm;
        let (down, across) = (half(block.top, block.bottom), half(block.left, block.right));
        let radius = (down * down + across * across + plane.half_mm * plane.half_mm).sqrt() as f32;
        let mut distances = vec![f32::NAN; self.fields.len()];
        let mut layers: Vec<LocalLayer> = Vec::with_capacity(self.layers.len());
        for LocalLayer { layer, covers } in &self.layers {
            if *covers {
                if layer.renames.is_none() {
                    layers.clear();
                }
                layers.push(LocalLayer { layer: *layer, covers: true });
                continue;
            }
            let field = &self.fields[layer.field];
            let (point, scale) = grid.in_frame(field.frame, center);
            let reach = (STEEPNESS * radius + edge_width(grid)) / scale + field.shape.unevenness();
            let known = &mut distances[layer.field];
            if known.is_nan() {
                *known = field.shape.distance(point);
            }
            let distance = *known - layer.grow_mm;
            if distance > reach {
                continue;
            }
            let covers = distance < -reach;
            if covers && layer.renames.is_none() {
                layers.clear();
            }
            layers.push(LocalLayer { layer: *layer, covers });
        }
        let mut fields: Vec<Field> = Vec::new();
        let mut numbers = vec![usize::MAX; self.fields.len()];
        for LocalLayer { layer, .. } in layers.iter_mut().filter(|layer| !layer.covers) {
            let number = &mut numbers[layer.field];
            if *number == usize::MAX {
                *number = fields.len();
                let field = &self.fields[layer.field];
                let (point, scale) = grid.in_frame(field.frame, center);
                fields.push(Field { frame: field.frame, shape: field.shape.near(point, radius / scale) });
            }
            layer.field = *number;
        }
        Self { fields, layers }
    }

    /// HU, spread and label at a point, seen at the scanner's resolution.
    fn at(&self, grid: &Grid, patient: Point, distances: &mut Vec<f32>) -> (f32, f32, Label) {
        let width = edge_width(grid);
        distances.clear();
        distances.extend(self.fields.iter().map(|field| {
            let (point, scale) = grid.in_frame(field.frame, patient);
            field.shape.distance(point) * scale
        }));
        let (mut hu, mut texture, mut label) = (Tissue::Air.hu(), 0.0, Label::Outside);
        for LocalLayer { layer, covers } in &self.layers {
            let share = if *covers {
                1.0
            } else {
                let (_, scale) = grid.in_frame(self.fields[layer.field].frame, patient);
                (0.5 - (distances[layer.field] - layer.grow_mm * scale) / width).clamp(0.0, 1.0)
            };
            if layer.renames.is_none() {
                hu += share * (layer.tissue.hu() - hu);
                texture += share * (layer.tissue.texture_hu() - texture);
            }
            if share > 0.5 && layer.renames.is_none_or(|from| from == label) {
                label = layer.label;
            }
        }
        (hu, texture, label)
    }
}

/// Adds a block of a plane to the canvas.
fn draw(local: &Local, plane: &Plane<'_>, block: Block, is_middle: bool, canvas: &mut Canvas) {
    let mut distances = Vec::with_capacity(local.fields.len());
    let is_uniform = local.fields.is_empty();
    let corner = plane.grid.patient(plane.slice, block.top as f64, block.left as f64, plane.up_mm);
    let mut found = local.at(plane.grid, corner, &mut distances);
    for row in block.top..block.bottom {
        for column in block.left..block.right {
            if !is_uniform {
                let patient = plane.grid.patient(plane.slice, row as f64, column as f64, plane.up_mm);
                found = local.at(plane.grid, patient, &mut distances);
            }
            let at = row * canvas.columns + column;
            canvas.hu[at] += found.0;
            canvas.texture[at] += found.1;
            if is_middle {
                canvas.labels[at] = found.2;
            }
        }
    }
}

fn edge_width(grid: &Grid) -> f32 {
    (grid.spacing_mm as f32).max(RESOLUTION_MM)
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
