//! The two larger businesses: an agency with many currencies, and one that is simply big.

use chrono_tz::{America, Asia, Europe, Tz};

use super::build::{AccountPlan, Builder, CampaignPlan};
use super::{Kind, Status, World};
use crate::dice::Dice;

const KINDS: &[Kind] = &[Kind::Form, Kind::WhatsApp, Kind::Sales, Kind::Traffic];
const PRODUCTS: &[&str] = &[
    "Sofás",
    "Mesas",
    "Sillas",
    "Camas",
    "Estantes",
    "Lámparas",
    "Alfombras",
    "Escritorios",
    "Placares",
    "Cortinas",
];
const GOALS: &[&str] = &[
    "Prospecting",
    "Remarketing 30 d",
    "Formulario",
    "WhatsApp",
    "Catálogo",
];
const PLACES: &[&str] = &["Centro", "Norte", "Sur", "Capital", "Interior", "Costa"];
const AUDIENCES: &[&str] = &[
    "Amplio",
    "Similares 1 %",
    "Similares 3 %",
    "Intereses",
    "Visitantes 30 d",
    "Compradores",
];
const AD_NAMES: &[&str] = &["Video 15 s", "Carrusel", "Foto", "Reel", "Colección"];
const TEXTS: &[(&str, &str)] = &[
    (
        "Hecho a tu medida",
        "Elegí materiales y medidas. Entrega en 20 días.",
    ),
    (
        "Precio de fábrica",
        "Sin intermediarios y con garantía de cinco años.",
    ),
    (
        "Últimas unidades",
        "Aprovechá antes de que termine la temporada.",
    ),
];

