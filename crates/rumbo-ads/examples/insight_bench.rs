//! How fast insights go from page bytes to committed rows, against a plain prepared-statement
//! bulk insert of the same rows into the same kind of SQLite file in the same run.
//!
//! `cargo run --release -p rumbo-ads --example insight_bench [ROWS]`
//!
//! The first figure of each line is by the wall clock, the second by processor time, which is the
//! one to compare on a busy machine. Memory is what the program holds itself, and with the parts
//! of the database file that it has mapped.

use std::fmt::Write as _;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use rumbo_ads::action_map::ActionMap;
use rumbo_ads::insights::{
    AccountKey, AdIndex, Covers, RowReader, Slice, SliceCounts, write_slice,
};
use rumbo_base::{AdAccountId, Clock, Currency, DateRange, Entropy, Error, Result, WorkspaceId};
use rumbo_db::{Db, DbResultExt, Tx, on_tx};

const ADS: usize = 1_000;
const SLICE_DAYS: usize = 5;
const PAGE_ROWS: usize = 500;
/// The reference is measured on no more rows than this.
const PLAIN_ROWS: usize = 100_000;

#[tokio::main]
async fn main() -> Result<()> {
    let rows: usize = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(200_000);
    let days = rows.div_ceil(ADS);
    let folder = std::env::temp_dir().join(format!("rumbo-insight-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Error::internal)?;
    let clock = Clock::system();
    let entropy = Entropy::system();

    // The reference: the same columns, one prepared INSERT a row, one transaction.
    let (db, _) = Db::open_sqlite(&folder.join("plain.db"), &clock).await?;
    let (workspace, account) = prepare(&db, &clock, &entropy).await?;
    let mut tx = db.write(workspace).await?;
    let index = known_ads(&mut tx, workspace, account, &entropy, &clock).await?;
    tx.commit().await?;
    let mut plain = Watch::default();
    let mut count = 0;
    for slice in slices(days.min(PLAIN_ROWS / ADS)) {
        let rows = read(
            &pages(slice, 0),
            slice,
            &mut AdIndex::load(&mut db.read(workspace).await?, workspace, account.id).await?,
        )?;
        plain.start();
        let mut tx = db.write(workspace).await?;
        for row in &rows {
            let Some(key) = index.key(row.ad) else {
                continue;
            };
            let f = &row.figures;
            on_tx!(&mut tx, |c| sqlx::query(
                "INSERT INTO ad_insights (workspace_id, ad_account_id, day, ad_id, currency, \
                 attribution_setting, impressions, reach, frequency, clicks, link_clicks, spend_micros, meta_leads, \
                 meta_purchases, meta_purchase_micros, actions, rest, first_run, run) \
                 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)"
            )
            .bind(workspace)
            .bind(account.id)
            .bind(row.day)
            .bind(key.ad)
            .bind("USD")
            .bind(f.attribution_setting.clone())
            .bind(f.impressions)
            .bind(f.reach)
            .bind(f.frequency)
            .bind(f.clicks)
            .bind(f.link_clicks)
            .bind(f.spend_micros)
            .bind(f.meta_leads)
            .bind(f.meta_purchases)
            .bind(f.meta_purchase_micros)
            .bind(f.actions.clone())
            .bind(f.rest.clone())
            .bind(1_i64)
            .bind(1_i64)
            .execute(c)
            .await
            .map(|_| ()))
            .db()?;
        }
        tx.commit().await?;
        plain.stop();
        count += rows.len();
    }
    let (reference, by_processor) = plain.rates(count);
    println!("plain prepared inserts       {reference:>10.0} rows/s {by_processor:>10.0}");
    db.close().await;

    let (db, _) = Db::open_sqlite(&folder.join("rumbo.db"), &clock).await?;
    let (workspace, account) = prepare(&db, &clock, &entropy).await?;
    let mut tx = db.write(workspace).await?;
    known_ads(&mut tx, workspace, account, &entropy, &clock).await?;
    tx.commit().await?;
    let mut own = None;
    let target = (reference / 4.0).min(100_000.0);
    for (name, run, version, goal) in [
        ("first sync", 1, 0, target),
        ("unchanged re-sync", 2, 0, target * 3.0),
        ("all rows restated", 3, 1, target),
    ] {
        let mut watch = Watch::default();
        let mut counts = SliceCounts::default();
        let mut index =
            AdIndex::load(&mut db.read(workspace).await?, workspace, account.id).await?;
        for slice in slices(days) {
            let bodies = pages(slice, version);
            watch.start();
            let rows = read(&bodies, slice, &mut index)?;
            let mut tx = db.write(workspace).await?;
            counts.add(
                write_slice(
                    &mut tx,
                    Slice {
                        workspace,
                        map: &ActionMap::default(),
                        run,
                        account,
                        days: slice,
                        covers: Covers::Everything,
                    },
                    &index,
                    rows,
                )
                .await?,
            );
            tx.commit().await?;
            watch.stop();
            own = own.max(memory("RssAnon:"));
        }
        let all = counts.added + counts.changed + counts.unchanged;
        let (rate, by_processor) = watch.rates(usize::try_from(all).unwrap_or(0));
        println!(
            "{name:<28} {rate:>10.0} rows/s {by_processor:>10.0}   {:>5.2} x plain   goal {goal:>8.0}   {}   added {} changed {} unchanged {}",
            rate / reference,
            if rate >= goal { "met" } else { "MISSED" },
            counts.added,
            counts.changed,
            counts.unchanged,
        );
    }
    println!("most memory of its own       {:>10} MB", own.unwrap_or(0));
    println!(
        "most memory with the file    {:>10} MB",
        memory("VmHWM:").unwrap_or(0)
    );
    db.close().await;
    std::fs::remove_dir_all(&folder).map_err(Error::internal)
}

/// Adds up time, by the wall clock and by the processor.
#[derive(Default)]
struct Watch {
    began: Option<(Instant, f64)>,
    wall: f64,
    processor: f64,
}

impl Watch {
    fn start(&mut self) {
        self.began = Some((Instant::now(), processor_seconds()));
    }

    fn stop(&mut self) {
        if let Some((began, processor)) = self.began.take() {
            self.wall += began.elapsed().as_secs_f64();
            self.processor += processor_seconds() - processor;
        }
    }

    fn rates(&self, rows: usize) -> (f64, f64) {
        let rows = u32::try_from(rows).map_or(0.0, f64::from);
        (rows / self.wall.max(1e-9), rows / self.processor.max(1e-9))
    }
}

/// Of all threads, user and system, at a hundred ticks a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// A line of `/proc/self/status`, in megabytes.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|found| found.starts_with(line))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kb| kb / 1024)
}

fn slices(days: usize) -> impl Iterator<Item = DateRange> {
    let start = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    (0..days).step_by(SLICE_DAYS).filter_map(move |offset| {
        let end = (offset + SLICE_DAYS).min(days) - 1;
        let from = start.checked_add_days(Days::new(u64::try_from(offset).ok()?))?;
        let to = start.checked_add_days(Days::new(u64::try_from(end).ok()?))?;
        DateRange::new(from, to).ok()
    })
}

fn read(
    bodies: &[String],
    days: DateRange,
    index: &mut AdIndex,
) -> Result<Vec<rumbo_ads::insights::AdDay>> {
    let mut reader = RowReader::new(&ActionMap::default(), Currency::USD, days);
    for body in bodies {
        reader.read_page(body.as_bytes(), index)?;
    }
    Ok(reader.into_rows())
}

/// Pages as Meta sends them: every ad on every day, eight actions each.
fn pages(days: DateRange, version: usize) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut body = String::new();
    let mut rows = 0;
    for (number, day) in days.iter().enumerate() {
        for ad in 0..ADS {
            body.push_str(if rows == 0 { "{\"data\":[" } else { "," });
            let n = (ad * 7 + number * 13 + version) % 997;
            let written = write!(
                body,
                r#"{{"account_id":"101","campaign_id":"{campaign}","adset_id":"{set}","ad_id":"{id}","date_start":"{day}","date_stop":"{day}","account_currency":"USD","attribution_setting":"7d_click_1d_view","impressions":"{imp}","reach":"{reach}","frequency":"1.{n:03}","clicks":"{n}","inline_link_clicks":"{link}","spend":"{spend}.{cents:02}","actions":[{{"action_type":"link_click","value":"{link}"}},{{"action_type":"page_engagement","value":"{n}"}},{{"action_type":"post_engagement","value":"{n}"}},{{"action_type":"lead","value":"{leads}"}},{{"action_type":"onsite_conversion.lead_grouped","value":"{leads}"}},{{"action_type":"omni_purchase","value":"1"}},{{"action_type":"purchase","value":"1"}},{{"action_type":"landing_page_view","value":"{link}"}}],"action_values":[{{"action_type":"omni_purchase","value":"{n}.50"}},{{"action_type":"purchase","value":"{n}.50"}}]}}"#,
                campaign = 23_850_000_000_000_000_u64 + u64::try_from(ad / 50).unwrap_or(0),
                set = 23_860_000_000_000_000_u64 + u64::try_from(ad / 10).unwrap_or(0),
                id = 23_870_000_000_000_000_u64 + u64::try_from(ad).unwrap_or(0),
                imp = n * 31 + 100,
                reach = n * 25 + 80,
                link = n / 2,
                spend = n / 3,
                cents = n % 100,
                leads = n % 5,
            );
            if written.is_err() {
                continue;
            }
            rows += 1;
            if rows == PAGE_ROWS {
                body.push_str(r#"],"paging":{"cursors":{"before":"x","after":"y"}}}"#);
                bodies.push(std::mem::take(&mut body));
                rows = 0;
            }
        }
    }
    if rows > 0 {
        body.push_str("]}");
        bodies.push(body);
    }
    bodies
}

async fn known_ads(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountKey,
    entropy: &Entropy,
    clock: &Clock,
) -> Result<AdIndex> {
    let mut index = AdIndex::load(tx, workspace, account.id).await?;
    for day in slices(1) {
        read(
            &pages(
                DateRange {
                    from: day.from,
                    to: day.from,
                },
                0,
            ),
            day,
            &mut index,
        )?;
    }
    index
        .store_unknown(tx, workspace, entropy, clock.now(), None)
        .await?;
    Ok(index)
}

async fn prepare(db: &Db, clock: &Clock, entropy: &Entropy) -> Result<(WorkspaceId, AccountKey)> {
    let workspace: WorkspaceId = entropy.id(clock.now());
    let account: AdAccountId = entropy.id(clock.now());
    let mut tx = db.write(workspace).await?;
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, \
         automation_on, bot_on, settings, created_at, updated_at) \
         VALUES ($1, 'a', 'a', 'starter', TRUE, FALSE, 'en', 'UTC', FALSE, FALSE, '{}', $2, $2)"
    )
    .bind(workspace)
    .bind(clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .db()?;
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, \
         status, selected, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $2, 'meta', '101', 'a', 'USD', 'UTC', 'ACTIVE', TRUE, '{}', $3, $3, $3)"
    )
    .bind(workspace)
    .bind(account)
    .bind(clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .db()?;
    tx.commit().await?;
    Ok((
        workspace,
        AccountKey {
            id: account,
            currency: Currency::USD,
        },
    ))
}
