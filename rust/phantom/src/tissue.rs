//! Tissues with their CT numbers, and the ground truth label of each.

/// What a part of the phantom is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of anatomy")]
pub enum Tissue {
    Air,
    Foam,
    CarbonShell,
    Fabric,
    Hair,
    Skin,
    Fat,
    Muscle,
    Cartilage,
    Mucosa,
    CompactBone,
    SpongyBone,
    CranialCompactBone,
    CranialSpongyBone,
    Tooth,
    AirwayAir,
    SinusAir,
    OrbitalFat,
    Vitreous,
    Sclera,
    Lens,
    OpticNerve,
    EyeMuscle,
    GreyMatter,
    WhiteMatter,
    Csf,
    Dura,
    IntracranialAir,
    Blood,
    Calcification,
    ContrastVessel,
    CerebralVessel,
    Electrode,
    Metal,
    IntracranialMetal,
    Plastic,
}

/// Ground truth of a voxel: the tissue at its center, as a number for arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Label {
    /// Air around the head, and voxels outside the field of view.
    Outside = 0,
    /// Head holder, foam, table, straps, blanket.
    Equipment = 1,
    /// Skin of the face: in front of the ears, from the chin to above the brow.
    FaceSkin = 2,
    /// Skin of the rest of the head.
    Scalp = 3,
    /// Skin of the neck.
    NeckSkin = 4,
    /// Everything of the ear that stands off the head.
    Ear = 5,
    /// Fat, muscle, cartilage and mucosa outside skull and orbits.
    SoftTissue = 6,
    /// Bone around the cranial cavity.
    CranialBone = 7,
    /// Facial bones, mandible, teeth, spine.
    OtherBone = 8,
    /// Contents of the orbit.
    Orbit = 9,
    /// Air in the nose, mouth and throat.
    Airway = 10,
    /// Air in sinuses and mastoid cells.
    Sinus = 11,
    /// Grey and white matter.
    Brain = 12,
    /// Ventricles and fluid around the brain.
    Csf = 13,
    /// Air, blood, vessels, metal and calcification inside the cranial cavity.
    IntracranialOther = 14,
    /// Metal outside the cranial cavity.
    Metal = 15,
    /// Hair.
    Hair = 16,
}

impl Label {
    /// Every label in the order of its number.
    pub const ALL: [Self; 17] = [
        Self::Outside,
        Self::Equipment,
        Self::FaceSkin,
        Self::Scalp,
        Self::NeckSkin,
        Self::Ear,
        Self::SoftTissue,
        Self::CranialBone,
        Self::OtherBone,
        Self::Orbit,
        Self::Airway,
        Self::Sinus,
        Self::Brain,
        Self::Csf,
        Self::IntracranialOther,
        Self::Metal,
        Self::Hair,
    ];

    /// Whether the voxel belongs to the contents of the cranial cavity.
    #[must_use]
    pub const fn is_intracranial(self) -> bool {
        matches!(self, Self::Brain | Self::Csf | Self::IntracranialOther)
    }

    /// Name in snake case, for tables and Python.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Equipment => "equipment",
            Self::FaceSkin => "face_skin",
            Self::Scalp => "scalp",
            Self::NeckSkin => "neck_skin",
            Self::Ear => "ear",
            Self::SoftTissue => "soft_tissue",
            Self::CranialBone => "cranial_bone",
            Self::OtherBone => "other_bone",
            Self::Orbit => "orbit",
            Self::Airway => "airway",
            Self::Sinus => "sinus",
            Self::Brain => "brain",
            Self::Csf => "csf",
            Self::IntracranialOther => "intracranial_other",
            Self::Metal => "metal",
            Self::Hair => "hair",
        }
    }
}

impl Tissue {
    /// Mean CT number at 120 kV, in HU (usual textbook ranges).
    #[must_use]
    pub const fn hu(self) -> f32 {
        match self {
            Self::Air | Self::AirwayAir | Self::SinusAir | Self::IntracranialAir => -1000.0,
            Self::Foam => -940.0,
            Self::CarbonShell => -180.0,
            Self::Fabric => -620.0,
            Self::Hair => -780.0,
            Self::Skin => 45.0,
            Self::Fat => -100.0,
            Self::OrbitalFat => -90.0,
            Self::Muscle => 55.0,
            Self::Cartilage => 90.0,
            Self::Mucosa | Self::OpticNerve => 35.0,
            Self::CompactBone => 1150.0,
            Self::CranialCompactBone => 1250.0,
            Self::CranialSpongyBone => 620.0,
            Self::Tooth => 2100.0,
            Self::Vitreous => 8.0,
            Self::Sclera | Self::EyeMuscle => 50.0,
            Self::Lens => 95.0,
            Self::GreyMatter => 37.0,
            Self::WhiteMatter => 28.0,
            Self::Csf => 6.0,
            Self::Dura => 60.0,
            Self::Blood => 68.0,
            Self::SpongyBone | Self::Calcification => 420.0,
            Self::ContrastVessel | Self::CerebralVessel => 340.0,
            Self::Electrode => 2800.0,
            Self::Metal | Self::IntracranialMetal => 3071.0,
            Self::Plastic => 120.0,
        }
    }

    /// Spread of the tissue itself, beyond scanner noise, in HU.
    #[must_use]
    pub const fn texture_hu(self) -> f32 {
        match self {
            Self::SpongyBone | Self::CranialSpongyBone => 90.0,
            Self::CompactBone | Self::CranialCompactBone => 50.0,
            Self::Muscle | Self::Fat => 6.0,
            Self::Skin | Self::Foam => 4.0,
            Self::Hair | Self::Fabric => 120.0,
            _ => 0.0,
        }
    }

    /// The label, except that skin is told apart by place.
    pub(crate) const fn label(self) -> Label {
        match self {
            Self::Air => Label::Outside,
            Self::Foam | Self::CarbonShell | Self::Fabric | Self::Plastic => Label::Equipment,
            Self::Hair => Label::Hair,
            Self::Skin => Label::Scalp,
            Self::Fat | Self::Muscle | Self::Cartilage | Self::Mucosa | Self::ContrastVessel => {
                Label::SoftTissue
            }
            Self::CranialCompactBone | Self::CranialSpongyBone => Label::CranialBone,
            Self::CompactBone | Self::SpongyBone | Self::Tooth => Label::OtherBone,
            Self::OrbitalFat
            | Self::Vitreous
            | Self::Sclera
            | Self::Lens
            | Self::OpticNerve
            | Self::EyeMuscle => Label::Orbit,
            Self::AirwayAir => Label::Airway,
            Self::SinusAir => Label::Sinus,
            Self::GreyMatter | Self::WhiteMatter => Label::Brain,
            Self::Csf => Label::Csf,
            Self::Dura
            | Self::Blood
            | Self::Calcification
            | Self::CerebralVessel
            | Self::Electrode
            | Self::IntracranialMetal
            | Self::IntracranialAir => Label::IntracranialOther,
            Self::Metal => Label::Metal,
        }
    }
}
