//! What Meta sees in a text: variables, words, emoji, formatting, and how long it is.

use std::collections::HashSet;
use std::ops::Range;

use unicode_properties::{EmojiStatus, UnicodeEmoji as _};
use unicode_segmentation::UnicodeSegmentation as _;

/// How a variable is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// `{{1}}`
    Number(u32),
    /// `{{first_name}}`
    Name,
}

/// A variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// What stands between the braces.
    pub inner: String,
    pub written: Written,
    /// What should stand there, where it is not a number or a name as Meta wants it.
    pub meant: Option<String>,
    /// The characters of the text, braces and all.
    pub characters: Range<usize>,
}

impl Variable {
    /// The variable with its braces.
    pub fn shown(&self) -> String {
        format!("{{{{{}}}}}", self.inner)
    }

    /// Whether it could have been meant as a name: letters, digits and underscores, of whatever case.
    pub fn could_be_name(&self) -> bool {
        let inner = self.inner.trim();
        !inner.is_empty() && inner.chars().all(|c| c.is_alphanumeric() || c == '_')
    }
}

/// A text, taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanned {
    pub variables: Vec<Variable>,
    /// Braces that belong to no variable.
    pub loose: Vec<Range<usize>>,
    characters: Vec<char>,
}

impl Scanned {
    /// Takes a text apart.
    pub fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let pair = |at: usize, brace: char| {
            characters.get(at) == Some(&brace) && characters.get(at + 1) == Some(&brace)
        };
        let mut scanned = Self::default();
        let mut at = 0;
        while at < characters.len() {
            if pair(at, '{') {
                let inside = at + 2;
                let end = (inside..characters.len())
                    .find(|&i| matches!(characters.get(i), Some('{' | '}')))
                    .unwrap_or(characters.len());
                // `{{{1}}}` is not a variable in braces: all of them are loose.
                let lone = |i: usize, brace: char| characters.get(i) != Some(&brace);
                if pair(end, '}') && lone(end + 2, '}') && (at == 0 || lone(at - 1, '{')) {
                    let inner: String = characters.get(inside..end).into_iter().flatten().collect();
                    let (written, meant) = read(&inner);
                    scanned.variables.push(Variable {
                        inner,
                        written,
                        meant,
                        characters: at..end + 2,
                    });
                    at = end + 2;
                    continue;
                }
                scanned.loose.push(at..end.max(inside));
                at = end.max(inside);
            } else if pair(at, '}') {
                scanned.loose.push(at..at + 2);
                at += 2;
            } else {
                at += 1;
            }
        }
        scanned.characters = characters;
        scanned
    }

    /// The variables, each once.
    pub fn distinct(&self) -> Vec<&Variable> {
        let mut seen: HashSet<&str> = HashSet::new();
        self.variables
            .iter()
            .filter(|variable| seen.insert(&variable.inner))
            .collect()
    }

    /// Some characters of the text.
    pub fn slice(&self, range: Range<usize>) -> String {
        self.characters.get(range).into_iter().flatten().collect()
    }

    /// The text with each variable made something else.
    pub fn replaced(&self, mut with: impl FnMut(&Variable) -> String) -> String {
        let mut text = String::new();
        let mut from = 0;
        for variable in &self.variables {
            text.push_str(&self.slice(from..variable.characters.start));
            text.push_str(&with(variable));
            from = variable.characters.end;
        }
        text.push_str(&self.slice(from..self.characters.len()));
        text
    }

    /// The text with the insides of variables made plain, so that `{{first_name}}` is not taken for
    /// formatting. The same characters at the same places otherwise.
    pub fn plain(&self) -> String {
        let mut characters = self.characters.clone();
        for variable in &self.variables {
            for character in characters
                .get_mut(variable.characters.clone())
                .into_iter()
                .flatten()
            {
                *character = 'x';
            }
        }
        characters.into_iter().collect()
    }

    /// How many words the text has outside of its variables.
    pub fn words(&self) -> usize {
        words(&self.replaced(|_| " ".to_owned()))
    }

    /// Whether some of the text before the first variable or behind the last says something.
    pub fn says_something(&self, range: Range<usize>) -> bool {
        self.slice(range).chars().any(char::is_alphanumeric)
    }

    /// How many characters the text has.
    pub fn len(&self) -> usize {
        self.characters.len()
    }
}

/// What stands between the braces, and what should.
fn read(inner: &str) -> (Written, Option<String>) {
    let trimmed = inner.trim();
    let digits = !trimmed.is_empty() && trimmed.chars().all(|c| c.is_ascii_digit());
    if digits && let Ok(number) = trimmed.parse() {
        let plain = u32::to_string(&number);
        let meant = (plain != inner).then_some(plain);
        return (Written::Number(number), meant);
    }
    let right = !inner.is_empty()
        && !digits
        && inner
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if right {
        return (Written::Name, None);
    }
    (Written::Name, Some(plain_name(trimmed)))
}

