//! Values that point at a patient and must not be printed by accident.

use std::fmt;

/// A value that came from the patient or links back to one: a name, an accession number, an input path.
///
/// It has no `Display`, and its `Debug` does not show the value; [`reveal`](Self::reveal) is the one way in
/// and easy to search for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Identifying<T>(T);

impl<T> Identifying<T> {
    /// Marks a value where it is read.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for matching, reading input, and the private folder.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Identifying<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifying]")
    }
}

/// Identifying values cannot be formatted for a reader.
///
/// ```compile_fail
/// let name = headct_deid_core::Identifying::new("DOE^JOHN");
/// println!("{name}");
/// ```
///
/// ```
/// let name = headct_deid_core::Identifying::new("DOE^JOHN");
/// assert_eq!(format!("{name:?}"), "[identifying]");
/// ```
#[cfg(doctest)]
pub struct IdentifyingIsNotDisplay;
