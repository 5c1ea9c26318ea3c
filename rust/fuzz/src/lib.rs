//! What the fuzz targets share: a slice around a compressed stream.

use headct_deid_core::gather::decode;
use headct_deid_core::gather::read::{self, Extent};

/// Decodes `data` as the Pixel Data of a slice that declares `syntax`.
///
/// The first three bytes choose rows, columns and the form of the pixels; the rest is the stream. What is
/// decoded must have the length that the header demands.
pub fn codec(syntax: &str, data: &[u8]) {
    let Some((&[rows, columns, form], stream)) = data.split_first_chunk::<3>() else { return };
    let (rows, columns) = (2 * u16::from(rows) + 2, 2 * u16::from(columns) + 2);
    let allocated: u16 = if form & 1 == 0 { 16 } else { 8 };
    let stored = allocated - u16::from(form >> 1 & 7);
    let signed = u16::from(form >> 4 & 1);
    let bytes = slice(syntax, [rows, columns, allocated, stored, signed], stream);
    let dataset = read::read(&bytes, Extent::Whole).expect("a slice written here can be read");
    if let Ok(decoded) = decode::decode(&dataset, &bytes) {
        assert_eq!((decoded.rows, decoded.columns), (usize::from(rows), usize::from(columns)));
        let pixels = decoded.rows * decoded.columns;
        assert_eq!(decoded.bytes.len(), pixels * usize::from(allocated / 8));
        let mut hu = vec![0; pixels];
        decoded.hu_into(&mut hu);
    }
}

/// A file in explicit little endian with one fragment of Pixel Data.
fn slice(syntax: &str, [rows, columns, allocated, stored, signed]: [u16; 5], stream: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    element(&mut bytes, 0x0002, 0x0010, *b"UI", syntax.as_bytes());
    for (number, value) in [(0x0002, 1), (0x0010, rows), (0x0011, columns), (0x0100, allocated)]
        .into_iter()
        .chain([(0x0101, stored), (0x0102, stored - 1), (0x0103, signed)])
    {
        element(&mut bytes, 0x0028, number, *b"US", &value.to_le_bytes());
    }
    bytes.extend([0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    item(&mut bytes, 0xE000, &[]);
    item(&mut bytes, 0xE000, stream);
    item(&mut bytes, 0xE0DD, &[]);
    bytes
}

fn element(bytes: &mut Vec<u8>, group: u16, number: u16, vr: [u8; 2], value: &[u8]) {
    bytes.extend(group.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend(vr);
    bytes.extend((value.len().next_multiple_of(2) as u16).to_le_bytes());
    padded(bytes, value);
}

fn item(bytes: &mut Vec<u8>, number: u16, value: &[u8]) {
    bytes.extend(0xFFFE_u16.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend((value.len().next_multiple_of(2) as u32).to_le_bytes());
    padded(bytes, value);
}

fn padded(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend(value);
    bytes.resize(bytes.len() + value.len() % 2, 0);
}
