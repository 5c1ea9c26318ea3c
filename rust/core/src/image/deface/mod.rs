//! Defacing: what of a head CT goes so that no more than the bare skull can be recognized, and no brain changes.
//!
//! The steps, in three dimensions and millimeters, on a grid of about 2 mm:
//! 1. [`exterior`]: the air around the head; the head in it.
//! 2. [`cavity`]: the cranial cavity; it and its bone are protected whatever else is decided.
//! 3. [`orientation`]: which way is front.
//! 4. the kernel: skin and fat of the whole head to a depth below the surface ([`ellipse`]: slice by slice).
//! 5. [`face`]: below the brow and at the ears, all that lies outside the closing of bone.
//! 6. [`apply`]: the decision at full resolution.

pub mod apply;
pub mod cavity;
mod disk;
pub mod ellipse;
pub mod exterior;
pub mod face;
pub mod orientation;

use std::sync::Arc;

use ndarray::{Array3, Axis};
use rayon::prelude::*;

use self::apply::{Counts, Decision};
use self::ellipse::Ellipse;
use self::orientation::Found;
use super::bits::Bits;
use super::distance::distance;
use super::fill::TissueNoise;
use super::grid::Grid;
use super::label::{components, grown, insert, nodes_of, runs_of};
use super::sample::Sample;
use super::{FillValue, Geometry, HuVolume, Mask, Removal, noise};
use crate::outcome::Hold;
use crate::settings::{Face, Fill, Kernel, Settings, Shape};
use crate::stop::{Cancelled, Stop};

/// Halfway between air and soft tissue, HU: the surface of the head. Foam, blankets and hair are below.
const TISSUE_HU: i16 = -500;
/// Protected around the cavity, mm: meninges, and room for the coarseness of the grid.
const MARGIN_MM: f32 = 3.0;
/// A node with at least this share of bone is bone: bone thinner than a node still counts.
const BONE_SHARE: f32 = 0.3;
/// Bone in smaller pieces (calcifications, clips, specks of streaks) is no part of the skull, ml.
const BONE_ML: f32 = 1.5;
/// Smaller pieces yet are no bone at all but noise and streaks, ml.
const SPECK_ML: f32 = 0.1;
/// Distances to bone and skin are told up to this, mm: the cavity's largest ball, and 3 mm more.
const REACH_MM: f32 = 19.5;
/// Skin is looked for this deep below the surface of the head, mm.
const SKIN_MM: f32 = 3.0;
/// With more of its surface bone than this, a head has no skin.
const BARE: f32 = 0.6;
/// A series shorter than this along its normal is decided slice by slice in effect, mm.
const FLAT_MM: f32 = 20.0;

/// What defacing needs to know of the settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DefaceSettings {
    /// Diameter of what is removed from the surface.
    pub kernel: Kernel,
    /// How it reaches into the head.
    pub shape: Shape,
    /// What happens to the face.
    pub face: Face,
    /// What replaces removed voxels.
    pub fill: Fill,
    /// Voxels at or below are air, HU.
    pub air_threshold_hu: i16,
}

impl From<&Settings> for DefaceSettings {
    fn from(settings: &Settings) -> Self {
        Self {
            kernel: settings.kernel,
            shape: settings.shape,
            face: settings.face,
            fill: settings.fill,
            air_threshold_hu: settings.air_threshold_hu,
        }
    }
}

/// A part of the volume, held on the coarse grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    grid: Grid,
    nodes: Bits,
}

impl Region {
    /// Whether a voxel belongs to it.
    #[must_use]
    pub fn contains(&self, slice: usize, row: usize, column: usize) -> bool {
        let grid = &self.grid;
        self.nodes.has([
            grid.plane_of_slice[slice],
            grid.node_of(slice, 0, row),
            grid.node_of(slice, 1, column),
        ])
    }

