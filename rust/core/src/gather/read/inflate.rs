//! Deflated data sets (PS3.5 section A.5), inflated no further than needed.

use flate2::{Decompress, FlushDecompress, Status};

use super::Extent;
use super::bytes::Format;
use super::parse::{Parser, Stop, Top, damaged};

/// The most a deflated data set may inflate to; one slice of 8192 x 8192 pixels of 32 bits fits. Twice as
/// much is held before it is given up.
const MAX_INFLATED: usize = 260 << 20;
/// What is inflated first: most headers.
const FIRST: usize = 64 << 10;

/// Parses a deflated data set; also returns the inflated bytes, as far as they were needed.
pub(super) fn parse(deflated: &[u8], format: Format, extent: Extent) -> Result<(Top, Vec<u8>), Stop> {
    let mut inflater = Decompress::new(false);
    let mut data = Vec::new();
    let mut needed = FIRST;
    loop {
        let ended = inflate(&mut inflater, deflated, &mut data, needed)?;
        if !ended && extent == Extent::Whole {
            needed = needed.saturating_mul(2);
            continue;
        }
        let total = if ended { data.len() } else { usize::MAX };
        match Parser::new(&data, total, 0).top(format, extent) {
            Err(Stop::Needs(length)) if !ended => needed = length.max(needed.saturating_mul(2)),
            Err(stop) => return Err(stop),
            Ok(top) => return Ok((top, data)),
        }
    }
}

/// Inflates until `data` has `needed` bytes; whether the stream has ended.
fn inflate(
    inflater: &mut Decompress,
    deflated: &[u8],
    data: &mut Vec<u8>,
    needed: usize,
) -> Result<bool, Stop> {
    let mut ended = false;
    while data.len() < needed && !ended {
        // Grows with what really comes out, not with what is asked for.
        data.reserve_exact((needed - data.len()).min(data.len().max(FIRST)));
        let rest = deflated.get(inflater.total_in() as usize..).unwrap_or_default();
        let before = data.len();
        match inflater.decompress_vec(rest, data, FlushDecompress::None) {
            Ok(Status::StreamEnd) => ended = true,
            Ok(_) if data.len() == before && rest.is_empty() => {
                return Err(damaged("the deflated data set ends within its stream"));
            }
            Ok(_) => {}
            Err(_) => return Err(damaged("the deflated data set is corrupt")),
        }
        if data.len() > MAX_INFLATED {
            return Err(damaged("the deflated data set inflates to more than is allowed"));
        }
    }
    Ok(ended)
}
