//! The command line of Head CT Deidentification, as a function of its arguments.

mod arguments;
mod commands;
mod show;

use std::ffi::OsString;

use headct_deid_core::release::request::Request;

/// Volumes and headers come and go with every series. This allocator keeps their memory, in large pages where the
/// system has them; the system's own gives it back and takes it again page by page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs one command and returns the exit status: 0 everything that should be released was; 1 something
/// failed or is held; 2 refused, nothing written.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let matches = match arguments::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let status = if error.use_stderr() { 2 } else { 0 };
            error.print().ok();
            return status;
        }
    };
    match matches.subcommand() {
        Some(("run", given)) => commands::run(given),
        Some(("check", given)) => commands::check(given),
        Some(("verify", given)) => commands::verify(given),
        Some(("demo", given)) => commands::demo(given),
        _ => commands::settings(),
    }
}

/// What the arguments of the command `run` ask for, for callers that do the run in their own way; the exit
/// status when they ask for nothing that can be run. Problems are printed as [`main`] prints them.
pub fn run_request(arguments: impl IntoIterator<Item = OsString>) -> Result<Request, u8> {
    let matches = arguments::command().try_get_matches_from(arguments).map_err(|error| {
        error.print().ok();
        if error.use_stderr() { 2 } else { 0 }
    })?;
    let Some(("run", given)) = matches.subcommand() else {
        eprintln!("only the command run can be done on a cluster");
        return Err(2);
    };
    commands::request(given).map_err(|refusal| {
        show::refusal(&refusal);
        2
    })
}
