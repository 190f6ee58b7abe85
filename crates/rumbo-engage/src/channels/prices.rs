//! What messages cost by a channel: a list by country, purpose and day (DETAILS H-2).

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ChannelId, Code, Currency, Error, Micros, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use crate::outbox::Purpose;

statements! {
    OF_CHANNEL = "SELECT channel_id, country, purpose, valid_from, price_micros, currency FROM channel_prices \
        WHERE workspace_id = $1 AND channel_id = $2 ORDER BY country, purpose, valid_from";
    OF_ALL = "SELECT channel_id, country, purpose, valid_from, price_micros, currency FROM channel_prices \
        WHERE workspace_id = $1 ORDER BY channel_id, country, purpose, valid_from";
    SET = "INSERT INTO channel_prices (workspace_id, channel_id, country, purpose, valid_from, price_micros, currency, \
        created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9) \
        ON CONFLICT (workspace_id, channel_id, country, purpose, valid_from) DO UPDATE SET \
        price_micros = excluded.price_micros, currency = excluded.currency, updated_at = excluded.updated_at, \
        updated_by = excluded.updated_by WHERE channel_prices.price_micros <> excluded.price_micros \
        OR channel_prices.currency <> excluded.currency";
    REMOVE = "DELETE FROM channel_prices WHERE workspace_id = $1 AND channel_id = $2 AND country = $3 \
        AND purpose = $4 AND valid_from = $5";
    REMOVE_ALL = "DELETE FROM channel_prices WHERE workspace_id = $1 AND channel_id = $2";
}

/// One line of a price list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Price {
    pub channel_id: ChannelId,
    /// ISO 3166, in capitals; empty for every country without a line of its own.
    pub country: String,
    /// The word of a [`Purpose`]; empty for every one without a line of its own.
    pub purpose: String,
    /// From the beginning of this day of the workspace on.
    pub valid_from: NaiveDate,
    #[sqlx(rename = "price_micros")]
    pub price: Micros,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
}

/// The price list of one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceList(Vec<Price>);

impl PriceList {
    /// What a message costs that goes to an address on a day; `None` where the list does not say.
    ///
    /// The country is the one of the number that is written to. A line of the country goes before one
    /// of every country, then a line of the purpose before one of every purpose, then the latest.
    pub fn of(&self, purpose: Purpose, address: &str, on: NaiveDate) -> Option<(Micros, Currency)> {
        let country = self
            .0
            .iter()
            .any(|line| !line.country.is_empty())
            .then(|| rumbo_crm::phone::country(address))
            .flatten()
            .unwrap_or_default();
        self.0
            .iter()
            .filter(|line| line.valid_from <= on)
            .filter(|line| line.country.is_empty() || line.country == country)
            .filter(|line| line.purpose.is_empty() || line.purpose == purpose.word())
            .max_by_key(|line| {
                (
                    !line.country.is_empty(),
                    !line.purpose.is_empty(),
                    line.valid_from,
                )
            })
            .map(|line| (line.price, line.currency))
    }

    /// Its lines, by country, purpose and day.
    pub fn lines(&self) -> &[Price] {
        &self.0
    }

    /// The currency of all its lines.
    pub fn currency(&self) -> Option<Currency> {
        self.0.first().map(|line| line.currency)
    }
}

impl From<Vec<Price>> for PriceList {
    fn from(lines: Vec<Price>) -> Self {
        Self(lines)
    }
}

/// The price list of a channel.
///
/// # Errors
/// When the store cannot be read.
pub async fn prices(tx: &mut Tx, workspace: WorkspaceId, channel: ChannelId) -> Result<PriceList> {
    on_tx!(tx, |c| sqlx::query_as(OF_CHANNEL)
        .bind(workspace)
        .bind(channel)
        .fetch_all(c)
        .await)
    .db()
    .map(PriceList)
}

