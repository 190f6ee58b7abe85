//! The paths that the data-driven model learns from: those that ended in a sale, and those of
//! contacts that bought nothing. Only the channels of a path and their order are kept.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rumbo_base::{DateRange, Error, Result, TimeZone};
use rumbo_db::Tx;

use super::known::{Known, Weighed};
use super::origin::Origins;
use super::outcome::{self, Row};
use super::place::Place;
use super::spread::{Apart, Reader};
use crate::attribution::Window;
use crate::attribution::chain::{Chain, Counts};

/// Paths, as the chain counts them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    pub counts: Counts,
    /// How many ended in a sale.
    pub sold: u32,
    /// How many ended in nothing.
    pub unsold: u32,
}

impl Weighed for Paths {
    fn bytes(&self) -> usize {
        self.counts.bytes()
    }
}

/// Those of a month that ended in a sale, or in nothing, with the days of this zone and this window.
type Key = (bool, DateRange, TimeZone, Window);

/// The paths of the sales that were completed on these days, and of the contacts without a sale that
/// were last touched from their beginning until `given_up`, in parts: whole months from memory. Touches count
/// as far back as the window reaches, from the sale or from the last touch.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    origins: &Origins,
    window: Window,
    days: DateRange,
    given_up: DateTime<Utc>,
) -> Result<Vec<Arc<Paths>>> {
    let known = Known::<Key, Paths>::of(place);
    let mut parts = Vec::new();
    let mut rest = Walker::of(origins, window);
    for sold in [true, false] {
        let kept = outcome::kept_paths(tx, place, days, sold).await?;
        for month in days.by_month() {
            let (from, ends) = place.zone.bounds(month);
            let until = if sold { ends } else { ends.min(given_up) };
            if until <= from {
                continue;
            }
            let Some(revision) = kept.get(&month).filter(|_| until == ends) else {
                rest = rest.walked(tx, place, month, sold, (from, until)).await?;
                continue;
            };
            let key = (sold, month, place.zone, window);
            let paths = match known.get(&key, *revision) {
                Some(paths) => paths,
                None => {
                    let walker = Walker::of(origins, window);
                    let walker = walker.walked(tx, place, month, sold, (from, until));
                    let paths = Arc::new(walker.await?.paths());
                    known.keep(key, *revision, &paths);
                    paths
                }
            };
            parts.push(paths);
        }
    }
    parts.push(Arc::new(rest.paths()));
    Ok(parts)
}

struct Walker<'a> {
    origins: &'a Origins,
    window: Window,
    /// Whether its paths end in a sale.
    sold: bool,
    /// Of the path at hand.
    channels: Vec<u32>,
    chain: Chain,
    counts: (u32, u32),
}

impl<'a> Walker<'a> {
    fn of(origins: &'a Origins, window: Window) -> Self {
        Self {
            origins,
            window,
            sold: true,
            channels: Vec::new(),
            chain: Chain::new(origins.channels().count()),
            counts: (0, 0),
        }
    }

    /// The same with the paths of these days too, or of those last touched between these instants.
    async fn walked(
        self,
        tx: &mut Tx,
        place: &Place,
        days: DateRange,
        sold: bool,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self> {
        let walker = Self { sold, ..self };
        if sold {
            outcome::sales(tx, place, days, walker).await
        } else {
            outcome::unsold(tx, place, from, until, walker).await
        }
    }

    fn paths(self) -> Paths {
        let (sold, unsold) = self.counts;
        Paths {
            counts: self.chain.counts(),
            sold,
            unsold,
        }
    }
}

impl Reader<Row> for Walker<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        self.channels.clear();
        for touch in &row.touches {
            let (_, origin) = self
                .origins
                .get(touch.origin)
                .ok_or_else(|| Error::internal("a touch without an origin"))?;
            let touch = origin.at(touch.at);
            if self.window.holds(&touch, row.happened)
                && self.channels.last() != Some(&touch.channel)
            {
                self.channels.push(touch.channel);
            }
        }
        if self.channels.is_empty() {
            return Ok(());
        }
        self.chain.walk(&self.channels, self.sold, 1);
        let (sold, unsold) = &mut self.counts;
        let count = if self.sold { sold } else { unsold };
        *count = count.saturating_add(1);
        Ok(())
    }
}

impl Apart for Walker<'_> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            sold: self.sold,
            ..Self::of(self.origins, self.window)
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.chain.join(&other.chain);
        let (sold, unsold) = other.counts;
        self.counts.0 = self.counts.0.saturating_add(sold);
        self.counts.1 = self.counts.1.saturating_add(unsold);
        Ok(())
    }
}
