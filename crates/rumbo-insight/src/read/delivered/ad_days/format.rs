//! How the ad-days of accounts are packed.

use rumbo_base::{AdAccountId, Currency, Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actions::ACTIONS_FORMAT;
use super::campaigns::CAMPAIGNS_FORMAT;
use super::money::MONEY_FORMAT;
use super::story::MONTH_FORMAT;
use super::{COLUMNS, CountedSums};

/// How days are packed now. Those of another format are read row by row.
const DAYS_FORMAT: i64 = 2;
/// How sums are packed now. Those of another format are not read.
const SUMS_FORMAT: i64 = 2;

/// How what days said before is packed. Where it is packed otherwise the rows are read.
const REPLACED_FORMAT: i64 = 1;

/// Before the id of the account, in the kind of its days.
const DAYS: &str = "ads ";
/// The same of the sums of its months, each at the day up to which it is.
const SUMS: &str = "ads-months ";
/// The same of what its days said before.
const REPLACED_DAYS: &str = "ads-replaced ";
/// The same of what its months are made of, each at its first day.
const MONTHS: &str = "ads-runs ";
/// The same of the money of its months, day by day.
const MONEY: &str = "ads-money ";
/// The same of what its campaigns came to in a month, each at the day up to which it is.
const CAMPAIGNS: &str = "ads-campaigns ";
/// The same of what Meta told of actions on its days, and of what it had told before.
const ACTIONS: &str = "ads-actions ";
const REPLACED_ACTIONS: &str = "ads-actions-replaced ";

/// A figure that is not told.
pub(super) const UNKNOWN: i64 = i64::MIN;

/// One ad after the other, column by column. A column in which all is 0 is empty.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PackedDay<'a> {
    #[serde(borrow)]
    pub ads: Ads<'a>,
    impressions: Vec<i64>,
    clicks: Vec<i64>,
    link_clicks: Vec<i64>,
    spend: Vec<i64>,
    meta_leads: Vec<i64>,
    meta_purchases: Vec<i64>,
    meta_purchase_value: Vec<i64>,
}

/// The same of sums.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PackedSums<'a> {
    #[serde(borrow)]
    pub ads: Ads<'a>,
    pub columns: [Vec<i64>; COLUMNS],
}

/// The ads of a value, each with its currency.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ads<'a> {
    /// Ids, 16 bytes each.
    ids: &'a [u8],
    /// The place of each one's currency in `texts`; nothing where there is but one.
    currencies: Vec<u32>,
    texts: Vec<String>,
}

impl<'a> Ads<'a> {
    pub fn of<'t>(ids: &'a [u8], currencies: impl Iterator<Item = &'t str>) -> Self {
        let mut ads = Self {
            ids,
            ..Self::default()
        };
        for currency in currencies {
            let place = ads.texts.iter().position(|text| text == currency);
            let place = place.unwrap_or_else(|| {
                ads.texts.push(currency.to_owned());
                ads.texts.len() - 1
            });
            ads.currencies
                .push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        if ads.texts.len() == 1 {
            ads.currencies.clear();
        }
        ads
    }

    pub fn each(&self) -> impl Iterator<Item = Result<(Uuid, Currency)>> {
        let ids = self.ids.chunks_exact(16).enumerate();
        ids.map(|(nth, id)| {
            let text = self.currencies.get(nth).copied().unwrap_or(0);
            let text = usize::try_from(text).ok().and_then(|at| self.texts.get(at));
            let found = Uuid::from_slice(id).ok().zip(text);
            let (ad, currency) =
                found.ok_or_else(|| Error::internal("a packed day that ends too early"))?;
            Ok((ad, Currency::of_record(currency)?))
        })
    }
}

/// The ads of the value before: most often they are the same.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: Vec<u8>,
    currencies: Vec<u32>,
    texts: Vec<String>,
}

impl Seen {
    /// Whether these are others, which are the ones before from now on.
    pub fn changes_to(&mut self, ads: &Ads<'_>) -> bool {
        let same =
            self.ids == ads.ids && self.texts == ads.texts && self.currencies == ads.currencies;
        if !same {
            ads.ids.clone_into(&mut self.ids);
            self.texts.clone_from(&ads.texts);
            self.currencies.clone_from(&ads.currencies);
        }
        !same
    }
}

