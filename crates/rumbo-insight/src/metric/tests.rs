use super::*;

fn usd(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

#[test]
fn ratios_are_those_of_the_definitions() {
    let figures = Figures {
        ad_days: 1,
        impressions: Some(489),
        clicks: Some(10),
        link_clicks: Some(4),
        spend: Some(usd("0.71")),
        leads: 2,
        sales: Shares::ONE,
        revenue: usd("1.00"),
        ..Figures::default()
    };
    let of = |metric: Metric| metric.text(&figures, Currency::USD);
    // facts on a public Meta row: 0.71 on 489 impressions is a CPM of 1.451943.
    assert_eq!(of(Metric::Cpm).as_deref(), Some("1.4519"));
    assert_eq!(of(Metric::Ctr).as_deref(), Some("2.0450"));
    assert_eq!(of(Metric::Cpc).as_deref(), Some("0.0710"));
    assert_eq!(of(Metric::Cpl).as_deref(), Some("0.36"));
    assert_eq!(of(Metric::Cpa), of(Metric::Cpl));
    assert_eq!(of(Metric::Roas).as_deref(), Some("1.4085"));
    assert_eq!(of(Metric::Roi).as_deref(), Some("40.85"));
    assert_eq!(of(Metric::LeadsPerClick).as_deref(), Some("50.00"));
    assert_eq!(of(Metric::MetaCpl), None);
}

#[test]
fn nothing_is_divided_by_nothing() {
    let no_spend = Figures {
        leads: 3,
        revenue: usd("5"),
        ..Figures::default()
    };
    assert_eq!(
        Metric::Cpl.text(&no_spend, Currency::USD),
        None,
        "unknown spend is not 0"
    );
    assert_eq!(Metric::Roas.text(&no_spend, Currency::USD), None);
    let zero_spend = Figures {
        spend: Some(Micros::ZERO),
        ..no_spend
    };
    let of = |metric: Metric| metric.text(&zero_spend, Currency::USD);
    assert_eq!(
        of(Metric::Cpl).as_deref(),
        Some("0.00"),
        "a lead that cost nothing"
    );
    assert_eq!((of(Metric::Roas), of(Metric::Roi)), (None, None));
    let no_lead = Figures {
        spend: Some(usd("9")),
        ..Figures::default()
    };
    assert_eq!(Metric::Cpl.text(&no_lead, Currency::USD), None);
    assert_eq!(
        Metric::Roi.text(&no_lead, Currency::USD).as_deref(),
        Some("-100.00")
    );
}

#[test]
fn there_is_no_margin_without_the_cost_of_a_sale() {
    let known = Figures {
        spend: Some(usd("40")),
        sales: Shares::whole(2),
        revenue: usd("150"),
        cost: usd("90"),
        costed_sales: Shares::whole(2),
        ..Figures::default()
    };
    let of = |figures: &Figures, metric: Metric| metric.text(figures, Currency::USD);
    assert_eq!(of(&known, Metric::Margin).as_deref(), Some("60.00"));
    assert_eq!(of(&known, Metric::Poas).as_deref(), Some("1.5000"));
    assert_eq!(
        of(&known, Metric::ContributionRoi).as_deref(),
        Some("50.00")
    );
    let one_unknown = Figures {
        sales: Shares::whole(3),
        revenue: usd("200"),
        ..known
    };
    for metric in [Metric::Margin, Metric::Poas, Metric::ContributionRoi] {
        assert_eq!(of(&one_unknown, metric), None, "{metric:?}");
        assert!(metric.needs_every_row() && metric.is_credited());
    }
    // What is known is told.
    assert_eq!(of(&one_unknown, Metric::Cost).as_deref(), Some("90.00"));
    assert_eq!(of(&one_unknown, Metric::CostedSales).as_deref(), Some("2"));
    let nothing_known = Figures {
        cost: Micros::ZERO,
        costed_sales: Shares::ZERO,
        ..known
    };
    assert_eq!(of(&nothing_known, Metric::Cost), None, "unknown, not 0");
    // A refund on its own day takes from the margin, whatever its sale cost.
    let refund = Figures {
        revenue: usd("-12.5"),
        ..Figures::default()
    };
    assert_eq!(of(&refund, Metric::Margin).as_deref(), Some("-12.50"));
    // Sold for less than it cost, and given back.
    let loss = Figures {
        revenue: Micros::ZERO,
        ..known
    };
    assert_eq!(of(&loss, Metric::Margin).as_deref(), Some("-90.00"));
    assert_eq!(
        of(&loss, Metric::ContributionRoi).as_deref(),
        Some("-325.00")
    );
    for metric in Metric::ALL {
        let needed = metric.only_its_sums(&one_unknown);
        assert_eq!(of(&needed, metric), of(&one_unknown, metric), "{metric:?}");
    }
}

#[test]
fn costs_have_the_decimals_of_their_currency() {
    let figures = Figures {
        spend: Some(usd("1000")),
        leads: 3,
        clicks: Some(7),
        ..Figures::default()
    };
    let of = |metric: Metric, code: &str| metric.text(&figures, code.parse().unwrap());
    assert_eq!(
        (
            of(Metric::Cpl, "JPY").as_deref(),
            of(Metric::Cpc, "JPY").as_deref()
        ),
        (Some("333"), Some("142.86"))
    );
    assert_eq!(of(Metric::Cpl, "BHD").as_deref(), Some("333.333"));
}

#[test]
fn a_percentage_of_very_large_money_is_still_one() {
    // 5 trillion rupiah of revenue on 1 trillion of spend.
    let figures = Figures {
        spend: Some(Micros(1_000_000_000_000_000_000)),
        revenue: Micros(5_000_000_000_000_000_000),
        ..Figures::default()
    };
    assert_eq!(
        Metric::Roi
            .text(&figures, "IDR".parse().unwrap())
            .as_deref(),
        Some("400.00")
    );
}

/// Compares the tables of docs/metrics.md with the list, or writes them when
/// `RUMBO_WRITE_GENERATED` is set (`cargo xtask generate`).
#[test]
fn the_page_of_metrics_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
    let kept = std::fs::read_to_string(path).unwrap();
    let mut page = kept.clone();
    for (name, table) in TABLES.into_iter().zip(tables()) {
        let (begin, end) = (
            format!("<!-- {name} -->\n"),
            format!("<!-- end of {name} -->"),
        );
        let (before, rest) = page.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        page = format!("{before}{begin}{table}{end}{after}");
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of its own program"
    )]
    if std::env::var_os("RUMBO_WRITE_GENERATED").is_some() {
        std::fs::write(path, page).unwrap();
        return;
    }
    assert!(
        page == kept,
        "docs/metrics.md is out of date: run `cargo xtask generate`"
    );
}

