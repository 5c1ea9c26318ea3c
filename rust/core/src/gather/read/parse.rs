//! Walks the elements of a data set.

use std::ops::Range;

use dicom_core::header::Length;
use dicom_core::value::{C, DataSetSequence, PixelFragmentSequence};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::bytes::{Format, little};
use super::charset::Charset;
use super::element::{Header, ITEM, ITEM_END, ITEM_GROUP, SEQUENCE_END, UNDEFINED, dictionary_vr, is_vr};
use super::{Extent, PixelData, value};

/// Deepest nesting of sequences: real objects stay below 20, and stages that follow recurse too.
const MAX_DEPTH: usize = 100;
/// What a file may cost, in pieces of about 80 bytes of objects: 1 for each text value, 4 for each element,
/// 16 for each item. The most that a hostile file made of it were 380 MB.
const MAX_PIECES: usize = 4_000_000;
const ELEMENT_PIECES: usize = 4;
const ITEM_PIECES: usize = 16;

const PIXEL_GROUP: u16 = 0x7FE0;
const PIXEL_DATA: Tag = Tag(PIXEL_GROUP, 0x0010);
const FLOAT_PIXEL_DATA: Tag = Tag(PIXEL_GROUP, 0x0008);
const DOUBLE_FLOAT_PIXEL_DATA: Tag = Tag(PIXEL_GROUP, 0x0009);
const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);

/// Why the walk stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// So many bytes from the beginning are needed, and the file has them.
    Needs(usize),
    /// What is wrong, and where.
    Damaged(String),
}

pub(super) fn damaged(message: impl Into<String>) -> Stop {
    Stop::Damaged(message.into())
}

/// A data set at the top level.
#[derive(Debug)]
pub(super) struct Top {
    pub(super) elements: Vec<InMemElement>,
    pub(super) pixels: PixelData,
    pub(super) trailing_bytes: usize,
    pub(super) remarks: Vec<&'static str>,
}

/// A place in the bytes of a file, and what may still be spent on it.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    total: usize,
    at: usize,
    pieces: usize,
    signed: bool,
}

/// Where a nested data set ends.
#[derive(Clone, Copy)]
enum End {
    At(usize),
    Delimiter { limit: usize },
}

impl<'a> Parser<'a> {
    /// A parser at place `at` of `total` bytes that begin with `bytes`.
    pub(super) fn new(bytes: &'a [u8], total: usize, at: usize) -> Self {
        Self { bytes, total, at, pieces: MAX_PIECES, signed: false }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn set_at(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) const fn total(&self) -> usize {
        self.total
    }

    pub(super) const fn signed(&self) -> bool {
        self.signed
    }

    /// The bytes of a range that lies within the whole.
    fn range(&self, range: Range<usize>) -> Result<&'a [u8], Stop> {
        self.bytes.get(range.clone()).ok_or(Stop::Needs(range.end))
    }

    /// `N` bytes at any place of the whole.
    pub(super) fn peek<const N: usize>(&self, place: usize) -> Result<[u8; N], Stop> {
        let end = place.saturating_add(N);
        if end > self.total {
            return Err(damaged(format!("the data set ends at byte {}", self.total)));
        }
        let bytes = self.range(place..end)?;
        bytes.first_chunk::<N>().copied().ok_or(Stop::Needs(end))
    }

    /// The next `N` bytes, before `limit`.
    pub(super) fn array<const N: usize>(&mut self, limit: usize) -> Result<[u8; N], Stop> {
        let end = self.at.saturating_add(N);
        if end > limit {
            return Err(damaged(format!("the data set ends within an element header at byte {}", self.at)));
        }
        let bytes = self.peek::<N>(self.at)?;
        self.at = end;
        Ok(bytes)
    }

