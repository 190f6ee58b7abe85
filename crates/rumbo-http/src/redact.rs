//! Taking secrets out of whatever may be shown or logged.

use std::borrow::Cow;

use url::Url;

/// What stands in place of a secret.
pub const REDACTED: &str = "<redacted>";

/// Parameters and headers whose values are secrets, in lower case.
const SENSITIVE: [&str; 16] = [
    "access_token",
    "appsecret_proof",
    "authorization",
    "client_secret",
    "code",
    "code_verifier",
    "cookie",
    "fb_exchange_token",
    "id_token",
    "input_token",
    "nonce",
    "password",
    "proxy-authorization",
    "set-cookie",
    "state",
    "batch",
];

/// Whether a parameter or header of this name holds a secret.
pub fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SENSITIVE.contains(&name.as_str()) || name.ends_with("_token") || name.ends_with("_secret")
}

/// The address with the values of secret parameters replaced, and without user and password.
pub fn redact_url(url: &Url) -> String {
    let mut shown = url.clone();
    if !shown.username().is_empty() || shown.password().is_some() {
        // Fails only for addresses that cannot hold them, which then hold none.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
    }
    if shown.fragment().is_some() {
        shown.set_fragment(Some("redacted"));
    }
    if shown.path().split('/').any(is_bot_token) {
        let path: Vec<&str> = shown
            .path()
            .split('/')
            .map(|part| {
                if is_bot_token(part) {
                    "bot-redacted"
                } else {
                    part
                }
            })
            .collect();
        let path = path.join("/");
        shown.set_path(&path);
    }
    let Some(query) = url.query() else {
        return shown.to_string();
    };
    let query: Vec<String> = query.split('&').map(redact_pair).collect();
    shown.set_query(None);
    let text = shown.to_string();
    let (head, fragment) = text
        .split_once('#')
        .map_or((text.as_str(), None), |(h, f)| (h, Some(f)));
    let mut out = format!("{head}?{}", query.join("&"));
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

/// Telegram takes its token as a part of the path: `bot123456:ABC…`.
fn is_bot_token(part: &str) -> bool {
    let Some(rest) = part.strip_prefix("bot") else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).unwrap_or_default();
    digits > 0
        && [":", "%3A", "%3a"]
            .iter()
            .any(|colon| after.starts_with(colon))
}

fn redact_pair(pair: &str) -> String {
    let name = pair.split('=').next().unwrap_or_default();
    let decoded: Cow<'_, str> = url::form_urlencoded::parse(name.as_bytes())
        .next()
        .map_or(Cow::Borrowed(name), |p| p.0);
    // Field expansion and relative addresses may carry a token inside another value.
    let inside = pair.to_ascii_lowercase();
    if is_sensitive(&decoded) || inside.contains("access_token") || inside.contains("secret") {
        format!("{name}={REDACTED}")
    } else {
        pair.to_owned()
    }
}

/// Free text, such as a message of the other side, with everything replaced that looks like a
/// token or follows the name of a secret.
pub fn redact_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_secret_name = false;
    let mut word = String::new();
    let mut flush = |word: &mut String, separator: Option<char>, out: &mut String| {
        if !word.is_empty() {
            if after_secret_name || looks_like_token(word) {
                out.push_str(REDACTED);
                after_secret_name = false;
            } else {
                // Plain English uses "code" and "state" as ordinary words: there only the form
                // `name=value` counts.
                after_secret_name =
                    is_sensitive(word) && (word.contains('_') || separator == Some('='));
                out.push_str(word);
            }
            word.clear();
        }
        if let Some(c) = separator {
            out.push(c);
        }
    };
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '|' | '%') {
            word.push(c);
        } else {
            flush(&mut word, Some(c), &mut out);
        }
    }
    flush(&mut word, None, &mut out);
    out
}

/// Meta's tokens begin with `EAA`; anything long without a break that mixes letters and digits
/// is treated as one too. Plain ids (digits alone) stay: a person needs them.
fn looks_like_token(word: &str) -> bool {
    let letters = word.chars().any(|c| c.is_ascii_alphabetic());
    let digits = word.chars().any(|c| c.is_ascii_digit());
    (word.starts_with("EAA") && word.len() >= 12)
        || (letters && digits && word.len() >= 40)
        || (word.contains('|') && letters && digits && word.len() >= 20)
}

#[cfg(test)]
mod tests;
