//! Which redirect addresses a Meta app may use.

use url::{Host, Url};

use crate::app::App;

/// Meta's own page for programs with a built-in browser.
pub(super) const LOGIN_SUCCESS: &str = "https://www.facebook.com/connect/login_success.html";

/// Whether the app may send people there. In development mode `http://localhost:PORT/…` needs no
/// registration (only that word, not 127.0.0.1); everything else must be registered, letter by
/// letter, and use https.
pub(super) fn is_allowed(app: &App, redirect: &str) -> bool {
    let ledger = app.ledger();
    let own = format!("{}/connect/login_success.html", app.origin);
    if redirect == LOGIN_SUCCESS || redirect == own {
        return true;
    }
    let Ok(url) = Url::parse(redirect) else {
        return false;
    };
    if url.fragment().is_some() || !url.username().is_empty() {
        return false;
    }
    if url.scheme() == "http" {
        return !ledger.switches.live_mode && url.host() == Some(Host::Domain("localhost"));
    }
    url.scheme() == "https"
        && ledger
            .switches
            .redirect_uris
            .iter()
            .any(|known| known == redirect)
}
