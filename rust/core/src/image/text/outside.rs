//! Clears what lies outside the head when the face is kept: the study group's rule, in three dimensions.
//!
//! The largest object stays, everything around it goes: table, cradle, tubes, text and its shadows. What the
//! object encloses (sinuses, airway) is not outside.

use ndarray::{Array2, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use super::findings::{TEXT_FILL_HU, TextFindings};
use crate::image::{FillValue, HuVolume, Mask, Removal};
use crate::stop::{Cancelled, Stop};

/// Pixels a thing must measure across to count as an object: thinner are glyphs, wires and the table's skin.
const THINNEST: usize = 5;
/// Pixels by which the object may grow back along what is solid: the rims that the opening took.
const GROWN: usize = 3;

/// Marks everything outside the largest object of a series.
///
/// Solid is what is denser than `threshold_hu` and neither void nor `text` (which [`super::find_text`] found on
/// whole slices). Solid things under 5 pixels across are parted from what they touch; of the objects that remain
/// the one with most voxels is the head, unless it has fewer than `min_object` voxels: then there is no head and
/// everything is marked. Voxels connected to the border of their slice without crossing the head are outside.
pub fn clear_outside(
    volume: &HuVolume,
    text: &TextFindings,
    threshold_hu: i16,
    min_object: usize,
    stop: Stop<'_>,
) -> Result<Removal, Cancelled> {
    let (slices, rows, columns) = volume.hu.dim();
    let planes: Vec<(Array2<bool>, Array2<bool>)> = (0..slices)
        .into_par_iter()
        .map(|index| {
            stop.check()?;
            let solid = solid(volume, text, threshold_hu, index);
            let thick = spread(&spread(&solid, THINNEST / 2, false), THINNEST / 2, true);
            Ok((solid, thick))
        })
        .collect::<Result<_, Cancelled>>()?;
    let head = largest(&planes, min_object, stop)?;
    let outside: Vec<Array2<bool>> = head
        .into_par_iter()
        .zip(&planes)
        .map(|(mut head, (solid, _))| {
            stop.check()?;
            for _ in 0..GROWN {
                let wider = spread(&head, 1, true);
                Zip::from(&mut head)
                    .and(&wider)
                    .and(solid)
                    .for_each(|head, &near, &solid| *head |= near && solid);
            }
            Ok(reached_from_border(&head.view()))
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut mask = Mask::from_elem((slices, rows, columns), false);
    for (mut plane, outside) in mask.axis_iter_mut(Axis(0)).zip(&outside) {
        plane.assign(outside);
    }
    Ok(Removal { mask, fill: FillValue::Constant(TEXT_FILL_HU) })
}

fn solid(volume: &HuVolume, text: &TextFindings, threshold_hu: i16, index: usize) -> Array2<bool> {
    let slice = volume.hu.index_axis(Axis(0), index);
    let mut solid = slice.mapv(|hu| hu > threshold_hu && hu != HuVolume::VOID);
    for at in text.rectangles.iter().filter(|at| at.slice == index) {
        at.window().fill(&mut solid.view_mut(), false);
    }
    solid
}

/// Lets `value` spread by `reach` pixels in each direction, corners included. The slice's surroundings do not
/// spread.
fn spread(plane: &Array2<bool>, reach: usize, value: bool) -> Array2<bool> {
    let mut along = plane.clone();
    spread_lines(plane, &mut along, reach, value);
    let mut down = along.t().to_owned();
    spread_lines(&along.t().to_owned(), &mut down, reach, value);
    down.t().as_standard_layout().into_owned()
}

fn spread_lines(from: &Array2<bool>, to: &mut Array2<bool>, reach: usize, value: bool) {
    for (line, mut out) in from.outer_iter().zip(to.outer_iter_mut()) {
        let mut last: Option<usize> = None;
        for (column, &here) in line.iter().enumerate() {
            if here == value {
                let first = last.map_or(0, |last| last + 1).max(column.saturating_sub(reach));
                (first..=column).for_each(|column| out[column] = value);
                last = Some(column);
            } else if last.is_some_and(|last| column <= last + reach) {
                out[column] = value;
            }
        }
    }
}

/// The voxels of the largest object among the thick ones, slice by slice; empty below `min_object` voxels.
fn largest(
    planes: &[(Array2<bool>, Array2<bool>)],
    min_object: usize,
    stop: Stop<'_>,
) -> Result<Vec<Array2<bool>>, Cancelled> {
    let mut runs: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (slice, (_, thick)) in planes.iter().enumerate() {
        stop.check()?;
        for (row, line) in thick.outer_iter().enumerate() {
            let mut start = None;
            for column in 0..=line.len() {
                match (start, line.get(column).copied().unwrap_or(false)) {
                    (None, true) => start = Some(column),
                    (Some(from), false) => {
                        runs.push((slice, row, from, column));
                        start = None;
                    }
                    _ => {}
                }
            }
        }
    }
    let mut parents: Vec<usize> = (0..runs.len()).collect();
    let (mut above, mut before) = (0, 0);
    for (index, &(slice, row, _, _)) in runs.iter().enumerate() {
        if row > 0 {
            touch(&runs, &mut parents, &mut above, index, (slice, row - 1));
        }
        if slice > 0 {
            touch(&runs, &mut parents, &mut before, index, (slice - 1, row));
        }
    }
    let mut sizes = vec![0; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        sizes[root(&mut parents, index)] += run.3 - run.2;
    }
    let best =
        (0..runs.len()).rev().max_by_key(|&index| sizes[index]).filter(|&index| sizes[index] >= min_object);
    let mut head: Vec<Array2<bool>> =
        planes.iter().map(|(_, thick)| Array2::from_elem(thick.dim(), false)).collect();
    for (index, &(slice, row, start, end)) in runs.iter().enumerate() {
        if best == Some(root(&mut parents, index)) {
            (start..end).for_each(|column| head[slice][[row, column]] = true);
        }
    }
    Ok(head)
}

/// Joins a run with those of the line `at` that share a column; `from` moves on with the runs.
fn touch(
    runs: &[(usize, usize, usize, usize)],
    parents: &mut [usize],
    from: &mut usize,
    index: usize,
    at: (usize, usize),
) {
    let (start, end) = (runs[index].2, runs[index].3);
    while *from < index
        && ((runs[*from].0, runs[*from].1) < at
            || (runs[*from].0, runs[*from].1) == at && runs[*from].3 <= start)
    {
        *from += 1;
    }
    let touching = runs[*from..index].iter().take_while(|run| (run.0, run.1) == at && run.2 < end).count();
    for other in *from..*from + touching {
        let (a, b) = (root(parents, other), root(parents, index));
        parents[a.max(b)] = a.min(b);
    }
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

/// The pixels that a path along edges connects to the border without crossing the head.
fn reached_from_border(head: &ArrayView2<'_, bool>) -> Array2<bool> {
    let (rows, columns) = head.dim();
    let mut reached = Array2::from_elem((rows, columns), false);
    let mut open: Vec<(usize, usize)> = Vec::new();
    let border = (0..columns).flat_map(|column| [(0, column), (rows - 1, column)]);
    for at in border.chain((0..rows).flat_map(|row| [(row, 0), (row, columns - 1)])) {
        if !head[at] && !reached[at] {
            reached[at] = true;
            open.push(at);
        }
    }
    while let Some((row, column)) = open.pop() {
        let neighbors = [
            (row.wrapping_sub(1), column),
            (row + 1, column),
            (row, column.wrapping_sub(1)),
            (row, column + 1),
        ];
        for at in neighbors {
            if head.get(at) == Some(&false) && !reached[at] {
                reached[at] = true;
                open.push(at);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::image::Geometry;

    /// A round head of 30 pixels with a sinus, a table below, and text that touches the skin.
    fn series() -> HuVolume {
        let hu = Array3::from_shape_fn((3, 64, 64), |(_, row, column)| {
            let (y, x) = (row as f64 - 28.0, column as f64 - 32.0);
            let distance = y.hypot(x);
            let table = (54..57).contains(&row);
            let stroke = column == 48 && (10..30).contains(&row) || row == 28 && (46..60).contains(&column);
            match () {
                () if distance < 4.0 => -990,
                () if distance < 15.0 => 40,
                () if table => 200,
                () if stroke => 3071,
                () => -1000,
            }
        });
        let geometry = Geometry {
            origins_mm: vec![[0.0; 3]; 3],
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 0.5,
            column_spacing_mm: 0.5,
        };
        HuVolume { hu, geometry }
    }

    fn no_text() -> TextFindings {
        TextFindings { shape: (3, 64, 64), rectangles: Vec::new() }
    }

    #[test]
    fn the_head_and_its_sinus_stay_and_table_and_text_go() {
        let volume = series();
        let removal = clear_outside(&volume, &no_text(), -800, 100, Stop::never()).unwrap();
        assert!(!removal.mask[[1, 28, 32]], "sinus");
        assert!(!removal.mask[[1, 28, 40]] && !removal.mask[[1, 14, 32]], "tissue");
        assert!(removal.mask[[1, 55, 32]], "table");
        assert!(removal.mask[[1, 12, 48]] && removal.mask[[1, 28, 55]], "text");
        assert!(removal.mask[[1, 0, 0]], "air");
    }

    #[test]
    fn text_that_was_found_leaves_no_shadow() {
        let volume = series();
        let at = |slice| super::super::Rectangle { slice, top: 8, bottom: 32, left: 47, right: 62 };
        let text = TextFindings { shape: (3, 64, 64), rectangles: (0..3).map(at).collect() };
        let removal = clear_outside(&volume, &text, -800, 100, Stop::never()).unwrap();
        assert!((47..62).all(|column| removal.mask[[1, 28, column]]));
    }

    #[test]
    fn without_an_object_of_that_size_everything_is_outside() {
        let removal = clear_outside(&series(), &no_text(), -800, 100_000, Stop::never()).unwrap();
        assert!(removal.mask.iter().all(|&outside| outside));
    }
}
