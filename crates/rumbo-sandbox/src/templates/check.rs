//! What Meta refuses of a template at once, with its numbers. What only a reviewer sees is
//! `review`'s.

use serde_json::{Map, Value};

use super::kinds;
use super::languages::LANGUAGES;
use super::texts::{are_sampled, emoji, first_text, is_marked, without_variables, words};
use crate::graph::GraphError;
use crate::world::message_templates::variables;

/// Characters of a variable's name.
const LONGEST_NAME: usize = 32;

/// Why something is refused: Meta's subcode, title and text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refused {
    Full,
    Blocked,
    Exists,
    State,
    EditedTooOften,
    TooLong,
    Fields,
    Header,
    Buttons,
    Body,
    Footer,
    ButtonUrl,
    Ratio,
    Edge,
}

impl Refused {
    pub(super) fn error(self) -> GraphError {
        let (subcode, person): (i64, &'static (&'static str, &'static str)) = match self {
            Self::Full => (
                2_388_019,
                &(
                    "Message template limit exceeded",
                    "You have reached the limit of message templates for this account.",
                ),
            ),
            Self::Blocked => (
                2_388_023,
                &(
                    "Message Template Language is Being Deleted",
                    "New content can't be added while the existing content is being deleted. Try again in 4 weeks or consider creating a new message template.",
                ),
            ),
            Self::Exists => (
                2_388_024,
                &(
                    "Content in This Language Already Exists",
                    "There is already content for this template. You can create a new template and try again.",
                ),
            ),
            Self::State => (
                2_388_039,
                &(
                    "Message Template Status Can't Be Changed",
                    "The status of this message template does not allow this.",
                ),
            ),
            Self::EditedTooOften => (
                2_388_039,
                &(
                    "Message Template Can't Be Edited",
                    "An approved template can be edited once a day and ten times a month.",
                ),
            ),
            Self::TooLong => (
                2_388_040,
                &(
                    "Character Limit Exceeded",
                    "A field is longer than it may be.",
                ),
            ),
            Self::Fields => (
                2_388_043,
                &(
                    "Message Template \"components\" param is missing expected field(s)",
                    "A component lacks expected fields.",
                ),
            ),
            Self::Header => (
                2_388_047,
                &(
                    "Message Header Format is Incorrect",
                    "The message header can't have new lines, formatting characters, emojis or asterisks.",
                ),
            ),
            Self::Buttons => (
                2_388_060,
                &(
                    "Button Format is Incorrect",
                    "The buttons of the message are not as they must be.",
                ),
            ),
            Self::Body => (
                2_388_072,
                &(
                    "Message Body Format is Incorrect",
                    "The message body is not as it must be.",
                ),
            ),
            Self::Footer => (
                2_388_073,
                &(
                    "Message Footer Format is Incorrect",
                    "The message footer can't have new lines, formatting characters, emojis or variables.",
                ),
            ),
            Self::ButtonUrl => (
                2_388_081,
                &(
                    "Error While Adding Button URL",
                    "The address of a button is not as it must be.",
                ),
            ),
            Self::Ratio => (
                2_388_293,
                &(
                    "This template has too many variables for its length",
                    "Reduce the number of variables or increase the message length.",
                ),
            ),
            Self::Edge => (
                2_388_299,
                &(
                    "Template Variables Can't be at the Start or End",
                    "Variables can't be at the start or end of the template.",
                ),
            ),
        };
        GraphError {
            for_person: Some(person),
            subcode: Some(subcode),
            ..GraphError::parameter("Invalid parameter")
        }
    }
}

pub(super) fn refuse<T>(why: Refused) -> Result<T, GraphError> {
    Err(why.error())
}

pub(super) fn name(name: &str) -> Result<(), GraphError> {
    let fine = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.len() > 512 {
        return refuse(Refused::TooLong);
    }
    if fine {
        return Ok(());
    }
    Err(GraphError::parameter(
        "Param name must match the pattern [a-z0-9_]",
    ))
}

pub(super) fn language(code: &str) -> Result<(), GraphError> {
    if LANGUAGES.contains(&code) {
        return Ok(());
    }
    Err(GraphError::parameter(format!(
        "Param language must be a supported language: {code}"
    )))
}

/// Samples of headers are handles, as the upload gives them. What a list shows is an address, which
/// cannot be given back.
pub(super) fn handles(components: &Value) -> Result<(), GraphError> {
    for component in of(components) {
        let example = component.get("example");
        let handle = first_text(example.and_then(|it| it.get("header_handle")));
        if handle.contains("://") {
            return refuse(Refused::Header);
        }
        let cards = component.get("cards").and_then(Value::as_array);
        for card in cards.into_iter().flatten() {
            handles(card.get("components").unwrap_or(&Value::Null))?;
        }
    }
    Ok(())
}

