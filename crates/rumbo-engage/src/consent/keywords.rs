//! Words by which people say that they do not want to be written to, or do again.

use crate::words::words;

words! {
    /// What a person wants.
    pub enum Wish("wish") {
        /// Not to be written to.
        Stop = "stop",
        /// To be written to.
        Start = "start",
    }
}

/// A word and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// In lower case, without accents.
    pub word: &'static str,
    pub wish: Wish,
    /// Whose word it is; the languages are told apart for people, not for reading.
    pub language: &'static str,
    /// Whether it says so on a button too: Cancel is what an appointment's button says.
    pub on_buttons: bool,
}

const fn stop(word: &'static str, language: &'static str) -> Keyword {
    Keyword {
        word,
        wish: Wish::Stop,
        language,
        on_buttons: true,
    }
}

/// A word that stops what somebody writes it to, and means something else on a button.
const fn written(keyword: Keyword) -> Keyword {
    Keyword {
        on_buttons: false,
        ..keyword
    }
}

const fn start(word: &'static str, language: &'static str) -> Keyword {
    Keyword {
        word,
        wish: Wish::Start,
        language,
        on_buttons: true,
    }
}

/// Every keyword. A word counts only as the whole message: "don't stop" and "no me des de baja" are
/// sentences, and are read by people.
pub const KEYWORDS: &[Keyword] = &[
    // The words that carriers and Twilio stop at.
    stop("stop", "en"),
    stop("stopall", "en"),
    stop("stop all", "en"),
    stop("unsubscribe", "en"),
    written(stop("cancel", "en")),
    written(stop("end", "en")),
    written(stop("quit", "en")),
    stop("optout", "en"),
    stop("opt out", "en"),
    stop("opt-out", "en"),
    written(stop("revoke", "en")),
    stop("stop promotions", "en"),
    stop("stop marketing", "en"),
    // The buttons of Meta's own examples.
    stop("unsubscribe from promos", "en"),
    stop("unsubscribe from all", "en"),
    stop("opt me out", "en"),
    written(stop("remove me", "en")),
    stop("baja", "es"),
    stop("darme de baja", "es"),
    stop("dar de baja", "es"),
    written(stop("cancelar", "es")),
    stop("cancelar suscripcion", "es"),
    stop("desuscribir", "es"),
    stop("desuscribirme", "es"),
    stop("no molestar", "es"),
    written(stop("parar", "es")),
    written(stop("detener", "es")),
    stop("detener promociones", "es"),
    stop("no recibir promociones", "es"),
    written(stop("alto", "es")),
    written(stop("salir", "es")),
    stop("de baja", "es"),
    stop("quiero darme de baja", "es"),
    stop("dame de baja", "es"),
    stop("desuscribirse", "es"),
    stop("no enviar mas", "es"),
    stop("no mas mensajes", "es"),
    stop("no quiero mas mensajes", "es"),
    stop("no me escriban mas", "es"),
    stop("no quiero recibir mensajes", "es"),
    stop("no quiero recibir mas mensajes", "es"),
    written(stop("sair", "pt")),
    written(stop("pare", "pt")),
    stop("quero sair", "pt"),
    stop("sair da lista", "pt"),
    stop("nao quero mais mensagens", "pt"),
    stop("descadastrar", "pt"),
    stop("cancelar inscricao", "pt"),
    written(stop("remover", "pt")),
    stop("parar promocoes", "pt"),
    stop("nao receber mais", "pt"),
    stop("descadastre", "pt"),
    stop("descadastrar-me", "pt"),
    stop("me descadastre", "pt"),
    stop("desinscrever", "pt"),
    stop("cancelar assinatura", "pt"),
    stop("nao enviar mais", "pt"),
    stop("nao quero receber", "pt"),
    stop("nao quero receber mensagens", "pt"),
    stop("nao quero mais receber mensagens", "pt"),
    stop("parar de receber", "pt"),
    written(start("start", "en")),
    start("unstop", "en"),
    start("subscribe", "en"),
    start("opt in", "en"),
    start("optin", "en"),
    written(start("alta", "es")),
    start("darme de alta", "es"),
    start("suscribir", "es"),
    start("suscribirme", "es"),
    start("quiero darme de alta", "es"),
    written(start("reanudar", "es")),
    written(start("retomar", "pt")),
    written(start("inscrever", "pt")),
    written(start("assinar", "pt")),
];

/// What a whole message says, if it is a keyword and nothing else. Case, accents, spaces and
/// punctuation around it do not matter.
pub fn wish(message: &str) -> Option<Wish> {
    keyword(message).map(|keyword| keyword.wish)
}

/// What the label of a button that was pressed says.
pub fn wish_of_button(label: &str) -> Option<Wish> {
    keyword(label)
        .filter(|keyword| keyword.on_buttons)
        .map(|keyword| keyword.wish)
}

fn keyword(message: &str) -> Option<&'static Keyword> {
    // Who writes a letter does not write a keyword.
    if message.len() > 80 {
        return None;
    }
    let folded = rumbo_platform::table_file::fold(message);
    let words: Vec<&str> = folded
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let said = words.join(" ");
    KEYWORDS.iter().find(|keyword| keyword.word == said)
}
