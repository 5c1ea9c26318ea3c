//! What to verify, and what to compare it with.

use std::path::PathBuf;

/// The input of the run.
#[derive(Debug, Clone)]
pub struct Original {
    /// Folder with one folder per accession number.
    pub input: PathBuf,
    /// The linkage table.
    pub list: PathBuf,
}

/// A released folder and what is at hand to check it with.
#[derive(Debug, Clone)]
pub struct VerifyRequest {
    /// A folder that a run has written.
    pub output: PathBuf,
    /// The input, for the checks that need the original.
    pub original: Option<Original>,
    /// The private folder, for the keyed manifest and the UIDs.
    pub private: Option<PathBuf>,
}
