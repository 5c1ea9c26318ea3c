//! The kinds of "no" that stop something: a refusal stops the run, a failure stops one file or series.
//!
//! Messages say what was found, what was expected and where; lower case, no full stop; nothing that came
//! from a patient.

use std::fmt;

/// One thing that is wrong with the list, the settings or the folders, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    /// Where: `linkage table, row 17` or `setting kernel`.
    pub place: String,
    /// What was found and what was expected.
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The run cannot start: every problem found, all at once. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Refusal {
    /// Never empty in a returned refusal.
    pub problems: Vec<Problem>,
}

impl Refusal {
    /// A refusal for one problem.
    pub fn one(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { problems: vec![Problem::new(place, message)] }
    }

    /// `Ok` when no problem was collected.
    pub fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// The stage at which a file or series could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Opening and reading bytes from disk.
    Read,
    /// Understanding the bytes as DICOM.
    Parse,
    /// Turning Pixel Data into stored values.
    Decode,
    /// Putting slices into a series with one geometry.
    Series,
    /// Applying the attribute tables.
    Header,
    /// Deciding and applying pixel changes.
    Image,
    /// Writing the staged file.
    Write,
    /// Checking the staged file.
    Verify,
}

impl Stage {
    /// The stage's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Parse => "parse",
            Self::Decode => "decode",
            Self::Series => "series",
            Self::Header => "header",
            Self::Image => "image",
            Self::Write => "write",
            Self::Verify => "verify",
        }
    }
}

/// A file or series that could not be done: nothing of it is released, the run goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, thiserror::Error)]
#[error("{}: {message}", stage.name())]
pub struct Failure {
    /// Where in the pipeline.
    pub stage: Stage,
    /// What was found and what was expected; nothing that came from the patient.
    pub message: String,
}

impl Failure {
    /// A failure at a stage.
    pub fn new(stage: Stage, message: impl Into<String>) -> Self {
        Self { stage, message: message.into() }
    }
}
