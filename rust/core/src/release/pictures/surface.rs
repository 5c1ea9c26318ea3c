//! The surface of the result as a viewer sees it: the first tissue along each ray, shaded by its slope.

use rayon::prelude::*;

use super::result::{Released, ReleasedSlice};
use super::{Picture, png};

/// Above this value a voxel is tissue, HU: half way between air and fat.
const TISSUE_HU: f32 = -450.0;
/// Longer edge of a picture, pixels.
const EDGE: usize = 176;
/// Margin around the head, pixels.
const MARGIN: f32 = 6.0;
/// Rays of a slice side by side, and slices with rays, at most; in between the surface is interpolated.
const RAYS: usize = 160;

/// An in-plane axis of the volume and a direction along it.
#[derive(Debug, Clone, Copy)]
struct Axis {
    /// Rays or pixels run over rows (else over columns).
    rows: bool,
    /// Increasing coordinate runs with increasing index.
    forward: bool,
}

/// Depth of the surface along the rays of one view, mm; NaN where a ray meets nothing.
#[expect(clippy::struct_field_names, reason = "units belong into names")]
struct Surface {
    /// `[slice][ray]`.
    depth_mm: Vec<Vec<f32>>,
    /// Place of the first ray of each slice along the picture's horizontal, mm.
    start_mm: Vec<f32>,
    /// Distance of rays, mm; negative when they run against the horizontal.
    step_mm: f32,
    /// Height of each slice, ascending, mm.
    height_mm: Vec<f32>,
}

