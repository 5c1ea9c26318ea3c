//! A request to stop, as long work sees it.
//!
//! Long work asks between its pieces (slices, planes, steps on the grid) and gives up with [`Cancelled`] when its
//! result is not wanted any more. It never asks in the midst of a piece, so what it returns without an error does
//! not depend on when it asked.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// The request to stop was seen; nothing of the work is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// Who knows whether a stop was asked for.
pub trait Asked: Sync {
    /// Whether a stop was asked for. Called often and from many threads; has to answer at once.
    fn is_asked(&self) -> bool;
}

impl<F: Fn() -> bool + Sync> Asked for F {
    fn is_asked(&self) -> bool {
        self()
    }
}

/// Nobody asks.
struct Never;

impl Asked for Never {
    fn is_asked(&self) -> bool {
        false
    }
}

/// Lent to long work: whether to go on.
#[derive(Clone, Copy)]
pub struct Stop<'a>(&'a dyn Asked);

impl<'a> Stop<'a> {
    /// Stops when `asked` says so: [`Progress`](crate::progress::Progress), or a function.
    #[must_use]
    pub const fn when(asked: &'a impl Asked) -> Self {
        Self(asked)
    }

    /// Never stops: the work is done to its end.
    #[must_use]
    pub const fn never() -> Self {
        Self(&Never)
    }

    /// `Err` once a stop was asked for: to be called between the pieces of the work.
    pub fn check(self) -> Result<(), Cancelled> {
        if self.0.is_asked() { Err(Cancelled) } else { Ok(()) }
    }
}

/// Does `work`, which cannot be asked to stop, on a thread of its own, and leaves it to itself once a stop is asked for.
///
/// Only for work that writes nothing: it may go on for a while after this has returned.
pub fn or_abandon<T: Send + 'static>(
    stop: Stop<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Cancelled> {
    let (send, arriving) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || {
        // Nobody waits any more when the work was abandoned.
        send.send(work()).ok();
    });
    loop {
        match arriving.recv_timeout(Duration::from_millis(50)) {
            Ok(made) => return Ok(made),
            Err(RecvTimeoutError::Timeout) => stop.check()?,
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => return Err(Cancelled),
            },
        }
    }
}

impl std::fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stop").field(&self.0.is_asked()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    use super::*;

    #[test]
    fn work_goes_on_until_somebody_asks() {
        let asked = AtomicBool::new(false);
        let answer = || asked.load(Ordering::Relaxed);
        let stop = Stop::when(&answer);
        assert_eq!(stop.check(), Ok(()));
        asked.store(true, Ordering::Relaxed);
        assert_eq!(stop.check(), Err(Cancelled));
        assert_eq!(Stop::never().check(), Ok(()));
    }

    #[test]
    fn work_that_cannot_be_asked_is_left_to_itself() {
        assert_eq!(or_abandon(Stop::never(), || 7), Ok(7));
        let (release, waiting) = std::sync::mpsc::channel::<()>();
        let begun = Instant::now();
        assert_eq!(or_abandon(Stop::when(&|| true), move || waiting.recv()), Err(Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(5));
        drop(release);
    }

    #[test]
    #[should_panic(expected = "its own fault")]
    fn a_panic_of_such_work_is_no_request_to_stop() {
        or_abandon(Stop::never(), || panic!("its own fault")).ok();
    }
}
