//! Noise without state: the value at a voxel depends on the seed and the voxel alone, so any number of threads
//! draws the same picture.

/// Spreads the bits of a number (the finalizer of `SplitMix64`; Steele, Lea and Flood, 2014).
pub(crate) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number of about unit spread and mean zero: the sum of eight bytes, close to normal.
pub(crate) fn normal(seed: u64, index: u64) -> f32 {
    let bits = mix(seed ^ mix(index));
    let sum: u32 = bits.to_le_bytes().iter().map(|byte| u32::from(*byte)).sum();
    // Eight uniform bytes: mean 1020, variance 8 * (256^2 - 1) / 12.
    (sum as f32 - 1020.0) / 209.02
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_zero_and_unit_spread() {
        let values: Vec<f64> = (0..40_000).map(|i| f64::from(normal(7, i))).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn another_seed_gives_other_noise() {
        let same = (0..1000).filter(|i| (normal(1, *i) - normal(2, *i)).abs() < 1e-6).count();
        assert!(same < 20, "{same}");
    }
}
