//! Looks for text in a series.

use std::ops::Range;

use ndarray::Axis;
use rayon::prelude::*;

use super::findings::{Rectangle, TextFindings};
use super::masked::Masked;
use super::repeat::{confirmed, follow};
use super::slice::{Finder, Found, Sight};
use super::stroke::span_of;
use super::window::Window;
use crate::image::{HuVolume, Mask};
use crate::stop::{Cancelled, Stop};

/// Pixels around the head in which the rest of a line that reaches it is looked for.
const MARGIN: usize = 24;
/// Slices that share the buffers of one finder: fresh memory costs more than the search.
const SLICES_OF_A_FINDER: usize = 8;
/// Slices away from a changed one within which the search may come to another result: a line is confirmed by the next
/// slice, and weighed by how steady it is there.
const EVIDENCE: usize = 2;
/// Rounds of masking and looking again; each masks something, two or three are usual.
const ROUNDS: usize = 32;

/// Finds text over the head: any script, bright or dark, on one slice or on many.
///
/// A line of glyphs counts when it touches `head` (`[slice, row, column]`, the shape of the volume); with `head`
/// true everywhere the whole slice is searched, which serves to keep text beside the skin from being taken for
/// tissue. The same text at the same place of a neighboring slice is found too when it could not have been
/// found there alone.
///
/// Setting the voxels of the result to [`super::TEXT_FILL_HU`] and looking again, with the same head, finds nothing.
/// The result does not depend on the number of threads.
pub fn find_text(volume: &HuVolume, head: &Mask, stop: Stop<'_>) -> Result<TextFindings, Cancelled> {
    let everywhere = 0..volume.hu.dim().0;
    search(volume, head, everywhere.collect(), stop)
}

/// As [`find_text`], but looks only at some slices and at those near enough to bear evidence for them.
///
/// With the slices in which text was masked since, it tells as well as [`find_text`] whether any is left.
pub fn find_text_near(
    volume: &HuVolume,
    head: &Mask,
    slices: &[usize],
    stop: Stop<'_>,
) -> Result<TextFindings, Cancelled> {
    search(volume, head, near(slices, EVIDENCE, volume.hu.dim().0), stop)
}

/// The slices at most `reach` away from the given ones, ascending.
fn near(slices: &[usize], reach: usize, count: usize) -> Vec<usize> {
    let around = |&index: &usize| index.saturating_sub(reach)..(index + reach + 1).min(count);
    let mut near: Vec<usize> = slices.iter().flat_map(around).collect();
    near.sort_unstable();
    near.dedup();
    near
}

/// Finds text in the slices that are wanted, and follows it from there.
fn search(
    volume: &HuVolume,
    head: &Mask,
    mut wanted: Vec<usize>,
    stop: Stop<'_>,
) -> Result<TextFindings, Cancelled> {
    let shape = volume.hu.dim();
    let mut masked: Vec<Vec<Found>> = vec![Vec::new(); shape.0];
    let mut hu = Masked::new(&volume.hu);
    let mut doubtful: Vec<Vec<Found>> = vec![Vec::new(); shape.0];
    for _ in 0..ROUNDS {
        let seen: Vec<(usize, Sight)> = wanted
            .par_iter()
            .with_min_len(SLICES_OF_A_FINDER)
            .map_init(Finder::default, |finder, &index| {
                stop.check()?;
                Ok((index, look(finder, &hu, head, index)))
            })
            .collect::<Result<_, Cancelled>>()?;
        let mut new = Vec::new();
        for (index, sight) in seen {
            doubtful[index] = sight.doubtful;
            if !sight.text.is_empty() {
                new.push((index, sight.text));
            }
        }
        new.extend(confirmed(&hu, &doubtful));
        if new.is_empty() {
            break;
        }
        let mut changed: Vec<usize> = new.iter().map(|(index, _)| *index).collect();
        for (index, found) in &new {
            masked[*index].extend(found.iter().cloned());
        }
        changed.extend(follow(&hu, &new, &mut masked));
        changed.sort_unstable();
        changed.dedup();
        for &index in &changed {
            for text in &masked[index] {
                hu.mask(index, &text.window);
            }
        }
        // What a slice's neighbors show is evidence, too.
        wanted = near(&changed, 1, shape.0);
    }
    let mut rectangles: Vec<Rectangle> = Vec::new();
    for (slice, found) in masked.iter().enumerate() {
        rectangles.extend(found.iter().map(|text| {
            let Window { top, bottom, left, right } = text.window;
            Rectangle { slice, top, bottom, left, right }
        }));
    }
    rectangles.sort_unstable();
    rectangles.dedup();
    Ok(TextFindings { shape, rectangles })
}

