//! Finds burned-in text by what makes it text, and clears what lies outside the head.
//!
//! Glyphs are strokes of near-constant value with two sides, 4 to 48 pixels high, that stand in lines. Nothing
//! is read: there is no word list and no script; any line of glyph-like shapes counts. In the order of the flow:
//! [`stroke`] measures how far each pixel stands out, [`component`] joins strokes to shapes, [`line`] puts shapes
//! side by side and measures them, [`constant`] gathers strokes drawn with one value where the background is
//! restless, [`slice`] decides for one slice, [`find`] for the series.

mod component;
mod constant;
mod find;
mod findings;
mod line;
mod outside;
mod slice;
mod stroke;
mod window;

pub use find::find_text;
pub use findings::{Rectangle, TEXT_FILL_HU, TextFindings};
pub use outside::clear_outside;
