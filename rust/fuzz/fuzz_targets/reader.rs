//! Files, read.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    headct_deid_fuzz::let_libraries_panic();
    headct_deid_fuzz::reader(data);
});
