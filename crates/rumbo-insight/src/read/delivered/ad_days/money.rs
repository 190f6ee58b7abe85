//! The money of ad-days, an account's day at once, for those who value every day by a rate of its own.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Micros, Result};
use rumbo_db::Tx;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use uuid::Uuid;

use super::format::{Ads, Seen, UNKNOWN};
use super::{Parts, through};
use crate::read::delivered::daily;
use crate::read::directory::Directory;
use crate::read::outcome::packed::unreadable;
use crate::read::place::{Account, Place};
use crate::read::spread::Reader;

/// What was spent on the ads or campaigns of an account on a day, and the value of the purchases that Meta
/// claims.
#[derive(Clone, Debug)]
pub(crate) struct AccountMoney {
    pub account: AdAccountId,
    pub day: NaiveDate,
    /// In the order of [`daily::within_day`]; the very same as of the day before where they did not change.
    pub objects: Arc<[(Uuid, Currency)]>,
    /// Of each of these.
    pub money: Vec<(Option<Micros>, Micros)>,
}

/// A packed day of which only the money is kept.
#[derive(Debug, Deserialize)]
struct PackedMoney<'a> {
    #[serde(borrow)]
    ads: Ads<'a>,
    _impressions: Passed,
    _clicks: Passed,
    _link_clicks: Passed,
    spend: Vec<i64>,
    _meta_leads: Passed,
    _meta_purchases: Passed,
    meta_purchase_value: Vec<i64>,
}

/// A column that is gone over.
#[derive(Debug)]
struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Over;
        impl<'de> Visitor<'de> for Over {
            type Value = Passed;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a column of figures")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut figures: A,
            ) -> std::result::Result<Passed, A::Error> {
                while figures.next_element::<i64>()?.is_some() {}
                Ok(Passed)
            }
        }
        from.deserialize_seq(Over)
    }
}

/// Has every day of these accounts go through the reader, whole, as packed days tell it.
pub(crate) async fn money<R: Reader<AccountMoney>>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    accounts: &[&Account],
    range: DateRange,
    reader: R,
) -> Result<R> {
    let packed = |parts: &Parts<'_>, reader: &mut R| of_parts(parts, directory, reader);
    let (mut reader, unpacked) = through(tx, place, accounts, range, reader, packed).await?;
    for (account, range) in unpacked {
        let mut day = Rows::default();
        let each = |row: &daily::Row| day.row(row, &mut reader);
        daily::of_account(tx, place, directory, account, range, false, each).await?;
        day.over(&mut reader)?;
    }
    Ok(reader)
}

fn of_parts(
    parts: &Parts<'_>,
    directory: &Directory,
    reader: &mut impl Reader<AccountMoney>,
) -> Result<()> {
    let mut seen = Seen::default();
    let mut order: Vec<usize> = Vec::new();
    let mut of = AccountMoney {
        account: parts.account.id,
        day: NaiveDate::default(),
        objects: Arc::default(),
        money: Vec::new(),
    };
    for (day, packed, _) in &parts.days {
        let packed: PackedMoney<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        if seen.changes_to(&packed.ads) {
            let ads: Vec<(Uuid, Currency)> = packed.ads.each().collect::<Result<_>>()?;
            let mut in_order: Vec<_> = ads.into_iter().enumerate().collect();
            in_order.sort_by_cached_key(|(_, (ad, _))| daily::within_day(AdId(*ad), directory));
            order = in_order.iter().map(|(nth, _)| *nth).collect();
            of.objects = in_order.into_iter().map(|(_, ad)| ad).collect();
        }
        let at = |column: &[i64], nth: usize| column.get(nth).copied().unwrap_or(0);
        of.day = *day;
        of.money.clear();
        of.money.extend(order.iter().map(|nth| {
            let spend = Some(at(&packed.spend, *nth)).filter(|spend| *spend != UNKNOWN);
            let value = at(&packed.meta_purchase_value, *nth);
            (spend.map(Micros), Micros(value))
        }));
        reader.row(&of)?;
    }
    Ok(())
}

/// Makes days of rows that come in their order.
#[derive(Debug, Default)]
struct Rows {
    at: Option<(AdAccountId, NaiveDate)>,
    ads: Vec<(Uuid, Currency)>,
    money: Vec<(Option<Micros>, Micros)>,
}

impl Rows {
    fn row(&mut self, row: &daily::Row, reader: &mut impl Reader<AccountMoney>) -> Result<()> {
        let at = (row.account, row.day);
        if self.at != Some(at) {
            self.over(reader)?;
            self.at = Some(at);
        }
        self.ads.push((row.id, row.currency));
        let figures = &row.figures;
        self.money
            .push((figures.spend, figures.meta_purchase_value));
        Ok(())
    }

    /// The day is whole.
    fn over(&mut self, reader: &mut impl Reader<AccountMoney>) -> Result<()> {
        let Some((account, day)) = self.at.take() else {
            return Ok(());
        };
        reader.row(&AccountMoney {
            account,
            day,
            objects: std::mem::take(&mut self.ads).into(),
            money: std::mem::take(&mut self.money),
        })
    }
}
