//! What lies around a head in the scanner.

use super::scene::Scene;
use crate::parameters::{HeadParameters, Holder};
use crate::shape::{Shape, cone, cuboid, ellipsoid, rod, union};
use crate::tissue::{Label, Tissue};

/// Long enough to pass through any scan along the body's axis.
const ENDLESS_MM: f32 = 4000.0;

/// Paints holder, table, straps and blanket below the head.
pub(crate) fn paint(scene: &mut Scene, parameters: &HeadParameters, surface: &Shape) {
    let equipment = parameters.equipment;
    // A smaller head, or a face instead of the occiput, needs the cradle higher.
    let size = parameters.face.size;
    let rest = if parameters.pose.prone { 109.0 * size } else { 95.0 * size };
    let shift = parameters.pose.shift_mm;
    let back = if parameters.pose.prone { -shift[1] } else { shift[1] };
    paint_holder(scene, equipment.holder, rest + back, size);
    if equipment.table {
        let top = rest + back + 42.0;
        let shell = cuboid([0.0, top + 20.0, 0.0], [215.0, 20.0, ENDLESS_MM], 12.0);
        scene.paint_on_table(shell, Tissue::CarbonShell);
        let core = cuboid([0.0, top + 20.0, 0.0], [213.0, 18.0, ENDLESS_MM], 10.0);
        scene.paint_on_table(core, Tissue::Foam);
    }
    if equipment.straps {
        for (low, high) in [(12.0, 40.0), (-128.0, -106.0)] {
            let band = surface.grown(1.8).within(between(low, high));
            let front = band.within(Shape::Below { normal: [0.0, 1.0, 0.0], level: 30.0 });
            scene.paint_as(front, Tissue::Plastic, Label::Equipment);
            // The ends run from the temples to the cradle.
            let middle = 0.5 * (low + high);
            let end = cuboid([92.0, 30.0, middle], [14.0, 1.0, 0.5 * (high - low)], 0.5);
            scene.paint(end.both_sides(), Tissue::Plastic);
        }
    }
    if equipment.blanket {
        let cover = surface
            .grown(16.0)
            .wavy(3.0, 45.0)
            .within(Shape::Below { normal: [0.0, 0.0, 1.0], level: -128.0 });
        scene.paint_as(cover, Tissue::Fabric, Label::Equipment);
        let gap = surface.grown(9.0).wavy(3.0, 45.0);
        scene.paint(gap.within(Shape::Below { normal: [0.0, 0.0, 1.0], level: -126.0 }), Tissue::Air);
    }
    if equipment.tube {
        let tube = cone([84.0, -60.0, -160.0], [92.0, -40.0, 140.0], 4.5, 4.5);
        scene.paint(tube, Tissue::Plastic);
        scene.paint(rod([84.0, -60.0, -160.0], [92.0, -40.0, 140.0], 3.0), Tissue::Air);
    }
}

fn paint_holder(scene: &mut Scene, holder: Holder, rest: f32, size: f32) {
    let (inner, foam, shell, rim) = match holder {
        Holder::None => return,
        Holder::Ordinary => (88.0 * size, 10.0, 3.0, -10.0),
        Holder::Touching => (72.0 * size, 22.0, 3.0, -50.0),
        Holder::Massive => (92.0 * size, 8.0, 26.0, -70.0),
    };
    let tube = |more: f32| ellipsoid([0.0, 0.0, 0.0], [inner + more, rest + more, ENDLESS_MM]);
    let open = Shape::Below { normal: [0.0, -1.0, 0.0], level: -rim };
    let wall = tube(foam + shell).without(tube(foam), 0.0).within(open.clone());
    let cushion = tube(foam).without(tube(0.0), 0.0).within(open);
    let tissue = if holder == Holder::Massive { Tissue::Plastic } else { Tissue::CarbonShell };
    scene.paint_on_table(wall, tissue);
    scene.paint_on_table(cushion, Tissue::Foam);
    let stem = cuboid([0.0, rest + foam + shell + 10.0, 0.0], [30.0, 10.0, ENDLESS_MM], 3.0);
    scene.paint_on_table(union(0.0, vec![stem]), tissue);
}

fn between(low: f32, high: f32) -> Shape {
    Shape::Below { normal: [0.0, 0.0, 1.0], level: high }
        .within(Shape::Below { normal: [0.0, 0.0, -1.0], level: -low })
}
