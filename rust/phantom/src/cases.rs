//! Named heads: every situation that a tool for head CTs must get right, small enough for tests.

use crate::anatomy::face_shape::FaceShape;
use crate::parameters::{Build, Equipment, Finding, HeadParameters, Holder, Scan};

macro_rules! cases {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A head with one thing unusual about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Case { $($(#[doc = $doc])+ $variant,)+ }

        impl Case {
            /// Every case.
            #[must_use]
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant,)+]
            }

            /// Name in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The case of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

cases! {
    /// An average adult.
    Ordinary = "ordinary",
    /// A long narrow face with a prominent nose.
    LongFace = "long_face",
    /// A round face with full cheeks.
    RoundFace = "round_face",
    /// Frontal sinuses that reach over the brow.
    LargeFrontalSinus = "large_frontal_sinus",
    /// Air between frontal bone and brain.
    AirPocket = "air_pocket",
    /// Two burr holes.
    BurrHoles = "burr_holes",
    /// An infant with open sutures and fontanelle.
    OpenSutures = "open_sutures",
    /// A vault of 2.4 mm.
    ThinSkull = "thin_skull",
    /// Craniectomy of 70 mm, brain bulging.
    Craniectomy70Bulging = "craniectomy_70_bulging",
    /// Craniectomy of 70 mm, flap sunken.
    Craniectomy70Sunken = "craniectomy_70_sunken",
    /// Craniectomy of 110 mm, brain bulging.
    Craniectomy110Bulging = "craniectomy_110_bulging",
    /// Craniectomy of 110 mm, flap sunken.
    Craniectomy110Sunken = "craniectomy_110_sunken",
    /// Craniectomy of 150 mm, brain bulging.
    Craniectomy150Bulging = "craniectomy_150_bulging",
    /// Craniectomy of 150 mm, flap sunken.
    Craniectomy150Sunken = "craniectomy_150_sunken",
    /// A fracture of the vault.
    Fracture = "fracture",
    /// Holder and straps pressed against the skin.
    TouchingHolder = "touching_holder",
    /// Only the vertex, beside a holder with more material than the head.
    VertexBesideHolder = "vertex_beside_holder",
    /// Crowns and fillings with streaks.
    DentalStreaks = "dental_streaks",
    /// Aneurysm clip and coil.
    Clips = "clips",
    /// Deep brain electrodes.
    Electrodes = "electrodes",
    /// Calcifications.
    Calcifications = "calcifications",
    /// Vessels filled with contrast medium.
    ContrastVessels = "contrast_vessels",
    /// A bleeding.
    Hemorrhage = "hemorrhage",
    /// Gantry tilted by 25 degrees.
    Tilt25 = "tilt_25",
    /// Gantry tilted by -20 degrees.
    TiltMinus20 = "tilt_minus_20",
    /// On the face.
    Prone = "prone",
    /// Feet first.
    FeetFirst = "feet_first",
    /// On the face and feet first.
    ProneFeetFirst = "prone_feet_first",
    /// Head turned, rolled and nodded.
    Oblique = "oblique",
    /// A header that says front where back is.
    LyingHeader = "lying_header",
    /// Slices of 0.5 mm.
    ThinSlices = "slices_0_5_mm",
    /// Slices of 10 mm.
    ThickSlices = "slices_10_mm",
    /// Slices of 3 mm with 6 mm spacing above the base.
    UnevenSpacing = "uneven_spacing",
    /// A matrix of 128.
    Matrix128 = "matrix_128",
    /// A matrix of 1024.
    Matrix1024 = "matrix_1024",
    /// The field of view cuts off the face.
    CutByField = "cut_by_field",
    /// The field of view cuts off one side.
    CutAtSide = "cut_at_side",
    /// Skull base and face without the vault.
    SkullBaseOnly = "skull_base_only",
    /// A skull with brain but without skin.
    WithoutSkin = "without_skin",
    /// A hollow skull.
    HollowSkull = "hollow_skull",
    /// Thick hair.
    Hair = "hair",
    /// Blanket, straps and tube.
    Covered = "covered",
    /// Nothing marked outside the circle, a table in the picture.
    WholeSquare = "whole_square",
    /// One slice.
    SingleSlice = "single_slice",
}

impl Case {
    /// What is drawn: 256 x 256 pixels and slices of 3 mm from the neck to the vertex, unless the case is
    /// about that.
    #[must_use]
    pub fn parameters(self) -> HeadParameters {
        let base = || {
            let number = Self::all().iter().position(|case| *case == self).unwrap_or_default();
            HeadParameters::default()
                .with_matrix(256)
                .with_slices(-146.0, 100.0, 3.0)
                .with_seed(1000 + number as u64)
        };
        let craniectomy = |diameter_mm, bulge_mm| base().with(Finding::Craniectomy { diameter_mm, bulge_mm });
        match self {
            Self::Ordinary => base(),
            Self::LongFace => base().with_face(FaceShape::long()),
            Self::RoundFace => base().with_face(FaceShape::round()),
            Self::LargeFrontalSinus => HeadParameters { frontal_sinus: 2.2, ..base() },
            Self::AirPocket => base().with(Finding::AirPocket { breadth_mm: 34.0 }),
            Self::BurrHoles => base().with(Finding::BurrHoles),
            Self::OpenSutures => {
                let open = Finding::OpenSutures { gap_mm: 4.0, fontanelle_mm: 26.0 };
                HeadParameters { skull_mm: 3.5, ..base().with_face(FaceShape::infant()).with(open) }
            }
            Self::ThinSkull => HeadParameters { skull_mm: 2.4, ..base() },
            Self::Craniectomy70Bulging => craniectomy(70.0, 9.0),
            Self::Craniectomy70Sunken => craniectomy(70.0, -9.0),
            Self::Craniectomy110Bulging => craniectomy(110.0, 12.0),
            Self::Craniectomy110Sunken => craniectomy(110.0, -13.0),
            Self::Craniectomy150Bulging => craniectomy(150.0, 12.0),
            Self::Craniectomy150Sunken => craniectomy(150.0, -17.0),
            Self::Fracture => base().with(Finding::Fracture),
            Self::TouchingHolder => base().with_equipment(Equipment {
                holder: Holder::Touching,
                straps: true,
                ..Equipment::default()
            }),
            Self::VertexBesideHolder => base()
                .with_slices(56.0, 100.0, 3.0)
                .with_equipment(Equipment { holder: Holder::Massive, ..Equipment::default() }),
            Self::DentalStreaks => base().with(Finding::DentalMetal),
            Self::Clips => base().with(Finding::Clips),
            Self::Electrodes => base().with(Finding::Electrodes),
            Self::Calcifications => base().with(Finding::Calcifications),
            Self::ContrastVessels => base().with(Finding::Contrast),
            Self::Hemorrhage => base().with(Finding::Hemorrhage),
            Self::Hair => base().with(Finding::Hair { length_mm: 12.0 }),
            Self::Covered => base().with_equipment(Equipment {
                straps: true,
                blanket: true,
                tube: true,
                ..Equipment::default()
            }),
            Self::WithoutSkin => HeadParameters { build: Build::WithoutSkin, ..base() },
            Self::HollowSkull => HeadParameters { build: Build::HollowSkull, ..base() },
            _ => self.scanned_otherwise(base()),
        }
    }

    /// The cases about pose and scan.
    fn scanned_otherwise(self, mut base: HeadParameters) -> HeadParameters {
        match self {
            Self::Tilt25 => base.scan.tilt_degrees = 25.0,
            Self::TiltMinus20 => base.scan.tilt_degrees = -20.0,
            Self::Prone => base.pose.prone = true,
            Self::FeetFirst => base.pose.feet_first = true,
            Self::ProneFeetFirst => (base.pose.prone, base.pose.feet_first) = (true, true),
            Self::Oblique => {
                (base.pose.turn_degrees, base.pose.roll_degrees) = (24.0, 14.0);
                base.pose.nod_degrees = -12.0;
            }
            Self::LyingHeader => base.scan.lying_header = true,
            Self::ThinSlices => base = base.with_matrix(160).with_slices(-146.0, 100.0, 0.5),
            Self::ThickSlices => base = base.with_slices(-146.0, 100.0, 10.0),
            Self::UnevenSpacing => {
                let mut positions = Scan::even_positions(-146.0, -20.0, 3.0);
                positions.extend(Scan::even_positions(-14.0, 100.0, 6.0));
                base.scan.positions_mm = positions;
            }
            Self::Matrix128 => base = base.with_matrix(128),
            Self::Matrix1024 => base = base.with_matrix(1024).with_slices(-60.0, 100.0, 5.0),
            Self::CutByField => (base.scan.field_mm, base.scan.middle_mm) = (176.0, [0.0, 10.0]),
            Self::CutAtSide => (base.scan.field_mm, base.scan.middle_mm) = (210.0, [44.0, -8.0]),
            Self::SkullBaseOnly => base = base.with_slices(-120.0, 0.0, 3.0),
            Self::WholeSquare => {
                base.scan.padding_hu = None;
                base.scan.field_mm = 320.0;
            }
            Self::SingleSlice => base.scan.positions_mm = vec![-20.0],
            _ => {}
        }
        base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for case in Case::all() {
            assert_eq!(Case::from_name(case.name()), Some(*case));
        }
    }

    #[test]
    fn every_case_differs_from_the_ordinary_head() {
        let plain = Case::Ordinary.parameters();
        for case in &Case::all()[1..] {
            let mut parameters = case.parameters();
            parameters.scan.seed = plain.scan.seed;
            assert_ne!(parameters, plain, "{}", case.name());
        }
    }
}
