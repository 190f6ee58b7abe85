//! `X-Twilio-Signature`: base64 of HMAC-SHA1 over the whole address and, for a form, its sorted fields;
//! for other bodies the address carries the body's SHA-256 (twilio.com/docs/usage/webhooks/webhooks-security).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use url::Url;

use crate::event::{WebhookRefusal, WebhookRequest};
use crate::settings::{key_of, same};

pub(super) fn verify(request: &WebhookRequest<'_>, token: &str) -> Result<(), WebhookRefusal> {
    let theirs = request
        .headers
        .get("x-twilio-signature")
        .filter(|text| !text.is_empty())
        .ok_or(WebhookRefusal::Unsigned)?;
    let theirs = STANDARD
        .decode(theirs)
        .map_err(|_| WebhookRefusal::BadSignature)?;
    let is_form = request
        .content_type
        .starts_with("application/x-www-form-urlencoded");
    if !is_form && !request.body.is_empty() {
        let url = Url::parse(request.url).map_err(|_| WebhookRefusal::BadSignature)?;
        let hash = url
            .query_pairs()
            .find(|(name, _)| name == "bodySHA256")
            .map(|(_, value)| value.to_ascii_lowercase())
            .ok_or(WebhookRefusal::BadSignature)?;
        if !same(key_of(request.body).as_bytes(), hash.as_bytes()) {
            return Err(WebhookRefusal::BadSignature);
        }
    }
    let fields = if is_form {
        sorted(request.body)
    } else {
        String::new()
    };
    // Twilio signs the address with or without the standard port, depending on the product.
    let matches = with_and_without_port(request.url)
        .iter()
        .any(|url| same(&sign(url, &fields, token), &theirs));
    if matches {
        Ok(())
    } else {
        Err(WebhookRefusal::BadSignature)
    }
}

fn sign(url: &str, fields: &str, token: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else {
        return Vec::new();
    };
    mac.update(url.as_bytes());
    mac.update(fields.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Names and values one after another, sorted by name; a value that is there twice counts once.
fn sorted(body: &[u8]) -> String {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(body).collect();
    pairs.sort();
    pairs.dedup();
    pairs
        .iter()
        .flat_map(|(name, value)| [name.as_ref(), value.as_ref()])
        .collect()
}

fn with_and_without_port(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else {
        return all;
    };
    let port = match scheme {
        "https" => "443",
        _ => "80",
    };
    let (host, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    match host.strip_suffix(&format!(":{port}")) {
        Some(bare) => all.push(format!("{scheme}://{bare}{path}")),
        None if !host.contains(':') => all.push(format!("{scheme}://{host}:{port}{path}")),
        None => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;

    /// The example of Twilio's own documentation ("Validating Signatures from Twilio").
    #[test]
    fn the_documented_example_is_taken_and_a_changed_one_is_not() {
        let headers = BTreeMap::from([(
            "x-twilio-signature".to_owned(),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=".to_owned(),
        )]);
        let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
        let mut request = WebhookRequest {
            url: "https://mycompany.com/myapp.php?foo=1&bar=2",
            content_type: "application/x-www-form-urlencoded",
            headers: &headers,
            body,
            received_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(verify(&request, "12345"), Ok(()));
        assert_eq!(verify(&request, "12346"), Err(WebhookRefusal::BadSignature));
        request.url = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
        assert_eq!(verify(&request, "12345"), Ok(()));
        request.url = "https://mycompany.com/myapp.php?foo=1&bar=3";
        assert_eq!(verify(&request, "12345"), Err(WebhookRefusal::BadSignature));
    }
}
