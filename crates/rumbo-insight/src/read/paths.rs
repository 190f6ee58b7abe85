//! The paths that the data-driven model learns from: those that ended in a sale, and those of
//! contacts that bought nothing. Only the channels of a path and their order are kept.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use rumbo_base::{Error, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::moment::as_of;
use super::origin::Origins;
use super::outcome::{instant, tokens};
use super::place::Place;
use crate::attribution::Window;
use crate::attribution::chain::Chain;

macro_rules! sold {
    () => {
        "x.completed_at, x.touches"
    };
}
macro_rules! of_sales {
    () => {
        " AND x.completed_at >= $2 AND x.completed_at < $3 AND x.status IN ('completed', 'refunded') AND x.touches <> ''"
    };
}
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
    SOLD = concat!("SELECT ", sold!(), " FROM sales x WHERE x.workspace_id = $1", of_sales!());
    SOLD_AS_OF = as_of!(sold!(), "sales", "sale_versions", of_sales!(), "", "$4");
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

/// The paths of the sales that were completed from one instant to another, and of the contacts
/// without a sale that were last touched from then until `given_up`. Touches count as far back as
/// the window reaches, from the sale or from the last touch.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    origins: &Origins,
    window: Window,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    given_up: DateTime<Utc>,
) -> Result<Paths> {
    let mut paths = Paths {
        chain: Chain::new(origins.channels().count()),
        sold: 0,
        unsold: 0,
    };
    let mut path: Vec<u32> = Vec::new();
    for (now, as_of, until, is_sale) in [
        (SOLD, SOLD_AS_OF, to, true),
        (UNSOLD, UNSOLD_AS_OF, given_up, false),
    ] {
        let text = place.moment.map_or(now, |_| as_of);
        on_tx!(tx, |c| {
            let mut query = sqlx::query_as::<_, (DateTime<Utc>, String)>(text)
                .bind(place.workspace)
                .bind(from)
                .bind(until);
            if let Some(moment) = place.moment {
                query = query.bind(moment.at);
            }
            let mut rows = query.fetch(c);
            while let Some((ended, touches)) = rows.try_next().await.db()? {
                path.clear();
                walk(&touches, origins, window, ended, &mut path)?;
                if path.is_empty() {
                    continue;
                }
                paths.chain.walk(&path, is_sale, 1);
                let count = if is_sale {
                    &mut paths.sold
                } else {
                    &mut paths.unsold
                };
                *count = count.saturating_add(1);
            }
        });
    }
    Ok(paths)
}

fn walk(
    touches: &str,
    origins: &Origins,
    window: Window,
    ended: DateTime<Utc>,
    path: &mut Vec<u32>,
) -> Result<()> {
    let timed = window != Window::default();
    for (at, origin) in tokens(touches) {
        let at = timed.then(|| instant(at)).flatten().unwrap_or(ended);
        let origin = origin
            .parse()
            .ok()
            .and_then(|origin| origins.get(origin))
            .ok_or_else(|| Error::internal("a touch without an origin"))?;
        let touch = origin.at(at);
        if window.holds(&touch, ended) && path.last() != Some(&touch.channel) {
            path.push(touch.channel);
        }
    }
    Ok(())
}
