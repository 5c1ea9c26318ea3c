//! Any bytes, read as a file: what is read lies within the bytes, and the header alone is the same header.
#![no_main]

use headct_deid_core::gather::decode;
use headct_deid_core::gather::read::{self, Extent, PixelData};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(whole) = read::read(data, Extent::Whole) else { return };
    let length = whole.data(data).len();
    let fits = match &whole.pixels {
        PixelData::Native { range, .. } => range.end <= length,
        PixelData::Encapsulated { fragments } => fragments.iter().all(|range| range.end <= length),
        PixelData::Absent | PixelData::Float => true,
    };
    assert!(fits, "pixels outside of the data");
    if whole.pixels != PixelData::Absent {
        let header = read::read(data, Extent::Header).expect("what is read whole has a header");
        // Undefined lengths never equal each other, so what is printed is compared.
        assert_eq!(format!("{:?}", header.object), format!("{:?}", whole.object));
    }
    decode::decode(&whole, data).ok();
});
