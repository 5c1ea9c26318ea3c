//! What a run leaves when something outside of it goes wrong: killed, interrupted, cancelled, full disk, drive gone, two
//! runs at once. And that the result depends on neither threads nor the order of files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use headct_deid_core::pipeline::{self, RunError};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::output::{HIDDEN, OutputFolder};
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};

#[cfg(target_os = "linux")]
#[path = "faults/scarce.rs"]
mod scarce;

const KEY: &str = "6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c";
const PATIENTS: usize = 5;

/// Generated patients, their list, a key, and the output of an undisturbed run on them.
struct World {
    base: tempfile::TempDir,
    undisturbed: BTreeMap<PathBuf, Vec<u8>>,
    seconds: f64,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let base = tempfile::tempdir().unwrap();
    headct_deid_phantom::patients::write_cohort(base.path(), PATIENTS, 10, 64, 3).unwrap();
    put(&base.path().join("key.hex"), KEY.as_bytes());
    let (clock, place) = (Instant::now(), tempfile::tempdir().unwrap());
    let done = finished(command(base.path(), place.path(), &[]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    let undisturbed = tree(&place.path().join("out"));
    assert_eq!(patients(&undisturbed).len(), PATIENTS);
    World { base, undisturbed, seconds: clock.elapsed().as_secs_f64() }
});

/// The command line on the world's patients, with output and private folder in `place`.
fn command(world: &Path, place: &Path, more: &[&str]) -> Command {
    on_threads("2", world, place, more)
}

/// The same on so many threads.
fn on_threads(jobs: &str, world: &Path, place: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headct-deid"));
    command.arg("run").arg(world.join("patients")).arg(world.join("patients.xlsx")).arg(place.join("out"));
    command.arg("--private").arg(place.join("private")).arg("--key").arg(world.join("key.hex"));
    command.args(["--jobs", jobs, "--release-held", "all"]).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finished(mut command: Command) -> Output {
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Every file of an output but those of its hidden folder, with its bytes.
fn tree(output: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![output.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_name() == HIDDEN {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.insert(
                    path.strip_prefix(output).unwrap().to_owned(),
                    fs::read(&path).unwrap_or_default(),
                );
            }
        }
    }
    found
}

/// The files of each patient's folder.
fn patients(tree: &BTreeMap<PathBuf, Vec<u8>>) -> BTreeMap<PathBuf, BTreeMap<&Path, &[u8]>> {
    let mut patients: BTreeMap<PathBuf, BTreeMap<&Path, &[u8]>> = BTreeMap::new();
    for (path, bytes) in tree.iter().filter(|(path, _)| path.components().count() > 1) {
        let folder = path.components().next().unwrap().as_os_str().into();
        patients.entry(folder).or_default().insert(path, bytes);
    }
    patients
}

/// Panics unless each patient under a final name is whole and as in the undisturbed run; returns how many.
fn whole_patients(output: &Path) -> usize {
    let found = tree(output);
    let expected = patients(&WORLD.undisturbed);
    for (name, files) in patients(&found) {
        assert!(expected.get(&name) == Some(&files), "{} is not whole", name.display());
    }
    patients(&found).len()
}

/// Panics unless the output is the undisturbed run's, byte for byte.
fn same_as_undisturbed(output: &Path) {
    let found = tree(output);
    let names = |tree: &BTreeMap<PathBuf, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&WORLD.undisturbed));
    for (path, bytes) in &found {
        assert!(WORLD.undisturbed[path] == *bytes, "{} differs", path.display());
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let clock = Instant::now();
    while !holds() {
        assert!(clock.elapsed() < Duration::from_mins(2), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn end(mut child: Child) -> Output {
    until("the run ends", || child.try_wait().unwrap().is_some());
    child.wait_with_output().unwrap()
}

#[test]
fn a_run_killed_at_any_moment_resumes_to_the_same_bytes() {
    for part in [0.03, 0.2, 0.37, 0.55, 0.7, 0.93] {
        let place = tempfile::tempdir().unwrap();
        let output = place.path().join("out");
        let mut more: &[&str] = &[];
        let mut whole = Vec::new();
        // Killed twice, then left in peace.
        for _ in 0..2 {
            let mut child = command(WORLD.base.path(), place.path(), more).spawn().unwrap();
            std::thread::sleep(Duration::from_secs_f64(WORLD.seconds * part));
            child.kill().unwrap();
            child.wait().unwrap();
            whole.push(whole_patients(&output));
            more = &["--resume"];
        }
        let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
        assert_eq!(done.status.code(), Some(0), "{}", text(&done));
        same_as_undisturbed(&output);
        assert!(!output.join(HIDDEN).join("staging").exists());
        println!("killed after {:.0} % of the time: {whole:?} patients were whole", part * 100.0);
    }
}

#[test]
fn a_second_run_on_the_same_output_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let output = place.path().join("out");
    let first = OutputFolder::take(&output).unwrap();
    let second = finished(command(WORLD.base.path(), place.path(), &[]));
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second).contains("another run is writing into it"), "{}", text(&second));
    assert_eq!(tree(place.path()).len(), 0, "the refused run wrote something");
    drop(first);
    assert_eq!(finished(command(WORLD.base.path(), place.path(), &[])).status.code(), Some(0));
    same_as_undisturbed(&output);
}

#[test]
fn resume_does_not_take_what_no_run_wrote() {
    let place = tempfile::tempdir().unwrap();
    let notes = place.path().join("out/COHORT-0002/notes.txt");
    put(&notes, b"keep me");
    let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
    assert_eq!(done.status.code(), Some(2), "{}", text(&done));
    assert_eq!(fs::read(&notes).unwrap(), b"keep me");
}

#[test]
fn a_cancelled_run_ends_within_a_moment_and_resumes_to_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let world = WORLD.base.path();
    let output = place.path().join("out");
    let request = Request {
        private: Some(place.path().join("private")),
        key: Some(world.join("key.hex")),
        release_held: ReleaseHeld::All,
        jobs: 2,
        ..Request::new(world.join("patients"), world.join("patients.xlsx"), output.clone())
    };
    let progress = Progress::default();
    let (result, waited) = std::thread::scope(|scope| {
        let run = scope.spawn(|| pipeline::run(&request, &progress));
        until("slices are done", || {
            progress.snapshot().slices_done > 0 && progress.snapshot().stage == "processing"
        });
        let clock = Instant::now();
        progress.cancel();
        (run.join().unwrap(), clock.elapsed())
    });
    assert!(matches!(result, Err(RunError::Cancelled(_))), "{result:?}");
    println!("cancelled within {:.2} s", waited.as_secs_f64());
    // A second is promised; a loaded machine and an unoptimized build get more.
    assert!(waited < Duration::from_secs(5));
    assert!(whole_patients(&output) < PATIENTS);
    assert!(!output.join(HIDDEN).join("staging").exists());
    let again = Request { existing: Existing::Resume, ..request };
    pipeline::run(&again, &Progress::default()).unwrap();
    same_as_undisturbed(&output);
}

