//! Carousels, limited-time offers and products.

use rumbo_meta::templates::{
    Button, ButtonKind, Card, Category, Component, ComponentKind, HeaderFormat,
};

use super::super::place::{Place, Spot};
use super::super::rules::{self, Rule};
use super::{Lint, number};

/// How many cards a carousel has.
const LEAST_CARDS: usize = 2;
const MOST_CARDS: usize = 10;
/// How many buttons a card may have.
const CARD_BUTTONS: usize = 2;
const PRODUCT_CARD_BUTTONS: usize = 1;
/// The longest text of an offer, in characters.
const OFFER: usize = 16;

impl Lint<'_> {
    pub(super) fn has_offer(&self) -> bool {
        self.first(&ComponentKind::LimitedTimeOffer).is_some()
    }

    /// A part that is only possible in marketing templates.
    fn marketing_only(&mut self, rule: &'static Rule, values: Vec<(&'static str, String)>) {
        // What is not a category at all is told by its own rule.
        if let Some(Category::Utility | Category::Authentication) = self.template.category {
            self.mendable(rule, Place::template("category"), values, |template| {
                template.category = Some(Category::Marketing);
            });
        }
    }

    pub(super) fn offer(&mut self) {
        let Some((spot, component)) = self.first(&ComponentKind::LimitedTimeOffer) else {
            return;
        };
        // An authentication template has no such part at all.
        if self.is_authentication() {
            return;
        }
        self.marketing_only(&rules::OFFER_CATEGORY, vec![]);
        let offer = component.limited_time_offer.as_ref();
        let text = offer
            .and_then(|offer| offer.text.as_deref())
            .unwrap_or_default();
        let place = spot.place(component, "limited_time_offer.text");
        if text.trim().is_empty() {
            self.found(&rules::OFFER_TEXT_MISSING, place, vec![]);
        } else {
            self.length(&rules::OFFER_TEXT_TOO_LONG, &place, text, OFFER);
        }
        if let Some((spot, header)) = self.first(&ComponentKind::Header)
            && !matches!(
                header.format,
                Some(HeaderFormat::Image | HeaderFormat::Video) | None
            )
        {
            self.mendable(
                &rules::OFFER_HEADER,
                spot.place(header, "format"),
                vec![],
                |template| {
                    spot.take_out(template);
                },
            );
        }
        if let Some((spot, footer)) = self.first(&ComponentKind::Footer) {
            self.mendable(
                &rules::OFFER_FOOTER,
                spot.place(footer, ""),
                vec![],
                |template| {
                    spot.take_out(template);
                },
            );
        }
        let counts_down = offer.and_then(|offer| offer.has_expiration) == Some(true);
        self.offer_code(spot, component, counts_down);
    }

    fn offer_code(&mut self, offer_at: Spot, offer: &Component, counts_down: bool) {
        let is_code = |button: &Button| button.kind == ButtonKind::CopyCode;
        let code = self
            .top_buttons()
            .and_then(|(spot, buttons)| Some((spot, buttons.iter().position(is_code)?)));
        match code {
            Some((spot, index)) if index > 0 => {
                let place = spot.button(index, "");
                self.mendable(&rules::OFFER_CODE_FIRST, place, vec![], |template| {
                    if let Some(component) = spot.of(template)
                        && index < component.buttons.len()
                    {
                        let code = component.buttons.remove(index);
                        component.buttons.insert(0, code);
                    }
                });
            }
            // In Brazil a request for payment may stand there instead.
            None if counts_down && !self.has_button(&ButtonKind::PaymentRequest) => {
                let place = offer_at.place(offer, "limited_time_offer.has_expiration");
                self.found(&rules::OFFER_CODE_MISSING, place, vec![]);
            }
            _ => {}
        }
    }

    pub(super) fn products(&mut self) {
        if self.is_authentication() {
            return;
        }
        for kind in [ButtonKind::SingleProduct, ButtonKind::MultiProduct] {
            if self.has_button(&kind) {
                let values = vec![("kind", kind.word().to_owned())];
                self.marketing_only(&rules::PRODUCT_CATEGORY, values);
            }
        }
        let header = self.first(&ComponentKind::Header);
        let place = match (header, self.top_buttons()) {
            (Some((spot, header)), _) => spot.place(header, "format"),
            (None, Some((spot, _))) => spot.button(0, "type"),
            (None, None) => return,
        };
        if self.has_button(&ButtonKind::SingleProduct)
            && header.is_none_or(|(_, header)| {
                !matches!(header.format, Some(HeaderFormat::Product) | None)
            })
        {
            self.found(&rules::SINGLE_PRODUCT_HEADER, place.clone(), vec![]);
        }
        if self.has_button(&ButtonKind::MultiProduct) && header.is_none() {
            self.found(&rules::MULTI_PRODUCT_HEADER, place, vec![]);
        }
    }

    pub(super) fn carousel(&mut self, spot: Spot, carousel: &Component) {
        // An authentication template has no such part at all.
        if self.is_authentication() {
            return;
        }
        self.marketing_only(&rules::CAROUSEL_CATEGORY, vec![]);
        let cards = &carousel.cards;
        if !(LEAST_CARDS..=MOST_CARDS).contains(&cards.len()) {
            let values = vec![("count", number(cards.len()))];
            self.found(
                &rules::CAROUSEL_COUNT,
                spot.place(carousel, "cards"),
                values,
            );
        }
        let first = cards.first().map(shape).unwrap_or_default();
        for (index, card) in cards.iter().enumerate() {
            let found = shape(card);
            if found != first {
                let values = vec![
                    ("card", number(index + 1)),
                    ("first", first.clone()),
                    ("found", found),
                ];
                let mut place = spot.place(carousel, "cards");
                place.pointer = format!("{}/{index}", place.pointer);
                place.card = Some(index);
                self.found(&rules::CAROUSEL_SHAPE, place, values);
            }
            self.card(spot, index, card);
        }
    }

    fn card(&mut self, carousel: Spot, index: usize, card: &Card) {
        let mut place = Place::template("components");
        place.card = Some(index);
        place.part = super::super::place::Part::Carousel;
        place.pointer = format!(
            "/components/{}/cards/{index}/components",
            carousel.component
        );
        let (mut header, mut buttons) = (None, false);
        for (inner, component) in card.components.iter().enumerate() {
            let spot = carousel.in_card(index, inner);
            match component.kind {
                ComponentKind::Header => {
                    header = Some(component);
                    self.card_header(spot, component);
                }
                ComponentKind::Body => self.body(spot, component),
                ComponentKind::Buttons => {
                    buttons = true;
                    self.card_buttons(spot, component, card);
                }
                _ => {
                    let values = vec![("kind", component.kind.word().to_owned())];
                    let at = spot.place(component, "type");
                    self.mendable(&rules::CARD_COMPONENT, at, values, |template| {
                        spot.take_out(template);
                    });
                }
            }
        }
        if header.is_none() {
            self.found(&rules::CARD_HEADER_MISSING, place.clone(), vec![]);
        }
        if !buttons {
            self.found(&rules::CARD_BUTTONS_MISSING, place, vec![]);
        }
    }

    fn card_header(&mut self, spot: Spot, header: &Component) {
        match &header.format {
            Some(
                format @ (HeaderFormat::Text
                | HeaderFormat::Document
                | HeaderFormat::Location
                | HeaderFormat::Gif),
            ) => {
                let values = vec![("format", format.word().to_owned())];
                self.found(
                    &rules::CARD_HEADER_FORMAT,
                    spot.place(header, "format"),
                    values,
                );
            }
            _ => self.header(spot, header),
        }
    }

    fn card_buttons(&mut self, spot: Spot, component: &Component, card: &Card) {
        let of_product = is_of_product(card);
        let (limit, kinds) = if of_product {
            (
                PRODUCT_CARD_BUTTONS,
                vec![ButtonKind::SingleProduct, ButtonKind::Url],
            )
        } else {
            let kinds = vec![
                ButtonKind::QuickReply,
                ButtonKind::Url,
                ButtonKind::PhoneNumber,
            ];
            (CARD_BUTTONS, kinds)
        };
        let count = component.buttons.len();
        if count > limit {
            let values = vec![("count", number(count)), ("limit", number(limit))];
            let place = spot.place(component, "buttons");
            let rule = if of_product {
                &rules::PRODUCT_CARD_BUTTONS
            } else {
                &rules::CARD_TOO_MANY_BUTTONS
            };
            self.found(rule, place, values);
        }
        let words: Vec<&str> = kinds.iter().map(ButtonKind::word).collect();
        for (index, button) in component.buttons.iter().enumerate() {
            if !button.kind.is_other() && !kinds.contains(&button.kind) {
                let values = vec![
                    ("kind", button.kind.word().to_owned()),
                    ("kinds", words.join(", ")),
                ];
                self.found(&rules::CARD_BUTTON_KIND, spot.button(index, "type"), values);
            }
        }
        self.buttons(spot, component);
    }
}

fn is_of_product(card: &Card) -> bool {
    card.components.iter().any(|component| {
        component.kind == ComponentKind::Header && component.format == Some(HeaderFormat::Product)
    })
}

/// What a card is made of, such as `IMAGE, BODY, QUICK_REPLY, URL`.
fn shape(card: &Card) -> String {
    let mut parts = Vec::new();
    for component in &card.components {
        match component.kind {
            ComponentKind::Header => {
                parts.push(
                    component
                        .format
                        .as_ref()
                        .map_or("HEADER", HeaderFormat::word),
                );
            }
            ComponentKind::Buttons => {
                parts.extend(component.buttons.iter().map(|button| button.kind.word()));
            }
            // What a card cannot have is told by its own rule.
            ComponentKind::Body => parts.push(component.kind.word()),
            _ => {}
        }
    }
    parts.join(", ")
}
