//! Work that the processors share.

use std::sync::atomic::{AtomicUsize, Ordering};

use rumbo_base::Result;
use rumbo_db::processors;

/// More would mostly wait for memory.
const AT_MOST: usize = 8;

/// How many threads to work on.
pub(crate) fn threads() -> usize {
    processors().min(AT_MOST)
}

/// So many bytes of packed days are gone through at once.
pub(crate) const BATCH: usize = 512 * 1024;

/// How many of them are worth a thread.
const WORTH_A_THREAD: usize = 16 * 1024;

/// How many threads to go through so many bytes of packed days on.
pub(crate) fn threads_for(bytes: usize) -> usize {
    threads().min(1 + bytes / WORTH_A_THREAD)
}

/// Has the workers work off the items, each the next one when it is done with one; the first works on
/// this thread. Every worker has its items in their order.
///
/// # Errors
/// One of those that the work ended with.
pub(crate) fn work_off<T: Sync, W: Send>(
    items: &[T],
    workers: Vec<&mut W>,
    work: impl Fn(&mut W, &T) -> Result<()> + Sync,
) -> Result<()> {
    let taken = AtomicUsize::new(0);
    let run = |worker: &mut W| {
        while let Some(item) = items.get(taken.fetch_add(1, Ordering::Relaxed)) {
            work(worker, item)?;
        }
        Ok(())
    };
    let mut workers = workers.into_iter();
    let Some(first) = workers.next() else {
        return Ok(());
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = workers.map(|worker| scope.spawn(|| run(worker))).collect();
        let mut done = run(first);
        for other in others {
            match other.join() {
                Ok(its) => done = done.and(its),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumbo_base::Error;

    #[test]
    fn every_item_is_worked_off_once() {
        let items: Vec<u64> = (0..10_000).collect();
        for threads in [1, 2, 5] {
            let mut workers: Vec<Vec<u64>> = vec![Vec::new(); threads];
            let work = |worker: &mut Vec<u64>, item: &u64| {
                worker.push(*item);
                Ok(())
            };
            work_off(&items, workers.iter_mut().collect(), work).unwrap();
            assert!(workers.iter().all(|own| own.is_sorted()));
            let mut all = workers.concat();
            all.sort_unstable();
            assert_eq!(all, items);
        }
    }

    #[test]
    fn an_error_of_any_worker_is_told() {
        let items: Vec<u64> = (0..100).collect();
        let mut workers = [0, 0, 0];
        let work = |_: &mut i32, item: &u64| {
            if *item == 57 {
                return Err(Error::internal("57"));
            }
            Ok(())
        };
        assert!(work_off(&items, workers.iter_mut().collect(), work).is_err());
        let none: Vec<&mut i32> = Vec::new();
        assert!(work_off(&items, none, work).is_ok());
    }
}
