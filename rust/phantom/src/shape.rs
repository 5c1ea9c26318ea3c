//! Solid shapes as signed distances in millimeters: negative inside, positive outside.
//!
//! Distances are exact for balls, capsules and half-spaces, and of first order near the surface for the rest,
//! which is all that drawing needs: the drawing asks for the sign, for values within a few millimeters of the
//! surface, and for a bound on how fast they change ([`STEEPNESS`]).

/// A point or direction in millimeters.
pub(crate) type Point = [f32; 3];

/// Upper bound on the change of a distance per millimeter, used to skip shapes that are far away.
///
/// A true distance has 1; flat ellipsoids exceed it. A test compares skipping with drawing everything.
pub(crate) const STEEPNESS: f32 = 1.6;

/// A tree of solids.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// An ellipsoid with half axes along x, y and z.
    Ellipsoid { center: Point, radii: Point },
    /// A capsule whose radius changes linearly from one end to the other.
    Cone { ends: [Point; 2], radii: [f32; 2] },
    /// A box with half edges along x, y and z and rounded edges.
    Cuboid { center: Point, half: Point, rounding: f32 },
    /// All points `p` with `normal . p < level`.
    Below { normal: Point, level: f32 },
    /// A tube bent to an ellipse in the y-z plane.
    Ring { center: Point, radii: [f32; 2], tube: f32 },
    /// The union, rounded over `blend` where the parts meet.
    Union { parts: Vec<Shape>, blend: f32 },
    /// The points common to all parts.
    Common(Vec<Shape>),
    /// The body without the hole, the rim rounded over `blend`.
    Without { body: Box<Shape>, hole: Box<Shape>, blend: f32 },
    /// The shape grown (or, if negative, shrunk) by a distance.
    Grown { shape: Box<Shape>, by: f32 },
    /// The shape of the left half (x > 0) on both sides.
    BothSides(Box<Shape>),
    /// The shape turned about the axis through `center` along z, then about its own x axis (radians).
    Turned { shape: Box<Shape>, center: Point, about_z: f32, about_x: f32 },
    /// The surface displaced by waves of the given amplitude and wavelength: brain folds, hair, foam.
    Wavy { shape: Box<Shape>, amplitude: f32, wavelength: f32 },
}

/// The union of shapes with a rounded seam.
pub(crate) fn union(blend: f32, parts: Vec<Shape>) -> Shape {
    Shape::Union { parts, blend }
}

/// An ellipsoid.
pub(crate) const fn ellipsoid(center: Point, radii: Point) -> Shape {
    Shape::Ellipsoid { center, radii }
}

/// A ball.
pub(crate) const fn ball(center: Point, radius: f32) -> Shape {
    Shape::Ellipsoid { center, radii: [radius; 3] }
}

/// A capsule with another radius at each end.
pub(crate) const fn cone(a: Point, b: Point, radius_a: f32, radius_b: f32) -> Shape {
    Shape::Cone { ends: [a, b], radii: [radius_a, radius_b] }
}

/// A capsule.
pub(crate) const fn rod(a: Point, b: Point, radius: f32) -> Shape {
    cone(a, b, radius, radius)
}

/// A box.
pub(crate) const fn cuboid(center: Point, half: Point, rounding: f32) -> Shape {
    Shape::Cuboid { center, half, rounding }
}

impl Shape {
    /// Both sides of a left half.
    pub(crate) fn both_sides(self) -> Self {
        Self::BothSides(Box::new(self))
    }

    /// Grown by `by` millimeters.
    pub(crate) fn grown(&self, by: f32) -> Self {
        Self::Grown { shape: Box::new(self.clone()), by }
    }

    /// Without `hole`.
    pub(crate) fn without(self, hole: Self, blend: f32) -> Self {
        Self::Without { body: Box::new(self), hole: Box::new(hole), blend }
    }

    /// Only what lies in `other` too.
    pub(crate) fn within(self, other: Self) -> Self {
        Self::Common(vec![self, other])
    }

    /// Turned about `center`.
    pub(crate) fn turned(self, center: Point, about_z: f32, about_x: f32) -> Self {
        Self::Turned { shape: Box::new(self), center, about_z, about_x }
    }

    /// With a wavy surface.
    pub(crate) fn wavy(&self, amplitude: f32, wavelength: f32) -> Self {
        Self::Wavy { shape: Box::new(self.clone()), amplitude, wavelength }
    }

    /// Signed distance of `p` in millimeters.
    pub(crate) fn distance(&self, p: Point) -> f32 {
        match self {
            Self::Ellipsoid { center, radii } => ellipsoid_distance(minus(p, *center), *radii),
            Self::Cone { ends: [a, b], radii } => {
                let (pa, ba) = (minus(p, *a), minus(*b, *a));
                let along = (dot(pa, ba) / dot(ba, ba).max(1e-6)).clamp(0.0, 1.0);
                let off = [pa[0] - along * ba[0], pa[1] - along * ba[1], pa[2] - along * ba[2]];
                length(off) - (radii[0] + along * (radii[1] - radii[0]))
            }
            Self::Cuboid { center, half, rounding } => {
                let q = minus(p, *center);
                let q: Point = std::array::from_fn(|i| q[i].abs() - half[i] + rounding);
                let outside = length(q.map(|v| v.max(0.0)));
                outside + q[0].max(q[1]).max(q[2]).min(0.0) - rounding
            }
            Self::Below { normal, level } => dot(p, *normal) - level,
            Self::Ring { center, radii, tube } => {
                let q = minus(p, *center);
                let in_plane = ellipsoid_distance([0.0, q[1], q[2]], [1e3, radii[0], radii[1]]);
                q[0].hypot(in_plane) - tube
            }
            Self::Union { parts, blend } => {
                parts.iter().fold(f32::MAX, |sum, part| smooth_minimum(sum, part.distance(p), *blend))
            }
            Self::Common(parts) => parts.iter().fold(f32::MIN, |sum, part| sum.max(part.distance(p))),
            Self::Without { body, hole, blend } => {
                -smooth_minimum(-body.distance(p), hole.distance(p), *blend)
            }
            Self::Grown { shape, by } => shape.distance(p) - by,
            Self::BothSides(shape) => shape.distance([p[0].abs(), p[1], p[2]]),
            Self::Turned { shape, center, about_z, about_x } => {
                shape.distance(turned_back(p, *center, *about_z, *about_x))
            }
            Self::Wavy { shape, amplitude, wavelength } => {
                let base = shape.distance(p);
                if base.abs() > 4.0 * amplitude.abs() {
                    return base; // far from the surface the waves change nothing that is drawn
                }
                base + amplitude * waves(p, *wavelength)
            }
        }
    }

