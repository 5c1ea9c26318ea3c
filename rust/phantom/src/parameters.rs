//! What a generated scan shows: the person, the findings, the equipment, the pose and the scan itself.

use crate::anatomy::face_shape::FaceShape;

/// Everything that determines a phantom. The same parameters give the same voxels, on any number of threads.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadParameters {
    /// The person.
    pub face: FaceShape,
    /// Thickness of the vault's bone.
    pub skull_mm: f32,
    /// Size of the frontal sinuses: 1 ordinary, 2.2 large, 0 none.
    pub frontal_sinus: f32,
    /// How much of the head there is.
    pub build: Build,
    /// What is unusual about this head.
    pub findings: Vec<Finding>,
    /// What lies around the head.
    pub equipment: Equipment,
    /// How the patient lies.
    pub pose: Pose,
    /// How the scan was taken.
    pub scan: Scan,
}

/// How much of the head there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// A whole head.
    Complete,
    /// Bone and brain without skin, fat and muscle, as some skull phantoms are made.
    WithoutSkin,
    /// Bone alone, filled with air.
    HollowSkull,
}

/// Something unusual about a head. Places in head coordinates: x to the left, y backward, z up, in mm from the
/// middle of the brain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// Air between frontal bone and brain (pneumocephalus).
    AirPocket {
        /// Breadth of the pocket.
        breadth_mm: f32,
    },
    /// Two round holes of 14 mm in the vault.
    BurrHoles,
    /// Open sutures and an anterior fontanelle, as in an infant.
    OpenSutures {
        /// Width of the sutures.
        gap_mm: f32,
        /// Diameter of the fontanelle.
        fontanelle_mm: f32,
    },
    /// A round piece of the left vault is missing.
    Craniectomy {
        /// Diameter of the defect.
        diameter_mm: f32,
        /// How far the brain stands out of the defect; negative: sunken.
        bulge_mm: f32,
    },
    /// A fracture line across the right vault, one piece depressed by a few millimeters.
    Fracture,
    /// Crowns and fillings with streaks.
    DentalMetal,
    /// An aneurysm clip and a coil with streaks.
    Clips,
    /// Two deep brain electrodes with leads below the scalp.
    Electrodes,
    /// Calcified vessels, choroid and falx.
    Calcifications,
    /// Contrast medium in the arteries and veins.
    Contrast,
    /// A bleeding in the left basal ganglia.
    Hemorrhage,
    /// Hair of the given length.
    Hair {
        /// Length of the hair.
        length_mm: f32,
    },
}

/// What lies around the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an object that is there or not")]
pub struct Equipment {
    /// The U-shaped cradle with foam.
    pub holder: Holder,
    /// The table below.
    pub table: bool,
    /// A strap over forehead and chin.
    pub straps: bool,
    /// A blanket over neck and shoulders.
    pub blanket: bool,
    /// A tube beside the head.
    pub tube: bool,
}

/// How the cradle lies to the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// No cradle.
    None,
    /// The head rests on it at the back.
    Ordinary,
    /// Its pads touch the skin all along both sides.
    Touching,
    /// A massive one, with more material than the part of the head that is scanned.
    Massive,
}

/// How the patient lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// On the back or on the face.
    pub prone: bool,
    /// Feet first into the gantry.
    pub feet_first: bool,
    /// Head turned to the left, about the body's axis.
    pub turn_degrees: f32,
    /// Head bent to the left shoulder.
    pub roll_degrees: f32,
    /// Chin lifted.
    pub nod_degrees: f32,
    /// Head moved to the left, backward and up.
    pub shift_mm: [f32; 3],
}