/// A name of lower-case letters, digits and underscores that reads like this one; empty where
/// nothing of it can be kept.
pub(super) fn plain_name(name: &str) -> String {
    let mut plain = String::new();
    for character in name.trim().chars() {
        let character = match character.to_lowercase().next().unwrap_or(character) {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            other => other,
        };
        if character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_' {
            plain.push(character);
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.trim_matches('_').to_owned()
}

/// How many words a text has. Where a script puts no spaces between words they are estimated as
/// WhatsApp Manager does: each ideograph or kana is one, seven characters of Thai are one.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace()
        .map(|word| {
            let ideographs = word.chars().filter(|&c| is_ideograph(c)).count();
            let unspaced = word.chars().filter(|&c| is_unspaced(c)).count();
            let rest = word
                .chars()
                .any(|c| c.is_alphanumeric() && !is_ideograph(c) && !is_unspaced(c));
            ideographs + unspaced.div_ceil(7) + usize::from(rest)
        })
        .sum()
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Thai, Lao, Burmese, Khmer.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// The emoji of a text. What is shown as text unless asked otherwise, such as © or a digit, is none.
pub(super) fn emoji(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let length = grapheme.chars().count();
        let shown_as_emoji = grapheme.chars().any(|c| {
            matches!(c, '\u{fe0f}' | '\u{20e3}')
                || matches!(
                    c.emoji_status(),
                    EmojiStatus::EmojiPresentation
                        | EmojiStatus::EmojiPresentationAndModifierBase
                        | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
                        | EmojiStatus::EmojiPresentationAndEmojiComponent
                )
        });
        if shown_as_emoji {
            found.push((at..at + length, grapheme));
        }
        at += length;
    }
    found
}

/// A text without its emoji, and without the space that each leaves behind.
pub(super) fn without_emoji(text: &str) -> String {
    let mut found = emoji(text).into_iter().map(|(range, _)| range).peekable();
    let mut kept = String::new();
    for (at, character) in text.chars().enumerate() {
        // Both are in the order of the text.
        while found.next_if(|range| range.end <= at).is_some() {}
        if !found.peek().is_some_and(|range| range.contains(&at)) {
            kept.push(character);
        }
    }
    one_space(&kept)
}

/// The formatting of a text: asterisks, and `_`, `~` and backquotes around something. Gives the
/// places of the marks.
pub(super) fn markup(plain: &str) -> Vec<usize> {
    let characters: Vec<char> = plain.chars().collect();
    let mut marks: Vec<usize> = characters
        .iter()
        .enumerate()
        .filter(|(_, c)| **c == '*')
        .map(|(at, _)| at)
        .collect();
    for mark in ['_', '~', '`'] {
        let word = |at: Option<usize>| {
            at.and_then(|at| characters.get(at))
                .is_some_and(|c| c.is_alphanumeric())
        };
        let mut open: Option<usize> = None;
        for (at, character) in characters.iter().enumerate() {
            if *character != mark {
                continue;
            }
            let before = word(at.checked_sub(1));
            let behind = word(Some(at + 1));
            match open {
                Some(begun) if before && !behind && at > begun + 1 => {
                    marks.extend([begun, at]);
                    open = None;
                }
                _ if !before && behind => open = Some(at),
                _ => {}
            }
        }
    }
    // Three backquotes are a block whatever stands around them.
    for (at, three) in characters.windows(3).enumerate() {
        if three.iter().all(|c| *c == '`') {
            marks.extend([at, at + 1, at + 2]);
        }
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// A text without some of its characters.
pub(super) fn without(text: &str, places: &[usize]) -> String {
    text.chars()
        .enumerate()
        .filter(|(at, _)| places.binary_search(at).is_err())
        .map(|(_, character)| character)
        .collect()
}

/// A text on one line, with one space where several were.
pub(super) fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two braces on both sides of what looks like a variable.
pub(super) fn braces_mended(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let run = |from: usize, is: &dyn Fn(char) -> bool| {
        characters
            .get(from..)
            .map_or(0, |rest| rest.iter().take_while(|c| is(**c)).count())
    };
    let mut mended = String::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let opened = run(at, &|c| c == '{');
        if opened == 0 {
            mended.push(character);
            at += 1;
            continue;
        }
        let inner = run(at + opened, &|c| {
            c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')
        });
        let closed = run(at + opened + inner, &|c| c == '}');
        if inner > 0 && closed > 0 && opened + closed >= 3 {
            let inner: String = characters
                .get(at + opened..at + opened + inner)
                .into_iter()
                .flatten()
                .collect();
            mended.extend(["{{", &inner, "}}"]);
            at += opened + inner.chars().count() + closed;
        } else {
            // What fewer of them open is closed no better.
            mended.extend(std::iter::repeat_n('{', opened));
            at += opened;
        }
    }
    mended
}

/// How many characters WhatsApp Manager counts.
pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The characters of a text at which some phrase stands as words of its own, whatever the case.
pub(super) fn phrase(text: &str, phrase: &str) -> Option<Range<usize>> {
    // One character for each: a place in the result is a place in the text.
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let text: Vec<char> = text.chars().map(lower).collect();
    let phrase: Vec<char> = phrase.chars().collect();
    let word = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(|c| c.is_alphanumeric())
    };
    text.windows(phrase.len().max(1))
        .enumerate()
        .filter(|(_, window)| *window == phrase.as_slice())
        .map(|(at, _)| at..at + phrase.len())
        .find(|range| {
            let begins = phrase.first().is_some_and(|c| c.is_alphanumeric());
            let ends = phrase.last().is_some_and(|c| c.is_alphanumeric());
            !(begins && word(range.start.checked_sub(1)) || ends && word(Some(range.end)))
        })
}

/// A text with `%2F` and its like read.
pub(super) fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
