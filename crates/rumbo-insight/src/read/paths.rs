//! The paths that the data-driven model learns from: those that ended in a sale, and those of
//! contacts that bought nothing. Only the channels of a path and their order are kept.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use rumbo_base::{DateRange, Error, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::moment::as_of;
use super::origin::Origins;
use super::outcome::{self, PathTouch};
use super::place::Place;
use crate::attribution::Window;
use crate::attribution::chain::Chain;

macro_rules! unsold {
    () => {
        "x.unsold_touched_at, x.unsold_touches"
    };
}
macro_rules! of_contacts {
    () => {
        " AND x.unsold_touched_at >= $2 AND x.unsold_touched_at < $3 AND x.kind <> 'internal'"
    };
}

statements! {
    UNSOLD = concat!("SELECT ", unsold!(), " FROM contacts x WHERE x.workspace_id = $1", of_contacts!());
    UNSOLD_AS_OF = as_of!(unsold!(), "contacts", "contact_versions", of_contacts!(), " AND x.present", "$4");
}

/// All paths, as the chain counts them.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    pub chain: Chain,
    /// How many ended in a sale.
    pub sold: u32,
    /// How many ended in nothing.
    pub unsold: u32,
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
        channels: Vec::new(),
        paths: Paths {
            chain: Chain::new(origins.channels().count()),
            sold: 0,
            unsold: 0,
        },
    };
    outcome::sales(tx, place, days, |row| {
        let touches = row.touches.iter().copied().map(Ok);
        walker.walk(touches, row.happened, true)
    })
    .await?;
    let (from, _) = place.zone.bounds(days);
    let text = place.moment.map_or(UNSOLD, |_| UNSOLD_AS_OF);
    on_tx!(tx, |c| {
        let mut query = sqlx::query_as::<_, (DateTime<Utc>, String)>(text)
            .bind(place.workspace)
            .bind(from)
            .bind(given_up);
        if let Some(moment) = place.moment {
            query = query.bind(moment.at);
        }
        let mut rows = query.fetch(c);
        while let Some((last, touches)) = rows.try_next().await.db()? {
            walker.walk(outcome::touches(&touches), last, false)?;
        }
    });
    Ok(walker.paths)
}

struct Walker<'a> {
    origins: &'a Origins,
    window: Window,
    /// Of the path at hand.
    channels: Vec<u32>,
    paths: Paths,
}

impl Walker<'_> {
    fn walk(
        &mut self,
        touches: impl Iterator<Item = Result<PathTouch>>,
        ended: DateTime<Utc>,
        sold: bool,
    ) -> Result<()> {
        self.channels.clear();
        for touch in touches {
            let touch = touch?;
            let (_, origin) = self
                .origins
                .get(touch.origin)
                .ok_or_else(|| Error::internal("a touch without an origin"))?;
            let touch = origin.at(touch.at);
            if self.window.holds(&touch, ended) && self.channels.last() != Some(&touch.channel) {
                self.channels.push(touch.channel);
            }
        }
        if self.channels.is_empty() {
            return Ok(());
        }
        let Paths {
            chain,
            sold: bought,
            unsold,
        } = &mut self.paths;
        chain.walk(&self.channels, sold, 1);
        let count = if sold { bought } else { unsold };
        *count = count.saturating_add(1);
        Ok(())
    }
}
