//! Answers of every kind, held to one size together.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// So many bytes of answers are kept at most, half of them of those that were not asked for of late.
const AT_MOST: usize = 48 * 1024 * 1024;

/// What a map takes for each answer beside the answer itself, as far as it matters.
const ENTRY: usize = 128;

/// Two counts of what answers are made of, each of which only grows: an answer is as of both.
pub type Revision = (i64, i64);

/// What takes room in memory.
pub trait Weighed {
    /// How many bytes, as far as they matter.
    fn bytes(&self) -> usize;
}

/// Of parts that have nothing elsewhere, or next to nothing.
impl<T> Weighed for Vec<T> {
    fn bytes(&self) -> usize {
        self.capacity() * size_of::<T>()
    }
}

impl<T: Weighed> Weighed for Option<T> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, Weighed::bytes)
    }
}

/// Those that were asked for of late, and the others.
#[derive(Default)]
pub(super) struct Answers {
    young: Generation,
    old: Generation,
}

#[derive(Default)]
pub(super) struct Generation {
    bytes: usize,
    /// A map of questions to answers for each type of both.
    kinds: HashMap<TypeId, Box<dyn Any + Send>>,
}

struct Kept<T> {
    revision: Revision,
    bytes: usize,
    answer: Arc<T>,
}

type Kind<Q, T> = HashMap<Q, Kept<T>>;

impl Generation {
    fn of<Q, T>(&mut self) -> Option<&mut Kind<Q, T>>
    where
        Q: Send + 'static,
        T: Send + Sync + 'static,
    {
        let kind = self.kinds.entry(TypeId::of::<Kind<Q, T>>());
        let kind = kind.or_insert_with(|| Box::new(Kind::<Q, T>::new()));
        kind.downcast_mut()
    }
}

impl Answers {
    pub fn get<Q, T>(&mut self, question: &Q, revision: Revision) -> Option<Arc<T>>
    where
        Q: Eq + Hash + Send + 'static,
        T: Send + Sync + 'static,
    {
        let as_of = |kept: &Kept<T>| kept.revision == revision;
        if let Some(kept) = self.young.of::<Q, T>()?.get(question) {
            return as_of(kept).then(|| Arc::clone(&kept.answer));
        }
        let (question, kept) = self.old.of::<Q, T>()?.remove_entry(question)?;
        self.old.bytes = self.old.bytes.saturating_sub(kept.bytes);
        if !as_of(&kept) {
            return None;
        }
        let answer = Arc::clone(&kept.answer);
        drop(self.room_for(kept.bytes));
        self.insert(question, kept);
        Some(answer)
    }

    /// Gives back what is forgotten for it.
    pub fn keep<Q, T>(
        &mut self,
        question: Q,
        revision: Revision,
        answer: &Arc<T>,
    ) -> Option<Generation>
    where
        Q: Eq + Hash + Send + 'static,
        T: Weighed + Send + Sync + 'static,
    {
        let bytes = answer.bytes() + ENTRY;
        let forgotten = self.room_for(bytes);
        let answer = Arc::clone(answer);
        let kept = Kept {
            revision,
            bytes,
            answer,
        };
        self.insert(question, kept);
        forgotten
    }

    /// Makes all young answers old ones where so many bytes more would be too many of them; gives back what is
    /// forgotten for it.
    fn room_for(&mut self, bytes: usize) -> Option<Generation> {
        let full = self.young.bytes + bytes > AT_MOST / 2;
        let young = full.then(|| std::mem::take(&mut self.young))?;
        Some(std::mem::replace(&mut self.old, young))
    }

    fn insert<Q, T>(&mut self, question: Q, kept: Kept<T>)
    where
        Q: Eq + Hash + Send + 'static,
        T: Send + Sync + 'static,
    {
        let Some(kind) = self.young.of::<Q, T>() else {
            return;
        };
        let known = kind.get(&question);
        // A reader that began earlier ends later.
        if known.is_some_and(|known| known.revision > kept.revision) {
            return;
        }
        let bytes = kept.bytes;
        let before = kind.insert(question, kept);
        let before = before.map_or(0, |before| before.bytes);
        self.young.bytes = (self.young.bytes + bytes).saturating_sub(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Heavy(usize);

    impl Weighed for Heavy {
        fn bytes(&self) -> usize {
            self.0 - ENTRY
        }
    }

    /// Of another type, and so another kind.
    struct Light(usize);

    impl Weighed for Light {
        fn bytes(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn what_was_asked_for_of_late_stays_whatever_its_kind() {
        let mut answers = Answers::default();
        let (heavy, light) = (Arc::new(Heavy(AT_MOST / 10)), Arc::new(Light(1)));
        let now = (7, 1);
        answers.keep("light", now, &light);
        for question in 0..100 {
            answers.keep(question, now, &heavy);
            // The first is asked for again and again, and so is one of another kind.
            assert!(answers.get::<_, Heavy>(&0, now).is_some(), "{question}");
            assert!(answers.get::<_, Light>(&"light", now).is_some());
            assert!(answers.young.bytes + answers.old.bytes <= AT_MOST);
        }
        assert!(answers.get::<_, Heavy>(&99, now).is_some());
        assert!(answers.get::<_, Heavy>(&50, now).is_none());
        assert!(answers.get::<_, Heavy>(&99, (8, 1)).is_none());
        assert!(answers.get::<_, Heavy>(&99, (7, 2)).is_none());
        // The same question to another kind of answer.
        assert!(answers.get::<_, Light>(&99, now).is_none());
        // One that is larger than all that may be kept is kept until the next comes.
        answers.keep(1_000, now, &Arc::new(Heavy(AT_MOST)));
        answers.keep(1_001, now, &heavy);
        answers.keep(1_002, now, &Arc::new(Heavy(AT_MOST / 2)));
        answers.keep(1_003, now, &heavy);
        assert!(answers.get::<_, Heavy>(&1_000, now).is_none());
        assert!(answers.get::<_, Heavy>(&1_003, now).is_some());
    }

    #[test]
    fn an_older_answer_does_not_take_the_place_of_a_newer_one() {
        let mut answers = Answers::default();
        answers.keep("question", (7, 2), &Arc::new(vec![2]));
        answers.keep("question", (7, 1), &Arc::new(vec![1]));
        let kept = answers.get::<_, Vec<i32>>(&"question", (7, 2));
        assert_eq!(kept.as_deref(), Some(&vec![2]));
        let bytes = answers.young.bytes;
        answers.keep("question", (8, 0), &Arc::new(vec![3]));
        assert_eq!(answers.young.bytes, bytes, "it is weighed once");
        assert!(answers.get::<_, Vec<i32>>(&"question", (7, 2)).is_none());
        let kept = answers.get::<_, Vec<i32>>(&"question", (8, 0));
        assert_eq!(kept.as_deref(), Some(&vec![3]));
    }
}
