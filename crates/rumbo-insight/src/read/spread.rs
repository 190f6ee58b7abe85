//! Work that the processors share.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use futures::Stream;
use rumbo_base::{Error, Result};
use rumbo_db::{DbResultExt, processors};

/// More would mostly wait for memory.
const AT_MOST: usize = 8;

/// How many threads to work on.
pub(crate) fn threads() -> usize {
    processors().min(AT_MOST)
}

/// So many bytes of packed days wait at most until they are gone through.
const WAITING: usize = 512 * 1024;

/// How many of them are worth a thread.
const WORTH_A_THREAD: usize = 16 * 1024;

/// How many threads to go through so many bytes of packed days on.
pub(crate) fn threads_for(bytes: usize) -> usize {
    threads().min(1 + bytes / WORTH_A_THREAD)
}

/// What is given values as the store reads them.
pub(crate) trait Fed<V>: Send {
    fn take(&mut self, value: V) -> Result<()>;
    /// Works on something of what was taken, and says whether there was anything.
    fn work(&mut self) -> Result<bool>;
}

/// One that has nothing to do until everything is there.
pub(crate) struct Taking<F>(pub F);

impl<V, F: FnMut(V) -> Result<()> + Send> Fed<V> for Taking<F> {
    fn take(&mut self, value: V) -> Result<()> {
        (self.0)(value)
    }

    fn work(&mut self) -> Result<bool> {
        Ok(false)
    }
}

