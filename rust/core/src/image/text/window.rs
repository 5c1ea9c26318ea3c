//! A part of a slice.

use ndarray::ArrayViewMut2;

/// Rows `top..bottom`, columns `left..right`, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) left: usize,
    pub(super) right: usize,
}

impl Window {
    pub(super) const fn height(&self) -> usize {
        self.bottom - self.top
    }

    pub(super) const fn width(&self) -> usize {
        self.right - self.left
    }

    pub(super) const fn area(&self) -> usize {
        self.height() * self.width()
    }

    /// The smallest window that holds both.
    pub(super) fn union(self, other: Self) -> Self {
        Self {
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
            left: self.left.min(other.left),
            right: self.right.max(other.right),
        }
    }

    pub(super) const fn overlaps(&self, other: &Self) -> bool {
        self.top < other.bottom
            && other.top < self.bottom
            && self.left < other.right
            && other.left < self.right
    }

    pub(super) const fn covers(&self, inner: &Self) -> bool {
        self.top <= inner.top
            && self.left <= inner.left
            && self.bottom >= inner.bottom
            && self.right >= inner.right
    }

    pub(super) const fn contains(&self, [row, column]: [usize; 2]) -> bool {
        self.top <= row && row < self.bottom && self.left <= column && column < self.right
    }

    /// Row and column of every pixel.
    pub(super) fn pixels(self) -> impl Iterator<Item = [usize; 2]> {
        (self.top..self.bottom).flat_map(move |row| (self.left..self.right).map(move |column| [row, column]))
    }

    /// Sets every pixel of the window in a slice.
    pub(super) fn fill<T: Copy>(&self, slice: &mut ArrayViewMut2<'_, T>, value: T) {
        for row in self.top..self.bottom {
            for column in self.left..self.right {
                slice[[row, column]] = value;
            }
        }
    }
}
