//! What Meta told of actions, an account's day at once, packed beside its figures.
//!
//! The rows hold it as text, with every attribution window: reading that of a month takes longer than
//! everything else that is asked of it. Of many ad-days which actions are told is the same, and told once.

use chrono::NaiveDate;
use rumbo_ads::insights::{ToldActions, VersionRuns, Versions, each_actions};
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Error, Result, WorkspaceId};
use rumbo_db::Tx;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::format::Ads;
use super::story::{Replaced, Runs, Span};
use super::{Content, Parts, bytes, through};
use crate::read::outcome::packed::unreadable;
use crate::read::place::{Account, Place};
use crate::read::spread::{Apart, Reader};

/// How they are packed now, and how what days said of them before is. Where they are packed otherwise the
/// rows are read.
pub(super) const ACTIONS_FORMAT: i64 = 1;

/// In what figures may be counted, in millionths: most are whole, and most amounts in hundredths.
const UNITS: [i64; 3] = [1, 10_000, 1_000_000];

/// One ad after the other.
#[derive(Debug, Default, Serialize, Deserialize)]
struct PackedActions<'a> {
    #[serde(borrow)]
    ads: Ads<'a>,
    /// One more than the place of each one's attribution setting in `setting_texts`, 0 where none is told.
    settings: Vec<u32>,
    #[serde(borrow)]
    setting_texts: Vec<&'a str>,
    /// The place of each one's shape.
    shaped: Vec<u32>,
    #[serde(borrow)]
    shapes: Vec<PackedShape<'a>>,
    /// Those of the first, then those of the next.
    figures: Vec<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PackedShape<'a> {
    text: &'a str,
    /// Of each figure the place in [`UNITS`] of what it is counted in.
    units: &'a [u8],
}

/// An ad-day that is to be packed.
#[derive(Clone, Debug)]
struct Version {
    ad: AdId,
    currency: Currency,
    setting: Option<String>,
    shape: String,
    figures: Vec<i64>,
    brought: i64,
    replaced: Option<i64>,
}

impl Version {
    fn of(told: &ToldActions<'_>, runs: VersionRuns) -> Self {
        Self {
            ad: told.ad,
            currency: told.currency,
            setting: told.attribution_setting.map(ToOwned::to_owned),
            shape: told.shape.to_owned(),
            figures: told.figures.to_vec(),
            brought: runs.brought,
            replaced: runs.replaced,
        }
    }
}

fn unit(place: u8) -> i64 {
    UNITS.get(usize::from(place)).copied().unwrap_or(1)
}

/// Ad-days as they are packed, with their runs after them.
fn packed(versions: &[Version], runs: &impl Serialize) -> Result<Vec<u8>> {
    let ids: Vec<u8> = versions
        .iter()
        .flat_map(|of| of.ad.0.into_bytes())
        .collect();
    let currencies = versions.iter().map(|of| of.currency.code());
    let mut packed = PackedActions {
        ads: Ads::of(&ids, currencies),
        ..PackedActions::default()
    };
    let mut shapes: Vec<(&str, Vec<u8>)> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for of in versions {
        packed.settings.push(match &of.setting {
            Some(setting) => 1 + place_of(&mut packed.setting_texts, setting),
            None => 0,
        });
        let at = *places.entry(&of.shape).or_insert(shapes.len());
        if at == shapes.len() {
            let largest = u8::try_from(UNITS.len() - 1).unwrap_or(0);
            shapes.push((&of.shape, vec![largest; of.figures.len()]));
        }
        packed.shaped.push(u32::try_from(at).unwrap_or(u32::MAX));
        let units = shapes.get_mut(at).into_iter().flat_map(|(_, units)| units);
        for (place, figure) in units.zip(&of.figures) {
            while figure % unit(*place) != 0 {
                *place -= 1;
            }
        }
    }
    for (of, shape) in versions.iter().zip(&packed.shaped) {
        let shape = usize::try_from(*shape).ok().and_then(|at| shapes.get(at));
        let units = shape.into_iter().flat_map(|(_, units)| units);
        let figures = of.figures.iter().zip(units);
        packed
            .figures
            .extend(figures.map(|(figure, place)| figure / unit(*place)));
    }
    let shapes = shapes
        .iter()
        .map(|(text, units)| PackedShape { text, units });
    packed.shapes = shapes.collect();
    bytes(&(packed, runs))
}

