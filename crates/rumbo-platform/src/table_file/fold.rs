//! Comparing words as people do.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Lower case, without accents, with single spaces: `" Jósé  Ñ"` becomes `"jose n"`.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == '\u{feff}' { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