impl<'a> PackedDay<'a> {
    /// Of these ads, with nothing in its columns yet.
    pub fn of(ads: Ads<'a>) -> Self {
        Self {
            ads,
            ..Self::default()
        }
    }

    pub fn columns(&mut self) -> [&mut Vec<i64>; 7] {
        [
            &mut self.impressions,
            &mut self.clicks,
            &mut self.link_clicks,
            &mut self.spend,
            &mut self.meta_leads,
            &mut self.meta_purchases,
            &mut self.meta_purchase_value,
        ]
    }

    /// What the ad at a place had.
    pub fn sums(&self, nth: usize) -> CountedSums {
        let at = |column: &[i64]| column.get(nth).copied().unwrap_or(0);
        let told = |column: &[i64]| match at(column) {
            UNKNOWN => (0, 0),
            figure => (figure, 1),
        };
        CountedSums {
            ad_days: 1,
            impressions: told(&self.impressions),
            clicks: told(&self.clicks),
            link_clicks: told(&self.link_clicks),
            spend: told(&self.spend),
            meta_leads: at(&self.meta_leads),
            meta_purchases: at(&self.meta_purchases),
            meta_purchase_value: at(&self.meta_purchase_value),
        }
    }
}

/// What is packed of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Kind {
    Days(AdAccountId),
    Sums(AdAccountId),
    Replaced(AdAccountId),
    Months(AdAccountId),
    Money(AdAccountId),
    Campaigns(AdAccountId),
    Actions(AdAccountId),
    ReplacedActions(AdAccountId),
}

impl Kind {
    const ALL: [fn(AdAccountId) -> Self; 8] = [
        Self::Days,
        Self::Sums,
        Self::Replaced,
        Self::Months,
        Self::Money,
        Self::Campaigns,
        Self::Actions,
        Self::ReplacedActions,
    ];

    /// What a word of the store names, if it is one of these.
    pub fn of(word: &str) -> Option<Self> {
        let (_, id) = word.split_once(' ')?;
        let account = AdAccountId(Uuid::try_parse(id).ok()?);
        let mut all = Self::ALL.into_iter().map(|of| of(account));
        all.find(|kind| word.starts_with(kind.told().0))
    }

    /// The account it is of.
    pub fn account(self) -> AdAccountId {
        match self {
            Self::Days(id)
            | Self::Sums(id)
            | Self::Replaced(id)
            | Self::Months(id)
            | Self::Money(id)
            | Self::Campaigns(id)
            | Self::Actions(id)
            | Self::ReplacedActions(id) => id,
        }
    }

    fn told(self) -> (&'static str, i64) {
        match self {
            Self::Days(_) => (DAYS, DAYS_FORMAT),
            Self::Sums(_) => (SUMS, SUMS_FORMAT),
            Self::Replaced(_) => (REPLACED_DAYS, REPLACED_FORMAT),
            Self::Months(_) => (MONTHS, MONTH_FORMAT),
            Self::Money(_) => (MONEY, MONEY_FORMAT),
            Self::Campaigns(_) => (CAMPAIGNS, CAMPAIGNS_FORMAT),
            Self::Actions(_) => (ACTIONS, ACTIONS_FORMAT),
            Self::ReplacedActions(_) => (REPLACED_ACTIONS, ACTIONS_FORMAT),
        }
    }

    pub fn word(self) -> String {
        let kind = self.told().0;
        format!("{kind}{:X}", self.account().0.simple())
    }

    /// How it is packed now.
    pub fn format(self) -> i64 {
        self.told().1
    }
}

/// What of accounts' days is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Figures,
    Actions,
}

impl Content {
    /// What days say.
    pub fn days(self, account: AdAccountId) -> Kind {
        match self {
            Self::Figures => Kind::Days(account),
            Self::Actions => Kind::Actions(account),
        }
    }

    /// What they said before.
    pub fn replaced(self, account: AdAccountId) -> Kind {
        match self {
            Self::Figures => Kind::Replaced(account),
            Self::Actions => Kind::ReplacedActions(account),
        }
    }
}

/// A column in which all is 0 takes no room.
pub(super) fn without_zeros(column: &mut Vec<i64>) {
    if column.iter().all(|figure| *figure == 0) {
        column.clear();
    }
}
