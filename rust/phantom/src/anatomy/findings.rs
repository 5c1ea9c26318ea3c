//! Findings: what surgery, disease, age and contrast medium change in a head.

use super::landmarks::Landmarks;
use super::scene::Scene;
use super::skull::tooth;
use crate::parameters::{Finding, HeadParameters};
use crate::shape::{Shape, ball, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::{Label, Tissue};

/// Where a craniectomy is centered, on the inside of the left vault; the defect faces left.
const CRANIECTOMY: [f32; 3] = [63.0, 2.0, 26.0];
/// Thickness of the scalp, in mm.
const SCALP_MM: f32 = 6.0;

/// The cavity with what findings add to it or take from it.
pub(crate) fn cavity(parameters: &HeadParameters, closed: Shape) -> Shape {
    parameters.findings.iter().fold(closed, |cavity, finding| match *finding {
        Finding::Craniectomy { diameter_mm, bulge_mm } if bulge_mm > 0.0 => {
            union(5.0, vec![cavity, dome(diameter_mm, parameters.skull_mm + bulge_mm)])
        }
        Finding::Craniectomy { diameter_mm, bulge_mm } if bulge_mm < 0.0 => {
            cavity.without(sunken(diameter_mm, -bulge_mm, CRANIECTOMY[0]), 8.0)
        }
        _ => cavity,
    })
}

/// The bone of the cranium with what findings take from it.
pub(crate) fn cranium(parameters: &HeadParameters, closed: Shape) -> Shape {
    parameters.findings.iter().fold(closed, |bone, finding| match *finding {
        Finding::BurrHoles => bone.without(burr_holes(), 0.5),
        Finding::OpenSutures { gap_mm, fontanelle_mm } => bone.without(sutures(gap_mm, fontanelle_mm), 0.5),
        Finding::Craniectomy { diameter_mm, .. } => bone.without(defect(diameter_mm), 1.0),
        Finding::Fracture => bone.without(fracture(), 0.0),
        _ => bone,
    })
}

/// The surface of the head with what findings change.
pub(crate) fn surface(parameters: &HeadParameters, intact: Shape) -> Shape {
    parameters.findings.iter().fold(intact, |surface, finding| match *finding {
        Finding::Craniectomy { diameter_mm, bulge_mm } if bulge_mm > 0.0 => {
            let dome = dome(diameter_mm, parameters.skull_mm + bulge_mm);
            union(9.0, vec![surface, dome.grown(SCALP_MM)])
        }
        Finding::Craniectomy { diameter_mm, bulge_mm } if bulge_mm < 0.0 => {
            let above_bone = parameters.skull_mm + SCALP_MM;
            let depth = -bulge_mm - SCALP_MM + above_bone;
            surface.without(sunken(diameter_mm * 0.8, depth, CRANIECTOMY[0] + above_bone), 10.0)
        }
        _ => surface,
    })
}

fn burr_holes() -> Shape {
    let left = rod([24.0, -50.0, 52.0], [40.0, -85.0, 90.0], 7.0);
    let right = rod([-42.0, 20.0, 42.0], [-80.0, 38.0, 80.0], 7.0);
    union(0.0, vec![left, right])
}

/// A cylinder through the left vault, above the skull base.
fn defect(diameter_mm: f32) -> Shape {
    let [_, y, z] = CRANIECTOMY;
    rod([40.0, y, z], [130.0, y, z], diameter_mm / 2.0)
        .within(Shape::Below { normal: [-1.0, 0.0, 0.0], level: -20.0 })
        .within(Shape::Below { normal: [0.0, 0.0, -1.0], level: 14.0 })
}

/// Brain that stands `height_mm` out of the defect.
fn dome(diameter_mm: f32, height_mm: f32) -> Shape {
    let [x, y, z] = CRANIECTOMY;
    let radius = diameter_mm / 2.0;
    // Not beyond vertex, occiput and skull base, where bone remains.
    ellipsoid([15.0, y, z], [x - 15.0 + height_mm, radius.min(68.0), radius.min(44.0)])
}

/// What is missing when a round of `diameter_mm` has sunk by `depth_mm` below a wall at `wall_x_mm`.
fn sunken(diameter_mm: f32, depth_mm: f32, wall_x_mm: f32) -> Shape {
    let [_, y, z] = CRANIECTOMY;
    // Below 88 mm the round stays above the skull base, where bone remains.
    let (radius, depth) = ((diameter_mm / 2.0).min(44.0), depth_mm.max(1.0));
    // A ball that passes through the rim and dips into the head by the depth.
    let big = (radius * radius + depth * depth) / (2.0 * depth);
    ball([wall_x_mm - depth + big, y, z], big)
}

fn sutures(gap_mm: f32, fontanelle_mm: f32) -> Shape {
    let half = gap_mm / 2.0;
    let sagittal = cuboid([0.0, 20.0, 70.0], [half, 62.0, 60.0], 0.0).wavy(0.8, 9.0);
    let coronal = cuboid([0.0, -24.0, 60.0], [100.0, half, 70.0], 0.0).wavy(0.8, 9.0);
    let metopic = cuboid([0.0, -70.0, 60.0], [half * 0.7, 50.0, 50.0], 0.0);
    let lambdoid = cuboid([0.0, 62.0, 22.0], [100.0, half, 60.0], 0.0).turned([0.0, 62.0, 22.0], 0.0, 0.6);
    let fontanelle = ellipsoid([0.0, -26.0, 84.0], [fontanelle_mm / 2.0, fontanelle_mm / 2.0, 30.0]);
    union(0.0, vec![sagittal, coronal, metopic, lambdoid, fontanelle])
}

fn fracture() -> Shape {
    let line = cuboid([-70.0, 5.0, 30.0], [30.0, 50.0, 0.7], 0.0).wavy(1.6, 22.0);
    let branch = cuboid([-70.0, 14.0, 48.0], [30.0, 0.6, 20.0], 0.0).wavy(1.0, 16.0);
    union(0.0, vec![line, branch])
}

/// Hair over the vault, painted below the skin.
pub(crate) fn paint_hair(scene: &mut Scene, surface: &Shape, length_mm: f32) {
    let hair = surface
        .grown(length_mm)
        .wavy(0.25 * length_mm, 7.0)
        .within(Shape::Below { normal: [0.0, -0.75, -0.66], level: 8.0 });
    scene.paint(hair, Tissue::Hair);
}

/// Paints what findings put into the head.
pub(crate) fn paint(
    scene: &mut Scene,
    parameters: &HeadParameters,
    at: &Landmarks,
    cavity: &Shape,
    cranium: &Shape,
    surface: &Shape,
) {
    for finding in &parameters.findings {
        match *finding {
            Finding::AirPocket { breadth_mm } => {
                let pocket = ellipsoid([10.0, -70.0, 40.0], [breadth_mm, 26.0, 24.0]);
                scene.paint(pocket.within(cavity.grown(-0.8)), Tissue::IntracranialAir);
                let bubble = ball([-14.0, -58.0, 48.0], 4.0);
                scene.paint(bubble, Tissue::IntracranialAir);
            }
            Finding::DentalMetal => {
                for number in [3, 5, 6] {
                    scene.paint(tooth(at, number), Tissue::Metal);
                }
            }
            Finding::Clips => {
                scene.paint(rod([10.0, -20.0, -6.0], [16.0, -22.0, 2.0], 1.1), Tissue::IntracranialMetal);
                scene.paint(ball([-12.0, -18.0, -4.0], 3.6), Tissue::IntracranialMetal);
            }
            Finding::Electrodes => paint_electrodes(scene, surface),
            Finding::Calcifications => {
                scene.paint(cuboid([0.0, -20.0, 52.0], [1.6, 12.0, 6.0], 1.0), Tissue::Calcification);
                scene.paint(rod([14.0, -12.0, -9.0], [12.0, -20.0, -6.0], 1.4), Tissue::Calcification);
                scene.paint(ellipsoid([30.0, 20.0, 30.0], [5.0, 4.0, 5.0]), Tissue::Calcification);
            }
            Finding::Contrast => paint_contrast(scene, cavity, cranium),
            Finding::Hemorrhage => {
                scene.paint(ellipsoid([26.0, 0.0, 12.0], [11.0, 17.0, 13.0]), Tissue::Blood);
            }
            Finding::Fracture => {
                let under = ellipsoid([-58.0, 6.0, 30.0], [5.0, 20.0, 16.0]).within(cavity.grown(-0.5));
                scene.paint(under, Tissue::Blood);
            }
            _ => {}
        }
    }
}

fn paint_electrodes(scene: &mut Scene, surface: &Shape) {
    let left = rod([11.0, 4.0, -2.0], [34.0, -34.0, 84.0], 0.9);
    scene.paint(left.both_sides(), Tissue::Electrode);
    let lead = surface.grown(-3.0).without(surface.grown(-5.0), 0.0);
    let path = cuboid([40.0, 20.0, 20.0], [1.2, 70.0, 1.2], 0.5).turned([40.0, 20.0, 20.0], 0.0, 0.8);
    let wide = union(0.0, vec![path.clone(), path.grown(0.6)]);
    scene.paint(lead.within(wide), Tissue::Metal);
}

fn paint_contrast(scene: &mut Scene, cavity: &Shape, cranium: &Shape) {
    let arteries = union(
        1.0,
        vec![
            cone([14.0, -12.0, -12.0], [44.0, -20.0, -6.0], 2.0, 1.6),
            cone([44.0, -20.0, -6.0], [58.0, 8.0, 22.0], 1.5, 1.0),
            cone([13.0, -14.0, -11.0], [3.0, -34.0, -2.0], 1.4, 1.2),
            cone([3.0, -34.0, -2.0], [3.0, -40.0, 30.0], 1.2, 0.9),
            cone([10.0, 4.0, -14.0], [22.0, 40.0, -4.0], 1.4, 1.0),
        ],
    )
    .both_sides();
    let basilar = rod([0.0, 2.0, -12.0], [0.0, 10.0, -50.0], 2.0);
    let inside = cavity.grown(-0.5);
    scene.paint(union(0.5, vec![arteries, basilar]).within(inside), Tissue::CerebralVessel);
    // Superior sagittal and transverse sinuses lie against the bone.
    let shell = cavity.grown(0.5).without(cavity.grown(-5.0), 0.0);
    let sagittal = cuboid([0.0, 20.0, 40.0], [4.5, 100.0, 70.0], 1.0).within(shell.clone());
    let transverse = cuboid([0.0, 66.0, -14.0], [60.0, 40.0, 4.0], 1.0).within(shell);
    scene.paint(union(1.0, vec![sagittal, transverse]), Tissue::CerebralVessel);
    let neck = rod([26.0, 4.0, -66.0], [25.0, 2.0, -250.0], 3.2).without(cranium.clone(), 0.0);
    scene.paint_as(neck.both_sides(), Tissue::ContrastVessel, Label::SoftTissue);
    scene.paint(rod([24.0, 0.0, -64.0], [14.0, -12.0, -12.0], 2.4).both_sides(), Tissue::CerebralVessel);
}
