//! A message as a letter: its headers, its text and, where there is one, the same as HTML.

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use crate::{Content, Outgoing};

/// What letters of a channel have in common.
#[derive(Debug)]
pub(super) struct Form {
    pub reply_to: Option<Mailbox>,
    /// For messages that have none of their own.
    pub subject: Option<String>,
    /// An address or a link that mail programs offer beside the letter (RFC 2369).
    pub unsubscribe: Option<String>,
}

impl Form {
    /// The letter and its Message-ID, which holds our id of the dispatch.
    pub fn write(
        &self,
        message: &Outgoing<'_>,
        sender: &Mailbox,
        to: &Address,
        now: DateTime<Utc>,
    ) -> Result<(String, Vec<u8>), &'static str> {
        let (text, subject, html) = match message.content {
            Content::Text {
                body,
                subject,
                html,
            } => (body, subject.as_deref(), html.as_deref()),
            Content::Template(template) => (&template.rendered, None, None),
            Content::Media { .. } => {
                return Err("A letter carries no files yet. Send a link as text.");
            }
        };
        let id = format!("<{}@{}>", message.dispatch_id, sender.email.domain());
        let fallback = sender
            .name
            .as_deref()
            .unwrap_or_else(|| sender.email.domain());
        let subject = subject.or(self.subject.as_deref()).unwrap_or(fallback);
        let mut builder = Message::builder()
            .from(sender.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject.replace(['\r', '\n'], " "))
            .date(now.into())
            .message_id(Some(id.clone()));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        // A line break in an id would be a header of its own.
        if let Some(answered) = message.reply_to.filter(|id| !id.contains(['\r', '\n'])) {
            builder = builder
                .in_reply_to(answered.to_owned())
                .references(answered.to_owned());
        }
        let letter = match html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(
                text.clone(),
                html.to_owned(),
            )),
            None => builder.singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(text.clone()),
            ),
        };
        let mut letter =
            letter.map_err(|_| "The letter cannot be made of this text and subject.")?;
        if let Some(unsubscribe) = &self.unsubscribe {
            let target = if unsubscribe.contains("://") || unsubscribe.starts_with("mailto:") {
                unsubscribe.clone()
            } else {
                format!("mailto:{unsubscribe}")
            };
            letter.headers_mut().insert_raw(HeaderValue::new(
                HeaderName::new_from_ascii_str("List-Unsubscribe"),
                format!("<{target}>"),
            ));
        }
        Ok((id, letter.formatted()))
    }
}
