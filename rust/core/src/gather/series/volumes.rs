//! Splits a series in which positions repeat, such as a perfusion study, into volumes.

use std::collections::BTreeMap;

use super::Selected;

/// Two slices closer than this lie at the same position.
const SAME_POSITION_MM: f64 = 0.01;

/// What may tell volumes apart, in the order of trial: variant (kernel and the like), acquisition number,
/// acquisition time.
const EXPLANATIONS: [[bool; 3]; 7] = [
    [true, false, false],
    [false, true, false],
    [false, false, true],
    [false, true, true],
    [true, true, false],
    [true, false, true],
    [true, true, true],
];

/// Splits slices of one grid so that no position repeats within a volume. No slice is lost.
///
/// Kernel and acquisition decide where they explain the repetition; otherwise the k-th slice at each
/// position, in the order of time, goes to the k-th volume. `slices` must be in the order of time.
pub(super) fn split(slices: Vec<Selected>) -> Vec<Vec<Selected>> {
    let repeated = layers(&slices).into_iter().max().map_or(0, |layer| layer + 1);
    if repeated <= 1 {
        return vec![slices];
    }
    EXPLANATIONS
        .into_iter()
        .find_map(|explanation| explained(&slices, repeated, explanation))
        .unwrap_or_else(|| by_layer(slices))
}

/// The slices by an explanation, if that leaves no repetition. Parts of single slices, such as the
/// acquisitions of step and shoot, explain nothing, unless there are as many as repetitions.
fn explained(slices: &[Selected], repeated: usize, explanation: [bool; 3]) -> Option<Vec<Vec<Selected>>> {
    let [variant, number, time] = explanation;
    let key = |slice: &Selected| {
        (
            variant.then(|| slice.variant.clone()),
            number.then_some(slice.acquisition_number),
            time.then(|| slice.acquisition_time.clone()),
        )
    };
    let mut parts: BTreeMap<_, Vec<Selected>> = BTreeMap::new();
    for slice in slices {
        parts.entry(key(slice)).or_default().push(slice.clone());
    }
    let volumes = parts.len() == repeated || parts.values().all(|part| part.len() > 1);
    (volumes && parts.values().all(|part| layers(part).iter().all(|layer| *layer == 0)))
        .then(|| parts.into_values().collect())
}

fn by_layer(slices: Vec<Selected>) -> Vec<Vec<Selected>> {
    let layers = layers(&slices);
    let mut volumes: Vec<Vec<Selected>> = vec![Vec::new(); layers.iter().max().map_or(0, |layer| layer + 1)];
    for (slice, layer) in slices.into_iter().zip(layers) {
        volumes[layer].push(slice);
    }
    volumes
}

/// For each slice, how many slices come before it at its position.
fn layers(slices: &[Selected]) -> Vec<usize> {
    let positions: Vec<f64> = slices.iter().map(Selected::position_mm).collect();
    let mut order: Vec<usize> = (0..slices.len()).collect();
    order.sort_by(|a, b| positions[*a].total_cmp(&positions[*b]));
    let mut layers = vec![0; slices.len()];
    for place in order.chunk_by(|a, b| positions[*b] - positions[*a] < SAME_POSITION_MM) {
        let mut place = place.to_vec();
        place.sort_unstable();
        for (layer, slice) in place.into_iter().enumerate() {
            layers[slice] = layer;
        }
    }
    layers
}
