//! A file that comes as base64 in the field `base64` of a JSON object, taken piece by piece.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The field's name as it stands in JSON. Within a text its quotes would be escaped.
const NAME: &[u8] = b"\"base64\"";

/// Where in the object the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before the field, with so many bytes of its name seen.
    Before(usize),
    /// After its name, before its value.
    Name,
    Value,
    After,
}

/// The field, as far as it came.
#[derive(Debug)]
pub(crate) struct Base64Field {
    at: At,
    /// Fewer than four characters, which are no whole bytes yet.
    rest: Vec<u8>,
}

impl Default for Base64Field {
    fn default() -> Self {
        Self {
            at: At::Before(0),
            rest: Vec::new(),
        }
    }
}

impl Base64Field {
    /// Takes the next piece of the JSON, and gives the bytes that became whole by it; `None` where the
    /// value is no base64.
    pub fn take(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        let mut text = std::mem::take(&mut self.rest);
        for &byte in piece {
            self.at = match self.at {
                At::Before(seen) if NAME.get(seen) == Some(&byte) => {
                    if seen + 1 == NAME.len() {
                        At::Name
                    } else {
                        At::Before(seen + 1)
                    }
                }
                // A quote begins the name wherever it stands.
                At::Before(_) => At::Before(usize::from(byte == b'"')),
                At::Name => match byte {
                    b':' | b' ' | b'\n' | b'\r' | b'\t' => At::Name,
                    b'"' => At::Value,
                    // `null`, or something else that is no text.
                    _ => At::Before(0),
                },
                At::Value if byte == b'"' => At::After,
                At::Value => {
                    // JSON may write a slash with a backslash before it.
                    if byte != b'\\' {
                        text.push(byte);
                    }
                    At::Value
                }
                At::After => At::After,
            };
        }
        let whole = match self.at {
            At::After => text.len(),
            _ => text.len() / 4 * 4,
        };
        self.rest = text.split_off(whole);
        STANDARD.decode(&text).ok()
    }

    /// Whether the value came to its end.
    pub fn is_whole(&self) -> bool {
        self.at == At::After
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(json: &str, size: usize) -> Option<(Vec<u8>, bool)> {
        let mut field = Base64Field::default();
        let mut bytes = Vec::new();
        for piece in json.as_bytes().chunks(size) {
            bytes.extend(field.take(piece)?);
        }
        Some((bytes, field.is_whole()))
    }

    #[test]
    fn a_file_comes_whole_in_pieces_of_any_size() {
        let json = r#"{"mediaType":"imageMessage","fileName":"a \"base64\":\"b.png","size":{"fileLength":"9"},"base64":"Y2FzYSBhbGJhIQ==","buffer":null}"#;
        for size in 1..=json.len() {
            assert_eq!(
                taken(json, size),
                Some((b"casa alba!".to_vec(), true)),
                "{size}"
            );
        }
        let spaced = "{ \"base64\" : \"\\/\\/\\/\\/\" }";
        assert_eq!(taken(spaced, 3), Some((b"\xff\xff\xff".to_vec(), true)));
    }

    #[test]
    fn what_is_no_file_is_told_apart() {
        assert_eq!(taken(r#"{"base64":null}"#, 4), Some((Vec::new(), false)));
        assert_eq!(taken(r#"{"message":"gone"}"#, 4), Some((Vec::new(), false)));
        assert_eq!(
            taken(r#"{"base64":"Y2Fz"#, 4),
            Some((b"cas".to_vec(), false))
        );
        assert_eq!(taken(r#"{"base64":"no base64 at all"}"#, 5), None);
    }
}
