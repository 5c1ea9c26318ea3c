//! Any bytes, read as a linkage table: usable rows have names that can be folders, each once.
#![no_main]

use std::collections::BTreeSet;

use headct_deid_core::gather::linkage;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
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
});
