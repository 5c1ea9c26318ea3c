//! The report in OUTPUT: `report.csv` and `report.json` for machines. It knows new identifiers only.

mod table;

use std::io;

use serde::Serialize;

use super::output::OutputFolder;
use super::record::{Report, Totals};

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

/// Writes the report's files into OUTPUT.
pub(crate) fn write(output: &OutputFolder, report: &Report) -> io::Result<()> {
    output.write_report("report.csv", &table::to_csv(report)?)?;
    output.write_report("report.json", to_json(report).map_err(io::Error::other)?.as_bytes())
}
