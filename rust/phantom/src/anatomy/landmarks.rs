//! Places on a head, from the shape of a face: the one source for skin and bone, so that they fit.
//!
//! Head coordinates in mm: x to the left, y backward, z up, origin in the middle of the brain. The average is an
//! adult of 157 mm breadth, 190 mm length and 225 mm from vertex to chin (anthropometry of Farkas, 1994).

use super::face_shape::FaceShape;
use crate::shape::Point;

/// The places that shapes are hung on; left side for pairs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landmarks {
    /// The shape they were made from.
    pub face: FaceShape,
    /// Center of the eyeball.
    pub eye: Point,
    /// Tip of the nose.
    pub nose_tip: Point,
    /// Wing of the nose.
    pub nose_wing: Point,
    /// Where the lips meet, in the midline.
    pub mouth: Point,
    /// Corner of the mouth.
    pub mouth_corner: Point,
    /// Most forward point of the chin's bone.
    pub chin: Point,
    /// Angle of the mandible.
    pub jaw_angle: Point,
    /// Entrance of the ear canal.
    pub ear: Point,
}

impl Landmarks {
    pub(crate) fn of(face: FaceShape) -> Self {
        let at = |x: f32, y: f32, z: f32| below_eyes(&face, [x, y, z]);
        Self {
            face,
            eye: [face.half_pupil_distance_mm, -71.0, -22.0],
            nose_tip: at(0.0, -109.0 - face.nose_mm, -57.0),
            nose_wing: at(11.5 * face.nose_breadth, -101.0 - 0.4 * face.nose_mm, -62.0),
            mouth: at(0.0, -98.0, -88.5),
            mouth_corner: at(24.0, -88.5, -89.5),
            chin: at(0.0, -86.0 - face.chin_mm, -117.0),
            jaw_angle: at(46.0 * face.jaw_breadth, -12.0, -102.0),
            ear: [65.0 * face.breadth, 8.0, -42.0],
        }
    }

    /// A place given for the average face, moved to this one.
    pub(crate) fn at(&self, x: f32, y: f32, z: f32) -> Point {
        below_eyes(&self.face, [x, y, z])
    }
}

/// Stretches what lies below the eyes to the face's length, and across to its breadth.
fn below_eyes(face: &FaceShape, p: Point) -> Point {
    let z = if p[2] < -22.0 { -22.0 + (p[2] + 22.0) * face.length } else { p[2] };
    [p[0] * face.breadth, p[1], z]
}
