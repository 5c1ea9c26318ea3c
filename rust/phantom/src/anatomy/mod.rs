//! The head as shapes: from a face's measures to layers of tissue.

mod brain;
pub(crate) mod chest;
mod equipment;
mod face;
pub(crate) mod face_shape;
mod findings;
mod landmarks;
pub(crate) mod scene;
mod skull;
mod surface;

use crate::parameters::{Build, Finding, HeadParameters};
use crate::shape::{Shape, union};
use crate::tissue::{Label, Tissue};
use landmarks::Landmarks;
use scene::Scene;

/// Thickness of the skin, in mm.
const SKIN_MM: f32 = 2.0;
/// Depth of the muscle below the skin's surface, in mm.
const MUSCLE_MM: f32 = 5.0;

/// Builds the scene of a head with everything around it.
pub(crate) fn scene(parameters: &HeadParameters) -> Scene {
    let at = Landmarks::of(parameters.face);
    let sinus = parameters.frontal_sinus;
    let room = findings::cavity(parameters, skull::cavity(&at, sinus));
    let closed = skull::cranium(&at, &skull::cavity(&at, sinus), parameters.skull_mm, sinus);
    let cranium = findings::cranium(parameters, closed);
    let surface = findings::surface(parameters, surface::head_surface(&at, &skull::cavity(&at, sinus)));
    // A large sinus pushes the brow forward.
    let surface = union(6.0, vec![surface, skull::frontal_sinus(sinus).grown(8.5)]);
    let mut scene = Scene::default();
    equipment::paint(&mut scene, parameters, &surface);
    if parameters.build == Build::Complete {
        paint_skin(&mut scene, parameters, &at, &surface);
    }
    skull::paint(&mut scene, &at, &room, &cranium, table_mm(parameters));
    if parameters.build == Build::Complete {
        face::paint_orbits(&mut scene, &at, &surface.grown(-SKIN_MM));
        face::paint_airway(&mut scene, &at);
    }
    face::paint_air_cells(&mut scene, &at, sinus);
    match parameters.build {
        Build::Complete | Build::WithoutSkin => {
            if parameters.build == Build::Complete {
                face::paint_foramina(&mut scene);
                face::paint_ear_canals(&mut scene, &at);
            }
            brain::paint(&mut scene, &room, &cranium);
        }
        Build::HollowSkull => scene.paint_as(room.clone(), Tissue::IntracranialAir, Label::IntracranialOther),
    }
    findings::paint(&mut scene, parameters, &at, &room, &cranium, &surface);
    scene
}

/// Thickness of the compact tables inside and outside the diploe.
fn table_mm(parameters: &HeadParameters) -> f32 {
    (0.3 * parameters.skull_mm).max(1.2)
}

fn paint_skin(scene: &mut Scene, parameters: &HeadParameters, at: &Landmarks, surface: &Shape) {
    let ear = surface::ear(at).both_sides();
    let cartilage = ear.grown(-1.6);
    if let Some(Finding::Hair { length_mm }) =
        parameters.findings.iter().find(|finding| matches!(finding, Finding::Hair { .. }))
    {
        findings::paint_hair(scene, surface, *length_mm);
    }
    scene.paint_as(ear, Tissue::Skin, Label::Ear);
    scene.paint_as(cartilage, Tissue::Cartilage, Label::Ear);
    let skin = scene.field(surface.clone());
    scene.paint_field(skin, 0.0, Tissue::Skin);
    scene.rename(face_region(at), Tissue::Skin, Label::FaceSkin);
    scene.rename(neck_region(at), Tissue::Skin, Label::NeckSkin);
    scene.paint_field(skin, -SKIN_MM, Tissue::Fat);
    let muscle = MUSCLE_MM + parameters.face.fat_mm;
    scene.paint_field(skin, -muscle, Tissue::Muscle);
    let deep = surface.grown(-muscle);
    face::paint_soft_parts(scene, at, &deep);
}

/// Where skin counts as face: in front of the ears, from below the chin to above the brow.
fn face_region(at: &Landmarks) -> Shape {
    let below_brow = Shape::Below { normal: [0.0, 0.0, 1.0], level: 12.0 };
    let above_chin = Shape::Below { normal: [0.0, 0.0, -1.0], level: 14.0 - at.chin[2] };
    let in_front = Shape::Below { normal: [0.0, 1.0, 0.0], level: -18.0 };
    Shape::Common(vec![below_brow, above_chin, in_front])
}

fn neck_region(at: &Landmarks) -> Shape {
    let behind = Shape::Below { normal: [0.0, -1.0, 0.0], level: 18.0 };
    let low = Shape::Below { normal: [0.0, 0.0, 1.0], level: -72.0 };
    let lowest = Shape::Below { normal: [0.0, 0.0, 1.0], level: at.chin[2] - 14.0 };
    union(0.0, vec![behind.within(low), lowest])
}

#[cfg(test)]
mod tests {
    use super::scene;
    use crate::noise::mix;
    use crate::parameters::{Finding, HeadParameters};

    #[test]
    fn shapes_reduced_to_a_block_are_the_same_in_the_block() {
        let parameters = HeadParameters::default()
            .with(Finding::Contrast)
            .with(Finding::Craniectomy { diameter_mm: 110.0, bulge_mm: 10.0 });
        let scene = scene(&parameters);
        let place = |number: u64| -> [f32; 3] {
            std::array::from_fn(|axis| (mix(number * 3 + axis as u64) >> 40) as f32 / 16_777_216.0 - 0.5)
        };
        for number in 0..400 {
            let center = place(number).map(|v| v * 240.0);
            for field in &scene.fields {
                let near = field.shape.near(center, 6.0);
                let offset = place(number + 7000).map(|v| v * 6.0);
                let point = std::array::from_fn(|axis| center[axis] + offset[axis]);
                let (whole, reduced) = (field.shape.distance(point), near.distance(point));
                if whole.abs() < 6.0 {
                    assert!((whole - reduced).abs() < 0.05, "{center:?} {whole} {reduced}");
                }
            }
        }
    }
}
