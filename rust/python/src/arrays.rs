//! Single steps on arrays and bytes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use headct_deid_core::image::deface::{DefaceSettings, deface as deface_volume};
use headct_deid_core::image::{Geometry, HuVolume, Mask, text, tripwire};
use headct_deid_core::progress::Progress;
use headct_deid_core::{Key, steps, stop};
use headct_deid_phantom::Case;
use numpy::{IntoPyArray, PyArray3, PyReadonlyArray3};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::errors::{Error, cancelled, ended};
use super::job::{NativeJob, OnCancel, checked, interruptible};

type Settings = BTreeMap<String, String>;
type Origins = Vec<[f64; 3]>;

/// Starts to deface one volume; the result is new HU, removed voxels, protected voxels, the reason to hold and
/// the evidence as JSON.
#[pyfunction]
pub(crate) fn start_deface(
    py: Python<'_>,
    hu: PyReadonlyArray3<'_, i16>,
    origins_mm: Origins,
    direction: [f64; 6],
    pixel_spacing_mm: [f64; 2],
    key: Option<Vec<u8>>,
    settings: Settings,
) -> PyResult<NativeJob> {
    let how = DefaceSettings::from(&checked(py, &settings)?);
    let key = key.map_or_else(random_key, |bytes| key_of(&bytes))?;
    let mut volume = volume(&hu, origins_mm, direction, pixel_spacing_mm)?;
    let work = move |progress: &Progress| {
        let done = deface_volume(&volume, &how, key.code("defacing", &[b"array"]), progress.stop())?;
        progress.check()?;
        let hold = done.hold.or_else(|| tripwire::tripwire(&volume, &done.removal.mask).err());
        let (_, rows, columns) = volume.hu.dim();
        let protected = done.protected.to_mask([rows, columns]);
        let planes = volume.hu.outer_iter_mut().zip(done.removal.mask.outer_iter()).enumerate();
        for (slice, (mut plane, removed)) in planes {
            progress.check()?;
            for (row, (mut line, removed)) in plane.outer_iter_mut().zip(removed.outer_iter()).enumerate() {
                for (column, (hu, removed)) in line.iter_mut().zip(removed).enumerate() {
                    if *removed {
                        *hu = done.removal.fill.hu(slice, row, column);
                    }
                }
            }
        }
        Ok((volume.hu, done.removal.mask, protected, hold, done.evidence))
    };
    NativeJob::start(OnCancel::Abandon, work, |py, done: Result<_, stop::Cancelled>| {
        let (hu, removed, protected, hold, evidence) = done.map_err(cancelled)?;
        let evidence = serde_json::to_string(&evidence).map_err(|error| Error::new_err(error.to_string()))?;
        let hold = hold.map(|hold| hold.code().to_owned());
        (hu.into_pyarray(py), removed.into_pyarray(py), protected.into_pyarray(py), hold, evidence)
            .into_py_any(py)
    })
}

/// Finds burned-in text anywhere in a volume.
#[pyfunction]
pub(crate) fn find_text<'py>(
    py: Python<'py>,
    hu: PyReadonlyArray3<'py, i16>,
    origins_mm: Origins,
    direction: [f64; 6],
    pixel_spacing_mm: [f64; 2],
) -> PyResult<Bound<'py, PyArray3<bool>>> {
    let volume = volume(&hu, origins_mm, direction, pixel_spacing_mm)?;
    drop(hu);
    let found = interruptible(py, move |progress| {
        let everywhere = Mask::from_elem(volume.hu.dim(), true);
        text::find_text(&volume, &everywhere, progress.stop()).map(|found| found.mask())
    })?;
    Ok(found.map_err(cancelled)?.into_pyarray(py))
}