    /// One flag per voxel of a matrix of `size` (rows, columns).
    #[must_use]
    pub fn to_mask(&self, size: [usize; 2]) -> Mask {
        let grid = &self.grid;
        let mut mask = Mask::from_elem((grid.plane_of_slice.len(), size[0], size[1]), false);
        mask.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(slice, mut mask)| {
            let plane = grid.plane_of_slice[slice];
            for node_row in 0..grid.shape[1] {
                let runs: Vec<_> = runs_of(self.nodes.row(plane, node_row))
                    .map(|(from, to)| {
                        let first = grid.pixels_of(slice, 1, from as usize, size[1]).start;
                        first..grid.pixels_of(slice, 1, to as usize - 1, size[1]).end.max(first)
                    })
                    .collect();
                for row in grid.pixels_of(slice, 0, node_row, size[0]) {
                    if let Some(line) = mask.row_mut(row).into_slice() {
                        for run in &runs {
                            line[run.clone()].fill(true);
                        }
                    }
                }
            }
        });
        mask
    }
}

/// What defacing found and did, in numbers that name nobody.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own in the report")]
pub struct Evidence {
    /// Voxels replaced, the outside included.
    pub voxels_removed: u64,
    /// Voxels of the head.
    pub head_voxels: u64,
    /// Those of them that were replaced.
    pub head_voxels_removed: u64,
    /// Voxels of the cranial cavity.
    pub cavity_voxels: u64,
    /// Those of them that were replaced: 0.
    pub cavity_voxels_removed: u64,
    /// Volume of the cranial cavity, ml.
    pub cavity_ml: f32,
    /// The skull has a hole; nothing before it is removed.
    pub defect: bool,
    /// The series is too short for three dimensions; slices were treated each by itself.
    pub flat: bool,
    /// The front was found from the anatomy (else it is the header's).
    pub front_from_anatomy: bool,
    /// The face was reduced to what the bare skull shows.
    pub face_reduced: bool,
    /// Depth removed from the surface of the whole head, mm.
    pub depth_mm: f32,
}

/// The answer of [`deface`].
#[derive(Debug, Clone, PartialEq)]
pub struct Defacing {
    /// What to replace: the outside, the skin, the face.
    pub removal: Removal,
    /// The head; text over it has to be looked for, elsewhere it is filled.
    pub head: Region,
    /// The cranial cavity and what lies within 3 mm of it; where none was found, what lies behind bone.
    pub protected: Region,
    /// Why the result must not be released unseen. The removal is then the best that can be done.
    pub hold: Option<Hold>,
    /// Numbers for the report.
    pub evidence: Evidence,
}

/// Decides which voxels of a series go, and what they become.
///
/// `seed` comes from the key and the acquisition: all kernels of one acquisition get the same, so that they
/// share the random part of the surface; it is evaluated at places in the patient. The result is the same for
/// any number of threads. `stop` is asked between the steps and for each slice.
pub fn deface(
    volume: &HuVolume,
    how: &DefaceSettings,
    seed: [u8; 32],
    stop: Stop<'_>,
) -> Result<Defacing, Cancelled> {
    let (decision, found) = decide(volume, how, seed, stop)?;
    finish(volume, how, seed, decision, &found, stop)
}

/// What was found on the way to a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Findings {
    hold: Option<Hold>,
    cavity_ml: f32,
    defect: bool,
    front_from_anatomy: bool,
    face_reduced: bool,
    depth_mm: f32,
}

