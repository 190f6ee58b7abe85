//! Which number means what.
//!
//! Sources: Meta's "Error handling", "Rate limiting" and "Insights error codes" pages (the last
//! of 2026-05-21), and what connectors in production report. The first rule that fits wins.

use super::{ErrorClass, SignInReason};

/// Which subcodes a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subcode {
    /// With any subcode and without.
    Any,
    /// With this one.
    Is(i64),
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// First code it is for.
    pub from: i64,
    /// Last code it is for.
    pub to: i64,
    /// Which subcodes.
    pub subcode: Subcode,
    /// What it calls for.
    pub class: ErrorClass,
    /// What it is.
    pub meaning: &'static str,
}

const fn sub(code: i64, subcode: i64, class: ErrorClass, meaning: &'static str) -> Rule {
    Rule {
        from: code,
        to: code,
        subcode: Subcode::Is(subcode),
        class,
        meaning,
    }
}

const fn any(code: i64, class: ErrorClass, meaning: &'static str) -> Rule {
    range(code, code, class, meaning)
}

const fn range(from: i64, to: i64, class: ErrorClass, meaning: &'static str) -> Rule {
    Rule {
        from,
        to,
        subcode: Subcode::Any,
        class,
        meaning,
    }
}

use ErrorClass::{CallerBug, Permission, Policy, SignIn, Throttle, TooMuchData, Transient};

/// The table. Lines with a subcode come before those without.
pub const RULES: &[Rule] = &[
    // Ask for less.
    sub(100, 1_487_534, TooMuchData, "too many rows or data points"),
    sub(100, 1_504_018, TooMuchData, "synchronous query timed out"),
    sub(2, 1_504_038, TooMuchData, "synchronous query timed out"),
    sub(
        1,
        99,
        TooMuchData,
        "unknown error that smaller queries do not get",
    ),
    // Code 2 looks like trouble on their side, but these two never pass.
    sub(2, 1_504_041, CallerBug, "invalid combination of breakdowns"),
    sub(2, 1_504_042, CallerBug, "invalid custom metrics"),
    // Object unknown, or no access to it.
    sub(100, 33, Permission, "object unknown or not visible"),
    Rule {
        from: i64::MIN,
        to: i64::MAX,
        subcode: Subcode::Is(2_446_289),
        class: Permission,
        meaning: "the account is not set up for this",
    },
    any(2_446_289, Permission, "the account is not set up for this"),
    // The token.
    sub(
        190,
        458,
        SignIn(SignInReason::Revoked),
        "app removed by the person",
    ),
    sub(
        190,
        459,
        SignIn(SignInReason::Checkpoint),
        "account has a checkpoint",
    ),
    sub(
        190,
        460,
        SignIn(SignInReason::PasswordChanged),
        "password changed",
    ),
    sub(190, 463, SignIn(SignInReason::Expired), "token expired"),
    sub(
        190,
        464,
        SignIn(SignInReason::Checkpoint),
        "account not confirmed",
    ),
    sub(190, 467, SignIn(SignInReason::Invalid), "token invalid"),
    sub(
        190,
        492,
        SignIn(SignInReason::PageRoleLost),
        "role on the page lost",
    ),
    sub(
        190,
        493,
        SignIn(SignInReason::Expired),
        "the person was not there for 90 days",
    ),
    any(190, SignIn(SignInReason::Invalid), "token not valid"),
    any(102, SignIn(SignInReason::Invalid), "session not valid"),
    // Throttling, also when `is_transient` says false (17/2446079 always does).
    any(4, Throttle, "app limit"),
    any(17, Throttle, "user or ad account limit"),
    any(32, Throttle, "page limit"),
    any(341, Throttle, "application limit"),
    any(613, Throttle, "custom rate limit"),
    range(80_000, 80_014, Throttle, "business use case limit"),
    // Passes by itself.
    any(-2, Transient, "trouble on their side"),
    any(1, Transient, "unknown error, possibly a passing one"),
    any(2, Transient, "service trouble"),
    any(960, Transient, "a call of the batch timed out"),
    any(2_601, Transient, "the report is not ready"),
    // Not allowed.
    any(3, Permission, "the app may not use this"),
    any(10, Permission, "permission not granted or removed"),
    any(
        104,
        Permission,
        "the app secret's signature is missing or wrong",
    ),
    range(200, 299, Permission, "permission missing"),
    // Blocked.
    any(368, Policy, "blocked for abuse for now"),
    // Our fault.
    any(100, CallerBug, "invalid parameter"),
    any(506, CallerBug, "duplicate"),
    any(2_642, CallerBug, "invalid cursor"),
];

/// The class of a failure by its numbers.
///
/// Where the table does not know the code, or knows it as a fault of the caller without a
/// subcode, `is_transient: true` counts; after that the HTTP status.
pub fn classify(
    code: i64,
    subcode: Option<i64>,
    is_transient: Option<bool>,
    status: u16,
) -> ErrorClass {
    let rule = RULES.iter().find(|rule| {
        (rule.from..=rule.to).contains(&code)
            && match rule.subcode {
                Subcode::Any => true,
                Subcode::Is(wanted) => subcode == Some(wanted),
            }
    });
    match rule {
        Some(Rule {
            class: CallerBug,
            subcode: Subcode::Any,
            ..
        }) if is_transient == Some(true) => Transient,
        Some(rule) => rule.class,
        None if is_transient == Some(true) || status >= 500 => Transient,
        None if status == 429 => Throttle,
        None if status == 401 => SignIn(SignInReason::Invalid),
        None if status == 403 => Permission,
        None => CallerBug,
    }
}
