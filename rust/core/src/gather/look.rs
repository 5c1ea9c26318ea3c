//! Opens one file far enough to say what it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::instance::NotKept;
use super::read::{Dataset, ReadError, read_header};
use crate::error::{Failure, Stage};
use crate::outcome::Exclusion;

/// Reads the header of a file; anything else gets its reason.
pub(super) fn look(path: &Path) -> Result<Dataset, NotKept> {
    // One file's panic is that file's failure.
    match catch_unwind(AssertUnwindSafe(|| read_header(path))) {
        Ok(Ok(dataset)) => Ok(dataset),
        Ok(Err(ReadError::NotDicom)) => Err(NotKept::Excluded(Exclusion::NotDicom)),
        Ok(Err(ReadError::Failed(failure))) => Err(NotKept::Failed(failure)),
        Err(_) => Err(NotKept::Failed(Failure::new(Stage::Parse, "the reader gave up on this file"))),
    }
}
