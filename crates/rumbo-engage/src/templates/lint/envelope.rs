//! Name, language, category, and the parts as a whole.

use rumbo_meta::templates::{Category, ComponentKind, ParameterFormat};

use super::super::languages::{LANGUAGES, meant};
use super::super::place::{Place, Spot};
use super::super::rules;
use super::super::text;
use super::{Lint, number};

/// The longest name, in characters.
const NAME: usize = 512;

/// Categories of before 2023 and of other systems, and Meta's for the same. Meta's
/// own old names of what is now UTILITY still come back for old templates.
const OLD_CATEGORIES: [(&str, Category); 18] = [
    ("TRANSACTIONAL", Category::Utility),
    ("NOTIFICATION", Category::Utility),
    ("SUPPORT", Category::Utility),
    ("ACCOUNT_UPDATE", Category::Utility),
    ("ALERT_UPDATE", Category::Utility),
    ("APPOINTMENT_UPDATE", Category::Utility),
    ("AUTO_REPLY", Category::Utility),
    ("ISSUE_RESOLUTION", Category::Utility),
    ("PAYMENT_UPDATE", Category::Utility),
    ("PERSONAL_FINANCE_UPDATE", Category::Utility),
    ("RESERVATION_UPDATE", Category::Utility),
    ("SHIPPING_UPDATE", Category::Utility),
    ("TICKET_UPDATE", Category::Utility),
    ("TRANSPORTATION_UPDATE", Category::Utility),
    ("PROMOTIONAL", Category::Marketing),
    ("PROMOTION", Category::Marketing),
    ("OTP", Category::Authentication),
    ("VERIFICATION", Category::Authentication),
];

/// Seconds that a time to live may have, in each category.
fn lifetimes(category: &Category) -> Option<(i64, i64, bool)> {
    match category {
        Category::Authentication => Some((30, 900, true)),
        Category::Utility => Some((30, 43_200, true)),
        Category::Marketing => Some((43_200, 2_592_000, false)),
        Category::Other(_) => None,
    }
}

