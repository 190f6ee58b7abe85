//! Rows that are what was spent outside the ad accounts.

use std::collections::HashMap;

use chrono::NaiveDate;
use rumbo_base::{ChannelSpendId, Currency, Error, ImportId, Micros, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rumbo_platform::table_file::fold;

use super::people::Became;
use super::reader::{Defaults, Reader, Values};
use super::tally::{RowNames, Tally};
use crate::channel_spend::{self, ChannelSpend, Rules, platform};
use crate::input::{invalid, row_without};

/// What a row says.
struct Said {
    /// The row itself, as exports write it.
    itself: Option<ChannelSpendId>,
    /// What tells this row from all others of the file.
    external_id: String,
    day: NaiveDate,
    platform: String,
    campaign: String,
    /// `None` where the row has none: then a stored one stays.
    note: Option<String>,
    amount: Micros,
    currency: Currency,
}

/// Rows as they will be stored.
#[derive(Debug, Default)]
pub(super) struct Staged {
    fresh: Vec<ChannelSpend>,
    changed: Vec<ChannelSpend>,
}

impl Staged {
    /// Writes them; the import that they name is there already.
    pub async fn write(self, tx: &mut Tx, scope: &Scope) -> Result<()> {
        channel_spend::insert(tx, scope, &self.fresh).await?;
        for spend in &self.changed {
            channel_spend::write(tx, scope, spend).await?;
        }
        Ok(())
    }
}

/// Everything a row says without an id of its own, to find rows that say exactly the same.
type Wholly = (NaiveDate, String, String, Option<String>, Micros, Currency);

pub(super) async fn import(
    tx: &mut Tx,
    scope: &Scope,
    reader: &Reader<'_>,
    defaults: &Defaults,
    import: ImportId,
) -> Result<(Tally, Staged)> {
    let mut tally = Tally::default();
    let mut names = RowNames::default();
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut whole: HashMap<Wholly, usize> = HashMap::new();
    let mut rows = Vec::new();
    for (index, row) in reader.table.rows.iter().enumerate() {
        let values = reader.values(row);
        if is_total(&values) {
            tally.totals_rows += 1;
            continue;
        }
        let said = said(reader, values, defaults, &mut names, |wholly| {
            repeats(&mut whole, wholly, row.number)
        });
        let told = said.and_then(|said| {
            super::sales::once(&mut ids, &said.external_id, row.number).map(|()| said)
        });
        match told {
            Ok(said) => rows.push((index, said)),
            Err(error) => tally.reject(index, error),
        }
    }
    let wanted: Vec<String> = rows
        .iter()
        .map(|(_, said)| said.external_id.clone())
        .collect();
    let stored = channel_spend::with_external_ids(tx, scope.workspace, &wanted).await?;
    let stored: HashMap<String, ChannelSpend> = stored
        .into_iter()
        .filter_map(|spend| Some((spend.external_id.clone()?, spend)))
        .collect();
    let named: Vec<ChannelSpendId> = rows.iter().filter_map(|(_, said)| said.itself).collect();
    let known = channel_spend::with_ids(tx, scope.workspace, &named).await?;
    let known: HashMap<ChannelSpendId, ChannelSpend> =
        known.into_iter().map(|spend| (spend.id, spend)).collect();
    let mut ready = Staged::default();
    for (index, said) in rows {
        if let Err(error) = tally.fits(said.currency, said.amount) {
            tally.reject(index, error);
            continue;
        }
        tally.sum(said.currency, said.amount);
        let itself = said.itself.and_then(|id| known.get(&id));
        let before = itself.or_else(|| stored.get(&said.external_id));
        let spend = staged(scope, said, before, import);
        match before {
            None => {
                tally.count(Became::Added);
                ready.fresh.push(spend);
            }
            Some(before) if *before == spend => tally.count(Became::Unchanged),
            Some(_) => {
                tally.count(Became::Changed);
                ready.changed.push(ChannelSpend {
                    import_id: Some(import),
                    updated_at: scope.now(),
                    ..spend
                });
            }
        }
    }
    tally.rejected.sort_by_key(|(index, _)| *index);
    Ok((tally, ready))
}

/// A row as it will be stored. One that was taken away by hand comes back: the file says it again.
fn staged(
    scope: &Scope,
    said: Said,
    before: Option<&ChannelSpend>,
    import: ImportId,
) -> ChannelSpend {
    let now = scope.now();
    ChannelSpend {
        id: before.map_or_else(|| scope.id(), |before| before.id),
        day: said.day,
        platform: said.platform,
        campaign: said.campaign,
        note: said
            .note
            .or_else(|| before.and_then(|before| before.note.clone())),
        amount_micros: said.amount,
        currency: said.currency,
        external_id: before.map_or(Some(said.external_id), |before| before.external_id.clone()),
        import_id: before.map_or(Some(import), |before| before.import_id),
        removed_at: None,
        created_at: before.map_or(now, |before| before.created_at),
        updated_at: before.map_or(now, |before| before.updated_at),
    }
}

/// Refuses a row of which an earlier one says everything.
fn repeats(whole: &mut HashMap<Wholly, usize>, wholly: Wholly, row: usize) -> Result<(), Error> {
    let first = *whole.entry(wholly).or_insert(row);
    if first == row {
        return Ok(());
    }
    Err(invalid(
        "row",
        Reason::RowRepeated,
        format!("row {first} says exactly the same. If both were spent, give them different ids or notes"),
    )
    .param("row", first))
}

/// A row of totals has no day, and no name or one that says so.
fn is_total(values: &Values<'_, '_>) -> bool {
    let says_total = |field: &str| {
        values.own_text(field).is_some_and(|text| {
            let text = fold(&text);
            ["total", "totales", "totais"].contains(&text.as_str())
                || ["total ", "total:", "totales ", "totais "]
                    .iter()
                    .any(|begin| text.starts_with(begin))
        })
    };
    let told = ["day", "platform", "campaign", "external_id", "note"];
    let undated = !matches!(values.date("day"), Ok(Some(_)));
    let nameless = told.iter().all(|field| values.own_text(field).is_none());
    let amount = values.own_text("amount").is_some();
    undated && (told.iter().any(|field| says_total(field)) || (nameless && amount))
}

fn said(
    reader: &Reader<'_>,
    values: Values<'_, '_>,
    defaults: &Defaults,
    names: &mut RowNames,
    repeats: impl FnOnce(Wholly) -> Result<(), Error>,
) -> Result<Said, Error> {
    values.refuse_overlong()?;
    let rules = Rules::at(defaults.now, defaults.timezone);
    let day = values
        .date("day")?
        .ok_or_else(|| row_without("day", "the row has no day"))?;
    rules.day(day)?;
    let named = values
        .text("platform")
        .ok_or_else(|| row_without("platform", "the row has no platform"))?;
    let platform = platform(&named)?;
    let campaign = Rules::campaign(values.text("campaign").as_deref())?;
    let note = Rules::note(values.text("note").as_deref())?;
    let amount = values
        .amount("amount")?
        .ok_or_else(|| row_without("amount", "the row has no amount"))?;
    Rules::amount(amount)?;
    let currency = values.currency()?;
    let itself = values.rumbo_id("rumbo_id")?;
    let own = values.id("external_id")?;
    let external_id = match (itself, own) {
        (Some(id), _) => format!("{}:{id}", reader.system),
        (None, Some(own)) => format!("{}:{own}", reader.system),
        (None, None) => {
            let told = (
                day,
                platform.clone(),
                campaign.clone(),
                note.clone(),
                amount,
                currency,
            );
            repeats(told)?;
            names.name(&[
                "spend",
                &day.to_string(),
                &platform,
                &campaign,
                currency.code(),
            ])
        }
    };
    Ok(Said {
        itself: itself.map(ChannelSpendId),
        external_id,
        day,
        platform,
        campaign,
        note,
        amount,
        currency,
    })
}
