//! Connected components on the grid. Nodes touch along faces, not along edges or corners.

use std::collections::VecDeque;

use ndarray::Array3;

use super::grid::Grid;

/// The nodes of `room` that are connected to a seed through `room`.
#[must_use]
pub fn flood(room: &Array3<bool>, seeds: impl IntoIterator<Item = [usize; 3]>) -> Array3<bool> {
    let (planes, rows, columns) = room.dim();
    let mut reached = Array3::from_elem(room.dim(), false);
    let mut open = Vec::new();
    for seed in seeds {
        if room[seed] && !reached[seed] {
            reached[seed] = true;
            open.push((seed[0] * rows + seed[1]) * columns + seed[2]);
        }
    }
    if let (Some(room), Some(reached)) = (room.as_slice(), reached.as_slice_mut()) {
        spread(room, reached, [planes, rows, columns], open);
    }
    reached
}

/// The connected components of `room`, each as the list of its nodes, in order of their first node.
#[must_use]
pub fn components(room: &Array3<bool>) -> Vec<Vec<[usize; 3]>> {
    let (planes, rows, columns) = room.dim();
    let mut reached = vec![false; room.len()];
    let mut found = Vec::new();
    let Some(room) = room.as_slice() else { return found };
    let place = |node: usize| [node / (rows * columns), node / columns % rows, node % columns];
    for first in 0..room.len() {
        if room[first] && !reached[first] {
            reached[first] = true;
            let nodes = spread(room, &mut reached, [planes, rows, columns], vec![first]);
            found.push(nodes.into_iter().map(place).collect());
        }
    }
    found
}

/// `from` and the nodes of `room` that a path through `room` of at most `reach_mm` leads to.
///
/// The path runs along the axes, so in a slanting direction it reaches less far than a straight line.
#[must_use]
pub fn grown(from: &Array3<bool>, room: &Array3<bool>, grid: &Grid, reach_mm: f32) -> Array3<bool> {
    let size = grid.shape;
    let mut path = from.mapv(|member| if member { 0.0 } else { f32::INFINITY });
    let mut open: VecDeque<[usize; 3]> =
        from.indexed_iter().filter(|(_, member)| **member).map(|((p, r, c), _)| [p, r, c]).collect();
    while let Some(node) = open.pop_front() {
        for axis in 0..3 {
            for neighbor in [node[axis].wrapping_sub(1), node[axis] + 1] {
                if neighbor >= size[axis] {
                    continue;
                }
                let step = match axis {
                    0 => (grid.plane_mm[neighbor] - grid.plane_mm[node[0]]).abs(),
                    _ => grid.pitch_mm[axis - 1],
                };
                let mut next = node;
                next[axis] = neighbor;
                let length = path[node] + step;
                if room[next] && length <= reach_mm && length < path[next] {
                    path[next] = length;
                    open.push_back(next);
                }
            }
        }
    }
    path.mapv(f32::is_finite)
}

/// The members of `set` with a neighbor that is none.
#[must_use]
pub fn boundary(set: &Array3<bool>) -> Array3<bool> {
    let (planes, rows, columns) = set.dim();
    let Some(members) = set.as_slice() else { return set.clone() };
    let plane_len = rows * columns;
    let flags = (0..members.len()).map(|node| {
        let (column, row, plane) = (node % columns, node / columns % rows, node / plane_len);
        members[node]
            && (column > 0 && !members[node - 1]
                || column + 1 < columns && !members[node + 1]
                || row > 0 && !members[node - columns]
                || row + 1 < rows && !members[node + columns]
                || plane > 0 && !members[node - plane_len]
                || plane + 1 < planes && !members[node + plane_len])
    });
    Array3::from_shape_vec(set.dim(), flags.collect()).unwrap_or_else(|_| set.clone())
}

/// A mask of the listed nodes.
#[must_use]
pub fn mask_of(dim: (usize, usize, usize), nodes: &[[usize; 3]]) -> Array3<bool> {
    let mut mask = Array3::from_elem(dim, false);
    for &node in nodes {
        mask[node] = true;
    }
    mask
}

/// Grows `reached` through `room` from the nodes in `open`, which are reached already; returns all of them.
///
/// Works on flat indices: this is the innermost loop of every flood.
fn spread(room: &[bool], reached: &mut [bool], size: [usize; 3], open: Vec<usize>) -> Vec<usize> {
    let [planes, rows, columns] = size;
    let plane_len = rows * columns;
    let mut visited = open;
    let mut next = 0;
    while let Some(&node) = visited.get(next) {
        next += 1;
        let (column, row, plane) = (node % columns, node / columns % rows, node / plane_len);
        let neighbors = [
            (column > 0, node.wrapping_sub(1)),
            (column + 1 < columns, node + 1),
            (row > 0, node.wrapping_sub(columns)),
            (row + 1 < rows, node + columns),
            (plane > 0, node.wrapping_sub(plane_len)),
            (plane + 1 < planes, node + plane_len),
        ];
        for (within, neighbor) in neighbors {
            if within && room[neighbor] && !reached[neighbor] {
                reached[neighbor] = true;
                visited.push(neighbor);
            }
        }
    }
    visited
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(picture: &str) -> Array3<bool> {
        let lines: Vec<&str> = picture.split_whitespace().collect();
        Array3::from_shape_fn((1, lines.len(), lines[0].len()), |(_, r, c)| lines[r].as_bytes()[c] == b'#')
    }

    #[test]
    fn corners_do_not_connect() {
        let room = drawn("##.. ##.. ..## ..##");
        assert_eq!(components(&room).len(), 2);
        assert_eq!(flood(&room, [[0, 0, 0]]), drawn("##.. ##.. .... ...."));
    }

    proptest! {
        #[test]
        fn components_are_what_repeated_relabeling_gives(members in prop::collection::vec(any::<bool>(), 60)) {
            let room = Array3::from_shape_vec((3, 4, 5), members).unwrap();
            let mut label = Array3::from_shape_fn((3, 4, 5), |(p, r, c)| p * 20 + r * 5 + c + 1);
            let touches = |a: (usize, usize, usize), b: (usize, usize, usize)| {
                a.0.abs_diff(b.0) + a.1.abs_diff(b.1) + a.2.abs_diff(b.2) == 1
            };
            for _ in 0..60 {
                let before = label.clone();
                for (a, _) in room.indexed_iter().filter(|(_, m)| **m) {
                    for (b, _) in room.indexed_iter().filter(|(_, m)| **m) {
                        if touches(a, b) { label[a] = label[a].min(before[b]); }
                    }
                }
            }
            let mut slow: Vec<usize> = room.indexed_iter().filter(|(_, m)| **m).map(|(a, _)| label[a]).collect();
            slow.sort_unstable();
            slow.dedup();
            let fast = components(&room);
            prop_assert_eq!(fast.len(), slow.len());
            for nodes in fast {
                prop_assert!(nodes.iter().all(|n| label[*n] == label[nodes[0]]));
            }
        }
    }
}
