//! The bodies of the fuzz targets on their corpora, and on bytes made from them: always the same ones.
//!
//! This is what every test run does of fuzzing. It finds what comes back, and coarse new faults; the search that
//! watches which code an input reaches is `make fuzz`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, clippy::expect_used, unreachable_pub, reason = "the targets are another crate's, too")]
#[path = "../../rust/fuzz/src/lib.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Changed inputs for each target, shared by the files of its corpus.
const CHANGES: usize = 4000;
/// No input may take longer, on a busy machine and in an unoptimized build.
const LONGEST: Duration = Duration::from_secs(20);

/// Files of a corpus by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    /// Bytes changed in one to four places, as a fuzzer would.
    fn changed(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        const ODD: [u32; 8] = [0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let length = self.below(16).min(bytes.len() - at);
            match self.below(7) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => bytes[at] = self.below(256) as u8,
                2 => {
                    let odd = ODD[self.below(ODD.len())].to_le_bytes();
                    let room = bytes.len().min(at + [1, 2, 4][self.below(3)]) - at;
                    bytes[at..at + room].copy_from_slice(&odd[..room]);
                }
                3 => drop(bytes.drain(at..at + length)),
                4 => {
                    let again = bytes[at..at + length].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, again);
                }
                5 => {
                    let from = self.below(other.len());
                    let until = (from + self.below(64)).min(other.len());
                    bytes.splice(at..at, other[from..until].iter().copied());
                }
                _ if self.below(8) == 0 => bytes.truncate(at),
                _ => {}
            }
        }
        bytes
    }
}

fn run(name: &str, what: &str, body: fn(&[u8]), data: &[u8]) {
    let clock = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| body(data)));
    let took = clock.elapsed();
    if done.is_err() || took > LONGEST {
        let kept = std::env::temp_dir().join(format!("fuzz-{name}"));
        #[expect(clippy::disallowed_methods, reason = "the input is needed to look at the fault")]
        std::fs::write(&kept, data).unwrap();
        panic!("{name}, {what}: failed or took {took:?}; the input is {}", kept.display());
    }
}

#[test]
fn no_target_fails_on_its_corpus_or_on_bytes_made_from_it() {
    std::panic::set_hook(Box::new(|_| {}));
    for (name, body) in targets::TARGETS {
        let (clock, files) = (Instant::now(), corpus(name));
        assert!(!files.is_empty(), "{name} has no corpus");
        let (mut numbers, each) = (Numbers(files.len() as u64), CHANGES.div_ceil(files.len()));
        for (file, bytes) in &files {
            run(name, file, body, bytes);
            for change in 0..each {
                let other = &files[numbers.below(files.len())].1;
                run(name, &format!("{file}, change {change}"), body, &numbers.changed(bytes, other));
            }
        }
        let inputs = files.len() * (1 + each);
        println!("{name}: {} files, {inputs} inputs, {:.1} s", files.len(), clock.elapsed().as_secs_f64());
    }
}
