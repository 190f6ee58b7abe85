//! Channels beside one another: how far messages come, what an answer and a sale cost, and who could be
//! written to more cheaply by another one (DETAILS H-3).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{
    ChannelId, ContactId, Currency, DateRange, Micros, Result, TimeZone, WorkspaceId,
};
use rumbo_channels::ChannelKind;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::statistics::{self, ChannelFigures};
use crate::outbox::{self, Purpose, Sender};

statements! {
    /// Sales with the last message that went out to their contact before them.
    SALES = "SELECT m.channel_id, m.occurred_at, s.completed_at FROM sales s JOIN messages m ON m.workspace_id = $1 \
        AND m.id = (SELECT x.id FROM conversations v JOIN messages x ON x.workspace_id = $1 AND x.conversation_id = v.id \
        AND x.direction = 'outbound' AND x.status IN ('sent', 'delivered', 'read') AND x.occurred_at <= s.completed_at \
        WHERE v.workspace_id = $1 AND v.contact_id = s.contact_id ORDER BY x.occurred_at DESC, x.id DESC LIMIT 1) \
        WHERE s.workspace_id = $1 AND s.completed_at >= $2 AND s.completed_at < $3";
    WRITTEN = "SELECT v.contact_id, c.name, c.phone, c.email, v.address FROM conversations v JOIN contacts c \
        ON c.workspace_id = $1 AND c.id = v.contact_id WHERE v.workspace_id = $1 AND v.channel_id = $2 \
        AND v.last_message_at >= $3 AND EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = $1 \
        AND m.conversation_id = v.id AND m.direction = 'outbound' AND m.occurred_at >= $3 AND m.occurred_at < $4)";
    THERE = "SELECT contact_id, address FROM conversations WHERE workspace_id = $1 AND channel_id = $2 \
        AND contact_id IS NOT NULL";
    STOPPED = "SELECT address FROM suppressions WHERE workspace_id = $1 AND kind = $2";
}

/// A sale counts for the message before it only so long after it.
pub const SALE_WITHIN: TimeDelta = TimeDelta::days(7);

/// People who are named of those who could be written to more cheaply.
const NAMED: usize = 20;

/// A channel beside the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub figures: ChannelFigures,
    /// Sales whose contact had a message of this channel last, within [`SALE_WITHIN`] before.
    pub sales: u64,
    /// Channels by which some of those written to could be written to for less, the best first.
    pub cheaper: Vec<Cheaper>,
}

/// Who could be written to for less by another channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cheaper {
    pub channel: ChannelId,
    pub name: String,
    pub people: u64,
    /// What one message to each of them would save, by today's price lists for marketing.
    pub saves: (Micros, Currency),
    /// Some of them, those first with whom most is saved.
    pub some: Vec<(ContactId, String)>,
}

#[derive(sqlx::FromRow)]
struct Written {
    contact_id: ContactId,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    address: String,
}

/// Every channel of the workspace in a period, by name.
///
/// # Errors
/// When the store cannot be read.
pub async fn compare(
    tx: &mut Tx,
    workspace: WorkspaceId,
    zone: TimeZone,
    period: DateRange,
    now: DateTime<Utc>,
) -> Result<Vec<Compared>> {
    let figures = statistics::statistics(tx, workspace, zone, period).await?;
    let (from, to) = zone.bounds(period);
    let sales: Vec<(ChannelId, DateTime<Utc>, DateTime<Utc>)> =
        on_tx!(tx, |c| sqlx::query_as(SALES)
            .bind(workspace)
            .bind(from)
            .bind(to)
            .fetch_all(c)
            .await)
        .db()?;
    let mut sold: BTreeMap<ChannelId, u64> = BTreeMap::new();
    for (channel, written, bought) in sales {
        if bought - written <= SALE_WITHIN {
            *sold.entry(channel).or_default() += 1;
        }
    }
    let senders = outbox::senders(tx, workspace).await?;
    let mut others = Vec::new();
    for sender in senders
        .iter()
        .filter(|s| s.ready && s.prices.currency().is_some())
    {
        others.push(Other::read(tx, workspace, sender).await?);
    }
    let today = zone.day_of(now);
    let mut compared = Vec::new();
    for channel in figures {
        let own = senders.iter().find(|sender| sender.id == channel.id);
        let cheaper = match own {
            Some(own) if others.iter().any(|other| other.sender.id != own.id) => {
                let written: Vec<Written> = on_tx!(tx, |c| sqlx::query_as(WRITTEN)
                    .bind(workspace)
                    .bind(channel.id)
                    .bind(from)
                    .bind(to)
                    .fetch_all(c)
                    .await)
                .db()?;
                cheaper(own, &written, &others, today)
            }
            _ => Vec::new(),
        };
        compared.push(Compared {
            sales: sold.get(&channel.id).copied().unwrap_or(0),
            figures: channel,
            cheaper,
        });
    }
    Ok(compared)
}

