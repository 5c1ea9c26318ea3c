//! The coarse grid on which masks are decided: about 2 mm, true positions, patient space.
//!
//! A node gathers a block of pixels of one or several neighboring slices. Blocks are laid out in an orthonormal
//! frame (slice normal, down the columns, along the rows), so a gantry tilt, which shifts each slice within its
//! plane, becomes a whole number of pixels per slice and distances between nodes are distances in the patient.
//! Planes keep their true, possibly uneven, positions; thick slices are planes of their own.

use super::Geometry;

/// Wanted distance of nodes, mm: coarse enough for speed, fine enough for skin and thin bone.
const PITCH_MM: f64 = 1.8;
/// Slices closer than this together form one plane, mm.
const PLANE_MM: f64 = 1.7;
/// Extent of a single slice along the normal, which nothing else tells: a usual thickness in head CT, mm.
const SINGLE_MM: f32 = 5.0;

/// The round field of view ends about so far from the middle, as a part of half the matrix.
const EDGE_OF_FIELD: f32 = 0.98;

/// Where the nodes lie and which voxels they gather. Index order is `[plane, row, column]` as in volumes.
///
/// One ring of nodes around the image belongs to no voxel: it stands for the world outside. Once the grid is
/// [cropped](Grid::cropped) the outermost nodes stand for all that lies beyond them.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Nodes along planes, rows and columns.
    pub shape: [usize; 3],
    /// Distance of adjacent nodes down the columns and along the rows, mm.
    pub pitch_mm: [f32; 2],
    /// Position of each plane along the normal, mm, ascending.
    pub plane_mm: Vec<f32>,
    /// The plane each slice belongs to.
    pub plane_of_slice: Vec<usize>,
    /// Pixels a node gathers along rows and columns.
    pub factor: [usize; 2],
    /// Row and column of the first node in the grid that was not cropped.
    first: [usize; 2],
    /// Pixels by which each slice is shifted within the frame (rows, columns): the gantry tilt.
    shift: Vec<[i32; 2]>,
    /// Patient position of frame coordinate (0, 0) of the plane at 0 mm.
    origin_mm: [f64; 3],
    axes: [[f64; 3]; 3],
}

impl Grid {
    /// Lays the grid out for a series of `matrix` (rows, columns).
    #[must_use]
    pub fn new(geometry: &Geometry, matrix: [usize; 2]) -> Self {
        let spacing = [geometry.row_spacing_mm, geometry.column_spacing_mm];
        let factor = spacing.map(|mm| ((PITCH_MM / mm).round() as usize).clamp(1, 16));
        let positions = geometry.positions_mm();
        let (plane_of_slice, plane_mm) = planes(&positions);
        let (shift, base) = shifts(geometry, matrix);
        let reach = [0, 1].map(|axis| shift.iter().map(|s| s[axis] as usize).max().unwrap_or(0));
        let shape = [
            plane_mm.len(),
            (matrix[0] + reach[0]).div_ceil(factor[0]) + 2,
            (matrix[1] + reach[1]).div_ceil(factor[1]) + 2,
        ];
        let axes = [geometry.normal(), geometry.along_column, geometry.along_row];
        let first = geometry.origins_mm.first().copied().unwrap_or_default();
        let height = dot(first, axes[0]);
        let origin_mm = std::array::from_fn(|i| {
            first[i] - height * axes[0][i]
                + f64::from(base[0]) * spacing[0] * axes[1][i]
                + f64::from(base[1]) * spacing[1] * axes[2][i]
        });
        Self {
            shape,
            pitch_mm: [0, 1].map(|axis| (spacing[axis] * factor[axis] as f64) as f32),
            plane_mm,
            plane_of_slice,
            factor,
            first: [0, 0],
            shift,
            origin_mm,
            axes,
        }
    }

    /// The part of the grid from (row, column) `first` on, so many nodes in size; all planes.
    #[must_use]
    pub fn cropped(&self, first: [usize; 2], size: [usize; 2]) -> Self {
        Self {
            shape: [self.shape[0], size[0], size[1]],
            first: [self.first[0] + first[0], self.first[1] + first[1]],
            ..self.clone()
        }
    }

    /// The node row (axis 0) or node column (axis 1) that holds pixel `index` of `slice`.
    #[must_use]
    pub fn node_of(&self, slice: usize, axis: usize, index: usize) -> usize {
        let node = (index + self.shift[slice][axis] as usize) / self.factor[axis] + 1;
        node.saturating_sub(self.first[axis]).min(self.shape[axis + 1] - 1)
    }

