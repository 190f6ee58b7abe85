//! The links of buttons.

use rumbo_meta::templates::{Button, Samples};
use url::Url;

use super::super::place::Spot;
use super::super::rules;
use super::super::text::{Scanned, Written};
use super::policy::SHORTENERS;
use super::{Lint, number};

/// The longest link, in characters.
const LINK: usize = 2000;

/// Sites that are WhatsApp itself.
const WHATSAPP: [&str; 4] = ["wa.me", "whatsapp.com", "whatsapp.net", "wa.link"];

impl Lint<'_> {
    pub(super) fn link(&mut self, spot: Spot, index: usize, button: &Button) {
        let place = spot.button(index, "url");
        let link = button.url.as_deref().unwrap_or_default();
        if link.trim().is_empty() {
            self.found(&rules::LINK_MISSING, place, vec![]);
            return;
        }
        self.length(&rules::LINK_TOO_LONG, &place, link, LINK);
        let scanned = Scanned::of(link);
        let Some(site) = site(&scanned.replaced(|_| "x".to_owned())) else {
            self.invalid(spot, index, link, &scanned);
            return;
        };
        match scanned.variables.as_slice() {
            [] => {}
            [variable] => {
                let before = scanned.slice(0..variable.characters.start);
                let in_domain = !before
                    .split_once("://")
                    .map_or(before.as_str(), |(_, rest)| rest)
                    .contains(['/', '?', '#']);
                let behind = scanned.slice(variable.characters.end..scanned.len());
                let at = place.clone().at(variable.characters.clone());
                if matches!(variable.written, Written::Number(number) if number != 1) {
                    let first = scanned.replaced(|_| "{{1}}".to_owned());
                    let values = vec![("found", variable.shown())];
                    self.mendable(
                        &rules::LINK_VARIABLE_NUMBER,
                        at.clone(),
                        values,
                        |template| {
                            if let Some(component) = spot.of(template)
                                && let Some(button) = component.buttons.get_mut(index)
                            {
                                button.url = Some(first);
                            }
                        },
                    );
                }
                if in_domain {
                    self.found(&rules::LINK_VARIABLE_IN_DOMAIN, at, vec![]);
                } else if !behind.is_empty() {
                    self.found(&rules::LINK_VARIABLE_NOT_LAST, at, vec![("found", behind)]);
                }
                let sampled = button
                    .example
                    .as_ref()
                    .and_then(|samples| Samples::values(samples).first())
                    .is_some_and(|sample| !sample.trim().is_empty());
                if !sampled {
                    self.found(
                        &rules::LINK_SAMPLE_MISSING,
                        spot.button(index, "example"),
                        vec![],
                    );
                }
            }
            several => {
                let values = vec![("count", number(several.len()))];
                self.found(&rules::LINK_TOO_MANY_VARIABLES, place.clone(), values);
            }
        }
        let is_of = |known: &&str| site == *known || site.ends_with(&format!(".{known}"));
        if WHATSAPP.iter().any(is_of) {
            self.found(&rules::LINK_TO_WHATSAPP, place, vec![("found", site)]);
        } else if SHORTENERS.iter().any(is_of) {
            self.found(&rules::LINK_SHORTENED, place, vec![("found", site)]);
        }
    }

    fn invalid(&mut self, spot: Spot, index: usize, link: &str, scanned: &Scanned) {
        let place = spot.button(index, "url");
        let values = vec![("found", link.to_owned())];
        let whole = format!("https://{}", link.trim());
        let plain = format!("https://{}", scanned.replaced(|_| "x".to_owned()).trim());
        let bare = !link.contains(':') && site(&plain).is_some_and(|site| site.contains('.'));
        if bare {
            self.mendable(&rules::LINK_INVALID, place, values, |template| {
                if let Some(component) = spot.of(template)
                    && let Some(button) = component.buttons.get_mut(index)
                {
                    button.url = Some(whole);
                }
            });
        } else {
            self.found(&rules::LINK_INVALID, place, values);
        }
    }
}

/// The site of a whole address.
fn site(link: &str) -> Option<String> {
    if link.contains(char::is_whitespace) {
        return None;
    }
    let url = Url::parse(link).ok()?;
    matches!(url.scheme(), "http" | "https")
        .then(|| url.host_str().map(str::to_lowercase))
        .flatten()
}
