//! Applies the attribute tables: what may stay in a header, what is replaced, what goes.
//!
//! In the order of the flow: `rules` reads the tables, `profile` turns them and the settings into one action
//! per attribute, `person` holds what is fixed for one patient, `scrub` applies the actions, `declare` says in
//! the file what was done, `audit` checks a written header against the tables without repeating the scrub.

mod audit;
mod clean;
mod codes;
mod cues;
mod dates;
mod declare;
mod fold;
mod folder;
mod identifiers;
mod legal;
mod months;
mod person;
mod profile;
mod rules;
mod scrub;
mod uids;
mod value;
mod vocabulary;
mod wording;

pub use audit::{Check, Finding, audit};
pub use dates::DateShift;
pub use declare::{ActionCounts, DeclaredOptions, MappedUids, ScrubbedHeader};
pub use folder::safe_folder_name;
pub use identifiers::{Hit, IdentifierKind, Identifiers};
pub use person::{OriginalIdentity, Person, accession_for};
pub use scrub::scrub;
pub use uids::remap_uid;

/// Searches bytes of any encoding for the identifiers of a patient; see [`Identifiers::scan_bytes`].
#[must_use]
pub fn scan_bytes(identifiers: &Identifiers, bytes: &[u8]) -> Vec<Hit> {
    identifiers.scan_bytes(bytes)
}
