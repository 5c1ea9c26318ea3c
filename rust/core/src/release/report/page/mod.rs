//! `report.html`: one page for people, without scripts and without the network.
//!
//! Everything in it comes from the report's record; pictures show the result only. `summary` tells the run at
//! one glance, `patient` one patient, `picture` puts pictures in place, `words` escapes and counts.

mod patient;
mod picture;
mod summary;
mod words;

use std::fmt::{self, Write};
use std::io;
use std::path::Path;

use self::picture::Pictures;
use crate::release::output::OutputFolder;
use crate::release::patient::Stopped;
use crate::release::record::Report;
use crate::stop::Stop;

const STYLE: &str = include_str!("style.css");

/// Makes the page, and writes the folder with its pictures when they are too many to stand in it.
pub(super) fn make(output: &OutputFolder, report: &Report, stop: Stop<'_>) -> Result<String, Stopped> {
    let pictures = Pictures::place(output, report, stop)?;
    let mut page = String::new();
    html(&mut page, report, &pictures).map_err(io::Error::other)?;
    Ok(page)
}

/// The page as a run writes it for this report, with the pictures kept in `output`.
pub(super) fn again(output: &Path, report: &Report) -> Result<String, fmt::Error> {
    let mut page = String::new();
    html(&mut page, report, &Pictures::of(output, report))?;
    Ok(page)
}

fn html(page: &mut String, report: &Report, pictures: &Pictures<'_>) -> fmt::Result {
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Nothing may be loaded from anywhere else, whatever stands in the page.
    page.push_str(concat!(
        "<meta http-equiv=\"Content-Security-Policy\" ",
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self' file:\">\n"
    ));
    writeln!(
        page,
        "<title>De-identification report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>"
    )?;
    summary::write(page, report)?;
    for patient in &report.patients {
        patient::write(page, patient, pictures)?;
    }
    summary::how_to_read(page);
    writeln!(page, "</main>\n</body>\n</html>")
}
