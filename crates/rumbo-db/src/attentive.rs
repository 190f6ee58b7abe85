//! Reading many rows without going to sleep between them.

use std::pin::pin;
use std::sync::OnceLock;
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::Db;

/// How long to go on asking before the thread sleeps. A sleeping thread takes longer to wake than
/// SQLite takes for a row.
const PATIENCE: Duration = Duration::from_millis(1);

/// Processor hints between two questions, some microseconds in all.
const PAUSE: u32 = 200;

/// So many rows of a long answer are taken at once: `fetch(…).ready_chunks(ROWS_AT_ONCE)`. Whoever
/// works on each row is now and then slower than the thread that hands them over; that one would
/// fall asleep when there is no room, and be woken, for every row.
pub const ROWS_AT_ONCE: usize = 256;

/// How many threads can work at once; two where the system does not tell.
pub fn processors() -> usize {
    // Asked once: on Linux the answer is read from files.
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| std::thread::available_parallelism().map_or(2, usize::from))
}

impl Db {
    /// Runs a read of many rows.
    ///
    /// A thread of the embedded database hands its rows over one by one. Whoever waits for them is
    /// as a rule faster, so that it would fall asleep and be woken for every row, which takes several
    /// times as long as the row. This asks again for a moment before it sleeps. A server's rows come
    /// in packets: there it waits as usual, as it does where there is one processor.
    pub async fn attentively<F: Future>(&self, read: F) -> F::Output {
        if processors() == 1 || matches!(self, Self::Postgres(_)) {
            return read.await;
        }
        let mut read = pin!(read);
        std::future::poll_fn(|cx| {
            let began = Instant::now();
            loop {
                if let Poll::Ready(output) = read.as_mut().poll(cx) {
                    return Poll::Ready(output);
                }
                if began.elapsed() > PATIENCE {
                    return Poll::Pending;
                }
                // Long enough for a few rows: asking holds up whoever hands them over.
                for _ in 0..PAUSE {
                    std::hint::spin_loop();
                }
            }
        })
        .await
    }
}