/// (name, currency, time zone, country, business)
type AccountLine = (&'static str, &'static str, Tz, &'static str, usize);

const AGENCY: &[AccountLine] = &[
    (
        "Pampa Hogar · Ventas",
        "ARS",
        America::Argentina::Buenos_Aires,
        "AR",
        0,
    ),
    (
        "Pampa Hogar · Marca",
        "ARS",
        America::Argentina::Buenos_Aires,
        "AR",
        0,
    ),
    (
        "Pampa Hogar · Córdoba",
        "ARS",
        America::Argentina::Cordoba,
        "AR",
        0,
    ),
    (
        "Pampa Hogar · Exportación",
        "USD",
        America::New_York,
        "US",
        0,
    ),
    ("Pampa Hogar · Europa", "EUR", Europe::Madrid, "ES", 0),
    ("Ipê Móveis · SP", "BRL", America::Sao_Paulo, "BR", 1),
    ("Ipê Móveis · Rio", "BRL", America::Sao_Paulo, "BR", 1),
    ("Ipê Móveis · Manaus", "BRL", America::Manaus, "BR", 1),
    (
        "Ipê Móveis · Marketplace",
        "BRL",
        America::Sao_Paulo,
        "BR",
        1,
    ),
    ("Ipê Móveis · USA", "USD", America::Los_Angeles, "US", 1),
    ("Andes Deco · Chile", "CLP", America::Santiago, "CL", 2),
    ("Andes Deco · Colombia", "COP", America::Bogota, "CO", 2),
    ("Andes Deco · Bogotá norte", "COP", America::Bogota, "CO", 2),
    (
        "Andes Deco · Santiago oriente",
        "CLP",
        America::Santiago,
        "CL",
        2,
    ),
    ("Andes Deco · España", "EUR", Europe::Madrid, "ES", 2),
    ("Kiri Living · Tokyo", "JPY", Asia::Tokyo, "JP", 3),
    ("Kiri Living · Osaka", "JPY", Asia::Tokyo, "JP", 3),
    ("Kiri Living · Bahrain", "BHD", Asia::Bahrain, "BH", 3),
    ("Kiri Living · Berlin", "EUR", Europe::Berlin, "DE", 3),
    (
        "Kiri Living · closed to us",
        "USD",
        America::Chicago,
        "US",
        3,
    ),
];

pub(super) fn agency(mut to: Builder) -> World {
    let names = ["Pampa Hogar", "Ipê Móveis", "Andes Deco", "Kiri Living"];
    let mut businesses = Vec::new();
    let mut forms = Vec::new();
    let mut pages = Vec::new();
    for (number, name) in (0_u64..).zip(names) {
        let business = to.business(871_000_000_000_100 + number, name);
        businesses.push(business);
        pages.push(to.page(105_000_000_000_300 + number, name, business, number == 2));
        forms.push(to.form(
            "Presupuesto",
            "es_LA",
            true,
            vec![
                ("full_name", "FULL_NAME", "Full name"),
                ("phone_number", "PHONE", "Phone number"),
                ("email", "EMAIL", "Email"),
            ],
        ));
        to.waba(107_000_000_000_500 + number, name, business, "USD");
    }
    for (number, &(name, currency, tz, country, owner)) in (0_u64..).zip(AGENCY) {
        let closed = name.ends_with("closed to us");
        to.account(AccountPlan {
            id: 510_000_000_001 + number * 7_919,
            name: name.to_owned(),
            currency,
            tz,
            country,
            business: businesses.get(owner).copied().unwrap_or(0),
            shared: number % 4 == 3,
            status: if name.ends_with("Marketplace") { 2 } else { 1 },
            readable: !closed,
            page: pages.get(owner).copied(),
        });
        let dice = to.world.dice.with(900 + number);
        for campaign in 0..(4 + dice.below(5)) {
            let form = forms.get(owner).copied();
            campaign_of(&mut to, dice.with(campaign), form, 3, 2, 900);
        }
    }
    to.done()
}

pub(super) fn huge(mut to: Builder) -> World {
    let business = to.business(872_000_000_000_001, "Grande");
    let page = to.page(106_000_000_000_001, "Grande", business, false);
    let form = to.form(
        "Presupuesto",
        "es_LA",
        true,
        vec![
            ("full_name", "FULL_NAME", "Full name"),
            ("phone_number", "PHONE", "Phone number"),
            ("email", "EMAIL", "Email"),
        ],
    );
    let zones = [
        America::Argentina::Buenos_Aires,
        America::Sao_Paulo,
        America::New_York,
        Europe::Madrid,
        Asia::Tokyo,
    ];
    for number in 0_u64..50 {
        let tz = to
            .world
            .dice
            .with(number)
            .pick(&zones.map(Some))
            .unwrap_or(Tz::UTC);
        to.account(AccountPlan {
            id: 640_000_000_001 + number * 7_919,
            name: format!("Grande · {}", number + 1),
            currency: "USD",
            tz,
            country: "AR",
            business,
            shared: false,
            status: 1,
            readable: true,
            page: Some(page),
        });
        for campaign in 0..20 {
            let dice = to.world.dice.with(5_000 + number).with(campaign);
            // Forms of one account only: reading the leads of all would sort them all.
            let form = (number == 0).then_some(form);
            campaign_of(&mut to, dice, form, 5, 2, 1_000);
        }
    }
    to.done()
}

/// One campaign out of the word lists. It began up to `oldest` days ago; in the huge business all
/// began then.
fn campaign_of(
    to: &mut Builder,
    dice: Dice,
    form: Option<usize>,
    sets: u64,
    ads_per_set: usize,
    oldest: u64,
) {
    let kind = dice.with(1).pick(KINDS);
    let product = dice.with(2).pick(PRODUCTS);
    let goal = dice.with(3).pick(GOALS);
    let place = dice.with(4).pick(PLACES);
    let ad_sets: Vec<String> = (0..sets)
        .map(|set| {
            let audience = dice.with(20 + set).pick(AUDIENCES);
            format!("{audience} · {}", dice.with(40 + set).pick(PLACES))
        })
        .collect();
    let age = if oldest >= 1_000 {
        oldest
    } else {
        dice.with(5).between(20, oldest)
    };
    let start_ago = i32::try_from(age).unwrap_or(0);
    let ended = oldest < 1_000 && dice.with(6).below(6) == 0;
    to.campaign(CampaignPlan {
        name: format!("{product} · {goal} · {place}"),
        kind,
        status: if ended {
            Status::Archived
        } else {
            Status::Active
        },
        daily_spend: dice.with(7).between(1_500, 12_000),
        cpm: dice.with(8).between(250, 1_300),
        cost_per_result: dice.with(9).between(500, 3_500),
        start_ago,
        end_ago: ended.then_some(start_ago / 3),
        trailing: ended && kind == Kind::Form,
        form: if kind == Kind::Form { form } else { None },
        ad_sets: &ad_sets,
        ads_per_set,
        texts: TEXTS,
        ad_names: AD_NAMES,
    });
}
