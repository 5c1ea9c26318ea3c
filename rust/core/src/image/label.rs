//! Connected sets of nodes. Nodes touch along faces, not along edges or corners.

use super::bits::Bits;
use super::grid::Grid;

/// Members of one row of a set, side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    plane: u32,
    row: u32,
    start: u32,
    end: u32,
}

impl Run {
    /// Its nodes.
    pub fn nodes(self) -> impl Iterator<Item = [usize; 3]> {
        (self.start..self.end).map(move |column| [self.plane as usize, self.row as usize, column as usize])
    }
}

/// The nodes of a component, in order.
pub fn nodes_of(runs: &[Run]) -> impl Iterator<Item = [usize; 3]> + '_ {
    runs.iter().flat_map(|run| run.nodes())
}

/// The set of the listed runs.
#[must_use]
pub fn set_of(shape: [usize; 3], runs: &[Run]) -> Bits {
    let mut set = Bits::none(shape);
    insert(&mut set, runs);
    set
}

/// Adds the listed runs to a set.
pub fn insert(set: &mut Bits, runs: &[Run]) {
    let rows = set.shape()[1];
    for run in runs {
        set.insert_run(run.plane as usize * rows + run.row as usize, run.start as usize, run.end as usize);
    }
}

/// The connected components of `room`, in order of their first node.
#[must_use]
pub fn components(room: &Bits) -> Vec<Vec<Run>> {
    let [planes, rows, _] = room.shape();
    let mut runs: Vec<Run> = Vec::new();
    let mut parent: Vec<u32> = Vec::new();
    // Where the runs of each row begin.
    let mut begins = vec![0; planes * rows + 1];
    for plane in 0..planes {
        for row in 0..rows {
            let line = plane * rows + row;
            begins[line] = runs.len();
            for (start, end) in runs_of(room.row(plane, row)) {
                parent.push(runs.len() as u32);
                runs.push(Run { plane: plane as u32, row: row as u32, start, end });
            }
            begins[line + 1] = runs.len();
            for before in
                [(row > 0).then(|| line - 1), (plane > 0).then(|| line - rows)].into_iter().flatten()
            {
                join(&runs, begins[before]..begins[before + 1], begins[line]..runs.len(), &mut parent);
            }
        }
    }
    let mut place = vec![usize::MAX; runs.len()];
    let mut found: Vec<Vec<Run>> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let name = root(&mut parent, index as u32) as usize;
        if place[name] == usize::MAX {
            place[name] = found.len();
            found.push(Vec::new());
        }
        found[place[name]].push(*run);
    }
    found
}

/// Unites runs of two rows that overlap.
fn join(runs: &[Run], one: std::ops::Range<usize>, other: std::ops::Range<usize>, parent: &mut [u32]) {
    let (mut a, mut b) = (one.start, other.start);
    while a < one.end && b < other.end {
        if runs[a].start < runs[b].end && runs[b].start < runs[a].end {
            let (left, right) = (root(parent, a as u32), root(parent, b as u32));
            parent[left.max(right) as usize] = left.min(right);
        }
        if runs[a].end < runs[b].end { a += 1 } else { b += 1 }
    }
}

fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

/// First column and end of each stretch of ones in the words of a row.
pub fn runs_of(words: &[u64]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let length = 64 * words.len() as u32;
    // The first column from `at` on whose bit differs from `than`.
    let find = move |mut at: u32, than: bool| {
        while at < length {
            let word = words[at as usize / 64] ^ if than { u64::MAX } else { 0 };
            let rest = word >> (at % 64);
            if rest != 0 {
                return (at + rest.trailing_zeros()).min(length);
            }
            at = (at / 64 + 1) * 64;
        }
        length
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = find(at, false);
        (start < length).then(|| {
            at = find(start, true);
            (start, at)
        })
    })
}

/// The nodes of `room` that are connected to a seed through `room`.
#[must_use]
pub fn flood(room: &Bits, seeds: &Bits) -> Bits {
    let [planes, rows, _] = room.shape();
    let (lines, stride) = (planes * rows, room.stride());
    let mut reached = seeds.clone().and(room);
    let mut line_of = vec![0_u64; stride];
    let mut first = true;
    loop {
        let mut changed = false;
        for backward in [false, true] {
            for step in 0..lines {
                let line = if backward { lines - 1 - step } else { step };
                let own = line * stride..(line + 1) * stride;
                line_of.copy_from_slice(&reached.words()[own.clone()]);
                let row = line % rows;
                let neighbors = [
                    (row > 0).then(|| line - 1),
                    (row + 1 < rows).then_some(line + 1),
                    line.checked_sub(rows),
                    (line + rows < lines).then_some(line + rows),
                ];
                for other in neighbors.into_iter().flatten() {
                    let from = &reached.words()[other * stride..(other + 1) * stride];
                    line_of.iter_mut().zip(from).for_each(|(word, from)| *word |= from);
                }
                let room = &room.words()[own.clone()];
                line_of.iter_mut().zip(room).for_each(|(word, room)| *word &= room);
                if (first || line_of != reached.words()[own.clone()]) && line_of.iter().any(|word| *word != 0)
                {
                    fill(&mut line_of, room);
                    if line_of != reached.words()[own.clone()] {
                        reached.words_mut()[own].copy_from_slice(&line_of);
                        changed = true;
                    }
                }
            }
            first = false;
        }
        if !changed {
            return reached;
        }
    }
}

