//! Streams of RLE Lossless.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    headct_deid_fuzz::let_libraries_panic();
    headct_deid_fuzz::codec("1.2.840.10008.1.2.5", data);
});
