//! Pictures of the result: in the page while they are few, beside it when they are many.

use std::fmt::{self, Write};
use std::path::Path;

use super::words::Escaped;
use crate::release::output::{OutputFolder, kept_picture};
use crate::release::patient::Stopped;
use crate::release::record::{Report, SeriesRecord};
use crate::release::report::PICTURES;
use crate::stop::Stop;

/// Up to so many patients their pictures stand in the page itself, which then is one file of some megabytes.
const PATIENTS_IN_PAGE: usize = 50;

/// Where the page finds its pictures.
pub(super) struct Pictures<'a> {
    output: &'a Path,
    embedded: bool,
}

impl<'a> Pictures<'a> {
    /// The pictures of an output as a page of this report would find them.
    pub(super) fn of(output: &'a Path, report: &Report) -> Self {
        Self { output, embedded: report.patients.len() <= PATIENTS_IN_PAGE }
    }

    /// Puts the pictures of a large report beside the page, where a browser loads those in sight only.
    pub(super) fn place(output: &'a OutputFolder, report: &Report, stop: Stop<'_>) -> Result<Self, Stopped> {
        let pictures = Self::of(output.path(), report);
        output.drop_report_folder(PICTURES)?;
        if !pictures.embedded {
            for name in
                report.patients.iter().flat_map(|patient| &patient.series).flat_map(|series| &series.pictures)
            {
                stop.check()?;
                if let Some(png) = kept_picture(output.path(), name) {
                    output.write_report(&format!("{PICTURES}/{name}"), &png)?;
                }
            }
        }
        Ok(pictures)
    }

    /// The pictures of a series, with captions.
    pub(super) fn write(&self, page: &mut String, new_id: &str, series: &SeriesRecord) -> fmt::Result {
        if series.pictures.is_empty() {
            return Ok(());
        }
        page.push_str("<div class=\"pictures\">\n");
        for name in &series.pictures {
            let view =
                name.rsplit(['_', '/']).next().and_then(|view| view.strip_suffix(".png")).unwrap_or_default();
            let (caption, width, height) = match view {
                "front" => ("front", 176, 176),
                "left" => ("left side", 176, 176),
                "right" => ("right side", 176, 176),
                _ => ("slices from low to high, brain window", 640, 256),
            };
            let Some(png) = kept_picture(self.output, name) else { continue };
            write!(page, "<figure class=\"{}\"><img loading=\"lazy\" alt=\"", Escaped(view))?;
            write!(page, "{}, series {}: {caption} of the result\" src=\"", Escaped(new_id), series.number)?;
            if self.embedded {
                page.push_str("data:image/png;base64,");
                push_base64(page, &png);
            } else {
                write!(page, "{PICTURES}/{}", Escaped(name))?;
            }
            // Slices fewer than ten make a smaller montage: then its own size counts.
            let (width, height) = size_of(&png).unwrap_or((width, height));
            writeln!(
                page,
                "\" width=\"{width}\" height=\"{height}\"><figcaption>{caption}</figcaption></figure>"
            )?;
        }
        page.push_str("</div>\n");
        Ok(())
    }
}

/// Width and height from the header of a PNG (its bytes 16 to 23).
fn size_of(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

/// Base64 of RFC 4648 section 4.
fn push_base64(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    out.reserve(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            if digit <= three.len() {
                out.push(char::from(DIGITS[(word >> (18 - 6 * digit) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            let mut out = String::new();
            push_base64(&mut out, plain.as_bytes());
            assert_eq!(out, encoded);
        }
    }
}
