use super::*;
use crate::ages::Ages;
use crate::figures::Figures;
use crate::home::LeadSplit;
use crate::roi::Sum;
use rumbo_base::DateRange;

/// Home with nothing but days.
fn home(days: &[(Option<&str>, &str)]) -> Home {
    let from: NaiveDate = "2026-11-01".parse().unwrap();
    let days: Vec<DayPoint> = from
        .iter_days()
        .zip(days)
        .map(|(day, (spend, revenue))| DayPoint {
            day,
            figures: Figures {
                spend: spend.map(|text| Micros::parse(text).unwrap()),
                revenue: Micros::parse(revenue).unwrap(),
                ..Figures::default()
            },
            previous: None,
            settling: false,
        })
        .collect();
    let mut total = Figures::default();
    for day in &days {
        total.add(&day.figures).unwrap();
    }
    let to = days.last().map_or(from, |point| point.day);
    Home {
        attribution: crate::Attribution::default(),
        range: DateRange { from, to },
        previous_range: None,
        currency: Currency::USD,
        exchanged: None,
        zones: Vec::new(),
        currencies: vec![Currency::USD],
        kpis: Vec::new(),
        days,
        leads: LeadSplit::default(),
        campaigns: Vec::new(),
        campaign_count: 0,
        others: Sum::default(),
        unattributed: Sum::default(),
        attributed: Sum::default(),
        total: Sum::of(total),
        previous_total: None,
        creatives: Vec::new(),
        creative_count: 0,
        alerts: Vec::new(),
        ages: Ages::default(),
    }
}

fn small() -> ChartOptions {
    ChartOptions {
        width: 48,
        height: 9,
        ..ChartOptions::terminal()
    }
}

#[test]
fn a_chart_in_text_shows_bars_line_and_words() {
    let home = home(&[
        (Some("100"), "0"),
        (Some("100"), "250"),
        (Some("120"), "1200"),
        (None, "900"),
        (Some("80"), "400"),
        (Some("300"), "2000"),
    ]);
    insta::assert_snapshot!(chart_text(&home, &small()).unwrap(), @r"
    █ Revenue 4750.00 USD   ⠒ Spend 700.00 USD
          2k                                 ▄▄▄▄▄▄
                                             ██████
                                             ██████
          1k             ███████             ██████
                         █████████████       ██████
                         █████████████▄▄▄▄▄▄▄██████
           0   ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠄████████████⠠⠶⠶⠶⠛⠛⠛███
          11-01                           11-06
    ");
}

#[test]
fn a_chart_of_nothing_is_empty_and_no_fault() {
    for days in [&[][..], &[(None, "0")][..]] {
        let home = home(days);
        let text = chart_text(&home, &small()).unwrap();
        assert!(!text.contains('▂') && !text.contains('▆'), "{text}");
        assert!(text.starts_with("█ Revenue 0.00 USD   ⠒ Spend —"), "{text}");
        assert!(
            chart_svg(&home, &ChartOptions::picture())
                .unwrap()
                .contains("</svg>")
        );
    }
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let home = home(&[(Some("5"), "9000000000000")]);
    for (width, height) in [(1, 1), (3, 2), (20, 3), (400, 100)] {
        let options = ChartOptions {
            width,
            height,
            ..ChartOptions::terminal()
        };
        let text = chart_text(&home, &options).unwrap();
        assert!(text.lines().skip(1).all(|line| line.chars().count() <= 400));
    }
}

#[test]
fn a_picture_has_a_bar_for_each_day_with_revenue() {
    let home = home(&[(Some("10"), "20"), (Some("10"), "0"), (Some("30"), "40")]);
    let svg = chart_svg(&home, &ChartOptions::picture()).unwrap();
    let bars = svg
        .lines()
        .filter(|line| line.starts_with("<rect") && line.contains("#1D55C4"));
    assert_eq!(bars.count(), 2, "{svg}");
    assert!(svg.contains("<polyline") && svg.contains("11-01"));
}

#[test]
fn amounts_are_short() {
    let short = |text: &str| super::short(Micros::parse(text).unwrap(), Currency::USD);
    assert_eq!(
        [
            short("0"),
            short("7.5"),
            short("950"),
            short("12500"),
            short("3000000"),
            short("4200000000")
        ],
        ["0", "7.50", "950", "12.5k", "3M", "4.2B"]
    );
}
