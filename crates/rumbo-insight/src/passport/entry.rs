//! The rows that are listed, as they are stored.

use chrono::NaiveDate;
use rumbo_ads::insights::StoredActions;
use rumbo_base::{AdAccountId, AdId, Currency, Result};
use rumbo_db::Tx;
use uuid::Uuid;

use super::gathered::Original;
use super::{AdDayEntry, OutcomeEntry};
use crate::figures::Figures;
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::moment::Moment;
use crate::read::outcome::{Kind, Row};
use crate::read::place::Place;

impl AdDayEntry {
    /// An ad-day as Meta told it by the moment of the place, and what it adds. Meta's JSON is most of a
    /// row, and is read of those alone that are listed.
    pub(crate) async fn read(
        tx: &mut Tx,
        place: &Place,
        directory: &Directory,
        (day, account, ad): (NaiveDate, AdAccountId, AdId),
        figures: Figures,
        original: Option<Original>,
    ) -> Result<Self> {
        let moment = place.moment.unwrap_or(Moment::LAST);
        let told = delivered::told(tx, place, moment, day, account, ad).await?;
        let known = directory.ads.get(&ad);
        let campaign = known.and_then(|ad| directory.campaigns.get(&ad.campaign));
        Ok(Self {
            day,
            account,
            ad,
            ad_external_id: known.map(|ad| ad.external_id.clone()).unwrap_or_default(),
            ad_name: known.map(|ad| ad.name.clone()).unwrap_or_default(),
            campaign_name: campaign.map(|c| c.name.clone()).unwrap_or_default(),
            figures,
            original,
            told: told.of.figures(),
            currency: Currency::of_record(&told.of.currency)?,
            reach: told.reach,
            frequency: told.frequency,
            attribution_setting: told.attribution_setting,
            run: told.run,
            run_started_at: None,
            actions: told
                .actions
                .map(|text| StoredActions::parse(&text).map(|kept| kept.to_meta().to_string()))
                .transpose()?,
            rest: told.rest,
        })
    }
}

impl OutcomeEntry {
    /// A row of the CRM that adds nothing yet, and is not named yet.
    pub(crate) fn of(kind: Kind, id: Uuid, row: &Row, day: NaiveDate, currency: Currency) -> Self {
        Self {
            kind: kind.into(),
            id,
            contact_id: None,
            contact: String::new(),
            reference: String::new(),
            day,
            happened: row.happened,
            gross: row.gross,
            refunded: row.refunded,
            cost: row.cost,
            currency,
            figures: Figures::default(),
            original: None,
        }
    }
}
