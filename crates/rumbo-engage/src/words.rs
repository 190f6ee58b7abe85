//! Text enums: the same words in the database, in files and on the wire.

macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident ($what:literal) {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that is stored and written.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = rumbo_base::Error;
            fn from_str(text: &str) -> rumbo_base::Result<Self> {
                match text.trim().to_ascii_lowercase().as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(rumbo_base::Error::new(
                        rumbo_base::Code::InvalidInput,
                        format!("\"{text}\" is not a {}. Use one of: {}.", $what, [$($word),+].join(", ")),
                    )
                    .reason(rumbo_base::Reason::ValueUnknown)
                    .field($what)
                    .param("value", text)
                    .param("choices", [$($word),+].join(", "))),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = rumbo_base::Error;
            fn try_from(text: String) -> rumbo_base::Result<Self> {
                text.parse()
            }
        }
    };
}

pub(crate) use words;
