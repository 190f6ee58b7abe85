//! Header, body and footer: how long, and written how.

use rumbo_meta::templates::{ButtonKind, Category, Component, ComponentKind, HeaderFormat};

use super::super::place::{Place, Spot};
use super::super::rules::{self, Rule};
use super::super::text::{self, Scanned};
use super::policy::SHORTENERS;
use super::{Lint, number};

/// The longest header and footer, in characters.
const HEADER: usize = 60;
const FOOTER: usize = 60;
/// The longest body, beside what.
const BODY: usize = 1024;
const BODY_OF_OFFER: usize = 600;
const BODY_OF_PRODUCT: usize = 160;
const BODY_OF_CARD: usize = 160;
/// How many emoji a body may have, and in a utility template for WhatsApp Manager.
const EMOJI: usize = 10;
const EMOJI_IN_UTILITY: usize = 6;

/// What a sample file of a header ends in, where it is given as an address.
fn endings(format: &HeaderFormat) -> &'static [&'static str] {
    match format {
        HeaderFormat::Image => &[".jpg", ".jpeg", ".png"],
        HeaderFormat::Video | HeaderFormat::Gif => &[".mp4"],
        HeaderFormat::Document => &[".pdf"],
        _ => &[],
    }
}

impl Lint<'_> {
    pub(super) fn header(&mut self, spot: Spot, header: &Component) {
        // Meta answers an authentication template with texts of its own.
        if self.is_authentication() {
            return;
        }
        let place = |field| spot.place(header, field);
        match &header.format {
            None if header.text.is_some() => {
                self.mendable(
                    &rules::HEADER_FORMAT_MISSING,
                    place("format"),
                    vec![],
                    |template| {
                        if let Some(header) = spot.of(template) {
                            header.format = Some(HeaderFormat::Text);
                        }
                    },
                );
            }
            None => self.found(&rules::HEADER_FORMAT_MISSING, place("format"), vec![]),
            // What Meta answers with, Meta knows.
            Some(HeaderFormat::Other(_)) if self.template.is_answer() => {}
            Some(HeaderFormat::Other(word)) => {
                let values = vec![("format", word.clone())];
                self.found(&rules::HEADER_FORMAT_UNKNOWN, place("format"), values);
            }
            Some(HeaderFormat::Text) => self.header_text(spot, header),
            Some(
                format @ (HeaderFormat::Image
                | HeaderFormat::Video
                | HeaderFormat::Gif
                | HeaderFormat::Document),
            ) => self.header_media(spot, header, format),
            Some(HeaderFormat::Location | HeaderFormat::Product) => {}
        }
    }

    fn header_text(&mut self, spot: Spot, header: &Component) {
        let place = spot.place(header, "text");
        let text = header.text.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            self.mendable(&rules::HEADER_TEXT_MISSING, place, vec![], |template| {
                spot.take_out(template);
            });
            return;
        }
        self.length(&rules::HEADER_TOO_LONG, &place, text, HEADER);
        self.one_line(&rules::HEADER_LINE_BREAK, &place, text, spot);
        let scanned = Scanned::of(text);
        self.no_emoji(&rules::HEADER_EMOJI, &place, text, spot);
        self.no_markup(&rules::HEADER_MARKUP, &place, text, &scanned, spot);
        let count = scanned.distinct().len();
        if count > 1 {
            let values = vec![("count", number(count))];
            self.found(&rules::HEADER_TOO_MANY_VARIABLES, place, values);
        }
        self.variables(spot, header, &scanned);
        self.samples(spot, header, &scanned);
    }

    fn header_media(&mut self, spot: Spot, header: &Component, format: &HeaderFormat) {
        if *format == HeaderFormat::Gif && !self.is_marketing() {
            self.found(&rules::HEADER_GIF, spot.place(header, "format"), vec![]);
        }
        // What exists was given its sample, and Meta answers with the sample's address.
        if self.template.is_answer() {
            return;
        }
        let example = header.example.as_ref();
        let given = |samples: Option<&rumbo_meta::templates::Samples>| {
            samples
                .and_then(|samples| samples.values().first())
                .filter(|value| !value.trim().is_empty())
                .cloned()
        };
        let handle = given(example.and_then(|example| example.header_handle.as_ref()));
        let url = given(example.and_then(|example| example.header_url.as_ref()));
        let word = ("format", format.word().to_owned());
        if let Some(handle) = handle {
            let lower = handle.trim().to_ascii_lowercase();
            if lower.starts_with("http://") || lower.starts_with("https://") {
                let place = spot.place(header, "example.header_handle");
                self.found(&rules::HEADER_HANDLE_IS_LINK, place, vec![]);
            }
        } else if let Some(url) = url {
            let path = url
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let endings = endings(format);
            if !endings.iter().any(|ending| path.ends_with(ending)) {
                let values = vec![word, ("endings", endings.join(", ")), ("found", url)];
                let place = spot.place(header, "example.header_url");
                self.found(&rules::HEADER_SAMPLE_TYPE, place, values);
            }
        } else {
            let place = spot.place(header, "example");
            self.found(&rules::HEADER_SAMPLE_MISSING, place, vec![word]);
        }
    }

    pub(super) fn body(&mut self, spot: Spot, body: &Component) {
        if self.is_authentication() {
            return;
        }
        let place = spot.place(body, "text");
        let text = body.text.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            self.found(&rules::BODY_TEXT_MISSING, place, vec![]);
            return;
        }
        let (rule, limit) = self.body_limit(spot);
        self.length(rule, &place, text, limit);
        self.line_breaks(&place, text, spot);
        self.spaces(&place, text, spot);
        let emoji = text::emoji(text).len();
        if emoji > EMOJI {
            let values = vec![("count", number(emoji))];
            self.found(&rules::BODY_TOO_MANY_EMOJI, place.clone(), values);
        } else if emoji > EMOJI_IN_UTILITY && self.template.category == Some(Category::Utility) {
            let values = vec![("count", number(emoji))];
            self.found(&rules::BODY_EMOJI_IN_UTILITY, place.clone(), values);
        }
        for host in SHORTENERS {
            if let Some(range) = text::phrase(text, &format!("{host}/")) {
                let values = vec![("found", (*host).to_owned())];
                self.found(&rules::BODY_SHORT_LINK, place.clone().at(range), values);
                break;
            }
        }
        let scanned = Scanned::of(text);
        self.variables(spot, body, &scanned);
        self.variable_places(spot, body, &scanned);
        if let Some(filled) = self.samples(spot, body, &scanned)
            && filled > limit
            && scanned.len() <= limit
        {
            let values = vec![("count", number(filled)), ("limit", number(limit))];
            self.found(&rules::BODY_TOO_LONG_FILLED, place, values);
        }
    }

    /// Which limit of length a body has.
    fn body_limit(&self, spot: Spot) -> (&'static Rule, usize) {
        if spot.card.is_some() {
            (&rules::CARD_BODY_TOO_LONG, BODY_OF_CARD)
        } else if self.first(&ComponentKind::LimitedTimeOffer).is_some() {
            (&rules::OFFER_BODY_TOO_LONG, BODY_OF_OFFER)
        } else if self.has_button(&ButtonKind::SingleProduct) {
            (&rules::SINGLE_PRODUCT_BODY, BODY_OF_PRODUCT)
        } else {
            (&rules::BODY_TOO_LONG, BODY)
        }
    }

    fn line_breaks(&mut self, place: &Place, text: &str, spot: Spot) {
        let mut longest = 0;
        let mut found = None;
        let mut run = 0;
        for (at, character) in text.replace("\r\n", "\n").chars().enumerate() {
            run = if character == '\n' { run + 1 } else { 0 };
            if run > longest.max(2) {
                longest = run;
                found = Some(at + 1 - run..at + 1);
            }
        }
        let Some(range) = found else { return };
        let values = vec![("count", number(longest))];
        self.mendable(
            &rules::BODY_LINE_BREAKS,
            place.clone().at(range),
            values,
            |template| {
                if let Some(body) = spot.of(template)
                    && let Some(text) = &mut body.text
                {
                    *text = text.replace("\r\n", "\n");
                    while text.contains("\n\n\n") {
                        *text = text.replace("\n\n\n", "\n\n");
                    }
                }
            },
        );
    }

    fn spaces(&mut self, place: &Place, text: &str, spot: Spot) {
        let characters: Vec<char> = text.chars().collect();
        let tab = characters
            .iter()
            .position(|c| *c == '\t')
            .map(|at| at..at + 1);
        let wide = characters
            .windows(5)
            .position(|five| five.iter().all(|c| *c == ' '))
            .map(|at| at..at + 5);
        let Some(range) = tab.or(wide) else { return };
        self.mendable(
            &rules::BODY_SPACES,
            place.clone().at(range),
            vec![],
            |template| {
                if let Some(body) = spot.of(template)
                    && let Some(text) = &mut body.text
                {
                    *text = text.replace('\t', " ");
                    while text.contains("     ") {
                        *text = text.replace("     ", " ");
                    }
                }
            },
        );
    }

    pub(super) fn footer(&mut self, spot: Spot, footer: &Component) {
        if self.is_authentication() {
            return;
        }
        let place = spot.place(footer, "text");
        let text = footer.text.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            self.mendable(&rules::FOOTER_TEXT_MISSING, place, vec![], |template| {
                spot.take_out(template);
            });
            return;
        }
        self.length(&rules::FOOTER_TOO_LONG, &place, text, FOOTER);
        self.one_line(&rules::FOOTER_LINE_BREAK, &place, text, spot);
        let scanned = Scanned::of(text);
        if let Some(variable) = scanned.variables.first() {
            let values = vec![("found", variable.shown())];
            let place = place.clone().at(variable.characters.clone());
            self.found(&rules::FOOTER_VARIABLE, place, values);
        }
        self.no_emoji(&rules::FOOTER_EMOJI, &place, text, spot);
        self.no_markup(&rules::FOOTER_MARKUP, &place, text, &scanned, spot);
    }

    /// A text that is too long as Unicode counts it, or only as WhatsApp Manager does.
    pub(super) fn length(&mut self, rule: &'static Rule, place: &Place, text: &str, limit: usize) {
        let count = text.chars().count();
        let utf16 = text::utf16(text);
        let values = |count: usize| {
            vec![
                ("found", text.to_owned()),
                ("count", number(count)),
                ("limit", number(limit)),
                ("over", number(count - limit)),
            ]
        };
        if count > limit {
            self.found(rule, place.clone().at(limit..count), values(count));
        } else if utf16 > limit {
            self.found(&rules::TEXT_TOO_LONG_IN_UTF16, place.clone(), values(utf16));
        }
    }

    fn one_line(&mut self, rule: &'static Rule, place: &Place, text: &str, spot: Spot) {
        if let Some(at) = text.chars().position(|c| matches!(c, '\n' | '\r')) {
            self.mendable(rule, place.clone().at(at..at + 1), vec![], |template| {
                if let Some(component) = spot.of(template)
                    && let Some(text) = &mut component.text
                {
                    *text = text::one_space(text);
                }
            });
        }
    }

    fn no_emoji(&mut self, rule: &'static Rule, place: &Place, text: &str, spot: Spot) {
        let found = text::emoji(text);
        let Some((range, _)) = found.first() else {
            return;
        };
        let shown: Vec<&str> = found.iter().map(|(_, emoji)| *emoji).collect();
        let values = vec![("found", shown.join(" "))];
        self.mendable(rule, place.clone().at(range.clone()), values, |template| {
            if let Some(component) = spot.of(template)
                && let Some(text) = &mut component.text
            {
                *text = text::without_emoji(text);
            }
        });
    }

    fn no_markup(
        &mut self,
        rule: &'static Rule,
        place: &Place,
        text: &str,
        scanned: &Scanned,
        spot: Spot,
    ) {
        let marks = text::markup(&scanned.plain());
        let Some(&first) = marks.first() else { return };
        let shown: String = text.chars().skip(first).take(1).collect();
        let values = vec![("found", shown)];
        self.mendable(
            rule,
            place.clone().at(first..first + 1),
            values,
            |template| {
                if let Some(component) = spot.of(template)
                    && let Some(text) = &mut component.text
                {
                    *text = text::without(text, &marks);
                }
            },
        );
    }
}