pub(super) fn category(word: &str) -> Result<(), GraphError> {
    if matches!(word, "MARKETING" | "UTILITY" | "AUTHENTICATION") {
        return Ok(());
    }
    Err(GraphError::parameter(
        "Param category must be one of {UTILITY, MARKETING, AUTHENTICATION}",
    ))
}

/// For how many seconds delivery is tried.
pub(super) fn life(text: &str, category: &str) -> Result<i64, GraphError> {
    let seconds: i64 = text.trim().parse().unwrap_or(i64::MIN);
    let fine = match category {
        "AUTHENTICATION" => (30..=900).contains(&seconds) || seconds == -1,
        "UTILITY" => (30..=43_200).contains(&seconds) || seconds == -1,
        _ => (43_200..=2_592_000).contains(&seconds),
    };
    if fine {
        return Ok(seconds);
    }
    Err(GraphError::parameter(
        "Param message_send_ttl_seconds is outside of the range of the category",
    ))
}

/// Body and footer, by which templates are told apart.
pub(super) fn wording(components: &Value) -> (String, String) {
    let text = |kind: &str| {
        of(components)
            .iter()
            .find(|it| kind_of(it) == kind)
            .and_then(|it| it.get("text"))
            .and_then(Value::as_str)
            .unwrap_or("")
            .trim()
            .to_owned()
    };
    (text("BODY"), text("FOOTER"))
}

fn of(components: &Value) -> &[Value] {
    components.as_array().map_or(&[], Vec::as_slice)
}

fn kind_of(component: &Value) -> String {
    let word = component.get("type").and_then(Value::as_str).unwrap_or("");
    word.to_ascii_uppercase()
}

pub(super) fn text_of<'a>(of: &'a Value, field: &str) -> &'a str {
    of.get(field).and_then(Value::as_str).unwrap_or("")
}

/// Checks components and gives them as Meta answers with them: kinds in capitals.
pub(super) fn components(given: &Value, category: &str, named: bool) -> Result<Value, GraphError> {
    let Some(list) = given.as_array().filter(|list| !list.is_empty()) else {
        return refuse(Refused::Fields);
    };
    let mut kept = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    let offer = list.iter().any(|it| kind_of(it) == "LIMITED_TIME_OFFER");
    let one_product = list
        .iter()
        .filter_map(|it| it.get("buttons").and_then(Value::as_array))
        .flatten()
        .any(|button| kind_of(button) == "SPM");
    let longest = match (one_product, offer) {
        (true, _) => 160,
        (false, true) => 600,
        (false, false) => 1_024,
    };
    for component in list {
        let kind = kind_of(component);
        if kinds.contains(&kind) {
            return refuse(Refused::Fields);
        }
        match kind.as_str() {
            "HEADER" => header(component, category, named)?,
            "BODY" => body(component, category, named, longest)?,
            "FOOTER" if offer => return refuse(Refused::Footer),
            "FOOTER" => footer(component, category)?,
            "BUTTONS" => buttons(component, category, 10)?,
            "CAROUSEL" => carousel(component, category, named)?,
            "LIMITED_TIME_OFFER" => {
                limited(component, category)?;
                kinds::offer(component, &buttons_of(list), format_of(list).as_deref())?;
            }
            "CALL_PERMISSION_REQUEST" | "TAP_TARGET_CONFIGURATION" => {}
            _ => return refuse(Refused::Fields),
        }
        kinds.push(kind);
        kept.push(in_capitals(component));
    }
    if !kinds.iter().any(|kind| kind == "BODY") {
        return refuse(Refused::Fields);
    }
    if category == "AUTHENTICATION" {
        kinds::authentication(&kinds)?;
    }
    kinds::products(&buttons_of(list), format_of(list).as_deref(), category)?;
    Ok(kept.into())
}

/// The kinds of the buttons of a template or a card.
fn buttons_of(components: &[Value]) -> Vec<String> {
    let all = components
        .iter()
        .filter_map(|it| it.get("buttons").and_then(Value::as_array));
    all.flatten().map(kind_of).collect()
}

/// The format of the header of a template or a card, where it has one.
fn format_of(components: &[Value]) -> Option<String> {
    let header = components.iter().find(|it| kind_of(it) == "HEADER")?;
    Some(text_of(header, "format").to_ascii_uppercase())
}

