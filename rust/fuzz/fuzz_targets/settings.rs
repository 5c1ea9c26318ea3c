//! Any text, read as a settings file: settings that pass their check pass it again as they are shown.
#![no_main]

use headct_deid_core::RawSettings;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(settings) = RawSettings::from_toml(text).and_then(|raw| raw.check()) else { return };
    let mut again = RawSettings::default();
    for (name, value) in settings.in_use() {
        again.set(name, value);
    }
    let again = again.check().expect("settings in use can be used");
    assert!(settings.in_use().eq(again.in_use()));
});
