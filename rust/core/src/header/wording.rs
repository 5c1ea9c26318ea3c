//! Findings as a person reads them.

use std::fmt;

use super::audit::{Check, Finding};

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Private => "a private attribute",
            Self::Forbidden => "an attribute that has to go",
            Self::Unknown => "an attribute that the data dictionary does not know",
            Self::Illegal => "a value that its VR does not allow",
            Self::NotMapped => "a UID that was not mapped",
            Self::NotReplaced => "a value that was not replaced",
            Self::UnsafeText => "text with words that are not known to be safe",
            Self::Opaque => "bytes that nothing entitles to be there",
            Self::Age => "an age above 090Y",
            Self::Identifier(_) => "an identifier of the patient",
            Self::Declaration => "the declaration of what was done is missing or wrong",
        })
    }
}

impl Check {
    /// Stable code, as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Forbidden => "forbidden",
            Self::Unknown => "unknown",
            Self::Illegal => "illegal",
            Self::NotMapped => "not-mapped",
            Self::NotReplaced => "not-replaced",
            Self::UnsafeText => "unsafe-text",
            Self::Opaque => "opaque",
            Self::Age => "age",
            Self::Identifier(_) => "identifier",
            Self::Declaration => "declaration",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tag_path.is_empty() {
            self.check.fmt(f)
        } else {
            write!(f, "{} at {}", self.check, self.tag_path)
        }
    }
}