/// The same with the words of kinds and formats in capitals.
fn in_capitals(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    ("type" | "format" | "otp_type", Value::String(word)) => {
                        word.to_ascii_uppercase().into()
                    }
                    ("example", _) => value.clone(),
                    _ => in_capitals(value),
                };
                (name.clone(), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(in_capitals).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

/// The variables of a text, as its template writes them.
fn checked_variables(text: &str, named: bool, why: Refused) -> Result<Vec<String>, GraphError> {
    let found = variables(text);
    let fine = if named {
        found.iter().all(|name| {
            name.len() <= LONGEST_NAME
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && !name.bytes().all(|b| b.is_ascii_digit())
                && text.matches(&format!("{{{{{name}}}}}")).count() == 1
        })
    } else {
        // Each number up to the last, in any order.
        (1..=found.len()).all(|number| found.contains(&number.to_string()))
    };
    let plain = found.iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("{{{{{name}}}}}"), "")
    });
    if !fine || plain.contains("{{") || plain.contains("}}") {
        return refuse(why);
    }
    Ok(found)
}

fn header(component: &Value, category: &str, named: bool) -> Result<(), GraphError> {
    match text_of(component, "format").to_ascii_uppercase().as_str() {
        "TEXT" => {
            let text = text_of(component, "text");
            if text.trim().is_empty() {
                return refuse(Refused::Fields);
            }
            if text.encode_utf16().count() > 60 {
                return refuse(Refused::TooLong);
            }
            let found = checked_variables(text, named, Refused::Header)?;
            let plain = without_variables(text, "");
            let written = text.contains(['\n', '\r']) || is_marked(&plain) || emoji(text) > 0;
            if written || found.len() > 1 {
                return refuse(Refused::Header);
            }
            let by_name = "header_text_named_params";
            if !are_sampled(component, &found, "header_text", by_name, named) {
                return refuse(Refused::Fields);
            }
            Ok(())
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
            let example = component.get("example");
            if first_text(example.and_then(|it| it.get("header_handle"))).is_empty() {
                return refuse(Refused::Fields);
            }
            Ok(())
        }
        "LOCATION" if category == "AUTHENTICATION" => refuse(Refused::Header),
        "LOCATION" | "PRODUCT" => Ok(()),
        _ => refuse(Refused::Header),
    }
}

fn body(component: &Value, category: &str, named: bool, longest: usize) -> Result<(), GraphError> {
    if category == "AUTHENTICATION" {
        // Its text is Meta's own.
        return if component.get("text").is_some() {
            refuse(Refused::Body)
        } else {
            Ok(())
        };
    }
    let text = text_of(component, "text");
    if text.trim().is_empty() {
        return refuse(Refused::Fields);
    }
    if text.encode_utf16().count() > longest {
        return refuse(Refused::TooLong);
    }
    let lines = text.replace("\r\n", "\n");
    if lines.contains("\n\n\n") || text.contains('\t') || text.contains("     ") {
        return refuse(Refused::Body);
    }
    let found = checked_variables(text, named, Refused::Body)?;
    if emoji(text) > 10 || (!found.is_empty() && words(text) == 0) {
        return refuse(Refused::Body);
    }
    let by_name = "body_text_named_params";
    if !are_sampled(component, &found, "body_text", by_name, named) {
        return refuse(Refused::Fields);
    }
    let trimmed = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '{' && c != '}');
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return refuse(Refused::Edge);
    }
    if text.contains("}}{{") || text.contains("}} {{") {
        return refuse(Refused::Body);
    }
    if words(text) < 2 * found.len() + 1 {
        return refuse(Refused::Ratio);
    }
    Ok(())
}

fn footer(component: &Value, category: &str) -> Result<(), GraphError> {
    if category == "AUTHENTICATION" {
        let minutes = component
            .get("code_expiration_minutes")
            .and_then(Value::as_i64);
        return match minutes {
            Some(minutes) if (1..=90).contains(&minutes) => Ok(()),
            _ => refuse(Refused::Footer),
        };
    }
    let text = text_of(component, "text");
    if text.encode_utf16().count() > 60 {
        return refuse(Refused::TooLong);
    }
    let written = text.contains(['\n', '\r']) || is_marked(text) || emoji(text) > 0;
    if text.is_empty() || written || text.contains("{{") {
        return refuse(Refused::Footer);
    }
    Ok(())
}

fn buttons(component: &Value, category: &str, most: usize) -> Result<(), GraphError> {
    let list = component
        .get("buttons")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if list.is_empty() || list.len() > most {
        return refuse(Refused::Buttons);
    }
    let kinds: Vec<String> = list.iter().map(kind_of).collect();
    let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
    if count("URL") > 2 || count("PHONE_NUMBER") > 1 || count("COPY_CODE") > 1 {
        return refuse(Refused::Buttons);
    }
    // Quick replies stand together.
    let runs = kinds
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if (a == "QUICK_REPLY") != (b == "QUICK_REPLY")))
        .count();
    if runs > 1 {
        return refuse(Refused::Buttons);
    }
    let passwords = count("OTP");
    if (category == "AUTHENTICATION") != (passwords > 0) || (passwords > 0 && list.len() > 1) {
        return refuse(Refused::Buttons);
    }
    for (button, kind) in list.iter().zip(&kinds) {
        one_button(button, kind)?;
    }
    Ok(())
}

