//! What a reviewer would make of the words. Only ever warnings.

use rumbo_meta::templates::{Button, ButtonKind, Category, ComponentKind};

use super::super::place::{Place, Spot};
use super::super::rules::{self, Rule};
use super::super::text::{self, Scanned};
use super::Lint;

/// Sites that shorten links: those that Meta names first.
pub(super) const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "shorturl.at",
    "rb.gy",
    "t.ly",
    "t.co",
    "acortar.link",
    "encurtador.com.br",
];

/// Words of a language, by what they give away.
struct Words {
    marketing: &'static [&'static str],
    secrets: &'static [&'static str],
    /// Words that say that only a part is asked for.
    partial: &'static [&'static str],
    threats: &'static [&'static str],
    passcodes: &'static [&'static str],
    opt_out_label: &'static str,
}

const ENGLISH: Words = Words {
    marketing: &[
        "discount",
        "discounts",
        "% off",
        "off your next",
        "coupon",
        "promo code",
        "promotion",
        "special offer",
        "limited time",
        "limited-time",
        "flash sale",
        "buy now",
        "shop now",
        "order now",
        "upgrade to",
        "best deal",
        "best deals",
        "free gift",
        "renew today",
        "don't miss",
        "don’t miss",
        "exclusive offer",
    ],
    secrets: &[
        "card number",
        "cvv",
        "social security number",
        "your password",
        "bank account number",
        "passport number",
    ],
    partial: &["last", "ending"],
    threats: &[
        "legal action",
        "legal actions",
        "lawsuit",
        "sue you",
        "prosecute",
        "take you to court",
        "debt collectors",
        "make it public",
    ],
    passcodes: &[
        "verification code",
        "one-time password",
        "one-time passcode",
        "one-time code",
        "otp",
        "security code",
        "login code",
    ],
    opt_out_label: "Stop promotions",
};

const SPANISH: Words = Words {
    marketing: &[
        "descuento",
        "descuentos",
        "oferta",
        "ofertas",
        "promoción",
        "promociones",
        "promocion",
        "cupón",
        "cupon",
        "rebaja",
        "rebajas",
        "compra ya",
        "compra ahora",
        "comprá ahora",
        "compre ahora",
        "aprovecha",
        "aprovechá",
        "aproveche",
        "no te pierdas",
        "liquidación",
        "2x1",
        "ahorra",
        "ahorrá",
    ],
    secrets: &[
        "número de tarjeta",
        "numero de tarjeta",
        "cvv",
        "tu contraseña",
        "su contraseña",
        "número de documento",
        "numero de documento",
        "clave bancaria",
        "número de cuenta",
    ],
    partial: &[
        "últimos",
        "ultimos",
        "termina en",
        "terminada en",
        "terminado en",
    ],
    threats: &[
        "acciones legales",
        "acción legal",
        "demanda judicial",
        "acciones judiciales",
        "embargo",
        "cobranza judicial",
        "denunciaremos",
        "llevaremos a juicio",
    ],
    passcodes: &[
        "código de verificación",
        "codigo de verificacion",
        "contraseña de un solo uso",
        "código de un solo uso",
        "código de seguridad",
        "código de acceso",
        "otp",
    ],
    opt_out_label: "No recibir promociones",
};

const PORTUGUESE: Words = Words {
    marketing: &[
        "desconto",
        "descontos",
        "oferta",
        "ofertas",
        "promoção",
        "promoções",
        "promocao",
        "cupom",
        "liquidação",
        "compre agora",
        "aproveite",
        "não perca",
        "nao perca",
        "economize",
        "queima de estoque",
        "frete grátis",
    ],
    secrets: &[
        "número do cartão",
        "numero do cartao",
        "cvv",
        "sua senha",
        "seu cpf",
        "número do documento",
        "número da conta",
    ],
    partial: &["últimos", "ultimos", "final", "termina em"],
    threats: &[
        "ação judicial",
        "acao judicial",
        "medidas judiciais",
        "processo judicial",
        "protesto em cartório",
        "negativar",
        "penhora",
    ],
    passcodes: &[
        "código de verificação",
        "codigo de verificacao",
        "senha de uso único",
        "código de uso único",
        "código de segurança",
        "código de acesso",
        "otp",
    ],
    opt_out_label: "Não receber mais",
};

/// What tells people that they can stop the messages, in any of the languages.
const OPT_OUT: &[&str] = &[
    "unsubscribe",
    "unsubscribed",
    "opt out",
    "opt-out",
    "stop",
    "no more",
    "not interested",
    "baja",
    "no recibir",
    "dejar de recibir",
    "no quiero",
    "desuscribir",
    "desuscribirme",
    "cancelar suscripción",
    "salir",
    "detener",
    "sair",
    "parar",
    "pare",
    "descadastrar",
    "descadastre",
    "cancelar inscrição",
    "não receber",
    "nao receber",
    "não quero",
    "nao quero",
    "deixar de receber",
];