/// The decision on the grid: small, so that the decisions of several kernels of one acquisition can be united.
pub fn decide(
    volume: &HuVolume,
    how: &DefaceSettings,
    seed: [u8; 32],
    stop: Stop<'_>,
) -> Result<(Decision, Findings), Cancelled> {
    let (_, rows, columns) = volume.hu.dim();
    let grid = Grid::new(&volume.geometry, [rows, columns]);
    let sample = Sample::new(volume, &grid, TISSUE_HU.max(how.air_threshold_hu), stop)?;
    let outside = exterior::exterior(&sample, &grid, stop)?;
    let head = exterior::head(&sample, &outside, &grid, stop)?;
    // From here on nothing but the head matters.
    let (first, size) = exterior::box_of(&head, &grid);
    let grid = grid.cropped(first, size);
    let sample = sample.cropped(first, grid.shape);
    let outside = outside.cropped(first, grid.shape);
    let head = head.cropped(first, grid.shape);
    let beyond_head = head.inverted();
    let depth_mm = kernel_mm(how.kernel, &volume.geometry);
    let depth = depth(&head, &beyond_head, &grid, REACH_MM.max(depth_mm + 4.0), stop)?;
    let (bone, bright) = bone(&sample, &head, &grid, [rows, columns]);
    let to_bone = distance(&bone, &grid, REACH_MM, stop)?;

    let cavity = match skin(&sample, &bone, &head, &depth) {
        Ok(()) => cavity::cavity(&bone, &head, &to_bone, &depth, &grid, stop)?,
        Err(hold) => Err(hold),
    };
    let cavity = cavity.and_then(|cavity| {
        if cavity::holds_brain(&cavity, &sample.brain) { Ok(cavity) } else { Err(Hold::ImplausibleCavity) }
    });
    let bare = cavity == Err(Hold::NoSkin);
    let ellipse = (how.shape == Shape::Disk && !bare).then(|| ellipse(how.kernel, &volume.geometry));
    let from_surface = if bare || ellipse.is_some() { 0.0 } else { depth_mm };
    // The surface lies half a node before the first node below it.
    let mut excess = depth.mapv(|mm| from_surface - mm);
    if ellipse.is_some() {
        excess.mapv_inplace(|mm| mm.min(-0.1));
    }

    let mut findings = Findings {
        hold: cavity.as_ref().err().copied(),
        cavity_ml: 0.0,
        defect: false,
        front_from_anatomy: false,
        face_reduced: false,
        depth_mm,
    };
    let (mut protected, mut inside) = (Bits::none(grid.shape), Bits::none(grid.shape));
    if let Ok(cavity) = cavity {
        let orientation = orientation::orientation(&sample, &outside, &cavity, &to_bone, &grid);
        findings.hold = (orientation.found == Found::Contradict).then_some(Hold::OrientationContradicted);
        findings.front_from_anatomy = orientation.found != Found::HeaderOnly;
        findings.cavity_ml = cavity.ml;
        findings.defect = cavity.defect;
        if how.face == Face::Bone {
            let anatomy = face::Anatomy {
                grid: &grid,
                head: &head,
                bone: &bone,
                cavity: &cavity,
                orientation,
                to_bone: &to_bone,
                outside: &beyond_head,
            };
            let beyond = face::face(&anatomy, depth_mm, noise::part(&seed, 0), stop)?;
            excess.zip_mut_with(&beyond, |excess, &beyond| *excess = excess.max(beyond));
            findings.face_reduced = true;
        }
        stop.check()?;
        let margin = MARGIN_MM + 0.7 * grid.pitch_mm[0].max(grid.pitch_mm[1]);
        // Where the field of view cuts the skull, what was not measured takes a part of the nodes at the cut.
        protected = cavity.nodes.dilated(&grid, margin);
        inside = cavity.nodes;
    } else if !bare {
        protected = behind_bone(&head, &bone, depth_mm, &grid);
    }
    let decision = Decision {
        grid,
        excess,
        depth,
        protected,
        cavity: inside,
        bony: bright,
        air_hu: how.air_threshold_hu,
        tissue_hu: TISSUE_HU.max(how.air_threshold_hu),
        rim: sample.rim,
        ellipse,
    };
    Ok((decision, findings))
}

/// Carries a decision to full resolution.
fn finish(
    volume: &HuVolume,
    how: &DefaceSettings,
    seed: [u8; 32],
    decision: Decision,
    found: &Findings,
    stop: Stop<'_>,
) -> Result<Defacing, Cancelled> {
    let (mask, counts) = match how.face {
        Face::Off => (Mask::from_elem(volume.hu.dim(), false), Counts::default()),
        Face::Bone | Face::Erode => decision.apply(volume, stop)?,
    };
    let fill = match how.fill {
        Fill::Air => FillValue::Constant(-1000),
        Fill::Hu(hu) => FillValue::Constant(hu),
        Fill::Face => FillValue::Tissue(Arc::new(TissueNoise::new(
            volume,
            &mask,
            &decision.grid,
            noise::part(&seed, 1),
            stop,
        )?)),
    };
    let planes = &decision.grid.plane_mm;
    let extent = planes.last().zip(planes.first()).map_or(0.0, |(last, first)| last - first);
    Ok(Defacing {
        removal: Removal { mask, fill },
        head: Region { nodes: decision.nodes_where(|mm| mm > decision.far()), grid: decision.grid.clone() },
        protected: Region { nodes: decision.protected, grid: decision.grid },
        hold: found.hold.filter(|_| how.face != Face::Off),
        evidence: Evidence {
            voxels_removed: counts.removed,
            head_voxels: counts.head,
            head_voxels_removed: counts.head_removed,
            cavity_voxels: counts.cavity,
            cavity_voxels_removed: counts.cavity_removed,
            cavity_ml: found.cavity_ml,
            defect: found.defect,
            flat: extent < FLAT_MM,
            front_from_anatomy: found.front_from_anatomy,
            face_reduced: found.face_reduced,
            depth_mm: found.depth_mm,
        },
    })
}

