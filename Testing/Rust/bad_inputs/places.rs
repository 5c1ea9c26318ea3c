//! Bad places: outputs and private folders that cannot or must not be used.

use std::fs;
use std::path::Path;

use headct_deid_core::RawSettings;
use headct_deid_core::pipeline::RunError;
use headct_deid_core::release::request::{Existing, Request};

use crate::case::{put, request, run, tree};
use crate::slice::{Place, Slice, accession};

type Change = fn(&mut Request, &Path);

/// A run on one patient of one slice, after `change` looked for trouble.
fn attempt(change: Change) -> (Result<u64, RunError>, bool) {
    let base = tempfile::tempdir().unwrap();
    let slice = Slice::good(Place { patient: 1, series: 1, index: 1 });
    put(&base.path().join("input").join(accession(1)).join("1"), &slice.bytes());
    put(&base.path().join("list.csv"), b"Accession_number,New_ID\nACC710001,DEID-1\n");
    let mut request = request(base.path());
    change(&mut request, base.path());
    let before = tree(base.path());
    let result = run(&request).map(|report| report.totals().released);
    (result, tree(base.path()) == before)
}

/// Does a run first.
fn begun(request: &Request) {
    assert_eq!(run(request).unwrap().totals().released, 1);
}

#[test]
fn places_that_cannot_be_used_are_refused_and_nothing_is_written() {
    let cases: [(&str, &str, Change); 19] = [
        ("output equal to input", "input folder or is the same", |request, _| {
            request.output.clone_from(&request.input);
        }),
        ("output in the input", "input folder or is the same", |request, _| {
            request.output = request.input.join("new/out");
        }),
        ("output in a patient's folder", "input folder or is the same", |request, _| {
            request.output = request.input.join(accession(1));
        }),
        ("output in the input by way of ..", "input folder or is the same", |request, base| {
            request.output = base.join("output/../input/out");
        }),
        ("input in the output", "contains the input", |request, base| request.output = base.to_owned()),
        ("private folder in the output", "private folder", |request, _| {
            request.private = Some(request.output.join("private"));
        }),
        ("private folder equal to the output", "private folder", |request, _| {
            request.private = Some(request.output.clone());
        }),
        ("private folder in the input", "private folder", |request, _| {
            request.private = Some(request.input.join("private"));
        }),
        ("list in the output", "linkage table", |request, base| {
            put(&base.join("output/list.csv"), b"Accession_number,New_ID\nACC710001,DEID-1\n");
            request.list = base.join("output/list.csv");
        }),
        ("output is a file", "not a folder", |request, base| {
            put(&base.join("file"), b"");
            request.output = base.join("file");
        }),
        ("output below a file", "folder", |request, base| {
            put(&base.join("file"), b"");
            request.output = base.join("file/out");
        }),
        ("input is not there", "input folder", |request, base| request.input = base.join("nowhere")),
        ("list is not there", "linkage table", |request, base| request.list = base.join("nowhere.csv")),
        ("key is not there", "key file", |request, base| request.key = Some(base.join("nowhere"))),
        ("key is no key", "key file", |request, base| {
            put(&base.join("key.hex"), b"open sesame");
            request.key = Some(base.join("key.hex"));
        }),
        ("New_ID is in the output", "resume or overwrite", |request, _| begun(request)),
        ("another key", "another key", |request, base| {
            begun(request);
            put(&base.join("key.hex"), "77".repeat(32).as_bytes());
            request.existing = Existing::Resume;
        }),
        ("other settings", "was begun with face", |request, _| {
            begun(request);
            let mut raw = RawSettings::default();
            raw.set("face", "off");
            request.settings = raw.check().unwrap();
            request.existing = Existing::Overwrite;
        }),
        ("a marker that is damaged", "marker", |request, base| {
            begun(request);
            put(&base.join("output/.headct-deid/begun.json"), b"{");
            request.existing = Existing::Resume;
        }),
    ];
    let mut wrong = Vec::new();
    for (what, message, change) in &cases {
        let (result, is_untouched) = attempt(*change);
        let actual = match &result {
            Err(RunError::Refused(refusal)) => format!("refused: {refusal}"),
            other => format!("{other:?}"),
        };
        println!(
            "| place: {what} | refused: ... {message} ... | {} |",
            actual.lines().next().unwrap_or_default()
        );
        if !actual.starts_with("refused: ") || !actual.contains(message) || !is_untouched {
            wrong.push(format!("{what}: {actual}; untouched: {is_untouched}"));
        }
    }
    println!("places: {} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_lies_in_the_output_already_is_left_alone() {
    let (result, _) = attempt(|request, base| {
        put(&base.join("output/earlier/notes.txt"), b"keep me");
        put(&base.join("output/loose.txt"), b"keep me too");
        request.existing = Existing::Refuse;
    });
    assert_eq!(result.unwrap(), 1);
}

#[cfg(unix)]
#[test]
fn an_output_that_may_not_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let locked = base.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::create_dir(locked.join("try")).is_ok() {
        eprintln!("SKIPPED: this user writes everywhere; /proc stands in for a place that refuses");
    }
    for output in [locked.join("out"), "/proc/headct-deid-output".into()] {
        if fs::create_dir(&output).is_ok() {
            continue;
        }
        let slice = Slice::good(Place { patient: 1, series: 1, index: 1 });
        put(&base.path().join("input").join(accession(1)).join("1"), &slice.bytes());
        put(&base.path().join("list.csv"), b"Accession_number,New_ID\nACC710001,DEID-1\n");
        let mut request = request(base.path());
        request.output = output;
        assert!(matches!(run(&request), Err(RunError::Refused(_))), "{}", request.output.display());
    }
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
}
