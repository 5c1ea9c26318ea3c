//! Reads the header of a file on disk, and no more of it than needed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::{Dataset, Extent, ReadError, Short, damaged, read_prefix};
use crate::error::{Failure, Stage};

/// What is read first: the headers of most CT slices.
const FIRST: usize = 16 << 10;
/// The longest header: a data set with more than this in front of its pixels is not a CT slice.
const MAX_HEADER: usize = 256 << 20;

/// The longest file that is read whole: the longest header, and 256 MiB of pixels with what surrounds them.
pub const MAX_FILE: u64 = (MAX_HEADER as u64) + (272 << 20);

/// Reads a regular file whole.
///
/// # Errors
/// Stage `read` for what cannot be opened or read or is longer than [`MAX_FILE`], without its path.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: &io::Error| Failure::new(Stage::Read, format!("cannot be read: {}", error.kind()));
    // Asked before opening, as below; and never more than announced, for a file may grow.
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(Failure::new(Stage::Read, "not a regular file"));
    }
    if metadata.len() > MAX_FILE {
        return Err(Failure::new(
            Stage::Read,
            format!("the file has {} bytes, more than is allowed", metadata.len()),
        ));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    file.take(metadata.len()).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

/// Reads a regular file up to its Pixel Data.
///
/// # Errors
/// Those of [`read`](super::read), and stage `read` for what cannot be opened or read, without its path.
pub fn read_header(path: &Path) -> Result<Dataset, ReadError> {
    let unreadable =
        |error: &io::Error| Failure::new(Stage::Read, format!("cannot be read: {}", error.kind()));
    // Asked before opening: opening a pipe waits for its other end.
    if !fs::metadata(path).map_err(|error| unreadable(&error))?.is_file() {
        return Err(Failure::new(Stage::Read, "not a regular file").into());
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    let total = usize::try_from(metadata.len()).map_err(|_| damaged("the file is too long"))?;
    let mut bytes = Vec::new();
    let mut needed = FIRST;
    loop {
        let wanted = needed.min(total);
        let missing = wanted - bytes.len();
        bytes.reserve(missing);
        let got =
            file.by_ref().take(missing as u64).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if got < missing {
            return Err(Failure::new(Stage::Read, "the file became shorter while it was read").into());
        }
        match read_prefix(&bytes, total, Extent::Header) {
            Ok(dataset) => return Ok(dataset),
            Err(Short::Error(error)) => return Err(error),
            Err(Short::Needs(length)) if length > total || bytes.len() >= total => {
                return Err(damaged("the data set ends unexpectedly"));
            }
            Err(Short::Needs(length)) if length > MAX_HEADER => {
                return Err(damaged("the header is longer than is allowed"));
            }
            Err(Short::Needs(length)) => needed = length.saturating_add(FIRST).max(bytes.len() * 4),
        }
    }
}
