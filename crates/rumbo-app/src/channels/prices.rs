//! What messages cost by a channel.

use rumbo_base::{CacheTag, Code, Error, Micros, Reason, Result};
use rumbo_engage::channels::{self as kept, Price, PriceList};
use rumbo_engage::outbox::Purpose;

use crate::Context;
use crate::wire::{
    ChannelPrice, ChannelPrices, GetChannelPrices, RemoveChannelPrice, SetChannelPrice,
};

/// What a channel's prices make stale: what is planned next costs otherwise.
const STALE: [CacheTag; 2] = [CacheTag::Channels, CacheTag::Outbox];

/// The price list of a channel.
///
/// # Errors
/// `NotFound`.
pub async fn get_channel_prices(cx: &Context, req: GetChannelPrices) -> Result<ChannelPrices> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    kept::by_id(&mut tx, scope.workspace, req.channel_id).await?;
    let list = kept::prices(&mut tx, scope.workspace, req.channel_id).await?;
    Ok(shown(req.channel_id, &list))
}

/// Enters a price, in place of one of the same country, purpose and day. Messages that were sent keep
/// what they cost.
///
/// # Errors
/// `NotFound`; `InvalidInput` that names the field.
pub async fn set_channel_price(cx: &Context, req: SetChannelPrice) -> Result<ChannelPrices> {
    let scope = cx.scope()?;
    let country = req.country.trim().to_ascii_uppercase();
    let purpose = purpose(&req.purpose)?;
    let price = Micros::parse(req.price.trim()).map_err(|error| error.field("price"))?;
    let currency = req
        .currency
        .parse()
        .map_err(|error: Error| error.field("currency"))?;
    let line = Price {
        channel_id: req.channel_id,
        country,
        purpose,
        valid_from: req.valid_from,
        price,
        currency,
    };
    let mut tx = scope.write().await?;
    let list = kept::set_price(&mut tx, scope, &line).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(shown(req.channel_id, &list))
}

/// Takes a price away.
///
/// # Errors
/// `NotFound` where there is none of this country, purpose and day.
pub async fn remove_channel_price(cx: &Context, req: RemoveChannelPrice) -> Result<ChannelPrices> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let country = req.country.trim().to_ascii_uppercase();
    let gone = kept::remove_price(
        &mut tx,
        scope,
        req.channel_id,
        &country,
        &req.purpose,
        req.valid_from,
    )
    .await?;
    if !gone {
        return Err(Error::new(
            Code::NotFound,
            "This price does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "channel_price"));
    }
    let list = kept::prices(&mut tx, scope.workspace, req.channel_id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(shown(req.channel_id, &list))
}

/// The word of a purpose; empty for every one.
fn purpose(word: &str) -> Result<String> {
    if word.is_empty() {
        return Ok(String::new());
    }
    word.parse::<Purpose>()
        .map(|purpose| purpose.word().to_owned())
        .map_err(|_| {
            let choices = "marketing, utility, authentication, service";
            Error::new(
                Code::InvalidInput,
                format!("\"{word}\" is nothing a message is for. Use one of: {choices}."),
            )
            .reason(Reason::ValueUnknown)
            .field("purpose")
            .param("value", word)
            .param("choices", choices)
        })
}

fn shown(channel: rumbo_base::ChannelId, list: &PriceList) -> ChannelPrices {
    ChannelPrices {
        channel_id: channel,
        currency: list.currency().map(|currency| currency.to_string()),
        lines: list
            .lines()
            .iter()
            .map(|line| ChannelPrice {
                country: line.country.clone(),
                purpose: line.purpose.clone(),
                valid_from: line.valid_from,
                price: line.price.to_text(line.currency),
                currency: line.currency.to_string(),
            })
            .collect(),
    }
}
