//! Exact Euclidean distance to a set of nodes, bounded, in millimeters.
//!
//! Separable: along rows by two sweeps, then across rows and planes by the lower envelope taken over a window.
//! Bounds are a few millimeters to a few centimeters, so the window is short, and the inner loop runs along
//! contiguous memory where the compiler vectorizes it; planes may lie at uneven positions.

use ndarray::Array3;
use rayon::prelude::*;

use super::grid::Grid;

/// Squared distance (mm²) from every node to the nearest node of `set`; infinite beyond `bound_mm`.
#[must_use]
pub fn squared_distance(set: &Array3<bool>, grid: &Grid, bound_mm: f32) -> Array3<f32> {
    let (planes, rows, columns) = set.dim();
    let plane_len = rows * columns;
    let mut flat = vec![f32::INFINITY; set.len()];
    let limit = bound_mm * bound_mm * 1.0001;
    let Some(members) = set.as_slice().filter(|members| !members.is_empty()) else {
        return Array3::from_elem(set.dim(), f32::INFINITY);
    };
    flat.par_chunks_mut(plane_len).zip(members.par_chunks(plane_len)).for_each(|(plane, members)| {
        let mut along = vec![f32::INFINITY; plane_len];
        let mut occupied = vec![false; rows];
        for ((out, members), any) in along.chunks_mut(columns).zip(members.chunks(columns)).zip(&mut occupied)
        {
            *any = sweep(out, members, grid.pitch_mm[1], limit);
        }
        let window = (bound_mm / grid.pitch_mm[0]).floor() as usize;
        for (row, out) in plane.chunks_mut(columns).enumerate() {
            for other in row.saturating_sub(window)..(row + window + 1).min(rows) {
                if occupied[other] {
                    let step = other.abs_diff(row) as f32 * grid.pitch_mm[0];
                    lower(out, &along[other * columns..(other + 1) * columns], step * step);
                }
            }
        }
    });
    let mut result = vec![f32::INFINITY; set.len()];
    let occupied: Vec<bool> =
        flat.par_chunks(plane_len).map(|plane| plane.iter().any(|d| d.is_finite())).collect();
    result.par_chunks_mut(plane_len).enumerate().for_each(|(plane, out)| {
        for other in 0..planes {
            let step = grid.plane_mm[other] - grid.plane_mm[plane];
            if occupied[other] && step.abs() <= bound_mm {
                lower(out, &flat[other * plane_len..(other + 1) * plane_len], step * step);
            }
        }
        for d in out.iter_mut() {
            if *d > limit {
                *d = f32::INFINITY;
            }
        }
    });
    Array3::from_shape_vec(set.dim(), result).unwrap_or_else(|_| Array3::from_elem(set.dim(), f32::INFINITY))
}

/// Distance (mm) instead of its square; infinite beyond `bound_mm`.
#[must_use]
pub fn distance(set: &Array3<bool>, grid: &Grid, bound_mm: f32) -> Array3<f32> {
    let mut squared = squared_distance(set, grid, bound_mm);
    squared.par_mapv_inplace(f32::sqrt);
    squared
}

/// The nodes within `radius_mm` of `set`.
#[must_use]
pub fn dilated(set: &Array3<bool>, grid: &Grid, radius_mm: f32) -> Array3<bool> {
    squared_distance(set, grid, radius_mm).mapv(f32::is_finite)
}

/// The nodes farther than `radius_mm` from everything outside `set`. The ends of the series are not outside.
#[must_use]
pub fn eroded(set: &Array3<bool>, grid: &Grid, radius_mm: f32) -> Array3<bool> {
    squared_distance(&set.mapv(|member| !member), grid, radius_mm).mapv(f32::is_infinite)
}

/// The union of all balls of `radius_mm` that fit into `set`.
#[must_use]
pub fn opened(set: &Array3<bool>, grid: &Grid, radius_mm: f32) -> Array3<bool> {
    dilated(&eroded(set, grid, radius_mm), grid, radius_mm)
}

/// Squared distance along one row; `false` if the row has no member.
fn sweep(out: &mut [f32], members: &[bool], pitch: f32, limit: f32) -> bool {
    let mut any = false;
    let mut last = f32::INFINITY;
    for (d, &member) in out.iter_mut().zip(members) {
        last = if member { 0.0 } else { last + pitch };
        any |= member;
        *d = last;
    }
    if !any {
        return false;
    }
    last = f32::INFINITY;
    for (d, &member) in out.iter_mut().zip(members).rev() {
        last = if member { 0.0 } else { last + pitch };
        let near = if last < *d { last } else { *d };
        let squared = near * near;
        *d = if squared <= limit { squared } else { f32::INFINITY };
    }
    true
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
    fn slow(set: &Array3<bool>, grid: &Grid, bound: f32) -> Array3<f32> {
        Array3::from_shape_fn(set.dim(), |(p, r, c)| {
            let here = grid.frame_mm([p, r, c]);
            let nearest = set
                .indexed_iter()
                .filter(|(_, member)| **member)
                .map(|((p, r, c), _)| {
                    let there = grid.frame_mm([p, r, c]);
                    (0..3).map(|i| (here[i] - there[i]).powi(2)).sum::<f32>()
                })
                .fold(f32::INFINITY, f32::min);
            if nearest <= bound * bound * 1.0001 { nearest } else { f32::INFINITY }
        })
    }

    proptest! {
        #[test]
        fn the_fast_distance_is_the_slow_distance(
            members in prop::collection::vec(prop::bool::weighted(0.04), 5 * 9 * 8),
            bound in 1.0_f32..20.0,
        ) {
            let grid = grid(&[0.0, 2.0, 4.5, 9.5, 11.5], 9, 8);
            let set = Array3::from_shape_vec((5, 9, 8), members).unwrap();
            let (fast, slow) = (squared_distance(&set, &grid, bound), slow(&set, &grid, bound));
            for (fast, slow) in fast.iter().zip(&slow) {
                prop_assert!(fast.is_infinite() && slow.is_infinite() || (fast - slow).abs() < 1e-3, "{fast} {slow}");
            }
        }
    }

    #[test]
    fn an_opening_drops_what_is_thinner_than_the_ball() {
        let grid = grid(&[0.0], 7, 9);
        let set = Array3::from_shape_fn((1, 7, 9), |(_, r, c)| {
            (1..6).contains(&r) && (1..6).contains(&c) || r == 3
        });
        let open = opened(&set, &grid, 2.5);
        assert!(open[[0, 3, 3]] && !open[[0, 3, 8]]);
    }
}