/// How few words do not say what a message is about.
const UNCLEAR: usize = 3;

fn words_of(language: &str) -> Option<&'static Words> {
    match language.split(['_', '-']).next() {
        Some("en") => Some(&ENGLISH),
        Some("es") => Some(&SPANISH),
        Some("pt") => Some(&PORTUGUESE),
        _ => None,
    }
}

impl Lint<'_> {
    pub(super) fn policy(&mut self) {
        if self.is_authentication() {
            return;
        }
        let texts = self.texts();
        if let Some(words) = words_of(&self.template.language) {
            self.says(&rules::PASSCODE_OUTSIDE, &texts, words.passcodes);
            self.says(&rules::THREATENS, &texts, words.threats);
            let partial = texts.iter().any(|(_, text)| {
                words
                    .partial
                    .iter()
                    .any(|word| text::phrase(text, word).is_some())
            });
            if !partial {
                self.says(&rules::ASKS_FOR_SECRETS, &texts, words.secrets);
            }
            if self.template.category == Some(Category::Utility) {
                self.says(&rules::MARKETING_IN_UTILITY, &texts, words.marketing);
            }
        }
        if self.template.category == Some(Category::Utility) {
            self.unclear();
        }
        if self.is_marketing() {
            self.opt_out(&texts);
        }
    }

    /// Every text that people read, with its place.
    fn texts(&self) -> Vec<(Place, String)> {
        let mut texts = Vec::new();
        let mut add = |spot: Spot, component: &rumbo_meta::templates::Component| {
            if let Some(text) = &component.text {
                texts.push((spot.place(component, "text"), text.clone()));
            }
            for (index, button) in component.buttons.iter().enumerate() {
                if let Some(label) = &button.text {
                    texts.push((spot.button(index, "text"), label.clone()));
                }
            }
        };
        for (index, component) in self.template.components.iter().enumerate() {
            let spot = Spot::top(index);
            add(spot, component);
            for (card, of) in component.cards.iter().enumerate() {
                for (inner, component) in of.components.iter().enumerate() {
                    add(spot.in_card(card, inner), component);
                }
            }
        }
        texts
    }

    /// The first place where one of some phrases stands.
    fn says(&mut self, rule: &'static Rule, texts: &[(Place, String)], phrases: &[&str]) {
        let found = texts.iter().find_map(|(place, text)| {
            let range = phrases
                .iter()
                .filter_map(|phrase| text::phrase(text, phrase))
                .min_by_key(|range| range.start)?;
            let said = text
                .chars()
                .skip(range.start)
                .take(range.len())
                .collect::<String>();
            Some((place.clone().at(range), said))
        });
        if let Some((place, said)) = found {
            self.found(rule, place, vec![("found", said)]);
        }
    }

    fn unclear(&mut self) {
        let Some((spot, body)) = self.first(&ComponentKind::Body) else {
            return;
        };
        let text = body.text.as_deref().unwrap_or_default();
        let scanned = Scanned::of(text);
        let words = scanned.words();
        // With variables in it the rules of variables tell.
        if scanned.variables.is_empty() && scanned.loose.is_empty() && words > 0 && words < UNCLEAR
        {
            self.found(&rules::UNCLEAR_IN_UTILITY, spot.place(body, "text"), vec![]);
        }
    }

    fn opt_out(&mut self, texts: &[(Place, String)]) {
        let told = texts.iter().any(|(_, text)| {
            OPT_OUT
                .iter()
                .any(|phrase| text::phrase(text, phrase).is_some())
        });
        if told {
            return;
        }
        let place = Place::template("components");
        let Some(words) = words_of(&self.template.language) else {
            self.found(&rules::OPT_OUT_MISSING, place, vec![]);
            return;
        };
        let values = vec![("mended", words.opt_out_label.to_owned())];
        self.mendable(&rules::OPT_OUT_MISSING, place, values, |template| {
            let reply = Button {
                kind: ButtonKind::QuickReply,
                text: Some(words.opt_out_label.to_owned()),
                ..Button::default()
            };
            let buttons = template
                .components
                .iter_mut()
                .find(|component| component.kind == ComponentKind::Buttons);
            match buttons {
                Some(component) => component.buttons.push(reply),
                None => template.components.push(rumbo_meta::templates::Component {
                    kind: ComponentKind::Buttons,
                    buttons: vec![reply],
                    ..Default::default()
                }),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Wish, wish_of_button};

    /// Whoever presses the button that the linter offers is not written to any more.
    #[test]
    fn the_labels_for_opting_out_are_keywords() {
        for words in [ENGLISH, SPANISH, PORTUGUESE] {
            assert_eq!(
                wish_of_button(words.opt_out_label),
                Some(Wish::Stop),
                "{}",
                words.opt_out_label
            );
        }
    }
}