    /// Pixels of `slice` that a node row or column gathers, within a matrix of `size`; may be empty.
    #[must_use]
    pub fn pixels_of(&self, slice: usize, axis: usize, node: usize, size: usize) -> std::ops::Range<usize> {
        let (factor, shift) = (self.factor[axis] as i64, i64::from(self.shift[slice][axis]));
        let begins = |node: usize| {
            let start = ((node + self.first[axis]) as i64 - 1) * factor - shift;
            start.clamp(0, size as i64) as usize
        };
        let start = if node == 0 { 0 } else { begins(node) };
        let end = if node + 1 == self.shape[axis + 1] { size } else { begins(node + 1) };
        start..end
    }

    /// Where pixel `index` of `slice` lies on the node axis, in nodes.
    #[must_use]
    pub fn coordinate(&self, slice: usize, axis: usize, index: usize) -> f32 {
        (index as f32 + self.shift[slice][axis] as f32 + 0.5) / self.factor[axis] as f32 + 0.5
            - self.first[axis] as f32
    }

    /// Whether a node gathers pixels at or beyond the edge of the round field of view, which touches the sides of the
    /// matrix (rows, columns); of the first slice of its plane.
    #[must_use]
    pub fn at_edge_of_field(&self, node: [usize; 3], matrix: [usize; 2]) -> bool {
        let Some(slice) = self.plane_of_slice.iter().position(|plane| *plane == node[0]) else {
            return false;
        };
        let farthest = [0, 1].map(|axis| {
            let (pixels, size) =
                (self.pixels_of(slice, axis, node[axis + 1], matrix[axis]), matrix[axis] as f32);
            [pixels.start, pixels.end]
                .map(|at| (at as f32 / size - 0.5).abs())
                .into_iter()
                .fold(0.0, f32::max)
        });
        farthest[0].hypot(farthest[1]) > 0.5 * EDGE_OF_FIELD
    }

    /// Position of a node in the grid's own frame: along the normal, down the columns, along the rows, mm.
    #[must_use]
    pub fn frame_mm(&self, node: [usize; 3]) -> [f32; 3] {
        let center = |axis: usize| {
            let pixel_mm = self.pitch_mm[axis] / self.factor[axis] as f32;
            ((node[axis + 1] + self.first[axis]) as f32 - 0.5) * self.pitch_mm[axis] - 0.5 * pixel_mm
        };
        [self.plane_mm[node[0]], center(0), center(1)]
    }

    /// Position in the patient (DICOM LPS, mm) of a point of the grid's own frame.
    #[must_use]
    pub fn patient_mm(&self, frame: [f32; 3]) -> [f64; 3] {
        std::array::from_fn(|i| {
            self.origin_mm[i] + (0..3).map(|axis| f64::from(frame[axis]) * self.axes[axis][i]).sum::<f64>()
        })
    }

    /// A patient direction (LPS) in the grid's own frame.
    #[must_use]
    pub fn direction(&self, patient: [f64; 3]) -> [f32; 3] {
        self.axes.map(|axis| dot(axis, patient) as f32)
    }

    /// Volume that a node stands for, in ml.
    #[must_use]
    pub fn node_ml(&self, plane: usize) -> f32 {
        self.pitch_mm[0] * self.pitch_mm[1] * self.thickness_mm(plane) / 1000.0
    }

    /// Extent of a plane along the normal: half way to its neighbors, or 5 mm for the only one, mm.
    #[must_use]
    pub fn thickness_mm(&self, plane: usize) -> f32 {
        let z = &self.plane_mm;
        match (plane.checked_sub(1).map(|p| z[p]), z.get(plane + 1)) {
            (Some(below), Some(above)) => (above - below) / 2.0,
            (Some(below), None) => z[plane] - below,
            (None, Some(above)) => above - z[plane],
            (None, None) => SINGLE_MM,
        }
    }
}

/// Groups slices into planes: neighbors within [`PLANE_MM`] of the first one share a plane.
fn planes(positions: &[f64]) -> (Vec<usize>, Vec<f32>) {
    let mut groups: Vec<Vec<f64>> = Vec::new();
    let mut plane_of_slice = Vec::with_capacity(positions.len());
    for &z in positions {
        match groups.last_mut() {
            Some(group) if z - group[0] < PLANE_MM => group.push(z),
            _ => groups.push(vec![z]),
        }
        plane_of_slice.push(groups.len() - 1);
    }
    let mean = |group: &Vec<f64>| (group.iter().sum::<f64>() / group.len() as f64) as f32;
    (plane_of_slice, groups.iter().map(mean).collect())
}

