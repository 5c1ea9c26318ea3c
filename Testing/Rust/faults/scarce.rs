//! What a run does when a drive fails in the middle of a file, memory runs out, or files are very many.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{
    PATIENTS, WORLD, command, copy_backward, finished, same_as_undisturbed, text, tree, whole_patients,
};

/// A copy of the patients that a test may change.
fn own_world() -> tempfile::TempDir {
    let world = tempfile::tempdir().unwrap();
    copy_backward(WORLD.base.path(), world.path());
    world
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |entry: fs::DirEntry| {
        if entry.path().is_dir() { files_below(&entry.path()) } else { vec![entry.path()] }
    };
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().flat_map(|entry| below(entry.unwrap())).collect();
    files.sort();
    files
}

/// The outcomes that the report counts.
fn totals(output: &Path) -> serde_json::Value {
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(output.join("report.json")).unwrap()).unwrap();
    report["totals"].clone()
}

/// The shim that makes a drive fail, compiled; `None` where there is no compiler.
fn failing_read(place: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Testing/Rust/faults/failing_read.c");
    let library = place.join("failing_read.so");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    compiled.is_ok_and(|status| status.success()).then_some(library)
}

#[test]
fn a_drive_that_fails_in_mid_file_costs_that_file_alone() {
    let place = tempfile::tempdir().unwrap();
    let Some(library) = failing_read(place.path()) else {
        eprintln!("SKIPPED: no C compiler, so no drive can be made to fail");
        return;
    };
    let output = place.path().join("out");
    let patients = fs::canonicalize(WORLD.base.path().join("patients")).unwrap();
    // In the middle of a series, so that a slice is missing between two others.
    let files = files_below(&patients);
    let failing = files.iter().filter(|file| fs::metadata(file).unwrap().len() > 8192).nth(7).unwrap();
    let mut run = command(WORLD.base.path(), place.path(), &[]);
    run.env("LD_PRELOAD", &library).env("FAILING_FILE", failing);
    let done = finished(run);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).contains("cannot be read"), "{}", text(&done));
    assert_eq!(totals(&output)["failed"], 1, "{}", text(&done));
    let (found, expected) = (tree(&output), &WORLD.undisturbed);
    let (found, expected) = (super::patients(&found), super::patients(expected));
    let others = found.iter().filter(|(name, files)| expected.get(*name) == Some(*files)).count();
    assert_eq!((found.len(), others), (PATIENTS, PATIENTS - 1), "{}", text(&done));
    // The drive works again.
    let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    same_as_undisturbed(&output);
}

/// A run that the system gives so many megabytes of addresses.
fn within(megabytes: u64, world: &Path, place: &Path, more: &[&str]) -> Command {
    let run = command(world, place, more);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -c 0; ulimit -v {}; exec \"$0\" \"$@\"", megabytes * 1024)]);
    shell.arg(run.get_program()).args(run.get_args());
    shell.env("MALLOC_ARENA_MAX", "1");
    shell
}

#[test]
fn a_file_too_large_for_the_memory_fails_alone() {
    let (world, place) = (own_world(), tempfile::tempdir().unwrap());
    let output = place.path().join("out");
    let slices = files_below(&world.path().join("patients"));
    // A slice with 500 megabytes of nothing behind it.
    let large = fs::OpenOptions::new().write(true).open(&slices[3]).unwrap();
    let length = large.metadata().unwrap().len();
    large.set_len(500 << 20).unwrap();
    let done = finished(within(450, world.path(), place.path(), &[]));
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).contains("not enough memory for"), "{}", text(&done));
    assert_eq!(totals(&output)["failed"], 1, "{}", text(&done));
    assert!(!output.join(super::HIDDEN).join("staging").exists());
    large.set_len(length).unwrap();
    let done = finished(command(world.path(), place.path(), &["--resume"]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    same_as_undisturbed(&output);
}

#[test]
fn a_hundred_thousand_files_are_counted_and_left() {
    const FILES: usize = 100_000;
    const FOLDERS: usize = 50;
    let (world, place) = (own_world(), tempfile::tempdir().unwrap());
    let first = fs::read_dir(world.path().join("patients")).unwrap().next().unwrap().unwrap().path();
    for folder in 0..FOLDERS {
        let folder = first.join(format!("notes{folder}"));
        super::put(&folder.join("0"), b"a note that is no scan");
        // Names of one file: a file system has room for them quickly.
        for file in 1..FILES / FOLDERS {
            fs::hard_link(folder.join("0"), folder.join(file.to_string())).unwrap();
        }
    }
    let before = totals_of_world();
    let done = finished(command(world.path(), place.path(), &[]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    let after = totals(&place.path().join("out"));
    let more = |what: &str| after[what].as_u64().unwrap() - before[what].as_u64().unwrap();
    assert_eq!((more("files_seen"), more("left_out"), more("released")), (FILES as u64, FILES as u64, 0));
    assert_eq!(whole_patients(&place.path().join("out")), PATIENTS);
}

fn totals_of_world() -> serde_json::Value {
    let report = &WORLD.undisturbed[Path::new("report.json")];
    let report: serde_json::Value = serde_json::from_slice(report).unwrap();
    report["totals"].clone()
}
