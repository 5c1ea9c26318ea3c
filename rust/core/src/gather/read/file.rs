//! Reads the header of a file on disk, and no more of it than needed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

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
    let mut bytes = Vec::new();
    read_file_into(path, &mut bytes).map(|_| bytes)
}

/// Like [`read_file`], into memory that is there already; what it held is lost. Returns the file's metadata.
///
/// # Errors
/// Those of [`read_file`].
pub fn read_file_into(path: &Path, bytes: &mut Vec<u8>) -> Result<Metadata, Failure> {
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
    bytes.clear();
    reserve(bytes, metadata.len() as usize)?;
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    file.take(metadata.len()).read_to_end(bytes).map_err(|error| unreadable(&error))?;
    Ok(metadata)
}

/// Memory for so many bytes more, or a failure of this one file.
fn reserve(bytes: &mut Vec<u8>, more: usize) -> Result<(), Failure> {
    let message = |_| Failure::new(Stage::Read, format!("not enough memory for {more} bytes of the file"));
    bytes.try_reserve_exact(more).map_err(message)
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::new(Stage::Read, format!("cannot be read: {}", error.kind()))
}

/// Where the pixels of a file lie that was read before, to read them again without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PixelPlace {
    range: Range<usize>,
    length: u64,
    modified: Option<SystemTime>,
}

impl PixelPlace {
    /// The first `length` bytes of the pixels of a file that was just read; `None` when they are not in the file
    /// as they are in memory.
    #[must_use]
    pub fn of(dataset: &Dataset, file: &Metadata, length: usize) -> Option<Self> {
        let start = dataset.pixels_in_file()?.start;
        Some(Self { range: start..start + length, length: file.len(), modified: file.modified().ok() })
    }

    /// Reads the pixels again.
    ///
    /// # Errors
    /// Stage `read` when the file cannot be read or is not the one that was read before.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        let changed = || Failure::new(Stage::Read, "the file changed while it was worked on");
        let mut file = File::open(path).map_err(|error| unreadable(&error))?;
        let metadata = file.metadata().map_err(|error| unreadable(&error))?;
        if (metadata.len(), metadata.modified().ok()) != (self.length, self.modified) {
            return Err(changed());
        }
        file.seek(SeekFrom::Start(self.range.start as u64)).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::new();
        reserve(&mut bytes, self.range.len())?;
        file.take(self.range.len() as u64).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() < self.range.len() { Err(changed()) } else { Ok(bytes) }
    }
}

/// Reads a regular file up to its Pixel Data.
///
/// # Errors
/// Those of [`read`](super::read), and stage `read` for what cannot be opened or read, without its path.
pub fn read_header(path: &Path) -> Result<Dataset, ReadError> {
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
        reserve(&mut bytes, missing)?;
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_read_again_from_the_same_file_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slice");
        fs::write(&path, b"header pixels").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        let place = PixelPlace { range: 7..13, length: 13, modified: metadata.modified().ok() };
        assert_eq!(place.read(&path).unwrap(), b"pixels");
        fs::write(&path, b"header pixels, more of them").unwrap();
        assert!(place.read(&path).unwrap_err().to_string().contains("changed"));
    }
}
