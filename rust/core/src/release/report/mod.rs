//! The report in OUTPUT: `report.html` for people, `report.csv` and `report.json` for machines. It knows new
//! identifiers only.

mod page;
mod table;

use std::io;
use std::path::Path;

use serde::Serialize;

use super::output::OutputFolder;
use super::patient::Stopped;
use super::record::{Report, Totals};
use crate::stop::Stop;

/// Folder of OUTPUT for pictures that are too many to stand in the page itself.
pub const PICTURES: &str = "report-pictures";

/// `report.json`: the report with its sums.
#[derive(Debug, Serialize)]
struct WithTotals<'a> {
    totals: Totals,
    exit_status: u8,
    #[serde(flatten)]
    report: &'a Report,
}

/// The report as JSON text.
pub fn to_json(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&WithTotals {
        totals: report.totals(),
        exit_status: report.exit_status(),
        report,
    })
}

/// Writes the report's files into OUTPUT. Cancelled before the first of them, or not at all.
pub(crate) fn write(output: &OutputFolder, report: &Report, stop: Stop<'_>) -> Result<(), Stopped> {
    let page = page::make(output, report, stop)?;
    let table = table::to_csv(report)?;
    let json = to_json(report).map_err(io::Error::other)?;
    stop.check()?;
    output.write_report("report.csv", &table)?;
    output.write_report("report.json", json.as_bytes())?;
    output.write_report("report.html", page.as_bytes())?;
    Ok(())
}

/// Files of the report in `output` that are not what a run of this version writes for the record in
/// `report.json`.
///
/// The page is compared where the pictures that it was made from are still there.
pub(crate) fn differing(output: &Path, report: &Report) -> Vec<&'static str> {
    let page = page::again(output, report).ok().map(String::into_bytes);
    [
        ("report.json", to_json(report).ok().map(String::into_bytes)),
        ("report.csv", table::to_csv(report).ok()),
        ("report.html", page.filter(|_| has_every_picture(output, report))),
    ]
    .into_iter()
    .filter(|(name, wanted)| {
        wanted.as_ref().is_some_and(|wanted| std::fs::read(output.join(name)).ok().as_ref() != Some(wanted))
    })
    .map(|(name, _)| name)
    .collect()
}

fn has_every_picture(output: &Path, report: &Report) -> bool {
    let mut names =
        report.patients.iter().flat_map(|patient| &patient.series).flat_map(|series| &series.pictures);
    names.all(|name| super::output::kept_picture(output, name).is_some())
}
