//! Meta's words for kinds. A word that is not known is kept, as Meta adds some.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $kind:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $kind {
            $($(#[$variant_doc])* $variant,)+
            /// A word that is not known here, as it came.
            Other(String),
        }

        impl $kind {
            /// The words that are known.
            pub const KNOWN: &'static [&'static str] = &[$($word),+];

            /// Reads the word in either case.
            pub fn of(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) { return Self::$variant; })+
                Self::Other(word.to_owned())
            }

            /// Meta's word.
            pub fn word(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// Whether the word is not known.
            pub fn is_other(&self) -> bool {
                matches!(self, Self::Other(_))
            }
        }

        impl Default for $kind {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::of(&String::deserialize(deserializer)?))
            }
        }
    )+};
}

words! {
    /// What a template is for, and so what it costs.
    Category {
        Marketing = "MARKETING",
        Utility = "UTILITY",
        Authentication = "AUTHENTICATION",
    }
    /// How variables are written.
    ParameterFormat {
        /// `{{1}}`, `{{2}}`
        Positional = "POSITIONAL",
        /// `{{first_name}}`
        Named = "NAMED",
    }
    /// What a part of a template is.
    ComponentKind {
        Header = "HEADER",
        Body = "BODY",
        Footer = "FOOTER",
        Buttons = "BUTTONS",
        Carousel = "CAROUSEL",
        LimitedTimeOffer = "LIMITED_TIME_OFFER",
        CallPermissionRequest = "CALL_PERMISSION_REQUEST",
        TapTargetConfiguration = "TAP_TARGET_CONFIGURATION",
    }
    /// What stands above the text.
    HeaderFormat {
        Text = "TEXT",
        Image = "IMAGE",
        Video = "VIDEO",
        Gif = "GIF",
        Document = "DOCUMENT",
        Location = "LOCATION",
        Product = "PRODUCT",
    }
    /// What a button does.
    ButtonKind {
        QuickReply = "QUICK_REPLY",
        Url = "URL",
        PhoneNumber = "PHONE_NUMBER",
        CopyCode = "COPY_CODE",
        Otp = "OTP",
        Flow = "FLOW",
        /// Several products.
        MultiProduct = "MPM",
        /// One product.
        SingleProduct = "SPM",
        Catalog = "CATALOG",
        VoiceCall = "VOICE_CALL",
        OrderDetails = "ORDER_DETAILS",
        PaymentRequest = "PAYMENT_REQUEST",
        RequestContactInfo = "REQUEST_CONTACT_INFO",
        App = "APP",
    }
    /// How a one-time password gets from the message into the app.
    OtpKind {
        CopyCode = "COPY_CODE",
        OneTap = "ONE_TAP",
        ZeroTap = "ZERO_TAP",
    }
}
