//! A plain chest: the series of another body region that a head study may hold.

use super::scene::Scene;
use crate::shape::{Shape, ball, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::Tissue;

/// Body, lungs, heart, spine and ribs; origin in the middle of the chest.
pub(crate) fn chest() -> Scene {
    let mut scene = Scene::default();
    let body = scene.field(ellipsoid([0.0, 0.0, 0.0], [165.0, 110.0, 900.0]));
    scene.paint_field(body, 0.0, Tissue::Skin);
    scene.paint_field(body, -2.0, Tissue::Fat);
    scene.paint_field(body, -14.0, Tissue::Muscle);
    let ribs = (0..8_u8).map(|level| {
        let z = -110.0 + 32.0 * f32::from(level);
        let wall = ellipsoid([0.0, 0.0, z], [148.0, 94.0, 400.0])
            .without(ellipsoid([0.0, 0.0, z], [141.0, 87.0, 400.0]), 0.0);
        wall.within(cuboid([0.0, 0.0, z], [200.0, 200.0, 6.0], 1.0))
    });
    scene.paint(union(0.0, ribs.collect()), Tissue::CompactBone);
    let lung =
        ellipsoid([72.0, 0.0, 0.0], [58.0, 76.0, 160.0]).without(ball([30.0, -22.0, -20.0], 48.0), 4.0);
    let lungs = scene.field(lung.both_sides());
    scene.paint_field(lungs, 0.0, Tissue::Fabric);
    let vessels: Vec<Shape> = (0..6_u8)
        .map(|i| {
            cone([34.0, 0.0, 0.0], [90.0, -50.0 + 20.0 * f32::from(i), -40.0 + 16.0 * f32::from(i)], 5.0, 1.5)
        })
        .collect();
    scene.paint(union(1.0, vessels).both_sides(), Tissue::Muscle);
    scene.paint(cuboid([0.0, 72.0, 0.0], [17.0, 15.0, 400.0], 8.0), Tissue::SpongyBone);
    scene.paint(rod([0.0, 24.0, -300.0], [0.0, 24.0, 300.0], 8.0), Tissue::AirwayAir);
    scene
}
