//! Where a data set begins and how it is written: preamble, file meta information, transfer syntax.

use dicom_core::{Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::bytes::Format;
use super::element::{dictionary_vr, is_vr};
use super::parse::{Parser, Stop};

const PREAMBLE: usize = 128;
const PREFIX: &[u8] = b"DICM";
const TRANSFER_SYNTAX_UID: Tag = Tag(0x0002, 0x0010);

pub(super) const IMPLICIT_UID: &str = "1.2.840.10008.1.2";
pub(super) const EXPLICIT_UID: &str = "1.2.840.10008.1.2.1";
pub(super) const BIG_UID: &str = "1.2.840.10008.1.2.2";
const DEFLATED_UIDS: [&str; 3] =
    ["1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"];

/// What is known before the first element is read.
pub(super) struct Start {
    pub(super) at: usize,
    pub(super) meta: InMemDicomObject,
    pub(super) transfer_syntax: String,
    pub(super) format: Format,
    pub(super) deflated: bool,
    pub(super) remarks: Vec<&'static str>,
}

/// Finds the data set; `None` when the bytes are no DICOM file.
pub(super) fn find(bytes: &[u8], total: usize) -> Result<Option<Start>, Stop> {
    let mut remarks = Vec::new();
    let begin = PREAMBLE + PREFIX.len();
    let at = if bytes.get(PREAMBLE..begin) == Some(PREFIX) {
        begin
    } else if begins_like_a_data_set(bytes, total) {
        remarks.push("no preamble");
        0
    } else {
        return Ok(None);
    };
    let mut parser = Parser::new(bytes, total, at);
    let meta = meta(&mut parser)?;
    let at = parser.at();
    let declared = meta.iter().find(|element| element.header().tag == TRANSFER_SYNTAX_UID);
    let declared = declared.and_then(|element| element.to_str().ok()).unwrap_or_default();
    let declared = declared.trim_end_matches([' ', '\0']).to_owned();
    let meta = InMemDicomObject::from_element_iter(meta);

    let expected = match declared.as_str() {
        IMPLICIT_UID => Format::IMPLICIT,
        BIG_UID => Format::BIG,
        _ => Format::EXPLICIT,
    };
    let found = sniff(&parser, at)?;
    let deflated = DEFLATED_UIDS.contains(&declared.as_str()) && found.is_none();
    if declared.is_empty() {
        remarks.push("no transfer syntax");
    }
    if deflated {
        let (transfer_syntax, format) = (declared, Format::EXPLICIT);
        return Ok(Some(Start { at, meta, transfer_syntax, format, deflated, remarks }));
    }
    let format = found.unwrap_or(expected);
    let is_native = matches!(declared.as_str(), "" | IMPLICIT_UID | EXPLICIT_UID | BIG_UID)
        || DEFLATED_UIDS.contains(&declared.as_str());
    if !declared.is_empty() && (format != expected || DEFLATED_UIDS.contains(&declared.as_str())) {
        remarks.push("another encoding than the transfer syntax says");
    }
    let transfer_syntax = if is_native {
        match format {
            Format::BIG | Format { explicit: false, big: true } => BIG_UID,
            Format::EXPLICIT => EXPLICIT_UID,
            Format::IMPLICIT => IMPLICIT_UID,
        }
        .to_owned()
    } else {
        declared
    };
    Ok(Some(Start { at, meta, transfer_syntax, format, deflated, remarks }))
}

/// Reads groups 0002 and 0000. Their group lengths are not relied on: wrong ones would swallow elements.
fn meta(parser: &mut Parser<'_>) -> Result<Vec<InMemElement>, Stop> {
    let mut elements = Vec::new();
    let mut format = None;
    while let Some((group, _, vr)) = peek_tag(parser)? {
        if group != 0x0002 {
            break;
        }
        let explicit = vr.iter().all(u8::is_ascii_uppercase);
        let format = *format.get_or_insert(Format { explicit, big: false });
        elements.push(parser.plain_element(format)?);
    }
    // A command set in front, as in a message dumped from the network, begins with its own length.
    if let Some((0x0000, 0x0000, [4, 0])) = peek_tag(parser)? {
        while let Some((0x0000, _, _)) = peek_tag(parser)? {
            elements.push(parser.plain_element(Format::IMPLICIT)?);
        }
    }
    Ok(elements)
}

/// Group, element and the two bytes behind them; `None` where less than an element header is left.
fn peek_tag(parser: &Parser<'_>) -> Result<Option<(u16, u16, [u8; 2])>, Stop> {
    if parser.total().saturating_sub(parser.at()) < 8 {
        return Ok(None);
    }
    let [g0, g1, e0, e1, v0, v1] = parser.peek::<6>(parser.at())?;
    Ok(Some((u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]), [v0, v1])))
}

/// How the element at `at` is written, whatever the transfer syntax says; `None` if it is none.
///
/// The first group of a data set is far below 0x0100, which tells the byte order; a value representation in
/// the fifth and sixth byte tells an explicit one, as no first element has a length of 16 KiB.
fn sniff(parser: &Parser<'_>, at: usize) -> Result<Option<Format>, Stop> {
    if parser.total().saturating_sub(at) < 8 {
        return Ok(None);
    }
    let [g0, g1, e0, e1, v0, v1, l0, l1] = parser.peek::<8>(at)?;
    let big = g0 == 0 && g1 != 0;
    let letters = v0.is_ascii_uppercase() && v1.is_ascii_uppercase();
    if letters && (is_vr([v0, v1]) || g0 == 0 || g1 == 0) {
        return Ok(Some(Format { explicit: true, big }));
    }
    let format = Format { explicit: false, big };
    let tag = Tag(format.u16([g0, g1]), format.u16([e0, e1]));
    let length = format.u32([v0, v1, l0, l1]) as usize;
    let fits = length <= parser.total() - at - 8;
    let is_sequence = length == u32::MAX as usize && dictionary_vr(tag, false) == Some(VR::SQ);
    Ok((dictionary_vr(tag, false).is_some() && (fits || is_sequence)).then_some(format))
}

/// Whether a file without a prefix begins with a group that a file or data set begins with.
fn begins_like_a_data_set(bytes: &[u8], total: usize) -> bool {
    let Some(&[g0, g1]) = bytes.first_chunk::<2>() else { return false };
    matches!([g0, g1], [2 | 8, 0] | [0, 8]) && matches!(sniff(&Parser::new(bytes, total, 0), 0), Ok(Some(_)))
}