#[cfg(unix)]
#[test]
fn control_c_ends_a_run_cleanly() {
    let place = tempfile::tempdir().unwrap();
    let output = place.path().join("out");
    let child = on_threads("1", WORLD.base.path(), place.path(), &[]).spawn().unwrap();
    until("the first patient is there", || whole_names(&output) > 0);
    let clock = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let done = end(child);
    println!("interrupted within {:.2} s", clock.elapsed().as_secs_f64());
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).contains("cancelled; finished patients are in the output"), "{}", text(&done));
    assert!(whole_patients(&output) > 0);
    assert!(!output.join(HIDDEN).join("staging").exists());
    let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    same_as_undisturbed(&output);
}

#[test]
fn an_output_that_goes_away_is_told_and_not_made_again() {
    let place = tempfile::tempdir().unwrap();
    let (output, gone) = (place.path().join("out"), place.path().join("gone"));
    let child = on_threads("1", WORLD.base.path(), place.path(), &[]).spawn().unwrap();
    until("the first patient is there", || whole_names(&output) > 0);
    #[expect(clippy::disallowed_methods, reason = "the test takes the output away")]
    fs::rename(&output, &gone).unwrap();
    let done = end(child);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).contains("writing stopped"), "{}", text(&done));
    assert_eq!(whole_patients(&output), 0, "patients were put where the output had been");
    assert!(whole_patients(&gone) > 0);
}

fn whole_names(output: &Path) -> usize {
    fs::read_dir(output).into_iter().flatten().flatten().filter(|entry| entry.file_name() != HIDDEN).count()
}

/// A small disk of its own, as root can mount one; unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn of(kilobytes: u32, place: &Path) -> Option<Self> {
        fs::create_dir_all(place).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place).output();
        mounted.is_ok_and(|done| done.status.success()).then(|| Self(place.to_owned()))
    }

    fn remount(&self, how: &str) -> bool {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        done.is_ok_and(|status| status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_half_written_gets_a_name() {
    let place = tempfile::tempdir().unwrap();
    let output = place.path().join("out");
    let bytes: usize = WORLD.undisturbed.values().map(Vec::len).sum();
    let Some(disk) = SmallDisk::of(bytes as u32 / 1024 / 2, &output) else {
        eprintln!("SKIPPED: this user mounts no disk, so none can be filled");
        return;
    };
    let done = finished(command(WORLD.base.path(), place.path(), &[]));
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(text(&done).contains("writing stopped"), "{}", text(&done));
    let whole = whole_patients(&output);
    assert!(whole < PATIENTS);
    assert!(!output.join(HIDDEN).join("staging").exists());
    if disk.remount("ro") {
        let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
        assert_ne!(done.status.code(), Some(0), "{}", text(&done));
        assert!(disk.remount("rw"));
    }
    assert!(disk.remount("size=64m"));
    let done = finished(command(WORLD.base.path(), place.path(), &["--resume"]));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    same_as_undisturbed(&output);
    println!("disk full after {whole} of {PATIENTS} patients, resumed to the same bytes");
}

/// Copies a tree, creating the files in the reverse order of their names.
#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
fn copy_backward(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<PathBuf> = fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().rev() {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_backward(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn threads_and_the_order_of_files_change_no_byte() {
    let (world, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy_backward(WORLD.base.path(), world.path());
    for jobs in ["1", "3"] {
        let output = place.path().join(jobs);
        let done = finished(on_threads(jobs, world.path(), &output, &[]));
        assert_eq!(done.status.code(), Some(0), "{}", text(&done));
        same_as_undisturbed(&output.join("out"));
    }
}
