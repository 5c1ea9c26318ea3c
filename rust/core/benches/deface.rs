//! CPU time and memory of defacing, stage by stage, on a generated head of 512 x 512 pixels.
//!
//! `cargo bench -p headct-deid-core --bench deface`. Prints the least of several runs: CPU milliseconds per slice over
//! all threads (wall time where the system does not tell CPU time), since wall time on shared machines means little.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement may stop where it stands, and is printed"
)]

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use headct_deid_core::image::deface::{DefaceSettings, decide, deface, exterior};
use headct_deid_core::image::grid::Grid;
use headct_deid_core::image::sample::Sample;
use headct_deid_core::image::tripwire::tripwire;
use headct_deid_core::image::{Geometry, HuVolume};
use headct_deid_core::settings::RawSettings;
use headct_deid_core::stop::Stop;
use headct_deid_phantom::{Case, head};

/// Runs of each stage.
const RUNS: usize = 9;

fn main() {
    let phantom = head(&Case::Ordinary.parameters().with_matrix(512).with_slices(-126.0, 100.0, 2.0));
    let volume = HuVolume {
        hu: phantom.hu,
        geometry: Geometry {
            origins_mm: phantom.origins_mm,
            along_row: phantom.along_row,
            along_column: phantom.along_column,
            row_spacing_mm: phantom.row_spacing_mm,
            column_spacing_mm: phantom.column_spacing_mm,
        },
    };
    let how = |name: &str, value: &str| {
        let mut raw = RawSettings::default();
        raw.set(name, value);
        DefaceSettings::from(&raw.check().expect("a legal setting"))
    };
    let usual = how("fill", "air");
    let (slices, rows, columns) = volume.hu.dim();
    println!("{slices} slices of {rows} x {columns}, {} threads", rayon::current_num_threads());

    let before = memory_forgotten();
    let never = Stop::never();
    let done = deface(&volume, &usual, [7; 32], never).expect("nobody asks to stop");
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        let per_voxel = after.saturating_sub(before) as f64 / volume.hu.len() as f64;
        println!("{:<44}{per_voxel:>8.2} bytes per voxel", "memory beyond the volume, at its peak");
    }

    let grid = Grid::new(&volume.geometry, [rows, columns]);
    let sample = Sample::new(&volume, &grid, -500, never).expect("nobody asks to stop");
    report("gather the volume on its grid", slices, || Sample::new(&volume, &grid, -500, never));
    report("find the outside and the head", slices, || {
        exterior::exterior(&sample, &grid, never)
            .and_then(|outside| exterior::head(&sample, &outside, &grid, never))
    });
    report("decide on the grid, both of these included", slices, || decide(&volume, &usual, [7; 32], never));
    let (decision, _) = decide(&volume, &usual, [7; 32], never).expect("nobody asks to stop");
    report("carry the decision to full resolution", slices, || decision.apply(&volume, never));
    report("deface, all of these", slices, || deface(&volume, &usual, [7; 32], never));
    report("mask of the head", slices, || done.head.to_mask([rows, columns]));
    report("second opinion on the brain", slices, || tripwire(&volume, &done.removal.mask));
    for (name, value) in [("fill", "face"), ("face", "erode"), ("kernel", "0"), ("shape", "disk")] {
        let other = how(name, value);
        report(&format!("deface with {name} = {value}"), slices, || deface(&volume, &other, [7; 32], never));
    }
}

/// Prints what a stage takes.
fn report<T>(stage: &str, slices: usize, run: impl Fn() -> T) {
    println!("{stage:<44}{:>8.2} ms per slice", least_ms(run) / slices as f64);
}

/// The least time of several runs, ms.
fn least_ms<T>(run: impl Fn() -> T) -> f64 {
    (0..RUNS)
        .map(|_| {
            let (wall, cpu) = (Instant::now(), cpu_ms());
            let made = black_box(run());
            let passed = match (cpu, cpu_ms()) {
                (Some(before), Some(after)) => after - before,
                _ => wall.elapsed().as_secs_f64() * 1000.0,
            };
            drop(made);
            passed
        })
        .fold(f64::INFINITY, f64::min)
}

/// CPU time of all threads of this process so far, ms.
fn cpu_ms() -> Option<f64> {
    let mut nanoseconds = 0.0;
    for task in fs::read_dir("/proc/self/task").ok()? {
        let times = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += times.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(nanoseconds / 1e6)
}

/// Forgets the peak so far; returns the memory held now.
fn memory_forgotten() -> Option<u64> {
    let mut references = fs::OpenOptions::new().write(true).open("/proc/self/clear_refs").ok()?;
    references.write_all(b"5").ok()?;
    peak_bytes()
}

/// The most memory this process has held since it was last forgotten.
fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
