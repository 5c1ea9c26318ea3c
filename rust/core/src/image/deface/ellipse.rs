//! The study group's removal: the air of each slice, dilated by an ellipse of so many pixels.

use std::ops::RangeInclusive;

use crate::image::bits::Bits;
use crate::image::label::runs_of;

/// A structuring element: for each row offset the span of column offsets, as OpenCV's
/// `getStructuringElement(MORPH_ELLIPSE, (width, height))` lays it out.
///
/// The anchor is (width / 2, height / 2) in integers. For an even size that is one pixel past the middle, so the
/// element reaches one pixel further to the top and left than to the bottom and right: 20 gives -10..=9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ellipse {
    rows: Vec<(isize, RangeInclusive<isize>)>,
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

    /// Marks the pixels for which the element, anchored there, meets `set` (OpenCV's `dilate`), a set of one plane.
    #[must_use]
    pub fn dilated(&self, set: &Bits) -> Bits {
        let [_, rows, columns] = set.shape();
        let stride = set.stride();
        let mut out = Bits::none(set.shape());
        let mut spans: Vec<&RangeInclusive<isize>> = self.rows.iter().map(|(_, span)| span).collect();
        spans.sort_unstable_by_key(|span| (*span.start(), *span.end()));
        spans.dedup();
        for span in spans {
            // A member at `s` is met by the anchors from `s - end` to `s - start`.
            let mut wide = Bits::none(set.shape());
            for row in 0..rows {
                for (start, end) in runs_of(set.row(0, row)) {
                    let from = (start as isize - span.end()).max(0) as usize;
                    let to = (end as isize - span.start()).clamp(0, columns as isize) as usize;
                    wide.insert_run(row, from.min(to), to);
                }
            }
            for (offset, _) in self.rows.iter().filter(|(_, of)| of == span) {
                let shift = offset.unsigned_abs().min(rows) * stride;
                let (to, from) = if *offset > 0 { (0, shift) } else { (shift, 0) };
                let (out, wide) = (&mut out.words_mut()[to..], &wide.words()[from..]);
                out.iter_mut().zip(wide).for_each(|(out, word)| *out |= word);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawing(set: &Bits) -> String {
        let [_, rows, columns] = set.shape();
        let line = |row| {
            (0..columns).map(|column| if set.has([0, row, column]) { '#' } else { '.' }).collect::<String>()
        };
        (0..rows).map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_even_element_reaches_one_pixel_further_to_the_bottom_and_right() {
        let mut set = Bits::none([1, 7, 7]);
        set.insert([0, 3, 3]);
        // OpenCV's 4 x 4 ellipse is .... reaching -2..=1; what it paints lies mirrored.
        assert_eq!(
            drawing(&Ellipse::new(4, 4).dilated(&set)),
            "....... ....... ..####. ..####. ..####. ...#... ......."
        );
        assert_eq!(
            drawing(&Ellipse::new(3, 3).dilated(&set)),
            "....... ....... ...#... ..###.. ...#... ....... ......."
        );
        assert_eq!(drawing(&Ellipse::new(1, 1).dilated(&set)), drawing(&set));
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
            members in prop::collection::vec(prop::bool::weighted(0.03), 17 * 90),
            height in 1_usize..40,
            width in 1_usize..40,
        ) {
            let set = Bits::of([1, 17, 90], &members, |member| member);
            let element = Ellipse::new(height, width);
            let fast = element.dilated(&set);
            for (index, _) in members.iter().enumerate() {
                let (row, column) = (index / 90, index % 90);
                let slow = element.rows.iter().any(|(dr, span)| span.clone().any(|dc| {
                    let (r, c) = (row as isize + dr, column as isize + dc);
                    (0..17).contains(&r) && (0..90).contains(&c) && set.has([0, r as usize, c as usize])
                }));
                prop_assert_eq!(fast.has([0, row, column]), slow);
            }
        }
    }
}