/// A channel that could be used instead.
struct Other<'s> {
    sender: &'s Sender,
    /// Where people are known there who cannot be written to otherwise.
    addresses: BTreeMap<ContactId, String>,
    stopped: BTreeSet<String>,
}

impl<'s> Other<'s> {
    async fn read(tx: &mut Tx, workspace: WorkspaceId, sender: &'s Sender) -> Result<Other<'s>> {
        let addresses: Vec<(ContactId, String)> = on_tx!(tx, |c| sqlx::query_as(THERE)
            .bind(workspace)
            .bind(sender.id)
            .fetch_all(c)
            .await)
        .db()?;
        let stopped: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(STOPPED)
            .bind(workspace)
            .bind(sender.kind().word())
            .fetch_all(c)
            .await)
        .db()?;
        Ok(Other {
            sender,
            addresses: addresses.into_iter().collect(),
            stopped: stopped.into_iter().collect(),
        })
    }

    /// Where a contact could be written to; `None` where not, or where they do not want it.
    fn address<'p>(&'p self, person: &'p Written) -> Option<&'p str> {
        let address = match self.sender.kind() {
            ChannelKind::Sms | ChannelKind::Whatsapp => person.phone.as_deref(),
            ChannelKind::Email => person.email.as_deref(),
            ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => None,
        };
        let known = self.addresses.get(&person.contact_id).map(String::as_str);
        address
            .or(known)
            .filter(|address| !self.stopped.contains(*address))
    }
}

