//! The outer surface of the head: vault, face, nose, lips, chin, ears, neck.

use super::landmarks::Landmarks;
use crate::shape::{Shape, ball, cone, ellipsoid, rod, union};

/// The head without ears.
pub(crate) fn head_surface(at: &Landmarks, cavity: &Shape) -> Shape {
    let face = at.face;
    let fat = face.fat_mm;
    let b = face.breadth;
    let vault = union(
        24.0,
        vec![
            cavity.grown(12.5 + fat),
            ellipsoid([0.0, 2.0, 6.0], [(78.0 + fat) * b, 96.0 + fat, 84.5 + fat]),
            ellipsoid([0.0, -36.0, 10.0], [62.0 * b, 57.5 + fat, 62.0]),
            ellipsoid([0.0, 42.0, -28.0], [66.0 * b, 52.0 + fat, 50.0]),
        ],
    );
    let cheek = face.cheek_mm + fat;
    let big = union(
        14.0,
        vec![
            vault,
            ellipsoid(at.at(0.0, -42.0, -45.0), [58.0 * b, 47.0, 60.0]),
            ellipsoid(at.at(0.0, -40.0, -90.0), [(45.0 + cheek) * b, 49.0, 38.0]),
            ball(at.at(33.0, -65.0, -62.0), 21.0 + cheek).both_sides(),
            ball(at.at(46.0, -60.0, -42.0), 13.5 + 0.4 * cheek).both_sides(),
            cone(at.jaw_angle, [13.0 * b, at.chin[1] + 7.0, at.chin[2] + 1.0], 12.5 + 0.5 * cheek, 12.5)
                .both_sides(),
            cone(at.jaw_angle, at.at(53.0, -14.0, -34.0), 12.0 + 0.5 * cheek, 13.0).both_sides(),
            ellipsoid(at.at(0.0, -70.0, -85.0), [30.0 * b, 29.5, 27.0]),
            // Below the eyes the face is full down to the mouth.
            ellipsoid(at.at(20.0, -66.0, -57.0), [22.0 * b, 23.0 + 0.5 * cheek, 23.0]).both_sides(),
            ellipsoid(at.at(36.0, -40.0, -74.0), [20.0 + 0.7 * cheek, 26.0, 24.0]).both_sides(),
            // From the angle of the jaw to the neck.
            cone(at.at(33.0, 0.0, -92.0), [28.0, 22.0, -150.0], 25.0 + 0.5 * cheek, 30.0).both_sides(),
            cone([0.0, 26.0, -80.0], [0.0, 36.0, -260.0], 56.0 + fat, 59.0 + fat),
            cone(at.at(0.0, -34.0, -108.0), at.at(0.0, -2.0, -160.0), 28.0 + cheek, 42.0),
            cone([30.0, 40.0, -200.0], [150.0, 40.0, -232.0], 42.0, 38.0).both_sides(),
        ],
    );
    let with_chin = union(7.0, vec![big, ball([at.chin[0], at.chin[1] + 4.0, at.chin[2]], 14.5)]);
    let brow = cone([7.0, -84.0 - face.brow_mm, -5.0], [40.0 * b, -74.0 - face.brow_mm, -5.0], 8.0, 7.5);
    let eye = at.eye;
    let socket = ellipsoid([eye[0], eye[1] - 22.5, eye[2]], [18.5, 16.5, 11.0]).both_sides();
    let socketed = union(8.0, vec![with_chin, brow.both_sides()]).without(socket, 7.0);
    let lids = union(
        2.5,
        vec![
            ball([eye[0], eye[1] + 0.5, eye[2]], 13.8),
            cone(
                [eye[0] - 12.0, eye[1] - 10.0, eye[2] + 4.0],
                [eye[0] + 13.0, eye[1] - 7.0, eye[2] + 3.0],
                3.0,
                3.0,
            ),
        ],
    )
    .both_sides();
    let slit = cone(
        [eye[0] - 13.0, eye[1] - 12.5, eye[2] - 3.5],
        [eye[0] + 12.0, eye[1] - 10.0, eye[2] - 2.5],
        1.6,
        1.3,
    );
    let slit = union(
        1.0,
        vec![
            slit,
            cone(
                [eye[0] - 9.0, eye[1] - 14.0, eye[2] - 4.0],
                [eye[0] + 8.0, eye[1] - 14.0, eye[2] - 4.0],
                1.7,
                1.7,
            ),
        ],
    );
    let lidded = union(3.5, vec![socketed, lids]).without(slit.both_sides(), 1.0);
    let nosed = union(6.5, vec![lidded, nose(at)]);
    let lipped = union(5.0, vec![nosed, lips(at)]);
    let [_, my, mz] = at.mouth;
    let corner = at.mouth_corner;
    let mouth_line = union(
        1.0,
        vec![
            cone([0.0, my - 6.5, mz], [11.0, my - 3.5, mz + 0.6], 1.4, 1.3),
            cone([11.0, my - 3.5, mz + 0.6], [corner[0], corner[1] - 1.5, corner[2]], 1.3, 1.2),
        ],
    );
    let wing = at.nose_wing;
    let philtrum = rod([0.0, my - 8.0, mz + 8.0], [0.0, my - 7.0, wing[2] - 7.0], 2.2);
    let holes = union(0.0, vec![mouth_line.both_sides(), philtrum]);
    lipped.without(holes, 1.5).without(nostril(at).both_sides(), 1.0)
}

