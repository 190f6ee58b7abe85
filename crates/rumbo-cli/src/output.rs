//! What goes to standard output: either one JSON document or text for a person.

use std::io::{self, Write};

use rumbo_app::wire;
use serde::Serialize;

use crate::numbers::NumberStyle;
use crate::words::{Language, Word};

/// Where and how a command prints its result.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    language: Language,
    numbers: NumberStyle,
}

impl Output {
    /// Prints JSON, or text in the language of `locale` (such as `es-AR`).
    pub fn new(json: bool, locale: &str) -> Self {
        Self {
            json,
            language: Language::of(locale),
            numbers: NumberStyle::of(locale),
        }
    }

    /// Whether a program reads the output.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The chosen language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A heading or label in the chosen language.
    pub fn word(&self, word: Word) -> &'static str {
        word.text(self.language)
    }

    /// The heading of a metric in the chosen language; its id where there is no such metric.
    pub fn metric<'a>(&self, id: &'a str) -> &'a str {
        wire::metric(id).map_or(id, |metric| self.of(metric.short))
    }

    /// The whole name of a metric, where there is room for it.
    pub fn metric_name<'a>(&self, id: &'a str) -> &'a str {
        wire::metric(id).map_or(id, |metric| self.of(metric.names))
    }

    /// The name in the chosen language.
    pub fn of(&self, names: wire::MetricNames) -> &'static str {
        match self.language {
            Language::English => names.en,
            Language::Spanish => names.es,
            Language::Portuguese => names.pt,
        }
    }

    /// How numbers are written.
    pub fn numbers(&self) -> NumberStyle {
        self.numbers
    }

    /// Prints `document` as one indented JSON document, or else what `text` makes of it.
    pub fn result<T: Serialize>(&self, document: &T, text: impl FnOnce(&Self) -> String) {
        if self.json {
            print_document(document);
        } else {
            write(&text(self));
        }
    }

    /// Prints text now, when a person reads the output.
    pub fn say(&self, text: &str) {
        if !self.json {
            write(text);
        }
    }
}

/// Prints an indented JSON document.
pub fn print_document<T: Serialize>(document: &T) {
    match serde_json::to_string_pretty(document) {
        Ok(text) => write(&text),
        Err(error) => note(&format!("The result cannot be written as JSON: {error}.")),
    }
}

/// Prints a JSON document on one line, at once: for what a program waits for.
pub fn print_line<T: Serialize>(document: &T) {
    match serde_json::to_string(document) {
        Ok(text) => write(&text),
        Err(error) => note(&format!("The result cannot be written as JSON: {error}.")),
    }
}

/// Prints a document as it is.
pub fn print_raw(document: &str) {
    write(document);
}

/// Writes to standard output. A reader that went away, as in `rumbo roi | head`, is no failure.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let ended = if text.ends_with('\n') { "" } else { "\n" };
    let written = write!(out, "{text}{ended}").and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        note(&format!("The output cannot be written: {error}."));
    }
}

/// Writes a remark to standard error. When even that is gone there is nobody left to tell.
pub fn note(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
