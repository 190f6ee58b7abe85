//! What was worked out of many rows, kept in memory by what it was asked, each as of a revision.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rumbo_base::Result;

use super::kept::Topic;
use super::place::Place;

/// So many bytes of a kind are kept at most, half of them of those that were not asked for of late.
const AT_MOST: usize = 16 * 1024 * 1024;

/// What takes room in memory.
pub(crate) trait Weighed {
    fn bytes(&self) -> usize;
}

/// Answers of a kind. All are forgotten when an object changes, and those that were not asked for for the
/// longest time when there are too many.
#[derive(Debug)]
pub(crate) struct Known<K, T>(Mutex<Generations<K, T>>);

#[derive(Debug)]
struct Generations<K, T> {
    young: Answers<K, T>,
    old: Answers<K, T>,
}

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

impl<K: Eq + Hash, T: Weighed> Generations<K, T> {
    fn none() -> Self {
        Self {
            young: Answers::default(),
            old: Answers::default(),
        }
    }

    fn get(&mut self, key: &K, revision: i64) -> Option<Arc<T>> {
        if let Some((of, answer)) = self.young.answers.get(key) {
            return (*of == revision).then(|| Arc::clone(answer));
        }
        let (key, (of, answer)) = self.old.answers.remove_entry(key)?;
        self.old.bytes = self.old.bytes.saturating_sub(answer.bytes());
        if of != revision {
            return None;
        }
        self.keep(key, revision, &answer);
        Some(answer)
    }

    fn keep(&mut self, key: K, revision: i64, answer: &Arc<T>) {
        let bytes = answer.bytes();
        if self.young.bytes + bytes > AT_MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += bytes;
        let before = self
            .young
            .answers
            .insert(key, (revision, Arc::clone(answer)));
        if let Some((_, before)) = before {
            self.young.bytes = self.young.bytes.saturating_sub(before.bytes());
        }
    }
}

impl<K, T> Known<K, T>
where
    K: Eq + Hash + Send + Sync + 'static,
    T: Weighed + Send + Sync + 'static,
{
    /// Those of a workspace as it is now.
    pub async fn of(place: &Place) -> Result<Arc<Self>> {
        place.kept(Topic::Objects, (), Self::none()).await
    }

    /// The same, asked for as of a moment too.
    pub async fn of_now(place: &Place) -> Result<Arc<Self>> {
        place.kept_of_now(Topic::Objects, Self::none()).await
    }

    /// Those of the last moment asked for, where the place is as of one.
    pub async fn of_moment(place: &Place) -> Result<Arc<Self>> {
        place.kept_of_moment(Self::none()).await
    }

    async fn none() -> Result<Self> {
        Ok(Self(Mutex::new(Generations::none())))
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept, as of this revision.
    pub fn get(&self, key: &K, revision: i64) -> Option<Arc<T>> {
        self.lock().get(key, revision)
    }

    pub fn keep(&self, key: K, revision: i64, answer: &Arc<T>) {
        self.lock().keep(key, revision, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Heavy(usize);

    impl Weighed for Heavy {
        fn bytes(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn what_was_asked_for_of_late_stays() {
        let mut known = Generations::none();
        let heavy = Arc::new(Heavy(AT_MOST / 10));
        for key in 0..100 {
            known.keep(key, 7, &heavy);
            // The first is asked for again and again.
            assert!(known.get(&0, 7).is_some(), "{key}");
            assert!(known.young.bytes + known.old.bytes <= AT_MOST);
        }
        assert!(known.get(&99, 7).is_some() && known.get(&50, 7).is_none());
        assert!(known.get(&99, 8).is_none());
        // One that is larger than all that may be kept is kept until the next comes.
        known.keep(1_000, 7, &Arc::new(Heavy(AT_MOST)));
        known.keep(1_001, 7, &heavy);
        known.keep(1_002, 7, &Arc::new(Heavy(AT_MOST / 2)));
        known.keep(1_003, 7, &heavy);
        assert!(known.get(&1_000, 7).is_none() && known.get(&1_003, 7).is_some());
    }
}
