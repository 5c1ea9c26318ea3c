//! Measures the header work on one slice: `cargo bench -p headct-deid-core --bench header -- FILE [FILE ...]`.
//!
//! The files are slices of one patient. Reading is not counted. The best of several rounds is printed, in
//! milliseconds per slice on one thread.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at the first trouble")]

use std::time::{Duration, Instant};

use dicom_core::Tag;
use headct_deid_core::gather::read::{Extent, read};
use headct_deid_core::header::{Identifiers, OriginalIdentity, Person, audit, scrub};
use headct_deid_core::{Key, Settings};

fn main() {
    let headers: Vec<_> = std::env::args()
        .skip(1)
        .filter(|path| !path.starts_with("--"))
        .filter_map(|path| read(&std::fs::read(path).unwrap(), Extent::Header).ok())
        .map(|dataset| dataset.object)
        .filter(|header| header.get(Tag(0x0008, 0x0018)).is_some())
        .collect();
    if headers.is_empty() {
        println!("no files given, nothing measured");
        return;
    }
    let settings = Settings::default();
    let slices = headers.len();
    let gathering = best(slices, || {
        let mut identifiers = Identifiers::default();
        for header in &headers {
            identifiers.add_header(header);
        }
        std::hint::black_box(identifiers);
    });
    let mut identifiers = Identifiers::default();
    for header in &headers {
        identifiers.add_header(header);
    }
    let key = Key::generate().unwrap();
    let person = Person::new(&key, "SUBJ-0001", None, &OriginalIdentity::default(), identifiers);
    let scrubbing = best(slices, || {
        for header in &headers {
            std::hint::black_box(scrub(header, &person, &settings).unwrap());
        }
    });
    let scrubbed: Vec<_> = headers.iter().map(|header| scrub(header, &person, &settings).unwrap()).collect();
    let auditing = best(slices, || {
        for header in &scrubbed {
            std::hint::black_box(audit(header.object(), &settings, Some(person.identifiers())));
        }
    });
    let started = Instant::now();
    let mut compiling = person.identifiers().clone();
    compiling.add_list_row("AN-UNKNOWN-ROW");
    std::hint::black_box(compiling.scan_bytes(b"nothing"));
    println!(
        "{slices} slices of {} elements: gather {:.3} ms, scrub {:.3} ms, audit {:.3} ms a slice; compile {:.1} ms a patient",
        headers[0].iter().count(),
        milliseconds(gathering),
        milliseconds(scrubbing),
        milliseconds(auditing),
        milliseconds(started.elapsed()),
    );
}

/// The shortest time per slice of twenty rounds.
fn best(slices: usize, mut work: impl FnMut()) -> Duration {
    (0..20)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .min()
        .unwrap_or_default()
        / slices as u32
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
