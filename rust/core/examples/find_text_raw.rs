//! Finds text in a raw volume and prints its rectangles: `find_text_raw FILE SLICES ROWS COLUMNS [BLOCK [HEAD]]`.
//!
//! FILE holds little-endian 16-bit HU, slice by slice. With BLOCK, every BLOCK slices are a series of their own.
//! HEAD holds one byte per voxel, not 0 in the head; without it the whole slices are searched.
//! One line per rectangle: slice, top, bottom, left, right. The time goes to standard error.

use std::time::Instant;

use headct_deid_core::image::text::find_text;
use headct_deid_core::image::{Geometry, HuVolume, Mask};
use headct_deid_core::stop::Stop;
use ndarray::Array3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, sizes @ ..] = arguments.as_slice() else {
        return Err("expected FILE SLICES ROWS COLUMNS [BLOCK]".into());
    };
    let (sizes, head) = if sizes.len() == 5 { (&sizes[..4], sizes.last()) } else { (sizes, None) };
    let head = head.map(std::fs::read).transpose()?;
    let sizes = sizes.iter().map(|size| size.parse()).collect::<Result<Vec<usize>, _>>()?;
    let ([slices, rows, columns] | [slices, rows, columns, _]) = sizes[..] else {
        return Err("expected FILE SLICES ROWS COLUMNS [BLOCK]".into());
    };
    let block = sizes.get(3).copied().unwrap_or(slices);
    let values: Vec<i16> =
        std::fs::read(path)?.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut seconds = 0.0;
    for (index, part) in values.chunks_exact(block * rows * columns).enumerate() {
        let hu = Array3::from_shape_vec((block, rows, columns), part.to_vec())?;
        let geometry = Geometry {
            origins_mm: (0..block).map(|slice| [0.0, 0.0, slice as f64]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 1.0,
            column_spacing_mm: 1.0,
        };
        let inside = |(slice, row, column): (usize, usize, usize)| {
            head.as_ref()
                .is_none_or(|head| head[((index * block + slice) * rows + row) * columns + column] != 0)
        };
        let head = Mask::from_shape_fn((block, rows, columns), inside);
        let volume = HuVolume { hu, geometry };
        let started = Instant::now();
        let found = find_text(&volume, &head, Stop::never())?;
        seconds += started.elapsed().as_secs_f64();
        for at in &found.rectangles {
            println!("{} {} {} {} {}", index * block + at.slice, at.top, at.bottom, at.left, at.right);
        }
    }
    eprintln!("{:.3} ms per slice", seconds * 1000.0 / slices as f64);
    Ok(())
}
