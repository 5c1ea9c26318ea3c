//! Finds what to de-identify: reads the linkage table, scans folders, reads headers, selects head CT slices,
//! groups them into series and decodes their pixels.
//!
//! Input is hostile here: every length is checked and nothing is reserved from a declared length.

pub mod decode;
mod facts;
pub mod instance;
pub mod linkage;
pub mod listing;
mod look;
pub mod plan;
pub mod read;
pub mod scan;
pub mod select;
pub mod series;