/// Starts to read one series that a run would keep; the result is HU, origins, direction and pixel spacing.
#[pyfunction]
pub(crate) fn start_load_series(
    py: Python<'_>,
    input_dir: PathBuf,
    linkage_table: PathBuf,
    new_id: String,
    series_number: usize,
    settings: Settings,
) -> PyResult<NativeJob> {
    let settings = checked(py, &settings)?;
    let work = move |progress: &Progress| {
        steps::load_series(&input_dir, &linkage_table, &new_id, series_number, &settings, progress)
    };
    NativeJob::start(OnCancel::Abandon, work, |py, loaded| {
        let HuVolume { hu, geometry } = loaded.map_err(|error| ended(py, &error))?;
        let direction = [geometry.along_row, geometry.along_column].concat();
        let origins: Vec<_> = geometry.origins_mm.iter().map(|o| (o[0], o[1], o[2])).collect();
        let spacing = (geometry.row_spacing_mm, geometry.column_spacing_mm);
        (hu.into_pyarray(py), origins, direction, spacing).into_py_any(py)
    })
}

/// De-identifies the header of one instance; the pixels stay as they were.
#[pyfunction]
pub(crate) fn scrub<'py>(
    py: Python<'py>,
    data: Vec<u8>,
    new_id: &str,
    key: Vec<u8>,
    settings: Settings,
) -> PyResult<Bound<'py, PyBytes>> {
    let settings = checked(py, &settings)?;
    let key = key_of(&key)?;
    let scrubbed = py.detach(|| steps::scrub_header(&data, new_id, &key, &settings));
    let bytes = scrubbed.map_err(|failure| Error::new_err(failure.to_string()))?;
    Ok(PyBytes::new(py, &bytes))
}

fn volume(
    hu: &PyReadonlyArray3<'_, i16>,
    origins_mm: Origins,
    direction: [f64; 6],
    pixel_spacing_mm: [f64; 2],
) -> PyResult<HuVolume> {
    let hu = hu.as_array().to_owned();
    let (slices, rows, columns) = hu.dim();
    if slices == 0 || rows == 0 || columns == 0 || slices != origins_mm.len() {
        return Err(PyValueError::new_err(format!(
            "found an array of {slices} x {rows} x {columns} and {} positions, expected one for each slice",
            origins_mm.len()
        )));
    }
    let ([along_row, along_column], _) = direction.as_chunks::<3>() else {
        return Err(PyValueError::new_err("direction: expected six numbers"));
    };
    let geometry = Geometry {
        origins_mm,
        along_row: *along_row,
        along_column: *along_column,
        row_spacing_mm: pixel_spacing_mm[0],
        column_spacing_mm: pixel_spacing_mm[1],
    };
    Ok(HuVolume { hu, geometry })
}

fn key_of(bytes: &[u8]) -> PyResult<Key> {
    Key::from_bytes(bytes)
        .ok_or_else(|| PyValueError::new_err(format!("key: found {} bytes, expected 32", bytes.len())))
}

fn random_key() -> PyResult<Key> {
    Key::generate().map_err(|error| Error::new_err(error.to_string()))
}

/// HU, labels, origins, direction and pixel spacing of a phantom.
type PhantomArrays<'py> =
    (Bound<'py, PyArray3<i16>>, Bound<'py, PyArray3<u8>>, Vec<(f64, f64, f64)>, Vec<f64>, (f64, f64));

/// Generates the phantom of a named case.
#[pyfunction]
pub(crate) fn phantom<'py>(py: Python<'py>, case: &str) -> PyResult<PhantomArrays<'py>> {
    let case = Case::all().iter().find(|known| known.name() == case).ok_or_else(|| {
        PyValueError::new_err(format!("found `{case}`, expected one of {}", phantom_cases().join(", ")))
    })?;
    let head = py.detach(|| headct_deid_phantom::head(&case.parameters()));
    let direction = [head.along_row, head.along_column].concat();
    let origins = head.origins_mm.iter().map(|o| (o[0], o[1], o[2])).collect();
    let spacing = (head.row_spacing_mm, head.column_spacing_mm);
    Ok((head.hu.into_pyarray(py), head.labels.into_pyarray(py), origins, direction, spacing))
}

/// The names of the cases that [`phantom`] knows.
#[pyfunction]
pub(crate) fn phantom_cases() -> Vec<&'static str> {
    Case::all().iter().map(|case| case.name()).collect()
}
