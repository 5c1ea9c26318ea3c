//! Streaks around metal: bright and dark rays that fade with the distance.

use crate::noise::normal;

/// A piece of metal in a slice, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metal {
    pub row: f32,
    pub column: f32,
    pub seed: u64,
}

/// HU that a piece of metal adds at a pixel.
pub(crate) fn streak_hu(metal: &Metal, row: f32, column: f32, spacing_mm: f32) -> f32 {
    let (down, across) = ((row - metal.row) * spacing_mm, (column - metal.column) * spacing_mm);
    let distance = down.hypot(across);
    if !(3.0..120.0).contains(&distance) {
        return 0.0;
    }
    let turn = (down.atan2(across) / std::f32::consts::TAU + 0.5) * 36.0;
    let (ray, part) = (turn.floor(), turn.fract());
    let strength = |ray: f32| normal(metal.seed, (ray as u64) % 36);
    let between = strength(ray) * (1.0 - part) + strength(ray + 1.0) * part;
    between * 260.0 * (-distance / 32.0).exp()
}
