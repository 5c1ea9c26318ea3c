//! Numbers in either byte order.

/// How the elements of a data set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    /// Each element names its value representation.
    pub(super) explicit: bool,
    /// Numbers begin with their most significant byte.
    pub(super) big: bool,
}

impl Format {
    pub(super) const IMPLICIT: Self = Self { explicit: false, big: false };
    pub(super) const EXPLICIT: Self = Self { explicit: true, big: false };
    pub(super) const BIG: Self = Self { explicit: true, big: true };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// The numbers of `N` bytes each in `bytes`, most significant byte last; bytes left over are ignored.
pub(super) fn little<const N: usize>(bytes: &[u8], big: bool) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().map(move |chunk| {
        let mut number = *chunk;
        if big {
            number.reverse();
        }
        number
    })
}
