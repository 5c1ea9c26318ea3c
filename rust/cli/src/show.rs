//! What a person sees: progress on standard error, results on standard output.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use headct_deid_core::Refusal;
use headct_deid_core::progress::{Progress, Snapshot};
use headct_deid_core::release::record::{Report, Status};

/// Runs `work` while a line of progress is kept up to date on a terminal.
pub(crate) fn with_progress<T: Send>(progress: &Progress, work: impl FnOnce() -> T + Send) -> T {
    let finished = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if std::io::stderr().is_terminal() {
            scope.spawn(|| {
                while !finished.load(Ordering::Relaxed) {
                    eprint!("\r\x1b[K{}", line(&progress.snapshot()));
                    std::io::stderr().flush().ok();
                    std::thread::sleep(Duration::from_millis(100));
                }
                eprint!("\r\x1b[K");
            });
        }
        let result = work();
        finished.store(true, Ordering::Relaxed);
        result
    })
}

fn line(now: &Snapshot) -> String {
    match now.stage {
        "processing" => {
            let left =
                now.seconds_left.map_or_else(String::new, |seconds| format!(", {} left", clock(seconds)));
            format!(
                "patient {} of {}, {} slices, {:.0} a second{left}",
                (now.patients_done + 1).min(now.patients_total),
                now.patients_total,
                now.slices_done,
                now.slices_per_second
            )
        }
        stage => stage.to_owned(),
    }
}

fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

/// Prints the problems of a refusal to standard error.
pub(crate) fn refusal(refusal: &Refusal) {
    eprintln!("refused, nothing was written:");
    for problem in &refusal.problems {
        eprintln!("  {problem}");
    }
}

/// Prints a report's summary.
pub(crate) fn summary(report: &Report) {
    for patient in &report.patients {
        println!("{}: {} files released of {}", patient.new_id, patient.released(), patient.files_seen);
        for series in &patient.series {
            let why = series.sentence.as_deref().map_or_else(String::new, |why| format!(": {why}"));
            match series.status {
                Status::Released => {
                    println!("  series {}: {} slices released", series.number, series.released);
                }
                Status::Held => println!("  series {}: {} slices held{why}", series.number, series.held),
                status => println!("  {} files {}{why}", series.files, status.word()),
            }
            for (message, count) in &series.failed {
                println!("  {count} files failed: {message}");
            }
        }
    }
    for remark in &report.remarks {
        println!("{}: {}", remark.place, remark.message);
    }
    let totals = report.totals();
    println!(
        "{} files seen: {} released, {} left out, {} held, {} failed",
        totals.files_seen, totals.released, totals.left_out, totals.held, totals.failed
    );
}
