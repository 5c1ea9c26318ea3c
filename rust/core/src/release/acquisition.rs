//! The kernels of one acquisition share their mask: two differently cut surfaces of one head would tell more
//! than one.

use std::collections::BTreeMap;

use ndarray::Zip;

use super::evidence;
use super::series::read_series;
use crate::gather::instance::Series;
use crate::image::Mask;
use crate::image::deface::{DefaceSettings, deface};
use crate::key::Key;
use crate::progress::{Cancelled, Progress};
use crate::settings::{Face, Settings};

/// One flag per voxel, eight to a byte: it is kept while the kernels are done one after the other.
#[derive(Debug)]
pub(crate) struct SharedMask {
    shape: (usize, usize, usize),
    bits: Vec<u8>,
}

impl SharedMask {
    fn pack(mask: &Mask) -> Self {
        let mut bits = vec![0; mask.len().div_ceil(8)];
        for (index, _) in mask.iter().enumerate().filter(|(_, set)| **set) {
            bits[index / 8] |= 1 << (index % 8);
        }
        Self { shape: mask.dim(), bits }
    }

    /// The mask, when it has this shape.
    pub(super) fn unpack(&self, shape: (usize, usize, usize)) -> Option<Mask> {
        let flags =
            (0..shape.0 * shape.1 * shape.2).map(|index| self.bits[index / 8] >> (index % 8) & 1 == 1);
        (shape == self.shape).then(|| Mask::from_shape_vec(shape, flags.collect()).ok()).flatten()
    }
}

/// The shared masks of a patient, each made when its first kernel comes up.
#[derive(Debug)]
pub(crate) struct SharedMasks {
    leaders: Vec<usize>,
    made: BTreeMap<usize, Option<SharedMask>>,
}

impl SharedMasks {
    pub(crate) fn of_series(series: &[Series]) -> Self {
        Self { leaders: leaders(series), made: BTreeMap::new() }
    }

    /// The mask that a series shares with other kernels; `None` when it has its own.
    pub(crate) fn of(
        &mut self,
        settings: &Settings,
        key: &Key,
        progress: &Progress,
        series: &[Series],
        index: usize,
    ) -> Result<Option<&SharedMask>, Cancelled> {
        let leader = self.leaders[index];
        if !self.made.contains_key(&leader) {
            let kernels: Vec<&Series> = series
                .iter()
                .zip(&self.leaders)
                .filter(|(_, of)| **of == leader)
                .map(|(one, _)| one)
                .collect();
            self.made.insert(leader, shared_mask(settings, key, progress, &kernels)?);
        }
        Ok(self.made.get(&leader).and_then(Option::as_ref))
    }
}

/// For each series the first series of its acquisition that shows the same voxels; itself when it is alone or
/// the first.
fn leaders(series: &[Series]) -> Vec<usize> {
    (0..series.len())
        .map(|index| (0..index).find(|other| same_voxels(&series[*other], &series[index])).unwrap_or(index))
        .collect()
}

/// Same Frame of Reference, acquisition, matrix and places.
fn same_voxels(a: &Series, b: &Series) -> bool {
    a.frame_of_reference_uid.is_some()
        && a.frame_of_reference_uid == b.frame_of_reference_uid
        && a.acquisition == b.acquisition
        && a.matrix == b.matrix
        && a.geometry == b.geometry
}

/// What any of the kernels would remove, and none protects. `None` when it cannot be had for all of them: then
/// each has its own.
fn shared_mask(
    settings: &Settings,
    key: &Key,
    progress: &Progress,
    kernels: &[&Series],
) -> Result<Option<SharedMask>, Cancelled> {
    if settings.face == Face::Off || kernels.len() < 2 {
        return Ok(None);
    }
    let mut union: Option<(Mask, Mask)> = None;
    for series in kernels {
        progress.check()?;
        let Some(volume) = read_series(series, progress)?.filter(|volume| volume.geometry == series.geometry)
        else {
            return Ok(None);
        };
        let how = DefaceSettings::from(settings);
        let found = deface(&volume, &how, evidence::seed(key, series), progress.stop())?;
        let (_, rows, columns) = volume.hu.dim();
        let protected = found.protected.to_mask([rows, columns]);
        union = Some(match union {
            None => (found.removal.mask, protected),
            Some((mut removed, mut kept)) => {
                Zip::from(&mut removed).and(&found.removal.mask).for_each(|all, one| *all |= one);
                Zip::from(&mut kept).and(&protected).for_each(|all, one| *all |= one);
                (removed, kept)
            }
        });
    }
    Ok(union.map(|(mut removed, kept)| {
        Zip::from(&mut removed).and(&kept).for_each(|removed, kept| *removed &= !kept);
        SharedMask::pack(&removed)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_mask_comes_back() {
        let mask = Mask::from_shape_fn((2, 3, 5), |(z, y, x)| (z + 2 * y + 3 * x) % 4 == 0);
        let packed = SharedMask::pack(&mask);
        assert_eq!(packed.unpack((2, 3, 5)), Some(mask));
        assert_eq!(packed.unpack((2, 5, 3)), None);
    }
}
