//! Defaces a raw volume, for experiments: writes the masks and prints figures.
//!
//! ```text
//! deface_raw VOLUME.i16 GEOMETRY.txt MASKS.u8 [name=value ...]     settings as on the command line, and seed=N
//! ```
//! VOLUME is little endian, `[slice, row, column]`. GEOMETRY holds numbers: slices, rows, columns; row and column
//! spacing; both triplets of Image Orientation; then one origin per slice. MASKS gets one byte per voxel:
//! 1 removed, 2 head, 4 protected; then VOLUME with the fill applied, as little-endian i16. With - for MASKS
//! nothing is written.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use headct_deid_core::RawSettings;
use headct_deid_core::image::deface::{DefaceSettings, deface};
use headct_deid_core::image::tripwire::enclosed_ml;
use headct_deid_core::image::{Geometry, HuVolume};
use headct_deid_core::stop::Stop;
use ndarray::Array3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [volume, geometry, masks, options @ ..] = arguments.as_slice() else {
        return Err("expected VOLUME GEOMETRY MASKS [name=value ...]".into());
    };
    let mut raw = RawSettings::default();
    let mut seed = [7; 32];
    for (name, value) in options.iter().filter_map(|option| option.split_once('=')) {
        if name == "seed" {
            seed = [value.parse()?; 32];
        } else {
            raw.set(name, value);
        }
    }
    let settings = raw.check().map_err(|refusal| format!("{refusal:?}"))?;
    let volume = read(volume, geometry)?;
    let started = Instant::now();
    let result = deface(&volume, &DefaceSettings::from(&settings), seed, Stop::never())?;
    let defaced = started.elapsed();
    let enclosed = enclosed_ml(&volume, &result.removal.mask);
    let checked = started.elapsed().saturating_sub(defaced);
    let slices = volume.hu.dim().0 as f64;
    println!("{:#?}\nhold {:?}", result.evidence, result.hold);
    println!("tripwire {enclosed:.3} ml");
    println!(
        "{:.3} ms and {:.3} ms per slice",
        defaced.as_secs_f64() * 1e3 / slices,
        checked.as_secs_f64() * 1e3 / slices
    );
    if masks == "-" {
        return Ok(());
    }
    let (_, rows, columns) = volume.hu.dim();
    let (head, protected) = (result.head.to_mask([rows, columns]), result.protected.to_mask([rows, columns]));
    let mut bytes = Vec::with_capacity(volume.hu.len() * 3);
    for ((removed, head), protected) in result.removal.mask.iter().zip(&head).zip(&protected) {
        bytes.push(u8::from(*removed) | u8::from(*head) << 1 | u8::from(*protected) << 2);
    }
    for ((slice, row, column), &hu) in volume.hu.indexed_iter() {
        let removed = result.removal.mask[[slice, row, column]];
        let hu = if removed { result.removal.fill.hu(slice, row, column) } else { hu };
        bytes.extend(hu.to_le_bytes());
    }
    #[expect(clippy::disallowed_methods, reason = "an experiment's own file, nothing that is released")]
    std::fs::File::create(masks)?.write_all(&bytes)?;
    Ok(())
}

fn read(volume: &str, geometry: &str) -> Result<HuVolume, Box<dyn Error>> {
    let text = std::fs::read_to_string(geometry)?;
    let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [slices, rows, columns, row_spacing_mm, column_spacing_mm, rest @ ..] = numbers.as_slice() else {
        return Err("geometry is too short".into());
    };
    let triplets: Vec<[f64; 3]> = rest.chunks_exact(3).map(|t| [t[0], t[1], t[2]]).collect();
    let [along_row, along_column, origins_mm @ ..] = triplets.as_slice() else {
        return Err("orientation is missing".into());
    };
    let hu: Vec<i16> =
        std::fs::read(volume)?.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let geometry = Geometry {
        origins_mm: origins_mm.to_vec(),
        along_row: *along_row,
        along_column: *along_column,
        row_spacing_mm: *row_spacing_mm,
        column_spacing_mm: *column_spacing_mm,
    };
    let dim = (*slices as usize, *rows as usize, *columns as usize);
    Ok(HuVolume { hu: Array3::from_shape_vec(dim, hu)?, geometry })
}
