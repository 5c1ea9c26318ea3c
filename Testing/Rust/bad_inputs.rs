//! The matrix of bad inputs: files, folders, lists and places, each with what must become of it.
//!
//! Every bad file lies in a patient of its own beside a good series, and all patients are done in one run; a
//! second run without the bad files shows that the good series came out byte for byte the same. A panic in
//! the program would show as `a fault of its own`, which no case expects.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::too_many_lines, reason = "a table of cases is as long as it has cases")]
#![allow(unreachable_pub, reason = "modules of one test share their parts")]

#[path = "bad_inputs/case.rs"]
mod case;
#[path = "bad_inputs/compressed.rs"]
mod compressed;
#[path = "bad_inputs/files.rs"]
mod files;
#[path = "bad_inputs/folders.rs"]
mod folders;
#[path = "bad_inputs/forms.rs"]
mod forms;
#[path = "bad_inputs/headers.rs"]
mod headers;
#[path = "bad_inputs/lists.rs"]
mod lists;
#[path = "bad_inputs/places.rs"]
mod places;
#[path = "bad_inputs/series.rs"]
mod series;
#[path = "bad_inputs/slice.rs"]
mod slice;
