//! What was read and is kept in memory.

mod answers;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rumbo_base::WorkspaceId;

use answers::Answers;
pub use answers::{Revision, Weighed};

/// Of so many workspaces something is kept. A program that serves more begins anew with each further
/// one.
const WORKSPACES: usize = 8;

/// A value of a type, and the revision it was read at.
type Slots = HashMap<TypeId, (i64, Arc<dyn Any + Send + Sync>)>;

/// One value of each type for each workspace of a store, and answers of which there are many, all as of a
/// revision. Who keeps something says what a revision is: a number that is another one as soon as any row
/// changed that the value was made of.
#[derive(Clone, Default)]
pub struct Memory {
    values: Arc<Mutex<HashMap<WorkspaceId, Slots>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Memory {
    /// The answer to a question that was kept as of just this revision.
    pub fn answer<Q, T>(&self, question: &Q, revision: Revision) -> Option<Arc<T>>
    where
        Q: Eq + Hash + Send + 'static,
        T: Send + Sync + 'static,
    {
        lock(&self.answers).get(question, revision)
    }

    /// Keeps an answer in the place of an older one. All answers of a store are held to some megabytes
    /// together: those that were not asked for for the longest time are forgotten.
    pub fn keep_answer<Q, T>(&self, question: Q, revision: Revision, answer: &Arc<T>)
    where
        Q: Eq + Hash + Send + 'static,
        T: Weighed + Send + Sync + 'static,
    {
        let forgotten = lock(&self.answers).keep(question, revision, answer);
        // There may be many: others need not wait for it.
        drop(forgotten);
    }

    /// The value, if it is kept as of just this revision.
    pub fn get<T: Send + Sync + 'static>(
        &self,
        workspace: WorkspaceId,
        revision: i64,
    ) -> Option<Arc<T>> {
        let all = lock(&self.values);
        let (of, value) = all.get(&workspace)?.get(&TypeId::of::<T>())?;
        if *of != revision {
            return None;
        }
        Arc::clone(value).downcast().ok()
    }

    /// Keeps a value in the place of an older one.
    pub fn keep<T: Send + Sync + 'static>(
        &self,
        workspace: WorkspaceId,
        revision: i64,
        value: Arc<T>,
    ) {
        let mut all = lock(&self.values);
        if all.len() >= WORKSPACES && !all.contains_key(&workspace) {
            all.clear();
        }
        let slots = all.entry(workspace).or_default();
        let newer = slots
            .get(&TypeId::of::<T>())
            .is_some_and(|(of, _)| *of > revision);
        // A reader that began earlier ends later.
        if !newer {
            slots.insert(TypeId::of::<T>(), (revision, value));
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_back_as_of_its_revision_alone() {
        let memory = Memory::default();
        let workspace = WorkspaceId(uuid::Uuid::from_u128(1));
        let other = WorkspaceId(uuid::Uuid::from_u128(2));
        memory.keep(workspace, 7, Arc::new("seven"));
        memory.keep(workspace, 7, Arc::new(7_u8));
        assert_eq!(memory.get::<&str>(workspace, 7).as_deref(), Some(&"seven"));
        assert_eq!(memory.get::<u8>(workspace, 7).as_deref(), Some(&7));
        assert!(memory.get::<&str>(workspace, 8).is_none());
        assert!(memory.get::<&str>(other, 7).is_none());
        memory.keep(workspace, 6, Arc::new("six"));
        assert_eq!(memory.get::<&str>(workspace, 7).as_deref(), Some(&"seven"));
        memory.keep(workspace, 8, Arc::new("eight"));
        assert!(memory.get::<&str>(workspace, 7).is_none());
    }

    #[test]
    fn what_is_kept_does_not_grow_with_the_workspaces() {
        let memory = Memory::default();
        for n in 0..100 {
            memory.keep(WorkspaceId(uuid::Uuid::from_u128(n)), 1, Arc::new(n));
        }
        assert!(lock(&memory.values).len() <= WORKSPACES);
    }
}
