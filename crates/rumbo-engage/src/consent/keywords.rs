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
}

const fn stop(word: &'static str, language: &'static str) -> Keyword {
    Keyword {
        word,
        wish: Wish::Stop,
        language,
    }
}

const fn start(word: &'static str, language: &'static str) -> Keyword {
    Keyword {
        word,
        wish: Wish::Start,
        language,
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
    stop("cancel", "en"),
    stop("end", "en"),
    stop("quit", "en"),
    stop("optout", "en"),
    stop("opt out", "en"),
    stop("opt-out", "en"),
    stop("revoke", "en"),
    stop("stop promotions", "en"),
    stop("baja", "es"),
    stop("darme de baja", "es"),
    stop("dar de baja", "es"),
    stop("cancelar", "es"),
    stop("cancelar suscripcion", "es"),
    stop("desuscribir", "es"),
    stop("desuscribirme", "es"),
    stop("no molestar", "es"),
    stop("parar", "es"),
    stop("detener", "es"),
    stop("detener promociones", "es"),
    stop("sair", "pt"),
    stop("pare", "pt"),
    stop("descadastrar", "pt"),
    stop("cancelar inscricao", "pt"),
    stop("remover", "pt"),
    stop("parar promocoes", "pt"),
    start("start", "en"),
    start("unstop", "en"),
    start("subscribe", "en"),
    start("opt in", "en"),
    start("optin", "en"),
    start("alta", "es"),
    start("darme de alta", "es"),
    start("suscribir", "es"),
    start("suscribirme", "es"),
    start("reanudar", "es"),
    start("retomar", "pt"),
    start("inscrever", "pt"),
    start("assinar", "pt"),
];

/// What a whole message says, if it is a keyword and nothing else. Case, accents, spaces and
/// punctuation around it do not matter.
pub fn wish(message: &str) -> Option<Wish> {
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
    KEYWORDS
        .iter()
        .find(|keyword| keyword.word == said)
        .map(|keyword| keyword.wish)
}
