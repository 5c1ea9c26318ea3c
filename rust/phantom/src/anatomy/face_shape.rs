//! What makes one face differ from another.

/// Shape of a person's head and face. Lengths in mm, ratios relative to an average adult.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceShape {
    /// Size of the whole head relative to an adult's.
    pub size: f32,
    /// Breadth of the vault and of the upper face.
    pub breadth: f32,
    /// Length of the face below the eyes.
    pub length: f32,
    /// Breadth of the lower jaw.
    pub jaw_breadth: f32,
    /// How far the chin stands forward of an average one.
    pub chin_mm: f32,
    /// How far the tip of the nose stands forward of an average one.
    pub nose_mm: f32,
    /// Height of the bridge of the nose above an average one.
    pub bridge_mm: f32,
    /// Breadth of the nose at the nostrils.
    pub nose_breadth: f32,
    /// Prominence of the brow above an average one.
    pub brow_mm: f32,
    /// Fullness of the cheeks beyond an average one.
    pub cheek_mm: f32,
    /// Thickness of the lips relative to average ones.
    pub lips: f32,
    /// Distance of each pupil from the midline.
    pub half_pupil_distance_mm: f32,
    /// Size of the ears.
    pub ears: f32,
    /// How far the ears stand off the head beyond average ones.
    pub ear_flare_mm: f32,
    /// Subcutaneous fat beyond an average person's.
    pub fat_mm: f32,
}

impl Default for FaceShape {
    fn default() -> Self {
        Self {
            size: 1.0,
            breadth: 1.0,
            length: 1.0,
            jaw_breadth: 1.0,
            chin_mm: 0.0,
            nose_mm: 0.0,
            bridge_mm: 0.0,
            nose_breadth: 1.0,
            brow_mm: 0.0,
            cheek_mm: 0.0,
            lips: 1.0,
            half_pupil_distance_mm: 31.5,
            ears: 1.0,
            ear_flare_mm: 0.0,
            fat_mm: 0.0,
        }
    }
}

impl FaceShape {
    /// A long narrow face with a prominent nose.
    #[must_use]
    pub fn long() -> Self {
        Self {
            breadth: 0.95,
            length: 1.08,
            jaw_breadth: 0.92,
            chin_mm: 4.0,
            nose_mm: 7.0,
            bridge_mm: 3.0,
            nose_breadth: 0.9,
            brow_mm: 1.5,
            cheek_mm: -3.0,
            lips: 0.8,
            half_pupil_distance_mm: 30.5,
            ears: 1.08,
            ear_flare_mm: 2.0,
            ..Self::default()
        }
    }

    /// A round face with full cheeks and a small nose.
    #[must_use]
    pub fn round() -> Self {
        Self {
            size: 0.95,
            breadth: 1.05,
            length: 0.94,
            jaw_breadth: 1.06,
            chin_mm: -3.0,
            nose_mm: -4.0,
            bridge_mm: -2.0,
            nose_breadth: 1.12,
            brow_mm: -1.5,
            cheek_mm: 4.0,
            lips: 1.3,
            half_pupil_distance_mm: 32.5,
            ears: 0.92,
            ear_flare_mm: -1.0,
            fat_mm: 1.5,
        }
    }

    /// One of endlessly many plausible people: the same for the same number.
    #[must_use]
    pub fn person(number: u64) -> Self {
        let mut state = number;
        let mut around = |middle: f32, spread: f32| {
            state = crate::noise::mix(state.wrapping_add(0x9e37_79b9));
            middle + spread * ((state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0)
        };
        Self {
            size: around(0.98, 0.05),
            breadth: around(1.0, 0.05),
            length: around(1.0, 0.07),
            jaw_breadth: around(1.0, 0.08),
            chin_mm: around(0.0, 4.0),
            nose_mm: around(0.0, 6.0),
            bridge_mm: around(0.0, 3.0),
            nose_breadth: around(1.0, 0.13),
            brow_mm: around(0.0, 2.0),
            cheek_mm: around(0.5, 3.5),
            lips: around(1.0, 0.3),
            half_pupil_distance_mm: around(31.5, 1.8),
            ears: around(1.0, 0.1),
            ear_flare_mm: around(0.5, 2.0),
            fat_mm: around(0.5, 1.5),
        }
    }

    /// The proportions of an infant: small face below a large vault.
    #[must_use]
    pub fn infant() -> Self {
        Self {
            size: 0.74,
            length: 0.74,
            jaw_breadth: 0.86,
            chin_mm: -7.0,
            nose_mm: -8.0,
            bridge_mm: -4.0,
            nose_breadth: 0.85,
            brow_mm: -3.0,
            cheek_mm: 4.0,
            lips: 1.1,
            half_pupil_distance_mm: 30.0,
            ears: 0.9,
            fat_mm: 1.0,
            ..Self::default()
        }
    }
}
