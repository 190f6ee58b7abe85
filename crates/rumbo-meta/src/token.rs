//! How a stored token stands.

use chrono::{DateTime, TimeDelta, Utc};

/// From this long before its end on a token counts as expiring and is renewed.
pub const RENEW_BEFORE: TimeDelta = TimeDelta::days(7);

/// A renewal that did not help is tried again after this long, not before.
pub const RENEW_EVERY: TimeDelta = TimeDelta::days(1);

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Good.
    Connected,
    /// Ends within seven days.
    Expiring,
    /// Over, or its access to data is.
    Expired,
    /// Withdrawn at Meta, or the password was changed.
    Revoked,
    /// Good, but a required permission was not granted.
    MissingScope,
    /// There is none.
    Missing,
}

/// What is known of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFacts {
    /// `None`: it does not run out by time.
    pub expires_at: Option<DateTime<Utc>>,
    /// Access to data may run out although the token does not.
    pub data_access_expires_at: Option<DateTime<Utc>>,
    /// Meta said that it is not valid any more.
    pub revoked: bool,
    /// A required permission was not granted.
    pub misses_scope: bool,
}

impl TokenFacts {
    /// The earlier of the two ends.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        [self.expires_at, self.data_access_expires_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether access to data ends before the token does. A longer token does not prolong it: only
    /// the person, by signing in again.
    pub fn data_access_ends_first(&self) -> bool {
        self.data_access_expires_at
            .is_some_and(|data| self.expires_at.is_none_or(|expires| data <= expires))
    }
}

/// Whether the token is to be exchanged for a longer one: it ends by itself within seven days, has
/// not ended yet, and no attempt was made in the last day.
pub fn renewal_due(
    facts: &TokenFacts,
    last_attempt: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let ends_soon = facts
        .expires_at
        .is_some_and(|end| end > now && end - now <= RENEW_BEFORE);
    // An attempt in the future was dated by a clock that was wrong.
    let tried = last_attempt.is_some_and(|at| at <= now && now - at < RENEW_EVERY);
    ends_soon && !facts.revoked && !tried
}

/// The state of a token at an instant; `None` stands for no token.
///
/// What stops work comes first: revoked, expired, then expiring before a missing permission,
/// because a new sign-in settles both.
pub fn token_state(facts: Option<&TokenFacts>, now: DateTime<Utc>) -> TokenState {
    let Some(facts) = facts else {
        return TokenState::Missing;
    };
    if facts.revoked {
        return TokenState::Revoked;
    }
    match facts.ends_at() {
        Some(end) if end <= now => TokenState::Expired,
        Some(end) if end - now <= RENEW_BEFORE => TokenState::Expiring,
        _ if facts.misses_scope => TokenState::MissingScope,
        _ => TokenState::Connected,
    }
}

/// Whole days until the token ends; 0 on its last day and after.
pub fn days_left(facts: &TokenFacts, now: DateTime<Utc>) -> Option<u32> {
    facts
        .ends_at()
        .map(|end| u32::try_from((end - now).num_days()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_in_its_last_week_once_a_day_and_never_for_its_access_to_data() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let ends = |hours: i64| TokenFacts {
            expires_at: Some(now + TimeDelta::hours(hours)),
            data_access_expires_at: Some(now + TimeDelta::days(400)),
            ..TokenFacts::default()
        };
        let due = |facts: TokenFacts| renewal_due(&facts, None, now);
        assert!(!due(ends(7 * 24 + 1)));
        assert!(due(ends(7 * 24)) && due(ends(1)));
        assert!(!due(ends(0)), "Meta renews nothing that has ended");
        assert!(!due(TokenFacts {
            revoked: true,
            ..ends(5)
        }));
        let ago = |hours: i64| renewal_due(&ends(5), Some(now - TimeDelta::hours(hours)), now);
        assert!(!ago(0) && !ago(23) && ago(24));
        assert!(ago(-3), "a clock that was ahead stops nothing");
        let data_only = TokenFacts {
            data_access_expires_at: Some(now + TimeDelta::days(2)),
            ..ends(30 * 24)
        };
        assert!(!due(data_only));
        assert!(data_only.data_access_ends_first());
        assert!(!ends(30 * 24).data_access_ends_first());
        assert!(!TokenFacts::default().data_access_ends_first());
    }

    #[test]
    fn each_state_begins_when_it_should() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let ends = |days: i64, seconds: i64| TokenFacts {
            expires_at: Some(now + TimeDelta::days(days) + TimeDelta::seconds(seconds)),
            ..TokenFacts::default()
        };
        let state = |facts: TokenFacts| token_state(Some(&facts), now);
        assert_eq!(token_state(None, now), TokenState::Missing);
        assert_eq!(
            state(TokenFacts::default()),
            TokenState::Connected,
            "no end"
        );
        assert_eq!(state(ends(7, 1)), TokenState::Connected);
        assert_eq!(state(ends(7, 0)), TokenState::Expiring);
        assert_eq!(state(ends(0, 1)), TokenState::Expiring);
        assert_eq!(state(ends(0, 0)), TokenState::Expired);
        let data_over = TokenFacts {
            data_access_expires_at: Some(now),
            ..ends(50, 0)
        };
        assert_eq!(state(data_over), TokenState::Expired);
        assert_eq!(
            state(TokenFacts {
                revoked: true,
                ..ends(50, 0)
            }),
            TokenState::Revoked
        );
        assert_eq!(
            state(TokenFacts {
                misses_scope: true,
                ..ends(50, 0)
            }),
            TokenState::MissingScope
        );
        assert_eq!(
            state(TokenFacts {
                misses_scope: true,
                ..ends(3, 0)
            }),
            TokenState::Expiring
        );
        assert_eq!(days_left(&ends(3, 5), now), Some(3));
        assert_eq!(days_left(&ends(-3, 0), now), Some(0));
        assert_eq!(days_left(&TokenFacts::default(), now), None);
    }
}