#[test]
fn an_id_names_one_metric_and_a_sum_shows_itself() {
    for metric in Metric::ALL {
        assert_eq!(Metric::by_id(metric.definition().id), Some(metric));
        if let Formula::Sum(sum) = metric.definition().formula {
            assert_eq!(sum.metric(), metric);
            assert_eq!(sum.is_money(), metric.definition().unit == Unit::Money);
        }
    }
    assert_eq!(Metric::by_id("people"), None);
}

#[test]
fn a_quotient_has_the_unit_of_what_it_divides() {
    for metric in Metric::ALL {
        let definition = metric.definition();
        let Formula::Quotient {
            times,
            of,
            less,
            by,
            ..
        } = definition.formula
        else {
            continue;
        };
        assert!(less.is_none_or(|less| less.is_money() == of.is_money()));
        let unit = match (times, of.is_money(), by.is_money()) {
            (100, money, same) if money == same => Unit::Percent,
            (1 | 1000, true, false) => Unit::Money,
            (1, true, true) => Unit::Ratio,
            other => panic!("{metric:?}: {other:?}"),
        };
        assert_eq!(definition.unit, unit, "{metric:?}");
    }
}

#[test]
fn people_are_made_of_no_sums() {
    let figures = Figures {
        ad_days: 3,
        impressions: Some(900),
        clicks: Some(30),
        ..Figures::default()
    };
    let asked: Vec<&str> = Metric::ALL
        .into_iter()
        .filter(|metric| metric.is_asked())
        .map(|metric| {
            assert_eq!(metric.text(&figures, Currency::USD), None, "{metric:?}");
            assert!(!metric.is_sum() && !metric.is_credited());
            assert_eq!(metric.definition().source, Source::Asked);
            metric.definition().id
        })
        .collect();
    assert_eq!(
        asked,
        ["reach", "frequency", "unique_clicks", "unique_link_clicks"]
    );
}
