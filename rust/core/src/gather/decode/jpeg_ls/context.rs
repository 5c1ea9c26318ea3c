//! What the coder has learned of pixels in like surroundings (ITU-T T.87 annex A).

/// A context of the regular mode: A, B, C and N of its variables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Regular {
    /// Sum of the sizes of errors.
    sizes: u32,
    /// Sum of errors, from which the correction is learned.
    bias: i32,
    /// What predictions are corrected by.
    pub(super) correction: i32,
    uses: u32,
}

/// The parameter k of a Golomb code: the least for which `uses << k` reaches `sizes`.
#[inline]
fn golomb(uses: u32, sizes: u32) -> u32 {
    let (uses, sizes) = (u64::from(uses.max(1)), u64::from(sizes));
    let mut k = 0;
    while uses << k < sizes {
        k += 1;
    }
    k
}

impl Regular {
    pub(super) const fn new(range: i32) -> Self {
        Self { sizes: first_sizes(range), bias: 0, correction: 0, uses: 1 }
    }

    #[inline]
    pub(super) fn golomb(&self) -> u32 {
        golomb(self.uses, self.sizes)
    }

    /// Whether small errors are coded as if they had the other sign (section A.5.2).
    #[inline]
    pub(super) const fn leans_below(&self) -> bool {
        2 * self.bias <= -(self.uses as i32)
    }

    /// Learns from an error (section A.6).
    #[inline]
    pub(super) fn learn(&mut self, error: i32, near: i32, reset: u32) {
        self.sizes += error.unsigned_abs();
        self.bias += error * (2 * near + 1);
        if self.uses == reset {
            self.sizes >>= 1;
            self.bias >>= 1;
            self.uses >>= 1;
        }
        self.uses += 1;
        let uses = self.uses as i32;
        if self.bias <= -uses {
            self.bias = (self.bias + uses).max(1 - uses);
            self.correction = (self.correction - 1).max(-128);
        } else if self.bias > 0 {
            self.bias = (self.bias - uses).min(0);
            self.correction = (self.correction + 1).min(127);
        }
    }
}

/// A context of the pixel that ends a run: its A, N and Nn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interruption {
    sizes: u32,
    uses: u32,
    negatives: u32,
    /// `RItype`: 1 when the pixels to the left and above are alike.
    kind: u32,
}

impl Interruption {
    pub(super) const fn new(range: i32, kind: u32) -> Self {
        Self { sizes: first_sizes(range), uses: 1, negatives: 0, kind }
    }

    pub(super) fn golomb(&self) -> u32 {
        golomb(self.uses, self.sizes + (self.uses >> 1) * self.kind)
    }

    /// The error that a coded value stands for (section A.7.2).
    pub(super) fn error(&self, coded: u32, k: u32) -> i32 {
        let value = coded + self.kind;
        let size = value.div_ceil(2) as i32;
        let negative = (k != 0 || 2 * self.negatives >= self.uses) == (value & 1 == 1);
        if negative { -size } else { size }
    }

    pub(super) fn learn(&mut self, error: i32, coded: u32, reset: u32) {
        self.negatives += u32::from(error < 0);
        self.sizes += (coded + 1 - self.kind) >> 1;
        if self.uses == reset {
            self.sizes >>= 1;
            self.uses >>= 1;
            self.negatives >>= 1;
        }
        self.uses += 1;
    }
}

const fn first_sizes(range: i32) -> u32 {
    let sizes = (range + 32) / 64;
    if sizes < 2 { 2 } else { sizes as u32 }
}
