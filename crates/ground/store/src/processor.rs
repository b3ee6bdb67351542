//! Keeping a thread on one processor.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps the calling thread, and threads that it starts from now on, on one of the processors that it may use. Takes another
/// one each time, and another one in each process, so that the writers of several stores do not meet.
pub(crate) fn keep_to_one() -> io::Result<()> {
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    let allowed = sched_getaffinity(None)?;
    let all: Vec<usize> = (0..CpuSet::MAX_CPU)
        .filter(|processor| allowed.is_set(*processor))
        .collect();
    let turn = TAKEN
        .fetch_add(1, Relaxed)
        .wrapping_add(usize::try_from(std::process::id()).unwrap_or(0));
    let Some(index) = turn.checked_rem(all.len()) else {
        return Ok(());
    };
    let mut one = CpuSet::new();
    one.set(all[index]);
    Ok(sched_setaffinity(None, &one)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_and_those_that_it_starts_stay_on_one() {
        let count = std::thread::spawn(|| {
            keep_to_one().unwrap();
            std::thread::spawn(|| sched_getaffinity(None).unwrap().count())
                .join()
                .unwrap()
        })
        .join()
        .unwrap();
        assert_eq!(count, 1);
    }
}
