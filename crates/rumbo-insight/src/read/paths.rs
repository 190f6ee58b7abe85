//! The paths that the data-driven model learns from: those that ended in a sale, and those of
//! contacts that bought nothing. Only the channels of a path and their order are kept.

use chrono::{DateTime, Utc};
use rumbo_base::{DateRange, Error, Result};
use rumbo_db::Tx;

use super::origin::Origins;
use super::outcome::{self, Row};
use super::place::Place;
use super::spread::Reader;
use crate::attribution::Window;
use crate::attribution::chain::Chain;

/// All paths, as the chain counts them.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    pub chain: Chain,
    /// How many ended in a sale.
    pub sold: u32,
    /// How many ended in nothing.
    pub unsold: u32,
}

impl Paths {
    fn none(origins: &Origins) -> Self {
        Self {
            chain: Chain::new(origins.channels().count()),
            sold: 0,
            unsold: 0,
        }
    }
}

/// The paths of the sales that were completed on these days, and of the contacts without a sale that
/// were last touched from their beginning until `given_up`. Touches count as far back as the window
/// reaches, from the sale or from the last touch.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    origins: &Origins,
    window: Window,
    days: DateRange,
    given_up: DateTime<Utc>,
) -> Result<Paths> {
    let mut walker = Walker {
        origins,
        window,
        sold: true,
        channels: Vec::new(),
        paths: Paths::none(origins),
    };
    walker = outcome::sales(tx, place, days, walker).await?;
    walker.sold = false;
    let (from, _) = place.zone.bounds(days);
    if from < given_up {
        walker = outcome::unsold(tx, place, from, given_up, walker).await?;
    }
    Ok(walker.paths)
}

struct Walker<'a> {
    origins: &'a Origins,
    window: Window,
    /// Whether its paths end in a sale.
    sold: bool,
    /// Of the path at hand.
    channels: Vec<u32>,
    paths: Paths,
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
        let Paths {
            chain,
            sold,
            unsold,
        } = &mut self.paths;
        chain.walk(&self.channels, self.sold, 1);
        let count = if self.sold { sold } else { unsold };
        *count = count.saturating_add(1);
        Ok(())
    }

    fn apart(&self) -> Option<Self> {
        Some(Self {
            channels: Vec::new(),
            paths: Paths::none(self.origins),
            ..*self
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        let Paths {
            chain,
            sold,
            unsold,
        } = &mut self.paths;
        chain.join(&other.paths.chain);
        *sold = sold.saturating_add(other.paths.sold);
        *unsold = unsold.saturating_add(other.paths.unsold);
        Ok(())
    }
}
