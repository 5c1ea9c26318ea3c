//! Every file against the keyed manifest of what was released: one flipped byte is found without the input.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::Work;
use super::finding::Finding;
use crate::error::Refusal;
use crate::key::hex;
use crate::release::MANIFEST_PURPOSE;
use crate::release::private::{ManifestLine, PrivateFolder};

/// Missing, unknown and changed files.
pub(super) fn check(
    work: &Work<'_>,
    private: &Path,
    files: &BTreeSet<String>,
) -> Result<Vec<Finding>, Refusal> {
    let manifest: BTreeMap<String, ManifestLine> = PrivateFolder::read_manifest(private)
        .map_err(|error| Refusal::one("private folder", format!("manifest.csv: {}", error.kind())))?
        .into_iter()
        .map(|line| (line.path.clone(), line))
        .collect();
    let missing = manifest
        .keys()
        .filter(|path| !files.contains(*path))
        .map(|path| Finding::new(path, "manifest", "was released and is not there any more"));
    let mut findings: Vec<Finding> = missing.collect();
    let present: Vec<&String> = files.iter().collect();
    findings.extend(
        present.par_iter().filter_map(|path| one(work, path, manifest.get(*path))).collect::<Vec<_>>(),
    );
    Ok(findings)
}

fn one(work: &Work<'_>, path: &str, line: Option<&ManifestLine>) -> Option<Finding> {
    // The name of a file that no run wrote is not printed.
    let Some(line) = line else {
        let place = path.split('/').next().unwrap_or_default();
        return Some(Finding::new(place, "manifest", "holds a file that was not released"));
    };
    let bytes = match std::fs::read(work.output.join(path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Some(Finding::new(path, "manifest", format!("cannot be read: {}", error.kind())));
        }
    };
    let digest = work.key.map(|key| hex(&key.code(MANIFEST_PURPOSE, &[&bytes])));
    let same = bytes.len() as u64 == line.bytes && digest.as_deref() == Some(line.digest.as_str());
    (!same).then(|| Finding::new(path, "manifest", "is not byte for byte what was released"))
}
