//! JPEG-LS (ISO/IEC 14495-1, ITU-T T.87) of one component, lossless or nearly so.
//!
//! The common decoder in C++ counts bits to -2^31 when a stream ends in zeros without a marker: 36 bytes cost it
//! 11 s of processor time. Here every loop is bounded by the pixels that the header demands and by the bits that
//! there are.

mod bits;
mod context;
mod parameters;
#[cfg(test)]
mod tests;

use self::bits::Bits;
use self::context::{Interruption, Regular};
use self::parameters::Parameters;
use super::codestream::Frame;
use super::undecodable;
use crate::error::Failure;

/// J: how many bits tell the length of a run (section A.2.1).
const RUN_BITS: [u32; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// Contexts of the regular mode: 9 x 9 x 9 gradients of which half is the other half with the other sign.
const CONTEXTS: usize = 365;

/// Decodes the only frame into little endian samples: one byte each up to 8 bits of precision, else two.
pub(super) fn decode(stream: &[u8], frame: &Frame) -> Result<Vec<u8>, Failure> {
    let (parameters, scan) = Parameters::of(stream, frame.precision)?;
    let mut bytes = Vec::with_capacity(frame.rows * frame.columns * if frame.precision > 8 { 2 } else { 1 });
    let emit = |line: &[i32]| match frame.precision {
        0..=8 => bytes.extend(line.iter().map(|sample| *sample as u8)),
        _ => bytes.extend(line.iter().flat_map(|sample| (*sample as u16).to_le_bytes())),
    };
    let decoded = Decoder::new(parameters, scan).lines(frame.rows, frame.columns, emit);
    decoded.map(|()| bytes).ok_or_else(|| undecodable("JPEG-LS stream is damaged"))
}

/// A scan in work.
struct Decoder<'a> {
    parameters: Parameters,
    /// RANGE: how many values an error can have.
    range: i32,
    /// qbpp and LIMIT: the bits of an error, and the longest code.
    error_bits: u32,
    limit: u32,
    bits: Bits<'a>,
    /// What each gradient from -MAXVAL to MAXVAL counts as: -4 to 4.
    gradients: Vec<i8>,
    regular: Vec<Regular>,
    interruptions: [Interruption; 2],
    run_index: usize,
}

impl<'a> Decoder<'a> {
    fn new(parameters: Parameters, scan: &'a [u8]) -> Self {
        let Parameters { maximum, near, thresholds, .. } = parameters;
        let range = (maximum + 2 * near) / (2 * near + 1) + 1;
        let bits_of = |values: i32| (values as u32).next_power_of_two().trailing_zeros();
        let sample_bits = bits_of(maximum + 1).max(2);
        let gradient = |size: i32| match thresholds {
            _ if size <= near => 0,
            [t1, ..] if size < t1 => 1,
            [_, t2, _] if size < t2 => 2,
            [.., t3] if size < t3 => 3,
            _ => 4,
        };
        let signed = |value: i32| gradient(value.abs()) * value.signum() as i8;
        Self {
            parameters,
            range,
            error_bits: bits_of(range),
            limit: 2 * (sample_bits + sample_bits.max(8)),
            bits: Bits::new(scan),
            gradients: (-maximum..=maximum).map(signed).collect(),
            regular: vec![Regular::new(range); CONTEXTS],
            interruptions: [Interruption::new(range, 0), Interruption::new(range, 1)],
            run_index: 0,
        }
    }

    /// Forgets what was learned, as behind a restart marker.
    fn forget(&mut self) {
        self.regular.fill(Regular::new(self.range));
        self.interruptions = [Interruption::new(self.range, 0), Interruption::new(self.range, 1)];
        self.run_index = 0;
    }

    /// Decodes all lines; `None` if the scan is damaged, too short or too long.
    fn lines(mut self, rows: usize, columns: usize, mut emit: impl FnMut(&[i32])) -> Option<()> {
        // A sample more on each side: of the line above to the right, of the line before that to the left.
        let (mut above, mut line) = (vec![0; columns + 2], vec![0; columns + 2]);
        for row in 0..rows {
            if row > 0 && self.parameters.restart > 0 && row % self.parameters.restart == 0 {
                self.bits.restart(((row / self.parameters.restart - 1) % 8) as u8)?;
                self.forget();
                above.fill(0);
            }
            above[columns + 1] = above[columns];
            line[0] = above[1];
            self.line(&above, &mut line)?;
            emit(&line[1..=columns]);
            std::mem::swap(&mut above, &mut line);
        }
        self.bits.at_end().then_some(())
    }

