//! Randomness without state: a hash of seed and place, the same for any number of threads and any order.

/// 64 well-mixed bits of a seed and three integers.
///
/// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014), applied once per part. The seed comes from a keyed
/// code, so without the key nothing can be reproduced.
#[must_use]
pub fn bits(seed: u64, place: [i64; 3]) -> u64 {
    Line::new(seed, [place[0], place[1]]).bits(place[2])
}

/// The part of [`bits`] that all places of a line have in common.
#[derive(Debug, Clone, Copy)]
pub struct Line(u64);

impl Line {
    /// The line of all places that begin with these two integers.
    #[must_use]
    pub fn new(seed: u64, begin: [i64; 2]) -> Self {
        Self(begin.iter().fold(mixed(seed), |state, &part| mixed(state ^ mixed(part as u64))))
    }

    /// What [`bits`] gives for the place that ends with `last`.
    #[must_use]
    pub fn bits(self, last: i64) -> u64 {
        mixed(self.0 ^ mixed(last as u64))
    }
}

/// A number of [0, 1) from the same.
#[must_use]
pub fn unit(seed: u64, place: [i64; 3]) -> f32 {
    (bits(seed, place) >> 40) as f32 / (1_u64 << 24) as f32
}

/// One of several independent seeds drawn from a keyed code.
#[must_use]
pub fn part(seed: &[u8; 32], index: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&seed[index % 4 * 8..index % 4 * 8 + 8]);
    u64::from_le_bytes(bytes)
}

/// A smooth random field in patient space, 0 to 1, varying over `scale_mm`.
#[must_use]
pub fn smooth(seed: u64, at_mm: [f64; 3], scale_mm: f64) -> f32 {
    let cell = at_mm.map(|mm| (mm / scale_mm).floor());
    let part: [f32; 3] = std::array::from_fn(|i| {
        let t = (at_mm[i] / scale_mm - cell[i]) as f32;
        t * t * (3.0 - 2.0 * t)
    });
    let mut value = 0.0;
    for corner in 0..8_usize {
        let step = [corner & 1, corner >> 1 & 1, corner >> 2];
        let weight: f32 = (0..3).map(|i| if step[i] == 1 { part[i] } else { 1.0 - part[i] }).product();
        value += weight * unit(seed, std::array::from_fn(|i| cell[i] as i64 + step[i] as i64));
    }
    value
}

fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_spread_evenly() {
        let mut counts = [0; 10];
        for i in 0..10_000 {
            counts[(unit(7, [i, -i, 3]) * 10.0) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn the_smooth_field_has_no_steps_and_another_key_gives_another() {
        let line: Vec<f32> =
            (0..400).map(|i| smooth(1, [f64::from(i) * 0.1 - 20.0, 3.0, -7.0], 12.0)).collect();
        assert!(line.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.03));
        assert!(line.iter().copied().fold(0.0, f32::max) - line.iter().copied().fold(1.0, f32::min) > 0.2);
        assert!((smooth(1, [1.0; 3], 12.0) - smooth(2, [1.0; 3], 12.0)).abs() > 1e-3);
    }
}
