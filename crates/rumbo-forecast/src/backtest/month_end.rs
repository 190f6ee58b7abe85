use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use super::series::{DAILY, Series};
use crate::float::{from_count, mean};
use crate::{MonthTrial, PUBLISHED, Verdict, past_months, verdict};

/// The days of the month on which the end is asked for.
const ASKED: [u32; 5] = [5, 10, 15, 20, 25];

/// One month of one series, asked on one day.
struct Asked {
    day: u32,
    trial: MonthTrial,
    /// What the month before came to, for as many days as this one has.
    budget: Option<f64>,
}

impl Asked {
    fn length(&self) -> f64 {
        f64::from(self.trial.known_until.num_days_in_month())
    }

    fn off(&self, said: f64) -> f64 {
        (said - self.trial.came).abs() / self.trial.came * 100.0
    }

    fn error(&self) -> f64 {
        self.off(self.trial.end.expected)
    }

    /// What dividing by the days gone and multiplying by the days of the month would say.
    fn plain_error(&self) -> f64 {
        self.off(self.trial.so_far / f64::from(self.day) * self.length())
    }
}

fn asked(series: &Series) -> Vec<Asked> {
    let days = series.days();
    let month = |of: NaiveDate| -> f64 {
        let within = days
            .iter()
            .filter(|(day, _)| day.year() == of.year() && day.month() == of.month());
        within.map(|(_, figure)| *figure).sum()
    };
    ASKED
        .into_iter()
        .flat_map(|day| past_months(&days, day).map(move |trial| (day, trial)))
        .map(|(day, trial)| {
            let before = trial.known_until.with_day(1).unwrap().pred_opt().unwrap();
            let whole = days
                .first()
                .is_some_and(|(first, _)| *first <= before.with_day(1).unwrap());
            let ratio = f64::from(trial.known_until.num_days_in_month())
                / f64::from(before.num_days_in_month());
            Asked {
                day,
                trial,
                budget: whole.then(|| month(before) * ratio),
            }
        })
        .collect()
}

fn inside(asked: &[&Asked]) -> f64 {
    let inside = asked.iter().filter(|asked| asked.trial.inside()).count();
    from_count(inside) / from_count(asked.len()) * 100.0
}

fn average(asked: &[&Asked], of: impl Fn(&Asked) -> f64) -> f64 {
    mean(asked.iter().map(|asked| of(asked))).unwrap_or(0.0)
}

/// How often "under" and "over" were said, and were so.
fn verdicts(asked: &[&Asked]) -> (usize, usize) {
    let said = asked.iter().filter_map(|asked| {
        let budget = asked.budget?;
        match verdict(asked.trial.end, budget) {
            Verdict::Under => Some(asked.trial.came < budget),
            Verdict::Over => Some(asked.trial.came > budget),
            Verdict::OnTrack | Verdict::Open => None,
        }
    });
    said.fold((0, 0), |(said, right), so| {
        (said + 1, right + usize::from(so))
    })
}

pub(super) fn tables() -> Vec<(&'static str, String)> {
    let all: Vec<(&Series, Vec<Asked>)> =
        DAILY.iter().map(|series| (series, asked(series))).collect();
    let every: Vec<&Asked> = all.iter().flat_map(|(_, asked)| asked).collect();

    let mut by_day = "| known until day | months | inside P10–P90 | mean error | mean error of days gone × days of the month | said under or over | of these right |\n\
        |---:|---:|---:|---:|---:|---:|---:|\n".to_owned();
    let mut line = |name: &str, asked: &[&Asked]| {
        let (said, right) = verdicts(asked);
        writeln!(
            by_day,
            "| {name} | {} | {:.0} % | {:.1} % | {:.1} % | {said} | {:.0} % |",
            asked.len(),
            inside(asked),
            average(asked, Asked::error),
            average(asked, Asked::plain_error),
            from_count(right) / from_count(said) * 100.0,
        )
        .unwrap();
    };
    for day in ASKED {
        let of_day: Vec<&Asked> = every
            .iter()
            .copied()
            .filter(|asked| asked.day == day)
            .collect();
        line(&day.to_string(), &of_day);
    }
    line("all", &every);

    let mut by_series = "| series | constants chosen on it | months × days | inside P10–P90 | mean error | mean error of days gone × days of the month |\n\
        |---|---|---:|---:|---:|---:|\n".to_owned();
    for (series, asked) in &all {
        let asked: Vec<&Asked> = asked.iter().collect();
        writeln!(
            by_series,
            "| {} | {} | {} | {:.0} % | {:.1} % | {:.1} % |",
            series.name,
            if series.chosen_on { "yes" } else { "no" },
            asked.len(),
            inside(&asked),
            average(&asked, Asked::error),
            average(&asked, Asked::plain_error),
        )
        .unwrap();
    }
    vec![("month-end", by_day), ("month-end by series", by_series)]
}

/// What the page promises, so that a worse method cannot be written into it unseen.
#[test]
fn eight_of_ten_months_end_inside_and_nearer_than_by_counting_days() {
    let all: Vec<Asked> = DAILY.iter().flat_map(asked).collect();
    let all: Vec<&Asked> = all.iter().collect();
    let held = all.iter().filter(|asked| asked.trial.inside()).count();
    let told = (
        usize::try_from(PUBLISHED.0).unwrap(),
        usize::try_from(PUBLISHED.1).unwrap(),
    );
    assert_eq!(told, (all.len(), held), "what the program tells of itself");
    let inside = inside(&all);
    assert!((77.0..=88.0).contains(&inside), "{inside}");
    let (error, plain) = (
        average(&all, Asked::error),
        average(&all, Asked::plain_error),
    );
    assert!(error < plain * 0.95, "{error} {plain}");
    let (said, right) = verdicts(&all);
    assert!(said > 300 && right * 100 > said * 85, "{right} of {said}");
}
