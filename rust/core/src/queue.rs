//! Hands out patients to workers so that those in work fit into memory together.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that the patients in work may need together. One patient alone may need more.
const BUDGET_BYTES: u64 = 540 << 20;

/// Patients waiting for a worker, in order.
#[derive(Debug)]
pub(crate) struct Queue {
    needs: Vec<u64>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: usize,
    in_work: u64,
    closed: bool,
}

/// The right to work on one patient; its memory counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub(crate) index: usize,
    queue: &'a Queue,
}

impl Queue {
    /// A queue over the memory needs of the patients, in bytes.
    pub(crate) fn new(needs: impl Iterator<Item = u64>) -> Self {
        Self { needs: needs.collect(), state: Mutex::default(), changed: Condvar::new() }
    }

    /// The next patient, once there is memory for it; `None` at the end.
    pub(crate) fn next(&self) -> Option<Turn<'_>> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let need = *self.needs.get(state.next)?;
            if state.in_work == 0 || state.in_work + need <= BUDGET_BYTES {
                let index = state.next;
                state.next += 1;
                // Counted even when it is nothing, so that "none in work" means no worker has a turn.
                state.in_work += need.max(1);
                return Some(Turn { index, queue: self });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hands out nothing more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queue.lock().in_work -= self.queue.needs[self.index].max(1);
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_patient_works_alone() {
        let queue = Queue::new([10, BUDGET_BYTES * 2, 10].into_iter());
        let first = queue.next().unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| queue.next().map(|turn| turn.index));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished());
            drop(first);
            assert_eq!(second.join().unwrap(), Some(1));
        });
        assert_eq!(queue.next().map(|turn| turn.index), Some(2));
        assert!(queue.next().is_none());
    }

    #[test]
    fn a_closed_queue_hands_out_nothing() {
        let queue = Queue::new([1, 1].into_iter());
        queue.close();
        assert!(queue.next().is_none());
    }
}
