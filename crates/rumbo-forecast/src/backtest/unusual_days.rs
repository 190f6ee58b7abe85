use std::fmt::Write as _;
use std::path::Path;

use chrono::{NaiveDateTime, TimeDelta};

use super::series::DAILY;
use crate::float::from_count;
use crate::{Judged, Step, Watch, judge};

/// An alarm so near to a labelled hour means it.
const NEAR: TimeDelta = TimeDelta::hours(24);
/// Unusual steps no farther apart than a season are one alarm.
fn alarms(watch: &Watch, judged: &[Option<Judged>]) -> Vec<usize> {
    let mut alarms = Vec::new();
    let mut last: Option<usize> = None;
    for (at, judged) in judged.iter().enumerate() {
        if judged.is_some_and(|judged| judged.is_unusual(watch)) {
            if last.is_none_or(|last| at - last > watch.season) {
                alarms.push(at);
            }
            last = Some(at);
        }
    }
    alarms
}

/// Prices of an ad exchange by the hour, with the hours that people marked as anomalies: Numenta
/// Anomaly Benchmark.
const EXCHANGE: [(&str, &[&str]); 2] = [
    ("exchange-2_cpc_results", &["2011-07-14 13:00:01"]),
    (
        "exchange-2_cpm_results",
        &["2011-07-26 06:00:01", "2011-08-10 17:00:01"],
    ),
];

struct Hours {
    at: Vec<NaiveDateTime>,
    steps: Vec<Step>,
    labels: Vec<NaiveDateTime>,
}

fn hours((file, labels): (&str, &[&str])) -> Hours {
    let instant = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(file)
        .with_extension("csv");
    let (mut at, mut steps) = (Vec::new(), Vec::new());
    for row in csv::Reader::from_path(path).unwrap().into_records() {
        let row = row.unwrap();
        at.push(instant(&row[0]));
        steps.push(Step {
            figure: Some(row[1].parse().unwrap()),
            chance: 0.0,
        });
    }
    Hours {
        at,
        steps,
        labels: labels.iter().map(|label| instant(label)).collect(),
    }
}

/// Labels found, labels, alarms that mean none, hours.
fn exchange(watch: &Watch) -> (usize, usize, usize, usize) {
    EXCHANGE
        .into_iter()
        .map(hours)
        .fold((0, 0, 0, 0), |sum, hours| {
            let alarms: Vec<NaiveDateTime> = alarms(watch, &judge(watch, &hours.steps))
                .into_iter()
                .map(|at| hours.at[at])
                .collect();
            let near =
                |label: &NaiveDateTime, alarm: &NaiveDateTime| (*alarm - *label).abs() <= NEAR;
            let found = hours
                .labels
                .iter()
                .filter(|label| alarms.iter().any(|alarm| near(label, alarm)));
            let idle = alarms
                .iter()
                .filter(|alarm| !hours.labels.iter().any(|label| near(label, alarm)));
            (
                sum.0 + found.count(),
                sum.1 + hours.labels.len(),
                sum.2 + idle.count(),
                sum.3 + hours.at.len(),
            )
        })
}

/// Days on which each daily series is changed, one at a time, and what it is multiplied by.
const PLANTED: [f64; 4] = [0.5, 0.7, 1.5, 2.0];

/// What was judged of the daily series as they are, and of every planted day: once for all the
/// thresholds.
struct Days {
    plain: Vec<Vec<Option<Judged>>>,
    planted: Vec<(f64, Option<Judged>)>,
}

impl Days {
    fn judged() -> Self {
        let watch = &Watch::DAILY;
        let (mut plain, mut planted) = (Vec::new(), Vec::new());
        for series in &DAILY {
            let figures = series.days().into_iter().map(|(_, figure)| Step {
                figure: Some(figure),
                chance: 0.0,
            });
            let steps: Vec<Step> = figures.collect();
            plain.push(judge(watch, &steps));
            for at in (100..steps.len()).step_by(41) {
                // Only what came before counts.
                let mut steps = steps[at.saturating_sub(110)..=at].to_vec();
                let last = steps.len() - 1;
                let figure = steps[last].figure.unwrap();
                for times in PLANTED {
                    steps[last].figure = Some(figure * times);
                    planted.push((times, judge(watch, &steps).pop().flatten()));
                }
            }
        }
        Self { plain, planted }
    }

    /// Planted days found of each kind, and alarms at days as they were, per 1,000.
    fn found(&self, watch: &Watch) -> (Vec<f64>, f64) {
        let found = PLANTED.map(|times| {
            let of: Vec<bool> = self
                .planted
                .iter()
                .filter(|(planted, _)| (*planted - times).abs() < 1e-9)
                .map(|(_, judged)| {
                    judged.is_some_and(|judged| {
                        judged.is_unusual(watch) && (judged.off > 0.0) == (times > 1.0)
                    })
                })
                .collect();
            per_thousand(of.iter().filter(|found| **found).count(), of.len()) / 10.0
        });
        let days = self.plain.iter().map(|days| days.iter().flatten().count());
        let idle = self.plain.iter().map(|days| alarms(watch, days).len());
        (found.to_vec(), per_thousand(idle.sum(), days.sum()))
    }
}

fn per_thousand(count: usize, of: usize) -> f64 {
    from_count(count) * 1000.0 / from_count(of)
}

pub(super) fn tables() -> Vec<(&'static str, String)> {
    let mut hourly = "| surprise | labelled anomalies found | alarms that mean none, per 1,000 hours |\n|---:|---:|---:|\n".to_owned();
    for surprise in [3.0, 3.5, 4.0, 5.0, 6.0] {
        let watch = Watch {
            surprise,
            ..Watch::HOURLY
        };
        let (found, labels, idle, hours) = exchange(&watch);
        writeln!(
            hourly,
            "| {surprise:.1} | {found} of {labels} | {:.1} |",
            per_thousand(idle, hours)
        )
        .unwrap();
    }
    let days = Days::judged();
    let mut planted = "| surprise | halved, found | less 30 %, found | more 50 %, found | doubled, found | other alarms per 1,000 days |\n|---:|---:|---:|---:|---:|---:|\n".to_owned();
    for surprise in [3.0, 3.5, 4.0, 5.0] {
        let watch = Watch {
            surprise,
            ..Watch::DAILY
        };
        let (found, idle) = days.found(&watch);
        write!(planted, "| {surprise:.1} |").unwrap();
        for found in found {
            write!(planted, " {found:.0} % |").unwrap();
        }
        writeln!(planted, " {idle:.1} |").unwrap();
    }
    vec![("unusual hours", hourly), ("unusual days", planted)]
}