/// In-plane offset of each slice against the lowest one in whole pixels, and that lowest offset.
///
/// Origins that wander by more than the matrix are no tilt; such slices are taken as unshifted.
fn shifts(geometry: &Geometry, matrix: [usize; 2]) -> (Vec<[i32; 2]>, [i32; 2]) {
    let first = geometry.origins_mm.first().copied().unwrap_or_default();
    let axes =
        [(geometry.along_column, geometry.row_spacing_mm), (geometry.along_row, geometry.column_spacing_mm)];
    let raw: Vec<[i32; 2]> = geometry
        .origins_mm
        .iter()
        .map(|origin| {
            let step = [origin[0] - first[0], origin[1] - first[1], origin[2] - first[2]];
            std::array::from_fn(|axis| {
                let pixels = (dot(step, axes[axis].0) / axes[axis].1).round();
                if pixels.abs() <= matrix[axis] as f64 { pixels as i32 } else { 0 }
            })
        })
        .collect();
    let base = [0, 1].map(|axis| raw.iter().map(|s| s[axis]).min().unwrap_or(0));
    (raw.iter().map(|s| [s[0] - base[0], s[1] - base[1]]).collect(), base)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(origins_mm: Vec<[f64; 3]>, spacing: f64) -> Geometry {
        Geometry {
            origins_mm,
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: spacing,
            column_spacing_mm: spacing,
        }
    }

    #[test]
    fn thin_slices_share_a_plane_and_thick_ones_do_not() {
        let thin = Grid::new(&geometry((0..4).map(|k| [0.0, 0.0, f64::from(k)]).collect(), 0.5), [16, 16]);
        assert_eq!(thin.plane_of_slice, [0, 0, 1, 1]);
        let thick = Grid::new(&geometry(vec![[0.0; 3], [0.0, 0.0, 5.0], [0.0, 0.0, 15.0]], 0.5), [16, 16]);
        assert_eq!(thick.plane_mm, [0.0, 5.0, 15.0]);
        assert_eq!(thick.shape, [3, 6, 6], "16 pixels in blocks of 4, and the ring");
    }

    #[test]
    fn a_tilt_shifts_slices_by_whole_pixels() {
        let grid = Grid::new(&geometry(vec![[0.0; 3], [0.0, -2.0, 5.0]], 1.0), [8, 8]);
        assert_eq!(grid.node_of(0, 0, 0), grid.node_of(1, 0, 2), "the same place in the patient");
        assert_eq!(grid.pixels_of(1, 0, 1, 8), 0..2);
        assert_eq!(grid.pixels_of(0, 0, 1, 8), 0..0, "nothing was measured there");
    }

    #[test]
    fn a_cropped_grid_names_the_same_places() {
        let whole = Grid::new(&geometry(vec![[0.0; 3], [0.0, -4.0, 5.0]], 1.0), [40, 40]);
        let part = whole.cropped([3, 5], [8, 9]);
        let apart =
            whole.frame_mm([1, 6, 7]).into_iter().zip(part.frame_mm([1, 3, 2])).map(|(a, b)| (a - b).abs());
        assert!(apart.sum::<f32>() < 1e-6);
        for slice in 0..2 {
            for (axis, first) in [(0, 3), (1, 5)] {
                let (node, pixels) = (whole.node_of(slice, axis, 12), |grid: &Grid, node| {
                    grid.pixels_of(slice, axis, node, 40)
                });
                assert_eq!(part.node_of(slice, axis, 12), node - first);
                assert_eq!(pixels(&part, node - first), pixels(&whole, node));
                let shift = whole.coordinate(slice, axis, 12) - part.coordinate(slice, axis, 12);
                assert!((shift - first as f32).abs() < 1e-5);
                let all: usize = (0..part.shape[axis + 1]).map(|node| pixels(&part, node).len()).sum();
                assert_eq!(all, 40, "the outermost nodes take what lies beyond");
            }
        }
    }

    #[test]
    fn the_field_of_view_is_round() {
        let grid = Grid::new(&geometry(vec![[0.0; 3]], 1.0), [64, 64]);
        let at = |row, column| [0, grid.node_of(0, 0, row), grid.node_of(0, 1, column)];
        for (row, column) in [(0, 0), (0, 32), (32, 63), (9, 9)] {
            assert!(grid.at_edge_of_field(at(row, column), [64, 64]), "{row}, {column}");
        }
        assert!(!grid.at_edge_of_field(at(12, 12), [64, 64]) && !grid.at_edge_of_field(at(32, 3), [64, 64]));
    }

    #[test]
    fn a_node_lies_in_the_middle_of_its_pixels() {
        let grid = Grid::new(&geometry(vec![[10.0, 20.0, 30.0], [10.0, 18.0, 35.0]], 1.0), [8, 8]);
        let node = [0, grid.node_of(0, 0, 0), grid.node_of(0, 1, 0)];
        assert_eq!(grid.pixels_of(0, 0, node[1], 8), 0..2);
        let middle = grid.patient_mm(grid.frame_mm(node));
        assert!(middle.iter().zip([10.5, 20.5, 30.0]).all(|(a, b)| (a - b).abs() < 1e-6), "{middle:?}");
        assert!((grid.coordinate(0, 0, 0) - (node[1] as f32 - 0.25)).abs() < 1e-6);
    }
}
