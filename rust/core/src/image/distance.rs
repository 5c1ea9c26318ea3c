//! Exact Euclidean distance to a set of nodes, bounded, in millimeters.
//!
//! Separable: along rows from member to member, then across rows and planes by the lower envelope taken over a window.
//! Bounds are a few millimeters to a few centimeters, so the window is short, and the inner loop runs along
//! contiguous memory where the compiler vectorizes it; planes may lie at uneven positions.

use std::ops::Range;

use ndarray::Array3;
use rayon::prelude::*;

use super::bits::Bits;
use super::grid::Grid;
use super::label::runs_of;
use crate::stop::{Cancelled, Stop};

/// A box of nodes: planes, rows and columns.
pub type Area = [Range<usize>; 3];

/// Distance (mm) from every node to the nearest node of `set`; infinite beyond `bound_mm`.
pub fn distance(set: &Bits, grid: &Grid, bound_mm: f32, stop: Stop<'_>) -> Result<Array3<f32>, Cancelled> {
    let [planes, rows, columns] = set.shape();
    distance_in(set, grid, bound_mm, &[0..planes, 0..rows, 0..columns], stop)
}

/// The same within `area`; infinite elsewhere.
pub fn distance_in(
    set: &Bits,
    grid: &Grid,
    bound_mm: f32,
    area: &Area,
    stop: Stop<'_>,
) -> Result<Array3<f32>, Cancelled> {
    let [planes, rows, columns] = set.shape();
    let dim = (planes, rows, columns);
    let plane_len = rows * columns;
    let limit = bound_mm * bound_mm * 1.0001;
    let of_rows = area[1].start * columns..area[1].end * columns;
    // Squared distance within each plane, of the rows of the area; empty where nothing lies near.
    let near =
        |plane: usize| area[0].clone().any(|of| (grid.plane_mm[of] - grid.plane_mm[plane]).abs() <= bound_mm);
    let flat: Vec<Vec<f32>> = (0..planes)
        .into_par_iter()
        .map(|plane| {
            stop.check()?;
            Ok(if near(plane) { within(set, plane, grid, bound_mm, area) } else { Vec::new() })
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut result = vec![f32::INFINITY; planes * plane_len];
    result.par_chunks_mut(plane_len.max(1)).enumerate().try_for_each(|(plane, out)| {
        stop.check()?;
        if !area[0].contains(&plane) {
            return Ok(());
        }
        let out = &mut out[of_rows.clone()];
        for (other, flat) in flat.iter().enumerate() {
            let apart = grid.plane_mm[other] - grid.plane_mm[plane];
            if !flat.is_empty() && apart.abs() <= bound_mm {
                lower(out, flat, apart * apart);
            }
        }
        for d in out.iter_mut() {
            *d = if *d > limit { f32::INFINITY } else { d.sqrt() };
        }
        Ok(())
    })?;
    Ok(Array3::from_shape_vec(dim, result).unwrap_or_else(|_| Array3::from_elem(dim, f32::INFINITY)))
}

/// Squared distance within one plane, for the rows of `area`; empty if the plane has no member.
fn within(set: &Bits, plane: usize, grid: &Grid, bound_mm: f32, area: &Area) -> Vec<f32> {
    let [_, rows, columns] = set.shape();
    let steps = Steps::new(grid.pitch_mm[1], bound_mm, columns);
    let window = (bound_mm / grid.pitch_mm[0]).floor() as usize;
    let first = area[1].start.saturating_sub(window);
    let sources = first..(area[1].end + window).min(rows);
    let mut along = vec![f32::INFINITY; sources.len() * columns];
    let mut occupied = vec![false; sources.len()];
    for (source, line) in sources.clone().zip(along.chunks_mut(columns.max(1))) {
        let words = set.row(plane, source);
        if words.iter().any(|word| *word != 0) {
            steps.sweep(line, words);
            occupied[source - first] = true;
        }
    }
    if !occupied.contains(&true) {
        return Vec::new();
    }
    let mut out = vec![f32::INFINITY; area[1].len() * columns];
    for (row, out) in area[1].clone().zip(out.chunks_mut(columns.max(1))) {
        for other in row.saturating_sub(window)..(row + window + 1).min(rows) {
            if occupied[other - first] {
                let step = other.abs_diff(row) as f32 * grid.pitch_mm[0];
                let at = (other - first) * columns;
                lower(out, &along[at..at + columns], step * step);
            }
        }
    }
    out
}

/// Squared distances (mm²) along a row by the number of columns, infinite beyond the bound; and the same backward.
struct Steps {
    away: Vec<f32>,
    towards: Vec<f32>,
}

impl Steps {
    fn new(pitch: f32, bound_mm: f32, columns: usize) -> Self {
        let limit = bound_mm * bound_mm * 1.0001;
        let squared = |step: usize| (step as f32 * pitch).powi(2);
        let away: Vec<f32> =
            (1..=columns).map(|n| if squared(n) <= limit { squared(n) } else { f32::INFINITY }).collect();
        Self { towards: away.iter().rev().copied().collect(), away }
    }

    /// Squared distance along one row that has a member. `out` is infinite at first.
    fn sweep(&self, out: &mut [f32], members: &[u64]) {
        let last = out.len();
        let mut before = None;
        for (start, end) in runs_of(members).map(|(start, end)| (start as usize, end as usize)) {
            self.gap(out, before, Some(start));
            out[start..end].fill(0.0);
            before = Some(end);
        }
        self.gap(out, before.filter(|end| *end < last), None);
    }

    /// The columns between the end of one run and the start of the next.
    fn gap(&self, out: &mut [f32], before: Option<usize>, after: Option<usize>) {
        let middle = match (before, after) {
            (Some(from), Some(to)) => from.midpoint(to),
            (Some(_), None) => out.len(),
            _ => 0,
        };
        if let Some(from) = before {
            out[from..middle].copy_from_slice(&self.away[..middle - from]);
        }
        if let Some(to) = after {
            let length = to - middle;
            out[middle..to].copy_from_slice(&self.towards[self.towards.len() - length..]);
        }
    }
}

/// Lowers `out` to `other + step` where that is less.
fn lower(out: &mut [f32], other: &[f32], step: f32) {
    for (out, &other) in out.iter_mut().zip(other) {
        let through = other + step;
        *out = if through < *out { through } else { *out };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::image::Geometry;

    fn grid(planes_mm: &[f64], rows: usize, columns: usize) -> Grid {
        let geometry = Geometry {
            origins_mm: planes_mm.iter().map(|&z| [0.0, 0.0, z]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 2.0,
            column_spacing_mm: 3.0,
        };
        Grid::new(&geometry, [rows - 2, columns - 2])
    }

    /// Every node against every member.
    fn slow(set: &Bits, grid: &Grid, bound: f32) -> Array3<f32> {
        let [planes, rows, columns] = set.shape();
        Array3::from_shape_fn((planes, rows, columns), |(p, r, c)| {
            let here = grid.frame_mm([p, r, c]);
            let nearest = set
                .nodes()
                .map(|node| {
                    let there = grid.frame_mm(node);
                    (0..3).map(|i| (here[i] - there[i]).powi(2)).sum::<f32>()
                })
                .fold(f32::INFINITY, f32::min);
            if nearest <= bound * bound * 1.0001 { nearest.sqrt() } else { f32::INFINITY }
        })
    }

    proptest! {
        #[test]
        fn the_fast_distance_is_the_slow_distance(
            members in prop::collection::vec(prop::bool::weighted(0.04), 5 * 9 * 8),
            bound in 1.0_f32..20.0,
            (plane, row) in (0_usize..4, 0_usize..8),
        ) {
            let grid = grid(&[0.0, 2.0, 4.5, 9.5, 11.5], 9, 8);
            let set = Bits::of([5, 9, 8], &members, |member| member);
            let (fast, slow) = (distance(&set, &grid, bound, Stop::never()).unwrap(), slow(&set, &grid, bound));
            let same = |a: f32, b: f32| a.is_infinite() && b.is_infinite() || (a - b).abs() < 1e-3;
            for (fast, slow) in fast.iter().zip(&slow) {
                prop_assert!(same(*fast, *slow), "{fast} {slow}");
            }
            let area = [plane..plane + 2, row..9, 0..8];
            for ((p, r, c), part) in distance_in(&set, &grid, bound, &area, Stop::never()).unwrap().indexed_iter() {
                let inside = area[0].contains(&p) && area[1].contains(&r);
                let expected = if inside { slow[[p, r, c]] } else { f32::INFINITY };
                prop_assert!(same(*part, expected), "{part} {expected}");
            }
        }
    }
}
