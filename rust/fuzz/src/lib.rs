//! The bodies of the fuzz targets: what must hold for any bytes.
//!
//! `fuzz_targets/` hands them to libFuzzer; `Testing/Rust/fuzz_corpus.rs` runs them in every test run on the
//! corpora and on bytes made from them.

use std::collections::BTreeSet;
use std::panic;
use std::sync::{LazyLock, Once};

use dicom_core::Tag;
use headct_deid_core::gather::read::{self, Dataset, Extent, PixelData};
use headct_deid_core::gather::{decode, linkage};
use headct_deid_core::header::audit;
use headct_deid_core::steps::scrub_header;
use headct_deid_core::{Key, RawSettings, Settings};

static KEY: LazyLock<Key> = LazyLock::new(|| Key::from_bytes(&[7; 32]).expect("32 bytes are a key"));
static SETTINGS: LazyLock<Settings> = LazyLock::new(Settings::default);

/// Lets libraries panic where the product catches it: libFuzzer's hook ends the process at every panic. One of our own
/// code, and one that nobody catches, still end it.
pub fn let_libraries_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let abort = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_library = info.location().is_some_and(|at| at.file().contains("/registry/src/"));
            if !is_library {
                abort(info);
            }
        }));
    });
}

/// A target: its name, which is that of its corpus, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 9] = [
    ("reader", reader),
    ("instance", instance),
    ("list", list),
    ("settings", settings),
    ("codec_rle", |data| codec("1.2.840.10008.1.2.5", data)),
    ("codec_jpeg", |data| codec("1.2.840.10008.1.2.4.50", data)),
    ("codec_jpeg_lossless", |data| codec("1.2.840.10008.1.2.4.70", data)),
    ("codec_jpeg_ls", |data| codec("1.2.840.10008.1.2.4.80", data)),
    ("codec_jpeg_2000", |data| codec("1.2.840.10008.1.2.4.90", data)),
];

/// Any bytes, read as a file: what is read lies within the bytes, and the header alone is the same header, but for
/// what stands behind the pixels.
pub fn reader(data: &[u8]) {
    let Ok(whole) = read::read(data, Extent::Whole) else { return };
    let length = whole.data(data).len();
    let end = match &whole.pixels {
        PixelData::Native { range, .. } => range.end,
        // Behind the last fragment stands the delimiter, eight bytes.
        PixelData::Encapsulated { fragments } => {
            assert!(fragments.iter().all(|range| range.end <= length), "fragments outside of the data");
            fragments.last().map_or(0, |range| range.end + 8)
        }
        PixelData::Absent | PixelData::Float => 0,
    };
    assert!(
        matches!(whole.pixels, PixelData::Encapsulated { .. }) || end <= length,
        "pixels outside of the data"
    );
    if whole.pixels != PixelData::Absent {
        let header = read::read(data, Extent::Header).expect("what is read whole has a header");
        let tags = |dataset: &Dataset| -> BTreeSet<Tag> {
            dataset.object.iter().map(|element| element.header().tag).collect()
        };
        assert!(tags(&header).is_subset(&tags(&whole)));
        if end == length {
            // Undefined lengths never equal each other, so what is printed is compared.
            assert_eq!(format!("{:?}", header.object), format!("{:?}", whole.object));
        }
    }
    decode::decode(&whole, data).ok();
}

/// Any bytes, de-identified as one instance: what is written reads again, is clean, and has the same pixels.
pub fn instance(data: &[u8]) {
    let Ok(written) = scrub_header(data, "FUZZ-0001", &KEY, &SETTINGS) else { return };
    let before = read::read(data, Extent::Whole).expect("what was scrubbed can be read");
    let after = read::read(&written, Extent::Whole).expect("what was written can be read");
    assert!(after.remarks.is_empty() && after.trailing_bytes == 0, "{:?}", after.remarks);
    let findings = audit(&after.object, &SETTINGS, None);
    assert!(findings.is_empty(), "{}", findings[0]);
    let [before, after] = [(before, data), (after, written.as_slice())]
        .map(|(dataset, bytes)| decode::decode(&dataset, bytes).expect("what was scrubbed can be decoded"));
    assert_eq!((before.rows, before.columns), (after.rows, after.columns));
    for pixel in 0..before.rows * before.columns {
        assert_eq!(before.stored(pixel), after.stored(pixel), "pixel {pixel}");
    }
}

/// Any bytes, read as a linkage table: usable rows have names that can be folders, each once.
pub fn list(data: &[u8]) {
    let Ok(linkage) = linkage::read_bytes(data.to_vec()) else { return };
    let mut seen = BTreeSet::new();
    for row in &linkage.rows {
        let name = &row.new_id;
        assert!(!name.is_empty() && name.len() <= 256, "{name:?}");
        assert!(
            !name.contains(['/', '\\', '\0']) && !name.contains("..") && !name.starts_with('.'),
            "{name:?}"
        );
        assert!(seen.insert(name.to_lowercase()), "{name:?} twice");
    }
}

/// Any text, read as a settings file: settings that pass their check pass it again as they are shown.
pub fn settings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(settings) = RawSettings::from_toml(text).and_then(|raw| raw.check()) else { return };
    let mut again = RawSettings::default();
    for (name, value) in settings.in_use() {
        again.set(name, value);
    }
    let again = again.check().expect("settings in use can be used");
    assert!(settings.in_use().eq(again.in_use()));
}

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