fn one_button(button: &Value, kind: &str) -> Result<(), GraphError> {
    let label = text_of(button, "text");
    let labelled = !matches!(kind, "COPY_CODE" | "OTP");
    if labelled && label.trim().is_empty() {
        return refuse(Refused::Fields);
    }
    let too_long = |text: &str| text.encode_utf16().count() > 25;
    if too_long(label) || too_long(text_of(button, "autofill_text")) {
        return refuse(Refused::TooLong);
    }
    let written = label.contains("{{") || label.contains(['\n', '\r']);
    if written || is_marked(label) || emoji(label) > 0 {
        return refuse(Refused::Buttons);
    }
    match kind {
        "URL" => address(button),
        "PHONE_NUMBER" => {
            let written = text_of(button, "phone_number");
            let number = written.trim_start_matches('+');
            if written.len() > 20 {
                return refuse(Refused::TooLong);
            }
            let fine = |b: u8| b.is_ascii_digit() || b" -().".contains(&b);
            if !number.bytes().any(|b| b.is_ascii_digit()) || !number.bytes().all(fine) {
                return refuse(Refused::Buttons);
            }
            Ok(())
        }
        "COPY_CODE" => kinds::code(button),
        "OTP" => kinds::one_time_password(button),
        "FLOW" => kinds::flow(button),
        "QUICK_REPLY"
        | "MPM"
        | "SPM"
        | "CATALOG"
        | "VOICE_CALL"
        | "ORDER_DETAILS"
        | "PAYMENT_REQUEST"
        | "REQUEST_CONTACT_INFO"
        | "APP" => Ok(()),
        _ => refuse(Refused::Buttons),
    }
}

/// The address of a button.
fn address(button: &Value) -> Result<(), GraphError> {
    let address = text_of(button, "url");
    if address.encode_utf16().count() > 2_000 {
        return refuse(Refused::TooLong);
    }
    let below = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let Some(host) = below.and_then(|rest| rest.split('/').next()) else {
        return refuse(Refused::ButtonUrl);
    };
    let to_whatsapp = host.ends_with("wa.me") || host.ends_with("whatsapp.com");
    let found = variables(address);
    let counted = found
        .iter()
        .all(|name| name == "1" || name.parse::<u64>().is_err());
    if to_whatsapp || found.len() > 1 || !(found.is_empty() || address.ends_with("}}")) || !counted
    {
        return refuse(Refused::ButtonUrl);
    }
    if host.is_empty() || host.contains("{{") || address.contains(char::is_whitespace) {
        return refuse(Refused::ButtonUrl);
    }
    if !found.is_empty() && first_text(button.get("example")).is_empty() {
        return refuse(Refused::Fields);
    }
    Ok(())
}

fn carousel(component: &Value, category: &str, named: bool) -> Result<(), GraphError> {
    let cards = component
        .get("cards")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if !(2..=10).contains(&cards.len()) || category != "MARKETING" {
        return refuse(Refused::Fields);
    }
    let mut shape: Option<Vec<String>> = None;
    for card in cards {
        let parts = of(card.get("components").unwrap_or(&Value::Null));
        let mut own = Vec::new();
        for part in parts {
            let kind = kind_of(part);
            match kind.as_str() {
                "HEADER" => header(part, category, named)?,
                "BODY" => body(part, category, named, 160)?,
                "BUTTONS" => buttons(part, category, 2)?,
                _ => return refuse(Refused::Fields),
            }
            own.push(kind);
        }
        let (format, kinds) = (format_of(parts).unwrap_or_default(), buttons_of(parts));
        kinds::card(&format, &kinds)?;
        own.push(format);
        own.extend(kinds);
        if !own.iter().any(|kind| kind == "HEADER") || shape.as_ref().is_some_and(|it| *it != own) {
            return refuse(Refused::Fields);
        }
        shape = Some(own);
    }
    Ok(())
}

fn limited(component: &Value, category: &str) -> Result<(), GraphError> {
    let text = component
        .get("limited_time_offer")
        .map_or("", |offer| text_of(offer, "text"));
    if category != "MARKETING" || text.is_empty() {
        return refuse(Refused::Fields);
    }
    if text.encode_utf16().count() > 16 {
        return refuse(Refused::TooLong);
    }
    Ok(())
}
