//! What each command does, and the exit status it ends with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use headct_deid_core::gather::listing::Listing;
use headct_deid_core::gather::plan::{self, NoPlan};
use headct_deid_core::pipeline::{self, RunError};
use headct_deid_core::progress::Progress;
use headct_deid_core::release::report;
use headct_deid_core::release::request::{Existing, ReleaseHeld, Request};
use headct_deid_core::verify::{self, NoAnswer, Original, VerifyRequest};
use headct_deid_core::{Refusal, settings};

use crate::{arguments, show};

const DONE: u8 = 0;
const INCOMPLETE: u8 = 1;
const REFUSED: u8 = 2;
/// What shells expect of a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

pub(crate) fn run(given: &ArgMatches) -> u8 {
    match request(given) {
        Ok(request) => run_request(&request, given.get_flag("json")),
        Err(refusal) => refuse(&refusal),
    }
}

/// What the arguments of `run` ask for.
pub(crate) fn request(given: &ArgMatches) -> Result<Request, Refusal> {
    let settings = arguments::settings(given)?;
    let existing = match (given.get_flag("resume"), given.get_flag("overwrite")) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Overwrite,
        _ => Existing::Refuse,
    };
    Ok(Request {
        private: given.get_one::<PathBuf>("private").cloned(),
        key: given.get_one::<PathBuf>("key").cloned(),
        settings,
        existing,
        release_held: given
            .get_one::<String>("release-held")
            .map_or(ReleaseHeld::None, |text| ReleaseHeld::from_text(text)),
        jobs: given.get_one::<u16>("jobs").map_or(0, |jobs| usize::from(*jobs)),
        ..Request::new(path(given, "INPUT"), path(given, "LIST"), path(given, "OUTPUT"))
    })
}

pub(crate) fn check(given: &ArgMatches) -> u8 {
    let settings = match arguments::settings(given) {
        Ok(settings) => settings,
        Err(refusal) => return refuse(&refusal),
    };
    let progress = Progress::default();
    let planned = show::with_progress(&progress, || {
        plan::plan(&path(given, "INPUT"), &path(given, "LIST"), &settings, &progress)
    });
    match planned {
        Err(NoPlan::Refused(refusal)) => refuse(&refusal),
        Err(NoPlan::Cancelled(cancelled)) => {
            eprintln!("{cancelled}");
            INCOMPLETE
        }
        Ok(plan) if given.get_flag("json") => print_json(serde_json::to_string_pretty(&Listing::from(&plan))),
        Ok(plan) => {
            print!("{}", Listing::from(&plan));
            DONE
        }
    }
}

pub(crate) fn verify(given: &ArgMatches) -> u8 {
    if given.get_flag("ocr") {
        eprintln!(
            "--ocr needs the Python package headct-deid with rapidocr-onnxruntime; nothing was checked"
        );
        return REFUSED;
    }
    let original = given
        .get_one::<PathBuf>("against")
        .zip(given.get_one::<PathBuf>("list"))
        .map(|(input, list)| Original { input: input.clone(), list: list.clone() });
    let request = VerifyRequest {
        output: path(given, "OUTPUT"),
        original,
        private: given.get_one::<PathBuf>("private").cloned(),
    };
    let progress = Progress::default();
    match show::with_progress(&progress, || verify::verify(&request, &progress)) {
        Err(NoAnswer::Refused(refusal)) => refuse(&refusal),
        Err(NoAnswer::Cancelled(cancelled)) => {
            eprintln!("{cancelled}");
            INCOMPLETE
        }
        Ok(answer) if given.get_flag("json") => print_json(answer.to_json()).max(answer.exit_status()),
        Ok(answer) => {
            print!("{answer}");
            answer.exit_status()
        }
    }
}

pub(crate) fn demo(given: &ArgMatches) -> u8 {
    let folder = path(given, "DIR");
    if folder.exists() {
        eprintln!("refused, nothing was written:\n  {}: exists already", folder.display());
        return REFUSED;
    }
    println!("writing generated patients into {}", folder.display());
    if let Err(error) = headct_deid_phantom::patients::write_patients(&folder) {
        eprintln!("the generated patients could not be written: {error}");
        return INCOMPLETE;
    }
    let request =
        Request::new(folder.join("patients"), folder.join("patients.xlsx"), folder.join("released"));
    let status = run_request(&request, false);
    println!("output folder: {}", shown(&request.output));
    println!("report: {}", shown(&request.output.join("report.html")));
    println!("private folder: {}", shown(&request.private_folder()));
    status
}

pub(crate) fn settings() -> u8 {
    print!("{}", settings::default_toml());
    DONE
}

/// Progress that Ctrl-C or a request to terminate cancels; asked a second time, the process ends at once, and
/// the next run sweeps what it leaves.
fn interruptible() -> Arc<Progress> {
    let progress = Arc::new(Progress::default());
    let shared = Arc::clone(&progress);
    let handled = ctrlc::set_handler(move || {
        if shared.is_cancelled() {
            std::process::exit(INTERRUPTED);
        }
        shared.cancel();
    });
    if let Err(error) = handled {
        eprintln!("Ctrl-C ends this run at once: {error}");
    }
    progress
}

fn run_request(request: &Request, json: bool) -> u8 {
    let progress = interruptible();
    match show::with_progress(&progress, || pipeline::run(request, &progress)) {
        Ok(done) => {
            if json {
                print_json(report::to_json(&done));
            } else {
                show::summary(&done);
            }
            done.exit_status()
        }
        Err(RunError::Refused(refusal)) => refuse(&refusal),
        Err(error) => {
            eprintln!("{error}; finished patients are in the output, --resume goes on with the rest");
            INCOMPLETE
        }
    }
}

fn refuse(refusal: &Refusal) -> u8 {
    show::refusal(refusal);
    REFUSED
}

fn print_json(json: serde_json::Result<String>) -> u8 {
    match json {
        Ok(text) => {
            println!("{text}");
            DONE
        }
        Err(error) => {
            eprintln!("{error}");
            INCOMPLETE
        }
    }
}

fn path(given: &ArgMatches, name: &str) -> PathBuf {
    given.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
