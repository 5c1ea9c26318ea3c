//! Brain, ventricles, falx and the fluid around them.

use super::scene::Scene;
use super::skull::far_from;
use crate::shape::{Shape, ball, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::Tissue;

/// The fluid-filled chambers of the brain.
pub(crate) fn ventricles() -> Shape {
    let lateral = union(
        3.0,
        vec![
            cone([8.0, -34.0, 18.0], [10.0, 6.0, 26.0], 5.0, 5.0),
            cone([10.0, 6.0, 26.0], [24.0, 34.0, 12.0], 5.0, 6.0),
            cone([24.0, 34.0, 12.0], [20.0, 58.0, 8.0], 4.5, 2.5),
            cone([24.0, 34.0, 12.0], [34.0, -4.0, -18.0], 3.6, 2.4),
        ],
    )
    .both_sides();
    union(
        1.0,
        vec![
            lateral,
            ellipsoid([0.0, 0.0, 8.0], [2.2, 14.0, 8.0]),
            rod([0.0, 16.0, 0.0], [0.0, 26.0, -22.0], 1.4),
            ellipsoid([0.0, 32.0, -30.0], [8.0, 6.0, 9.0]),
        ],
    )
}

/// Paints the contents of the cranial cavity.
pub(crate) fn paint(scene: &mut Scene, cavity: &Shape, cranium: &Shape) {
    let opening = rod([0.0, 20.0, -58.0], [0.0, 27.0, -96.0], 11.5);
    scene.paint(opening, Tissue::Csf);
    let room = scene.field(cavity.clone());
    scene.paint_field(room, 0.0, Tissue::Csf);
    let canal = union(4.0, vec![rod([0.0, 27.0, -90.0], [0.0, 42.0, -245.0], 7.5)]);
    scene.paint_as(canal, Tissue::Csf, crate::tissue::Label::SoftTissue);
    let falx = cuboid([0.0, 2.0, 45.0], [0.9, 90.0, 40.0], 0.4);
    let tentorium = ellipsoid([0.0, 44.0, -36.0], [62.0, 46.0, 44.0]);
    let tentorium = tentorium.without(ellipsoid([0.0, 44.0, -37.5], [61.0, 45.0, 43.5]), 0.0);
    let tentorium = tentorium.without(ball([0.0, 2.0, -14.0], 26.0), 0.0);
    let surface = cavity.grown(-2.6);
    let stem = union(
        6.0,
        vec![
            cone([0.0, 8.0, -6.0], [0.0, 6.0, -26.0], 13.0, 14.0),
            cone([0.0, 6.0, -26.0], [0.0, 23.0, -68.0], 13.0, 6.5),
            rod([0.0, 23.0, -68.0], [0.0, 42.0, -245.0], 5.2),
        ],
    );
    let cistern = far_from(&union(4.0, vec![ellipsoid([0.0, -6.0, -12.0], [15.0, 12.0, 8.0])]));
    let gyri = surface.wavy(2.1, 15.0).within(cistern);
    let grey = scene.field(gyri.without(rod([0.0, -90.0, 40.0], [0.0, 90.0, 40.0], 0.6), 0.0));
    scene.paint_field(grey, 0.0, Tissue::GreyMatter);
    let white =
        scene.field(surface.wavy(3.2, 15.0).without(ellipsoid([0.0, 41.0, -30.0], [50.0, 36.0, 30.0]), 3.0));
    scene.paint_field(white, -4.2, Tissue::WhiteMatter);
    scene.paint(ellipsoid([0.0, 40.0, -30.0], [20.0, 20.0, 14.0]), Tissue::WhiteMatter);
    // Basal ganglia and thalamus.
    scene.paint(ellipsoid([11.0, 8.0, 8.0], [7.5, 13.0, 8.0]).both_sides(), Tissue::GreyMatter);
    scene.paint(ellipsoid([24.0, -8.0, 8.0], [6.0, 17.0, 9.0]).both_sides(), Tissue::GreyMatter);
    let inside = cavity.clone();
    scene.paint(
        stem.clone().within(union(0.0, vec![inside, rod([0.0, 20.0, -58.0], [0.0, 27.0, -96.0], 11.5)])),
        Tissue::WhiteMatter,
    );
    scene.paint_as(
        stem.within(Shape::Below { normal: [0.0, 0.0, 1.0], level: -72.0 }).without(cranium.clone(), 0.0),
        Tissue::WhiteMatter,
        crate::tissue::Label::SoftTissue,
    );
    scene.paint(falx.within(cavity.grown(0.5)), Tissue::Dura);
    scene.paint(tentorium.within(cavity.grown(0.5)), Tissue::Dura);
    scene.paint(ventricles(), Tissue::Csf);
    scene.paint(ball([0.0, 17.0, 4.0], 1.8), Tissue::Calcification);
    scene.paint(ellipsoid([25.0, 33.0, 13.0], [3.0, 3.5, 2.0]).both_sides(), Tissue::Blood);
}