impl Lint<'_> {
    pub(super) fn envelope(&mut self) {
        self.name();
        self.language();
        self.category();
        self.parameter_format();
        self.time_to_live();
        self.parts();
    }

    fn name(&mut self) {
        let name = &self.template.name;
        let place = Place::template("name");
        if name.trim().is_empty() {
            self.found(&rules::NAME_MISSING, place, vec![]);
            return;
        }
        let count = name.chars().count();
        if count > NAME {
            let values = vec![("count", number(count))];
            self.mendable(&rules::NAME_TOO_LONG, place.clone(), values, |template| {
                template.name = template.name.chars().take(NAME).collect();
            });
        }
        let right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if let Some(at) = name.chars().position(|c| !right(c)) {
            let plain = text::plain_name(name);
            let values = vec![("name", name.clone()), ("mended", plain.clone())];
            let place = place.at(at..at + 1);
            if plain.is_empty() {
                self.found(&rules::NAME_CHARACTERS, place, values);
            } else {
                self.mendable(&rules::NAME_CHARACTERS, place, values, |template| {
                    template.name = plain;
                });
            }
        } else if name == "test" {
            self.found(&rules::NAME_TEST, place, vec![]);
        }
    }

    fn language(&mut self) {
        let language = &self.template.language;
        let place = Place::template("language");
        if language.trim().is_empty() {
            self.found(&rules::LANGUAGE_MISSING, place, vec![]);
        } else if !LANGUAGES.contains(&language.as_str()) {
            let values = vec![("language", language.clone())];
            match meant(language) {
                Some(code) => {
                    let values = [values, vec![("mended", code.to_owned())]].concat();
                    self.mendable(&rules::LANGUAGE_UNKNOWN, place, values, |template| {
                        code.clone_into(&mut template.language);
                    });
                }
                None => self.found(&rules::LANGUAGE_UNKNOWN, place, values),
            }
        }
    }

    fn category(&mut self) {
        let place = Place::template("category");
        match &self.template.category {
            None => self.found(&rules::CATEGORY_MISSING, place, vec![]),
            Some(Category::Other(word)) => {
                let values = vec![("category", word.clone())];
                let known = OLD_CATEGORIES
                    .into_iter()
                    .find(|(old, _)| word.trim().eq_ignore_ascii_case(old));
                match known {
                    Some((_, category)) => {
                        let values =
                            [values, vec![("mended", category.word().to_owned())]].concat();
                        self.mendable(&rules::CATEGORY_UNKNOWN, place, values, |template| {
                            template.category = Some(category);
                        });
                    }
                    None => self.found(&rules::CATEGORY_UNKNOWN, place, values),
                }
            }
            Some(_) => {}
        }
    }

    fn parameter_format(&mut self) {
        let Some(ParameterFormat::Other(word)) = &self.template.parameter_format else {
            return;
        };
        let place = Place::template("parameter_format");
        let values = vec![("format", word.clone())];
        let (numbered, named) = self.variables_written();
        let format = match (numbered.is_some(), named.is_some()) {
            (true, true) => {
                self.found(&rules::PARAMETER_FORMAT_UNKNOWN, place, values);
                return;
            }
            (_, false) => ParameterFormat::Positional,
            (false, true) => ParameterFormat::Named,
        };
        let values = [values, vec![("mended", format.word().to_owned())]].concat();
        self.mendable(
            &rules::PARAMETER_FORMAT_UNKNOWN,
            place,
            values,
            |template| {
                template.parameter_format = Some(format);
            },
        );
    }

    fn time_to_live(&mut self) {
        let (Some(seconds), Some(category)) = (
            self.template.message_send_ttl_seconds,
            &self.template.category,
        ) else {
            return;
        };
        let Some((least, most, whole_month)) = lifetimes(category) else {
            return;
        };
        let place = Place::template("message_send_ttl_seconds");
        // -1 asks for 30 days.
        let possible = (least..=most).contains(&seconds) || (whole_month && seconds == -1);
        if !possible {
            let mended = seconds.clamp(least, most);
            let values = vec![
                ("seconds", seconds.to_string()),
                ("category", category.word().to_owned()),
                ("least", least.to_string()),
                ("most", most.to_string()),
                ("mended", mended.to_string()),
            ];
            self.mendable(&rules::TTL_RANGE, place, values, |template| {
                template.message_send_ttl_seconds = Some(mended);
            });
            return;
        }
        let minutes = self
            .first(&ComponentKind::Footer)
            .and_then(|(_, footer)| footer.code_expiration_minutes)
            .filter(|minutes| (1..=90).contains(minutes));
        if *category == Category::Authentication
            && let Some(minutes) = minutes
            && seconds > minutes * 60
        {
            let mended = (minutes * 60).clamp(least, most);
            let values = vec![
                ("seconds", seconds.to_string()),
                ("minutes", minutes.to_string()),
                ("mended", mended.to_string()),
            ];
            self.mendable(&rules::TTL_LONGER_THAN_CODE, place, values, |template| {
                template.message_send_ttl_seconds = Some(mended);
            });
        }
    }

    fn parts(&mut self) {
        let components = &self.template.components;
        if self.first(&ComponentKind::Body).is_none() {
            self.found(&rules::BODY_MISSING, Place::template("components"), vec![]);
        }
        for (index, component) in components.iter().enumerate() {
            let spot = Spot::top(index);
            let kind = &component.kind;
            let earlier = components
                .iter()
                .take(index)
                .any(|other| other.kind == *kind);
            if kind.is_other() {
                // What Meta answers with, Meta knows.
                if self.template.is_answer() {
                    continue;
                }
                let values = vec![("kind", kind.word().to_owned())];
                self.found(
                    &rules::COMPONENT_UNKNOWN,
                    spot.place(component, "type"),
                    values,
                );
            } else if earlier {
                let values = vec![("kind", kind.word().to_owned())];
                self.found(&rules::COMPONENT_TWICE, spot.place(component, ""), values);
            }
        }
    }
}
