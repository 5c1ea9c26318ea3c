//! Finds every file below a patient folder.
//!
//! Links are not followed, so nothing outside the folder is read and no loop is possible; pipes, sockets and
//! devices are not opened. The order is that of the names, whatever the file system's is.

use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Failure, Stage};
use crate::outcome::Exclusion;
use crate::stop::{Cancelled, Stop};

use super::instance::NotKept;

/// What lies below a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Regular files, as paths below the folder, sorted.
    pub files: Vec<PathBuf>,
    /// What cannot be looked at: no regular file, or a folder that cannot be read. Sorted.
    pub others: Vec<(PathBuf, NotKept)>,
}

/// Lists everything below `folder`, at any depth.
pub fn scan(folder: &Path, stop: Stop<'_>) -> Result<Scan, Cancelled> {
    let mut found = Scan::default();
    // Folders still to be listed; a list instead of recursion, so that depth cannot exhaust the stack.
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let entries = match fs::read_dir(folder.join(&relative)) {
            Ok(entries) => entries,
            Err(error) => {
                found.others.push((relative, unreadable("folder", &error)));
                continue;
            }
        };
        for entry in entries {
            stop.check()?;
            match entry.and_then(|entry| Ok((kind(&entry)?, relative.join(entry.file_name())))) {
                Ok((Kind::File, path)) => found.files.push(path),
                Ok((Kind::Folder, path)) => waiting.push(path),
                Ok((Kind::Other, path)) => {
                    found.others.push((path, NotKept::Excluded(Exclusion::NotRegular)));
                }
                Err(error) => found.others.push((relative.clone(), unreadable("folder entry", &error))),
            }
        }
    }
    found.files.sort();
    found.others.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// What lies directly in the input folder: patient folders by name, and what is no folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopLevel {
    /// Names of folders, sorted.
    pub folders: Vec<OsString>,
    /// Names of files, links and the like, sorted: they belong to no patient.
    pub others: Vec<OsString>,
}

/// Lists the input folder itself.
pub fn top_level(input: &Path) -> io::Result<TopLevel> {
    let mut found = TopLevel::default();
    for entry in fs::read_dir(input)? {
        let entry = entry?;
        match kind(&entry)? {
            Kind::Folder => found.folders.push(entry.file_name()),
            Kind::File | Kind::Other => found.others.push(entry.file_name()),
        }
    }
    found.folders.sort();
    found.others.sort();
    Ok(found)
}

enum Kind {
    File,
    Folder,
    Other,
}

fn kind(entry: &DirEntry) -> io::Result<Kind> {
    // Of the entry itself: a link is a link, whatever it leads to.
    let kind = entry.file_type()?;
    Ok(if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    })
}

fn unreadable(what: &str, error: &io::Error) -> NotKept {
    NotKept::Failed(Failure::new(Stage::Read, format!("{what} cannot be read: {}", error.kind())))
}

#[cfg(test)]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "tests make their own input")]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn scan(folder: &Path) -> Scan {
        super::scan(folder, Stop::never()).unwrap()
    }

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"").unwrap();
    }

    fn names(scan: &Scan) -> Vec<&str> {
        scan.files.iter().map(|path| path.to_str().unwrap()).collect()
    }

    #[test]
    fn files_at_any_depth_are_found_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/2", "b/10", "a/x/y/z.dcm", "IM0001", "b/.hidden", "trailing ", "😀"] {
            touch(&folder.path().join(name));
        }
        let scan = scan(folder.path());
        assert_eq!(names(&scan), ["IM0001", "a/x/y/z.dcm", "b/.hidden", "b/10", "b/2", "trailing ", "😀"]);
        assert_eq!(scan.others, []);
    }

    #[test]
    fn links_pipes_and_sockets_are_neither_followed_nor_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        touch(&path.join("real"));
        symlink("/etc/hostname", path.join("out")).unwrap();
        symlink(path, path.join("loop")).unwrap();
        symlink("nowhere", path.join("broken")).unwrap();
        let _socket = UnixListener::bind(path.join("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path.join("pipe")).status().unwrap().success());
        let scan = scan(path);
        assert_eq!(names(&scan), ["real"]);
        let others: Vec<_> = scan.others.iter().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(others, ["broken", "loop", "out", "pipe", "socket"]);
        assert!(scan.others.iter().all(|(_, why)| *why == NotKept::Excluded(Exclusion::NotRegular)));
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_a_failure_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        touch(&folder.path().join("a"));
        let locked = folder.path().join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        let scan = scan(folder.path());
        let everybody_may_read = fs::read_dir(&locked).is_ok();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(names(&scan), ["a"]);
        if everybody_may_read {
            eprintln!("SKIPPED in part: this user reads every folder");
        } else {
            assert!(matches!(&scan.others[..], [(path, NotKept::Failed(_))] if path == Path::new("locked")));
        }
        let absent = super::scan(&folder.path().join("absent"), Stop::never()).unwrap();
        assert!(matches!(absent.others[..], [(_, NotKept::Failed(_))]));
    }

    #[test]
    fn names_that_are_no_text_are_names() {
        let folder = tempfile::tempdir().unwrap();
        let name = OsStr::from_bytes(b"M\xfcller");
        touch(&folder.path().join(name));
        assert_eq!(scan(folder.path()).files, [PathBuf::from(name)]);
    }

    #[test]
    fn a_deep_tree_is_listed_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let deep: PathBuf = std::iter::repeat_n("d", 1500).collect();
        touch(&folder.path().join(&deep).join("leaf"));
        assert_eq!(scan(folder.path()).files, [deep.join("leaf")]);
    }

    #[test]
    fn the_input_folder_tells_patients_from_loose_files() {
        let folder = tempfile::tempdir().unwrap();
        touch(&folder.path().join("B/x"));
        touch(&folder.path().join("A/x"));
        touch(&folder.path().join("readme"));
        symlink(folder.path().join("A"), folder.path().join("C")).unwrap();
        let top = top_level(folder.path()).unwrap();
        assert_eq!(
            (top.folders, top.others),
            (vec!["A".into(), "B".into()], vec!["C".into(), "readme".into()])
        );
    }
}