fn cheaper(
    own: &Sender,
    written: &[Written],
    others: &[Other<'_>],
    today: chrono::NaiveDate,
) -> Vec<Cheaper> {
    let mut found = Vec::new();
    for other in others.iter().filter(|other| other.sender.id != own.id) {
        let mut saved: Vec<(Micros, &Written)> = Vec::new();
        let mut unit = None;
        for person in written {
            let price = |sender: &Sender, address: &str| {
                sender.prices.of(Purpose::Marketing, address, today)
            };
            let Some((now, currency)) = price(own, &person.address) else {
                continue;
            };
            let Some((then, same)) = other
                .address(person)
                .and_then(|address| price(other.sender, address))
            else {
                continue;
            };
            // What is in two currencies is not set against each other.
            if currency == same && then < now {
                unit = Some(currency);
                saved.push((now - then, person));
            }
        }
        let Some(currency) = unit else { continue };
        saved.sort_by_key(|(amount, person)| (std::cmp::Reverse(*amount), person.contact_id));
        found.push(Cheaper {
            channel: other.sender.id,
            name: other.sender.name.clone(),
            people: u64::try_from(saved.len()).unwrap_or(u64::MAX),
            saves: (saved.iter().map(|(amount, _)| *amount).sum(), currency),
            some: saved
                .iter()
                .take(NAMED)
                .map(|(_, person)| (person.contact_id, person.name.clone()))
                .collect(),
        });
    }
    found.sort_by_key(|cheaper| std::cmp::Reverse(cheaper.saves.0));
    found
}

#[cfg(test)]
mod tests {
    use rumbo_channels::Provider;
    use rumbo_crm::contacts::{self, ContactFields};

    use super::*;
    use crate::outbox::testing::{channel, in_both, price};

    async fn wrote(
        scope: &rumbo_platform::Scope,
        channel: ChannelId,
        contact: ContactId,
        address: &str,
        status: &str,
    ) {
        let mut tx = scope.write().await.unwrap();
        let (conversation, message): (uuid::Uuid, uuid::Uuid) = (
            scope.entropy.uuid(scope.now()),
            scope.entropy.uuid(scope.now()),
        );
        on_tx!(&mut tx, |c| {
            sqlx::query(
                "INSERT INTO conversations (workspace_id, id, channel_id, address, contact_id, state, \
                 last_message_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $6, $6)",
            )
            .bind(scope.workspace)
            .bind(conversation)
            .bind(channel)
            .bind(address)
            .bind(contact)
            .bind(scope.now())
            .execute(&mut *c)
            .await
            .unwrap();
            sqlx::query(
                "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, \
                 address, automatic, origin, status, occurred_at, price_micros, currency, created_at, updated_at) \
                 VALUES ($1, $2, $3, $4, 'outbound', 'text', 'Hi', $5, TRUE, 'campaign', $6, $7, 80000, 'USD', $7, $7)",
            )
            .bind(scope.workspace)
            .bind(message)
            .bind(conversation)
            .bind(channel)
            .bind(address)
            .bind(status)
            .bind(scope.now())
            .execute(c)
            .await
            .unwrap();
        });
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn channels_stand_beside_one_another() {
        in_both(|scope| async move {
            let whatsapp = channel(&scope, Provider::WhatsappCloud, "{}").await;
            let mail = channel(&scope, Provider::Smtp, "{}").await;
            price(&scope, whatsapp, "marketing", "0.08").await;
            price(&scope, mail, "", "0.001").await;
            let mut people = Vec::new();
            for (number, email) in [(1, Some("ana@example.com")), (2, None), (3, Some("lu@example.com"))] {
                let mut tx = scope.write().await.unwrap();
                let fields = ContactFields {
                    name: Some(format!("Ana {number}")),
                    phone: Some(format!("+551198000000{number}")),
                    email: email.map(str::to_owned),
                    ..ContactFields::default()
                };
                people.push(contacts::create(&mut tx, &scope, fields).await.unwrap().id);
                tx.commit().await.unwrap();
            }
            for (place, status) in ["delivered", "read", "failed"].into_iter().enumerate() {
                let address = format!("+551198000000{}", place + 1);
                wrote(&scope, whatsapp, people[place], &address, status).await;
            }
            let mut tx = scope.write().await.unwrap();
            for (place, days) in [(0, 6), (1, 8)] {
                let id: uuid::Uuid = scope.entropy.uuid(scope.now());
                let bought = scope.now() + TimeDelta::days(days);
                on_tx!(&mut tx, |c| sqlx::query(
                    "INSERT INTO sales (workspace_id, id, reference, contact_id, gross_micros, refunded_micros, currency, \
                     status, occurred_at, completed_at, attribution_source, created_at, updated_at) \
                     VALUES ($1, $2, $3, $4, 5000000, 0, 'USD', 'completed', $5, $5, 'ORGANIC', $5, $5)"
                )
                .bind(scope.workspace)
                .bind(id)
                .bind(format!("S-{place}"))
                .bind(people[place])
                .bind(bought)
                .execute(c)
                .await
                .map(|_| ()))
                .unwrap();
            }
            on_tx!(&mut tx, |c| sqlx::query(
                "INSERT INTO suppressions (workspace_id, kind, address, scope, source, occurred_at, created_at) \
                 VALUES ($1, 'email', 'lu@example.com', 'all', 'person', $2, $2)"
            )
            .bind(scope.workspace)
            .bind(scope.now())
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            let mut tx = scope.read().await.unwrap();
            let zone: TimeZone = "America/Sao_Paulo".parse().unwrap();
            let today = zone.day_of(scope.now());
            let period = DateRange::new(today, today + chrono::Days::new(30)).unwrap();
            let all = compare(&mut tx, scope.workspace, zone, period, scope.now()).await.unwrap();
            let of = |id| all.iter().find(|one| one.figures.id == id).unwrap();
            let ours = of(whatsapp);
            assert_eq!(
                (ours.figures.delivered, ours.figures.written, ours.figures.reached, ours.sales),
                (2, 3, 2, 1)
            );
            let [cheaper] = ours.cheaper.as_slice() else {
                panic!("{:?}", ours.cheaper)
            };
            // Only one has an address there and wants it.
            assert_eq!((cheaper.channel, cheaper.people), (mail, 1));
            assert_eq!(cheaper.some, [(people[0], "Ana 1".to_owned())]);
            assert_eq!(cheaper.saves.0, Micros::parse("0.079").unwrap());
            assert_eq!((of(mail).sales, of(mail).cheaper.len()), (0, 0));
        })
        .await;
    }
}
