//! Soft parts of the face and neck below the skin: orbits, nose, mouth, throat, muscles, air cells.

use super::landmarks::Landmarks;
use super::scene::Scene;
use super::skull::{frontal_sinus, maxillary_sinus, orbit};
use super::surface::nostril;
use crate::shape::{Shape, ball, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::Tissue;

/// Paints fat pads and glands in the muscle below the skin.
pub(crate) fn paint_soft_parts(scene: &mut Scene, at: &Landmarks, deep: &Shape) {
    let inside = |shape: Shape| shape.within(deep.clone());
    let cheek = ellipsoid(at.at(38.0, -56.0, -66.0), [11.0, 14.0, 16.0]).both_sides();
    scene.paint(inside(cheek), Tissue::Fat);
    let temporal = ellipsoid([61.0, -30.0, -30.0], [5.0, 14.0, 10.0]).both_sides();
    scene.paint(inside(temporal), Tissue::Fat);
    let neck = cone([0.0, 40.0, -100.0], [0.0, 46.0, -250.0], 40.0, 42.0);
    let neck = neck.without(cone([0.0, 37.0, -100.0], [0.0, 43.0, -250.0], 38.0, 40.0), 0.0);
    scene.paint(inside(neck), Tissue::Fat);
    let throat = cone([26.0, -6.0, -80.0], [26.0, 0.0, -250.0], 9.0, 10.0).both_sides();
    scene.paint(inside(throat), Tissue::Fat);
    let vessels = rod([27.0, 0.0, -70.0], [25.0, 4.0, -250.0], 4.5).both_sides();
    scene.paint(inside(vessels), Tissue::Muscle);
}

/// Paints the orbits with their contents; `skin` keeps the lids on.
pub(crate) fn paint_orbits(scene: &mut Scene, at: &Landmarks, below_skin: &Shape) {
    let eye = at.eye;
    let cone_of_fat = orbit(at).within(below_skin.clone());
    scene.paint(cone_of_fat.both_sides(), Tissue::OrbitalFat);
    let behind = [eye[0] - 1.5, -59.5, eye[2] + 0.5];
    let canal = [9.0, -24.0, -14.0];
    for (dx, dz) in [(12.0, 0.0), (-12.0, 0.0), (0.0, 12.0), (0.0, -12.0)] {
        let muscle = union(
            1.0,
            vec![
                cone(
                    [eye[0] + dx, -70.0, eye[2] + dz],
                    [eye[0] - 5.0 + 0.62 * dx, -52.0, eye[2] + 1.0 + 0.62 * dz],
                    1.2,
                    2.2,
                ),
                cone(
                    [eye[0] - 5.0 + 0.62 * dx, -52.0, eye[2] + 1.0 + 0.62 * dz],
                    [13.5, -33.0, -17.0],
                    2.2,
                    1.2,
                ),
            ],
        );
        scene.paint(muscle.both_sides(), Tissue::EyeMuscle);
    }
    let nerve =
        union(1.0, vec![rod(behind, [14.0, -34.0, -17.0], 2.3), rod([14.0, -34.0, -17.0], canal, 2.0)]);
    scene.paint(nerve.both_sides(), Tissue::OpticNerve);
    let gland = ellipsoid([eye[0] + 12.0, -70.0, eye[2] + 9.0], [3.0, 5.0, 4.0]).within(below_skin.clone());
    scene.paint(gland.both_sides(), Tissue::EyeMuscle);
    scene.paint(ball(eye, 12.3).both_sides(), Tissue::Sclera);
    scene.paint(ball(eye, 11.3).both_sides(), Tissue::Vitreous);
    scene.paint(ellipsoid([eye[0], eye[1] - 7.5, eye[2]], [4.6, 2.0, 4.6]).both_sides(), Tissue::Lens);
}

/// Paints the air of nose, mouth and throat, with what divides it.
pub(crate) fn paint_airway(scene: &mut Scene, at: &Landmarks) {
    let nasal = union(
        2.0,
        vec![
            ellipsoid(at.at(6.5, -66.0, -46.0), [4.6, 25.0, 19.0]),
            ellipsoid([4.5, -62.0, -30.0], [2.6, 20.0, 10.0]),
            cone(at.at(7.0, -46.0, -54.0), at.at(3.0, -20.0, -56.0), 5.5, 6.5),
        ],
    );
    let lining = scene.field(nasal.both_sides());
    scene.paint_field(lining, 1.0, Tissue::Mucosa);
    scene.paint_field(lining, 0.0, Tissue::AirwayAir);
    scene.paint(nostril(at).both_sides(), Tissue::AirwayAir);
    let septum = cuboid(at.at(0.0, -66.0, -45.0), [1.3, 28.0, 22.0], 0.8);
    scene.paint(septum, Tissue::Cartilage);
    let bony_septum = cuboid(at.at(0.0, -56.0, -42.0), [0.7, 18.0, 20.0], 0.4);
    scene.paint(bony_septum, Tissue::CompactBone);
    for (x, z, radius) in [(8.5, -58.0, 3.4), (8.0, -46.0, 2.8), (6.5, -35.0, 1.6)] {
        let turbinate = rod(at.at(x, -80.0, z), at.at(x, -50.0, z), radius);
        scene.paint(turbinate.both_sides(), Tissue::Mucosa);
        scene.paint(rod(at.at(x, -78.0, z), at.at(x, -52.0, z), 0.8).both_sides(), Tissue::CompactBone);
    }
    let throat = union(
        4.0,
        vec![
            cone(at.at(0.0, -20.0, -56.0), at.at(0.0, -10.0, -88.0), 9.0, 7.0),
            cone(at.at(0.0, -10.0, -88.0), [0.0, -6.0, -140.0], 7.0, 8.0),
            cone([0.0, -6.0, -140.0], [0.0, 2.0, -260.0], 8.0, 8.5),
        ],
    );
    scene.paint(throat, Tissue::AirwayAir);
    let tongue_air = ellipsoid(at.at(0.0, -56.0, -71.5), [17.0, 20.0, 1.8]);
    scene.paint(tongue_air, Tissue::AirwayAir);
    let hyoid = cone([0.0, -36.0, -134.0], [18.0, -14.0, -130.0], 3.0, 2.0).both_sides();
    scene.paint(hyoid, Tissue::CompactBone);
}

/// Paints the air cells of the skull, with their mucosa.
pub(crate) fn paint_air_cells(scene: &mut Scene, at: &Landmarks, sinus_scale: f32) {
    let mastoid = [
        [55.0, 17.0, -52.0],
        [52.0, 24.0, -50.0],
        [57.0, 12.0, -58.0],
        [53.0, 16.0, -62.0],
        [48.0, 20.0, -46.0],
    ];
    let ethmoid = [[6.5, -74.0, -20.0], [6.5, -64.0, -21.0], [6.0, -54.0, -20.0], [6.0, -44.0, -20.0]];
    let mut cells: Vec<Shape> = mastoid.iter().map(|center| ball(*center, 3.1)).collect();
    cells.extend(ethmoid.iter().map(|center| ellipsoid(*center, [3.6, 4.2, 6.5])));
    cells.push(ellipsoid([6.5, -24.0, -30.0], [5.6, 9.0, 8.0]));
    let cells = union(0.0, cells).both_sides();
    scene.paint(cells, Tissue::SinusAir);
    scene.paint(maxillary_sinus(at).both_sides(), Tissue::SinusAir);
    if sinus_scale > 0.0 {
        scene.paint(frontal_sinus(sinus_scale), Tissue::SinusAir);
    }
}

/// Paints the canals through the skull base: nerves and vessels in bone.
pub(crate) fn paint_foramina(scene: &mut Scene) {
    let canals = [
        ([14.0, -34.0, -17.0], [8.0, -20.0, -12.0], 2.2), // optic
        ([24.0, -4.0, -38.0], [24.0, -4.0, -52.0], 3.2),  // oval
        ([26.0, 6.0, -44.0], [25.0, 5.0, -62.0], 3.4),    // carotid
        ([24.0, 16.0, -44.0], [26.0, 15.0, -64.0], 4.4),  // jugular
        ([14.0, 22.0, -58.0], [19.0, 18.0, -68.0], 2.4),  // hypoglossal
    ];
    let canals = canals.map(|(a, b, radius)| rod(a, b, radius)).to_vec();
    scene.paint(union(0.0, canals).both_sides(), Tissue::Mucosa);
    // Cribriform plate: pores of a millimeter.
    let pores = (0..6_u8).map(|i| {
        let y = -66.0 + 4.0 * f32::from(i);
        rod([3.5, y, -8.0], [3.5, y, -14.0], 0.6)
    });
    scene.paint(union(0.0, pores.collect()).both_sides(), Tissue::Mucosa);
}

/// Paints the ear canals.
pub(crate) fn paint_ear_canals(scene: &mut Scene, at: &Landmarks) {
    let [x, y, z] = at.ear;
    let canal = cone([x + 6.0, y - 1.0, z], [40.0, 4.0, -42.0], 3.4, 2.6);
    scene.paint(canal.both_sides(), Tissue::AirwayAir);
}
