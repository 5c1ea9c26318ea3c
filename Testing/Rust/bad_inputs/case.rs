//! Runs cases and compares what became of them with what must.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};

use headct_deid_core::pipeline::{self, RunError};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::MANIFEST_PURPOSE;
use headct_deid_core::release::private::PrivateFolder;
use headct_deid_core::release::record::{PatientRecord, Report};
use headct_deid_core::release::request::{ReleaseHeld, Request};
use headct_deid_core::{Exclusion, Key};

use crate::slice::{Place, SLICES, Slice, accession};

/// Of all runs here, so that their outputs can be compared.
pub const KEY: &str = "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b";

/// What must become of the bad files of a case.
#[derive(Debug, Clone)]
pub enum Expect {
    /// All released.
    Released,
    /// All left out for one reason.
    LeftOut(Exclusion),
    /// All failed, with messages that contain this.
    Failed(&'static str),
    /// So many released, the others left out or failed with a code or message that contains this.
    Mixed(u64, &'static str),
    /// All held, for the reason of this code.
    Held(&'static str),
    /// None released, whatever the reason.
    NotReleased,
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Released => f.write_str("released"),
            Self::LeftOut(reason) => write!(f, "left out: {}", reason.code()),
            Self::Failed(message) => write!(f, "failed: ... {message} ..."),
            Self::Mixed(count, rest) => write!(f, "{count} released, rest: ... {rest} ..."),
            Self::Held(code) => write!(f, "held: {code}"),
            Self::NotReleased => f.write_str("none released"),
        }
    }
}

/// What became of the bad files of a case.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Actual {
    released: u64,
    held: BTreeMap<String, u64>,
    other: BTreeMap<String, u64>,
}

impl Actual {
    /// All outcomes of a patient but those of the good series.
    fn of(patient: &PatientRecord, good: u64) -> Self {
        let mut actual =
            Self { released: patient.released() - good.min(patient.released()), ..Self::default() };
        for series in &patient.series {
            if let Some(why) = series.reason.as_ref().filter(|_| series.held > 0) {
                *actual.held.entry(why.clone()).or_default() += series.held;
            }
            for (why, count) in series.left_out.iter().chain(&series.failed) {
                *actual.other.entry(why.clone()).or_default() += count;
            }
        }
        actual
    }

    fn is(&self, expect: &Expect, files: u64) -> bool {
        let rest: u64 = self.other.values().sum();
        let all = |found: &dyn Fn(&str) -> bool| self.other.keys().all(|why| found(why));
        let held: u64 = self.held.values().sum();
        self.released + rest + held == files
            && (held == 0 || matches!(expect, Expect::Held(_)))
            && match expect {
                Expect::Released => self.released == files,
                Expect::LeftOut(reason) => self.released == 0 && all(&|why| why == reason.code()),
                Expect::Failed(message) => {
                    self.released == 0 && all(&|why| why.contains(": ") && why.contains(message))
                }
                Expect::Mixed(count, message) => self.released == *count && all(&|why| why.contains(message)),
                Expect::Held(code) => held == files && self.held.keys().all(|why| why == code),
                Expect::NotReleased => self.released == 0,
            }
            && all(&|why| !why.contains("fault of its own"))
    }
}

impl fmt::Display for Actual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let released = ("released".to_owned(), self.released);
        let held = self.held.iter().map(|(why, count)| (format!("held: {why}"), *count));
        let parts: Vec<String> = std::iter::once(released)
            .chain(held)
            .chain(self.other.iter().map(|(why, count)| (why.clone(), *count)))
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| if count == 1 { what } else { format!("{count} x {what}") })
            .collect();
        f.write_str(&parts.join(", "))
    }
}

type Build = Box<dyn Fn(usize, &Path)>;

/// A patient with something bad beside a good series.
pub struct Case {
    name: String,
    expect: Expect,
    files: u64,
    /// Puts the bad files into the patient's folder.
    build: Build,
}

/// A case of one slice in a series of its own, changed before it is written.
pub fn slice(name: &str, expect: Expect, change: impl Fn(&mut Slice) + 'static) -> Case {
    bytes(name, expect, move |slice| {
        change(slice);
        slice.bytes()
    })
}

/// A case of one file made from a good slice.
pub fn bytes(name: &str, expect: Expect, make: impl Fn(&mut Slice) -> Vec<u8> + 'static) -> Case {
    folder(name, expect, 1, move |patient, path| {
        let bytes = make(&mut Slice::good(Place { patient, series: 2, index: 1 }));
        put(&path.join("SE2/file.dcm"), &bytes);
    })
}

/// A case of several files, put into the patient's folder by `build`, which is given the patient's number.
pub fn folder(name: &str, expect: Expect, files: u64, build: impl Fn(usize, &Path) + 'static) -> Case {
    Case { name: name.to_owned(), expect, files, build: Box::new(build) }
}

