//! Times the reader on files: CPU time on Linux, wall time elsewhere, after one round to warm up.
//!
//! ```text
//! cargo run --release -p headct-deid-core --example time_reader -- FILE...
//! ```

use std::path::{Path, PathBuf};
use std::time::Instant;

use headct_deid_core::gather::decode::decode;
use headct_deid_core::gather::read::{Extent, read, read_header};

const ROUNDS: usize = 20;

fn main() {
    let paths: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let files: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    let mut hu = Vec::new();
    report("header of a file on disk", &paths, |path: &PathBuf| read_header(Path::new(path)).is_ok());
    report("header in memory", &files, |bytes: &Vec<u8>| read(bytes, Extent::Header).is_ok());
    report("whole file in memory", &files, |bytes: &Vec<u8>| read(bytes, Extent::Whole).is_ok());
    report("whole file, pixels decoded, HU", &files, |bytes: &Vec<u8>| {
        let slice = read(bytes, Extent::Whole).ok().and_then(|dataset| decode(&dataset, bytes).ok());
        slice.is_some_and(|slice| {
            hu.resize(slice.rows * slice.columns, 0);
            slice.hu_into(&mut hu);
            true
        })
    });
}

fn report<T>(name: &str, inputs: &[T], mut work: impl FnMut(&T) -> bool) {
    let done = inputs.iter().map(&mut work).filter(|&done| done).count();
    let wall = Instant::now();
    let begin = cpu_ms();
    for _ in 0..ROUNDS {
        for input in inputs {
            std::hint::black_box(work(input));
        }
    }
    let spent_ms = match (begin, cpu_ms()) {
        (Some(begin), Some(end)) => end - begin,
        _ => wall.elapsed().as_secs_f64() * 1000.0,
    };
    let each_ms = spent_ms / (ROUNDS * inputs.len().max(1)) as f64;
    println!("{name:<32} {each_ms:.4} ms each, {done} of {} done", inputs.len());
}

/// Milliseconds this thread has run, from Linux's scheduler.
fn cpu_ms() -> Option<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(statistics.split(' ').next()?.parse::<f64>().ok()? / 1e6)
}