    /// The value that follows, before `limit`.
    fn value(&mut self, header: Header, limit: usize) -> Result<&'a [u8], Stop> {
        let end = self.value_end(header, limit)?;
        let bytes = self.range(self.at..end)?;
        self.at = end;
        Ok(bytes)
    }

    fn value_end(&self, header: Header, limit: usize) -> Result<usize, Stop> {
        let left = limit.saturating_sub(self.at);
        if header.length as usize > left {
            return Err(damaged(format!(
                "element {} at byte {} declares {} bytes, {left} are left",
                header.tag, self.at, header.length
            )));
        }
        Ok(self.at + header.length as usize)
    }

    fn spend(&mut self, pieces: usize) -> Result<(), Stop> {
        self.pieces = self
            .pieces
            .checked_sub(pieces)
            .ok_or_else(|| damaged("the data set has more elements and values than are allowed"))?;
        Ok(())
    }

    /// Reads one element of the file meta information, whose text is in the default repertoire.
    pub(super) fn plain_element(&mut self, format: Format) -> Result<InMemElement, Stop> {
        let header = self.header(format, self.total)?;
        self.element(header, format, self.total, 0, &Charset::default())
    }

    /// Reads the data set that reaches to the end of the bytes.
    pub(super) fn top(mut self, format: Format, extent: Extent) -> Result<Top, Stop> {
        let begin = self.at;
        let mut charset = Charset::default();
        let mut fixed_charset = false;
        let mut text_seen = false;
        let mut top =
            Top { elements: Vec::new(), pixels: PixelData::Absent, trailing_bytes: 0, remarks: Vec::new() };
        while self.at < self.total {
            let place = self.at;
            let behind_pixels = top.pixels != PixelData::Absent;
            if self.zeros_follow(place)? {
                if !behind_pixels && !self.only_zeros_follow(place)? {
                    return Err(damaged(format!("zeros within the data set at byte {place}")));
                }
                top.trailing_bytes = self.total - place;
                top.remarks.push("zeros behind the data set");
                break;
            }
            let header = match self.header(format, self.total) {
                Ok(header) if behind_pixels && !follows_pixels(header, format) => None,
                Err(Stop::Damaged(_)) if behind_pixels => None,
                header => Some(header?),
            };
            let Some(header) = header else {
                top.trailing_bytes = self.total - place;
                top.remarks.push("bytes behind the data set");
                break;
            };
            if header.tag.group() == ITEM_GROUP {
                return Err(damaged(format!("item or delimiter outside of a sequence at byte {place}")));
            }
            if header.tag.group() == PIXEL_GROUP {
                top.pixels = self.pixels(header, format, &top.elements, extent, top.pixels)?;
                if extent == Extent::Header && top.pixels != PixelData::Absent {
                    break;
                }
                continue;
            }
            if header.tag == SPECIFIC_CHARACTER_SET && !fixed_charset {
                charset = self.peek_charset(header)?;
                if text_seen {
                    // Text before its character set: once more, knowing it.
                    fixed_charset = true;
                    top.elements.clear();
                    self.at = begin;
                    continue;
                }
            }
            let element = self.element(header, format, self.total, 0, &charset)?;
            text_seen |= value::uses_charset(element.vr()) || element.vr() == VR::SQ;
            if header.tag == PIXEL_REPRESENTATION {
                self.signed = element.to_int::<u16>().is_ok_and(|sign| sign == 1);
            }
            top.elements.push(element);
        }
        Ok(top)
    }

    /// Whether zeros stand where an element header belongs.
    fn zeros_follow(&self, place: usize) -> Result<bool, Stop> {
        let head = self.range(place..self.total.min(place.saturating_add(8)))?;
        Ok(head.iter().all(|&byte| byte == 0))
    }

    fn only_zeros_follow(&self, place: usize) -> Result<bool, Stop> {
        Ok(self.range(place..self.total)?.iter().all(|&byte| byte == 0))
    }

    /// The character set that a (0008,0005) at the current place names; the place stays.
    fn peek_charset(&self, header: Header) -> Result<Charset, Stop> {
        let end = self.value_end(header, self.total)?;
        Ok(Charset::from_value(self.range(self.at..end)?))
    }

    /// Reads an element's value and everything nested in it.
    fn element(
        &mut self,
        header: Header,
        format: Format,
        limit: usize,
        depth: usize,
        charset: &Charset,
    ) -> Result<InMemElement, Stop> {
        self.spend(ELEMENT_PIECES)?;
        let Header { tag, length, .. } = header;
        let mut vr = header.vr;
        if length == UNDEFINED {
            return match vr {
                VR::OB | VR::OW => self.fragment_element(tag, vr, format, limit),
                VR::SQ | VR::UN => self.sequence(tag, format, None, limit, depth, charset),
                _ => Err(damaged(format!("element {tag} at byte {} has no length", self.at))),
            };
        }
        if vr == VR::UN && !header.guessed {
            // PS3.5 section 6.2.2, note 2: a writer that did not know the attribute; the reader does.
            vr = dictionary_vr(tag, self.signed).unwrap_or(VR::UN);
        }
        if vr == VR::SQ {
            let end = self.value_end(header, limit)?;
            return self.sequence(tag, format, Some(end), limit, depth, charset);
        }
        let bytes = self.value(header, limit)?;
        let (vr, value) = value::make(bytes, vr, format.big, charset);
        if let PrimitiveValue::Strs(values) = &value {
            self.spend(values.len())?;
        }
        Ok(DataElement::new(tag, vr, value))
    }

    /// Reads the items of a sequence that ends at `end`, or without it at its delimiter.
    fn sequence(
        &mut self,
        tag: Tag,
        mut format: Format,
        end: Option<usize>,
        limit: usize,
        depth: usize,
        charset: &Charset,
    ) -> Result<InMemElement, Stop> {
        if depth >= MAX_DEPTH {
            return Err(damaged(format!("sequences are nested more than {MAX_DEPTH} deep")));
        }
        let limit = end.unwrap_or(limit);
        let mut items: C<InMemDicomObject> = C::new();
        while end != Some(self.at) {
            let place = self.at;
            let [g0, g1, e0, e1, l0, l1, l2, l3] = self.array::<8>(limit)?;
            if [g0, g1] == [0xFE, 0xFF] && format.big || [g0, g1] == [0xFF, 0xFE] && !format.big {
                // UN content is little endian in any syntax (PS3.5 section 6.2.2).
                format.big = !format.big;
            }
            let length = format.u32([l0, l1, l2, l3]);
            match Tag(format.u16([g0, g1]), format.u16([e0, e1])) {
                ITEM => {}
                SEQUENCE_END if end.is_none_or(|end| end == self.at) => break,
                _ => return Err(damaged(format!("no item of {tag} where one belongs, at byte {place}"))),
            }
            self.spend(ITEM_PIECES)?;
            let item_end = if length == UNDEFINED {
                End::Delimiter { limit }
            } else if length as usize > limit - self.at {
                let left = limit - self.at;
                return Err(damaged(format!(
                    "item of {tag} at byte {place} declares {length} bytes, {left} are left"
                )));
            } else {
                End::At(self.at + length as usize)
            };
            items.push(InMemDicomObject::from_element_iter(self.item(
                format,
                item_end,
                depth + 1,
                charset,
            )?));
        }
        Ok(DataElement::new(tag, VR::SQ, DataSetSequence::new(items, Length::UNDEFINED)))
    }

    /// Reads the data set of one item.
    fn item(
        &mut self,
        format: Format,
        end: End,
        depth: usize,
        charset: &Charset,
    ) -> Result<Vec<InMemElement>, Stop> {
        let begin = self.at;
        let limit = match end {
            End::At(limit) | End::Delimiter { limit } => limit,
        };
        let format = self.item_format(format, limit)?;
        let mut own_charset = None;
        let mut fixed_charset = false;
        let mut elements = Vec::new();
        loop {
            if let End::At(end) = end
                && self.at == end
            {
                return Ok(elements);
            }
            let place = self.at;
            let header = self.header(format, limit)?;
            if header.tag == ITEM_END {
                return match end {
                    End::At(end) if self.at != end => {
                        Err(damaged(format!("item ends before its length at byte {place}")))
                    }
                    _ => Ok(elements),
                };
            }
            if header.tag.group() == ITEM_GROUP {
                return Err(damaged(format!("item or delimiter within an item at byte {place}")));
            }
            if header.tag == SPECIFIC_CHARACTER_SET && !fixed_charset {
                own_charset = Some(self.peek_charset(header)?);
                if !elements.is_empty() {
                    fixed_charset = true;
                    elements.clear();
                    self.at = begin;
                    continue;
                }
            }
            let charset = own_charset.as_ref().unwrap_or(charset);
            elements.push(self.element(header, format, limit, depth, charset)?);
        }
    }

    /// How an item is written: an explicit data set may hold implicit items (PS3.5 section 6.2.2), never the
    /// reverse.
    fn item_format(&self, format: Format, limit: usize) -> Result<Format, Stop> {
        if !format.explicit || limit - self.at < 8 {
            return Ok(format);
        }
        let [g0, g1, _, _, v0, v1] = self.peek::<6>(self.at)?;
        let is_delimiter = format.u16([g0, g1]) == ITEM_GROUP;
        let letters = v0.is_ascii_uppercase() && v1.is_ascii_uppercase();
        Ok(Format { explicit: is_delimiter || letters || is_vr([v0, v1]), big: format.big })
    }

    /// Finds the pixels of group 7FE0; of its other elements only the end.
    fn pixels(
        &mut self,
        header: Header,
        format: Format,
        elements: &[InMemElement],
        extent: Extent,
        found: PixelData,
    ) -> Result<PixelData, Stop> {
        match header.tag {
            FLOAT_PIXEL_DATA | DOUBLE_FLOAT_PIXEL_DATA => {
                self.at = self.value_end(header, self.total)?;
                Ok(PixelData::Float)
            }
            PIXEL_DATA if header.length == UNDEFINED => {
                let mut fragments = Vec::new();
                if extent == Extent::Whole {
                    fragments = self.fragments(header.tag, format, self.total)?;
                    if !fragments.is_empty() {
                        fragments.remove(0);
                    }
                }
                Ok(PixelData::Encapsulated { fragments })
            }
            PIXEL_DATA => {
                let end = self.at.saturating_add(header.length as usize);
                let left = self.total - self.at;
                let end = if end <= self.total {
                    end
                } else if expected_pixel_bytes(elements).is_some_and(|expected| expected <= left) {
                    self.total
                } else {
                    return Err(damaged(format!(
                        "Pixel Data at byte {} declares {} bytes, {left} are left",
                        self.at, header.length
                    )));
                };
                let range = self.at..end;
                self.at = end;
                Ok(PixelData::Native { range, words: header.vr != VR::OB })
            }
            _ => {
                self.at = self.value_end(header, self.total)?;
                Ok(found)
            }
        }
    }

    /// Reads a nested encapsulated value, as in an icon image.
    fn fragment_element(
        &mut self,
        tag: Tag,
        vr: VR,
        format: Format,
        limit: usize,
    ) -> Result<InMemElement, Stop> {
        let mut ranges = self.fragments(tag, format, limit)?.into_iter();
        let table = self.range(ranges.next().unwrap_or(0..0))?;
        let table: C<u32> = little::<4>(table, format.big).map(u32::from_le_bytes).collect();
        let mut fragments: C<Vec<u8>> = C::new();
        for range in ranges {
            fragments.push(self.range(range)?.to_vec());
        }
        Ok(DataElement::new(tag, vr, PixelFragmentSequence::new(table, fragments)))
    }

    /// The ranges of the items of an encapsulated value, basic offset table first (PS3.5 section A.4).
    fn fragments(&mut self, tag: Tag, format: Format, limit: usize) -> Result<Vec<Range<usize>>, Stop> {
        let mut ranges = Vec::new();
        loop {
            let place = self.at;
            let header = self.header(format, limit)?;
            match header.tag {
                ITEM if header.length != UNDEFINED => {
                    self.spend(ELEMENT_PIECES)?;
                    let end = self.value_end(header, limit)?;
                    ranges.push(self.at..end);
                    self.at = end;
                }
                SEQUENCE_END => return Ok(ranges),
                _ => return Err(damaged(format!("no fragment of {tag} where one belongs, at byte {place}"))),
            }
        }
    }
}

/// Whether an element header behind Pixel Data is believable; anything else there is padding.
fn follows_pixels(header: Header, format: Format) -> bool {
    let known = if format.explicit { !header.guessed } else { dictionary_vr(header.tag, false).is_some() };
    header.tag > PIXEL_DATA && header.tag.group() != ITEM_GROUP && known
}

/// How many bytes native Pixel Data needs, as far as the header says.
fn expected_pixel_bytes(elements: &[InMemElement]) -> Option<usize> {
    let number = |element: u16| {
        let tag = Tag(0x0028, element);
        elements.iter().rev().find(|found| found.header().tag == tag)?.to_int::<usize>().ok()
    };
    let samples = number(0x0002).unwrap_or(1).checked_mul(number(0x0008).unwrap_or(1))?;
    let pixels = number(0x0010)?.checked_mul(number(0x0011)?)?.checked_mul(samples)?;
    Some(pixels.checked_mul(number(0x0100)?)?.div_ceil(8))
}
