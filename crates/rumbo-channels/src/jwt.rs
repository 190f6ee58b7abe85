//! The signed token that some providers send beside a webhook: HS256, in `Authorization: Bearer`.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rumbo_base::Secret;
use serde_json::{Map, Value};

use crate::event::{WebhookRefusal, WebhookRequest};

/// The claims of a token whose signature is right. Times are not looked at: the library would take
/// them from the machine's clock, and a webhook is judged by when it came.
pub(crate) fn claims(
    request: &WebhookRequest<'_>,
    secret: &Secret,
) -> Result<Map<String, Value>, WebhookRefusal> {
    let token = request
        .headers
        .get("authorization")
        .and_then(|header| header.strip_prefix("Bearer "))
        .map(str::trim)
        .filter(|token| !token.is_empty())
        .ok_or(WebhookRefusal::Unsigned)?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(secret.expose().as_bytes());
    jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
        .map(|data| data.claims)
        .map_err(|_| WebhookRefusal::BadSignature)
}

/// Refuses a token that says it ran out, or was made longer ago than this.
pub(crate) fn not_older_than(
    claims: &Map<String, Value>,
    received_at: DateTime<Utc>,
    oldest: TimeDelta,
) -> Result<(), WebhookRefusal> {
    let time = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_i64)
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
    };
    if time("exp").is_some_and(|end| end < received_at) {
        return Err(WebhookRefusal::Stale);
    }
    match time("iat") {
        Some(made) if made < received_at - oldest => Err(WebhookRefusal::Stale),
        Some(_) => Ok(()),
        None if time("exp").is_some() => Ok(()),
        None => Err(WebhookRefusal::Stale),
    }
}
