//! Where voxels lie: from slice, row and column to the patient, the table and the head.

use crate::anatomy::scene::Frame;
use crate::parameters::{HeadParameters, Pose};
use crate::shape::{Point, dot};

/// Slices, rows and columns in patient coordinates (DICOM: left, backward, up), before any lie in the header.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub origins_mm: Vec<[f64; 3]>,
    pub along_row: [f64; 3],
    pub along_column: [f64; 3],
    pub spacing_mm: f64,
    head_axes: [Point; 3],
    head_center: Point,
    head_size: f32,
    prone: bool,
}

impl Grid {
    pub(crate) fn of(parameters: &HeadParameters) -> Self {
        let (scan, pose) = (&parameters.scan, &parameters.pose);
        let spacing_mm = scan.field_mm / scan.columns as f64;
        let (along_row, along_column) = axes(scan.tilt_degrees, pose.prone, pose.feet_first);
        let half = |count: usize| (count as f64 - 1.0) / 2.0 * spacing_mm;
        let (across, down) = (half(scan.columns), half(scan.rows));
        // The field stays on the head when the patient is moved or turned over.
        let middle = [scan.middle_mm[0], scan.middle_mm[1]];
        let place = |z: f64| -> [f64; 3] {
            let center = [middle[0], middle[1], z];
            std::array::from_fn(|i| center[i] - across * along_row[i] - down * along_column[i])
        };
        let mut origins_mm: Vec<[f64; 3]> = scan.positions_mm.iter().map(|z| place(*z)).collect();
        if pose.feet_first {
            origins_mm.reverse(); // ascending along the slice normal, which points to the feet
        }
        Self {
            origins_mm,
            along_row,
            along_column,
            spacing_mm,
            head_axes: head_axes(pose),
            head_center: pose.shift_mm,
            head_size: parameters.face.size,
            prone: pose.prone,
        }
    }

    /// A voxel in patient coordinates; `up` moves along the body's axis by a part of the slice.
    pub(crate) fn patient(&self, slice: usize, row: f64, column: f64, up: f64) -> Point {
        let origin = self.origins_mm[slice];
        let along = |i: usize| {
            origin[i] + self.spacing_mm * (column * self.along_row[i] + row * self.along_column[i])
        };
        [along(0) as f32, along(1) as f32, (along(2) + up) as f32]
    }

    /// A patient point in the coordinates of a frame, and the frame's millimeter in the patient's.
    pub(crate) fn in_frame(&self, frame: Frame, p: Point) -> (Point, f32) {
        match frame {
            Frame::Head => {
                let q: Point = std::array::from_fn(|i| (p[i] - self.head_center[i]) / self.head_size);
                (self.head_axes.map(|axis| dot(axis, q)), self.head_size)
            }
            Frame::Table if self.prone => ([-p[0], -p[1], p[2]], 1.0),
            Frame::Table => (p, 1.0),
        }
    }
}

/// Directions of rows and columns: the image shows the table below, whatever side the patient lies on.
pub(crate) fn axes(tilt_degrees: f64, prone: bool, feet_first: bool) -> ([f64; 3], [f64; 3]) {
    let (sin, cos) = tilt_degrees.to_radians().sin_cos();
    let side = if prone == feet_first { 1.0 } else { -1.0 };
    let down = if prone { -1.0 } else { 1.0 };
    ([side, 0.0, 0.0], [0.0, down * cos, -down * sin])
}

/// Axes of the head in patient coordinates.
fn head_axes(pose: &Pose) -> [Point; 3] {
    let turn = pose.turn_degrees.to_radians().sin_cos();
    let roll = pose.roll_degrees.to_radians().sin_cos();
    let nod = pose.nod_degrees.to_radians().sin_cos();
    let mut axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for axis in &mut axes {
        *axis = rotated(rotated(rotated(*axis, 1, 2, nod), 0, 2, roll), 1, 0, turn);
    }
    axes
}

/// Turns a vector in the plane of two of its coordinates.
fn rotated(mut vector: Point, first: usize, second: usize, (sin, cos): (f32, f32)) -> Point {
    let (u, v) = (vector[first], vector[second]);
    vector[first] = cos * u + sin * v;
    vector[second] = cos * v - sin * u;
    vector
}

/// The geometry as the header tells it: moved to the scan's origin, and turned over if the header lies.
pub(crate) fn claimed(grid: &Grid, parameters: &HeadParameters) -> Grid {
    let scan = &parameters.scan;
    let mut told = grid.clone();
    if scan.lying_header {
        // Turned over about the body's axis: front is called back, left is called right.
        let over = |v: [f64; 3]| [-v[0], -v[1], v[2]];
        told.along_row = over(grid.along_row);
        told.along_column = over(grid.along_column);
        told.origins_mm = grid.origins_mm.iter().map(|origin| over(*origin)).collect();
    }
    for origin in &mut told.origins_mm {
        *origin = std::array::from_fn(|i| origin[i] + scan.origin_mm[i]);
    }
    told
}
