//! Follows text from slice to slice: it stays at its place while anatomy changes.

use ndarray::ArrayView2;

use super::masked::Masked;
use super::score::median;
use super::slice::Found;

/// Pixels of strokes that a text needs to be followed.
const FEWEST: usize = 12;

/// Copies every text to the slices before and after, as far as its strokes are there too. Returns the slices that
/// got one.
pub(super) fn follow(hu: &Masked<'_>, new: &[(usize, Vec<Found>)], masked: &mut [Vec<Found>]) -> Vec<usize> {
    let mut reached = Vec::new();
    for (index, found) in new {
        for text in found {
            let origin = hu.original_slice(*index);
            let mut follow = |slice: usize| {
                let goes_on = !masked[slice].iter().any(|other| covers(other, text))
                    && stands_in(text, &origin, &hu.original_slice(slice));
                if goes_on {
                    masked[slice].push(text.clone());
                    reached.push(slice);
                }
                goes_on
            };
            let _ = (0..*index).rev().all(&mut follow);
            let _ = (*index + 1..hu.count()).all(&mut follow);
        }
    }
    reached
}

/// The doubtful lines that stand at the same place in the next slice too, by slice.
pub(super) fn confirmed(hu: &Masked<'_>, doubtful: &[Vec<Found>]) -> Vec<(usize, Vec<Found>)> {
    let stands_beside = |text: &Found, index: usize, other: usize| {
        doubtful[other].iter().any(|line| line.window.overlaps(&text.window))
            && stands_in(text, &hu.slice(index), &hu.slice(other))
    };
    let confirmed = doubtful.iter().enumerate().map(|(index, lines)| {
        let stays = |text: &&Found| hu.indices_beside(index).any(|other| stands_beside(text, index, other));
        (index, lines.iter().filter(stays).cloned().collect())
    });
    confirmed.filter(|(_, lines): &(usize, Vec<Found>)| !lines.is_empty()).collect()
}

/// Whether another text's box holds nearly all strokes of this one.
fn covers(other: &Found, text: &Found) -> bool {
    let inside = text.ink.iter().filter(|&&at| other.window.contains(at)).count();
    inside * 10 >= text.ink.len() * 9
}

/// Whether most strokes of a text are there in another slice, and their surroundings are not of their value too.
fn stands_in(text: &Found, origin: &ArrayView2<'_, i16>, slice: &ArrayView2<'_, i16>) -> bool {
    let stays = |at: [usize; 2]| slice[at].abs_diff(origin[at]) <= text.slack;
    let same = text.ink.iter().filter(|&&at| stays(at)).count();
    let around = text.window.pixels().filter(|&at| slice[at].abs_diff(text.value) <= text.slack).count();
    text.ink.len() >= FEWEST
        && same * 3 >= text.ink.len() * 2
        && (around.saturating_sub(same)) * 2 <= text.window.area()
        && stands_out(text, origin, slice)
}

/// Whether the strokes of a text stand out from what is between them in another slice at least a third as far as in its
/// own. What shows between the glyphs of a text stays the same too, but there nothing is left to stand out from.
fn stands_out(text: &Found, origin: &ArrayView2<'_, i16>, slice: &ArrayView2<'_, i16>) -> bool {
    let window = text.window;
    let mut near_ink = vec![false; window.area()];
    for [row, column] in text.ink.iter().copied().filter(|&at| window.contains(at)) {
        let (row, column) = (row - window.top, column - window.left);
        for row in row.saturating_sub(1)..(row + 2).min(window.height()) {
            near_ink[row * window.width()..][column.saturating_sub(1)..(column + 2).min(window.width())]
                .fill(true);
        }
    }
    let ground: Vec<[usize; 2]> =
        window.pixels().zip(&near_ink).filter(|(_, near)| !**near).map(|(at, _)| at).collect();
    let contrast = |slice: &ArrayView2<'_, i16>| {
        let middle = |pixels: &[[usize; 2]]| {
            let mut values: Vec<i16> = pixels.iter().map(|&at| slice[at]).collect();
            i32::from(median(&mut values))
        };
        middle(&text.ink) - middle(&ground)
    };
    let (own, there) = (contrast(origin), contrast(slice));
    ground.is_empty() || own * there.signum() <= 3 * there.abs() && own.signum() == there.signum()
}
