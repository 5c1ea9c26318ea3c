//! Slices side by side, from the lowest to the highest.

use super::result::{Released, ReleasedSlice};
use super::{Picture, png};

/// Slices shown, in two rows.
const SHOWN: usize = 10;
const PER_ROW: usize = 5;
/// Edge of each, pixels.
const EDGE: usize = 128;
/// Window for brain and blood, HU: center 40, width 100.
const WINDOW_HU: (f32, f32) = (-10.0, 90.0);

/// The montage; `None` for an empty volume.
pub(super) fn montage(released: &Released<'_>) -> Option<Picture> {
    let (slices, rows, columns) = released.volume.hu.dim();
    if slices == 0 || rows == 0 || columns == 0 {
        return None;
    }
    let shown = SHOWN.min(slices);
    let across = shown.min(PER_ROW);
    let (width, height) = (across * EDGE, shown.div_ceil(PER_ROW) * EDGE);
    let mut gray = vec![0_u8; width * height];
    for place in 0..shown {
        // The middle of each of the equal parts of the series.
        let slice = (2 * place + 1) * slices / (2 * shown);
        let drawn = released.slice(slice);
        let (left, top) = (place % PER_ROW * EDGE, place / PER_ROW * EDGE);
        for y in 0..EDGE {
            for x in 0..EDGE {
                gray[(top + y) * width + left + x] = pixel(&drawn, (rows, columns), y, x);
            }
        }
    }
    png(width, height, 1, &gray).map(|png| Picture { view: "slices", png })
}

/// The mean of the voxels that a pixel covers (at most 2 x 2 of them are looked at), windowed.
fn pixel(drawn: &ReleasedSlice<'_>, (rows, columns): (usize, usize), y: usize, x: usize) -> u8 {
    let edge = rows.max(columns) as f32 / EDGE as f32;
    let places = |at: usize, size: usize| {
        let begin = (at as f32 - (EDGE as f32 - size as f32 / edge) / 2.0) * edge;
        [begin + edge * 0.25, begin + edge * 0.75]
            .map(|place| (place >= 0.0 && place < size as f32).then_some(place as usize))
    };
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for row in places(y, rows).into_iter().flatten() {
        for column in places(x, columns).into_iter().flatten() {
            sum += f32::from(drawn.hu(row, column).max(-1000));
            count += 1.0;
        }
    }
    let mean = if count > 0.0 { sum / count } else { -1000.0 };
    ((mean - WINDOW_HU.0) / (WINDOW_HU.1 - WINDOW_HU.0) * 255.0).clamp(0.0, 255.0) as u8
}
