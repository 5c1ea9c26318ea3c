//! Headers as text: a line per element, with blanks that are filled in per file.
//!
//! A line is a tag, a VR and a value: `00100010 PN {name}`. One `>` per level of nesting stands before the
//! elements of a sequence, `>item` starts an item. Values are separated by backslashes as in DICOM. A value of
//! `-` leaves the element out, no value leaves it empty. Bytes (OB) are written as the text they hold.

use std::collections::BTreeMap;
use std::io;

use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

/// What the blanks stand for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blanks(BTreeMap<&'static str, String>);

impl Blanks {
    /// Fills a blank.
    pub(crate) fn set(&mut self, blank: &'static str, value: impl Into<String>) {
        self.0.insert(blank, value.into());
    }

    fn fill(&self, text: &str) -> io::Result<String> {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (blank, rest) = part.split_once('}').ok_or_else(|| broken("a blank is not closed", text))?;
            filled += self.0.get(blank).ok_or_else(|| broken("nothing fills a blank", text))?;
            filled += rest;
        }
        Ok(filled)
    }
}

/// A data set from templates, the later ones over the earlier.
pub(crate) fn data_set(templates: &[&str], blanks: &Blanks) -> io::Result<InMemDicomObject> {
    let mut object = InMemDicomObject::new_empty();
    for template in templates {
        let lines: Vec<&str> =
            template.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let mut at = 0;
        while at < lines.len() {
            if let Some(element) = element(&lines, &mut at, 0, blanks)? {
                object.put(element);
            }
        }
    }
    Ok(object)
}

/// Level of nesting of a line, and what follows.
fn level(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches('>');
    (line.len() - rest.len(), rest)
}

/// Reads the element at `at` with everything below it.
fn element(
    lines: &[&str],
    at: &mut usize,
    depth: usize,
    blanks: &Blanks,
) -> io::Result<Option<InMemElement>> {
    let line = lines[*at];
    let (found, rest) = level(line);
    if found != depth {
        return Err(broken("a line is nested too deep", line));
    }
    *at += 1;
    let (tag, vr, text) = split(rest, blanks).ok_or_else(|| broken("a line is no element", line))??;
    if vr == VR::SQ {
        let mut items = Vec::new();
        while *at < lines.len() && level(lines[*at]) == (depth + 1, "item") {
            *at += 1;
            let mut item = InMemDicomObject::new_empty();
            while *at < lines.len() && level(lines[*at]).0 == depth + 1 && level(lines[*at]).1 != "item" {
                if let Some(element) = element(lines, at, depth + 1, blanks)? {
                    item.put(element);
                }
            }
            items.push(item);
        }
        return Ok(Some(DataElement::new(tag, vr, Value::Sequence(DataSetSequence::from(items)))));
    }
    if text == "-" {
        return Ok(None);
    }
    let value = value(vr, &text).ok_or_else(|| broken("a value does not fit its VR", line))?;
    Ok(Some(DataElement::new(tag, vr, value)))
}

type Split = (Tag, VR, String);

/// Tag, VR and filled value of a line.
fn split(line: &str, blanks: &Blanks) -> Option<io::Result<Split>> {
    let tag = line.get(..8)?;
    let (group, number) =
        (u16::from_str_radix(&tag[..4], 16).ok()?, u16::from_str_radix(&tag[4..], 16).ok()?);
    let filled = match blanks.fill(line.get(9..)?) {
        Ok(filled) => filled,
        Err(error) => return Some(Err(error)),
    };
    let (vr, text) = filled.split_once(' ').unwrap_or((&filled, ""));
    Some(Ok((Tag(group, number), vr.parse().ok()?, text.to_owned())))
}

fn value(vr: VR, text: &str) -> Option<PrimitiveValue> {
    if text.is_empty() {
        return Some(PrimitiveValue::Empty);
    }
    Some(match vr {
        VR::US => PrimitiveValue::U16(numbers(text)?.into()),
        VR::SS => PrimitiveValue::I16(numbers(text)?.into()),
        VR::UL => PrimitiveValue::U32(numbers(text)?.into()),
        VR::SL => PrimitiveValue::I32(numbers(text)?.into()),
        VR::FL => PrimitiveValue::F32(numbers(text)?.into()),
        VR::FD => PrimitiveValue::F64(numbers(text)?.into()),
        VR::OB | VR::UN => PrimitiveValue::U8(text.as_bytes().to_vec().into()),
        VR::LT | VR::ST | VR::UT => PrimitiveValue::Str(text.to_owned()),
        _ => PrimitiveValue::Strs(text.split('\\').map(str::to_owned).collect()),
    })
}

fn numbers<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    text.split('\\').map(|part| part.trim().parse().ok()).collect()
}

fn broken(what: &str, line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("header template: {what}: `{line}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_becomes_a_nested_data_set() {
        let mut blanks = Blanks::default();
        blanks.set("name", "Doe^Jo");
        let text = "# note\n00100010 PN {name}\n00081140 SQ\n>item\n>00081155 UI 2.999\n>item\n>00081155 UI 2.998\n00280010 US 7";
        let object = data_set(&[text], &blanks).unwrap();
        assert_eq!(object.element_by_name("PatientName").unwrap().to_str().unwrap(), "Doe^Jo");
        assert_eq!(object.element_by_name("Rows").unwrap().to_int::<u16>().unwrap(), 7);
        let images = object.element_by_name("ReferencedImageSequence").unwrap();
        let uids: Vec<_> = images
            .items()
            .unwrap()
            .iter()
            .map(|item| {
                item.element_by_name("ReferencedSOPInstanceUID").unwrap().to_str().unwrap().into_owned()
            })
            .collect();
        assert_eq!(uids, ["2.999", "2.998"]);
    }

    #[test]
    fn a_blank_that_nothing_fills_is_an_error() {
        let error = data_set(&["00100010 PN {nobody}"], &Blanks::default()).unwrap_err();
        assert!(error.to_string().contains("nothing fills a blank"));
    }
}
