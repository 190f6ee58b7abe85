//! How far a provider was asked that lists its messages by time: the time of the newest, and which of
//! those shortly before it were seen. A list by time alone would lose what is listed late, or tell twice
//! what has the same second.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How late a message may come into the list.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// How long statuses of a message that was sent are asked for.
const STATUSES: TimeDelta = TimeDelta::minutes(30);

/// The longest time that is caught up on.
const FURTHEST: TimeDelta = TimeDelta::days(7);

/// How far it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// When the newest message was sent.
    at: DateTime<Utc>,
    /// Messages of the minutes before.
    seen: Vec<String>,
}

impl Asked {
    /// What a cursor says. Without one it begins now: what was written before the channel was added
    /// stays where it is.
    pub fn read(cursor: Option<&str>, now: DateTime<Utc>) -> Self {
        let mut asked: Self = cursor
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(Self {
                at: now,
                seen: Vec::new(),
            });
        asked.at = asked.at.clamp(now - FURTHEST, now);
        asked
    }

    /// Messages from then on have to be listed.
    pub fn messages_since(&self) -> DateTime<Utc> {
        self.at - OVERLAP
    }

    /// What was sent from then on may have news.
    pub fn statuses_since(now: DateTime<Utc>) -> DateTime<Utc> {
        now - STATUSES
    }

    /// Whether a message has not been told yet.
    pub fn is_new(&self, id: &str, at: DateTime<Utc>) -> bool {
        at >= self.messages_since() && !self.seen.iter().any(|seen| seen == id)
    }

    /// Whether a status of one of ours has not been told yet.
    pub fn is_news(&self, status: &str) -> bool {
        !self.seen.iter().any(|seen| seen == status)
    }

    /// How far it was asked once all of these were listed: messages that came in, and statuses of those
    /// that went out, each with when its message was sent.
    pub fn after(
        &self,
        now: DateTime<Utc>,
        messages: &[(String, DateTime<Utc>)],
        statuses: &[(String, DateTime<Utc>)],
    ) -> Self {
        let newest = messages.iter().map(|(_, at)| *at).max();
        let at = newest.map_or(self.at, |newest| newest.max(self.at));
        let messages = messages.iter().filter(|(_, sent)| *sent >= at - OVERLAP);
        let statuses = statuses
            .iter()
            .filter(|(_, sent)| *sent >= Self::statuses_since(now));
        let mut seen: Vec<String> = messages
            .chain(statuses)
            .map(|(key, _)| key.clone())
            .collect();
        seen.sort_unstable();
        seen.dedup();
        Self { at, seen }
    }

    /// The text that is kept.
    pub fn cursor(&self) -> String {
        serde_json::json!({ "at": self.at, "seen": self.seen }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-11-20T12:{minute:02}:00Z").parse().unwrap()
    }

    #[test]
    fn what_is_listed_late_is_told_and_nothing_is_told_twice() {
        let asked = Asked::read(None, at(10));
        assert!(asked.is_new("a", at(10)) && !asked.is_new("old", at(4)));
        let listed = |all: &[(&str, u32)]| -> Vec<(String, DateTime<Utc>)> {
            all.iter()
                .map(|(id, minute)| ((*id).to_owned(), at(*minute)))
                .collect()
        };
        let (both, read) = (listed(&[("a", 10), ("b", 12)]), listed(&[("c READ", 11)]));
        let asked = Asked::read(Some(&asked.after(at(12), &both, &read).cursor()), at(20));
        assert!(!asked.is_new("a", at(10)) && !asked.is_new("b", at(12)));
        assert!(!asked.is_news("c READ") && asked.is_news("c PLAYED"));
        // One that was sent before the newest, and came into the list after it.
        assert!(asked.is_new("late", at(11)));
        // Nothing new leaves it where it is.
        assert_eq!(asked.after(at(20), &both, &read), asked);
        // What lies so far back is not told again, though nobody remembers it.
        let later = asked.after(at(59), &listed(&[("d", 30)]), &[]);
        assert!(!later.is_new("b", at(12)) && !later.is_new("d", at(30)));
        let broken = Asked::read(Some("not a cursor"), at(40));
        assert_eq!(broken, Asked::read(None, at(40)));
    }
}
