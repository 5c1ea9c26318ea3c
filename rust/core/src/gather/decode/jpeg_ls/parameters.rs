//! What the marker segments of a JPEG-LS stream say of its only scan (ITU-T T.87 annex C).

use super::super::codestream::{self, Segments};
use super::super::undecodable;
use crate::error::Failure;

/// The parameters of a scan, all within what the standard allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameters {
    /// MAXVAL, the greatest sample.
    pub(super) maximum: i32,
    /// NEAR, how far a sample may be off.
    pub(super) near: i32,
    /// T1 to T3, between which gradients are told apart.
    pub(super) thresholds: [i32; 3],
    /// RESET, how often a context is used before it is halved.
    pub(super) reset: u32,
    /// Lines between restart markers; 0 for none.
    pub(super) restart: usize,
}

impl Parameters {
    /// Reads them and returns what follows: the bits of the scan.
    pub(super) fn of(stream: &[u8], precision: u16) -> Result<(Self, &[u8]), Failure> {
        let (mut preset, mut restart) = ([0; 5], 0);
        let mut segments = Segments::of(stream);
        loop {
            let (marker, segment) = segments.next()?;
            let words = |count: usize, from: usize| {
                (0..count).map(move |word| codestream::u16_at(segment, from + 2 * word))
            };
            match (marker, segment) {
                (0xF8, [1, ..]) if segment.len() == 11 => {
                    for (value, word) in preset.iter_mut().zip(words(5, 1)) {
                        *value = word.unwrap_or_default() as i32;
                    }
                }
                (0xF8, _) => return Err(undecodable("JPEG-LS stream has parameters that are not supported")),
                (0xDD, [high, low]) => restart = usize::from(u16::from_be_bytes([*high, *low])),
                (0xDD, _) => return Err(undecodable("JPEG-LS restart interval is not supported")),
                (0xDA, [1, _, 0, near, 0, point]) if point.trailing_zeros() >= 4 => {
                    let scan = Self::checked(precision, i32::from(*near), preset, restart);
                    return scan.map(|scan| (scan, segments.rest())).ok_or_else(|| {
                        undecodable("JPEG-LS parameters are outside of what the standard allows")
                    });
                }
                (0xDA, _) => return Err(undecodable("JPEG-LS scan is not one of a single component")),
                _ => {}
            }
        }
    }

    /// Fills in what is 0 and thus not given (section C.2.4.1.1).
    fn checked(precision: u16, near: i32, preset: [i32; 5], restart: usize) -> Option<Self> {
        (2..=16).contains(&precision).then_some(())?;
        let [maximum, t1, t2, t3, reset] = preset;
        let greatest = (1 << precision) - 1;
        let maximum = if maximum == 0 { greatest } else { maximum };
        if maximum > greatest || near > (maximum / 2).min(255) {
            return None;
        }
        let [d1, d2, d3] = default_thresholds(maximum, near);
        let chosen = |given: i32, default: i32| if given == 0 { default } else { given };
        let thresholds = [chosen(t1, d1), chosen(t2, d2), chosen(t3, d3)];
        let ascending = near < thresholds[0] && thresholds.is_sorted() && thresholds[2] <= maximum;
        let reset = chosen(reset, 64);
        let allowed = ascending && (3..=maximum.max(255)).contains(&reset);
        allowed.then_some(Self { maximum, near, thresholds, reset: reset as u32, restart })
    }
}

/// The default thresholds (section C.2.4.1.1.1).
fn default_thresholds(maximum: i32, near: i32) -> [i32; 3] {
    // Figure C.3: what is out of bounds becomes the lower one.
    let clamp = |value: i32, lowest: i32| if value > maximum || value < lowest { lowest } else { value };
    let [b1, b2, b3] = [3, 7, 21];
    let wanted = if maximum >= 128 {
        let factor = (maximum.min(4095) + 128) / 256;
        [factor * (b1 - 2) + 2, factor * (b2 - 3) + 3, factor * (b3 - 4) + 4]
    } else {
        let factor = 256 / (maximum + 1);
        [b1 / factor, b2 / factor, b3 / factor]
    };
    let least = if maximum >= 128 { [0; 3] } else { [2, 3, 4] };
    let t1 = clamp((wanted[0] + 3 * near).max(least[0]), near + 1);
    let t2 = clamp((wanted[1] + 5 * near).max(least[1]), t1);
    [t1, t2, clamp((wanted[2] + 7 * near).max(least[2]), t2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_standard() {
        assert_eq!(default_thresholds(255, 0), [3, 7, 21]);
        assert_eq!(default_thresholds(4095, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(255, 3), [12, 22, 42]);
    }

    #[test]
    fn parameters_outside_of_the_standard_are_refused() {
        let checked = |near, preset| Parameters::checked(12, near, preset, 0).is_some();
        assert!([0, 1, 17, 35].iter().all(|bits| Parameters::checked(*bits, 0, [0; 5], 0).is_none()));
        assert!(checked(0, [0; 5]) && checked(255, [0; 5]) && checked(0, [4095, 1, 1, 1, 4095]));
        for (near, preset) in [
            (0, [4096, 0, 0, 0, 0]),
            (2, [3, 0, 0, 0, 0]),
            (1, [0, 1, 0, 0, 0]),
            (0, [0, 70, 60, 0, 0]),
            (0, [0, 0, 0, 4096, 0]),
            (0, [0, 0, 0, 0, 2]),
            (0, [0, 0, 0, 0, 4096]),
        ] {
            assert!(!checked(near, preset), "{near} {preset:?}");
        }
    }
}
