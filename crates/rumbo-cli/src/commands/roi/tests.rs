use super::*;
use rumbo_app::wire::{Attribution, RoiGroup};

fn figures(spend: Option<&str>, leads: u32, revenue: &str, roi: Option<&str>) -> RoiFigures {
    RoiFigures {
        spend: spend.map(str::to_owned),
        impressions: spend.map(|_| 12_345),
        leads,
        revenue: revenue.to_owned(),
        roi_percent: roi.map(str::to_owned),
        ..RoiFigures::default()
    }
}

fn row(name: &str, waiting: bool, figures: RoiFigures) -> RoiRow {
    RoiRow {
        key: name.to_owned(),
        id: None,
        external_id: Some("120210000000000001".to_owned()),
        name: name.to_owned(),
        status: Some("active".to_owned()),
        account_id: None,
        account_name: None,
        campaign_id: None,
        campaign_name: None,
        ad_set_id: None,
        ad_set_name: None,
        creative_id: None,
        creative: None,
        objective: None,
        waiting_for_sync: waiting,
        no_spend: false,
        other_currency: false,
        remainder: None,
        without_spend: None,
        currency: "USD".to_owned(),
        figures,
        previous: None,
        spark: Vec::new(),
        converted: Vec::new(),
    }
}

#[test]
fn not_attributed_and_total_always_stand_below_the_rows() {
    let report = RoiReport {
        by: RoiBy::Campaign,
        from: "2026-03-01".parse().unwrap(),
        to: "2026-03-31".parse().unwrap(),
        previous_period: None,
        attribution: Attribution {
            window_days: Some(28),
            ..Attribution::default()
        },
        learned: None,
        currency: "USD".to_owned(),
        rows: vec![
            row(
                "Sofás de verano",
                false,
                figures(Some("1842.61"), 10, "300.00", Some("-83.7")),
            ),
            row("120210000000000001", true, figures(None, 1, "0.00", None)),
            RoiRow {
                remainder: Some("no_campaign".to_owned()),
                account_name: Some("Casa Alba AR".to_owned()),
                ..row("", false, figures(None, 0, "0.00", None))
            },
        ],
        attributed: figures(Some("1842.61"), 11, "300.00", Some("-83.7")),
        unattributed: figures(None, 2, "50.00", None),
        total: figures(Some("1842.61"), 13, "350.00", Some("-81.0")),
        previous_unattributed: None,
        previous_total: None,
        other_currencies: vec![RoiGroup {
            currency: "JPY".to_owned(),
            rows: Vec::new(),
            attributed: figures(None, 0, "0", None),
            unattributed: figures(None, 0, "0", None),
            total: figures(None, 0, "0", None),
            previous_unattributed: None,
            previous_total: None,
        }],
        exchanged: None,
        zones: Vec::new(),
    };
    insta::assert_snapshot!(text(&Output::new(false, "es-AR"), &report), @r"
Período: 2026-03-01 – 2026-03-31
Atribución: Último toque, 28 d

Campaña                                              Inversión   Impr.  Clics  Leads  Oport.  Ventas    Ingresos  CPA  ROAS       ROI
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
Sofás de verano                                   1.842,61 USD  12.345      —     10       0       0  300,00 USD    —     —  −83,70 %
120210000000000001 (en espera de sincronización)             —       —      —      1       0       0    0,00 USD    —     —         —
Casa Alba AR (sin campaña)                                   —       —      —      0       0       0    0,00 USD    —     —         —
sin atribuir                                                 —       —      —      2       0       0   50,00 USD    —     —         —
total                                             1.842,61 USD  12.345      —     13       0       0  350,00 USD    —     —  −81,00 %

Campaña       Inversión  Impr.  Clics  Leads  Oport.  Ventas  Ingresos  CPA  ROAS  ROI
────────────────────────────────────────────────────────────────────────────────────────
sin atribuir          —      —      —      0       0       0     0 JPY    —     —    —
total                 —      —      —      0       0       0     0 JPY    —     —    —
");
}
