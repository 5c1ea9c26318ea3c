//! From the scene to voxels: grid, painting, streaks and noise.

pub(crate) mod grid;
mod paint;
mod streaks;

pub(crate) use paint::paint;