/// Every line of every price list, by channel.
///
/// # Errors
/// When the store cannot be read.
pub async fn all_prices(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Price>> {
    on_tx!(tx, |c| sqlx::query_as(OF_ALL)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Enters a line, in place of one of the same country, purpose and day.
///
/// # Errors
/// `NotFound` without the channel; `InvalidInput` for a country that there is not, an amount below
/// zero, and a currency other than the one of the list's other lines.
pub async fn set_price(tx: &mut Tx, scope: &Scope, price: &Price) -> Result<PriceList> {
    super::by_id(tx, scope.workspace, price.channel_id).await?;
    checked(price)?;
    let list = prices(tx, scope.workspace, price.channel_id).await?;
    let same = |line: &Price| {
        (&line.country, &line.purpose, line.valid_from)
            == (&price.country, &price.purpose, price.valid_from)
    };
    let other = list
        .0
        .iter()
        .find(|line| line.currency != price.currency && !same(line));
    if let Some(other) = other {
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "The prices of this channel are in {}. Enter this one in {0}, or take the others away first.",
                other.currency
            ),
        )
        .reason(Reason::PriceCurrencyDiffers)
        .param("currency", other.currency.to_string())
        .field("currency"));
    }
    let now: DateTime<Utc> = scope.now();
    on_tx!(tx, |c| sqlx::query(SET)
        .bind(scope.workspace)
        .bind(price.channel_id)
        .bind(&price.country)
        .bind(&price.purpose)
        .bind(price.valid_from)
        .bind(price.price)
        .bind(price.currency.to_string())
        .bind(now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    prices(tx, scope.workspace, price.channel_id).await
}

fn checked(price: &Price) -> Result<()> {
    if !price.country.is_empty() && !rumbo_crm::phone::is_country(&price.country) {
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "\"{}\" is not a country. Write its two letters, such as BR, or leave it empty for every country.",
                price.country
            ),
        )
        .reason(Reason::CountryUnknown)
        .param("value", &price.country)
        .field("country"));
    }
    if price.price < Micros::ZERO {
        return Err(Error::new(
            Code::InvalidInput,
            "A price cannot be negative. Enter 0 where it is free.",
        )
        .reason(Reason::PriceNegative)
        .field("price"));
    }
    Ok(())
}

/// Takes a line away. Answers whether it was there.
///
/// # Errors
/// When the store cannot be written.
pub async fn remove_price(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    country: &str,
    purpose: &str,
    valid_from: NaiveDate,
) -> Result<bool> {
    on_tx!(tx, |c| sqlx::query(REMOVE)
        .bind(scope.workspace)
        .bind(channel)
        .bind(country)
        .bind(purpose)
        .bind(valid_from)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .db()
}

/// Takes the whole list of a channel away, which is about to be deleted.
pub(super) async fn forget(tx: &mut Tx, scope: &Scope, channel: ChannelId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(REMOVE_ALL)
        .bind(scope.workspace)
        .bind(channel)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(country: &str, purpose: &str, from: &str, price: i64) -> Price {
        Price {
            channel_id: ChannelId(uuid::Uuid::nil()),
            country: country.to_owned(),
            purpose: purpose.to_owned(),
            valid_from: from.parse().unwrap(),
            price: Micros(price),
            currency: "USD".parse().unwrap(),
        }
    }

    #[test]
    fn the_nearest_line_says_the_price() {
        let list = PriceList(vec![
            line("", "", "2026-01-01", 1),
            line("", "marketing", "2026-01-01", 2),
            line("BR", "", "2026-01-01", 3),
            line("BR", "marketing", "2026-01-01", 4),
            line("BR", "marketing", "2026-10-01", 5),
            line("AR", "utility", "2026-10-01", 6),
        ]);
        let of = |purpose, address, on: &str| {
            list.of(purpose, address, on.parse().unwrap())
                .map(|(price, _)| price.0)
        };
        let (brazil, argentina, spain) = ("+5511987654321", "+5491155550100", "+34600000000");
        for (purpose, address, on, wanted) in [
            (Purpose::Marketing, brazil, "2026-11-20", Some(5)),
            (Purpose::Marketing, brazil, "2026-10-01", Some(5)),
            (Purpose::Marketing, brazil, "2026-09-30", Some(4)),
            (Purpose::Service, brazil, "2026-11-20", Some(3)),
            (Purpose::Utility, argentina, "2026-11-20", Some(6)),
            (Purpose::Utility, argentina, "2026-09-30", Some(1)),
            (Purpose::Marketing, spain, "2026-11-20", Some(2)),
            (Purpose::Marketing, "ana@example.com", "2026-11-20", Some(2)),
            (Purpose::Marketing, brazil, "2025-12-31", None),
        ] {
            assert_eq!(
                of(purpose, address, on),
                wanted,
                "{purpose:?} {address} {on}"
            );
        }
        assert_eq!(
            PriceList::default().of(Purpose::Service, brazil, "2026-11-20".parse().unwrap()),
            None
        );
    }
}