/// The text of a slice.
fn look(finder: &mut Finder, hu: &Masked<'_>, head: &Mask, index: usize) -> Sight {
    let head = head.index_axis(Axis(0), index);
    let spans: Vec<Range<usize>> = head.outer_iter().map(|row| span_of(&row)).collect();
    let Some(window) = around(&spans, head.ncols()) else {
        return Sight::default();
    };
    let neighbors: Vec<_> = hu.beside(index).collect();
    let mut sight = finder.find(&hu.slice(index), &spans, window, &neighbors);
    joined(&mut sight.text);
    let in_head = |text: &Found| text.window.pixels().any(|at| head[at]);
    sight.text.retain(in_head);
    sight.doubtful.retain(in_head);
    sight
}

/// The box around the head's pixels and the margin.
fn around(spans: &[Range<usize>], columns: usize) -> Option<Window> {
    let inside = || spans.iter().enumerate().filter(|(_, span)| !span.is_empty());
    let (top, _) = inside().next()?;
    let (bottom, _) = inside().next_back()?;
    let left = inside().map(|(_, span)| span.start).min()?;
    let right = inside().map(|(_, span)| span.end).max()?;
    Some(Window {
        top: top.saturating_sub(MARGIN),
        bottom: (bottom + 1 + MARGIN).min(spans.len()),
        left: left.saturating_sub(MARGIN),
        right: (right + MARGIN).min(columns),
    })
}

/// Joins the parts of one line: windows that overlap, or stand side by side with a gap of at most a glyph.
fn joined(found: &mut Vec<Found>) {
    loop {
        let count = found.len();
        let mut kept: Vec<Found> = Vec::with_capacity(count);
        for text in found.drain(..) {
            match kept.iter_mut().find(|other| same_line(&other.window, &text.window)) {
                Some(other) => {
                    other.window = other.window.union(text.window);
                    other.slack = other.slack.max(text.slack);
                    other.ink.extend(text.ink);
                }
                None => kept.push(text),
            }
        }
        *found = kept;
        if found.len() == count {
            return;
        }
    }
}

