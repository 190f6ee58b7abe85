//! Meta's errors by name, one for each class clients must tell apart.

use crate::graph::GraphError;
use crate::tokens::Death;
use crate::usage::throttled;

/// name, HTTP status, code, subcode (0 for none), `is_transient`, message
type Line = (&'static str, u16, i64, i64, Option<bool>, &'static str);

const LINES: &[Line] = &[
    (
        "throttle_app_insights",
        400,
        4,
        1_504_022,
        Some(true),
        "(#4) There have been too many calls from this app. Wait a bit and try again.",
    ),
    (
        "throttle_app_insights_async",
        400,
        4,
        1_504_039,
        Some(true),
        "(#4) There have been too many calls from this app. Wait a bit and try again.",
    ),
    (
        "throttle_page",
        400,
        32,
        0,
        Some(true),
        "(#32) Page request limit reached",
    ),
    (
        "throttle_temporary",
        400,
        341,
        0,
        Some(true),
        "(#341) Feed action request limit reached",
    ),
    (
        "throttle_custom",
        400,
        613,
        1_487_742,
        Some(true),
        "(#613) Calls to this api have exceeded the rate limit.",
    ),
    (
        "throttle_custom_plain",
        400,
        613,
        0,
        None,
        "(#613) Calls to this api have exceeded the rate limit.",
    ),
    (
        "transient_unknown",
        500,
        1,
        0,
        Some(true),
        "An unknown error occurred",
    ),
    (
        "transient_service",
        500,
        2,
        0,
        Some(true),
        "(#2) Service temporarily unavailable",
    ),
    (
        "transient_insights",
        500,
        2,
        1_504_044,
        Some(true),
        "(#2) Service temporarily unavailable",
    ),
    (
        "transient_negative",
        500,
        -2,
        2_490_547,
        Some(true),
        "Query timeout",
    ),
    (
        "transient_report",
        400,
        2_601,
        1_815_107,
        Some(true),
        "(#2601) Error loading async report",
    ),
    (
        "transient_batch",
        400,
        960,
        0,
        None,
        "(#960) Request aborted. This could happen if a dependent request failed or the entire request timed out.",
    ),
    (
        "transient_flag",
        400,
        190_000,
        0,
        Some(true),
        "Please retry your request later.",
    ),
    (
        "unavailable",
        503,
        2,
        0,
        None,
        "(#2) Service temporarily unavailable",
    ),
    (
        "permanent_breakdowns",
        400,
        2,
        1_504_041,
        Some(false),
        "(#2) Invalid breakdowns",
    ),
    (
        "permanent_metrics",
        400,
        2,
        1_504_042,
        Some(false),
        "(#2) Invalid custom metrics",
    ),
    (
        "too_many_rows",
        400,
        100,
        1_487_534,
        Some(false),
        "(#100) There is too much data to return. Please make a smaller call.",
    ),
    (
        "too_slow",
        400,
        100,
        1_504_018,
        Some(false),
        "(#100) Your request timed out. Please try a smaller date range, fewer metrics or an async request.",
    ),
    (
        "too_slow_code_2",
        500,
        2,
        1_504_038,
        Some(false),
        "(#2) Your request timed out. Please try a smaller date range, fewer metrics or an async request.",
    ),
    (
        "reduce_data",
        500,
        1,
        0,
        None,
        "Please reduce the amount of data you're asking for, then retry your request",
    ),
    (
        "unknown_99",
        500,
        1,
        99,
        Some(false),
        "An unknown error occurred",
    ),
    (
        "session_102",
        401,
        102,
        0,
        None,
        "Session key invalid or no longer valid",
    ),
    (
        "permission_capability",
        400,
        3,
        0,
        None,
        "(#3) Application does not have the capability to make this API call.",
    ),
    (
        "permission_denied",
        403,
        10,
        0,
        None,
        "(#10) Application does not have permission for this action",
    ),
    (
        "permission_account",
        403,
        200,
        1_870_034,
        None,
        "(#200) Ad account owner has NOT grant ads_management or ads_read permission",
    ),
    (
        "permission_294",
        403,
        294,
        0,
        None,
        "(#294) Managing advertisements requires an access token with the extended permission for ads_management",
    ),
    (
        "object_unknown",
        400,
        100,
        33,
        None,
        "Unsupported get request. Object with ID '0' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
    ),
    (
        "incorrect_signature",
        400,
        104,
        0,
        None,
        "Incorrect signature",
    ),
    (
        "setup_2446289",
        400,
        2_446_289,
        0,
        None,
        "(#2446289) The ad account is not set up for this call",
    ),
    (
        "bad_parameter",
        400,
        100,
        0,
        None,
        "(#100) Invalid parameter",
    ),
    (
        "cursor_over_limit",
        400,
        100,
        0,
        None,
        "(#100) After Cursor specified exceeds the max limit supported by this endpoint",
    ),
    (
        "cursor_invalid",
        400,
        2_642,
        0,
        None,
        "(#2642) Invalid cursors values",
    ),
    ("duplicate", 400, 506, 0, None, "(#506) Duplicate Post"),
    (
        "policy_block",
        400,
        368,
        0,
        None,
        "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
    ),
];

const THROTTLES: &[(&str, i64)] = &[
    ("throttle_app", 4),
    ("throttle_user", 17),
    ("throttle_insights", 80_000),
    ("throttle_pages", 80_001),
    ("throttle_ads_management", 80_004),
    ("throttle_leadgen", 80_005),
];

fn token_name(death: Death) -> String {
    format!("token_{}", death.subcode())
}

/// Every name there is.
pub(super) fn names() -> impl Iterator<Item = String> {
    THROTTLES
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .chain(LINES.iter().map(|line| line.0.to_owned()))
        .chain(Death::ALL.into_iter().map(token_name))
}

pub(super) fn find(name: &str) -> Option<GraphError> {
    if let Some((_, code)) = THROTTLES.iter().find(|(known, _)| *known == name) {
        return Some(throttled(*code));
    }
    if let Some(death) = Death::ALL
        .into_iter()
        .find(|death| token_name(*death) == name)
    {
        return Some(crate::graph::dead(death));
    }
    let (_, status, code, subcode, transient, message) =
        *LINES.iter().find(|line| line.0 == name)?;
    let error = GraphError {
        status,
        transient,
        ..GraphError::new(code, message)
    };
    Some(if subcode == 0 {
        error
    } else {
        error.with_subcode(subcode)
    })
}
