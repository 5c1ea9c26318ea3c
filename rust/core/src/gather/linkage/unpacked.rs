//! A guard against small zip files that unpack to fill the memory.

use std::io::{Read, copy, sink};

use flate2::read::DeflateDecoder;

/// First bytes of every entry of a zip file.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// Length of a local header without its name and extra field.
const FIXED: usize = 30;

/// Whether the entries of a zip file unpack to more than `limit` bytes, taken together.
///
/// Unpacks whatever follows a local header, listed in the directory or not, and believes no declared length.
/// Stored entries are as long as they are.
pub(super) fn is_beyond(bytes: &[u8], limit: u64) -> bool {
    let mut left = limit;
    let mut at = 0;
    while let Some(found) = find(bytes, at) {
        at = found + LOCAL_HEADER.len();
        let Some(packed) = data(bytes, found) else { continue };
        // Whatever is no deflated data ends the copy early; the reader of the workbook says so.
        let mut unpacked = DeflateDecoder::new(packed).take(left + 1);
        let _ = copy(&mut unpacked, &mut sink());
        match unpacked.limit().checked_sub(1) {
            Some(rest) => left = rest,
            None => return true,
        }
    }
    false
}

fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(LOCAL_HEADER.len()).position(|window| window == LOCAL_HEADER).map(|at| from + at)
}

/// What follows the local header at `at`.
fn data(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = |offset: usize| {
        let pair = bytes.get(at + offset..at + offset + 2)?;
        Some(usize::from(u16::from_le_bytes([pair[0], pair[1]])))
    };
    bytes.get(at + FIXED + length(26)? + length(28)?..)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    fn entry(zeros: usize) -> Vec<u8> {
        let mut header = LOCAL_HEADER.to_vec();
        header.resize(FIXED, 0);
        let mut packer = DeflateEncoder::new(header, Compression::default());
        packer.write_all(&vec![0; zeros]).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_entries_unpack_to_is_counted_and_not_what_they_declare() {
        let two = [entry(3000), entry(4000)].concat();
        assert!(is_beyond(&two, 6999));
        assert!(!is_beyond(&two, 7000));
        assert!(is_beyond(&entry(1_000_000), 1000));
    }

    #[test]
    fn no_zip_file_unpacks_to_nothing() {
        assert!(!is_beyond(b"", 0));
        assert!(!is_beyond(b"PK\x03\x04", 0));
        assert!(!is_beyond(&[LOCAL_HEADER, &[0xff; 60]].concat(), 0));
    }
}
