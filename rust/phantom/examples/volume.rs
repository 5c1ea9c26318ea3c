//! Writes the voxels of a generated head to standard output, little endian: `volume FACE MATRIX SPACING_MM`.
//!
//! Prints shape, spacing and time to standard error. For looking at phantoms with other tools.

use std::io::Write;

use headct_deid_phantom::{FaceShape, HeadParameters, head};

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |at: usize, default: f64| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default);
    let face = match words.first().map(String::as_str) {
        Some("long") => FaceShape::long(),
        Some("round") => FaceShape::round(),
        Some("infant") => FaceShape::infant(),
        Some(word) => word.parse().map_or_else(|_| FaceShape::default(), FaceShape::person),
        None => FaceShape::default(),
    };
    let parameters = HeadParameters::default()
        .with_face(face)
        .with_matrix(number(1, 256.0) as usize)
        .with_slices(-148.0, 100.0, number(2, 1.0));
    let start = std::time::Instant::now();
    let phantom = head(&parameters);
    let dim = phantom.hu.dim();
    eprintln!(
        "{} {} {} {} {:.2} s",
        dim.0,
        dim.1,
        dim.2,
        phantom.column_spacing_mm,
        start.elapsed().as_secs_f64()
    );
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    phantom.hu.iter().try_for_each(|hu| out.write_all(&hu.to_le_bytes()))?;
    phantom.labels.iter().try_for_each(|label| out.write_all(&[*label]))?;
    out.flush()
}
