//! `report.csv`: one row for each series by `New_ID`, and for the files left out for one reason.

use std::collections::BTreeMap;
use std::io;

use crate::release::record::{PatientRecord, Report, SeriesRecord};

const COLUMNS: [&str; 20] = [
    "New_ID",
    "series",
    "status",
    "reason",
    "files_seen",
    "released",
    "left_out",
    "held",
    "failed",
    "why_left_out_or_failed",
    "folder",
    "rows",
    "columns",
    "voxels_changed",
    "head_changed_percent",
    "changed_in_skull",
    "text_slices",
    "identifiers_searched",
    "identifiers_found",
    "dciodvfy_new_errors",
];

/// The table as CSV, with a last row of totals that add up to the files seen.
pub(super) fn to_csv(report: &Report) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(io::Error::other)?;
    for patient in &report.patients {
        for series in &patient.series {
            writer.write_record(row(patient, series)).map_err(io::Error::other)?;
        }
    }
    let totals = report.totals();
    let mut last = vec![String::new(); COLUMNS.len()];
    "total".clone_into(&mut last[0]);
    for (column, count) in
        (4..).zip([totals.files_seen, totals.released, totals.left_out, totals.held, totals.failed])
    {
        last[column] = count.to_string();
    }
    writer.write_record(last).map_err(io::Error::other)?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn row(patient: &PatientRecord, series: &SeriesRecord) -> Vec<String> {
    let (rows, columns) = series.matrix.unwrap_or_default();
    let pixels = series.pixels.as_ref();
    let pixel = |figure: fn(&crate::release::record::PixelEvidence) -> String| {
        pixels.map_or_else(String::new, figure)
    };
    let header = series.header.as_ref();
    vec![
        patient.new_id.clone(),
        series.number.to_string(),
        series.status.word().to_owned(),
        series.reason.clone().unwrap_or_default(),
        series.files.to_string(),
        series.released.to_string(),
        series.left_out_total().to_string(),
        series.held.to_string(),
        series.failed_total().to_string(),
        reasons(&series.left_out, &series.failed),
        series.folder.clone(),
        rows.to_string(),
        columns.to_string(),
        pixel(|pixels| pixels.voxels_changed.to_string()),
        pixel(|pixels| format!("{:.1}", pixels.head_changed_percent)),
        pixel(|pixels| pixels.changed_in_skull.to_string()),
        pixel(|pixels| pixels.text_slices.to_string()),
        header.map_or_else(String::new, |header| header.identifiers_searched.to_string()),
        header.map_or_else(String::new, |header| header.identifiers_found.to_string()),
        header
            .and_then(|header| header.dciodvfy_new_errors)
            .map_or_else(String::new, |errors| errors.to_string()),
    ]
}

fn reasons(left_out: &BTreeMap<String, u64>, failed: &BTreeMap<String, u64>) -> String {
    let all: Vec<String> =
        left_out.iter().chain(failed).map(|(reason, count)| format!("{count} {reason}")).collect();
    all.join("; ")
}
