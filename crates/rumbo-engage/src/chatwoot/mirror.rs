//! From here to Chatwoot: conversations, messages, and how they fared.
//!
//! Each conversation is worked on by one program at a time, which holds a claim on it and renews it
//! before each call. Before a message is handed over it is marked as such; where no answer is known it
//! is looked for by its name before it is handed over again.

mod store;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ConversationId, MessageId, Result};
use rumbo_channels::{
    Chatwoot, ChatwootContact, ChatwootFailure, MESSAGES_A_PAGE, MessageTold, NewContact,
    NewMessage,
};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::Hitch;
use super::links::{self, Link, backoff};
use super::work::{Report, Timing};
pub use store::STATEMENTS;
pub(crate) use store::is_also;
use store::{Origin, Person, Row};
pub(super) use store::{arrived, place_known};

/// Why the work on a conversation, or on all of them, ended before its end.
#[derive(Debug)]
pub(super) enum Ended {
    /// The store, or a fault of ours.
    Error(rumbo_base::Error),
    /// Chatwoot cannot be used at all now.
    Everywhere(ChatwootFailure),
    /// This conversation goes on later.
    Later {
        until: DateTime<Utc>,
        hitch: Hitch,
        why: String,
    },
    /// Another program has the conversation.
    Taken,
}

impl From<rumbo_base::Error> for Ended {
    fn from(error: rumbo_base::Error) -> Self {
        Self::Error(error)
    }
}

/// Somebody at work on one conversation.
struct Hand<'a> {
    scope: &'a Scope,
    chatwoot: &'a Chatwoot,
    link: &'a Link,
    timing: &'a Timing,
    conversation: ConversationId,
    by: Uuid,
    attempts: i64,
    report: Report,
}

/// Works on the conversations in which something waits.
pub(super) async fn run(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    timing: &Timing,
) -> Result<(Report, Option<ChatwootFailure>)> {
    let mut report = Report::default();
    let mut tx = scope.read().await?;
    let due = store::due(&mut tx, scope, link.id).await?;
    drop(tx);
    for conversation in due {
        match one(scope, chatwoot, link, timing, conversation).await {
            Ok(done) => report.add(done),
            Err(Ended::Everywhere(failure)) => return Ok((report, Some(failure))),
            Err(Ended::Error(error)) => return Err(error),
            Err(Ended::Later { .. } | Ended::Taken) => {}
        }
    }
    Ok((report, None))
}

async fn one(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    timing: &Timing,
    conversation: ConversationId,
) -> Result<Report, Ended> {
    let by = scope.entropy.uuid(scope.now());
    let until = scope.now() + timing.lease;
    let mut tx = scope.write().await?;
    let claimed = store::claim(&mut tx, scope, link.id, conversation, by, until).await?;
    tx.commit().await?;
    let Some(attempts) = claimed else {
        return Err(Ended::Taken);
    };
    let mut hand = Hand {
        scope,
        chatwoot,
        link,
        timing,
        conversation,
        by,
        attempts,
        report: Report::default(),
    };
    let ended = hand.work().await;
    let now = scope.now();
    let (due_at, attempts, error) = match &ended {
        Ok(()) => (now, 0, None),
        Err(Ended::Later { until, hitch, why }) => {
            (*until, attempts + 1, Some((*hitch, why.as_str())))
        }
        // Of one that was taken by another program nothing is written: it is not this one's to let go.
        Err(Ended::Everywhere(_) | Ended::Taken) => (now, attempts, None),
        Err(Ended::Error(_)) => (now + backoff(attempts), attempts + 1, None),
    };
    let mut tx = scope.write().await?;
    store::let_go(&mut tx, &hand.held(), due_at, attempts, error).await?;
    tx.commit().await?;
    match ended {
        Err(Ended::Later { .. }) | Ok(()) => Ok(hand.report),
        Err(ended) => Err(ended),
    }
}

