//! What is made of shapes of actions, once for each.

use rumbo_base::Result;
use rustc_hash::FxHashMap;

use super::ActionMap;
use crate::insights::{ActionShape, CompiledMap};

/// What a map makes of each shape that was met.
#[derive(Debug)]
pub(super) struct ByShape<T> {
    map: CompiledMap,
    places: FxHashMap<Box<str>, usize>,
    made: Vec<(Box<str>, T)>,
    /// The one that was met last: the next is often the same.
    last: usize,
}

impl<T> ByShape<T> {
    pub fn of(map: &ActionMap) -> Self {
        Self {
            map: map.into(),
            places: FxHashMap::default(),
            made: Vec::new(),
            last: 0,
        }
    }

    /// The place of a shape, and what is made of it.
    pub fn find(
        &mut self,
        text: &str,
        make: impl FnOnce(ActionShape, &CompiledMap) -> T,
    ) -> Result<(usize, &T)> {
        let is_last = matches!(self.made.get(self.last), Some((last, _)) if **last == *text);
        if !is_last {
            self.last = match self.places.get(text) {
                Some(known) => *known,
                None => {
                    let made = make(ActionShape::parse(text)?, &self.map);
                    self.places.insert(text.into(), self.made.len());
                    self.made.push((text.into(), made));
                    self.made.len() - 1
                }
            };
        }
        let made = self.made.get(self.last);
        let (_, made) = made.ok_or_else(|| rumbo_base::Error::internal("a shape that is gone"))?;
        Ok((self.last, made))
    }

    pub fn get(&self, nth: usize) -> Option<&T> {
        self.made.get(nth).map(|(_, made)| made)
    }

    pub fn text(&self, nth: usize) -> Option<&str> {
        self.made.get(nth).map(|(text, _)| &**text)
    }
}

pub(super) fn figure(figures: &[i64], at: usize) -> i64 {
    figures.get(at).copied().unwrap_or(0)
}

pub(super) fn sum_at(places: &[usize], figures: &[i64]) -> i64 {
    places.iter().map(|at| figure(figures, *at)).sum()
}
