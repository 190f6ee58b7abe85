//! Meta's error body.

use serde_json::{Value, json};

/// An error as Graph writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GraphError {
    pub status: u16,
    pub message: String,
    pub kind: &'static str,
    pub code: i64,
    pub subcode: Option<i64>,
    pub transient: Option<bool>,
    /// Title and text for the person, where Meta gives them.
    pub for_person: Option<&'static (&'static str, &'static str)>,
    /// `error_data`: an object, or the same as JSON in a string.
    pub data: Option<Value>,
}

impl GraphError {
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            message: message.into(),
            kind: "OAuthException",
            code,
            ..Self::default()
        }
    }

    /// Code 100: the call itself is wrong.
    pub(crate) fn parameter(message: impl AsRef<str>) -> Self {
        Self::new(100, format!("(#100) {}", message.as_ref()))
    }

    pub(crate) fn nonexisting_field(field: &str, node_type: &str) -> Self {
        Self::parameter(format!(
            "Tried accessing nonexisting field ({field}) on node type ({node_type})"
        ))
    }

    pub(crate) fn permission(message: impl AsRef<str>) -> Self {
        Self {
            status: 403,
            ..Self::new(200, format!("(#200) {}", message.as_ref()))
        }
    }

    /// 100/33: unknown, or not to be known.
    pub(crate) fn no_such_object(id: &str, method: &str) -> Self {
        Self {
            kind: "GraphMethodException",
            subcode: Some(33),
            ..Self::new(
                100,
                format!(
                    "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
                ),
            )
        }
    }

    pub(crate) fn unknown_path(part: &str) -> Self {
        Self::new(2500, format!("Unknown path components: /{part}"))
    }

    pub(crate) fn with_subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// The body. `trace` stands for Meta's `fbtrace_id`.
    pub(crate) fn body(&self, trace: &str) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace,
        });
        let optional = [
            ("error_subcode", self.subcode.map(Value::from)),
            ("is_transient", self.transient.map(Value::from)),
            (
                "error_user_title",
                self.for_person.map(|text| text.0.into()),
            ),
            ("error_user_msg", self.for_person.map(|text| text.1.into())),
            ("error_data", self.data.clone()),
        ];
        if let Some(fields) = error.as_object_mut() {
            for (name, value) in optional {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), value);
                }
            }
        }
        json!({ "error": error })
    }
}
