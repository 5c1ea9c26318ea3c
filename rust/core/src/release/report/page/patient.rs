//! One patient: pictures, series, evidence, and what was left out.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::picture::Pictures;
use super::summary::{anchor, sentence};
use super::words::{Count, Escaped, counted};
use crate::release::record::{HeaderEvidence, PatientRecord, PixelEvidence, SeriesRecord, Status};

pub(super) fn write(page: &mut String, patient: &PatientRecord, pictures: &Pictures<'_>) -> fmt::Result {
    writeln!(
        page,
        "<section class=\"patient\" id=\"{}\">\n<h2>{}</h2>",
        anchor(&patient.new_id),
        Escaped(&patient.new_id)
    )?;
    let mut parts = vec![counted(patient.released(), "slice") + " released"];
    for (count, word) in
        [(patient.left_out(), "left out"), (patient.held(), "held"), (patient.failed(), "failed")]
    {
        if count > 0 {
            parts.push(format!("{} {word}", Count(count)));
        }
    }
    writeln!(
        page,
        "<p class=\"sum\">{} seen: {}.</p>",
        counted(patient.files_seen, "file"),
        parts.join(", ")
    )?;
    for series in patient.series.iter().filter(|series| series.status != Status::LeftOut) {
        one_series(page, patient, series, pictures)?;
    }
    others(page, patient)?;
    page.push_str("</section>\n");
    Ok(())
}

fn one_series(
    page: &mut String,
    patient: &PatientRecord,
    series: &SeriesRecord,
    pictures: &Pictures<'_>,
) -> fmt::Result {
    let status = series.status.word();
    writeln!(
        page,
        "<article class=\"series\">\n<h3>Series {} <span class=\"chip {status}\">{status}</span></h3>",
        series.number
    )?;
    if let Some(why) = &series.sentence {
        let by_name = if series.status == Status::Released {
            " Released by name; it claims only what was shown."
        } else {
            ""
        };
        writeln!(page, "<p class=\"why\">Held because: {}.{by_name}</p>", Escaped(why))?;
    }
    let mut facts = vec![if series.released > 0 {
        counted(series.released, "slice")
    } else {
        counted(series.files, "file")
    }];
    if let Some((rows, columns)) = series.matrix {
        facts.push(format!("{rows} × {columns} pixels"));
    }
    if let Some([row, column, slice]) = series.spacing_mm {
        facts.push(format!("{} × {} mm, slices {} mm apart", short(row), short(column), short(slice)));
    }
    if !series.folder.is_empty() {
        facts.push(format!("folder {}", series.folder));
    }
    writeln!(page, "<p class=\"facts\">{}</p>", Escaped(&facts.join(" · ")))?;
    pictures.write(page, &patient.new_id, series)?;
    if series.pixels.is_some() || series.header.is_some() {
        page.push_str("<div class=\"two\">\n");
        if let Some(pixels) = &series.pixels {
            pixel_table(page, pixels)?;
        }
        if let Some(header) = &series.header {
            header_table(page, header)?;
        }
        page.push_str("</div>\n");
    }
    let pixel_remarks = series.pixels.iter().flat_map(|pixels| &pixels.remarks);
    let remarks: Vec<&String> = series.remarks.iter().chain(pixel_remarks).collect();
    if !remarks.is_empty() {
        page.push_str("<ul class=\"remarks\">\n");
        for remark in remarks {
            writeln!(page, "<li>{}</li>", Escaped(remark))?;
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</article>\n");
    Ok(())
}

fn pixel_table(page: &mut String, pixels: &PixelEvidence) -> fmt::Result {
    let yes = |holds: bool| if holds { "yes" } else { "not shown, not declared" };
    let mut rows = vec![
        ("Face removed", yes(pixels.defaced).to_owned()),
        ("Changed inside the skull by defacing", counted(pixels.changed_in_skull, "voxel")),
        ("Share of the head changed", format!("{:.1} %", pixels.head_changed_percent)),
        ("Voxels changed, outside of the head included", Count(pixels.voxels_changed).to_string()),
        ("Cranial cavity", format!("{:.0} ml", pixels.cavity_ml)),
        ("Free of burned-in text", yes(pixels.text_checked).to_owned()),
    ];
    let masks = format!(
        "{} on {}, {}, {} inside the skull",
        counted(pixels.text_rectangles, "mask"),
        counted(pixels.text_slices, "slice"),
        counted(pixels.text_voxels, "voxel"),
        Count(pixels.text_voxels_in_skull)
    );
    rows.push((
        "Text masked over the head",
        if pixels.text_rectangles == 0 { "none".to_owned() } else { masks },
    ));
    table(page, "Pixels", &rows)
}

fn header_table(page: &mut String, header: &HeaderEvidence) -> fmt::Result {
    let count = |action: &str| Count(header.actions.get(action).copied().unwrap_or(0)).to_string();
    let mut rows = vec![
        (
            "Identifiers of the patient",
            format!(
                "{} found, {} searched for",
                Count(header.identifiers_found),
                Count(header.identifiers_searched)
            ),
        ),
        ("Attributes removed", count("removed")),
        ("emptied", count("emptied")),
        ("replaced by a fixed value", count("replaced")),
        ("cleaned of unsafe words", count("cleaned")),
        ("UIDs replaced", count("remapped")),
        ("dates moved", count("shifted")),
        ("kept", count("kept")),
    ];
    if let Some(errors) = header.dciodvfy_new_errors {
        rows.push(("dciodvfy: errors the originals did not have", Count(errors).to_string()));
    }
    table(page, "Header, all files of the series", &rows)
}

fn table(page: &mut String, title: &str, rows: &[(&str, String)]) -> fmt::Result {
    writeln!(page, "<div>\n<h4>{title}</h4>\n<table class=\"figures\">\n<tbody>")?;
    for (name, value) in rows {
        writeln!(page, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", Escaped(value))?;
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    Ok(())
}

/// Files of this patient that were left out or failed, by reason.
fn others(page: &mut String, patient: &PatientRecord) -> fmt::Result {
    let mut reasons: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for series in &patient.series {
        for (code, count) in &series.left_out {
            *reasons.entry(("left out", code)).or_default() += count;
        }
        for (message, count) in &series.failed {
            *reasons.entry(("failed", message)).or_default() += count;
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    page.push_str("<h4>Not released</h4>\n<ul class=\"plain\">\n");
    for ((outcome, code), count) in reasons {
        writeln!(
            page,
            "<li><span class=\"chip {}\">{outcome}</span> {}: {}</li>",
            outcome.split(' ').next().unwrap_or_default(),
            counted(count, "file"),
            Escaped(sentence(code))
        )?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

/// Millimeters with as many decimals as they need, three at most.
fn short(mm: f64) -> String {
    let text = format!("{mm:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
