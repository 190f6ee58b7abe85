//! Authentication templates, whose text is Meta's.

use rumbo_meta::templates::{
    Button, ButtonKind, Component, ComponentKind, OtpKind, SupportedApp, Template,
};

use super::super::place::{Place, Spot};
use super::super::rules;
use super::super::text;
use super::{Lint, number};

/// How many apps may read the code.
const APPS: usize = 5;
/// The longest name of a package, and the length of a hash, in characters.
const PACKAGE: usize = 224;
const HASH: usize = 11;

impl Lint<'_> {
    pub(super) fn authentication(&mut self) {
        // What exists is answered with Meta's own text and button.
        if !self.is_authentication() || self.template.is_answer() {
            return;
        }
        let template = self.template;
        for (index, component) in template.components.iter().enumerate() {
            let spot = Spot::top(index);
            match component.kind {
                ComponentKind::Body => self.fixed_body(spot, component),
                ComponentKind::Footer => self.fixed_footer(spot, component),
                ComponentKind::Buttons | ComponentKind::Other(_) => {}
                _ => {
                    let values = vec![("kind", component.kind.word().to_owned())];
                    let place = spot.place(component, "");
                    self.mendable(
                        &rules::AUTHENTICATION_COMPONENT,
                        place,
                        values,
                        |template| {
                            spot.take_out(template);
                        },
                    );
                }
            }
        }
        self.otp_button();
    }

    fn fixed_body(&mut self, spot: Spot, body: &Component) {
        if body.text.is_some() {
            let place = spot.place(body, "text");
            self.mendable(
                &rules::AUTHENTICATION_BODY_TEXT,
                place,
                vec![],
                |template| {
                    if let Some(body) = spot.of(template) {
                        body.text = None;
                        body.example = None;
                    }
                },
            );
        }
    }

    fn fixed_footer(&mut self, spot: Spot, footer: &Component) {
        if footer.text.is_some() {
            let place = spot.place(footer, "text");
            self.mendable(
                &rules::AUTHENTICATION_FOOTER_TEXT,
                place,
                vec![],
                |template| {
                    if let Some(footer) = spot.of(template) {
                        footer.text = None;
                        if footer.code_expiration_minutes.is_none() {
                            spot.take_out(template);
                        }
                    }
                },
            );
        }
        if let Some(minutes) = footer.code_expiration_minutes
            && !(1..=90).contains(&minutes)
        {
            let mended = minutes.clamp(1, 90);
            let values = vec![
                ("minutes", minutes.to_string()),
                ("mended", mended.to_string()),
            ];
            let place = spot.place(footer, "code_expiration_minutes");
            self.mendable(&rules::CODE_EXPIRATION_RANGE, place, values, |template| {
                if let Some(footer) = spot.of(template) {
                    footer.code_expiration_minutes = Some(mended);
                }
            });
        }
    }

    fn otp_button(&mut self) {
        let is_otp = |button: &Button| button.kind == ButtonKind::Otp;
        let found = self.top_buttons().and_then(|(spot, buttons)| {
            let index = buttons.iter().position(is_otp)?;
            Some((spot, buttons, index))
        });
        let Some((spot, buttons, index)) = found else {
            let place = match self.first(&ComponentKind::Buttons) {
                Some((spot, component)) => spot.place(component, "buttons"),
                None => Place::template("components"),
            };
            self.found(&rules::OTP_MISSING, place, vec![]);
            return;
        };
        if buttons.len() > 1 {
            let place = spot.button(usize::from(index == 0), "");
            self.mendable(
                &rules::AUTHENTICATION_OTHER_BUTTONS,
                place,
                vec![],
                |template| {
                    if let Some(component) = spot.of(template) {
                        let kept = component.buttons.get(index).cloned();
                        component.buttons = kept.into_iter().collect();
                    }
                },
            );
        }
        if let Some(button) = buttons.get(index) {
            self.otp(spot, index, button);
        }
    }

    fn otp(&mut self, spot: Spot, index: usize, button: &Button) {
        let place = |field| spot.button(index, field);
        let autofill = button.autofill_text.as_deref().unwrap_or_default();
        let label = &rules::BUTTON_LABEL_TOO_LONG;
        self.length(
            label,
            &place("autofill_text"),
            autofill,
            super::buttons::LABEL,
        );
        let kind = match &button.otp_type {
            None | Some(OtpKind::Other(_)) => {
                self.found(&rules::OTP_TYPE, place("otp_type"), vec![]);
                return;
            }
            Some(OtpKind::CopyCode) => return,
            Some(kind) => kind,
        };
        let outside = button.package_name.is_some() || button.signature_hash.is_some();
        let mut apps = button.supported_apps.clone();
        if outside {
            let app = SupportedApp {
                package_name: button.package_name.clone().unwrap_or_default(),
                signature_hash: button.signature_hash.clone().unwrap_or_default(),
            };
            apps.push(app.clone());
            let place = place("package_name");
            self.mendable(&rules::OTP_APP_OUTSIDE, place, vec![], |template| {
                if let Some(button) = at(template, spot, index) {
                    button.package_name = None;
                    button.signature_hash = None;
                    if !button.supported_apps.contains(&app) {
                        button.supported_apps.push(app);
                    }
                }
            });
        }
        if apps.is_empty() {
            let values = vec![("kind", kind.word().to_owned())];
            self.found(&rules::OTP_APPS_MISSING, place("supported_apps"), values);
        }
        let count = button.supported_apps.len();
        if count > APPS {
            let values = vec![("count", number(count))];
            self.found(&rules::OTP_TOO_MANY_APPS, place("supported_apps"), values);
        }
        self.apps(spot, index, &apps, button.supported_apps.len());
        if *kind == OtpKind::ZeroTap && button.zero_tap_terms_accepted != Some(true) {
            self.found(&rules::OTP_TERMS, place("zero_tap_terms_accepted"), vec![]);
        }
    }

    /// The apps of a button; those from `listed` on stand outside of the list.
    fn apps(&mut self, spot: Spot, index: usize, apps: &[SupportedApp], listed: usize) {
        for (at, app) in apps.iter().enumerate() {
            let place = |field| {
                let mut place = spot.button(index, field);
                if at < listed {
                    place.pointer = format!(
                        "{}/{at}/{field}",
                        spot.button(index, "supported_apps").pointer
                    );
                }
                place
            };
            if !is_package(&app.package_name) {
                let values = vec![("found", app.package_name.clone())];
                self.found(&rules::OTP_PACKAGE_NAME, place("package_name"), values);
            }
            if !is_hash(&app.signature_hash) {
                let decoded = text::percent_decoded(app.signature_hash.trim());
                let values = vec![
                    ("found", app.signature_hash.clone()),
                    ("mended", decoded.clone()),
                ];
                if is_hash(&decoded) {
                    let place = place("signature_hash");
                    self.mendable(&rules::OTP_SIGNATURE_HASH, place, values, |template| {
                        let Some(button) = self::at(template, spot, index) else {
                            return;
                        };
                        match button.supported_apps.get_mut(at) {
                            Some(app) => app.signature_hash = decoded,
                            None => button.signature_hash = Some(decoded),
                        }
                    });
                } else {
                    self.found(&rules::OTP_SIGNATURE_HASH, place("signature_hash"), values);
                }
            }
            if at < listed && apps.iter().take(at).any(|earlier| earlier == app) {
                let values = vec![("found", app.package_name.clone())];
                self.mendable(
                    &rules::OTP_APP_TWICE,
                    place("package_name"),
                    values,
                    |template| {
                        if let Some(button) = self::at(template, spot, index)
                            && at < button.supported_apps.len()
                        {
                            button.supported_apps.remove(at);
                        }
                    },
                );
            }
        }
    }
}

fn at(template: &mut Template, spot: Spot, index: usize) -> Option<&mut Button> {
    spot.of(template)?.buttons.get_mut(index)
}

/// An Android application ID.
fn is_package(name: &str) -> bool {
    let segments: Vec<&str> = name.split('.').collect();
    name.chars().count() <= PACKAGE
        && segments.len() >= 2
        && segments.iter().all(|segment| {
            segment.starts_with(|c: char| c.is_ascii_alphabetic())
                && segment
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
}

fn is_hash(hash: &str) -> bool {
    hash.chars().count() == HASH
        && hash
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
}
