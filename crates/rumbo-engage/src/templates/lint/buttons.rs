//! Buttons: how many, in which order, with which labels.

use rumbo_meta::templates::{Button, ButtonKind, Component, Samples, Template};

use super::super::place::Spot;
use super::super::rules::{self, Rule};
use super::super::text::{self, Scanned};
use super::{Lint, number};

/// How many buttons a template may have, and how many of a kind.
const BUTTONS: usize = 10;
const LINKS: usize = 2;
/// From so many on a message cannot be seen on a computer.
const ON_PHONES_ONLY: usize = 4;
/// The longest label, number and code, in characters.
pub(super) const LABEL: usize = 25;
const PHONE: usize = 20;
const CODE: usize = 15;
/// Fewer digits are no number that can be called from abroad.
const DIGITS: usize = 7;

impl Lint<'_> {
    pub(super) fn buttons(&mut self, spot: Spot, component: &Component) {
        // Meta answers an authentication template with a button of its own making.
        if self.is_authentication() && self.template.is_answer() {
            return;
        }
        let buttons = &component.buttons;
        if buttons.is_empty() {
            self.mendable(
                &rules::BUTTONS_EMPTY,
                spot.place(component, "buttons"),
                vec![],
                |template| {
                    spot.take_out(template);
                },
            );
            return;
        }
        if spot.card.is_none() {
            self.many(spot, component);
        }
        self.order(spot, component);
        for (index, button) in buttons.iter().enumerate() {
            self.button(spot, index, button);
        }
        self.labels_twice(spot, buttons);
    }

    fn many(&mut self, spot: Spot, component: &Component) {
        let buttons = &component.buttons;
        let place = || spot.place(component, "buttons");
        let of = |kind: &ButtonKind| buttons.iter().filter(|button| button.kind == *kind).count();
        let limits: [(&'static Rule, usize, usize); 4] = [
            (&rules::BUTTONS_TOO_MANY, buttons.len(), BUTTONS),
            (&rules::BUTTONS_TOO_MANY_LINKS, of(&ButtonKind::Url), LINKS),
            (
                &rules::BUTTONS_TOO_MANY_PHONES,
                of(&ButtonKind::PhoneNumber),
                1,
            ),
            (&rules::BUTTONS_TOO_MANY_CODES, of(&ButtonKind::CopyCode), 1),
        ];
        for (rule, count, limit) in limits {
            if count > limit {
                self.found(rule, place(), vec![("count", number(count))]);
            }
        }
        let alone = buttons.iter().find(|button| {
            matches!(
                button.kind,
                ButtonKind::Catalog | ButtonKind::MultiProduct | ButtonKind::SingleProduct
            )
        });
        if let Some(button) = alone
            && buttons.len() > 1
        {
            let values = vec![("kind", button.kind.word().to_owned())];
            self.found(&rules::BUTTONS_CATALOG_ALONE, place(), values);
        }
        let replies = of(&ButtonKind::QuickReply);
        let mixed = replies > 0 && replies < buttons.len();
        if buttons.len() >= ON_PHONES_ONLY || mixed {
            self.found(&rules::BUTTONS_ON_PHONES_ONLY, place(), vec![]);
        }
    }

    fn order(&mut self, spot: Spot, component: &Component) {
        let reply = |button: &Button| button.kind == ButtonKind::QuickReply;
        let changes = component
            .buttons
            .windows(2)
            .filter(|pair| matches!(pair, [one, next] if reply(one) != reply(next)))
            .count();
        if changes < 2 {
            return;
        }
        let place = spot.place(component, "buttons");
        self.mendable(&rules::BUTTONS_ORDER, place, vec![], |template| {
            if let Some(component) = spot.of(template) {
                let replies_first = component.buttons.first().is_some_and(reply);
                component
                    .buttons
                    .sort_by_key(|button| reply(button) != replies_first);
            }
        });
    }

    fn button(&mut self, spot: Spot, index: usize, button: &Button) {
        let kind = &button.kind;
        if kind.is_other() {
            // What Meta answers with, Meta knows.
            if !self.template.is_answer() {
                let values = vec![("kind", kind.word().to_owned())];
                self.found(&rules::BUTTON_UNKNOWN, spot.button(index, "type"), values);
            }
            return;
        }
        self.label(spot, index, button);
        match kind {
            ButtonKind::Url => self.link(spot, index, button),
            ButtonKind::PhoneNumber => self.phone(spot, index, button),
            ButtonKind::CopyCode => self.code(spot, index, button),
            ButtonKind::Flow => self.flow(spot, index, button),
            ButtonKind::Otp if !self.is_authentication() => {
                self.found(&rules::OTP_OUTSIDE, spot.button(index, "type"), vec![]);
            }
            _ => {}
        }
    }

    fn label(&mut self, spot: Spot, index: usize, button: &Button) {
        let needed = matches!(
            button.kind,
            ButtonKind::QuickReply | ButtonKind::Url | ButtonKind::PhoneNumber | ButtonKind::Flow
        );
        let place = spot.button(index, "text");
        let label = button.text.as_deref().unwrap_or_default();
        if label.trim().is_empty() {
            if needed {
                self.found(&rules::BUTTON_LABEL_MISSING, place, vec![]);
            }
            return;
        }
        self.length(&rules::BUTTON_LABEL_TOO_LONG, &place, label, LABEL);
        let relabel = |change: fn(&str) -> String| {
            move |template: &mut Template| {
                if let Some(component) = spot.of(template)
                    && let Some(button) = component.buttons.get_mut(index)
                    && let Some(label) = &mut button.text
                {
                    *label = change(label);
                }
            }
        };
        let scanned = Scanned::of(label);
        if let Some(variable) = scanned.variables.first() {
            let values = vec![("found", variable.shown())];
            let place = place.clone().at(variable.characters.clone());
            self.found(&rules::BUTTON_LABEL_VARIABLE, place, values);
        }
        if let Some(at) = label.chars().position(|c| matches!(c, '\n' | '\r')) {
            let place = place.clone().at(at..at + 1);
            self.mendable(
                &rules::BUTTON_LABEL_LINE_BREAK,
                place,
                vec![],
                relabel(text::one_space),
            );
        }
        let emoji = text::emoji(label);
        if let Some((range, _)) = emoji.first() {
            let shown: Vec<&str> = emoji.iter().map(|(_, emoji)| *emoji).collect();
            let values = vec![("found", shown.join(" "))];
            let place = place.clone().at(range.clone());
            self.mendable(
                &rules::BUTTON_LABEL_EMOJI,
                place,
                values,
                relabel(text::without_emoji),
            );
        }
        if let Some(&at) = text::markup(&scanned.plain()).first() {
            let shown: String = label.chars().skip(at).take(1).collect();
            let place = place.at(at..at + 1);
            self.mendable(
                &rules::BUTTON_LABEL_MARKUP,
                place,
                vec![("found", shown)],
                relabel(|label| {
                    let marks = text::markup(&Scanned::of(label).plain());
                    text::without(label, &marks)
                }),
            );
        }
    }

    fn labels_twice(&mut self, spot: Spot, buttons: &[Button]) {
        let plain = |button: &Button| {
            button
                .text
                .as_deref()
                .map(|label| text::one_space(label).to_lowercase())
                .filter(|label| !label.is_empty())
        };
        for (index, button) in buttons.iter().enumerate() {
            let Some(label) = plain(button) else { continue };
            let earlier = buttons
                .iter()
                .take(index)
                .any(|one| plain(one).as_ref() == Some(&label));
            if earlier {
                let values = vec![("found", button.text.clone().unwrap_or_default())];
                self.found(
                    &rules::BUTTON_LABEL_TWICE,
                    spot.button(index, "text"),
                    values,
                );
            }
        }
    }

    fn phone(&mut self, spot: Spot, index: usize, button: &Button) {
        let place = spot.button(index, "phone_number");
        let phone = button.phone_number.as_deref().unwrap_or_default().trim();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            self.found(&rules::PHONE_MISSING, place, vec![]);
            return;
        }
        let count = phone.chars().count();
        if count > PHONE {
            let values = vec![
                ("count", number(count)),
                ("limit", number(PHONE)),
                ("mended", digits.clone()),
            ];
            if digits.len() <= PHONE {
                self.mendable(&rules::PHONE_TOO_LONG, place, values, |template| {
                    if let Some(component) = spot.of(template)
                        && let Some(button) = component.buttons.get_mut(index)
                    {
                        button.phone_number = Some(digits);
                    }
                });
            } else {
                self.found(&rules::PHONE_TOO_LONG, place, values);
            }
            return;
        }
        if digits.len() < DIGITS || digits.starts_with('0') {
            let values = vec![("found", phone.to_owned())];
            self.found(&rules::PHONE_NOT_INTERNATIONAL, place, values);
        }
    }

    fn code(&mut self, spot: Spot, index: usize, button: &Button) {
        if self.template.category.is_some() && !self.is_marketing() && !self.is_authentication() {
            self.found(
                &rules::CODE_NOT_MARKETING,
                spot.button(index, "type"),
                vec![],
            );
        }
        let place = spot.button(index, "example");
        let code = button
            .example
            .as_ref()
            .and_then(|samples| Samples::values(samples).first())
            .map(|code| code.trim())
            .unwrap_or_default();
        if code.is_empty() {
            self.found(&rules::CODE_MISSING, place, vec![]);
            return;
        }
        let count = code.chars().count();
        let of_offer = self.has_offer();
        if count > CODE {
            let rule = if of_offer {
                &rules::OFFER_CODE_TOO_LONG
            } else {
                &rules::CODE_TOO_LONG
            };
            let values = vec![("count", number(count)), ("limit", number(CODE))];
            self.found(rule, place.clone(), values);
        }
        if let Some(strange) = code.chars().find(|c| !c.is_ascii_alphanumeric()) {
            let values = vec![("found", strange.to_string())];
            self.mendable(&rules::CODE_CHARACTERS, place, values, |template| {
                if let Some(component) = spot.of(template)
                    && let Some(button) = component.buttons.get_mut(index)
                    && let Some(samples) = &mut button.example
                {
                    let plain = |code: &String| {
                        let kept = code.chars().filter(char::is_ascii_alphanumeric);
                        kept.collect()
                    };
                    *samples = samples.with(samples.values().iter().map(plain).collect());
                }
            });
        }
    }

    fn flow(&mut self, spot: Spot, index: usize, button: &Button) {
        // Meta answers with the id alone.
        if self.template.is_answer() {
            return;
        }
        let given = |field: &Option<String>| {
            field
                .as_deref()
                .is_some_and(|value| !value.trim().is_empty())
        };
        let fields: Vec<&str> = [
            ("flow_id", given(&button.flow_id)),
            ("flow_name", given(&button.flow_name)),
            ("flow_json", given(&button.flow_json)),
        ]
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(field, _)| field)
        .collect();
        match fields.as_slice() {
            [] => {
                self.found(&rules::FLOW_MISSING, spot.button(index, ""), vec![]);
                return;
            }
            [_] => {}
            _ => {
                let values = vec![("found", fields.join(", "))];
                self.found(&rules::FLOW_TWICE, spot.button(index, ""), values);
            }
        }
        let action = button.flow_action.as_deref().unwrap_or("navigate");
        if action.eq_ignore_ascii_case("navigate") {
            if !given(&button.navigate_screen) {
                let place = spot.button(index, "navigate_screen");
                self.found(&rules::FLOW_SCREEN_MISSING, place, vec![]);
            }
        } else if !action.eq_ignore_ascii_case("data_exchange") {
            let values = vec![("found", action.to_owned())];
            self.found(
                &rules::FLOW_ACTION,
                spot.button(index, "flow_action"),
                values,
            );
        }
    }
}
