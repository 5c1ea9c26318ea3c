//! Bad folders: what lies in them and what it is called.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use headct_deid_core::Exclusion;

use crate::case::Expect::{Failed, LeftOut, Released};
use crate::case::{Case, check, folder, put};
use crate::slice::{Place, Slice};

fn slice(patient: usize, index: usize) -> Vec<u8> {
    Slice::good(Place { patient, series: 2, index }).bytes()
}

/// A case of good slices under bad names: all are released.
fn named(what: &str, names: &'static [&'static str]) -> Case {
    folder(what, Released, names.len() as u64, move |patient, path| {
        for (index, name) in names.iter().enumerate() {
            put(&path.join(name), &slice(patient, index));
        }
    })
}

fn link(what: &str, target: &'static str) -> Case {
    folder(what, LeftOut(Exclusion::NotRegular), 1, move |_, path| symlink(target, path.join("SE2")).unwrap())
}

/// Whether this user may read everything, so that nothing can be made unreadable.
fn reads_everything() -> bool {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o000)).unwrap();
    let reads = fs::read_dir(folder.path()).is_ok();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    reads
}

#[test]
fn links_pipes_and_odd_names_harm_nobody() {
    let mut cases = vec![
        link("a link to its own folder", "."),
        link("a link to the folder above", ".."),
        link("a link to itself", "SE2"),
        link("a link to nowhere", "nowhere"),
        link("a link to a file outside", "/etc/hostname"),
        link("a link to a folder outside", "/etc"),
        link("a link to a device", "/dev/zero"),
        folder("a link to another patient's slice", LeftOut(Exclusion::NotRegular), 1, |_, path| {
            symlink("../ACC710000/SE1/0", path.join("SE2")).unwrap();
        }),
        folder("a pipe that nobody writes to", LeftOut(Exclusion::NotRegular), 1, |_, path| {
            assert!(Command::new("mkfifo").arg(path.join("SE2")).status().unwrap().success());
        }),
        folder("a socket", LeftOut(Exclusion::NotRegular), 1, |_, path| {
            drop(UnixListener::bind(path.join("s")).unwrap());
        }),
        named("scripts of many", &["检查/头部", "Обследование/Голова", "فحص/رأس", "Schädel/Größe"]),
        named("emoji", &["😀/🧠.dcm", "👩‍⚕️"]),
        named("one name composed and decomposed", &["\u{e9}/1", "e\u{301}/1"]),
        named("names that differ in case", &["SE2/a", "se2/a", "Se2/A"]),
        named("blanks and dots around", &["SE2 /a", " SE2/a", "SE2./a ", ".hidden/.a"]),
        named("reserved on Windows", &["CON/AUX", "nul", "COM1.dcm", "PRN "]),
        named("colons, quotes, line breaks", &["a:b", "\"x\"", "line\nbreak", "tab\there", "back\\slash"]),
        named("names that look like commands", &["--resume", "$(reboot)", "; rm -rf *", "%s%n"]),
        named("names like markup", &["<img src=x>", "&amp;", "=cmd()"]),
        folder("a name of 255 bytes", Released, 2, |patient, path| {
            put(&path.join("n".repeat(255)), &slice(patient, 0));
            put(&path.join("ü".repeat(127)).join("ü".repeat(127)), &slice(patient, 1));
        }),
        folder("a name that is no text", Released, 2, |patient, path| {
            put(&path.join(OsStr::from_bytes(b"M\xfcller")), &slice(patient, 0));
            put(&path.join(OsStr::from_bytes(b"\xff\xfe/\xc3")), &slice(patient, 1));
        }),
        folder("the patient's name as a folder", Released, 1, |patient, path| {
            put(&path.join("Quillfeather Ottoline 19570304/1"), &slice(patient, 0));
        }),
        folder("sixty folders deep", Released, 1, |patient, path| {
            let deep: PathBuf = std::iter::repeat_n("d", 60).collect();
            put(&path.join(deep).join("1"), &slice(patient, 0));
        }),
        folder("three thousand files that are no scans", LeftOut(Exclusion::NotDicom), 3000, |_, path| {
            fs::create_dir(path.join("notes")).unwrap();
            for file in 0..3000 {
                put(&path.join("notes").join(file.to_string()), b"note");
            }
        }),
        folder("empty folders", Released, 0, |_, path| fs::create_dir_all(path.join("a/b/c")).unwrap()),
        folder("a folder named like a file", Released, 1, |patient, path| {
            put(&path.join("1.dcm/1.dcm"), &slice(patient, 0));
        }),
    ];
    if Command::new("mknod").arg("--version").output().is_ok() && device(&std::env::temp_dir()) {
        cases.push(folder("a device", LeftOut(Exclusion::NotRegular), 1, |_, path| assert!(device(path))));
    } else {
        eprintln!("SKIPPED: this user makes no devices");
    }
    if reads_everything() {
        eprintln!("SKIPPED: this user reads every file, so none can be made unreadable");
    } else {
        cases.push(folder("a file that may not be read", Failed("read: "), 1, |patient, path| {
            put(&path.join("SE2"), &slice(patient, 0));
            fs::set_permissions(path.join("SE2"), fs::Permissions::from_mode(0o000)).unwrap();
        }));
        cases.push(folder("a folder that may not be read", Failed("read: "), 1, |_, path| {
            fs::create_dir(path.join("SE2")).unwrap();
            fs::set_permissions(path.join("SE2"), fs::Permissions::from_mode(0o000)).unwrap();
        }));
    }
    check("folders", &cases);
}

/// Makes a device like /dev/zero, which never ends; whether that worked.
fn device(folder: &Path) -> bool {
    let place = folder.join(format!("zero-{}", std::process::id()));
    let made = Command::new("mknod").arg(&place).args(["c", "1", "5"]).output();
    let is_made = made.is_ok_and(|output| output.status.success());
    if is_made && folder == std::env::temp_dir() {
        fs::remove_file(&place).unwrap();
    }
    is_made
}
