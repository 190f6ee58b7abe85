//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use rumbo_base::{Reason, Result};
use serde::{Deserialize, Serialize};

use super::unusable;

/// How the characters of a text file are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little-endian, as Excel writes "Unicode text".
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big-endian.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Western European Windows: what is not UTF-8.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// Finds the encoding and reads the text; a byte order mark is taken off.
pub(super) fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>)> {
    let encoding = detect(bytes);
    let codec = match encoding {
        Encoding::Utf8 => UTF_8,
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Windows1252 => WINDOWS_1252,
    };
    let (text, malformed) = codec.decode_with_bom_removal(bytes);
    if malformed || text.contains('\0') {
        return Err(unusable(
            Reason::FileNotATable,
            "The file is not a table that Rumbo can read. Export it as CSV (UTF-8) or XLSX and try again.",
        ));
    }
    Ok((encoding, text))
}

fn detect(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Encoding::Utf8,
        [0xff, 0xfe, ..] => Encoding::Utf16Le,
        [0xfe, 0xff, ..] => Encoding::Utf16Be,
        _ => {
            // Without a mark, UTF-16 shows by its zero bytes: a table is mostly ASCII.
            let sample = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
            let zeros = |parity: usize| {
                sample
                    .iter()
                    .skip(parity)
                    .step_by(2)
                    .filter(|b| **b == 0)
                    .count()
                    * 5
                    > sample.len()
            };
            if zeros(1) {
                Encoding::Utf16Le
            } else if zeros(0) {
                Encoding::Utf16Be
            } else if std::str::from_utf8(bytes).is_ok() {
                Encoding::Utf8
            } else {
                Encoding::Windows1252
            }
        }
    }
}
