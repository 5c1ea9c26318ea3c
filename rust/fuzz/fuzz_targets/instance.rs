//! Any bytes, de-identified as one instance: what is written reads again, is clean, and has the same pixels.
#![no_main]

use std::sync::LazyLock;

use headct_deid_core::gather::decode;
use headct_deid_core::gather::read::{self, Extent};
use headct_deid_core::header::audit;
use headct_deid_core::steps::scrub_header;
use headct_deid_core::{Key, Settings};

static KEY: LazyLock<Key> = LazyLock::new(|| Key::from_bytes(&[7; 32]).expect("32 bytes are a key"));
static SETTINGS: LazyLock<Settings> = LazyLock::new(Settings::default);

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
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
});
