//! The run at one glance: outcome, accounts, evidence, and what was done.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::words::{Count, Escaped, counted};
use crate::outcome::{Exclusion, Hold};
use crate::release::record::{HeaderEvidence, PixelEvidence, Report, SeriesRecord, Totals};
use crate::settings::SETTINGS;

pub(super) fn write(page: &mut String, report: &Report) -> fmt::Result {
    let totals = report.totals();
    let sums = Sums::of(report);
    writeln!(page, "<header class=\"top\">\n<p class=\"kicker\">{}</p>", Escaped(&report.product))?;
    page.push_str("<h1>De-identification report</h1>\n");
    writeln!(
        page,
        "<p class=\"lead\">{} of head CT from {}. This page names new identifiers only and may be shared \
         with the images.</p>\n</header>",
        counted(totals.released, "released slice"),
        counted(report.patients.len() as u64, "patient folder"),
    )?;
    page.push_str("<section aria-labelledby=\"glance\">\n<h2 id=\"glance\">At a glance</h2>\n");
    accounts(page, totals)?;
    evidence(page, &sums, totals)?;
    page.push_str("</section>\n");
    what_was_done(page, report)?;
    left_out(page, report)?;
    remarks(page, report)?;
    contents(page, report)
}

/// Sums over the released series.
#[derive(Default)]
struct Sums {
    series: u64,
    searched: u64,
    found: u64,
    remapped: u64,
    shifted: u64,
    in_skull: u64,
    defaced: u64,
    text_checked: u64,
    text_slices: u64,
    text_voxels: u64,
    text_in_skull: u64,
    shares: Vec<f64>,
}

impl Sums {
    fn of(report: &Report) -> Self {
        let mut sums = Self::default();
        for patient in &report.patients {
            let searched = patient.series.iter().filter_map(|series| series.header.as_ref());
            sums.searched += searched.map(|header| header.identifiers_searched).max().unwrap_or(0);
            for series in patient.series.iter().filter(|series| series.released > 0) {
                sums.add(series);
            }
        }
        sums
    }

    fn add(&mut self, SeriesRecord { pixels, header, .. }: &SeriesRecord) {
        self.series += 1;
        if let Some(HeaderEvidence { actions, identifiers_found, .. }) = header {
            self.found += identifiers_found;
            self.remapped += actions.get("remapped").copied().unwrap_or(0);
            self.shifted += actions.get("shifted").copied().unwrap_or(0);
        }
        if let Some(pixels) = pixels {
            let PixelEvidence { defaced, head_changed_percent, changed_in_skull, .. } = pixels;
            self.defaced += u64::from(*defaced);
            self.in_skull += changed_in_skull;
            self.shares.push(*head_changed_percent);
            self.text_checked += u64::from(pixels.text_checked);
            self.text_slices += pixels.text_slices;
            self.text_voxels += pixels.text_voxels;
            self.text_in_skull += pixels.text_voxels_in_skull;
        }
    }
}

/// Every file has exactly one outcome: the bar and the sum show it.
fn accounts(page: &mut String, totals: Totals) -> fmt::Result {
    let parts = [
        ("released", "released", totals.released),
        ("left", "left out", totals.left_out),
        ("held", "held", totals.held),
        ("failed", "failed", totals.failed),
    ];
    page.push_str("<div class=\"cards\">\n");
    writeln!(page, "<div class=\"card\"><b>{}</b><span>files seen</span></div>", Count(totals.files_seen))?;
    for (class, word, count) in parts {
        let quiet = if count == 0 { " none" } else { "" };
        writeln!(
            page,
            "<div class=\"card {class}{quiet}\"><b>{}</b><span>{word}</span></div>",
            Count(count)
        )?;
    }
    page.push_str("</div>\n<div class=\"bar\" aria-hidden=\"true\">");
    for (class, _, count) in parts.into_iter().filter(|(_, _, count)| *count > 0) {
        let share = count as f64 / totals.files_seen.max(1) as f64 * 100.0;
        write!(page, "<i class=\"{class}\" style=\"width:{share:.2}%\"></i>")?;
    }
    let sum = totals.released + totals.left_out + totals.held + totals.failed;
    let agrees = if sum == totals.files_seen {
        "every file has exactly one outcome"
    } else {
        "the sum does not agree"
    };
    writeln!(
        page,
        "</div>\n<p class=\"sum\">{} + {} + {} + {} = {}: {agrees}.</p>",
        Count(totals.released),
        Count(totals.left_out),
        Count(totals.held),
        Count(totals.failed),
        Count(sum),
    )
}

