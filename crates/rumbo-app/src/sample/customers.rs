//! What became of the sample's leads: opportunities, sales and refunds, made up from each lead's
//! own id, so that every start shows the same business. Only ever in the sample workspace.

use chrono::{DateTime, Days, TimeDelta, Utc};
use rumbo_base::{ContactId, Currency, DateRange, Micros, PageRequest, Result};
use rumbo_crm::channel_spend::{self, NewSpend};
use rumbo_crm::contacts::{self, ContactFields, Filter};
use rumbo_crm::opportunities::{self, NewOpportunity};
use rumbo_crm::sales::{self, NewSale, SaleFilter};
use rumbo_crm::stages::{self, Outcome, Stage};
use rumbo_crm::touchpoints::{self, NewTouchpoint, TouchpointKind};
use rumbo_db::Tx;
use rumbo_insight::{Grain, RoiRequest};
use rumbo_platform::Scope;
use sha2::{Digest, Sha256};

use crate::Context;

/// Furniture, with its price in whole dollars.
const PRODUCTS: [(&str, i64); 8] = [
    ("Sofá a medida", 1_240),
    ("Sillón Alba", 690),
    ("Mesa de roble", 980),
    ("Juego de comedor", 1_860),
    ("Lámpara de pie", 145),
    ("Biblioteca", 560),
    ("Cama Siena", 1_120),
    ("Escritorio Norte", 430),
];

/// People who came by no ad of Meta's: their sales are credited to no campaign.
const WALK_INS: [(&str, &str); 14] = [
    ("Marta Olivera", "REFERRAL"),
    ("Hugo Peralta", "ORGANIC"),
    ("Sandra Quiroga", "WEB"),
    ("Tomás Ibarra", "REFERRAL"),
    ("Paula Rinaldi", "ORGANIC"),
    ("Nadia Castelli", "WEB"),
    ("Ramiro Funes", "ORGANIC"),
    ("Elena Duarte", "REFERRAL"),
    ("Bruno Salas", "WEB"),
    ("Inés Acosta", "ORGANIC"),
    ("Lautaro Méndez", "GOOGLE_ADS"),
    ("Florencia Vidal", "GOOGLE_ADS"),
    ("Gonzalo Bravo", "GOOGLE_ADS"),
    ("Micaela Torres", "GOOGLE_ADS"),
];

/// What is spent at Google, by campaign: whole dollars over the last 90 days.
const AT_GOOGLE: [(&str, i64); 2] = [("Marca", 540), ("Muebles a medida", 1_170)];
const DAYS_AT_GOOGLE: u64 = 90;

/// Names of people who write on WhatsApp.
const FIRST_NAMES: [&str; 16] = [
    "Camila",
    "Valentina",
    "Joaquín",
    "Mateo",
    "Lucía",
    "Sofía",
    "Martín",
    "Diego",
    "Larissa",
    "Rafael",
    "Thiago",
    "Aline",
    "Priscila",
    "Bruno",
    "Carolina",
    "Federico",
];
const LAST_NAMES: [&str; 16] = [
    "Rocha",
    "Menezes",
    "Gómez",
    "Fernández",
    "Prado",
    "Barros",
    "Nunes",
    "Teixeira",
    "López",
    "Silva",
    "Ruiz",
    "Cabrera",
    "Duarte",
    "Moreira",
    "Ferreyra",
    "Molina",
];

/// Spend behind one chat, in whole dollars: what such campaigns cost in this business.
const SPEND_PER_CHAT: i64 = 14;

/// Draws from a text, always the same.
struct Draw([u8; 32]);

