//! One element header: tag, value representation, length.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;

use super::bytes::Format;
use super::parse::{Parser, Stop, damaged};

/// The length that stands for "until a delimiter" (PS3.5 section 7.1.1).
pub(super) const UNDEFINED: u32 = u32::MAX;
/// Group of items and delimiters (PS3.5 section 7.5).
pub(super) const ITEM_GROUP: u16 = 0xFFFE;
pub(super) const ITEM: Tag = Tag(ITEM_GROUP, 0xE000);
pub(super) const ITEM_END: Tag = Tag(ITEM_GROUP, 0xE00D);
pub(super) const SEQUENCE_END: Tag = Tag(ITEM_GROUP, 0xE0DD);

/// What stands before a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) tag: Tag,
    pub(super) vr: VR,
    pub(super) length: u32,
    /// The value representation is the dictionary's, or unknown to the standard.
    pub(super) guessed: bool,
}

/// Whether an explicit element of this value representation has a 32-bit length (PS3.5 section 7.1.2).
const fn has_long_length(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW
            | VR::SQ
            | VR::SV
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT
            | VR::UV
    )
}

/// The dictionary's value representation of an attribute; `None` for what it does not know.
///
/// `signed` is the sign of the pixels, which decides between US and SS.
pub(super) fn dictionary_vr(tag: Tag, signed: bool) -> Option<VR> {
    let entry = StandardDataDictionary.by_tag(tag)?;
    Some(match entry.vr() {
        VirtualVr::Exact(vr) => vr,
        VirtualVr::Xs if signed => VR::SS,
        VirtualVr::Xs => VR::US,
        _ => VR::OW,
    })
}

/// Whether two bytes are a value representation of the standard.
pub(super) fn is_vr(bytes: [u8; 2]) -> bool {
    VR::from_binary(bytes).is_some()
}

impl Parser<'_> {
    /// Reads the element header at the current place, which must end before `limit`.
    ///
    /// In an explicit data set an element whose value representation is no pair of letters is taken for an
    /// implicit one, as some writers switch midway; a pair of letters the standard does not know is UN with a
    /// short length, or with a long one where only that leads to another element.
    pub(super) fn header(&mut self, format: Format, limit: usize) -> Result<Header, Stop> {
        let at = self.at();
        let [t0, t1, t2, t3, v0, v1, l0, l1] = self.array::<8>(limit)?;
        let tag = Tag(format.u16([t0, t1]), format.u16([t2, t3]));
        let long = format.u32([v0, v1, l0, l1]);
        if tag.group() == ITEM_GROUP {
            return Ok(Header { tag, vr: VR::UN, length: long, guessed: false });
        }
        if format.explicit {
            let short = u32::from(format.u16([l0, l1]));
            if let Some(vr) = VR::from_binary([v0, v1]) {
                let length = if has_long_length(vr) { format.u32(self.array::<4>(limit)?) } else { short };
                return Ok(Header { tag, vr, length, guessed: false });
            }
            if v0.is_ascii_uppercase() && v1.is_ascii_uppercase() {
                let length = self.unknown_length(short, format, tag, limit)?;
                return Ok(Header { tag, vr: VR::UN, length, guessed: true });
            }
            if long != UNDEFINED && long as usize > limit.saturating_sub(self.at()) {
                return Err(damaged(format!("element {tag} at byte {at} has no value representation")));
            }
        }
        let vr = dictionary_vr(tag, self.signed()).unwrap_or(VR::UN);
        Ok(Header { tag, vr, length: long, guessed: true })
    }

    /// The length of an element whose value representation is unknown: 16 bits as in older data sets, or,
    /// where the reserved bytes are zero, the 32 bits that PS3.5 section 6.2 promises for future ones.
    fn unknown_length(&mut self, short: u32, format: Format, tag: Tag, limit: usize) -> Result<u32, Stop> {
        if short != 0 || self.leads_to_element(0, format, tag, limit)? {
            return Ok(short);
        }
        let before = self.at();
        let long = format.u32(self.array::<4>(limit)?);
        if self.leads_to_element(long as usize, format, tag, limit)? {
            return Ok(long);
        }
        self.set_at(before);
        Ok(short)
    }

    /// Whether `length` bytes further the data set ends or a later element begins.
    fn leads_to_element(&self, length: usize, format: Format, tag: Tag, limit: usize) -> Result<bool, Stop> {
        let Some(place) = self.at().checked_add(length) else { return Ok(false) };
        if place >= limit || limit - place < 8 {
            return Ok(place == limit);
        }
        let [g0, g1, e0, e1, v0, v1] = self.peek::<6>(place)?;
        let next = Tag(format.u16([g0, g1]), format.u16([e0, e1]));
        Ok(next.group() == ITEM_GROUP || (next > tag && is_vr([v0, v1])))
    }
}
