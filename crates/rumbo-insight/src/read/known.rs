//! What was worked out of many rows, kept in memory by what it was asked, each as of a revision.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rumbo_base::Result;

use super::kept::Topic;
use super::place::Place;

/// So many bytes of a kind are kept at most.
const AT_MOST: usize = 48 * 1024 * 1024;

/// What takes room in memory.
pub(crate) trait Weighed {
    fn bytes(&self) -> usize;
}

/// Answers of a kind. All are forgotten when an object changes, and when there are too many.
#[derive(Debug)]
pub(crate) struct Known<K, T>(Mutex<Answers<K, T>>);

#[derive(Debug)]
struct Answers<K, T> {
    bytes: usize,
    answers: HashMap<K, (i64, Arc<T>)>,
}

impl<K, T> Default for Answers<K, T> {
    fn default() -> Self {
        Self {
            bytes: 0,
            answers: HashMap::new(),
        }
    }
}

impl<K, T> Known<K, T>
where
    K: Eq + Hash + Send + Sync + 'static,
    T: Weighed + Send + Sync + 'static,
{
    /// Those of a workspace.
    pub async fn of(place: &Place) -> Result<Arc<Self>> {
        let none = async { Ok(Self(Mutex::default())) };
        place.kept(Topic::Objects, (), none).await
    }

    fn lock(&self) -> MutexGuard<'_, Answers<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept, as of this revision.
    pub fn get(&self, key: &K, revision: i64) -> Option<Arc<T>> {
        let known = self.lock();
        let (of, answer) = known.answers.get(key)?;
        (*of == revision).then(|| Arc::clone(answer))
    }

    pub fn keep(&self, key: K, revision: i64, answer: &Arc<T>) {
        let bytes = answer.bytes();
        let mut known = self.lock();
        if known.bytes + bytes > AT_MOST {
            *known = Answers::default();
        }
        known.bytes += bytes;
        if let Some((_, before)) = known.answers.insert(key, (revision, Arc::clone(answer))) {
            known.bytes = known.bytes.saturating_sub(before.bytes());
        }
    }
}
