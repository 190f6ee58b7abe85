//! An export written from what is stored has no difference, and a planted one is found once.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rumbo_db::testing::TestDb;

use super::{Ad, SETTLED, World};
use crate::insights::{NamedAdDay, named};
use crate::testing::range;

/// What a row of the file is of.
#[derive(Clone, Copy, Debug)]
enum Grain {
    AdDay,
    CampaignDay,
    CampaignPeriod,
}

#[derive(Clone, Copy, Debug)]
enum Language {
    English,
    Spanish,
    Portuguese,
}

/// Additive figures, in the order of the heads.
const FIGURES: [&str; 5] = [
    "spend",
    "impressions",
    "clicks",
    "link_clicks",
    "meta_leads",
];

impl Language {
    fn heads(self, grain: Grain) -> String {
        let day = match (self, grain) {
            (Self::English, Grain::CampaignPeriod) => "Reporting starts|Reporting ends",
            (Self::Spanish, Grain::CampaignPeriod) => "Inicio del informe|Fin del informe",
            (Self::Portuguese, Grain::CampaignPeriod) => {
                "Início dos relatórios|Término dos relatórios"
            }
            (Self::English, _) => "Day|Reporting starts",
            (Self::Spanish, _) => "Día|Inicio del informe",
            (Self::Portuguese, _) => "Dia|Início dos relatórios",
        };
        let rest = match self {
            Self::English => {
                "Campaign ID|Ad ID|Amount spent (USD)|Impressions|Clicks (all)|Link clicks|Leads|CPM (cost per 1,000 impressions) (USD)|CTR (link click-through rate)"
            }
            Self::Spanish => {
                "Identificador de la campaña|Identificador del anuncio|Importe gastado (USD)|Impresiones|Clics (todos)|Clics en el enlace|Clientes potenciales|CPM (costo por mil impresiones)|CTR (porcentaje de clics en el enlace)"
            }
            Self::Portuguese => {
                "Identificação da campanha|Identificação do anúncio|Valor usado (USD)|Impressões|Cliques (todos)|Cliques no link|Leads|CPM (custo por 1.000 impressões) (USD)|CTR (taxa de cliques no link)"
            }
        };
        format!("{day}|{rest}")
    }

    /// A number of so many decimals, with the marks of the language.
    fn number(self, text: &str) -> String {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if matches!(self, Self::English) {
            return text.to_owned();
        }
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        if fraction.is_empty() {
            grouped
        } else {
            format!("{grouped},{fraction}")
        }
    }
}

/// Rows of the file: day or period, ids, and the five sums.
type Rows = BTreeMap<(String, String, String, String), [i64; 5]>;

fn rows(stored: &[NamedAdDay], grain: Grain) -> Rows {
    let mut rows = Rows::new();
    for row in stored {
        let day = row.day.to_string();
        let (from, to) = match grain {
            Grain::CampaignPeriod => ("2026-10-01".to_owned(), "2026-10-06".to_owned()),
            _ => (day.clone(), day),
        };
        let ad = match grain {
            Grain::AdDay => row.ad_external_id.clone(),
            _ => String::new(),
        };
        let figures = [
            row.spend.map_or(0, |spend| spend.0),
            row.impressions.unwrap_or(0),
            row.clicks.unwrap_or(0),
            row.link_clicks.unwrap_or(0),
            row.meta_leads.unwrap_or(0),
        ];
        let sums = rows
            .entry((from, to, row.campaign_external_id.clone(), ad))
            .or_default();
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum += figure;
        }
    }
    rows
}

/// The file; `plant` adds to one figure of one row: a cent, or one.
fn write(rows: &Rows, language: Language, grain: Grain, plant: Option<(usize, usize)>) -> String {
    let mut text = language.heads(grain).replace('|', ";") + "\n";
    for (place, ((from, to, campaign, ad), sums)) in rows.iter().enumerate() {
        let mut printed = *sums;
        if let Some((_, figure)) = plant.filter(|(row, _)| *row == place) {
            printed[figure] += if figure == 0 { 10_000 } else { 1 };
        }
        let money = |micros: i64| format!("{}.{:02}", micros / 1_000_000, micros / 10_000 % 100);
        let ratio = |n: i64, d: i64| rumbo_base::ratio(n, d, 6).unwrap_or_default();
        // Quotients are those of Meta's own sums.
        let cells = [
            money(printed[0]),
            printed[1].to_string(),
            printed[2].to_string(),
            printed[3].to_string(),
            printed[4].to_string(),
            ratio(sums[0], sums[1] * 1_000),
            ratio(sums[3] * 100, sums[1]),
        ]
        .map(|cell| language.number(&cell));
        writeln!(text, "{from};{to};{campaign};{ad};{}", cells.join(";")).unwrap();
    }
    text
}

#[test]
fn what_is_written_from_the_store_agrees_and_each_planted_change_is_found_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let figures = (1_u32..9_000_000, 1_u32..90_000, 0_u32..500, 0_u32..9);
    let strategy = (
        proptest::collection::vec(figures, 18),
        prop_oneof![
            Just(Grain::AdDay),
            Just(Grain::CampaignDay),
            Just(Grain::CampaignPeriod)
        ],
        prop_oneof![
            Just(Language::English),
            Just(Language::Spanish),
            Just(Language::Portuguese)
        ],
        any::<prop::sample::Index>(),
        0..FIGURES.len(),
    );
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&strategy, |(figures, grain, language, at, figure)| {
            runtime.block_on(case(&figures, grain, language, at, figure));
            Ok(())
        })
        .unwrap();
}

async fn case(
    figures: &[(u32, u32, u32, u32)],
    grain: Grain,
    language: Language,
    at: prop::sample::Index,
    figure: usize,
) {
    let world = World::new(TestDb::sqlite().await).await;
    let days = [
        "2026-10-01",
        "2026-10-02",
        "2026-10-03",
        "2026-10-04",
        "2026-10-05",
        "2026-10-06",
    ];
    let ads: Vec<Ad> = figures
        .iter()
        .enumerate()
        .map(|(place, (cents, impressions, clicks, leads))| Ad {
            id: ["110", "111", "210"][place % 3],
            day: days[place / 3],
            spend: Box::leak(format!("{}.{:02}", cents / 100, cents % 100).into_boxed_str()),
            impressions: *impressions,
            clicks: *clicks,
            leads: *leads,
        })
        .collect();
    world
        .sync(("2026-10-01", "2026-10-06"), SETTLED, &ads)
        .await;
    let mut tx = world.scope.read().await.unwrap();
    let stored = named(
        &mut tx,
        world.scope.workspace,
        world.account.id,
        range("2026-10-01", "2026-10-06"),
    )
    .await
    .unwrap();
    drop(tx);
    let rows = rows(&stored, grain);
    let audit = world.audit(write(&rows, language, grain, None)).await;
    assert_eq!(audit.differences, [], "{grain:?} {language:?}");
    assert_eq!((audit.unmatched.len(), audit.not_in_file.len()), (0, 0));
    assert_eq!(audit.cells_equal, audit.cells_compared);
    assert!(audit.cells_compared > 0);

    let planted = at.index(rows.len());
    let audit = world
        .audit(write(&rows, language, grain, Some((planted, figure))))
        .await;
    let found: Vec<_> = audit
        .differences
        .iter()
        .map(|found| (found.row, found.figure.id(), found.difference.as_deref()))
        .collect();
    let step = if figure == 0 { "0.01" } else { "1" };
    assert_eq!(
        found,
        [(planted + 2, FIGURES[figure], Some(step))],
        "{grain:?} {language:?}"
    );
}
