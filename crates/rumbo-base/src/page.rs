//! One page of a long list: how many rows are read for it, where it begins, and where the next
//! one does.

use std::{fmt::Display, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Code, Error, Reason, Result};

/// Rows of a page at most.
const LARGEST: u32 = 1_000;

/// Which page is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, specta::Type)]
pub struct PageRequest {
    /// Rows at most; 100 when absent, 1,000 at most.
    pub limit: Option<u32>,
    /// The `next` of the page before; the first page when absent.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// The first page, as large as one may be: for what reads a list to its end.
    pub fn largest() -> Self {
        Self {
            limit: Some(LARGEST),
            cursor: None,
        }
    }

    /// Rows at most, inside the bounds.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(100).clamp(1, LARGEST)
    }

    /// How many rows to read for [`PageRequest::cut`]: one more than the page holds, which tells
    /// whether another page follows.
    pub fn wanted(&self) -> i64 {
        i64::from(self.limit()) + 1
    }

    /// Where the page begins: `first` without a cursor, else what `read` makes of it.
    ///
    /// # Errors
    /// `InvalidInput` for a cursor of which `read` makes nothing: it is one of another list.
    pub fn place<P>(&self, first: P, read: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        self.cursor.as_deref().map_or(Ok(first), |cursor| {
            read(cursor).ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    "This page does not exist any more. Start the list again.",
                )
                .reason(Reason::PageGone)
                .field("cursor")
            })
        })
    }

    /// Where a page begins of a list that stands newest first: behind this instant and, within
    /// it, behind this id. [`instant_cursor`] writes the cursor.
    ///
    /// # Errors
    /// As of [`PageRequest::place`].
    pub fn before(&self) -> Result<(DateTime<Utc>, Uuid)> {
        let newest = (DateTime::from_timestamp_nanos(i64::MAX), Uuid::max());
        self.place(newest, two_parts)
    }

    /// The page of the rows that were read, at most [`PageRequest::wanted`]; `cursor` says where
    /// the next page begins, from the last row that is kept.
    pub fn cut<T>(&self, mut rows: Vec<T>, cursor: impl FnOnce(&T) -> String) -> Page<T> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Page {
            next: rows.last().filter(|_| more).map(cursor),
            rows,
            total: None,
        }
    }
}

/// The cursor behind a row of a list that stands newest first, then by id.
pub fn instant_cursor(at: DateTime<Utc>, id: impl Display) -> String {
    format!("{}|{id}", at.to_rfc3339())
}

/// The two parts of a cursor with a bar between them; the second may hold bars itself.
pub fn two_parts<A: FromStr, B: FromStr>(cursor: &str) -> Option<(A, B)> {
    let (first, second) = cursor.split_once('|')?;
    first.parse().ok().zip(second.parse().ok())
}

/// Rows, and where to go on.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Opaque. Absent on the last page.
    pub next: Option<String>,
    /// How many rows there are in all, where it is cheap to know.
    pub total: Option<u32>,
}

impl<T> Page<T> {
    /// The same page with each row made into something else.
    pub fn map<U>(self, read: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(read).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(limit: Option<u32>) -> PageRequest {
        PageRequest {
            limit,
            cursor: None,
        }
    }

    #[test]
    fn limits_stay_inside_their_bounds() {
        let limits = [None, Some(0), Some(1), Some(1_000), Some(1_001)];
        let held = limits.map(|limit| asked(limit).limit());
        assert_eq!(held, [100, 1, 1, 1_000, 1_000]);
        assert_eq!(asked(Some(u32::MAX)).wanted(), 1_001);
        assert_eq!(PageRequest::largest().limit(), 1_000);
    }

    #[test]
    fn a_page_that_is_not_full_is_the_last() {
        let page = asked(Some(3)).cut(vec![1, 2], ToString::to_string);
        assert_eq!((page.rows, page.next), (vec![1, 2], None));
        let none = asked(None).cut(Vec::<i64>::new(), ToString::to_string);
        assert_eq!((none.rows, none.next), (vec![], None));
    }

    #[test]
    fn a_page_that_is_exactly_full_is_the_last() {
        let page = asked(Some(2)).cut(vec![1, 2], ToString::to_string);
        assert_eq!((page.rows, page.next), (vec![1, 2], None));
    }

    #[test]
    fn one_row_more_is_cut_and_the_last_kept_one_is_the_cursor() {
        let page = asked(Some(2)).cut(vec![1, 2, 3], ToString::to_string);
        assert_eq!((page.rows, page.next), (vec![1, 2], Some("2".to_owned())));
        // A page of none is one of a single row.
        let page = asked(Some(0)).cut(vec![1, 2], ToString::to_string);
        assert_eq!((page.rows, page.next), (vec![1], Some("1".to_owned())));
    }

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let list: Vec<u32> = (1..=7).collect();
        let mut page = asked(Some(3));
        let mut found = Vec::new();
        loop {
            let after: u32 = page.place(0, |cursor| cursor.parse().ok()).unwrap();
            let wanted = usize::try_from(page.wanted()).unwrap();
            let rows = list.iter().copied().filter(|row| *row > after).take(wanted);
            let read = page.cut(rows.collect(), ToString::to_string);
            found.push(read.rows);
            match read.next {
                Some(next) => page.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
    }

    #[test]
    fn an_instant_and_an_id_come_back_as_they_were() {
        let newest = asked(None).before().unwrap();
        assert_eq!(newest.1, Uuid::max());
        let at: DateTime<Utc> = "2026-03-01T10:20:30.123456Z".parse().unwrap();
        let id = Uuid::from_u128(7);
        let page = PageRequest {
            limit: None,
            cursor: Some(instant_cursor(at, id)),
        };
        assert_eq!(page.before().unwrap(), (at, id));
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        for cursor in ["", "x", "2026-03-01|7", "|"] {
            let page = PageRequest {
                limit: None,
                cursor: Some(cursor.to_owned()),
            };
            let refused = page.before().unwrap_err();
            assert_eq!(refused.code(), Code::InvalidInput);
            assert_eq!(refused.reason_id(), Some(Reason::PageGone));
        }
    }

    #[test]
    fn the_second_part_of_a_cursor_may_hold_bars() {
        let parts: Option<(u8, String)> = two_parts("1|a|b");
        assert_eq!(parts, Some((1, "a|b".to_owned())));
    }

    #[test]
    fn rows_change_and_the_place_stays() {
        let page = asked(Some(1)).cut(vec![1, 2], ToString::to_string);
        let page = page.map(|row| row * 10);
        assert_eq!((page.rows, page.next), (vec![10], Some("1".to_owned())));
    }
}
