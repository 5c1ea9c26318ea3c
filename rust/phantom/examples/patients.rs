//! Writes the demonstration's patients, or a cohort: `patients DIR [PATIENTS SLICES MATRIX]`.

use std::path::Path;

use headct_deid_phantom::patients::{write_cohort, write_patients, write_truth};

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let dir = Path::new(words.first().map_or("demo", String::as_str));
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
    let start = std::time::Instant::now();
    let demo = match (number(1), number(2), number(3)) {
        (Some(patients), Some(slices), Some(matrix)) => write_cohort(dir, patients, slices, matrix, 1)?,
        _ => write_patients(dir)?,
    };
    write_truth(&demo, &dir.join("truth.json"))?;
    eprintln!("{} examinations in {:.1} s", demo.truth.len(), start.elapsed().as_secs_f64());
    Ok(())
}