/// Writes a file and the folders above it.
#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
pub fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A request on the folder `base`: `input`, `list.csv`, `output`, `private`, the key of all tests, everything
/// held released.
pub fn request(base: &Path) -> Request {
    put(&base.join("key.hex"), KEY.as_bytes());
    Request {
        private: Some(base.join("private")),
        key: Some(base.join("key.hex")),
        release_held: ReleaseHeld::All,
        jobs: 2,
        ..Request::new(base.join("input"), base.join("list.csv"), base.join("output"))
    }
}

/// Runs a request.
pub fn run(request: &Request) -> Result<Report, RunError> {
    pipeline::run(request, &Progress::default())
}

/// Writes the good series of a patient.
pub fn good_series(input: &Path, patient: usize) {
    for index in 0..SLICES {
        let slice = Slice::good(Place { patient, series: 1, index });
        put(&input.join(accession(patient)).join(format!("SE1/{index}")), &slice.bytes());
    }
}

/// The `New_ID` of a patient of the matrix.
pub fn new_id(patient: usize) -> String {
    format!("CASE-{patient:04}")
}

/// Writes all cases into `base`, with or without what is bad, and runs on them.
fn run_cases(cases: &[Case], base: &Path, bad: bool) -> Report {
    let input = base.join("input");
    let mut list = "Accession_number,New_ID\n".to_owned();
    for (patient, case) in cases.iter().enumerate() {
        list.extend([&accession(patient), ",", &new_id(patient), "\n"]);
        good_series(&input, patient);
        if bad {
            (case.build)(patient, &input.join(accession(patient)));
        }
    }
    put(&base.join("list.csv"), list.as_bytes());
    let before = tree(&input);
    let report = run(&request(base)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(tree(&input), before, "the input was changed");
    verified_only(base);
    report
}

/// Runs the cases, prints expected and actual outcome of each, and panics if any differ.
pub fn check(title: &str, cases: &[Case]) {
    let clock = std::time::Instant::now();
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let report = run_cases(cases, with.path(), true);
    run_cases(cases, without.path(), false);
    let mut wrong = Vec::new();
    println!("{title}: {} cases", cases.len());
    for ((patient, case), record) in cases.iter().enumerate().zip(&report.patients) {
        let actual = Actual::of(record, SLICES as u64);
        println!("| {} | {} | {actual} |", case.name, case.expect);
        let files = |base: &Path| -> Vec<String> {
            let released = tree(&base.join("output").join(new_id(patient)));
            released.into_values().filter(|what| what != "folder").collect()
        };
        let (neighbors, all) = (files(without.path()), files(with.path()));
        let unharmed = neighbors.len() == SLICES && neighbors.iter().all(|file| all.contains(file));
        if !actual.is(&case.expect, case.files) || !record.adds_up() || !unharmed {
            wrong.push(format!(
                "{}: expected {}, found {actual}; neighbors unharmed: {unharmed}",
                case.name, case.expect
            ));
        }
    }
    let totals = report.totals();
    assert_eq!(totals.files_seen, totals.released + totals.left_out + totals.held + totals.failed);
    println!("{title}: {:.1} s, at most {} MB of memory", clock.elapsed().as_secs_f64(), peak_megabytes());
    assert!(peak_megabytes() < 2000);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file below a folder with a digest of its bytes; links and the like by their kind.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let key = Key::from_hex(KEY).unwrap();
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let what = if kind.is_dir() {
                waiting.push(path.clone());
                "folder".to_owned()
            } else if kind.is_file() && entry.metadata().unwrap().len() < 1 << 26 {
                fs::read(&path)
                    .map_or_else(|error| error.kind().to_string(), |bytes| hex(&key.code("tree", &[&bytes])))
            } else {
                format!("{kind:?}")
            };
            found.insert(path.strip_prefix(folder).unwrap().to_owned(), what);
        }
    }
    found
}

/// Every file of the output but report and hidden folder stands in the manifest with its length and digest,
/// and every line of the manifest is a file.
pub fn verified_only(base: &Path) {
    let output = base.join("output");
    let key = Key::from_hex(KEY).unwrap();
    let manifest = PrivateFolder::read_manifest(&base.join("private")).unwrap();
    let mut released: Vec<PathBuf> = tree(&output)
        .into_iter()
        .filter(|(path, what)| {
            what != "folder"
                && path.components().count() > 1
                && !path.starts_with(".headct-deid")
                && !path.starts_with("report-pictures")
        })
        .map(|(path, _)| path)
        .collect();
    for line in &manifest {
        let bytes = fs::read(output.join(&line.path)).unwrap();
        let digest = hex(&key.code(MANIFEST_PURPOSE, &[&bytes]));
        assert_eq!(
            (bytes.len() as u64, digest.as_str()),
            (line.bytes, line.digest.as_str()),
            "{}",
            line.path
        );
        released.retain(|path| *path != Path::new(&line.path));
    }
    assert_eq!(released, Vec::<PathBuf>::new(), "released without a line in the manifest");
}

/// The most memory that this process ever had, where the system tells; otherwise 0.
fn peak_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}
