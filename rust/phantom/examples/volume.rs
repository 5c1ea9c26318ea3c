//! Writes the voxels of a generated head to standard output, little endian: `volume CASE|PERSON [MATRIX SPACING_MM]`.
//!
//! Prints shape, spacing and time to standard error. For looking at phantoms with other tools.

use std::io::Write;

use headct_deid_phantom::{Case, FaceShape, head};

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok());
    let name = words.first().map_or("ordinary", String::as_str);
    let mut parameters = match name.parse() {
        Ok(number) => Case::Ordinary.parameters().with_face(FaceShape::person(number)),
        Err(_) => Case::from_name(name)
            .ok_or_else(|| std::io::Error::other(format!("no case is called {name}")))?
            .parameters(),
    };
    if let (Some(matrix), Some(spacing_mm)) = (number(1), number(2)) {
        parameters = parameters.with_matrix(matrix as usize).with_slices(-148.0, 100.0, spacing_mm);
    }
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
