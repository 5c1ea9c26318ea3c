//! What a reader of the report should know about the places of the slices.

use super::super::facts::dot;
use crate::image::Geometry;

/// Positions are often written to a tenth of a millimeter.
const ROUNDING_MM: f64 = 0.11;

/// A distance this many times its neighbors is a gap.
const GAP: f64 = 1.5;

/// A lean below this is rounding.
const LEAST_TILT_DEGREES: f64 = 0.5;

/// Longer lists say less.
const MOST_REMARKS: usize = 5;

/// Gantry tilt, uneven spacing, gaps and sideways steps of slices sorted by position.
pub(super) fn remarks(geometry: &Geometry) -> Vec<String> {
    let positions = geometry.positions_mm();
    let distances: Vec<f64> = positions.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut remarks: Vec<String> = tilt(geometry, &positions).into_iter().collect();
    remarks.extend(sideways(geometry, &positions));
    let uneven = uneven(&distances);
    let unsaid = uneven.len().saturating_sub(MOST_REMARKS);
    remarks.extend(uneven.into_iter().take(MOST_REMARKS));
    if unsaid > 0 {
        remarks.push(format!("slice spacing changes {unsaid} more times"));
    }
    remarks
}

/// The step from the first to the last slice, per mm along the normal, in the plane of the slices.
fn drift(geometry: &Geometry, positions: &[f64]) -> Option<[f64; 2]> {
    let (first, last) = (geometry.origins_mm.first()?, geometry.origins_mm.last()?);
    let length = positions.last()? - positions.first()?;
    (length > 0.0).then(|| {
        let step = std::array::from_fn(|axis| (last[axis] - first[axis]) / length);
        [dot(step, geometry.along_row), dot(step, geometry.along_column)]
    })
}

fn tilt(geometry: &Geometry, positions: &[f64]) -> Option<String> {
    let drift = drift(geometry, positions)?;
    let degrees = drift[0].hypot(drift[1]).atan().to_degrees();
    (degrees >= LEAST_TILT_DEGREES).then(|| format!("gantry tilt: the stack leans {degrees:.1} degrees"))
}

/// Slices that lie off the line through the first and the last by more than a pixel.
fn sideways(geometry: &Geometry, positions: &[f64]) -> Option<String> {
    let drift = drift(geometry, positions)?;
    let (first, start) = (geometry.origins_mm.first()?, positions.first()?);
    let pixel = geometry.row_spacing_mm.max(geometry.column_spacing_mm);
    let off = geometry.origins_mm.iter().zip(positions).filter(|(origin, position)| {
        let step = std::array::from_fn(|axis| origin[axis] - first[axis]);
        let along = *position - start;
        let aside = dot(step, geometry.along_row) - drift[0] * along;
        let up = dot(step, geometry.along_column) - drift[1] * along;
        aside.hypot(up) > pixel
    });
    let count = off.count();
    (count > 0).then(|| format!("slices that lie aside of the others by more than a pixel: {count}"))
}

fn uneven(distances: &[f64]) -> Vec<String> {
    let same = |a: f64, b: f64| (a - b).abs() <= ROUNDING_MM.max(0.02 * a.min(b));
    let mut remarks = Vec::new();
    for (index, pair) in distances.windows(2).enumerate() {
        let [before, distance] = [pair[0], pair[1]];
        let after = distances.get(index + 2).copied();
        let is_gap = |gap: f64, around: f64| gap > GAP * around && !same(gap, around);
        // The slice, counted from 1, after which `distance` lies.
        let slice = index + 2;
        if is_gap(distance, before) && after.is_none_or(|after| same(before, after)) {
            remarks.push(format!(
                "gap of {distance:.1} mm after slice {slice}, where the spacing is {before:.1} mm"
            ));
        } else if index > 0 && is_gap(before, distance) && same(distances[index - 1], distance) {
            // The end of a gap that was remarked.
        } else if !same(before, distance) {
            remarks.push(format!(
                "slice spacing changes from {before:.1} to {distance:.1} mm after slice {slice}"
            ));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_spacing_written_to_a_tenth_needs_no_remark() {
        assert_eq!(uneven(&[0.6, 0.7, 0.6, 0.6, 0.7]), Vec::<String>::new());
        assert_eq!(uneven(&[5.0, 5.0]), Vec::<String>::new());
        assert_eq!(uneven(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_missing_slice_is_one_gap() {
        assert_eq!(
            uneven(&[5.0, 5.0, 10.0, 5.0]),
            ["gap of 10.0 mm after slice 3, where the spacing is 5.0 mm"]
        );
        assert_eq!(uneven(&[5.0, 10.0]), ["gap of 10.0 mm after slice 2, where the spacing is 5.0 mm"]);
    }

    #[test]
    fn a_change_of_spacing_is_named_with_its_slice() {
        assert_eq!(uneven(&[2.5, 2.5, 5.0, 5.0]), ["slice spacing changes from 2.5 to 5.0 mm after slice 3"]);
        assert_eq!(uneven(&[5.0, 5.0, 2.5, 2.5]), ["slice spacing changes from 5.0 to 2.5 mm after slice 3"]);
    }
}