/// Hands over every value of an answer of the store. What takes them works on them whenever the next one is
/// not there yet: the embedded database reads on a thread of its own.
pub(crate) async fn feed<V>(
    values: impl Stream<Item = sqlx::Result<V>>,
    to: &mut impl Fed<V>,
) -> Result<()> {
    let mut values = pin!(values);
    std::future::poll_fn(|cx| {
        loop {
            match values.as_mut().poll_next(cx) {
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Ready(Some(value)) => to.take(value.db()?)?,
                Poll::Pending if to.work()? => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}

/// Values that wait for one of some workers. The first worker is of this thread.
pub(crate) struct Backlog<'w, T, W, F> {
    waiting: VecDeque<T>,
    bytes: usize,
    workers: &'w mut [W],
    work: F,
}

impl<'w, T: Sync, W: Send, F: Fn(&mut W, &T) -> Result<()> + Sync> Backlog<'w, T, W, F> {
    pub fn new(workers: &'w mut [W], work: F) -> Self {
        Self {
            waiting: VecDeque::new(),
            bytes: 0,
            workers,
            work,
        }
    }

    pub fn push(&mut self, value: T) {
        self.waiting.push_back(value);
    }

    /// The one that came last, if it still waits.
    pub fn last(&mut self) -> Option<&mut T> {
        self.waiting.back_mut()
    }

    /// So many bytes more wait. When they are too many all are worked off.
    pub fn weighs(&mut self, bytes: usize) -> Result<()> {
        self.bytes += bytes;
        if self.bytes < WAITING {
            return Ok(());
        }
        self.work_off()
    }

    /// Has the first worker work on the one that waits longest, if one does.
    pub fn work_on_one(&mut self) -> Result<bool> {
        let Some((value, worker)) = self.waiting.pop_front().zip(self.workers.first_mut()) else {
            return Ok(false);
        };
        if self.waiting.is_empty() {
            self.bytes = 0;
        }
        (self.work)(worker, &value)?;
        Ok(true)
    }

    /// Has all workers work off all.
    pub fn work_off(&mut self) -> Result<()> {
        let workers = self.workers.iter_mut().take(threads_for(self.bytes));
        work_off(
            self.waiting.make_contiguous(),
            workers.collect(),
            &self.work,
        )?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// What several threads can make of parts of something, and put together.
pub(crate) trait Apart: Send + Sized {
    /// One of the same with nothing in it, for other parts, on a thread of its own; `None` when all have
    /// to come to this one.
    fn apart(&self) -> Option<Self>;
    /// Takes in all of another.
    fn join(&mut self, other: Self) -> Result<()>;
}

/// What rows go through.
pub(crate) trait Reader<Row>: Send {
    fn row(&mut self, row: &Row) -> Result<()>;
}

/// One to which all rows come in their order.
pub(crate) struct InOrder<F>(pub F);

impl<Row, F: FnMut(&Row) -> Result<()> + Send> Reader<Row> for InOrder<F> {
    fn row(&mut self, row: &Row) -> Result<()> {
        (self.0)(row)
    }
}

impl<F: Send> Apart for InOrder<F> {
    fn apart(&self) -> Option<Self> {
        None
    }

    fn join(&mut self, _: Self) -> Result<()> {
        Ok(())
    }
}

/// The one that all comes to that is not shared out.
pub(crate) fn first<T>(all: &mut [T]) -> Result<&mut T> {
    let first = all.first_mut();
    first.ok_or_else(|| Error::internal("nobody to take it"))
}

/// This one and as many of the same as there are threads and it allows.
pub(crate) fn side_by_side<T: Apart>(one: T) -> Vec<T> {
    let others = (1..threads()).map_while(|_| one.apart());
    let mut all: Vec<T> = others.collect();
    all.insert(0, one);
    all
}

/// The first, with what all made of their parts.
pub(crate) fn joined<T: Apart>(all: Vec<T>) -> Result<T> {
    let mut all = all.into_iter();
    let first = all.next();
    let mut first = first.ok_or_else(|| Error::internal("nothing to join"))?;
    all.try_for_each(|other| first.join(other))?;
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

/// So many are worth a thread.
const MANY: usize = 1_000;

/// What comes of each, in their order: by several threads where there are many.
pub(crate) fn mapped<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let of = &of;
    let mut all = Vec::with_capacity(items.len());
    let threads = threads().min(1 + items.len() / MANY);
    let (own, others) = items.split_at(items.len().div_ceil(threads));
    std::thread::scope(|scope| {
        let others = others.chunks(own.len().max(1));
        let others =
            others.map(|part| scope.spawn(move || part.iter().map(of).collect::<Vec<_>>()));
        let others: Vec<_> = others.collect();
        all.extend(own.iter().map(of));
        for other in others {
            match other.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all
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
    fn what_comes_of_each_is_in_their_order() {
        for count in [0, 1, 999, 1_000, 1_001, 10_007] {
            let items: Vec<u64> = (0..count).collect();
            let expected: Vec<u64> = items.iter().map(|item| item * 3).collect();
            assert_eq!(mapped(&items, |item| item * 3), expected);
        }
    }

    struct Adding<'w, F>(Backlog<'w, u64, Vec<u64>, F>);

    impl<F: Fn(&mut Vec<u64>, &u64) -> Result<()> + Sync + Send> Fed<u64> for Adding<'_, F> {
        fn take(&mut self, value: u64) -> Result<()> {
            self.0.push(value);
            self.0.weighs(100)
        }

        fn work(&mut self) -> Result<bool> {
            self.0.work_on_one()
        }
    }

    /// Values of a store that lets others wait after every third.
    fn slowly(count: u64) -> impl Stream<Item = sqlx::Result<u64>> {
        let (mut next, mut waited) = (0, false);
        futures::stream::poll_fn(move |cx| {
            waited = next % 3 == 0 && !waited;
            if waited {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            next += 1;
            Poll::Ready((next <= count).then_some(Ok(next)))
        })
    }

    #[tokio::test]
    async fn values_are_worked_on_once_while_others_are_awaited_and_after() {
        let work = |worker: &mut Vec<u64>, value: &u64| {
            worker.push(*value);
            Ok(())
        };
        // As many as wait at most, and more.
        for count in [0, 1, 1_000, 20_000] {
            for threads in [1, 3] {
                let mut workers: Vec<Vec<u64>> = vec![Vec::new(); threads];
                let mut adding = Adding(Backlog::new(&mut workers, work));
                feed(slowly(count), &mut adding).await.unwrap();
                let first = adding.0.workers.first().map_or(0, Vec::len);
                assert_eq!(first > 0, count > 3, "{count} {threads}");
                adding.0.work_off().unwrap();
                assert!(workers.iter().all(|own| own.is_sorted()));
                let mut all = workers.concat();
                all.sort_unstable();
                assert_eq!(all, (1..=count).collect::<Vec<_>>());
            }
        }
        let mut workers = [Vec::new()];
        let refuse = |_: &mut Vec<u64>, value: &u64| match value {
            7 => Err(Error::internal("7")),
            _ => Ok(()),
        };
        // It is worked on while others are awaited, or after.
        let mut adding = Adding(Backlog::new(&mut workers, refuse));
        assert!(feed(slowly(100), &mut adding).await.is_err());
        let mut adding = Adding(Backlog::new(&mut workers, refuse));
        feed(slowly(8), &mut adding).await.unwrap();
        assert!(adding.0.work_off().is_err());
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
