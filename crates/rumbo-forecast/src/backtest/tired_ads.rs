use std::fmt::Write as _;

use super::chance::Chance;
use super::series::DAILY;
use crate::float::{from_count, mean};
use crate::{Shown, wear};

/// Days of one ad: 21 to compare with, and the last seven.
const DAYS: usize = 28;
/// Of an impression, before.
const RATE: f64 = 0.02;
/// How much the rate of a day differs from that of the next, beyond chance: the deviation of its
/// logarithm.
const SCATTER: f64 = 0.15;
/// What the rate of the last seven days is multiplied by.
const FALLS: [f64; 5] = [1.0, 0.85, 0.7, 0.6, 0.5];

impl Chance {
    fn shuffle(&mut self, days: &mut [Shown]) {
        for last in (1..days.len()).rev() {
            let at = (self.next() * from_count(last)).round();
            days.swap(
                last,
                (0..=last).find(|other| from_count(*other) >= at).unwrap(),
            );
        }
    }
}

/// Every 28 days of the series as the impressions of an ad, with so many a day in the mean, whose
/// rate of clicks becomes `fall` times what it was in the last seven.
fn ads(a_day: f64, fall: f64, chance: &mut Chance) -> Vec<Vec<Shown>> {
    let mut ads = Vec::new();
    for series in &DAILY {
        let figures: Vec<f64> = series
            .days()
            .into_iter()
            .map(|(_, figure)| figure)
            .collect();
        for days in figures.chunks_exact(DAYS) {
            let scale = a_day / mean(days.iter().copied()).unwrap();
            let ad = days.iter().enumerate().map(|(at, figure)| {
                let impressions = (figure * scale).round();
                let fell = if at >= DAYS - 7 { fall } else { 1.0 };
                let rate = RATE * fell * (SCATTER * chance.normal()).exp();
                Shown {
                    impressions,
                    clicks: chance.count(impressions * rate),
                }
            });
            ads.push(ad.collect());
        }
    }
    ads
}

/// Of 100 ads that can be judged, those that are told as tired; and how many can be judged.
fn told(ads: &[Vec<Shown>]) -> (f64, usize) {
    let judged: Vec<bool> = ads
        .iter()
        .filter_map(|ad| Some(wear(ad)?.is_tired()))
        .collect();
    let tired = judged.iter().filter(|tired| **tired).count();
    (
        from_count(tired) / from_count(judged.len()) * 100.0,
        judged.len(),
    )
}

pub(super) fn tables() -> Vec<(&'static str, String)> {
    let mut table = "| impressions a day | ads | rate as before | less 15 % | less 30 % | less 40 % | halved | halved, days shuffled |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n".to_owned();
    let mut chance = Chance(1);
    for a_day in [500.0, 2_000.0, 10_000.0] {
        let mut cells = String::new();
        let mut judged = 0;
        for fall in FALLS {
            let (tired, of) = told(&ads(a_day, fall, &mut chance));
            judged = judged.max(of);
            write!(cells, " {tired:.1} % |").unwrap();
        }
        let mut shuffled = ads(a_day, 0.5, &mut chance);
        for ad in &mut shuffled {
            chance.shuffle(ad);
        }
        writeln!(
            table,
            "| {a_day:.0} | {judged} |{cells} {:.1} % |",
            told(&shuffled).0
        )
        .unwrap();
    }
    vec![("tired ads", table)]
}

#[test]
fn shuffled_days_are_no_alarm_and_halved_rates_are() {
    let mut chance = Chance(7);
    let mut halved = ads(10_000.0, 0.5, &mut chance);
    let (found, of) = told(&halved);
    assert!(of > 250 && found > 90.0, "{found} of {of}");
    for ad in &mut halved {
        chance.shuffle(ad);
    }
    assert!(told(&halved).0 < 5.0, "{:?}", told(&halved));
    assert!(told(&ads(10_000.0, 1.0, &mut chance)).0 < 1.0);
}
