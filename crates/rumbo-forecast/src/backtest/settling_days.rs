use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate};

use super::chance::Chance;

use crate::float::{from_count, mean};
use crate::settle::LEAST_HELD;
use crate::{Completeness, SettledDay, Settling};

/// The days on which a workspace's days are looked at.
const AGES: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 10, 14, 21];
const SETTLED_AT: u32 = 29;
/// Before this nothing is asked: it takes this long until curves say anything.
const FROM: u64 = 126;

fn after(days: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 3).unwrap() + Days::new(days)
}

/// A kind of figure in some places: accounts, age groups, companies.
struct Kind {
    name: &'static str,
    ages: Vec<u32>,
    settled_at: u32,
    least: f64,
    places: Vec<Vec<SettledDay>>,
    /// The days asked for, a week at a time; 1998 to 2007 of the insurers are ten days.
    asked: Vec<(NaiveDate, NaiveDate)>,
}

impl Kind {
    fn daily(name: &'static str, least: f64, places: Vec<Vec<SettledDay>>) -> Self {
        let days = places.iter().map(Vec::len).max().unwrap();
        let weeks = (FROM..u64::try_from(days).unwrap()).step_by(7);
        Self {
            name,
            ages: AGES.to_vec(),
            settled_at: SETTLED_AT,
            least,
            places,
            asked: weeks.map(|day| (after(day), after(day + 6))).collect(),
        }
    }

    /// What was said of each figure, and what was so. Each place has the others to learn from.
    fn tried(&self) -> Vec<(Completeness, f64)> {
        let mut tried = Vec::new();
        for (nth, own) in self.places.iter().enumerate() {
            let others = self.places.iter().enumerate();
            let others: Vec<SettledDay> = others
                .filter(|(other, _)| *other != nth)
                .flat_map(|(_, days)| days.iter().cloned())
                .collect();
            let settling = Settling {
                ages: &self.ages,
                settled_at: self.settled_at,
                own,
                others: &others,
                least: self.least,
            };
            for (begins, ends) in &self.asked {
                tried.extend(settling.tries(*begins, *ends));
            }
        }
        tried
    }
}

fn inside(tried: &[(Completeness, f64)]) -> f64 {
    let inside = tried.iter().filter(|(known, part)| known.holds(*part));
    from_count(inside.count()) / from_count(tried.len())
}

/// How a made process brings its events: the part that is known at an age.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// Events of a day in the mean.
    a_day: f64,
    known: fn(u32, u64) -> f64,
    /// How much one day is faster or slower than the next: the deviation of a logarithm.
    scatter: f64,
}

const SHAPES: [Shape; 7] = [
    Shape {
        name: "most in three days, the rest in 28",
        a_day: 60.0,
        known: |age, _| 1.0 - 0.36 * (-f64::from(age) / 3.0).exp() - 0.04 * tail(age),
        scatter: 0.3,
    },
    Shape {
        name: "slowly, over 28 days",
        a_day: 60.0,
        known: |age, _| 1.0 - 0.7 * tail(age),
        scatter: 0.3,
    },
    Shape {
        name: "a handful of events a day",
        a_day: 9.0,
        known: |age, _| 1.0 - 0.36 * (-f64::from(age) / 3.0).exp(),
        scatter: 0.3,
    },
    Shape {
        name: "not at weekends",
        a_day: 60.0,
        known: |age, day| {
            let at_weekends = (0..=u64::from(age))
                .filter(|at| (day + at) % 7 >= 5)
                .count();
            let worked = f64::from(age) + 1.0 - from_count(at_weekends);
            1.0 - 0.6 * (-worked / 3.0).exp()
        },
        scatter: 0.2,
    },
    Shape {
        name: "faster from month to month",
        a_day: 60.0,
        known: |age, day| {
            let days = 6.0 / (1.0 + from_count(usize::try_from(day).unwrap()) / 120.0);
            1.0 - 0.5 * (-f64::from(age) / days).exp()
        },
        scatter: 0.2,
    },
    Shape {
        name: "all at once after five days, twice as many from day 200",
        a_day: 60.0,
        known: |age, day| match (age < 5, day < 200) {
            (true, true) => 0.8,
            (true, false) => 0.6,
            (false, _) => 1.0,
        },
        scatter: 0.1,
    },
    Shape {
        name: "at once",
        a_day: 60.0,
        known: |_, _| 1.0,
        scatter: 0.0,
    },
];