/// The open part of a nostril (left).
pub(crate) fn nostril(at: &Landmarks) -> Shape {
    let (tip, wing) = (at.nose_tip, at.nose_wing);
    let breadth = at.face.nose_breadth;
    cone(
        [6.6 * breadth, 0.55 * tip[1] + 0.45 * wing[1], wing[2] - 8.0],
        [5.5 * breadth, wing[1] + 9.0, wing[2] + 7.0],
        3.4,
        3.0,
    )
}

fn nose(at: &Landmarks) -> Shape {
    let (tip, wing) = (at.nose_tip, at.nose_wing);
    let bridge = at.face.bridge_mm;
    let breadth = at.face.nose_breadth;
    let root = [0.0, -87.0 - 0.6 * bridge, -14.0];
    let middle = [0.0, 0.5 * (root[1] + tip[1]) - 1.5 - 0.7 * bridge, 0.5 * (root[2] + tip[2])];
    let left = union(
        3.0,
        vec![
            ball(wing, 6.6),
            ball([wing[0] - 5.5, wing[1] - 4.5, wing[2] + 3.0], 6.0),
            cone(
                [root[0] + 5.0, root[1] + 6.0, root[2] - 4.0],
                [wing[0] + 1.0, wing[1] + 8.0, wing[2] + 5.0],
                6.0,
                8.5,
            ),
            cone(
                [middle[0] + 3.0, middle[1] + 6.0, middle[2]],
                [wing[0] - 2.0, wing[1] + 2.0, wing[2] + 5.0],
                6.0,
                7.0,
            ),
        ],
    )
    .both_sides();
    union(
        5.0,
        vec![
            cone(root, middle, 5.5, 5.5 + breadth),
            cone(middle, tip, 5.5 + breadth, 7.6 * breadth),
            ball(tip, 8.4 * breadth),
            cone([0.0, tip[1] + 2.0, tip[2] - 4.5], [0.0, wing[1] + 2.0, wing[2] - 3.0], 3.6, 3.6),
            left,
        ],
    )
}

fn lips(at: &Landmarks) -> Shape {
    let full = at.face.lips;
    let [_, y, z] = at.mouth;
    let corner = at.mouth_corner;
    let upper = union(
        3.0,
        vec![
            cone([3.5, y - 2.2, z + 4.2], [12.0, y + 1.6, z + 3.4], 4.2 * full, 3.8 * full),
            cone([12.0, y + 1.6, z + 3.4], [corner[0], corner[1] + 1.0, corner[2] + 0.5], 3.8 * full, 2.4),
        ],
    );
    let lower = union(
        3.0,
        vec![
            cone([0.0, y - 0.5, z - 5.0], [11.0, y + 1.8, z - 4.4], 5.0 * full, 4.6 * full),
            cone(
                [11.0, y + 1.8, z - 4.4],
                [corner[0] - 1.0, corner[1] + 2.0, corner[2] - 1.0],
                4.6 * full,
                2.4,
            ),
        ],
    );
    union(1.5, vec![upper.both_sides(), lower.both_sides()])
}

/// The left ear, standing off the head.
pub(crate) fn ear(at: &Landmarks) -> Shape {
    let size = at.face.ears;
    let [x, y, z] = at.ear;
    let center = [x + 8.0 + 0.5 * at.face.ear_flare_mm, y + 10.0, z + 2.0];
    let [cx, cy, cz] = center;
    let plate = ellipsoid(center, [3.6, 16.5 * size, 30.0 * size]);
    let helix =
        Shape::Ring { center: [cx + 2.0, cy, cz + 1.0], radii: [15.0 * size, 27.5 * size], tube: 2.9 };
    let antihelix = rod([cx + 2.2, cy + 6.0, cz + 14.0 * size], [cx + 2.0, cy + 5.0, cz - 12.0 * size], 2.4);
    let concha = ellipsoid([cx + 4.0, cy - 5.0, cz - 4.0], [6.0, 7.0 * size, 10.0 * size]);
    let lobule = ellipsoid([cx, cy - 4.0, cz - 28.0 * size], [4.2, 8.0, 8.5]);
    let tragus = ellipsoid([x + 7.0, y - 2.0, z - 2.0], [3.5, 4.0, 6.0]);
    let flare = 0.36 + 0.03 * at.face.ear_flare_mm;
    let pinna = union(2.5, vec![plate.without(concha, 2.0), helix, antihelix, lobule]).turned(
        [x + 3.0, y, z],
        -flare,
        0.16,
    );
    let root = cone([x - 2.0, y + 5.0, z + 12.0], [x - 2.0, y + 5.0, z - 14.0], 8.0, 8.0);
    union(3.0, vec![pinna, tragus, root])
}