/// Depth of each node below the surface of the head, mm, up to `reach_mm` and then very deep; outside the head the distance to it, negative.
fn depth(
    head: &Bits,
    beyond_head: &Bits,
    grid: &Grid,
    reach_mm: f32,
    stop: Stop<'_>,
) -> Result<Array3<f32>, Cancelled> {
    let half = grid.pitch_mm[0].min(grid.pitch_mm[1]) / 2.0;
    let mut depth = distance(beyond_head, grid, reach_mm, stop)?;
    let outward = distance(head, grid, 3.0 * grid.pitch_mm[0].max(grid.pitch_mm[1]), stop)?;
    // Inside, the distance to the head is 0; outside, that to what is beyond it.
    depth.zip_mut_with(&outward, |depth, &outward| {
        *depth = if outward > 0.0 { half - outward.min(1e4) } else { depth.min(1e4) - half };
    });
    Ok(depth)
}

/// What no path of `reach_mm` from the outside leads to but through bone: it stays where no cavity was found.
fn behind_bone(head: &Bits, bone: &Bits, reach_mm: f32, grid: &Grid) -> Bits {
    head.clone().without(&grown(&head.inverted(), &bone.inverted(), grid, reach_mm))
}

/// The bone of the skull and face on the grid, and the nodes whose bright voxels are bone.
fn bone(sample: &Sample, head: &Bits, grid: &Grid, matrix: [usize; 2]) -> (Bits, Bits) {
    let shares = sample.bone.as_slice().unwrap_or_default();
    let any = Bits::of(grid.shape, shares, |bone| bone > 0);
    // A node that the field of view cuts may hold too little for matter, and bone all the same.
    let beside = head.dilated(grid, 1.1 * grid.pitch_mm[0].max(grid.pitch_mm[1])).without(head).and(&any);
    let mut with_edge = head.clone();
    beside
        .nodes()
        .filter(|node| grid.at_edge_of_field(*node, matrix))
        .for_each(|node| with_edge.insert(node));
    let piece = |share: f32, smallest_ml: f32, within: &Bits| {
        let room =
            Bits::of(grid.shape, shares, |bone| bone > 0 && f32::from(bone) / 255.0 >= share).and(within);
        let mut kept = Bits::none(grid.shape);
        for runs in components(&room) {
            let ml: f32 = nodes_of(&runs).map(|node| sample.bone_share(node) * grid.node_ml(node[0])).sum();
            if ml >= smallest_ml {
                insert(&mut kept, &runs);
            }
        }
        kept
    };
    (piece(BONE_SHARE, BONE_ML, head), piece(0.0, SPECK_ML, &with_edge))
}

/// Whether there is soft tissue over the bone at all.
fn skin(sample: &Sample, bone: &Bits, head: &Bits, depth: &Array3<f32>) -> Result<(), Hold> {
    let near = |nodes: Bits| nodes.nodes().filter(|node| depth[*node] <= SKIN_MM).count();
    let all = head.clone().and(&sample.solid);
    let bare = near(all.clone().and(bone));
    if bare as f32 > BARE * near(all) as f32 { Err(Hold::NoSkin) } else { Ok(()) }
}

fn kernel_mm(kernel: Kernel, geometry: &Geometry) -> f32 {
    kernel.depth_mm(f64::midpoint(geometry.row_spacing_mm, geometry.column_spacing_mm)) as f32
}

fn ellipse(kernel: Kernel, geometry: &Geometry) -> Ellipse {
    let pixels = |spacing_mm: f64| match kernel {
        Kernel::Pixels(diameter) => diameter.round() as usize,
        Kernel::Millimeters(diameter) => (diameter / spacing_mm).round() as usize,
    };
    Ellipse::new(pixels(geometry.row_spacing_mm), pixels(geometry.column_spacing_mm))
}