/// What is left of a straight line over 28 days.
fn tail(age: u32) -> f64 {
    (1.0 - f64::from(age) / 28.0).max(0.0)
}

impl Shape {
    /// Every event has a day it becomes known; a day's own pace raises what is unknown to a power.
    fn days(&self, count: u64, chance: &mut Chance) -> Vec<SettledDay> {
        let mut days = Vec::new();
        for day in 0..count {
            let weekday = if day % 7 >= 5 { 1.3 } else { 0.9 };
            let events = chance.count(self.a_day * weekday);
            let pace = (self.scatter * chance.normal()).exp();
            let mut seen = [0.0; AGES.len()];
            let mut event = 0.0;
            while event < events {
                let when = chance.next();
                for (seen, age) in seen.iter_mut().zip(AGES) {
                    let known = 1.0 - (1.0 - (self.known)(age, day)).max(0.0).powf(pace);
                    if when < known || known >= 1.0 {
                        *seen += 1.0;
                    }
                }
                event += 1.0;
            }
            days.push(SettledDay {
                day: after(day),
                seen: seen.map(Some).to_vec(),
                settled: events,
            });
        }
        days
    }
}

/// Spend that is stated too high and taken back: what was charged for invalid clicks.
fn overstated(chance: &mut Chance) -> Vec<SettledDay> {
    let days = (0..380_u64).map(|day| {
        let settled = 1_000.0 * (0.2 * chance.normal()).exp();
        let extra = 0.06 * (0.5 * chance.normal()).exp();
        let at = |age: u32| Some(settled * (1.0 + extra * (-f64::from(age) / 4.0).exp()));
        SettledDay {
            day: after(day),
            seen: AGES.map(at).to_vec(),
            settled,
        }
    });
    days.collect()
}

fn made() -> Vec<Kind> {
    let mut chance = Chance(5);
    let mut kinds: Vec<Kind> = SHAPES
        .iter()
        .map(|shape| {
            let places = (0..3).map(|_| shape.days(380, &mut chance)).collect();
            Kind::daily(shape.name, 5.0, places)
        })
        .collect();
    let places = (0..3).map(|_| overstated(&mut chance)).collect();
    kinds.push(Kind::daily("money stated too high", 0.0, places));
    kinds
}

/// The rows of a file, each a name and numbers.
fn rows(file: &str, names: usize) -> Vec<(Vec<String>, Vec<f64>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(file)
        .with_extension("csv");
    let records = csv::Reader::from_path(path).unwrap().into_records();
    records
        .map(|row| {
            let row = row.unwrap();
            let name = row.iter().take(names).map(str::to_owned).collect();
            let numbers = row.iter().skip(names).map(|text| text.parse().unwrap());
            (name, numbers.collect())
        })
        .collect()
}

/// Places by name, each with its rows in order: which of the numbers are seen, and the settled one.
fn places(
    rows: &[(Vec<String>, Vec<f64>)],
    place: impl Fn(&[String]) -> &str,
    seen: std::ops::Range<usize>,
    settled: usize,
) -> Vec<Vec<SettledDay>> {
    let mut names: Vec<&str> = rows.iter().map(|(name, _)| place(name)).collect();
    names.sort_unstable();
    names.dedup();
    let days_of = |of: &&str| -> Vec<SettledDay> {
        let here = rows.iter().filter(|(name, _)| place(name) == *of);
        here.enumerate()
            .map(|(nth, (_, numbers))| SettledDay {
                day: after(u64::try_from(nth).unwrap()),
                seen: numbers[seen.clone()].iter().map(|n| Some(*n)).collect(),
                settled: numbers[settled],
            })
            .collect()
    };
    names.iter().map(days_of).collect()
}

