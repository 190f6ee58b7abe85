//! What Meta asks of one kind of template alone: authentication, offers, carousels, products, Flows.

use serde_json::Value;

use super::check::{Refused, refuse, text_of};
use super::texts::first_text;
use crate::graph::GraphError;

/// Apps that a one-time password may be handed to.
const APPS: usize = 5;

/// The components of an authentication template, and that it has its button.
pub(super) fn authentication(kinds: &[String]) -> Result<(), GraphError> {
    let known = |kind: &String| matches!(kind.as_str(), "BODY" | "FOOTER" | "BUTTONS");
    if !kinds.iter().all(known) {
        return refuse(Refused::Fields);
    }
    if !kinds.iter().any(|kind| kind == "BUTTONS") {
        return refuse(Refused::Buttons);
    }
    Ok(())
}

/// A button for a one-time password.
pub(super) fn one_time_password(button: &Value) -> Result<(), GraphError> {
    let way = text_of(button, "otp_type").to_ascii_uppercase();
    if !matches!(way.as_str(), "COPY_CODE" | "ONE_TAP" | "ZERO_TAP") {
        return refuse(Refused::Buttons);
    }
    if way == "COPY_CODE" {
        return Ok(());
    }
    let accepted = button.get("zero_tap_terms_accepted");
    if way == "ZERO_TAP" && accepted.and_then(Value::as_bool) != Some(true) {
        return refuse(Refused::Buttons);
    }
    let beside = [button.clone()];
    let apps = match button.get("supported_apps").and_then(Value::as_array) {
        Some(apps) => apps.as_slice(),
        // Before version 21 of Graph the one app stood in the button itself.
        None => &beside,
    };
    let fine = |app: &Value| {
        is_package(text_of(app, "package_name")) && is_hash(text_of(app, "signature_hash"))
    };
    if apps.is_empty() || apps.len() > APPS || !apps.iter().all(fine) {
        return refuse(Refused::Buttons);
    }
    Ok(())
}

fn is_package(name: &str) -> bool {
    let is_part = |part: &str| {
        part.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    name.len() <= 224 && name.contains('.') && name.split('.').all(is_part)
}

fn is_hash(hash: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    hash.len() == 11 && hash.bytes().all(fine)
}

/// A button that opens a Flow.
pub(super) fn flow(button: &Value) -> Result<(), GraphError> {
    let named = ["flow_id", "flow_name", "flow_json"]
        .iter()
        .filter(|name| button.get(**name).is_some_and(|it| !it.is_null()))
        .count();
    let action = text_of(button, "flow_action").to_ascii_lowercase();
    let begins = !text_of(button, "navigate_screen").is_empty();
    let fine = match action.as_str() {
        "" | "data_exchange" => true,
        "navigate" => begins,
        _ => false,
    };
    if named != 1 || !fine {
        return refuse(Refused::Buttons);
    }
    Ok(())
}

/// The code that a coupon's button copies.
pub(super) fn code(button: &Value) -> Result<(), GraphError> {
    let code = first_text(button.get("example"));
    match code.chars().count() {
        0 => refuse(Refused::Fields),
        1..=15 if code.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(()),
        1..=15 => refuse(Refused::Buttons),
        _ => refuse(Refused::TooLong),
    }
}

/// Buttons that show products stand alone, beside their own kind of header, in marketing.
pub(super) fn products(
    buttons: &[String],
    header: Option<&str>,
    category: &str,
) -> Result<(), GraphError> {
    let has = |kind: &str| buttons.iter().any(|it| it == kind);
    let (one, several) = (has("SPM"), has("MPM"));
    if (one || several || has("CATALOG")) && buttons.len() > 1 {
        return refuse(Refused::Buttons);
    }
    let headed = (!one || header == Some("PRODUCT")) && (!several || header.is_some());
    if !headed || ((one || several) && category != "MARKETING") {
        return refuse(Refused::Fields);
    }
    Ok(())
}

/// What stands beside an offer that ends.
pub(super) fn offer(
    offer: &Value,
    buttons: &[String],
    header: Option<&str>,
) -> Result<(), GraphError> {
    if !matches!(header, None | Some("IMAGE" | "VIDEO")) {
        return refuse(Refused::Header);
    }
    let counts_down = offer
        .get("limited_time_offer")
        .and_then(|it| it.get("has_expiration"))
        .and_then(Value::as_bool)
        == Some(true);
    match buttons.iter().position(|kind| kind == "COPY_CODE") {
        Some(0) => Ok(()),
        None if !counts_down => Ok(()),
        // In Brazil a request for payment may stand there instead.
        None if buttons.iter().any(|kind| kind == "PAYMENT_REQUEST") => Ok(()),
        _ => refuse(Refused::Buttons),
    }
}

/// The header and the buttons of a card.
pub(super) fn card(header: &str, buttons: &[String]) -> Result<(), GraphError> {
    if !matches!(header, "IMAGE" | "VIDEO" | "PRODUCT") {
        return refuse(Refused::Header);
    }
    let known = |kind: &String| match header {
        "PRODUCT" => matches!(kind.as_str(), "SPM" | "URL"),
        _ => matches!(kind.as_str(), "QUICK_REPLY" | "URL" | "PHONE_NUMBER"),
    };
    if buttons.is_empty() || !buttons.iter().all(known) {
        return refuse(Refused::Buttons);
    }
    if header == "PRODUCT" && buttons.len() > 1 {
        return refuse(Refused::Buttons);
    }
    Ok(())
}
