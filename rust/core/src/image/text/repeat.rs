//! Follows text from slice to slice: it stays at its place while anatomy changes.

use ndarray::ArrayView2;

use super::masked::Masked;
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
}