fn published() -> Vec<Kind> {
    let germany = rows("germany_hospitalizations", 2);
    let (all, groups): (Vec<_>, Vec<_>) =
        germany.into_iter().partition(|(name, _)| name[1] == "00+");
    let by_group = |rows: &[(Vec<String>, Vec<f64>)]| places(rows, |name| &name[1], 0..10, 10);
    let dengue = rows("dengue_puerto_rico", 1);
    let mut kinds = vec![
        Kind::daily(
            "hospital admissions in Germany, by day reported",
            5.0,
            by_group(&all),
        ),
        Kind::daily("the same by six age groups", 5.0, by_group(&groups)),
        Kind {
            // A week here is a day there: what was known after up to ten weeks of what came in 26.
            ages: vec![0, 1, 2, 3, 4, 5, 6, 8, 10],
            settled_at: 26,
            ..Kind::daily(
                "dengue cases in Puerto Rico, by week reported",
                5.0,
                places(&dengue, |_| "", 0..9, 10),
            )
        },
    ];
    for (line, name) in [
        ("ppauto", "paid by 74 insurers of private cars"),
        ("comauto", "paid by 42 insurers of lorries"),
        ("wkcomp", "paid by 42 insurers of workers"),
    ] {
        let of_line: Vec<_> = rows("insurers_paid", 3)
            .into_iter()
            .filter(|(name, _)| name[0] == line)
            .collect();
        kinds.push(Kind {
            name,
            ages: (1..=9).collect(),
            // Five years are known altogether, five are asked for.
            settled_at: 1,
            least: 1.0,
            places: places(&of_line, |name| &name[1], 0..9, 9),
            asked: vec![(after(5), after(9))],
        });
    }
    kinds
}

pub(super) fn tables() -> Vec<(&'static str, String)> {
    let table = |kinds: &[Kind]| {
        let mut table = "| what settles | figures asked | known in the median, first age | inside the interval | mean width, first age |\n|---|---:|---:|---:|---:|\n".to_owned();
        for kind in kinds {
            let tried = kind.tried();
            if tried.is_empty() {
                writeln!(table, "| {} | 0: settled | 100 % | | |", kind.name).unwrap();
                continue;
            }
            let first = Kind {
                ages: kind.ages[..1].to_vec(),
                places: kind.places.clone(),
                asked: kind.asked.clone(),
                ..*kind
            };
            let of_first = first.tried();
            let parts: Vec<f64> = of_first.iter().map(|(_, part)| *part).collect();
            let widths = of_first.iter().map(|(known, _)| known.high - known.low);
            writeln!(
                table,
                "| {} | {} | {:.0} % | {:.0} % | {:.0} points |",
                kind.name,
                tried.len(),
                crate::float::median(parts).unwrap() * 100.0,
                inside(&tried) * 100.0,
                mean(widths).unwrap() * 100.0,
            )
            .unwrap();
        }
        table
    };
    vec![
        ("settling, made", table(&made())),
        ("settling, published", table(&published())),
    ]
}

/// What the page promises: of ten figures eight inside, and in no series fewer than 75 %.
#[test]
fn what_was_to_come_lay_inside_the_interval() {
    for kind in made().iter().chain(&published()) {
        let tried = kind.tried();
        if kind.name == "at once" {
            assert!(tried.is_empty());
            continue;
        }
        assert!(tried.len() > 250, "{}: {}", kind.name, tried.len());
        let inside = inside(&tried);
        assert!(inside >= LEAST_HELD, "{}: {inside}", kind.name);
    }
}