/// Front, left and right. Views need a surface and two slices at least.
pub(super) fn views(released: &Released<'_>) -> Vec<Picture> {
    if released.volume.hu.len_of(ndarray::Axis(0)) < 2 {
        return Vec::new();
    }
    // The viewer looks along `ray`; the picture's horizontal runs along `across` (DICOM LPS).
    let views: Vec<(&'static str, Surface)> = [
        ("front", [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
        ("left", [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        ("right", [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]),
    ]
    .into_iter()
    .map(|(view, ray, across)| (view, Surface::cast(released, ray, across)))
    .collect();
    let Some(scale) =
        views.iter().filter_map(|(_, surface)| surface.extent()).map(Extent::edge_mm).reduce(f32::max)
    else {
        return Vec::new();
    };
    let mm_per_pixel = scale / (EDGE as f32 - 2.0 * MARGIN);
    views
        .into_iter()
        .filter_map(|(view, surface)| {
            let png = surface.shaded(mm_per_pixel)?;
            Some(Picture { view, png })
        })
        .collect()
}

/// Where the surface lies in a picture, mm.
#[derive(Debug, Clone, Copy)]
struct Extent {
    across: (f32, f32),
    height: (f32, f32),
}

impl Extent {
    fn edge_mm(self) -> f32 {
        (self.across.1 - self.across.0).max(self.height.1 - self.height.0).max(1.0)
    }
}

impl Surface {
    fn cast(released: &Released<'_>, ray: [f64; 3], across: [f64; 3]) -> Self {
        let geometry = &released.volume.geometry;
        let (slices, rows, columns) = released.volume.hu.dim();
        let depth = axis(geometry, ray);
        let side = Axis { rows: !depth.rows, ..axis_of(geometry, !depth.rows, across) };
        let spacing = |axis: Axis| {
            (if axis.rows { geometry.row_spacing_mm } else { geometry.column_spacing_mm }) as f32
        };
        let count = |axis: Axis| if axis.rows { rows } else { columns };
        let stride = count(side).div_ceil(RAYS).max(1);
        let along = |origin: &[f64; 3], direction: [f64; 3]| {
            origin.iter().zip(&direction).map(|(a, b)| a * b).sum::<f64>() as f32
        };
        let step = spacing(depth);
        let mut surface = Self {
            depth_mm: Vec::new(),
            start_mm: Vec::new(),
            step_mm: spacing(side) * stride as f32 * if side.forward { 1.0 } else { -1.0 },
            height_mm: Vec::new(),
        };
        let rays = Rays { depth, length: count(depth), beside: count(side), stride };
        let with_rays: Vec<(usize, &[f64; 3])> =
            geometry.origins_mm.iter().enumerate().step_by(slices.div_ceil(RAYS).max(1)).collect();
        let depths_of = |&(slice, origin): &(usize, &[f64; 3])| -> Vec<f32> {
            let begin =
                along(origin, ray) - if depth.forward { 0.0 } else { step * (count(depth) - 1) as f32 };
            rays.through(&released.slice(slice)).into_iter().map(|met| begin + step * met).collect()
        };
        surface.depth_mm = with_rays.par_iter().map(depths_of).collect();
        for (_, origin) in with_rays {
            surface.start_mm.push(along(origin, across));
            surface.height_mm.push(origin[2] as f32);
        }
        if surface.height_mm.first() > surface.height_mm.last() {
            surface.depth_mm.reverse();
            surface.start_mm.reverse();
            surface.height_mm.reverse();
        }
        surface
    }

    fn extent(&self) -> Option<Extent> {
        let mut extent: Option<Extent> = None;
        for ((depths, start), height) in self.depth_mm.iter().zip(&self.start_mm).zip(&self.height_mm) {
            for (ray, depth) in depths.iter().enumerate() {
                if depth.is_finite() {
                    let across = start + self.step_mm * ray as f32;
                    let extent =
                        extent.get_or_insert(Extent { across: (across, across), height: (*height, *height) });
                    extent.across = (extent.across.0.min(across), extent.across.1.max(across));
                    extent.height = (extent.height.0.min(*height), extent.height.1.max(*height));
                }
            }
        }
        extent
    }

    /// The picture, transparent where there is nothing.
    fn shaded(&self, mm_per_pixel: f32) -> Option<Vec<u8>> {
        let extent = self.extent()?;
        let middle = |range: (f32, f32)| f32::midpoint(range.0, range.1);
        let half = EDGE as f32 / 2.0 * mm_per_pixel;
        let (left, top) = (middle(extent.across) - half, middle(extent.height) + half);
        let depths: Vec<f32> = (0..EDGE * EDGE)
            .map(|index| {
                let (y, x) = ((index / EDGE) as f32, (index % EDGE) as f32);
                self.depth_at(left + (x + 0.5) * mm_per_pixel, top - (y + 0.5) * mm_per_pixel)
            })
            .collect();
        let smooth = smoothed(&depths);
        let nearest = smooth.iter().copied().fold(f32::INFINITY, f32::min);
        let mut bytes = Vec::with_capacity(EDGE * EDGE * 2);
        for index in 0..EDGE * EDGE {
            if smooth[index].is_finite() {
                bytes.extend_from_slice(&[shade(&smooth, index, mm_per_pixel, nearest), 255]);
            } else {
                bytes.extend_from_slice(&[0, 0]);
            }
        }
        png(EDGE, EDGE, 2, &bytes)
    }

    /// Depth at a place of the picture, between slices and rays.
    fn depth_at(&self, across: f32, height: f32) -> f32 {
        let above = self.height_mm.partition_point(|slice| *slice < height);
        let (Some(low), Some(top)) = (above.checked_sub(1), self.height_mm.get(above)) else {
            return f32::NAN;
        };
        let bottom = self.height_mm[low];
        let share = (height - bottom) / (top - bottom).max(1e-3);
        mixed(self.in_slice(low, across), self.in_slice(above, across), share)
    }

    fn in_slice(&self, slice: usize, across: f32) -> f32 {
        let place = (across - self.start_mm[slice]) / self.step_mm;
        let depths = &self.depth_mm[slice];
        if place < 0.0 || place > depths.len() as f32 - 1.0 {
            return f32::NAN;
        }
        let first = place as usize;
        mixed(depths[first], depths.get(first + 1).copied().unwrap_or(f32::NAN), place - first as f32)
    }
}

/// The in-plane axis that runs along a direction, whatever the orientation of the series.
fn axis(geometry: &crate::image::Geometry, direction: [f64; 3]) -> Axis {
    let along_rows = dot(geometry.along_column, direction);
    let along_columns = dot(geometry.along_row, direction);
    axis_of(geometry, along_rows.abs() >= along_columns.abs(), direction)
}

fn axis_of(geometry: &crate::image::Geometry, rows: bool, direction: [f64; 3]) -> Axis {
    let axis = if rows { geometry.along_column } else { geometry.along_row };
    Axis { rows, forward: dot(axis, direction) >= 0.0 }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(&b).map(|(a, b)| a * b).sum()
}

/// The rays of one view through a slice.
struct Rays {
    depth: Axis,
    /// Samples of a ray.
    length: usize,
    /// Voxels beside each other, every `stride`th of which has a ray.
    beside: usize,
    stride: usize,
}

impl Rays {
    /// Index at which each ray meets tissue, between two samples; NaN where it never does.
    ///
    /// All rays go on together, since voxels beside each other lie together in memory when rays run down rows.
    fn through(&self, slice: &ReleasedSlice<'_>) -> Vec<f32> {
        let hu = |place: usize, index: usize| {
            let index = if self.depth.forward { index } else { self.length - 1 - index };
            let (row, column) = if self.depth.rows { (index, place) } else { (place, index) };
            f32::from(slice.hu(row, column).max(-1000))
        };
        let places = || (0..self.beside).step_by(self.stride);
        if !self.depth.rows {
            return places().map(|place| first_tissue(self.length, |index| hu(place, index))).collect();
        }
        let mut met = vec![f32::NAN; places().count()];
        for even in (0..self.length).step_by(2) {
            for (met, place) in met.iter_mut().zip(places()).filter(|(met, _)| met.is_nan()) {
                *met = tissue_at(even, self.length, |index| hu(place, index)).unwrap_or(f32::NAN);
            }
        }
        met
    }
}

/// Index at which a ray meets tissue, between two samples; NaN when it never does.
///
/// Two samples in a row have to be tissue: a single one is noise. Of two in a row one is even, so every other
/// sample is enough until one is met.
fn first_tissue(size: usize, at: impl Fn(usize) -> f32) -> f32 {
    (0..size).step_by(2).find_map(|even| tissue_at(even, size, &at)).unwrap_or(f32::NAN)
}

/// Where a ray that met nothing before an even sample meets tissue at it or just before it.
fn tissue_at(even: usize, size: usize, at: impl Fn(usize) -> f32) -> Option<f32> {
    let is_tissue = |index: usize| index < size && at(index) > TISSUE_HU;
    if !is_tissue(even) {
        return None;
    }
    let first = match even.checked_sub(1) {
        Some(before) if is_tissue(before) => before,
        _ if is_tissue(even + 1) => even,
        _ => return None,
    };
    let before = first.checked_sub(1).map_or(-1000.0, |before| at(before).min(TISSUE_HU));
    let share = ((TISSUE_HU - before) / (at(first) - before).max(1.0)).clamp(0.0, 1.0);
    Some(first as f32 - 1.0 + share)
}

/// A value between two, or the nearer of them when the other is missing.
fn mixed(a: f32, b: f32, share: f32) -> f32 {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a + (b - a) * share,
        (true, false) if share < 0.5 => a,
        (false, true) if share >= 0.5 => b,
        _ => f32::NAN,
    }
}

/// The mean over 3 x 3 pixels of about the same depth: rays are coarser than pixels.
fn smoothed(depths: &[f32]) -> Vec<f32> {
    const SAME_MM: f32 = 8.0;
    (0..depths.len())
        .map(|index| {
            let here = depths[index];
            let (mut sum, mut count) = (0.0, 0.0_f32);
            for near in around(index).into_iter().filter_map(|near| depths.get(near)) {
                if (near - here).abs() < SAME_MM {
                    sum += near;
                    count += 1.0;
                }
            }
            if count > 0.0 { sum / count } else { here }
        })
        .collect()
}

fn around(index: usize) -> [usize; 9] {
    let i = index as isize;
    let e = EDGE as isize;
    [i - e - 1, i - e, i - e + 1, i - 1, i, i + 1, i + e - 1, i + e, i + e + 1]
        .map(|near| near.max(0) as usize)
}

/// Light from the upper left beside the viewer, and fainter with depth.
fn shade(depths: &[f32], index: usize, mm_per_pixel: f32, nearest: f32) -> u8 {
    const LIGHT: [f32; 3] = [-0.30, 0.45, 0.84];
    let here = depths[index];
    let slope = |back: Option<usize>, forth: usize| {
        let known =
            |at: Option<usize>| at.and_then(|at| depths.get(at)).copied().filter(|depth| depth.is_finite());
        match (known(back), known(Some(forth))) {
            (Some(a), Some(b)) => (b - a) / (2.0 * mm_per_pixel),
            (Some(a), None) => (here - a) / mm_per_pixel,
            (None, Some(b)) => (b - here) / mm_per_pixel,
            (None, None) => 0.0,
        }
    };
    let across = slope(index.checked_sub(1), index + 1).clamp(-6.0, 6.0);
    let down = slope(index.checked_sub(EDGE), index + EDGE).clamp(-6.0, 6.0);
    // Depth grows away from the viewer and rows grow downward: the normal is (across, -down, 1).
    let length = (across * across + down * down + 1.0).sqrt();
    let facing = (across * LIGHT[0] - down * LIGHT[1] + LIGHT[2]) / length;
    let far = 1.0 - ((here - nearest) / 260.0).clamp(0.0, 0.45);
    ((0.16 + 0.84 * facing.max(0.0)) * far * 245.0).clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at every sample in turn.
    fn first_tissue_slowly(ray: &[f32]) -> f32 {
        let first = ray.windows(2).position(|pair| pair[0] > TISSUE_HU && pair[1] > TISSUE_HU);
        first.map_or(f32::NAN, |first| {
            let before = if first == 0 { -1000.0 } else { ray[first - 1].min(TISSUE_HU) };
            let share = ((TISSUE_HU - before) / (ray[first] - before).max(1.0)).clamp(0.0, 1.0);
            first as f32 - 1.0 + share
        })
    }

    #[test]
    fn every_other_sample_is_enough_to_meet_tissue() {
        for length in 0..8_u32 {
            for tissue in 0..1_u32 << length {
                let hu = |index| if tissue >> index & 1 == 1 { 40.0 - index as f32 } else { -900.0 };
                let ray: Vec<f32> = (0..length).map(hu).collect();
                let (fast, slow) = (first_tissue(ray.len(), |index| ray[index]), first_tissue_slowly(&ray));
                assert!(fast.to_bits() == slow.to_bits() || (fast.is_nan() && slow.is_nan()), "{ray:?}");
            }
        }
    }
}