/// How the scan was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Rows of the matrix.
    pub rows: usize,
    /// Columns of the matrix.
    pub columns: usize,
    /// Edge of the reconstructed square along the columns' direction (rows follow by the same pixel size).
    pub field_mm: f64,
    /// Middle of the field: to the left and backward of the middle of the brain.
    pub middle_mm: [f64; 2],
    /// Position of each slice along the body's axis, ascending, middle of the brain = 0.
    pub positions_mm: Vec<f64>,
    /// Thickness of a slice.
    pub thickness_mm: f64,
    /// Gantry tilt about the patient's left-right axis.
    pub tilt_degrees: f64,
    /// What stands outside the reconstructed circle; `None`: everything was measured.
    pub padding_hu: Option<i16>,
    /// Spread of the scanner's noise.
    pub noise_hu: f32,
    /// Seed of the noise.
    pub seed: u64,
    /// Added to all positions: where the patient coordinate system has its origin.
    pub origin_mm: [f64; 3],
    /// The axes in the header are those of a patient who lies the other way round.
    pub lying_header: bool,
}

/// Marks voxels outside the reconstructed circle, unless [`Scan::padding_hu`] says otherwise.
pub const VOID: i16 = i16::MIN;

impl Default for HeadParameters {
    fn default() -> Self {
        Self {
            face: FaceShape::default(),
            skull_mm: 6.5,
            frontal_sinus: 1.0,
            build: Build::Complete,
            findings: Vec::new(),
            equipment: Equipment::default(),
            pose: Pose::default(),
            scan: Scan::default(),
        }
    }
}

impl Default for Equipment {
    fn default() -> Self {
        Self { holder: Holder::Ordinary, table: true, straps: false, blanket: false, tube: false }
    }
}

impl Default for Pose {
    fn default() -> Self {
        Self {
            prone: false,
            feet_first: false,
            turn_degrees: 0.0,
            roll_degrees: 0.0,
            nod_degrees: 0.0,
            shift_mm: [0.0; 3],
        }
    }
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            rows: 512,
            columns: 512,
            field_mm: 250.0,
            middle_mm: [0.0, -8.0],
            positions_mm: Self::even_positions(-148.0, 100.0, 5.0),
            thickness_mm: 5.0,
            tilt_degrees: 0.0,
            padding_hu: Some(VOID),
            noise_hu: 5.0,
            seed: 1,
            origin_mm: [0.0; 3],
            lying_header: false,
        }
    }
}

impl Scan {
    /// Evenly spaced positions from `bottom_mm` up to at most `top_mm`.
    #[must_use]
    pub fn even_positions(bottom_mm: f64, top_mm: f64, spacing_mm: f64) -> Vec<f64> {
        let count = ((top_mm - bottom_mm) / spacing_mm).floor().max(0.0) as usize + 1;
        (0..count).map(|slice| bottom_mm + spacing_mm * slice as f64).collect()
    }
}

impl HeadParameters {
    /// An ordinary adult in a coarse matrix: quick enough for tests in unoptimized builds.
    #[must_use]
    pub fn coarse() -> Self {
        Self::default().with_matrix(128).with_slices(-148.0, 100.0, 4.0)
    }

    /// With another person.
    #[must_use]
    pub fn with_face(mut self, face: FaceShape) -> Self {
        self.face = face;
        self
    }

    /// With a finding more.
    #[must_use]
    pub fn with(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }

    /// With a square matrix of this edge.
    #[must_use]
    pub fn with_matrix(mut self, edge: usize) -> Self {
        (self.scan.rows, self.scan.columns) = (edge, edge);
        self
    }

    /// With contiguous slices from `bottom_mm` up to `top_mm`.
    #[must_use]
    pub fn with_slices(mut self, bottom_mm: f64, top_mm: f64, spacing_mm: f64) -> Self {
        self.scan.positions_mm = Scan::even_positions(bottom_mm, top_mm, spacing_mm);
        self.scan.thickness_mm = spacing_mm;
        self
    }

    /// With the gantry tilted.
    #[must_use]
    pub fn with_tilt(mut self, degrees: f64) -> Self {
        self.scan.tilt_degrees = degrees;
        self
    }

    /// With another seed of the noise.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.scan.seed = seed;
        self
    }

    /// With other equipment.
    #[must_use]
    pub fn with_equipment(mut self, equipment: Equipment) -> Self {
        self.equipment = equipment;
        self
    }
}
