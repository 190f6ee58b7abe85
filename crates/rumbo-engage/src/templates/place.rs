//! Where in a template a finding is.

use rumbo_base::Language;
use std::ops::Range;

use rumbo_meta::templates::{Component, ComponentKind, Template};

/// The part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Name, language, category: what stands outside of the components.
    Template,
    Header,
    Body,
    Footer,
    Buttons,
    LimitedTimeOffer,
    Carousel,
    /// A component of a type of its own.
    Other,
}

impl Part {
    /// The part that a kind of component is.
    pub(super) fn of(kind: &ComponentKind) -> Self {
        match kind {
            ComponentKind::Header => Self::Header,
            ComponentKind::Body => Self::Body,
            ComponentKind::Footer => Self::Footer,
            ComponentKind::Buttons => Self::Buttons,
            ComponentKind::LimitedTimeOffer => Self::LimitedTimeOffer,
            ComponentKind::Carousel => Self::Carousel,
            _ => Self::Other,
        }
    }

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Header => "header",
            Self::Body => "body",
            Self::Footer => "footer",
            Self::Buttons => "buttons",
            Self::LimitedTimeOffer => "limited_time_offer",
            Self::Carousel => "carousel",
            Self::Other => "component",
        }
    }

    fn told(self, language: Language) -> &'static str {
        let (en, es, pt) = match self {
            Self::Template => ("template", "plantilla", "modelo"),
            Self::Header => ("header", "encabezado", "cabeçalho"),
            Self::Body => ("body", "cuerpo", "corpo"),
            Self::Footer => ("footer", "pie", "rodapé"),
            Self::Buttons => ("buttons", "botones", "botões"),
            Self::LimitedTimeOffer => ("offer", "oferta", "oferta"),
            Self::Carousel => ("carousel", "carrusel", "carrossel"),
            Self::Other => ("component", "componente", "componente"),
        };
        match language {
            Language::English => en,
            Language::Spanish => es,
            Language::Portuguese => pt,
        }
    }
}

/// The place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub part: Part,
    /// Which card of a carousel, from 0.
    pub card: Option<usize>,
    /// Which button, from 0.
    pub button: Option<usize>,
    /// Meta's field, such as `text`; empty for the part as a whole.
    pub field: &'static str,
    /// The field in the template's JSON, as RFC 6901 writes it.
    pub pointer: String,
    /// Which characters of the field, counted as Unicode counts them.
    pub characters: Option<Range<usize>>,
}

impl Place {
    /// A field outside of the components.
    pub(super) fn template(field: &'static str) -> Self {
        Self {
            part: Part::Template,
            card: None,
            button: None,
            field,
            pointer: match field {
                "" => String::new(),
                field => format!("/{field}"),
            },
            characters: None,
        }
    }

    /// Some characters of the field.
    pub(super) fn at(mut self, characters: Range<usize>) -> Self {
        self.characters = Some(characters);
        self
    }

    /// The place in words, such as `card 2, button 1, address`.
    pub fn told(&self, language: Language) -> String {
        let (card, button) = match language {
            Language::English => ("card", "button"),
            Language::Spanish => ("tarjeta", "botón"),
            Language::Portuguese => ("cartão", "botão"),
        };
        let mut parts = Vec::new();
        if let Some(index) = self.card {
            parts.push(format!("{card} {}", index + 1));
        }
        match self.button {
            Some(index) => parts.push(format!("{button} {}", index + 1)),
            None => parts.push(self.part.told(language).to_owned()),
        }
        if !matches!(
            self.field,
            "" | "text" | "type" | "components" | "buttons" | "cards"
        ) {
            parts.push(field_told(self.field, language).to_owned());
        }
        parts.join(", ")
    }
}

/// Meta's fields in words, where it is not the text of the part that is meant.
const FIELDS: [(&str, [&str; 3]); 14] = [
    ("name", ["name", "nombre", "nome"]),
    ("language", ["language", "idioma", "idioma"]),
    ("category", ["category", "categoría", "categoria"]),
    ("format", ["kind", "tipo", "tipo"]),
    ("example", ["examples", "ejemplos", "exemplos"]),
    ("example.header_handle", ["sample", "muestra", "amostra"]),
    ("example.header_url", ["sample", "muestra", "amostra"]),
    ("url", ["address", "dirección", "endereço"]),
    ("phone_number", ["number", "número", "número"]),
    ("parameter_format", ["variables", "variables", "variáveis"]),
    (
        "message_send_ttl_seconds",
        [
            "seconds of delivery",
            "segundos de entrega",
            "segundos de entrega",
        ],
    ),
    (
        "code_expiration_minutes",
        [
            "minutes of the code",
            "minutos del código",
            "minutos do código",
        ],
    ),
    ("limited_time_offer.text", ["text", "texto", "texto"]),
    (
        "limited_time_offer.has_expiration",
        ["countdown", "cuenta regresiva", "contagem regressiva"],
    ),
];

/// A field in words; one that people do not enter is called as Meta calls it.
fn field_told(field: &'static str, language: Language) -> &'static str {
    let words = FIELDS.iter().find(|(name, _)| *name == field);
    words.map_or(field, |(_, [en, es, pt])| match language {
        Language::English => en,
        Language::Spanish => es,
        Language::Portuguese => pt,
    })
}

/// Which component, of the template or of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub component: usize,
    /// The card, and which of its components.
    pub card: Option<(usize, usize)>,
}

impl Spot {
    /// A component of the template itself.
    pub fn top(component: usize) -> Self {
        Self {
            component,
            card: None,
        }
    }

    /// A component of a card of this one.
    pub fn in_card(self, card: usize, component: usize) -> Self {
        Self {
            component: self.component,
            card: Some((card, component)),
        }
    }

    fn pointer(self) -> String {
        let component = self.component;
        match self.card {
            None => format!("/components/{component}"),
            Some((card, inner)) => {
                format!("/components/{component}/cards/{card}/components/{inner}")
            }
        }
    }

    /// A field of the component.
    pub fn place(self, component: &Component, field: &'static str) -> Place {
        let mut pointer = self.pointer();
        if !field.is_empty() {
            pointer.push('/');
            pointer.push_str(&field.replace('.', "/"));
        }
        Place {
            part: Part::of(&component.kind),
            card: self.card.map(|(card, _)| card),
            button: None,
            field,
            pointer,
            characters: None,
        }
    }

    /// A field of a button of the component.
    pub fn button(self, button: usize, field: &'static str) -> Place {
        let mut pointer = format!("{}/buttons/{button}", self.pointer());
        if !field.is_empty() {
            pointer.push('/');
            pointer.push_str(field);
        }
        Place {
            part: Part::Buttons,
            card: self.card.map(|(card, _)| card),
            button: Some(button),
            field,
            pointer,
            characters: None,
        }
    }

    /// The component itself, to be changed.
    pub fn of(self, template: &mut Template) -> Option<&mut Component> {
        let top = template.components.get_mut(self.component)?;
        match self.card {
            None => Some(top),
            Some((card, component)) => top.cards.get_mut(card)?.components.get_mut(component),
        }
    }

    /// Takes the component out.
    pub fn take_out(self, template: &mut Template) {
        match self.card {
            None if self.component < template.components.len() => {
                template.components.remove(self.component);
            }
            None => {}
            Some((card, component)) => {
                let card = template
                    .components
                    .get_mut(self.component)
                    .and_then(|carousel| carousel.cards.get_mut(card));
                if let Some(card) = card
                    && component < card.components.len()
                {
                    card.components.remove(component);
                }
            }
        }
    }
}
