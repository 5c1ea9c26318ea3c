//! Prints what the reader makes of files, one line of JSON for each, for comparison with other readers.
//!
//! ```text
//! cargo run -q -p headct-deid-core --example dump_header -- FILE...
//! ```
//!
//! A line holds `path` and either `refused` (why not read) or: `syntax`, `elements` (place, value
//! representation and value of each element, nested ones included; bulk values as SHA-256), `header` (whether
//! reading the header alone gives the same elements) and `pixels` (why not decoded, or the SHA-256 of the
//! stored values as little endian 32-bit integers and of the HU as 16-bit integers).

use std::io::{self, Write};
use std::path::Path;

use dicom_core::header::Header;
use dicom_core::value::{PrimitiveValue, Value};
use dicom_object::InMemDicomObject;
use headct_deid_core::gather::decode::{StoredSlice, decode};
use headct_deid_core::gather::read::{Dataset, Extent, PixelData, read, read_header};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for path in std::env::args().skip(1) {
        writeln!(out, "{}", describe(Path::new(&path))?)?;
    }
    Ok(())
}

fn describe(path: &Path) -> io::Result<Json> {
    let bytes = std::fs::read(path)?;
    let dataset = match read(&bytes, Extent::Whole) {
        Ok(dataset) => dataset,
        Err(refused) => return Ok(json!({"path": path, "refused": refused.to_string()})),
    };
    let mut elements = Vec::new();
    list(&dataset.object, "", &mut elements);
    let header = read_header(path).is_ok_and(|header| {
        let before = |element: &&dicom_object::mem::InMemElement| element.tag().group() < 0x7FE0;
        // Undefined lengths, like NaN, equal nothing: compare what is printed.
        let whole: Vec<_> = dataset.object.iter().filter(before).collect();
        format!("{:?}", header.object.iter().collect::<Vec<_>>()) == format!("{whole:?}")
    });
    Ok(json!({
        "path": path,
        "syntax": dataset.transfer_syntax,
        "remarks": dataset.remarks,
        "elements": elements,
        "header": header,
        "pixels": pixels(&dataset, &bytes),
    }))
}

fn pixels(dataset: &Dataset, bytes: &[u8]) -> Json {
    if dataset.pixels == PixelData::Absent {
        return Json::Null;
    }
    match decode(dataset, bytes) {
        Err(refused) => json!({"refused": refused.to_string()}),
        Ok(slice) => hashes(&slice),
    }
}

fn hashes(slice: &StoredSlice) -> Json {
    let count = slice.rows * slice.columns;
    let stored: Vec<u8> = (0..count).flat_map(|index| slice.stored(index).to_le_bytes()).collect();
    let mut hu = vec![0_i16; count];
    slice.hu_into(&mut hu);
    let hu: Vec<u8> = hu.iter().flat_map(|hu| hu.to_le_bytes()).collect();
    json!({
        "stored": sha256(&stored),
        "hu": sha256(&hu),
        "rows": slice.rows,
        "columns": slice.columns,
        "padding": slice.padding,
        "lossy": slice.lossy,
    })
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

fn list(object: &InMemDicomObject, place: &str, elements: &mut Vec<Json>) {
    for element in object {
        let tag = element.tag();
        let place = format!("{place}{:04x}{:04x}", tag.group(), tag.element());
        let vr = element.vr().to_string();
        match element.value() {
            Value::Primitive(value) => elements.push(json!([place, vr, primitive(value)])),
            Value::PixelSequence(_) => elements.push(json!([place, vr, "fragments"])),
            Value::Sequence(sequence) => {
                elements.push(json!([place, vr, sequence.items().len()]));
                for (index, item) in sequence.items().iter().enumerate() {
                    list(item, &format!("{place}[{index}]."), elements);
                }
            }
        }
    }
}

fn primitive(value: &PrimitiveValue) -> Json {
    match value {
        PrimitiveValue::Strs(values) => json!(values.as_slice()),
        PrimitiveValue::Str(value) => json!(value),
        PrimitiveValue::U8(bytes) => json!(sha256(bytes)),
        PrimitiveValue::U16(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::I16(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::U32(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::I32(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::U64(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::I64(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::F32(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::F64(numbers) => json!(numbers.as_slice()),
        PrimitiveValue::Tags(tags) => {
            let number = |tag: &dicom_core::Tag| u32::from(tag.group()) << 16 | u32::from(tag.element());
            json!(tags.iter().map(number).collect::<Vec<_>>())
        }
        _ => Json::Null,
    }
}
