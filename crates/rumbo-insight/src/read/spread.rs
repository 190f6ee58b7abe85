//! Work that the processors share.

use std::sync::atomic::{AtomicUsize, Ordering};

use rumbo_base::{Error, Result};
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

/// What rows go through.
pub(crate) trait Reader<Row>: Send + Sized {
    fn row(&mut self, row: &Row) -> Result<()>;
    /// One of the same that has met no rows yet, for others of them, on a thread of its own; `None`
    /// when all have to come to this one.
    fn apart(&self) -> Option<Self>;
    /// Takes in what another one made of its rows.
    fn join(&mut self, other: Self) -> Result<()>;
}

/// One to which all rows come in their order.
pub(crate) struct InOrder<F>(pub F);

impl<Row, F: FnMut(&Row) -> Result<()> + Send> Reader<Row> for InOrder<F> {
    fn row(&mut self, row: &Row) -> Result<()> {
        (self.0)(row)
    }

    fn apart(&self) -> Option<Self> {
        None
    }

    fn join(&mut self, _: Self) -> Result<()> {
        Ok(())
    }
}

/// The reader and as many of the same as there are threads and it allows.
pub(crate) fn side_by_side<Row, R: Reader<Row>>(reader: R) -> Vec<R> {
    let others = (1..threads()).map_while(|_| reader.apart());
    let mut readers: Vec<R> = others.collect();
    readers.insert(0, reader);
    readers
}

/// The first reader, with what all made of their rows.
pub(crate) fn joined<Row, R: Reader<Row>>(readers: Vec<R>) -> Result<R> {
    let mut readers = readers.into_iter();
    let first = readers.next();
    let mut first = first.ok_or_else(|| Error::internal("no reader"))?;
    readers.try_for_each(|other| first.join(other))?;
    Ok(first)
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
