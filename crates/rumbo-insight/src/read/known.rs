//! What was worked out of many rows, kept in memory by what it was asked, each as of a revision.

use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use rumbo_base::{Currency, TimeZone, WorkspaceId};
use rumbo_db::Memory;
pub(crate) use rumbo_db::Weighed;

use super::moment::Moment;
use super::place::Place;

/// Answers of a kind. They are forgotten when an object changes, and when those of all kinds together are too
/// many.
#[derive(Debug)]
pub(crate) struct Known<K, T> {
    /// Nothing is kept without one.
    memory: Option<Memory>,
    workspace: WorkspaceId,
    /// What they depend on beside the objects.
    of: Of,
    objects: i64,
    kind: PhantomData<fn(K) -> T>,
}

/// What all answers of a kind depend on that are asked for together: the workspace's own zone and currency,
/// and the moment as of which they are.
type Of = Option<(TimeZone, Currency, Option<Moment>)>;

/// What was asked, of which workspace.
type Question<K> = (WorkspaceId, Of, K);

impl<K, T> Known<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Weighed + Send + Sync + 'static,
{
    /// Those of a workspace as it is now.
    pub fn of(place: &Place) -> Self {
        Self::as_of(place, None, place.moment.is_none())
    }

    /// The same, asked for as of a moment too.
    pub fn of_now(place: &Place) -> Self {
        Self::as_of(place, None, true)
    }

    /// Those of the moment asked for, where the place is as of one.
    pub fn of_moment(place: &Place) -> Self {
        Self::as_of(place, Some((place.zone, place.main, place.moment)), true)
    }

    fn as_of(place: &Place, of: Of, is_kept: bool) -> Self {
        let memory = place.answers().filter(|_| is_kept);
        let (memory, objects) = memory.unzip();
        Self {
            memory,
            workspace: place.workspace,
            of,
            objects: objects.unwrap_or_default(),
            kind: PhantomData,
        }
    }

    fn question(&self, key: &K) -> Question<K> {
        (self.workspace, self.of, key.clone())
    }

    /// What was kept, as of this revision.
    pub fn get(&self, key: &K, revision: i64) -> Option<Arc<T>> {
        let memory = self.memory.as_ref()?;
        memory.answer(&self.question(key), (self.objects, revision))
    }

    /// The answer that is kept where this one is the same, else this one, which is kept from now on: what many
    /// answers have in common is in memory once.
    pub fn shared(&self, key: K, revision: i64, answer: Arc<T>) -> Arc<T>
    where
        T: PartialEq,
    {
        let kept = self.get(&key, revision);
        kept.filter(|kept| *kept == answer).unwrap_or_else(|| {
            self.keep(key, revision, &answer);
            answer
        })
    }

    pub fn keep(&self, key: K, revision: i64, answer: &Arc<T>) {
        if let Some(memory) = &self.memory {
            let question = (self.workspace, self.of, key);
            memory.keep_answer(question, (self.objects, revision), answer);
        }
    }
}
