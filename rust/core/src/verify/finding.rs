//! What a check answers.

use std::fmt;

use serde::Serialize;

/// Something that does not hold: which file, which attribute, which check; never a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Path below OUTPUT with `/`; empty for the folder as a whole. A name that is not ours is not shown.
    pub file: String,
    /// Tags from the outermost sequence inward; empty when no attribute is concerned.
    pub tag_path: String,
    /// Code of the check.
    pub check: String,
    /// What was found and what was expected.
    pub message: String,
}

impl Finding {
    /// A finding about a file.
    pub(super) fn new(file: &str, check: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            tag_path: String::new(),
            check: check.to_owned(),
            message: message.into(),
        }
    }

    /// The same about an attribute.
    pub(super) fn at(mut self, tag_path: impl fmt::Display) -> Self {
        self.tag_path = tag_path.to_string();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() { "output folder" } else { &self.file };
        write!(f, "{file}: ")?;
        if !self.tag_path.is_empty() {
            write!(f, "{}: ", self.tag_path)?;
        }
        write!(f, "{} ({})", self.message, self.check)
    }
}

/// A group of checks that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckDone {
    /// What was checked.
    pub name: String,
    /// How many findings.
    pub findings: usize,
}

/// The answer: what was checked and what does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Product and version that wrote the folder, as its report says.
    pub product: String,
    /// DICOM files looked at.
    pub files: u64,
    /// The groups of checks that were done.
    pub checks: Vec<CheckDone>,
    /// Everything that does not hold, sorted by file within each group.
    pub findings: Vec<Finding>,
}

impl Verification {
    pub(super) fn new(product: &str) -> Self {
        Self { product: product.to_owned(), files: 0, checks: Vec::new(), findings: Vec::new() }
    }

    /// Adds the answer of a group of checks.
    pub(super) fn add(&mut self, name: &str, mut findings: Vec<Finding>) {
        findings.sort();
        findings.dedup();
        self.checks.push(CheckDone { name: name.to_owned(), findings: findings.len() });
        self.findings.extend(findings);
    }

    /// Whether all holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// 0 when all holds, else 1.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        u8::from(!self.holds())
    }

    /// The answer as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let answer = match check.findings {
                0 => "holds".to_owned(),
                1 => "1 finding".to_owned(),
                count => format!("{count} findings"),
            };
            writeln!(f, "{}: {answer}", check.name)?;
        }
        for finding in &self.findings {
            writeln!(f, "  {finding}")?;
        }
        match self.findings.len() {
            0 => writeln!(f, "{} files verified: all holds", self.files),
            count => writeln!(f, "{} files looked at: {count} findings", self.files),
        }
    }
}