impl Draw {
    fn new(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// A number below `bound`, by its own place in the draw.
    fn below(&self, place: usize, bound: i64) -> i64 {
        let at = |offset: usize| {
            i64::from(
                self.0
                    .get((place * 2 + offset) % 32)
                    .copied()
                    .unwrap_or_default(),
            )
        };
        (at(0) * 256 + at(1)) % bound.max(1)
    }
}

/// Gives the sample's leads a history, once: when there are leads and no sale yet.
pub(crate) async fn fill_crm(cx: &Context) -> Result<()> {
    let scope = cx.scope()?;
    if !cx.workspace().await?.sample {
        return Ok(());
    }
    let (chats, again) = advertised(scope).await?;
    let mut tx = scope.write().await?;
    let one = PageRequest {
        limit: Some(1),
        cursor: None,
    };
    let sold = sales::list(&mut tx, scope.workspace, &SaleFilter::default(), &one).await?;
    if !sold.rows.is_empty() {
        return Ok(());
    }
    let stages = stages::list(&mut tx, scope.workspace).await?;
    let mut page = PageRequest::largest();
    let mut leads = Vec::new();
    loop {
        let found = contacts::list(&mut tx, scope.workspace, &Filter::default(), &page).await?;
        leads.extend(found.rows);
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    if leads.is_empty() {
        return Ok(());
    }
    // Ids are new at every first start; the day and the name are not.
    leads.sort_by(|a, b| (a.first_seen_at, &a.name).cmp(&(b.first_seen_at, &b.name)));
    for lead in &leads {
        let arrived = Arrived {
            contact: lead.id,
            name: &lead.name,
            at: lead.first_seen_at,
            draw: Draw::new(&format!("{}{}", lead.name, lead.first_seen_at.timestamp())),
        };
        follow_up(&mut tx, scope, arrived, &stages, &again).await?;
    }
    for chat in chats {
        let arrived = Arrived {
            contact: arrive(&mut tx, scope, &chat).await?,
            name: &chat.name,
            at: chat.at,
            // When it was depends on when the sample was made; what became of it does not.
            draw: Draw::new(&format!("{} of {}", chat.name, chat.of)),
        };
        follow_up(&mut tx, scope, arrived, &stages, &again).await?;
    }
    let first = leads
        .first()
        .map_or_else(|| scope.now(), |lead| lead.first_seen_at);
    for (name, source) in WALK_INS {
        walk_in(&mut tx, scope, name, source, first).await?;
    }
    spend_elsewhere(&mut tx, scope).await?;
    tx.commit().await
}

/// What a report by channel sets beside Meta.
async fn spend_elsewhere(tx: &mut Tx, scope: &Scope) -> Result<()> {
    let yesterday = (scope.now() - TimeDelta::days(1)).date_naive();
    let from = yesterday.checked_sub_days(Days::new(DAYS_AT_GOOGLE - 1));
    for (campaign, dollars) in AT_GOOGLE {
        let new = NewSpend {
            days: DateRange {
                from: from.unwrap_or(yesterday),
                to: yesterday,
            },
            platform: "google_ads".to_owned(),
            campaign: Some(campaign.to_owned()),
            note: None,
            amount: Micros(dollars * 1_000_000),
            currency: Currency::USD,
        };
        channel_spend::add(tx, scope, new).await?;
    }
    Ok(())
}

/// A chat that an ad without a form brought.
struct Chat {
    /// Which one of its ad it is.
    of: String,
    name: String,
    at: DateTime<Utc>,
    campaign: String,
    ad: String,
}

/// An ad that may bring people back who came by another.
struct Reminder {
    campaign: String,
    ad: String,
}

/// Chats of the last 90 days, as many as the spend of ads without forms would bring; and the ads
/// that remind people of what they looked at.
async fn advertised(scope: &Scope) -> Result<(Vec<Chat>, Vec<Reminder>)> {
    let today = scope.now().date_naive();
    let range = DateRange::new(today - TimeDelta::days(89), today)?;
    let campaigns = rumbo_insight::roi(scope, RoiRequest::new(Grain::Campaign, range)).await?;
    let ads = rumbo_insight::roi(scope, RoiRequest::new(Grain::Ad, range)).await?;
    let reminds = |row: &&rumbo_insight::RoiRow| {
        row.campaign_name
            .as_ref()
            .is_some_and(|name| name.contains("Remarketing"))
    };
    let mut again: Vec<Reminder> = ads
        .groups
        .iter()
        .flat_map(|group| group.rows.iter().filter(reminds))
        .filter_map(|ad| {
            let of = campaigns.groups.iter().flat_map(|group| &group.rows);
            let campaign = of
                .clone()
                .find(|row| row.id == ad.campaign_id.map(|id| id.0))?;
            Some(Reminder {
                campaign: campaign.external_id.clone()?,
                ad: ad.external_id.clone()?,
            })
        })
        .collect();
    again.sort_by(|a, b| a.ad.cmp(&b.ad));
    let mut chats = Vec::new();
    for group in &campaigns.groups {
        // Campaigns with forms have their leads; one campaign brings nobody, as they do.
        let silent =
            |row: &&rumbo_insight::RoiRow| row.figures.leads == 0 && !row.name.contains("Traffic");
        for campaign in group.rows.iter().filter(silent) {
            let Some(campaign_id) = &campaign.external_id else {
                continue;
            };
            let of_campaign = ads
                .groups
                .iter()
                .flat_map(|group| &group.rows)
                .filter(|ad| {
                    ad.campaign_id.map(|id| id.0) == campaign.id && ad.figures.spend.is_some()
                });
            for ad in of_campaign {
                let Some(ad_id) = &ad.external_id else {
                    continue;
                };
                let spend = ad.figures.spend.unwrap_or_default().0 / 1_000_000;
                for number in 0..spend / SPEND_PER_CHAT {
                    let of = format!("{ad_id}#{number}");
                    let draw = Draw::new(&of);
                    let at = scope.now() - TimeDelta::minutes(30 + draw.below(8, 60_000) * 2);
                    if at.date_naive() < range.from {
                        continue;
                    }
                    let name = |place, names: &[&str; 16]| {
                        let at = usize::try_from(draw.below(place, 16)).unwrap_or_default();
                        names.get(at).copied().unwrap_or("Ana").to_owned()
                    };
                    chats.push(Chat {
                        of,
                        name: format!("{} {}", name(9, &FIRST_NAMES), name(10, &LAST_NAMES)),
                        at,
                        campaign: campaign_id.clone(),
                        ad: ad_id.clone(),
                    });
                }
            }
        }
    }
    Ok((chats, again))
}

async fn arrive(tx: &mut Tx, scope: &Scope, chat: &Chat) -> Result<ContactId> {
    let fields = ContactFields {
        name: Some(chat.name.clone()),
        lead_source: Some("CLICK_TO_WHATSAPP".to_owned()),
        ..ContactFields::default()
    };
    let contact = contacts::create(tx, scope, fields).await?.id;
    let touch = NewTouchpoint {
        occurred_at: Some(chat.at),
        kind: Some(TouchpointKind::ClickToWhatsApp),
        source: "CLICK_TO_WHATSAPP".to_owned(),
        campaign_external_id: Some(chat.campaign.clone()),
        ad_external_id: Some(chat.ad.clone()),
        ..NewTouchpoint::default()
    };
    touchpoints::add(tx, scope, contact, touch).await?;
    Ok(contact)
}

/// Somebody who came, and what decides what becomes of them.
struct Arrived<'a> {
    contact: ContactId,
    name: &'a str,
    at: DateTime<Utc>,
    draw: Draw,
}

async fn follow_up(
    tx: &mut Tx,
    scope: &Scope,
    arrived: Arrived<'_>,
    stages: &[Stage],
    again: &[Reminder],
) -> Result<()> {
    let Arrived {
        contact: lead,
        name,
        at: arrived,
        draw,
    } = arrived;
    if draw.below(0, 100) >= 30 {
        return Ok(());
    }
    let opened = arrived + TimeDelta::minutes(90 + draw.below(1, 4_000));
    if opened > scope.now() {
        return Ok(());
    }
    let (product, value) = product(&draw);
    let fate = draw.below(2, 100);
    let closed = opened + TimeDelta::minutes(600 + draw.below(3, 16_000));
    let over = closed <= scope.now();
    let stage = match (fate, over) {
        (0..42, true) => stages.iter().find(|s| s.outcome == Some(Outcome::Won)),
        (42..62, true) => stages.iter().find(|s| s.outcome == Some(Outcome::Lost)),
        _ => {
            let open: Vec<&Stage> = stages.iter().filter(|s| s.outcome.is_none()).collect();
            let count = i64::try_from(open.len()).unwrap_or(1);
            usize::try_from(draw.below(4, count))
                .ok()
                .and_then(|at| open.get(at).copied())
        }
    };
    let new = NewOpportunity {
        contact_id: lead,
        name: format!("{product} · {name}"),
        value: Some(value),
        currency: Currency::USD,
        stage_id: stage.map(|s| s.id),
        owner_id: scope.actor,
        deadline_at: None,
        expected_close: None,
        opened_at: Some(opened),
        external_id: None,
    };
    let made = opportunities::create(tx, scope, new).await?;
    if stage.and_then(|s| s.outcome) != Some(Outcome::Won) {
        return Ok(());
    }
    return_before(tx, scope, lead, &draw, (opened, closed), again).await?;
    let sale = sell(tx, scope, lead, Some(made.id), value, closed).await?;
    // One sale in fourteen comes back in part.
    if draw.below(5, 14) == 0 {
        let back = Micros(value.0 / 4 / 10_000 * 10_000);
        let at = (closed + TimeDelta::days(3)).min(scope.now());
        sales::refund(tx, scope, sale, back, Some(at), Some("Entrega parcial")).await?;
    }
    Ok(())
}

/// Four buyers in ten come back by another ad before they buy, and one in ten by themselves: what
/// models of attribution differ in.
async fn return_before(
    tx: &mut Tx,
    scope: &Scope,
    lead: ContactId,
    draw: &Draw,
    (opened, closed): (DateTime<Utc>, DateTime<Utc>),
    again: &[Reminder],
) -> Result<()> {
    let between = (closed - opened).num_minutes().max(2);
    let at = |place| opened + TimeDelta::minutes(1 + draw.below(place, between - 1));
    let count = i64::try_from(again.len()).unwrap_or(1);
    let reminder = usize::try_from(draw.below(12, count))
        .ok()
        .and_then(|place| again.get(place));
    if let Some(reminder) = reminder.filter(|_| draw.below(11, 100) < 40) {
        let touch = NewTouchpoint {
            occurred_at: Some(at(13)),
            source: "META_ADS".to_owned(),
            campaign_external_id: Some(reminder.campaign.clone()),
            ad_external_id: Some(reminder.ad.clone()),
            ..NewTouchpoint::default()
        };
        touchpoints::add(tx, scope, lead, touch).await?;
    }
    if draw.below(14, 100) < 10 {
        let touch = NewTouchpoint {
            occurred_at: Some(at(15)),
            source: "WEB".to_owned(),
            ..NewTouchpoint::default()
        };
        touchpoints::add(tx, scope, lead, touch).await?;
    }
    Ok(())
}

fn product(draw: &Draw) -> (&'static str, Micros) {
    let place = usize::try_from(draw.below(6, 8)).unwrap_or_default();
    let (name, dollars) = PRODUCTS
        .get(place)
        .copied()
        .unwrap_or(("Mesa de roble", 980));
    let cents = dollars * 100 + draw.below(7, 9_000) - 4_500;
    (name, Micros(cents.max(4_900) * 10_000))
}

/// What was sold for so much cost the business between 38 and 58 % of it; of one sale in eighteen
/// nobody wrote it down.
fn cost_of(value: Micros) -> Option<Micros> {
    let draw = Draw::new(&format!("cost of {value}"));
    let percent = 38 + draw.below(1, 21);
    (draw.below(0, 18) > 0).then(|| Micros(value.0 / 1_000_000 * percent * 10_000))
}

async fn sell(
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    opportunity: Option<rumbo_base::OpportunityId>,
    value: Micros,
    at: DateTime<Utc>,
) -> Result<rumbo_base::SaleId> {
    let new = NewSale {
        contact_id: contact,
        opportunity_id: opportunity,
        gross: value,
        currency: Currency::USD,
        cost: cost_of(value),
        quantity: Some(1),
        reference: None,
        pending: false,
        at: Some(at),
        external_id: None,
    };
    Ok(sales::create(tx, scope, new).await?.id)
}

async fn walk_in(
    tx: &mut Tx,
    scope: &Scope,
    name: &str,
    source: &str,
    first: DateTime<Utc>,
) -> Result<()> {
    let draw = Draw::new(name);
    let span = (scope.now() - first).num_minutes().max(1);
    let arrived = first + TimeDelta::minutes(draw.below(0, 60_000) * span / 60_000);
    let fields = ContactFields {
        name: Some(name.to_owned()),
        lead_source: Some(source.to_owned()),
        ..ContactFields::default()
    };
    let contact = contacts::create(tx, scope, fields).await?.id;
    let touch = NewTouchpoint {
        occurred_at: Some(arrived),
        source: source.to_owned(),
        ..NewTouchpoint::default()
    };
    touchpoints::add(tx, scope, contact, touch).await?;
    let sold = arrived + TimeDelta::minutes(300 + draw.below(1, 6_000));
    if sold <= scope.now() {
        sell(tx, scope, contact, None, product(&draw).1, sold).await?;
    }
    Ok(())
}
