//! The one place that puts files on disk and gives them names.
//!
//! A file is written under a temporary name in its target folder, flushed to disk and renamed, so that a
//! final name never stands on an incomplete file. A patient's files are staged first and flushed together:
//! a file system then writes its journal once, not for each of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a new file that [`flush`] is yet to bring to disk. An existing file of that name is an error.
#[expect(clippy::disallowed_methods, reason = "this is the one writer")]
pub(crate) fn stage(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = File::create_new(path).map_err(|error| named(path, &error))?;
    file.write_all(bytes).map_err(|error| named(path, &error))?;
    Ok(file)
}

/// Writes a new file and flushes it to disk. An existing file of that name is an error.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    stage(path, bytes)?.sync_data().map_err(|error| named(path, &error))
}

/// Flushes everything below a folder to disk, folders without files are removed. `check` is called before each file
/// and may end it.
pub(crate) fn flush<E: From<io::Error>>(folder: &Path, check: &dyn Fn() -> Result<(), E>) -> Result<(), E> {
    for path in list_folder(folder)? {
        check()?;
        if path.is_dir() {
            flush(&path, check)?;
            if list_folder(&path)?.is_empty() {
                remove_folder(&path)?;
            }
        } else {
            // Some systems flush only what is open for writing.
            let file = OpenOptions::new().write(true).open(&path).map_err(|error| named(&path, &error))?;
            file.sync_data().map_err(|error| named(&path, &error))?;
        }
    }
    Ok(sync_folder(folder)?)
}

/// Replaces a file atomically: temporary file beside it, flush, rename.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let temporary = path.with_file_name(name);
    remove_file(&temporary)?;
    write_new(&temporary, bytes)?;
    rename(&temporary, path)
}

/// Like [`replace`], readable by the owner only.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let temporary = path.with_file_name(name);
    remove_file(&temporary)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary).map_err(|error| named(&temporary, &error))?;
    file.write_all(bytes).and_then(|()| file.sync_data()).map_err(|error| named(&temporary, &error))?;
    drop(file);
    rename(&temporary, path)
}

/// Opens a file for appending, readable by the owner only.
pub(crate) fn append_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| named(path, &error))
}

/// Renames within one file system. Virus scanners hold fresh files open for moments on Windows, so a refused
/// rename is tried again for a second.
#[expect(clippy::disallowed_methods, reason = "this is the one writer")]
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match fs::rename(from, to) {
            Err(error) if cfg!(windows) && tries < 10 && error.kind() == io::ErrorKind::PermissionDenied => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            result => return result.map_err(|error| named(to, &error)),
        }
    }
}

/// Flushes a folder's entries to disk, where the system offers it.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder).and_then(|file| file.sync_all()) } else { Ok(()) }
}

/// Creates a folder and its parents.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))
}

/// Creates a folder that only its owner can open; parents get the usual rights.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        create_folder(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        result => result.map_err(|error| named(folder, &error)),
    }
}

/// Removes a folder and all in it; one that is not there is fine.
pub(crate) fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(folder, &error)),
        _ => Ok(()),
    }
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(path, &error)),
        _ => Ok(()),
    }
}

/// The names below a folder, sorted; empty when it is not there.
pub(crate) fn list_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(named(folder, &error)),
        Ok(entries) => {
            let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            paths.sort();
            Ok(paths)
        }
    }
}

/// Names the file in an error of the output or private side; these paths hold no patient's data.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.dcm");
        write_new(&path, b"first").unwrap();
        assert_eq!(write_new(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_replaced_file_leaves_no_temporary_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(list_folder(folder.path()).unwrap(), [path.as_path()]);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_for_their_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("private");
        create_private_folder(&private).unwrap();
        replace_private(&private.join("key"), b"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&private), mode(&private.join("key"))), (0o700, 0o600));
    }
}
