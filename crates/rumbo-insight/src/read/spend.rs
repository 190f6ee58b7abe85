//! What the business says it spent on other channels, each row on its own day.

use chrono::NaiveDate;
use rumbo_base::{ChannelSpendId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::moment::as_of;
use super::place::Place;
use crate::channel::Channel;
use crate::figures::Figures;
use crate::path::Path;
use crate::roi::Filter;

macro_rules! columns {
    () => {
        "x.id, x.day, x.platform, x.campaign, x.note, x.amount_micros, x.currency"
    };
}

/// The rows of a period that were not taken away.
macro_rules! in_period {
    () => {
        " AND x.day BETWEEN $2 AND $3 AND x.removed_at IS NULL"
    };
}

statements! {
    SPENT = concat!("SELECT ", columns!(), " FROM channel_spend x WHERE x.workspace_id = $1", in_period!());
    SPENT_AS_OF = as_of!(columns!(), "channel_spend", "channel_spend_versions", in_period!(), "", "$4");
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: ChannelSpendId,
    day: NaiveDate,
    platform: String,
    campaign: String,
    note: Option<String>,
    amount_micros: Micros,
    currency: String,
}

/// What was spent on a campaign of a channel on a day of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    pub id: ChannelSpendId,
    pub day: NaiveDate,
    pub channel: Channel,
    /// Empty for none.
    pub campaign: String,
    pub note: Option<String>,
    pub amount: Micros,
    pub currency: Currency,
}

impl Spent {
    pub fn path(&self) -> Path {
        Path {
            channel: Some(self.channel.clone()),
            ..Path::NOWHERE
        }
    }

    pub fn figures(&self) -> Figures {
        Figures {
            spend: Some(self.amount),
            ..Figures::default()
        }
    }
}

/// What was spent on these days, by day; as of the moment of the place. Nothing of a report on some ad
/// accounts.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    filter: &Filter,
) -> Result<Vec<Spent>> {
    if !filter.allows_account(None) {
        return Ok(Vec::new());
    }
    let text = place.moment.map_or(SPENT, |_| SPENT_AS_OF);
    let rows: Vec<Columns> = on_tx!(tx, |c| {
        let mut query = sqlx::query_as(text)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to);
        if let Some(moment) = place.moment {
            query = query.bind(moment.at);
        }
        query.fetch_all(c).await
    })
    .db()?;
    let mut spent = rows
        .into_iter()
        .map(|row| {
            Ok(Spent {
                id: row.id,
                day: row.day,
                channel: Channel::of_platform(&row.platform),
                campaign: row.campaign,
                note: row.note,
                amount: row.amount_micros,
                currency: Currency::of_record(&row.currency)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    spent.sort_by_key(|row| (row.day, row.id));
    Ok(spent)
}