    fn line(&mut self, above: &[i32], line: &mut [i32]) -> Option<()> {
        let end = line.len() - 1;
        let mut x = 1;
        while x < end {
            let (left, up, up_left, up_right) = (line[x - 1], above[x], above[x - 1], above[x + 1]);
            let context = 81 * self.gradient(up_right - up)
                + 9 * self.gradient(up - up_left)
                + self.gradient(up_left - left);
            if context == 0 {
                x += self.run(&above[x..end], &mut line[x..end], left)?;
            } else {
                line[x] = self.regular(context, predicted(left, up, up_left))?;
                x += 1;
            }
        }
        Some(())
    }

    #[inline]
    fn gradient(&self, difference: i32) -> i32 {
        i32::from(self.gradients[(difference + self.parameters.maximum) as usize])
    }

    /// A pixel predicted from its neighbors (sections A.4 to A.6).
    #[inline]
    fn regular(&mut self, context: i32, predicted: i32) -> Option<i32> {
        let Parameters { maximum, near, reset, .. } = self.parameters;
        let sign = context.signum();
        let state = &mut self.regular[context.unsigned_abs() as usize];
        let predicted = (predicted + sign * state.correction).clamp(0, maximum);
        let k = state.golomb();
        let coded = coded(&mut self.bits, k, self.limit, self.error_bits, self.range)?;
        let half = (coded >> 1) as i32;
        let error = match (k == 0 && near == 0 && state.leans_below(), coded & 1 == 1) {
            (false, false) | (true, true) => half,
            (false, true) | (true, false) => -half - 1,
        };
        state.learn(error, near, reset);
        Some(self.reconstructed(predicted, sign * error))
    }

    /// A run of pixels like the one to the left, and the pixel that ends it (section A.7). Returns how many.
    fn run(&mut self, above: &[i32], line: &mut [i32], left: i32) -> Option<usize> {
        let mut length = 0;
        while self.bits.read(1)? == 1 {
            let whole = 1 << RUN_BITS[self.run_index];
            if length + whole <= line.len() {
                self.run_index = (self.run_index + 1).min(RUN_BITS.len() - 1);
            }
            length = (length + whole).min(line.len());
            if length == line.len() {
                line.fill(left);
                return Some(length);
            }
        }
        length += self.bits.read(RUN_BITS[self.run_index])? as usize;
        let (run, rest) = line.split_at_mut_checked(length)?;
        run.fill(left);
        *rest.first_mut()? = self.interruption(left, *above.get(length)?)?;
        self.run_index = self.run_index.saturating_sub(1);
        Some(length + 1)
    }

    /// The pixel that ends a run.
    fn interruption(&mut self, left: i32, up: i32) -> Option<i32> {
        let alike = (left - up).abs() <= self.parameters.near;
        let state = &mut self.interruptions[usize::from(alike)];
        let k = state.golomb();
        let limit = self.limit - RUN_BITS[self.run_index] - 1;
        let coded = coded(&mut self.bits, k, limit, self.error_bits, self.range)?;
        let error = state.error(coded, k);
        state.learn(error, coded, self.parameters.reset);
        let (predicted, sign) = if alike { (left, 1) } else { (up, if left > up { -1 } else { 1 }) };
        Some(self.reconstructed(predicted, sign * error))
    }

    /// The sample that a prediction and its error make (section A.4.5).
    #[inline]
    fn reconstructed(&self, predicted: i32, error: i32) -> i32 {
        let Parameters { maximum, near, .. } = self.parameters;
        let step = 2 * near + 1;
        let mut sample = predicted + error * step;
        if sample < -near {
            sample += self.range * step;
        } else if sample > maximum + near {
            sample -= self.range * step;
        }
        sample.clamp(0, maximum)
    }
}

/// The median of the neighbors and of the plane through them (section A.4.1).
#[inline]
fn predicted(left: i32, up: i32, up_left: i32) -> i32 {
    if up_left >= left.max(up) {
        left.min(up)
    } else if up_left <= left.min(up) {
        left.max(up)
    } else {
        left + up - up_left
    }
}

/// A value in the Golomb code of limited length (section A.5.3), at most `range`.
#[inline]
fn coded(bits: &mut Bits<'_>, k: u32, limit: u32, error_bits: u32, range: i32) -> Option<u32> {
    let most = limit.checked_sub(error_bits + 1)?;
    let high = bits.zeros(most)?;
    let value = if high < most {
        u64::from(high) << k | u64::from(bits.read(k)?)
    } else {
        u64::from(bits.read(error_bits)?) + 1
    };
    u32::try_from(value).ok().filter(|value| *value <= range as u32)
}
