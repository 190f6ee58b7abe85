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
        sales: 1,
        revenue: usd("1.00"),
        ..Figures::default()
    };
    let ratios = figures.ratios(Currency::USD);
    // facts on a public Meta row: 0.71 on 489 impressions is a CPM of 1.451943.
    assert_eq!(ratios.cpm.as_deref(), Some("1.4519"));
    assert_eq!(ratios.ctr.as_deref(), Some("2.0450"));
    assert_eq!(ratios.cpc.as_deref(), Some("0.0710"));
    assert_eq!(ratios.cpl.as_deref(), Some("0.36"));
    assert_eq!(ratios.cpa, ratios.cpl);
    assert_eq!(ratios.roas.as_deref(), Some("1.4085"));
    assert_eq!(ratios.roi_percent.as_deref(), Some("40.85"));
    assert_eq!(ratios.leads_per_click_percent.as_deref(), Some("50.00"));
    assert_eq!(ratios.cpl_meta, None);
}

#[test]
fn nothing_is_divided_by_nothing() {
    let no_spend = Figures {
        leads: 3,
        revenue: usd("5"),
        ..Figures::default()
    };
    assert_eq!(
        no_spend.ratios(Currency::USD).cpl,
        None,
        "unknown spend is not 0"
    );
    assert_eq!(no_spend.ratios(Currency::USD).roas, None);
    let zero_spend = Figures {
        spend: Some(Micros::ZERO),
        ..no_spend
    };
    let ratios = zero_spend.ratios(Currency::USD);
    assert_eq!(
        ratios.cpl.as_deref(),
        Some("0.00"),
        "a lead that cost nothing"
    );
    assert_eq!((ratios.roas, ratios.roi_percent), (None, None));
    let no_lead = Figures {
        spend: Some(usd("9")),
        ..Figures::default()
    };
    assert_eq!(no_lead.ratios(Currency::USD).cpl, None);
    assert_eq!(
        no_lead.ratios(Currency::USD).roi_percent.as_deref(),
        Some("-100.00")
    );
}

#[test]
fn costs_have_the_decimals_of_their_currency() {
    let figures = Figures {
        spend: Some(usd("1000")),
        leads: 3,
        clicks: Some(7),
        ..Figures::default()
    };
    let jpy = figures.ratios("JPY".parse().unwrap());
    assert_eq!(
        (jpy.cpl.as_deref(), jpy.cpc.as_deref()),
        (Some("333"), Some("142.86"))
    );
    let bhd = figures.ratios("BHD".parse().unwrap());
    assert_eq!(bhd.cpl.as_deref(), Some("333.333"));
}

#[test]
fn sums_that_do_not_fit_are_an_error() {
    let mut sum = Figures {
        revenue: Micros(i64::MAX),
        ..Figures::default()
    };
    assert!(
        sum.add(&Figures {
            revenue: Micros(1),
            ..Figures::default()
        })
        .is_err()
    );
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
        figures
            .ratios("IDR".parse().unwrap())
            .roi_percent
            .as_deref(),
        Some("400.00")
    );
}
