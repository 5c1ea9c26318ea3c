//! Files drawn by hand, byte by byte.

use dicom_core::Tag;

use super::super::{Dataset, Extent, ReadError, read};

/// Bytes under construction.
#[derive(Default, Clone)]
pub(super) struct Draw(pub(super) Vec<u8>);

pub(super) const UNDEFINED: u32 = u32::MAX;

impl Draw {
    /// Preamble, prefix and the transfer syntax.
    pub(super) fn file(syntax: &str) -> Self {
        let mut uid = syntax.as_bytes().to_vec();
        uid.resize(uid.len().next_multiple_of(2), 0);
        let mut drawn = Self(vec![0; 128]);
        drawn.0.extend(b"DICM");
        drawn.explicit(0x0002, 0x0010, *b"UI", &uid)
    }

    pub(super) fn explicit(mut self, group: u16, element: u16, vr: [u8; 2], value: &[u8]) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr);
        if [b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC"].contains(&&vr) {
            self.0.extend([0, 0]);
            self.0.extend((value.len() as u32).to_le_bytes());
        } else {
            self.0.extend((value.len() as u16).to_le_bytes());
        }
        self.0.extend(value);
        self
    }

    /// A long explicit element header that declares `length`.
    pub(super) fn open(mut self, group: u16, element: u16, vr: [u8; 2], length: u32) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr);
        self.0.extend([0, 0]);
        self.0.extend(length.to_le_bytes());
        self
    }

    /// An implicit element, item or delimiter.
    pub(super) fn implicit(self, group: u16, element: u16, value: &[u8]) -> Self {
        self.implicit_header(group, element, value.len() as u32).raw(value)
    }

    pub(super) fn implicit_header(mut self, group: u16, element: u16, length: u32) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(length.to_le_bytes());
        self
    }

    pub(super) fn big(mut self, group: u16, element: u16, vr: [u8; 2], value: &[u8]) -> Self {
        self.0.extend(group.to_be_bytes());
        self.0.extend(element.to_be_bytes());
        self.0.extend(vr);
        self.0.extend((value.len() as u16).to_be_bytes());
        self.raw(value)
    }

    pub(super) fn item(self, length: u32) -> Self {
        self.implicit_header(0xFFFE, 0xE000, length)
    }

    pub(super) fn item_end(self) -> Self {
        self.implicit_header(0xFFFE, 0xE00D, 0)
    }

    pub(super) fn sequence_end(self) -> Self {
        self.implicit_header(0xFFFE, 0xE0DD, 0)
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    pub(super) fn read(&self) -> Result<Dataset, ReadError> {
        read(&self.0, Extent::Whole)
    }

    /// The reason why the file is damaged.
    pub(super) fn damage(&self) -> String {
        match self.read() {
            Err(ReadError::Failed(failure)) => failure.message,
            other => panic!("not a failure: {:?}", other.map(|dataset| dataset.remarks)),
        }
    }
}

pub(super) const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub(super) const IMPLICIT: &str = "1.2.840.10008.1.2";
pub(super) const BIG: &str = "1.2.840.10008.1.2.2";
pub(super) const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub(super) const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

pub(super) fn text(dataset: &Dataset, group: u16, element: u16) -> String {
    dataset.object.get(Tag(group, element)).unwrap().to_str().unwrap().into_owned()
}
