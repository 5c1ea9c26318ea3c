//! The study group's removal: the air of each slice, dilated by an ellipse of so many pixels.

use ndarray::{Array2, ArrayView2};

/// A structuring element: for each row offset the span of column offsets, as OpenCV's
/// `getStructuringElement(MORPH_ELLIPSE, (width, height))` lays it out.
///
/// The anchor is (width / 2, height / 2) in integers. For an even size that is one pixel past the middle, so the
/// element reaches one pixel further to the top and left than to the bottom and right: 20 gives -10..=9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ellipse {
    rows: Vec<(isize, std::ops::RangeInclusive<isize>)>,
}

impl Ellipse {
    /// An ellipse of so many pixels; below 1 it is empty.
    #[must_use]
    pub fn new(height: usize, width: usize) -> Self {
        let (radius, center) = ((height / 2) as isize, (width / 2) as isize);
        let rows = (0..height as isize)
            .map(|row| {
                let offset = row - radius;
                let squared =
                    ((radius * radius - offset * offset) as f64 / ((radius * radius).max(1)) as f64).max(0.0);
                let half = (center as f64 * squared.sqrt()).round_ties_even() as isize;
                (offset, -half.min(center)..=half.min(width as isize - 1 - center))
            })
            .filter(|_| width > 0)
            .collect();
        Self { rows }
    }

    /// Marks the pixels for which the element, anchored there, meets `set` (OpenCV's `dilate`).
    #[must_use]
    pub fn dilate(&self, set: &Array2<bool>) -> Array2<bool> {
        let (rows, columns) = set.dim();
        let mut out = Array2::from_elem(set.dim(), false);
        for row in 0..rows {
            let line = set.row(row);
            let mut start = 0;
            while start < columns {
                if !line[start] {
                    start += 1;
                    continue;
                }
                let end = (start..columns).find(|&c| !line[c]).unwrap_or(columns);
                for (offset, span) in &self.rows {
                    // A member at `s` is met by the anchors `s - offset`.
                    let target = row as isize - offset;
                    if (0..rows as isize).contains(&target) {
                        let from = (start as isize - span.end()).max(0) as usize;
                        let to = (end as isize - span.start()).clamp(0, columns as isize) as usize;
                        if let Some(line) = out.row_mut(target as usize).into_slice() {
                            line[from.min(to)..to].fill(true);
                        }
                    }
                }
                start = end;
            }
        }
        out
    }
}

/// The air (at or below `air_hu`) that is connected within the slice to a pixel for which `outside` holds.
#[must_use]
pub fn outside_air(
    slice: &ArrayView2<'_, i16>,
    air_hu: i16,
    outside: impl Fn(usize, usize) -> bool,
) -> Array2<bool> {
    let (rows, columns) = slice.dim();
    let mut reached = Array2::from_elem(slice.dim(), false);
    let mut open = Vec::new();
    for ((row, column), &hu) in slice.indexed_iter() {
        if hu <= air_hu && outside(row, column) {
            reached[[row, column]] = true;
            open.push((row, column));
        }
    }
    while let Some((row, column)) = open.pop() {
        let neighbors = [
            (row.wrapping_sub(1), column),
            (row + 1, column),
            (row, column.wrapping_sub(1)),
            (row, column + 1),
        ];
        for (r, c) in neighbors {
            if r < rows && c < columns && !reached[[r, c]] && slice[[r, c]] <= air_hu {
                reached[[r, c]] = true;
                open.push((r, c));
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawing(mask: &Array2<bool>) -> String {
        let line = |row: ndarray::ArrayView1<'_, bool>| {
            row.iter().map(|&b| if b { '#' } else { '.' }).collect::<String>()
        };
        mask.rows().into_iter().map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_even_element_reaches_one_pixel_further_to_the_bottom_and_right() {
        let mut set = Array2::from_elem((7, 7), false);
        set[[3, 3]] = true;
        // OpenCV's 4 x 4 ellipse is .... reaching -2..=1; what it paints lies mirrored.
        assert_eq!(
            drawing(&Ellipse::new(4, 4).dilate(&set)),
            "....... ....... ..####. ..####. ..####. ...#... ......."
        );
        assert_eq!(
            drawing(&Ellipse::new(3, 3).dilate(&set)),
            "....... ....... ...#... ..###.. ...#... ....... ......."
        );
        assert_eq!(drawing(&Ellipse::new(1, 1).dilate(&set)), drawing(&set));
    }

    #[test]
    fn the_element_of_20_is_that_of_opencv() {
        // Widths of the rows of cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (20, 20)).
        let widths: Vec<isize> =
            Ellipse::new(20, 20).rows.iter().map(|(_, span)| span.end() - span.start() + 1).collect();
        assert_eq!(widths, [1, 9, 13, 15, 17, 19, 19, 20, 20, 20, 20, 20, 20, 20, 19, 19, 17, 15, 13, 9]);
    }

    proptest! {
        #[test]
        fn the_fast_dilation_is_the_slow_one(
            members in prop::collection::vec(prop::bool::weighted(0.1), 17 * 23),
            height in 1_usize..9,
            width in 1_usize..9,
        ) {
            let set = Array2::from_shape_vec((17, 23), members).unwrap();
            let element = Ellipse::new(height, width);
            let slow = Array2::from_shape_fn(set.dim(), |(r, c)| {
                element.rows.iter().any(|(dr, span)| span.clone().any(|dc| {
                    let (r, c) = (r as isize + dr, c as isize + dc);
                    r >= 0 && c >= 0 && set.get([r as usize, c as usize]).is_some_and(|&b| b)
                }))
            });
            prop_assert_eq!(element.dilate(&set), slow);
        }
    }
}