fn same_line(a: &Window, b: &Window) -> bool {
    let shared = a.bottom.min(b.bottom).saturating_sub(a.top.max(b.top));
    let gap = a.left.max(b.left).saturating_sub(a.right.min(b.right));
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    shared * 3 >= high * 2 && gap <= low
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use proptest::prelude::*;

    use super::*;
    use crate::image::Geometry;
    use crate::image::text::TEXT_FILL_HU;

    /// Eight glyphs, seven pixels high, as 9 px type draws them.
    const GLYPHS: [&str; 7] = [
        "###..#...#.#####.####..###...###..####..#...#",
        "#..#.#...#...#...#....#...#.#...#.#...#.##..#",
        "#..#.#...#...#...#....#...#.#.....#...#.#.#.#",
        "###..#...#...#...###..#####.#.....####..#.#.#",
        "#..#.#...#...#...#....#...#.#.....#.#...#..##",
        "#..#.#...#...#...#....#...#.#...#.#..#..#...#",
        "###...###....#...####.#...#..###..#...#.#...#",
    ];

    fn volume(hu: Array3<i16>) -> HuVolume {
        let geometry = Geometry {
            origins_mm: (0..hu.dim().0).map(|slice| [0.0, 0.0, slice as f64]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 0.5,
            column_spacing_mm: 0.5,
        };
        HuVolume { hu, geometry }
    }

    /// Brain of 35 HU with the noise of a scanner, the same for the same seed.
    fn brain(slices: usize, seed: u64) -> Array3<i16> {
        Array3::from_shape_fn((slices, 96, 128), |(slice, row, column)| {
            let mut state = seed ^ ((slice * 96 + row) * 128 + column) as u64;
            let mut sum = 0;
            for _ in 0..4 {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                sum += ((mixed ^ mixed >> 31) % 25) as i16;
            }
            35 + (sum - 48) / 2
        })
    }

    fn fill(
        hu: &mut Array3<i16>,
        slice: usize,
        (top, left): (usize, usize),
        size: (usize, usize),
        value: i16,
    ) {
        let window = Window { top, bottom: top + size.0, left, right: left + size.1 };
        window.fill(&mut hu.index_axis_mut(Axis(0), slice), value);
    }

    fn write(hu: &mut Array3<i16>, slice: usize, (top, left): (usize, usize), value: i16, scale: usize) {
        for (row, line) in GLYPHS.iter().enumerate() {
            for (column, _) in line.bytes().enumerate().filter(|(_, byte)| *byte == b'#') {
                let (top, left) = (top + row * scale, left + column * scale);
                fill(hu, slice, (top, left), (scale, scale), value);
            }
        }
    }

    fn everywhere(hu: &Array3<i16>) -> Mask {
        Mask::from_elem(hu.dim(), true)
    }

    fn found(hu: Array3<i16>) -> TextFindings {
        let head = everywhere(&hu);
        find_text(&volume(hu), &head, Stop::never()).unwrap()
    }

    fn assert_covered(findings: &TextFindings, slice: usize, (top, left): (usize, usize), scale: usize) {
        let mask = findings.mask();
        let (height, width) = (7 * scale, 45 * scale);
        assert!(
            Window { top, bottom: top + height, left, right: left + width }
                .pixels()
                .all(|at| mask[[slice, at[0], at[1]]])
        );
        let around = mask.index_axis(Axis(0), slice).iter().filter(|&&set| set).count();
        // The line from ascender to descender is half as high again as its capitals; two pixels around.
        assert!(around <= (height * 3 / 2 + 4) * (width + 6), "{around} pixels masked");
    }

    #[test]
    fn bright_and_dark_text_is_masked_whole_on_its_one_slice() {
        for (value, scale) in [(110, 1), (110, 2), (400, 1), (3071, 2), (-60, 1), (-1000, 2)] {
            let mut hu = brain(3, 7);
            write(&mut hu, 1, (30, 20), value, scale);
            let findings = found(hu);
            assert_eq!(findings.slices(), [1], "value {value}, scale {scale}");
            assert_covered(&findings, 1, (30, 20), scale);
        }
    }

    #[test]
    fn text_outside_the_head_alone_is_left_to_defacing() {
        let mut hu = brain(1, 3);
        write(&mut hu, 0, (30, 20), 400, 1);
        let mut head = everywhere(&hu);
        Window { top: 20, bottom: 50, left: 0, right: 128 }.fill(&mut head.index_axis_mut(Axis(0), 0), false);
        assert!(find_text(&volume(hu.clone()), &head, Stop::never()).unwrap().is_empty());
        Window { top: 26, bottom: 42, left: 0, right: 40 }.fill(&mut head.index_axis_mut(Axis(0), 0), true);
        assert!(!find_text(&volume(hu), &head, Stop::never()).unwrap().is_empty());
    }

    #[test]
    fn after_masking_nothing_is_found() {
        let mut hu = brain(2, 11);
        write(&mut hu, 0, (10, 10), 300, 1);
        write(&mut hu, 0, (21, 12), 300, 1);
        write(&mut hu, 1, (50, 20), -400, 2);
        let findings = found(hu.clone());
        assert_eq!(findings.slices(), [0, 1]);
        let mask = findings.mask();
        ndarray::Zip::from(&mut hu).and(&mask).for_each(|hu, &masked| {
            if masked {
                *hu = TEXT_FILL_HU;
            }
        });
        assert_eq!(found(hu).rectangles, []);
    }

    #[test]
    fn dots_and_bars_in_a_row_are_no_text() {
        let mut hu = brain(1, 5);
        for contact in 0..8 {
            let left = 10 + contact * 12;
            fill(&mut hu, 0, (20, left), (5, 5), 3071);
            fill(&mut hu, 0, (40, left), (8, 2), 2500);
            fill(&mut hu, 0, (60, left), (2, 7), 1200);
        }
        assert_eq!(found(hu).rectangles, []);
    }

    #[test]
    fn the_order_of_slices_changes_nothing() {
        let mut hu = brain(4, 9);
        write(&mut hu, 2, (30, 20), 500, 1);
        let mut reversed = hu.clone();
        reversed.invert_axis(Axis(0));
        let mut back = found(reversed.as_standard_layout().into_owned()).mask();
        back.invert_axis(Axis(0));
        assert_eq!(found(hu).mask(), back);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn noise_is_no_text(seed in any::<u64>()) {
            prop_assert!(found(brain(1, seed)).is_empty());
        }
    }
}