/// Spreads the ones of a row over the stretches of `room` they lie in: a sum carries through a stretch of ones.
fn fill(line: &mut [u64], room: &[u64]) {
    let mut carry = false;
    for (word, &room) in line.iter_mut().zip(room) {
        let (sum, one) = room.overflowing_add(*word);
        let (sum, other) = sum.overflowing_add(u64::from(carry));
        carry = one | other;
        *word |= room & !sum;
    }
    carry = false;
    for (word, room) in line.iter_mut().zip(room).rev() {
        let (room, seeds) = (room.reverse_bits(), word.reverse_bits());
        let (sum, one) = room.overflowing_add(seeds);
        let (sum, other) = sum.overflowing_add(u64::from(carry));
        carry = one | other;
        *word |= (room & !sum).reverse_bits();
    }
}

/// `from` and the nodes of `room` that a path through `room` of at most `reach_mm` leads to.
///
/// The path runs along the axes, so in a slanting direction it reaches less far than a straight line.
#[must_use]
pub fn grown(from: &Bits, room: &Bits, grid: &Grid, reach_mm: f32) -> Bits {
    let pitch = grid.pitch_mm[0].max(grid.pitch_mm[1]);
    let [planes, rows, _] = from.shape();
    let (stride, plane_len) = (from.stride(), rows * from.stride());
    let mut reached = from.clone();
    // So many steps within the plane are as long as the step to the next one.
    let steps: Vec<usize> =
        grid.plane_mm.windows(2).map(|z| (((z[1] - z[0]) / pitch - 0.01).ceil() as usize).max(1)).collect();
    for step in 1..=(reach_mm / pitch) as usize {
        let mut next = reached.widened();
        let before = reached.words();
        for plane in 0..planes {
            let own = plane * plane_len..(plane + 1) * plane_len;
            let out = &mut next.words_mut()[own.clone()];
            let mut unite = |at: usize, other: &[u64]| {
                out[at..].iter_mut().zip(other).for_each(|(word, other)| *word |= other);
            };
            unite(stride.min(plane_len), &before[own.clone()]);
            unite(0, &before[own.start + stride.min(plane_len)..own.end]);
            if plane > 0 && step % steps[plane - 1] == 0 {
                unite(0, &before[own.start - plane_len..own.start]);
            }
            if plane + 1 < planes && step % steps[plane] == 0 {
                unite(0, &before[own.end..own.end + plane_len]);
            }
        }
        let next = next.and(room).or(&reached);
        if next == reached {
            break;
        }
        reached = next;
    }
    reached
}

/// The members with a neighbor that is none.
#[must_use]
pub fn boundary(set: &Bits) -> Bits {
    let [planes, rows, _] = set.shape();
    let (stride, plane_len) = (set.stride(), rows * set.stride());
    let missing = set.inverted();
    let mut beside = missing.widened();
    let missing = missing.words();
    for plane in 0..planes {
        let own = plane * plane_len..(plane + 1) * plane_len;
        let out = &mut beside.words_mut()[own.clone()];
        let mut unite = |at: usize, other: &[u64]| {
            out[at..].iter_mut().zip(other).for_each(|(word, other)| *word |= other);
        };
        unite(stride.min(plane_len), &missing[own.clone()]);
        unite(0, &missing[own.start + stride.min(plane_len)..own.end]);
        if plane > 0 {
            unite(0, &missing[own.start - plane_len..own.start]);
        }
        if plane + 1 < planes {
            unite(0, &missing[own.end..own.end + plane_len]);
        }
    }
    beside.and(set)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(picture: &str) -> Bits {
        let lines: Vec<&str> = picture.split_whitespace().collect();
        Bits::of([1, lines.len(), lines[0].len()], lines.concat().as_bytes(), |c| c == b'#')
    }

    #[test]
    fn corners_do_not_connect() {
        let room = drawn("##.. ##.. ..## ..##");
        assert_eq!(components(&room).len(), 2);
        assert_eq!(flood(&room, &drawn("#... .... .... ....")), drawn("##.. ##.. .... ...."));
    }

    #[test]
    fn the_boundary_is_what_touches_something_else() {
        assert_eq!(boundary(&drawn("##### ##### ##### ####.")), drawn("..... ..... ....# ...#."));
    }

    /// Labels that neighbors hand to each other until nothing changes.
    fn slow_labels(room: &Bits) -> Vec<([usize; 3], usize)> {
        let mut labels: Vec<([usize; 3], usize)> = room.nodes().zip(1..).collect();
        loop {
            let before = labels.clone();
            for (node, label) in &mut labels {
                for (other, its) in &before {
                    if (0..3).map(|i| node[i].abs_diff(other[i])).sum::<usize>() == 1 {
                        *label = (*label).min(*its);
                    }
                }
            }
            if labels == before {
                return labels;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn components_and_floods_are_what_repeated_relabeling_gives(
            members in prop::collection::vec(any::<bool>(), 2 * 3 * 67),
        ) {
            let shape = [2, 3, 67];
            let room = Bits::of(shape, &members, |member| member);
            let slow = slow_labels(&room);
            let fast = components(&room);
            let of = |node: [usize; 3]| slow.iter().find(|(other, _)| *other == node).map(|(_, label)| *label);
            let mut distinct: Vec<usize> = slow.iter().map(|(_, label)| *label).collect();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(fast.len(), distinct.len());
            for runs in &fast {
                let first = nodes_of(runs).next().unwrap();
                prop_assert!(nodes_of(runs).all(|node| of(node) == of(first)));
                let mut seed = Bits::none(shape);
                seed.insert(first);
                prop_assert_eq!(flood(&room, &seed), set_of(shape, runs));
            }
        }
    }
}
