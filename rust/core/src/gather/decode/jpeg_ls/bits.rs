//! The bits of a scan: a byte behind 0xFF carries seven bits, and a marker ends them (ITU-T T.87 section A.1).

/// Reads bits of a scan; past their end every reading is `None`.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to take.
    at: usize,
    /// Bits taken and not yet read, the next one on top.
    cache: u64,
    /// How many bits of `cache` count.
    valid: u32,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, cache: 0, valid: 0 }
    }

    fn follows_ff(&self) -> bool {
        self.at.checked_sub(1).and_then(|before| self.bytes.get(before)) == Some(&0xFF)
    }

    /// Takes bytes until the cache has 56 bits or more, or the scan has ended.
    fn refill(&mut self) {
        let ahead = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>());
        if let Some(word) = ahead.map(|bytes| u64::from_be_bytes(*bytes)).filter(|word| has_no_ff(*word))
            && !self.follows_ff()
        {
            // Bits beyond `valid` are those that the next refill finds at the same place again.
            self.cache |= word >> self.valid;
            let bytes = (63 - self.valid) / 8;
            self.at += bytes as usize;
            self.valid += 8 * bytes;
            return;
        }
        while self.valid < 56 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            let bits = if self.follows_ff() { 7 } else { 8 };
            let ends = byte == 0xFF && self.bytes.get(self.at + 1).is_none_or(|next| *next >= 0x80);
            if ends || bits == 7 && byte >= 0x80 {
                return;
            }
            self.cache |= u64::from(byte) << (64 - bits - self.valid);
            self.valid += bits;
            self.at += 1;
        }
    }

    /// Reads so many bits, at most 32.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> Option<u32> {
        if count == 0 {
            return Some(0);
        }
        if self.valid < count {
            self.refill();
            if self.valid < count {
                return None;
            }
        }
        let value = self.cache >> (64 - count);
        self.skip(count);
        Some(value as u32)
    }

    /// Reads zeros and the one behind them; `None` if there are more than `most` zeros.
    #[inline]
    pub(super) fn zeros(&mut self, most: u32) -> Option<u32> {
        let mut before = 0;
        loop {
            if self.valid < 32 {
                self.refill();
            }
            let zeros = self.cache.leading_zeros();
            if zeros < self.valid {
                self.skip(zeros + 1);
                return Some(before + zeros).filter(|count| *count <= most);
            }
            before += self.valid;
            if self.valid == 0 || before > most {
                return None;
            }
            self.skip(self.valid);
        }
    }

    /// Drops so many bits, at most those that are valid and fewer than 64.
    #[inline]
    fn skip(&mut self, count: u32) {
        self.cache <<= count;
        self.valid -= count;
    }

    /// Goes behind restart marker `number` (0 to 7), with which the scan must go on.
    pub(super) fn restart(&mut self, number: u8) -> Option<()> {
        self.at_end().then_some(())?;
        let markers = self.bytes.get(self.at..)?;
        let fill = markers.iter().take_while(|byte| **byte == 0xFF).count();
        (fill > 0 && markers.get(fill) == Some(&(0xD0 + number))).then_some(())?;
        *self = Self { at: self.at + fill + 1, ..Self::new(self.bytes) };
        Some(())
    }

    /// Whether nothing is left before the next marker but the zeros that fill the last byte.
    pub(super) fn at_end(&mut self) -> bool {
        self.refill();
        let marker = self.bytes.get(self.at).is_none_or(|byte| *byte == 0xFF || self.follows_ff());
        marker && self.valid < 16 && (self.valid == 0 || self.cache >> (64 - self.valid) == 0)
    }
}

/// Whether no byte of the word is 0xFF.
const fn has_no_ff(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    (!word).wrapping_sub(ONES) & word & TOPS == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_behind_ff_are_seven_and_a_marker_ends_them() {
        let mut bits = Bits::new(&[0b1010_0000, 0xFF, 0x7F, 0x01, 0xFF, 0xD9]);
        assert_eq!((bits.read(3), bits.zeros(64), bits.read(8)), (Some(0b101), Some(5), Some(0x7F << 1 | 1)));
        assert_eq!((bits.read(6), bits.read(8), bits.read(1)), (Some(0x3F), Some(1), None));
        assert!(bits.at_end());
    }

    #[test]
    fn too_many_zeros_and_zeros_to_the_end_are_none() {
        let mut bytes = [0; 24];
        assert_eq!(Bits::new(&bytes).zeros(500), None);
        assert_eq!(Bits::new(&[]).zeros(500), None);
        bytes[23] = 1;
        assert_eq!(Bits::new(&bytes).zeros(191), Some(191));
        assert_eq!(Bits::new(&bytes).zeros(190), None);
    }

    #[test]
    fn one_refill_reads_as_many_small_ones() {
        let bytes: Vec<u8> =
            (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x7F).collect();
        let (mut whole, mut single) = (Bits::new(&bytes), Bits::new(&bytes));
        for count in (1..=32).cycle().take(1900) {
            let bitwise = (0..count).fold(0_u32, |value, _| value << 1 | single.read(1).unwrap());
            assert_eq!(whole.read(count), Some(bitwise));
        }
    }

    #[test]
    fn a_restart_marker_must_have_its_number() {
        let mut bits = Bits::new(&[0x80, 0xFF, 0xD3, 0x40]);
        assert_eq!(bits.read(1), Some(1));
        assert!(bits.restart(2).is_none());
        assert!(bits.restart(3).is_some());
        assert_eq!(bits.zeros(9), Some(1));
    }
}