fn place_of<'t>(texts: &mut Vec<&'t str>, text: &'t str) -> u32 {
    let known = texts.iter().position(|known| *known == text);
    let place = known.unwrap_or_else(|| {
        texts.push(text);
        texts.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// What Meta told of actions on a day as it is packed, and what it said before; none where there is none.
#[derive(Debug, Default)]
pub(in crate::read) struct ActionValues {
    pub day: Option<Vec<u8>>,
    pub replaced: Option<Vec<u8>>,
}

/// Packs what Meta told of actions on a day.
pub(in crate::read) async fn pack_actions(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    day: NaiveDate,
) -> Result<ActionValues> {
    let range = DateRange { from: day, to: day };
    let (mut now, mut before) = (Vec::new(), Vec::new());
    each_actions(
        tx,
        workspace,
        account,
        range,
        Versions::Ever,
        |told, runs| {
            let to = if runs.replaced.is_none() {
                &mut now
            } else {
                &mut before
            };
            to.push(Version::of(told, runs));
            Ok(())
        },
    )
    .await?;
    now.sort_by_key(|of| of.ad);
    before.sort_by_key(|of| (of.ad, of.replaced));
    let runs = || now.iter().map(|of| of.brought);
    // When the day rests is told by what is packed of its figures.
    let span = Span {
        last: runs().max().unwrap_or(0),
        ..Span::default()
    };
    let replaced = Replaced {
        brought_by: before.iter().map(|of| of.brought).collect(),
        by: before.iter().filter_map(|of| of.replaced).collect(),
    };
    let some = |versions: &[Version], packed: Result<Vec<u8>>| {
        (!versions.is_empty()).then_some(packed).transpose()
    };
    Ok(ActionValues {
        day: some(&now, packed(&now, &Runs::of(span, runs())))?,
        replaced: some(&before, packed(&before, &replaced))?,
    })
}

/// Takes the ad-days of a packed value that are held through the reader.
fn each_of_value<R: for<'t> Reader<ToldActions<'t>>>(
    (account, day): (AdAccountId, NaiveDate),
    packed: &PackedActions<'_>,
    holds: impl Fn(usize) -> bool,
    reader: &mut R,
) -> Result<()> {
    let early = || Error::internal("a packed day that ends too early");
    let place = |of: Option<&u32>| of.and_then(|of| usize::try_from(*of).ok());
    let mut figures = packed.figures.as_slice();
    let mut told = Vec::new();
    for (nth, ad) in packed.ads.each().enumerate() {
        let (ad, currency): (Uuid, Currency) = ad?;
        let shape = place(packed.shaped.get(nth)).and_then(|at| packed.shapes.get(at));
        let shape = shape.ok_or_else(early)?;
        let (own, rest) = figures
            .split_at_checked(shape.units.len())
            .ok_or_else(early)?;
        figures = rest;
        if !holds(nth) {
            continue;
        }
        told.clear();
        told.extend(
            own.iter()
                .zip(shape.units)
                .map(|(count, place)| count.saturating_mul(unit(*place))),
        );
        let setting = place(packed.settings.get(nth)).and_then(|one_more| one_more.checked_sub(1));
        reader.row(&ToldActions {
            account,
            day,
            ad: AdId(ad),
            currency,
            attribution_setting: setting.and_then(|at| packed.setting_texts.get(at).copied()),
            shape: shape.text,
            figures: &told,
        })?;
    }
    Ok(())
}

fn with_runs<'a, R: Deserialize<'a>>(packed: &'a [u8]) -> Result<(PackedActions<'a>, R)> {
    postcard::from_bytes(packed).map_err(unreadable)
}

fn of_parts<R: for<'t> Reader<ToldActions<'t>>>(parts: &Parts<'_>, reader: &mut R) -> Result<()> {
    let account = parts.account.id;
    for (day, packed, _) in &parts.values.days {
        let (packed, runs): (_, Runs) = with_runs(packed)?;
        let holds = |nth| parts.run.is_none_or(|run| runs.at(nth) <= run);
        each_of_value((account, *day), &packed, holds, reader)?;
    }
    let Some(run) = parts.run else {
        return Ok(());
    };
    for (day, packed) in &parts.values.replaced {
        let (packed, runs): (_, Replaced) = with_runs(packed)?;
        each_of_value((account, *day), &packed, |nth| runs.held(nth, run), reader)?;
    }
    Ok(())
}

/// Has what Meta told of actions on every ad-day of these accounts go through the reader, in no order.
pub(crate) async fn actions<R>(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
    reader: R,
) -> Result<R>
where
    R: for<'t> Reader<ToldActions<'t>> + Apart,
{
    let asked = (accounts, range, Content::Actions);
    let (mut reader, unpacked) = through(tx, place, asked, reader, of_parts).await?;
    let run = place.moment.map(|moment| moment.run);
    let versions = run.map_or(Versions::Now, Versions::AsOf);
    for (account, range) in unpacked {
        each_actions(tx, place.workspace, account, range, versions, |told, _| {
            reader.row(told)
        })
        .await?;
    }
    Ok(reader)
}
