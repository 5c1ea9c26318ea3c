//! Cranial cavity, skull, facial bones, mandible, teeth and cervical spine.

use super::landmarks::Landmarks;
use super::scene::Scene;
use crate::shape::{Shape, ball, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::Tissue;

/// Radius of the spinal canal at the foramen magnum, in mm: the opening stays below 32 mm.
const FORAMEN_MAGNUM_MM: f32 = 14.0;

/// The orbit: a cone from the rim to the optic canal (left).
pub(crate) fn orbit(at: &Landmarks) -> Shape {
    let eye = at.eye;
    union(
        2.0,
        vec![
            cone([eye[0] + 0.5, -70.0, eye[2]], [13.0, -32.0, -17.0], 18.5, 4.0),
            ellipsoid([eye[0] + 0.5, -71.0, eye[2]], [19.5, 12.0, 17.0]),
        ],
    )
}

/// Frontal sinuses; `scale` 1 is ordinary, 2.2 reaches over the brow and far up.
pub(crate) fn frontal_sinus(scale: f32) -> Shape {
    let broad = 8.0 * scale;
    union(
        2.0,
        vec![
            ellipsoid([broad, -80.0, 0.5 + 7.0 * scale], [broad, 4.5 + 1.6 * scale, 8.5 * scale])
                .both_sides(),
            rod([0.0, -79.0, -6.0], [0.0, -81.0, 5.0 + 8.0 * scale], 3.2),
        ],
    )
}

/// The cranial cavity, open only below.
pub(crate) fn cavity(at: &Landmarks, sinus_scale: f32) -> Shape {
    let b = at.face.breadth;
    let cerebrum = ellipsoid([0.0, 2.0, 6.0], [65.5 * b, 83.5, 72.0])
        .within(Shape::Below { normal: [0.0, 0.0, -1.0], level: 10.0 });
    let rooms = union(
        9.0,
        vec![
            cerebrum,
            ellipsoid([36.0 * b, -13.0, -18.0], [23.5 * b, 36.0, 23.0]).both_sides(),
            ellipsoid([0.0, 41.0, -28.0], [54.0 * b, 41.0, 37.0]),
            cone([0.0, 12.0, -18.0], [0.0, 22.0, -62.0], 15.0, FORAMEN_MAGNUM_MM),
        ],
    );
    let walls = union(
        2.0,
        vec![
            petrous().both_sides(),
            sphenoid_body(),
            orbit(at).grown(2.6).both_sides(),
            frontal_sinus(sinus_scale).grown(2.4),
        ],
    );
    rooms.without(walls, 5.0)
}

fn petrous() -> Shape {
    cone([58.0, 17.0, -42.0], [13.0, -1.0, -34.0], 12.0, 6.5)
}

fn sphenoid_body() -> Shape {
    union(
        4.0,
        vec![
            ellipsoid([0.0, -16.0, -29.0], [15.0, 19.0, 14.5]),
            cone([0.0, -3.0, -20.0], [0.0, 7.0, -60.0], 8.0, 5.0),
        ],
    )
}

/// The bone around the cavity, `thickness_mm` at the vault.
pub(crate) fn cranium(at: &Landmarks, cavity: &Shape, thickness_mm: f32, sinus_scale: f32) -> Shape {
    let vault = cavity.grown(thickness_mm).within(Shape::Below { normal: [0.0, -0.25, -1.0], level: 26.0 });
    let base = cavity.grown(thickness_mm.min(4.5));
    let parts = vec![
        vault,
        base,
        petrous().both_sides(),
        cone([56.0, 18.0, -50.0], [53.0, 14.0, -66.0], 11.0, 6.5).both_sides(),
        sphenoid_body(),
        frontal_sinus(sinus_scale).grown(2.4),
        orbit(at)
            .grown(2.6)
            .within(Shape::Below { normal: [0.0, 0.0, -1.0], level: 18.0 })
            .within(Shape::Below { normal: [0.0, -1.0, 0.0], level: 74.0 })
            .both_sides(),
        // The condyles and the rim around the foramen magnum.
        cone([17.0, 16.0, -66.0], [15.0, 8.0, -68.0], 5.0, 4.0).both_sides(),
    ];
    union(3.0, parts)
        .without(cone([0.0, 16.0, -40.0], [0.0, 24.0, -90.0], FORAMEN_MAGNUM_MM, FORAMEN_MAGNUM_MM), 1.0)
}

/// Maxillary sinus (left).
pub(crate) fn maxillary_sinus(at: &Landmarks) -> Shape {
    let c = at.at(26.0, -56.0, -51.0);
    let low = at.at(27.0, -56.0, -60.0);
    union(4.0, vec![ellipsoid(c, [11.0, 15.0, 11.5]), ellipsoid(low, [8.0, 11.0, 8.0])])
}

/// The bones of the face but the mandible.
pub(crate) fn facial_bones(at: &Landmarks) -> Shape {
    let eye = at.eye;
    let rim_x = eye[0] + 16.5;
    let brow = at.face.brow_mm;
    let nose = 0.4 * at.face.bridge_mm;
    let left = union(
        3.0,
        vec![
            cone([8.0, -84.0 - brow, -4.0], [rim_x - 2.0, -70.0, -5.0], 5.0, 4.8),
            cone([rim_x - 1.0, -68.0, -6.0], [rim_x + 0.5, -62.0, eye[2] - 12.0], 4.6, 4.2),
            cone([rim_x, -61.5, eye[2] - 14.0], at.at(15.0, -76.0, -41.0), 4.4, 3.4),
            cone([9.0, -85.0, -14.0], at.at(14.0, -79.5, -45.0), 3.4, 3.0),
            cone([3.2, -87.0 - nose, -15.0], [3.4, -99.0 - nose - 0.3 * at.face.nose_mm, -35.0], 2.2, 1.5),
            ellipsoid(at.at(45.0, -60.0, -43.0), [9.0, 9.0, 8.0]),
            cone(at.at(50.0, -55.0, -43.0), at.at(61.0, -22.0, -43.0), 4.4, 3.0),
            cone(at.at(61.0, -22.0, -43.0), [57.0, 2.0, -43.0], 3.0, 4.0),
            maxillary_sinus(at).grown(1.8),
            cone(at.at(14.0, -79.0, -46.0), at.at(12.0, -82.0, -72.0), 3.4, 4.5),
            cone(at.at(22.0, -76.0, -46.0), at.at(19.0, -80.0, -70.0), 2.6, 4.0),
            cone(at.at(30.0, -72.0, -45.0), at.at(25.0, -70.0, -70.0), 2.6, 3.5),
            cone(at.at(38.0, -66.0, -46.0), at.at(28.0, -60.0, -68.0), 3.0, 3.2),
            cuboid(at.at(13.0, -32.0, -54.0), [1.6, 6.0, 15.0], 1.2),
        ],
    )
    .both_sides();
    let arch = union(
        2.0,
        vec![
            cone(at.at(0.0, -86.5, -73.0), at.at(15.0, -81.5, -73.0), 5.2, 5.2),
            cone(at.at(15.0, -81.5, -73.0), at.at(26.0, -54.0, -73.0), 5.2, 5.2),
        ],
    )
    .both_sides();
    let palate = cuboid(at.at(0.0, -60.0, -67.0), [23.0, 22.0, 1.8], 1.0);
    let ethmoid = cuboid([0.0, -56.0, -20.5], [11.0, 24.0, 11.0], 2.0);
    let bones = union(2.0, vec![left, arch, palate, ethmoid]);
    let orbit_wall = orbit(at).grown(2.0).within(Shape::Below { normal: [0.0, 1.0, 0.0], level: -36.0 });
    let orbit_wall = orbit_wall.within(Shape::Below { normal: [0.0, -1.0, 0.0], level: 66.0 });
    union(1.0, vec![bones, orbit_wall.both_sides()])
}

/// The lower jaw.
pub(crate) fn mandible(at: &Landmarks) -> Shape {
    let (chin, angle) = (at.chin, at.jaw_angle);
    let j = at.face.jaw_breadth;
    let side = at.at(26.0 * j, -58.0, -111.0);
    union(
        3.0,
        vec![
            cone([0.0, chin[1] + 1.0, chin[2]], [15.0 * j, chin[1] + 5.0, chin[2] + 0.5], 8.0, 7.5),
            cone([15.0 * j, chin[1] + 5.0, chin[2] + 0.5], side, 7.5, 6.0),
            cone(side, angle, 6.0, 5.2),
            cone(at.at(0.0, -83.0, -101.0), at.at(15.0, -77.5, -101.0), 5.6, 5.6),
            cone(at.at(15.0, -77.5, -101.0), at.at(28.0, -50.0, -102.0), 5.6, 5.6),
            cone(at.at(28.0, -50.0, -103.0), angle, 6.0, 5.0),
            cone([angle[0], angle[1], angle[2] + 2.0], at.at(49.0, -1.0, -52.0), 5.6, 4.0),
            cone([angle[0] - 0.5, angle[1] - 5.0, angle[2] + 3.0], at.at(48.0, -9.0, -62.0), 4.8, 2.6),
            cone([angle[0] - 1.0, angle[1] - 10.0, angle[2] + 5.0], at.at(47.0, -16.0, -62.0), 4.6, 2.4),
            cone([angle[0] - 1.0, angle[1] - 15.0, angle[2] + 7.0], at.at(46.0, -23.0, -54.0), 4.6, 2.6),
            ellipsoid(at.at(49.0, 0.0, -47.5), [8.0, 4.5, 4.5]),
        ],
    )
    .both_sides()
}

/// Seven teeth a side, above and below; those with fillings or crowns come from [`crate::anatomy::findings`].
pub(crate) fn teeth(at: &Landmarks) -> Vec<Shape> {
    (0..7_u8).map(|number| tooth(at, number)).collect()
}

/// The tooth `number` of both sides and both jaws, counted from the midline.
pub(crate) fn tooth(at: &Landmarks, number: u8) -> Shape {
    let t = f32::from(number);
    let (x, y) =
        if number < 3 { (4.0 + 6.0 * t, -87.5 + 0.5 * t * t + t) } else { (14.0 + 2.9 * t, -94.5 + 5.6 * t) };
    let radius = if number < 3 { 2.5 } else { 3.2 };
    let upper = rod(at.at(x, y, -74.0), at.at(x, y, -84.0), radius);
    let lower = rod(at.at(0.96 * x, y + 2.5, -91.0), at.at(0.96 * x, y + 2.5, -100.0), radius - 0.3);
    union(0.0, vec![upper, lower]).both_sides()
}

/// The cervical vertebrae from the atlas down.
pub(crate) fn spine() -> Shape {
    let mut parts = vec![
        // Dens and atlas.
        rod([0.0, 9.0, -74.0], [0.0, 12.0, -98.0], 5.0),
        Shape::BothSides(Box::new(union(
            2.0,
            vec![
                cone([20.0, 14.0, -77.0], [18.0, 20.0, -79.0], 7.0, 6.0),
                cone([20.0, 18.0, -79.0], [0.0, 45.0, -80.0], 4.5, 4.0),
                cone([20.0, 14.0, -79.0], [0.0, 2.5, -79.0], 4.5, 3.5),
                cone([24.0, 15.0, -79.0], [37.0, 17.0, -80.0], 4.0, 3.0),
            ],
        ))),
    ];
    for level in 0..8_u8 {
        let z = -100.0 - 18.0 * f32::from(level);
        let y = 14.0 + 1.5 * f32::from(level);
        parts.push(cuboid([0.0, y, z], [12.0, 8.5, 7.0], 4.0));
        parts.push(
            union(
                2.0,
                vec![
                    cone([16.0, y + 6.0, z], [17.0, y + 16.0, z - 3.0], 5.0, 4.5),
                    cone([17.0, y + 18.0, z - 3.0], [0.0, y + 32.0, z - 4.0], 4.2, 4.0),
                    rod([0.0, y + 32.0, z - 4.0], [1.5, y + 46.0, z - 9.0], 3.6),
                    cone([15.0, y, z], [26.0, y + 4.0, z - 2.0], 4.0, 3.0),
                ],
            )
            .both_sides(),
        );
    }
    union(1.5, parts)
}

/// Paints skull, face bones and spine.
pub(crate) fn paint(scene: &mut Scene, at: &Landmarks, cavity: &Shape, cranium: &Shape, table_mm: f32) {
    for (shape, core_mm) in [(spine(), 2.2), (facial_bones(at), 2.4), (mandible(at), 2.6)] {
        let field = scene.field(shape);
        scene.paint_field(field, 0.0, Tissue::CompactBone);
        scene.paint_field(field, -core_mm, Tissue::SpongyBone);
    }
    for tooth in teeth(at) {
        scene.paint(tooth, Tissue::Tooth);
    }
    let bone = scene.field(cranium.clone());
    scene.paint_field(bone, 0.0, Tissue::CranialCompactBone);
    let outside_inner_table = Shape::Grown { shape: Box::new(far_from(cavity)), by: -table_mm };
    let diploe = cranium.grown(-table_mm).within(outside_inner_table);
    scene.paint(diploe, Tissue::CranialSpongyBone);
}

/// The complement of a shape.
pub(crate) fn far_from(shape: &Shape) -> Shape {
    ball([0.0; 3], 400.0).without(shape.clone(), 0.0)
}