impl Hand<'_> {
    fn held(&self) -> store::Held<'_> {
        store::Held {
            scope: self.scope,
            link: self.link.id,
            conversation: self.conversation,
            by: self.by,
        }
    }

    async fn work(&mut self) -> Result<(), Ended> {
        let mut place = self.place().await?;
        let mut begun_anew = false;
        loop {
            let mut tx = self.scope.read().await?;
            let rows = store::rows(&mut tx, self.scope, self.link.id, self.conversation).await?;
            drop(tx);
            if rows.is_empty() {
                break;
            }
            for row in rows {
                match self.message(place, &row).await {
                    Ok(()) => {}
                    // Somebody deleted the conversation there: it begins anew, once.
                    Err(Ended::Later { .. }) if self.is_gone(place).await? && !begun_anew => {
                        begun_anew = true;
                        place = self.place().await?;
                        break;
                    }
                    Err(ended) => return Err(ended),
                }
            }
        }
        self.statuses(place).await
    }

    /// Whether the conversation was found not to be there any more.
    async fn is_gone(&self, place: i64) -> Result<bool> {
        let mut tx = self.scope.read().await?;
        let stored = store::place(&mut tx, self.scope, self.link.id, self.conversation).await?;
        Ok(stored.chatwoot_id != Some(place))
    }

    /// The number of the conversation there; where it is not there it is begun.
    async fn place(&mut self) -> Result<i64, Ended> {
        let mut tx = self.scope.read().await?;
        let stored = store::place(&mut tx, self.scope, self.link.id, self.conversation).await?;
        let person = store::person(&mut tx, self.scope, self.conversation).await?;
        drop(tx);
        if let Some(place) = stored.chatwoot_id {
            return Ok(place);
        }
        let contact = match stored.contact {
            Some(contact) => contact,
            None => {
                let contact = self.contact(&person).await?;
                let mut tx = self.scope.write().await?;
                store::set_contact(&mut tx, &self.held(), Some(contact)).await?;
                tx.commit().await?;
                contact
            }
        };
        if let Some(begun_at) = stored.begun_at {
            self.settled(begun_at, "a conversation was asked for, and no answer came")?;
            self.renew().await?;
            let account = self.link.account_id;
            let there = match self.chatwoot.conversations_of(account, contact).await {
                Ok(there) => there,
                Err(ChatwootFailure::NotFound(text)) => {
                    return Err(self.forget_contact(&text).await?);
                }
                Err(failure) => return Err(self.failed(failure)),
            };
            let found = there.into_iter().find(|it| {
                it.ours == Some(self.conversation)
                    && it.inbox.is_none_or(|inbox| inbox == self.link.inbox_id)
            });
            if let Some(found) = found {
                return self.begun(found.id).await;
            }
        }
        let mut tx = self.scope.write().await?;
        let mine = store::begin(&mut tx, &self.held(), self.lease()).await?;
        tx.commit().await?;
        if !mine {
            return Err(Ended::Taken);
        }
        let ours = self.conversation.to_string();
        let (account, inbox) = (self.link.account_id, self.link.inbox_id);
        match self
            .chatwoot
            .create_conversation(account, inbox, contact, &ours)
            .await
        {
            Ok(told) => self.begun(told.id).await,
            Err(ChatwootFailure::Lost(why)) => Err(Ended::Later {
                until: self.scope.now() + self.timing.settle,
                hitch: Hitch::Unanswered,
                why,
            }),
            Err(ChatwootFailure::NotFound(text)) => Err(self.forget_contact(&text).await?),
            Err(failure) => {
                let mut tx = self.scope.write().await?;
                store::not_begun(&mut tx, &self.held()).await?;
                tx.commit().await?;
                Err(self.failed(failure))
            }
        }
    }

    async fn begun(&self, place: i64) -> Result<i64, Ended> {
        let mut tx = self.scope.write().await?;
        store::begun(&mut tx, &self.held(), place).await?;
        tx.commit().await?;
        Ok(place)
    }

    /// The contact was deleted there: next time another one is found or made.
    async fn forget_contact(&self, why: &str) -> Result<Ended> {
        let mut tx = self.scope.write().await?;
        store::set_contact(&mut tx, &self.held(), None).await?;
        tx.commit().await?;
        Ok(self.later(Hitch::Missing, why))
    }

    /// The person there: by our own name, then by number, then by address, else as a new contact.
    async fn contact(&self, person: &Person) -> Result<i64, Ended> {
        let identifier = match person.contact_id {
            Some(id) => format!("rumbo:{id}"),
            None => format!("rumbo:{}", self.conversation),
        };
        let phone = person.phone().filter(|number| number.starts_with('+'));
        let email = person.email.as_deref();
        if let Some(found) = self.find(&identifier, phone, email).await? {
            return Ok(found);
        }
        let mut new = NewContact {
            identifier: &identifier,
            name: &person.name,
            phone,
            email,
        };
        // A number or an address that Chatwoot does not accept is left out, one after the other.
        loop {
            self.renew().await?;
            let account = self.link.account_id;
            match self.chatwoot.create_contact(account, &new).await {
                Ok(made) => return Ok(made.id),
                Err(ChatwootFailure::Refused(why)) => {
                    // Somebody else may have made it meanwhile, or our own call whose answer was lost.
                    if let Some(found) = self.find(&identifier, phone, email).await? {
                        return Ok(found);
                    }
                    if new.phone.take().is_none() && new.email.take().is_none() {
                        return Err(self.later(Hitch::Refused, &why));
                    }
                }
                Err(failure) => return Err(self.failed(failure)),
            }
        }
    }

    async fn find(
        &self,
        identifier: &str,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> Result<Option<i64>, Ended> {
        type Is = fn(&ChatwootContact, &str) -> bool;
        let ways: [(Option<&str>, Is); 3] = [
            (Some(identifier), |it, wanted| {
                it.identifier.as_deref() == Some(wanted)
            }),
            (phone, |it, wanted| it.phone.as_deref() == Some(wanted)),
            (email, |it, wanted| {
                it.email
                    .as_deref()
                    .is_some_and(|address| address.eq_ignore_ascii_case(wanted))
            }),
        ];
        for (wanted, is) in ways {
            let Some(wanted) = wanted else {
                continue;
            };
            self.renew().await?;
            let found = self
                .chatwoot
                .search_contacts(self.link.account_id, wanted)
                .await
                .map_err(|failure| self.failed(failure))?;
            if let Some(found) = found.iter().find(|it| is(it, wanted)) {
                return Ok(Some(found.id));
            }
        }
        Ok(None)
    }

    async fn message(&mut self, place: i64, row: &Row) -> Result<(), Ended> {
        if row.is_nothing() {
            let mut tx = self.scope.write().await?;
            store::drop_row(&mut tx, &self.held(), row.message_id).await?;
            tx.commit().await?;
            return Ok(());
        }
        if let Some(posted_at) = row.posted_at {
            self.settled(posted_at, "a message was handed over, and no answer came")?;
            let after = row.posted_after.unwrap_or_default();
            if let Some(found) = self.look(place, after, row.message_id).await? {
                return self.arrived(row.message_id, found).await;
            }
        }
        let mut tx = self.scope.write().await?;
        let mine = store::renew(&mut tx, &self.held(), self.lease()).await?;
        let waits = mine && store::hand_over(&mut tx, &self.held(), row.message_id).await?;
        tx.commit().await?;
        if !mine {
            return Err(Ended::Taken);
        }
        if !waits {
            // A webhook told meanwhile that it is there.
            return Ok(());
        }
        let source_id = MessageTold::source_id_of(row.message_id);
        let content = row.content();
        let new = NewMessage {
            source_id: &source_id,
            content: &content,
            incoming: row.is_inbound(),
            private: row.origin == Origin::Note,
            at: row.occurred_at,
        };
        let account = self.link.account_id;
        match self.chatwoot.create_message(account, place, &new).await {
            Ok(told) => {
                let known = told.ours == Some(row.message_id);
                self.arrived(row.message_id, told.id).await?;
                if known {
                    return Ok(());
                }
                Err(Ended::Everywhere(ChatwootFailure::Unauthorized(
                    "This Chatwoot does not keep the source_id of messages, so that answers cannot be told from \
                     what was mirrored. Update Chatwoot, and connect again."
                        .to_owned(),
                )))
            }
            Err(ChatwootFailure::Lost(why)) => Err(Ended::Later {
                until: self.scope.now() + self.timing.settle,
                hitch: Hitch::Unanswered,
                why,
            }),
            Err(ChatwootFailure::NotFound(why)) => {
                let mut tx = self.scope.write().await?;
                store::wait(&mut tx, &self.held(), row.message_id).await?;
                store::lose_place(&mut tx, &self.held()).await?;
                tx.commit().await?;
                Err(self.later(Hitch::Missing, &why))
            }
            Err(ChatwootFailure::Refused(why)) => {
                let mut tx = self.scope.write().await?;
                store::refuse(&mut tx, &self.held(), row.message_id, &why).await?;
                tx.commit().await?;
                self.report.refused += 1;
                Ok(())
            }
            Err(failure) => {
                // Nothing was done.
                let mut tx = self.scope.write().await?;
                store::wait(&mut tx, &self.held(), row.message_id).await?;
                tx.commit().await?;
                Err(self.failed(failure))
            }
        }
    }

    /// Looks for a message of ours after one that was known when it was handed over.
    async fn look(
        &self,
        place: i64,
        mut after: i64,
        wanted: MessageId,
    ) -> Result<Option<i64>, Ended> {
        loop {
            self.renew().await?;
            let account = self.link.account_id;
            let page = match self.chatwoot.messages(account, place, after).await {
                Ok(page) => page,
                // The conversation is gone, and the message with it.
                Err(ChatwootFailure::NotFound(_)) => return Ok(None),
                Err(failure) => return Err(self.failed(failure)),
            };
            if let Some(found) = page.iter().find(|it| it.ours == Some(wanted)) {
                return Ok(Some(found.id));
            }
            let last = page.iter().map(|it| it.id).max().unwrap_or(after);
            if page.len() < MESSAGES_A_PAGE || last <= after {
                return Ok(None);
            }
            after = last;
        }
    }

    async fn arrived(&mut self, message: MessageId, id: i64) -> Result<(), Ended> {
        let mut tx = self.scope.write().await?;
        arrived(&mut tx, self.scope, self.link.id, message, id).await?;
        tx.commit().await?;
        self.report.mirrored += 1;
        Ok(())
    }

    /// Tells how messages of ours fared since they were mirrored.
    async fn statuses(&mut self, place: i64) -> Result<(), Ended> {
        let mut tx = self.scope.read().await?;
        let due = store::statuses(&mut tx, self.scope, self.link.id, self.conversation).await?;
        drop(tx);
        for status in due {
            if let Some((word, reason)) = status.to_tell() {
                self.renew().await?;
                let account = self.link.account_id;
                let told = self
                    .chatwoot
                    .set_status(
                        account,
                        status.place.unwrap_or(place),
                        status.chatwoot_id,
                        word,
                        reason.as_deref(),
                    )
                    .await;
                match told {
                    // One that is not taken is not taken the next time either.
                    Ok(()) | Err(ChatwootFailure::Refused(_) | ChatwootFailure::NotFound(_)) => {}
                    Err(failure) => return Err(self.failed(failure)),
                }
                self.report.statuses += 1;
            }
            let mut tx = self.scope.write().await?;
            store::status_told(&mut tx, &self.held(), &status).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    fn lease(&self) -> DateTime<Utc> {
        self.scope.now() + self.timing.lease
    }

    /// Goes on holding the conversation, for longer than a call takes.
    async fn renew(&self) -> Result<(), Ended> {
        let mut tx = self.scope.write().await?;
        let mine = store::renew(&mut tx, &self.held(), self.lease()).await?;
        tx.commit().await?;
        if mine { Ok(()) } else { Err(Ended::Taken) }
    }

    /// Whether a call of which nothing is known has come to its end by now, one way or the other.
    fn settled(&self, since: DateTime<Utc>, why: &str) -> Result<(), Ended> {
        let until = since + self.timing.settle;
        if self.scope.now() < until {
            return Err(Ended::Later {
                until,
                hitch: Hitch::Unanswered,
                why: why.to_owned(),
            });
        }
        Ok(())
    }

    fn later(&self, hitch: Hitch, why: &str) -> Ended {
        Ended::Later {
            hitch,
            until: self.scope.now() + backoff(self.attempts),
            why: why.to_owned(),
        }
    }

    fn failed(&self, failure: ChatwootFailure) -> Ended {
        if failure.is_everywhere() {
            Ended::Everywhere(failure)
        } else {
            self.later(Hitch::from(&failure), &failure.to_string())
        }
    }
}

/// What is done about Chatwoot not being usable at all: it is left alone for a while, or until somebody
/// looks after it.
pub(super) async fn leave_alone(
    scope: &Scope,
    link: &Link,
    failure: &ChatwootFailure,
) -> Result<()> {
    let mut tx = scope.write().await?;
    let now = scope.now();
    match failure {
        ChatwootFailure::Unauthorized(why) => links::stop(&mut tx, scope, link.id, why).await?,
        ChatwootFailure::Wait(Some(wait)) => {
            let wait = TimeDelta::from_std(*wait).unwrap_or(TimeDelta::minutes(1));
            links::wait(&mut tx, scope, link.id, failure, now + wait).await?;
        }
        _ => {
            let until = now + backoff(link.attempts);
            links::wait(&mut tx, scope, link.id, failure, until).await?;
        }
    }
    tx.commit().await
}