fn evidence(page: &mut String, sums: &Sums, totals: Totals) -> fmt::Result {
    let range =
        match (sums.shares.iter().copied().reduce(f64::min), sums.shares.iter().copied().reduce(f64::max)) {
            (Some(least), Some(most)) => format!("{least:.1} to {most:.1} % of the head's voxels, by series"),
            _ => "no series released".to_owned(),
        };
    let of_series = |count: u64| format!("{} of {}", Count(count), counted(sums.series, "released series"));
    let rows: [(Option<bool>, &str, String); 8] = [
        (
            Some(sums.found == 0),
            "Patient identifiers found in released files",
            format!(
                "{} found; {} searched for in every byte but the pixels",
                Count(sums.found),
                Count(sums.searched)
            ),
        ),
        (
            Some(sums.in_skull == 0),
            "Voxels changed inside the skull by defacing",
            counted(sums.in_skull, "voxel"),
        ),
        (Some(sums.defaced == sums.series), "Face removed to the declared standard", of_series(sums.defaced)),
        (
            Some(sums.text_checked == sums.series),
            "Burned-in text looked for and none left",
            of_series(sums.text_checked),
        ),
        (
            None,
            "Text masked over the head",
            format!(
                "{}, {}; {} of them inside the skull",
                counted(sums.text_slices, "slice"),
                counted(sums.text_voxels, "voxel"),
                Count(sums.text_in_skull)
            ),
        ),
        (None, "Share of the head that was changed", range),
        (None, "UIDs replaced", counted(sums.remapped, "value")),
        (None, "Dates moved", counted(sums.shifted, "value")),
    ];
    page.push_str("<table class=\"evidence\">\n<tbody>\n");
    for (holds, name, value) in rows {
        let mark = match holds {
            _ if totals.released == 0 => "",
            Some(true) => "<span class=\"yes\" title=\"holds\">\u{2713}</span>",
            Some(false) => "<span class=\"no\" title=\"look at this\">!</span>",
            None => "",
        };
        writeln!(
            page,
            "<tr><td class=\"mark\">{mark}</td><th scope=\"row\">{name}</th><td>{value}</td></tr>"
        )?;
    }
    page.push_str(
        "</tbody>\n</table>\n<p class=\"note\">Each released file was read back from disk and checked \
        before it got its name: identifiers, attribute tables, UIDs, geometry, and every untouched voxel \
        bit by bit. A second check of the brain, computed in another way, has to agree with the first.</p>\n",
    );
    Ok(())
}

/// Profile and options of PS3.15 Annex E and the settings.
fn what_was_done(page: &mut String, report: &Report) -> fmt::Result {
    let setting = |name: &str| {
        report.settings.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.as_str())
    };
    let dates = match setting("dates") {
        "shift" => Some(("113107", "Retain Longitudinal Temporal Information Modified Dates Option")),
        "keep" => Some(("113106", "Retain Longitudinal Temporal Information Full Dates Option")),
        _ => None,
    };
    let mut options = vec![
        ("113100", "Basic Application Confidentiality Profile", ""),
        ("113105", "Clean Descriptors Option", ""),
    ];
    if setting("text") != "off" {
        options.push((
            "113101",
            "Clean Pixel Data Option",
            "declared by each series that was shown to be free of text",
        ));
    }
    if setting("face") != "off" {
        let when = "declared by each series whose face was shown to be removed";
        options.push(("113102", "Clean Recognizable Visual Features Option", when));
    }
    options.extend(dates.map(|(code, meaning)| (code, meaning, "")));
    if setting("characteristics") != "none" {
        options.push(("113108", "Retain Patient Characteristics Option", ""));
    }
    page.push_str(
        "<section aria-labelledby=\"done\">\n<h2 id=\"done\">What was done</h2>\n<div class=\"two\">\n",
    );
    page.push_str("<div>\n<h3>Profile and options (DICOM PS3.15 Annex E)</h3>\n<ul class=\"plain\">\n");
    for (code, meaning, when) in options {
        let when = if when.is_empty() { String::new() } else { format!("<small>{when}</small>") };
        writeln!(page, "<li><code>{code}</code> {meaning}{when}</li>")?;
    }
    page.push_str("</ul>\n</div>\n<div>\n<h3>Settings</h3>\n<table class=\"settings\">\n<tbody>\n");
    for (name, value) in &report.settings {
        let known = SETTINGS.iter().find(|known| known.name == name);
        let changed = known.is_some_and(|known| known.default != value);
        let mark = if changed { " <em>changed</em>" } else { "" };
        writeln!(
            page,
            "<tr title=\"{}\"><th scope=\"row\"><code>{}</code></th><td>{}{mark}</td></tr>",
            Escaped(known.map_or("", |known| known.help)),
            Escaped(name),
            Escaped(value)
        )?;
    }
    page.push_str("</tbody>\n</table>\n</div>\n</div>\n</section>\n");
    Ok(())
}

