//! The private folder: key, audit, manifest of what was released, and log. What links back to patients lives
//! here and nowhere else.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::disk;
use super::patient::Stopped;
use crate::error::{Problem, Refusal};
use crate::key::Key;
use crate::stop::Stop;

/// One line of `audit.csv`: what became of one input file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditLine {
    /// The accession number, which is the input folder's name.
    pub accession_number: String,
    /// The new identifier.
    pub new_id: String,
    /// Path below the patient folder.
    pub input_path: String,
    /// `released`, `left-out`, `failed` or `held`.
    pub outcome: String,
    /// Code of the reason, or the failure's message.
    pub reason: String,
    /// Path below OUTPUT of a released file.
    pub output_path: String,
}

/// One line of `manifest.csv`: a released file and its keyed digest.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct ManifestLine {
    /// Path below OUTPUT, with `/`.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// HMAC-SHA-256 of the file's bytes, hexadecimal.
    pub digest: String,
}

/// What the private folder keeps of one finished patient.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PrivateRecord {
    /// One for each file seen.
    pub audit: Vec<AuditLine>,
    /// One for each file released.
    pub manifest: Vec<ManifestLine>,
}

/// The open private folder.
#[derive(Debug)]
pub struct PrivateFolder {
    path: PathBuf,
    log: Mutex<std::fs::File>,
}

const KEY_FILE: &str = "key.hex";
const RECORDS: &str = "patients";
const PICTURES: &str = "pictures";

impl PrivateFolder {
    /// Creates the folder, readable by its owner only, or opens it.
    pub fn open(path: &Path) -> io::Result<Self> {
        disk::create_private_folder(path)?;
        disk::create_private_folder(&path.join(RECORDS))?;
        let log = disk::append_private(&path.join("log.txt"))?;
        Ok(Self { path: path.to_owned(), log: Mutex::new(log) })
    }

    /// Appends a line to the log. A log that cannot be written stops nothing: the outcome is in the report.
    pub fn log(&self, line: &str) {
        let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |since_epoch| since_epoch.as_secs());
        let mut log = self.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if writeln!(log, "{seconds} {line}").is_err() {
            log.flush().ok();
        }
    }

    /// Keeps one finished patient's audit and manifest.
    pub fn keep(&self, new_id: &str, record: &PrivateRecord) -> io::Result<()> {
        let text = serde_json::to_vec(record).map_err(io::Error::other)?;
        disk::replace_private(&self.record_path(new_id), &text)
    }

    /// Keeps a picture of a series as it came, `pictures/<New_ID>/<series>_<view>.png`.
    pub fn keep_picture(&self, new_id: &str, series: u32, view: &str, png: &[u8]) -> io::Result<()> {
        let folder = self.path.join(PICTURES).join(new_id);
        disk::create_private_folder(&self.path.join(PICTURES))?;
        disk::create_private_folder(&folder)?;
        disk::replace_private(&folder.join(format!("{series}_{view}.png")), png)
    }

    /// What was kept of a patient of an earlier run.
    pub fn kept(&self, new_id: &str) -> io::Result<Option<PrivateRecord>> {
        match std::fs::read(self.record_path(new_id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
        }
    }

    /// Writes `audit.csv` and `manifest.csv` over these patients.
    pub(crate) fn finish(&self, new_ids: &[String], stop: Stop<'_>) -> Result<(), Stopped> {
        let mut audit = csv::Writer::from_writer(Vec::new());
        let mut manifest = csv::Writer::from_writer(Vec::new());
        for new_id in new_ids {
            stop.check()?;
            let record = self.kept(new_id)?.unwrap_or_default();
            for line in &record.audit {
                audit.serialize(line).map_err(io::Error::other)?;
            }
            for line in &record.manifest {
                manifest.serialize(line).map_err(io::Error::other)?;
            }
        }
        for (name, writer) in [("audit.csv", audit), ("manifest.csv", manifest)] {
            let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
            disk::replace_private(&self.path.join(name), &bytes)?;
        }
        Ok(())
    }

    /// Reads `manifest.csv`.
    pub fn read_manifest(folder: &Path) -> io::Result<Vec<ManifestLine>> {
        let mut reader = csv::Reader::from_path(folder.join("manifest.csv")).map_err(io::Error::other)?;
        reader.deserialize().collect::<Result<_, _>>().map_err(io::Error::other)
    }

    fn record_path(&self, new_id: &str) -> PathBuf {
        self.path.join(RECORDS).join(format!("{new_id}.json"))
    }
}

/// The key: of the file given, else of the private folder, else a new one (kept by [`keep_key`]).
///
/// Nothing is written, so it may be called before the run is accepted.
pub fn find_key(private: &Path, given: Option<&Path>) -> Result<Option<Key>, Refusal> {
    let path = given.map_or_else(|| private.join(KEY_FILE), Path::to_owned);
    match std::fs::read_to_string(&path) {
        Ok(text) => Key::from_hex(&text).map(Some).ok_or_else(|| {
            Refusal::one("key file", "found something else than a key, expected 64 hexadecimal digits")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && given.is_none() => Ok(None),
        Err(error) => Err(Refusal { problems: vec![Problem::new("key file", error.kind().to_string())] }),
    }
}

/// Puts the key of a first run into the private folder. A key that is there is never replaced.
pub fn keep_key(private: &PrivateFolder, key: &Key) -> io::Result<()> {
    let path = private.path.join(KEY_FILE);
    if path.exists() {
        return Ok(());
    }
    disk::replace_private(&path, format!("{}\n", key.reveal_hex()).as_bytes())
}
