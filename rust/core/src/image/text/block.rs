//! Rows in blocks of 32 pixels: what a block reaches at most tells whether its pixels need a look.

/// Pixels of a block.
pub(super) const BLOCK: usize = 32;

/// The bit of each pixel in its half of a block.
const BITS: [u16; BLOCK / 2] = {
    let mut bits = [0; BLOCK / 2];
    let mut i = 0;
    while i < bits.len() {
        bits[i] = 1 << i;
        i += 1;
    }
    bits
};

/// The highest of a block.
pub(super) fn highest(values: &[i16]) -> i16 {
    let mut lanes = [i16::MIN; 8];
    let (whole, rest) = values.as_chunks::<8>();
    for part in whole {
        for (lane, &value) in lanes.iter_mut().zip(part) {
            *lane = (*lane).max(value);
        }
    }
    lanes.iter().chain(rest).fold(i16::MIN, |high, &value| high.max(value))
}

/// The pixels of a block with at least `level`, the first in the lowest bit. Without branches, so that eight pixels
/// are looked at together.
pub(super) fn reaching(values: &[i16], level: i16) -> u32 {
    let (whole, rest) = values.as_chunks::<{ BLOCK / 2 }>();
    let mut bits = 0;
    for (half, part) in whole.iter().enumerate() {
        let mut some = 0;
        for (&value, bit) in part.iter().zip(BITS) {
            some |= u16::from(value >= level).wrapping_neg() & bit;
        }
        bits |= u32::from(some) << (half * BLOCK / 2);
    }
    for (offset, &value) in rest.iter().enumerate() {
        bits |= u32::from(value >= level) << (whole.len() * BLOCK / 2 + offset);
    }
    bits
}

/// The places of the bits that are set, ascending.
pub(super) fn places(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (place < u32::BITS).then_some(place as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_tell_the_pixels_of_whole_and_broken_blocks() {
        for count in [0, 5, 16, 21, 31, 32] {
            let values: Vec<i16> = (0..count).map(|i| i * 37 % 11).collect();
            let wanted: Vec<usize> = (0..values.len()).filter(|&i| values[i] >= 6).collect();
            assert_eq!(places(reaching(&values, 6)).collect::<Vec<_>>(), wanted, "{count} pixels");
            assert_eq!(highest(&values), values.iter().copied().max().unwrap_or(i16::MIN));
        }
    }
}
