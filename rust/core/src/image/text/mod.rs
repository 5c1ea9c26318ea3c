//! Finds burned-in text by what makes it text, and clears what lies outside the head.
//!
//! Glyphs are thin strokes with two sides, 4 to 48 pixels high, that stand in lines. Nothing is read: there is no
//! word list and no script; any line of glyph-like shapes counts. In the order of the flow: `stroke` measures how far
//! each pixel stands out as a thin stroke, `links` notes neighbors of one value among them, `component` joins strokes
//! to shapes, `line` puts shapes side by side, `score` weighs what speaks for a line, `constant` gathers strokes drawn
//! with one value on any background, `slice` decides for one slice, `repeat` follows text from slice to slice, `find`
//! decides for the series, `outside` clears what is not the head when the face stays.
//!
//! The search is best made before defacing on whole slices (a head that is true everywhere): half a line in the
//! air beside the head helps to find the other half over it, and text that touches the skin is known not to be
//! tissue.

mod block;
mod component;
mod constant;
mod find;
mod findings;
mod line;
mod links;
mod masked;
mod outside;
mod repeat;
mod score;
mod slice;
mod stroke;
mod window;

pub use find::{find_text, find_text_near};
pub use findings::{Rectangle, TEXT_FILL_HU, TextFindings};
pub use outside::clear_outside;