    /// A smaller tree with the same distances, where it matters, within `radius` of `center`.
    pub(crate) fn near(&self, center: Point, radius: f32) -> Self {
        let reach = 2.0 * STEEPNESS * radius;
        match self {
            Self::Union { parts, blend } => {
                let distances: Vec<f32> = parts.iter().map(|part| part.distance(center)).collect();
                let nearest = distances.iter().copied().fold(f32::MAX, f32::min);
                let mut kept: Vec<Self> = parts
                    .iter()
                    .zip(&distances)
                    .filter(|(_, distance)| **distance <= nearest + reach + blend)
                    .map(|(part, _)| part.near(center, radius))
                    .collect();
                match kept.pop() {
                    Some(only) if kept.is_empty() => only,
                    Some(last) => {
                        kept.push(last);
                        Self::Union { parts: kept, blend: *blend }
                    }
                    None => self.clone(),
                }
            }
            Self::Common(parts) => {
                let distances: Vec<f32> = parts.iter().map(|part| part.distance(center)).collect();
                let farthest = distances.iter().copied().fold(f32::MIN, f32::max);
                let kept = parts.iter().zip(&distances);
                let kept = kept.filter(|(_, distance)| **distance >= farthest - reach);
                Self::Common(kept.map(|(part, _)| part.near(center, radius)).collect())
            }
            Self::Without { body, hole, blend } => {
                if -hole.distance(center) < body.distance(center) - reach - blend {
                    body.near(center, radius)
                } else {
                    body.near(center, radius).without(hole.near(center, radius), *blend)
                }
            }
            Self::Grown { shape, by } => Self::Grown { shape: Box::new(shape.near(center, radius)), by: *by },
            Self::BothSides(shape) => {
                shape.near([center[0].abs(), center[1], center[2]], radius).both_sides()
            }
            Self::Turned { shape, center: pivot, about_z, about_x } => shape
                .near(turned_back(center, *pivot, *about_z, *about_x), radius)
                .turned(*pivot, *about_z, *about_x),
            Self::Wavy { shape, amplitude, wavelength } => {
                shape.near(center, radius).wavy(*amplitude, *wavelength)
            }
            _ => self.clone(),
        }
    }

    /// How far waves may move the surface beyond what [`STEEPNESS`] allows for, in mm.
    pub(crate) fn unevenness(&self) -> f32 {
        match self {
            Self::Wavy { shape, amplitude, .. } => amplitude.abs() + shape.unevenness(),
            Self::Union { parts, .. } | Self::Common(parts) => {
                parts.iter().map(Self::unevenness).fold(0.0, f32::max)
            }
            Self::Without { body, hole, .. } => body.unevenness().max(hole.unevenness()),
            Self::Grown { shape, .. } | Self::Turned { shape, .. } | Self::BothSides(shape) => {
                shape.unevenness()
            }
            _ => 0.0,
        }
    }
}

fn ellipsoid_distance(p: Point, radii: Point) -> f32 {
    let scaled: Point = std::array::from_fn(|i| p[i] / radii[i]);
    let twice: Point = std::array::from_fn(|i| scaled[i] / radii[i]);
    let (k0, k1) = (length(scaled), length(twice));
    if k1 < 1e-6 {
        return -radii[0].min(radii[1]).min(radii[2]);
    }
    k0 * (k0 - 1.0) / k1
}

/// Minimum with a seam rounded over `blend` (quadratic).
fn smooth_minimum(a: f32, b: f32, blend: f32) -> f32 {
    let overlap = (blend - (a - b).abs()).max(0.0);
    if overlap > 0.0 { a.min(b) - overlap * overlap / (4.0 * blend) } else { a.min(b) }
}

fn waves(p: Point, wavelength: f32) -> f32 {
    let per_mm = std::f32::consts::TAU / wavelength;
    let bend = 1.3 * (p[2] * per_mm * 0.31).sin();
    let [x, y, z] = [p[0] * per_mm + bend, p[1] * per_mm + 0.7 * bend, p[2] * per_mm];
    (x.sin() * (0.83 * y).cos() + (0.91 * y).sin() * (1.07 * z).cos() + z.sin() * (0.77 * x).cos()) / 1.8
}

fn turned_back(p: Point, center: Point, about_z: f32, about_x: f32) -> Point {
    let q = minus(p, center);
    let (sin, cos) = about_z.sin_cos();
    let q = [cos * q[0] + sin * q[1], cos * q[1] - sin * q[0], q[2]];
    let (sin, cos) = about_x.sin_cos();
    let q = [q[0], cos * q[1] + sin * q[2], cos * q[2] - sin * q[1]];
    [q[0] + center[0], q[1] + center[1], q[2] + center[2]]
}

pub(crate) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn length(a: Point) -> f32 {
    dot(a, a).sqrt()
}