/// Why files were not released, all patients together.
fn left_out(page: &mut String, report: &Report) -> fmt::Result {
    let mut reasons: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for series in report.patients.iter().flat_map(|patient| &patient.series) {
        for (code, count) in &series.left_out {
            *reasons.entry(("left out", code)).or_default() += count;
        }
        if let (true, Some(code)) = (series.held > 0, &series.reason) {
            *reasons.entry(("held", code)).or_default() += series.held;
        }
        for (message, count) in &series.failed {
            *reasons.entry(("failed", message)).or_default() += count;
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    page.push_str("<section aria-labelledby=\"not\">\n<h2 id=\"not\">What was not released, and why</h2>\n");
    page.push_str("<table>\n<thead><tr><th>Outcome</th><th>Reason</th><th class=\"n\">Files</th></tr></thead>\n<tbody>\n");
    for ((outcome, code), count) in reasons {
        writeln!(
            page,
            "<tr><td><span class=\"chip {}\">{outcome}</span></td><td>{}</td><td class=\"n\">{}</td></tr>",
            outcome.split(' ').next().unwrap_or_default(),
            Escaped(sentence(code)),
            Count(count)
        )?;
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

/// The sentence of a reason's code; a failure's message is its own.
pub(super) fn sentence(code: &str) -> &str {
    let exclusion = Exclusion::ALL.iter().find(|known| known.code() == code).map(|known| known.sentence());
    let hold = Hold::ALL.iter().find(|known| known.code() == code).map(|known| known.sentence());
    exclusion.or(hold).unwrap_or(code)
}

fn remarks(page: &mut String, report: &Report) -> fmt::Result {
    if report.remarks.is_empty() {
        return Ok(());
    }
    page.push_str("<section aria-labelledby=\"remarks\">\n<h2 id=\"remarks\">Remarks on the list and the input</h2>\n<ul>\n");
    for remark in &report.remarks {
        writeln!(page, "<li>{}: {}</li>", Escaped(&remark.place), Escaped(&remark.message))?;
    }
    page.push_str("</ul>\n</section>\n");
    Ok(())
}

/// One line for each patient, with a link.
fn contents(page: &mut String, report: &Report) -> fmt::Result {
    if report.patients.len() < 2 {
        return Ok(());
    }
    page.push_str(
        "<section aria-labelledby=\"patients\">\n<h2 id=\"patients\">Patients</h2>\n<table>\n<thead><tr>",
    );
    for (class, title) in [
        ("", "New_ID"),
        ("n", "Files seen"),
        ("n", "Released"),
        ("n", "Left out"),
        ("n", "Held"),
        ("n", "Failed"),
    ] {
        write!(page, "<th class=\"{class}\">{title}</th>")?;
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for patient in &report.patients {
        write!(
            page,
            "<tr><td><a href=\"#{}\">{}</a></td>",
            anchor(&patient.new_id),
            Escaped(&patient.new_id)
        )?;
        let counts =
            [patient.files_seen, patient.released(), patient.left_out(), patient.held(), patient.failed()];
        for (place, count) in counts.into_iter().enumerate() {
            let class = match (place, count) {
                (3.., 1..) => "n look",
                (_, 0) => "n none",
                _ => "n",
            };
            write!(page, "<td class=\"{class}\">{}</td>", Count(count))?;
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

/// An anchor without characters that a link would have to escape.
pub(super) fn anchor(new_id: &str) -> String {
    let mut anchor = String::from("p-");
    for c in new_id.chars() {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            anchor.push(c);
        } else {
            anchor.push_str(&[".", &u32::from(c).to_string(), "."].concat());
        }
    }
    anchor
}

/// What the words mean, and how to check.
pub(super) fn how_to_read(page: &mut String) {
    page.push_str(
        "<section aria-labelledby=\"reading\" class=\"reading\">\n<h2 id=\"reading\">How to read this report</h2>\n<dl>\n\
         <dt>Released</dt><dd>The file is in this folder. Its header was rewritten by the attribute tables, its \
         pixels were cleared, and it passed every check.</dd>\n\
         <dt>Left out</dt><dd>A readable file that is not one of the slices to share; the reason comes from a closed list.</dd>\n\
         <dt>Held</dt><dd>The safety of the series could not be shown. Nothing of it is here. A person may look at it \
         and release it by name; it then claims only what was shown.</dd>\n\
         <dt>Failed</dt><dd>The file could not be read or did not pass a check. Nothing of it is here.</dd>\n\
         <dt>Pictures</dt><dd>All pictures show the result: the surface and the slices that are released. None shows \
         what was removed.</dd>\n\
         <dt>Check it yourself</dt><dd><code>headct-deid verify</code> with the path of this folder repeats every check \
         that needs no original. With <code>--against</code> and <code>--list</code> it compares with the input, with \
         <code>--private</code> it finds a single changed byte.</dd>\n</dl>\n</section>\n",
    );
}
