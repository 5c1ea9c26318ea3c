//! Pictures of the result for the report: the surface from the front and both sides, and a montage of slices.
//!
//! Drawn from the values that are released, so nothing in them shows what was removed. Pictures of the original are
//! drawn for the private folder only, and only where a setting asks for them.
//! `surface` casts one ray for each pixel and shades what it meets, `montage` windows slices, `result` applies
//! the removal on the fly.

mod montage;
mod result;
mod surface;

use self::result::Released;
use crate::image::{HuVolume, Removal};

/// One picture: what it shows and its PNG file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// `front`, `left`, `right` or `slices`.
    pub(crate) view: &'static str,
    /// A PNG.
    pub(crate) png: Vec<u8>,
}

/// The pictures of a series: `volume` with its text masked, and what is removed from it.
///
/// A view without a surface (an empty volume, one slice) is left out.
#[must_use]
pub(crate) fn draw(volume: &HuVolume, removal: &Removal) -> Vec<Picture> {
    views(&Released { volume, removal: Some(removal) })
}

/// The pictures of a series as it came, with the patient's face: for the private folder only.
#[must_use]
pub(crate) fn draw_original(volume: &HuVolume) -> Vec<Picture> {
    views(&Released { volume, removal: None })
}

fn views(drawn: &Released<'_>) -> Vec<Picture> {
    let mut pictures = surface::views(drawn);
    pictures.extend(montage::montage(drawn));
    pictures
}

/// A PNG of 8-bit gray, with transparency when `channels` is 2; `None` when it cannot be encoded.
fn png(width: usize, height: usize, channels: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(if channels == 2 { png::ColorType::GrayscaleAlpha } else { png::ColorType::Grayscale });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(bytes).ok()?;
    writer.finish().ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::image::{FillValue, Geometry, Mask};

    /// A ball of water with a nose to the front, 40 slices of 5 mm.
    fn ball() -> (HuVolume, Removal) {
        let hu = Array3::from_shape_fn((40, 64, 64), |(slice, row, column)| {
            let (z, y, x) =
                (slice as f64 * 5.0 - 100.0, row as f64 * 4.0 - 128.0, column as f64 * 4.0 - 128.0);
            let nose = x.abs() < 12.0 && z.abs() < 20.0 && (-110.0..0.0).contains(&y);
            if (x * x + y * y + z * z).sqrt() < 80.0 || nose { 40 } else { -1000 }
        });
        let geometry = Geometry {
            origins_mm: (0..40).map(|slice| [-128.0, -128.0, f64::from(slice) * 5.0 - 100.0]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 4.0,
            column_spacing_mm: 4.0,
        };
        let removal =
            Removal { mask: Mask::from_elem((40, 64, 64), false), fill: FillValue::Constant(-1000) };
        (HuVolume { hu, geometry }, removal)
    }

    #[test]
    fn every_view_of_a_head_is_drawn() {
        let (volume, removal) = ball();
        let views: Vec<&str> = draw(&volume, &removal).iter().map(|picture| picture.view).collect();
        assert_eq!(views, ["front", "left", "right", "slices"]);
    }

    #[test]
    fn what_was_removed_is_in_no_picture() {
        let (volume, mut removal) = ball();
        removal.mask.indexed_iter_mut().for_each(|((_, row, _), removed)| *removed = row < 14);
        let mut without = volume.clone();
        without.hu.indexed_iter_mut().for_each(|((_, row, _), hu)| {
            if row < 14 {
                *hu = -1000;
            }
        });
        let nothing = Removal { mask: Mask::from_elem(volume.hu.dim(), false), ..removal.clone() };
        assert!(draw(&volume, &removal) == draw(&without, &nothing));
        assert!(draw(&volume, &removal) != draw(&volume, &nothing));
        assert!(draw_original(&volume) == draw(&volume, &nothing));
    }
}
