//! What may be typed. The flags of settings come from the one table of settings.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use headct_deid_core::settings::SETTINGS;
use headct_deid_core::{RawSettings, Refusal, Settings};

/// The command line.
pub(crate) fn command() -> Command {
    Command::new("headct-deid")
        .version(env!("CARGO_PKG_VERSION"))
        .about("De-identifies head CT scans: header, face and burned-in text.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_settings(
            Command::new("run")
                .about("De-identifies the patients of the list")
                .arg(path("INPUT", "Folder with one folder per accession number").required(true))
                .arg(path("LIST", "Excel list with the columns Accession_number and New_ID").required(true))
                .arg(path("OUTPUT", "Folder for the result and the report").required(true))
                .arg(option("private", "DIR", "Folder for key, audit and log [default: beside LIST]"))
                .arg(option("key", "FILE", "Key file to use instead of the one in the private folder"))
                .arg(
                    Arg::new("jobs")
                        .long("jobs")
                        .value_name("N")
                        .value_parser(value_parser!(u16))
                        .help("Threads [default: one for each processor]"),
                )
                .arg(flag("resume", "Skip what is finished, try the rest again"))
                .arg(flag("overwrite", "Replace patients that are in OUTPUT").conflicts_with("resume"))
                .arg(
                    Arg::new("release-held")
                        .long("release-held")
                        .value_name("all|NEW_ID[/SERIES],...")
                        .help(
                            "Release held series: of these patients, or one by its number; they claim only what was shown",
                        ),
                )
                .arg(flag("json", "Print the report as JSON")),
        ))
        .subcommand(with_settings(
            Command::new("check")
                .about("Shows what would be kept and why the rest would not; writes nothing")
                .arg(path("INPUT", "Folder with one folder per accession number").required(true))
                .arg(path("LIST", "Excel list with the columns Accession_number and New_ID").required(true))
                .arg(flag("json", "Print as JSON")),
        ))
        .subcommand(
            Command::new("verify")
                .about("Checks a released folder again, as a privacy board would")
                .arg(path("OUTPUT", "A folder that run has written").required(true))
                .arg(option("against", "INPUT", "Also compare with the input").requires("list"))
                .arg(option("list", "LIST", "The list that goes with INPUT").requires("against"))
                .arg(option("private", "DIR", "Also hold every file against the keyed manifest"))
                .arg(flag("ocr", "Also read the pixels with rapidocr (Python package)"))
                .arg(flag("json", "Print the findings as JSON")),
        )
        .subcommand(
            Command::new("demo")
                .about("Writes generated patients and their list into DIR and runs on them")
                .arg(path("DIR", "A folder that does not exist yet").required(true)),
        )
        .subcommand(Command::new("settings").about("Prints the commented default settings (TOML)"))
}

/// The settings of a file, overridden by flags, checked.
pub(crate) fn settings(given: &ArgMatches) -> Result<Settings, Refusal> {
    let mut raw = match given.get_one::<PathBuf>("settings") {
        None => RawSettings::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Refusal::one("settings file", error.kind().to_string()))?;
            RawSettings::from_toml(&text)?
        }
    };
    for setting in SETTINGS {
        if let Some(value) = given.get_one::<String>(setting.name) {
            raw.set(setting.name, value);
        }
    }
    raw.check()
}

fn with_settings(command: Command) -> Command {
    let command = command.arg(option("settings", "FILE", "Settings as TOML; flags win over it"));
    SETTINGS.iter().fold(command, |command, setting| {
        command.arg(
            Arg::new(setting.name)
                .long(setting.name.replace('_', "-"))
                .value_name("VALUE")
                .allow_hyphen_values(true)
                .help(format!("{} [default: {}; {}]", setting.help, setting.default, setting.values))
                .help_heading("Settings"),
        )
    })
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).value_parser(value_parser!(PathBuf)).help(help)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf)).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn a_flag_wins_over_the_default() {
        let matches = command()
            .try_get_matches_from(["headct-deid", "check", "in", "list.xlsx", "--fill", "-500"])
            .unwrap();
        let settings = settings(matches.subcommand().unwrap().1).unwrap();
        assert_eq!(settings.fill, headct_deid_core::settings::Fill::Hu(-500));
    }
}
