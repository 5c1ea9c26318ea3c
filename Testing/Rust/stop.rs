//! Long work on images answers a request to stop between small pieces, whatever it is at, and gives nothing back.
//!
//! Time is counted in CPU time of the whole process, which other programs on the machine do not stretch.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use headct_deid_core::image::deface::{DefaceSettings, deface};
use headct_deid_core::image::text::{clear_outside, find_text};
use headct_deid_core::image::{Geometry, HuVolume, Mask};
use headct_deid_core::settings::RawSettings;
use headct_deid_core::stop::{Cancelled, Stop};
use headct_deid_phantom::{Case, head};

/// Longest piece of work, as a share of the whole. The longest are steps on the grid of defacing, which stay as long
/// when slices are larger and more; without optimization they take up to 0.28.
const LARGEST_PIECE: f64 = 0.4;

/// One at a time: each counts the CPU time of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// A head of 150 slices of 256 x 256 pixels: large enough that slices, not steps on the grid, take the time.
fn volume() -> HuVolume {
    let phantom = head(&Case::Ordinary.parameters().with_matrix(256).with_slices(-126.0, 98.0, 1.5));
    HuVolume {
        hu: phantom.hu,
        geometry: Geometry {
            origins_mm: phantom.origins_mm,
            along_row: phantom.along_row,
            along_column: phantom.along_column,
            row_spacing_mm: phantom.row_spacing_mm,
            column_spacing_mm: phantom.column_spacing_mm,
        },
    }
}

/// CPU time of all threads of this process so far, nanoseconds.
fn cpu_ns() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let times = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    times.filter_map(|times| times.split_whitespace().next()?.parse::<u64>().ok()).sum()
}

/// What a piece of work was asked for, and when.
#[derive(Default)]
struct Asks {
    count: AtomicU64,
    /// CPU time of the last ask, and the longest between two, ns.
    times: Mutex<(u64, u64)>,
    /// The ask that is answered with a request to stop, and the CPU time then.
    stop_at: u64,
    stopped: AtomicU64,
}

impl Asks {
    fn answer(&self) -> bool {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let now = cpu_ns();
        let mut times = self.times.lock().unwrap();
        if times.0 > 0 {
            times.1 = times.1.max(now.saturating_sub(times.0));
        }
        times.0 = now;
        let stop = self.stop_at > 0 && count >= self.stop_at;
        if stop {
            self.stopped.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed).ok();
        }
        stop
    }
}

/// Does `work` to its end, then stops it at several of its asks: it has to end at once and to give nothing back.
fn answers<T: PartialEq>(name: &str, pieces: u64, work: impl Fn(Stop<'_>) -> Result<T, Cancelled>) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let undisturbed = work(Stop::never());
    let asks = Asks::default();
    let asked = || asks.answer();
    asks.times.lock().unwrap().0 = cpu_ns();
    let before = cpu_ns();
    let asked_often = work(Stop::when(&asked));
    asked();
    let whole = (cpu_ns() - before) as f64;
    assert!(asked_often == undisturbed, "{name}: the answer depends on being asked");
    let (all, longest) = (asks.count.into_inner(), asks.times.into_inner().unwrap().1 as f64);
    println!("{name}: {all} asks, the longest piece {:.0} ms of {:.0} ms", longest / 1e6, whole / 1e6);
    assert!(all >= pieces, "{name}: {all} asks");
    assert!(longest <= LARGEST_PIECE * whole, "{name}: the longest piece takes {:.3}", longest / whole);
    for share in [0.0, 0.1, 0.35, 0.6, 0.85, 0.99] {
        let asks = Asks { stop_at: 1 + ((all - 2) as f64 * share) as u64, ..Asks::default() };
        let asked = || asks.answer();
        assert!(work(Stop::when(&asked)) == Err(Cancelled), "{name}: asked to stop at {share}, it went on");
        let after = (cpu_ns() - asks.stopped.into_inner()) as f64;
        assert!(after <= 1.5 * LARGEST_PIECE * whole, "{name}: {:.0} ms after the request", after / 1e6);
    }
}

fn settings(name: &str, value: &str) -> DefaceSettings {
    let mut raw = RawSettings::default();
    raw.set(name, value);
    DefaceSettings::from(&raw.check().unwrap())
}

#[test]
fn defacing_stops_at_any_step_and_slice() {
    let volume = volume();
    for (name, value) in [("fill", "air"), ("fill", "face"), ("shape", "disk")] {
        let how = settings(name, value);
        answers(&format!("deface with {name} = {value}"), 300, |stop| deface(&volume, &how, [7; 32], stop));
    }
}

#[test]
fn the_search_for_text_stops_at_any_slice() {
    let volume = volume();
    let everywhere = Mask::from_elem(volume.hu.dim(), true);
    answers("find_text", 150, |stop| find_text(&volume, &everywhere, stop));
}

#[test]
fn clearing_the_outside_stops_at_any_slice() {
    let volume = volume();
    let everywhere = Mask::from_elem(volume.hu.dim(), true);
    let text = find_text(&volume, &everywhere, Stop::never()).unwrap();
    answers("clear_outside", 450, |stop| {
        clear_outside(&volume, &text, -400, 1000, stop).map(|removal| removal.mask)
    });
}
