//! Casa Alba, a furniture shop in three countries: the business of the sample workspace.

use chrono_tz::America;

use super::build::{AccountPlan, Builder, CampaignPlan};
use super::{Kind, Status, World};

/// One line of the campaign list. Money in US cents, days before the anchor.
struct Line {
    name: &'static str,
    kind: Kind,
    status: Status,
    spend: u64,
    cpm: u64,
    result: u64,
    start: i32,
    end: Option<i32>,
    form: Option<usize>,
    sets: &'static [&'static str],
    ads: usize,
}

const fn line(name: &'static str, kind: Kind, money: [u64; 3], start: i32) -> Line {
    let [spend, cpm, result] = money;
    Line {
        name,
        kind,
        status: Status::Active,
        spend,
        cpm,
        result,
        start,
        end: None,
        form: None,
        sets: &[],
        ads: 3,
    }
}

const ARGENTINA: &[Line] = &[
    Line {
        sets: &[
            "AMBA · 25–54 · hogar",
            "Similares a compradores 1 %",
            "GBA norte · interesados",
        ],
        ..line(
            "Sillones a medida · WhatsApp · AMBA",
            Kind::WhatsApp,
            [6_580, 447, 861],
            420,
        )
    },
    Line {
        sets: &["Catálogo visto 30 d", "Carrito sin compra 14 d"],
        ..line(
            "Remarketing catálogo 30 d",
            Kind::Sales,
            [1_737, 505, 1_954],
            700,
        )
    },
    Line {
        sets: &[
            "Intereses · madera y deco",
            "Similares a leads 2 %",
            "AMBA · 30–60",
        ],
        form: Some(1),
        ..line(
            "Mesas de roble · Formulario · Nov",
            Kind::Form,
            [4_336, 451, 880],
            45,
        )
    },
    Line {
        sets: &[
            "Prospecting · amplio",
            "Prospecting · similares",
            "Prospecting · deco",
        ],
        ..line(
            "CyberMonday 2026 · Prospecting",
            Kind::Sales,
            [5_575, 402, 2_626],
            35,
        )
    },
    Line {
        sets: &["AMBA · amplio", "Interior · amplio"],
        status: Status::Paused,
        end: Some(50),
        form: Some(2),
        ..line("Promo septiembre", Kind::Form, [3_000, 430, 905], 110)
    },
    Line {
        sets: &["Córdoba capital · 15 km", "Sierras Chicas"],
        status: Status::Archived,
        end: Some(9),
        ads: 4,
        ..line(
            "Showroom Córdoba · Apertura",
            Kind::Traffic,
            [1_402, 322, 1_266],
            75,
        )
    },
];

const BRAZIL: &[Line] = &[
    Line {
        sets: &[
            "SP capital · 25–44 · interiores",
            "Campinas + ABC",
            "Semelhantes a compradores 1 %",
        ],
        ..line(
            "Sofás sob medida · WhatsApp · SP",
            Kind::WhatsApp,
            [4_745, 440, 768],
            380,
        )
    },
    Line {
        sets: &[
            "Interesses · casa e decoração",
            "Semelhantes a leads 1 %",
            "Sudeste · amplo",
        ],
        form: Some(5),
        ..line(
            "Black Friday 2026 · Leads",
            Kind::Form,
            [3_947, 435, 929],
            30,
        )
    },
    Line {
        sets: &["Engajou no Instagram 14 d", "Visitou o site 14 d"],
        ..line(
            "Remarketing Instagram 14 d",
            Kind::Sales,
            [1_108, 507, 1_912],
            560,
        )
    },
];

const UNITED_STATES: &[Line] = &[
    Line {
        sets: &[
            "Miami-Dade · homeowners",
            "Broward · new movers",
            "Lookalike · buyers 1%",
        ],
        form: Some(3),
        ..line(
            "Miami · Custom sofas · Lead form",
            Kind::Form,
            [7_643, 1_498, 3_344],
            300,
        )
    },
    Line {
        sets: &["Past leads · early access", "Miami · broad"],
        form: Some(3),
        ..line(
            "Miami · Black Friday early access",
            Kind::Form,
            [1_015, 1_207, 3_159],
            14,
        )
    },
    Line {
        sets: &["Interest · dining rooms", "Miami · 30–65"],
        ads: 4,
        ..line(
            "Miami · Oak tables · Traffic",
            Kind::Traffic,
            [2_197, 694, 5_127],
            200,
        )
    },
];

const SPANISH: &[(&str, &str)] = &[
    (
        "Tu sillón, a tu medida",
        "Elegí tela, medida y patas. Lo hacemos en 20 días y te lo llevamos.",
    ),
    (
        "Roble macizo, precio de fábrica",
        "Mesas de 1,40 a 2,40 m. Pedí tu presupuesto hoy.",
    ),
    (
        "Últimos días de la promo",
        "12 cuotas sin interés en todo el catálogo.",
    ),
    (
        "Vení a probarlo",
        "Visitá el showroom: te esperamos de lunes a sábado.",
    ),
];
const PORTUGUESE: &[(&str, &str)] = &[
    (
        "O sofá do tamanho da sua sala",
        "Escolha o tecido e a medida. Entrega em 25 dias em SP.",
    ),
    (
        "Black Friday Casa Alba",
        "Até 35 % em sofás sob medida. Peça seu orçamento.",
    ),
    (
        "Voltou a pensar naquele sofá?",
        "Ele ainda está aqui, com frete grátis na Grande SP.",
    ),
];
const ENGLISH: &[(&str, &str)] = &[
    (
        "Your sofa, your size",
        "Pick the fabric and the size. Made in 4 weeks, delivered in Miami.",
    ),
    (
        "Solid oak tables",
        "From 55 to 95 inches. Ask for a free quote today.",
    ),
    (
        "Black Friday early access",
        "Be first: 30% off custom sofas before the 27th.",
    ),
];
const AD_NAMES: &[&str] = &[
    "Video 15 s",
    "Carrusel telas",
    "Foto living",
    "Reel taller",
    "Antes y después",
];

const PHONE: (&str, &str, &str) = ("phone_number", "PHONE", "Phone number");
const EMAIL: (&str, &str, &str) = ("email", "EMAIL", "Email");
const NAME: (&str, &str, &str) = ("full_name", "FULL_NAME", "Full name");

pub(super) fn build(mut to: Builder) -> World {
    let business = to.business(884_120_557_310_266, "Casa Alba S. R. L.");
    let main = to.page(104_822_913_370_145, "Casa Alba Muebles", business, false);
    to.form(
        "Presupuesto sillón a medida",
        "es_LA",
        true,
        vec![
            NAME,
            PHONE,
            EMAIL,
            (
                "¿de_cuántos_cuerpos_lo_querés?",
                "CUSTOM",
                "¿De cuántos cuerpos lo querés?",
            ),
        ],
    );
    to.form(
        "Mesas de roble · Catálogo",
        "es_LA",
        true,
        vec![
            NAME,
            PHONE,
            ("¿qué_medida_necesitás?", "CUSTOM", "¿Qué medida necesitás?"),
        ],
    );
    to.form("Promo septiembre", "es_LA", true, vec![NAME, EMAIL, PHONE]);
    to.form(
        "Custom sofa quote",
        "en_US",
        true,
        vec![
            NAME,
            EMAIL,
            PHONE,
            ("when_do_you_need_it?", "CUSTOM", "When do you need it?"),
        ],
    );
    to.form("Sorteo aniversario 2024", "es_LA", false, vec![NAME, EMAIL]);
    let brazil = to.page(116_340_208_855_791, "Casa Alba Brasil", business, false);
    to.form(
        "Orçamento Black Friday",
        "pt_BR",
        true,
        vec![
            NAME,
            PHONE,
            EMAIL,
            (
                "qual_tecido_você_prefere?",
                "CUSTOM",
                "Qual tecido você prefere?",
            ),
        ],
    );
    to.waba(109_557_302_218_430, "Casa Alba", business, "USD");
    to.phone("+54 11 5263-0190", "Casa Alba", "GREEN", "VERIFIED");
    to.waba(118_204_466_930_752, "Casa Alba Brasil", business, "BRL");
    to.phone(
        "+55 11 4858-7731",
        "Casa Alba Brasil",
        "UNKNOWN",
        "NOT_VERIFIED",
    );

    let account = |id: u64, name: &str, tz, country, status, page| AccountPlan {
        id,
        name: name.to_owned(),
        currency: "USD",
        tz,
        country,
        business,
        shared: false,
        status,
        readable: true,
        page,
    };
    let buenos_aires = America::Argentina::Buenos_Aires;
    to.account(account(
        418_209_377_716,
        "Casa Alba · Argentina",
        buenos_aires,
        "AR",
        1,
        Some(main),
    ));
    fill(&mut to, ARGENTINA, SPANISH);
    let sao_paulo = America::Sao_Paulo;
    to.account(account(
        209_655_413_380,
        "Casa Alba · Brasil",
        sao_paulo,
        "BR",
        1,
        Some(brazil),
    ));
    fill(&mut to, BRAZIL, PORTUGUESE);
    to.account(account(
        773_011_850_429,
        "Casa Alba · USA",
        America::New_York,
        "US",
        1,
        Some(main),
    ));
    fill(&mut to, UNITED_STATES, ENGLISH);
    to.account(account(
        150_822_649_973,
        "Casa Alba · Chile",
        America::Santiago,
        "CL",
        2,
        Some(main),
    ));
    to.account(account(
        662_170_451_182,
        "Alba Deco · pruebas",
        buenos_aires,
        "AR",
        1,
        Some(main),
    ));

    let mut world = to.done();
    retire(&mut world);
    world
}

fn fill(to: &mut Builder, lines: &[Line], texts: &[(&str, &str)]) {
    for line in lines {
        let sets: Vec<String> = line.sets.iter().map(|&name| name.to_owned()).collect();
        to.campaign(CampaignPlan {
            name: line.name.to_owned(),
            kind: line.kind,
            status: line.status,
            daily_spend: line.spend,
            cpm: line.cpm,
            cost_per_result: line.result,
            start_ago: line.start,
            end_ago: line.end,
            trailing: line.end.is_some() && line.kind == Kind::Form,
            form: line.form,
            ad_sets: &sets,
            ads_per_set: line.ads,
            texts,
            ad_names: AD_NAMES,
        });
    }
}

/// A few things people have switched off or removed, as in any real account.
fn retire(world: &mut World) {
    let sets = [4, 13];
    for at in sets {
        if let Some(set) = world.ad_sets.get_mut(at) {
            set.status = Status::Paused;
        }
    }
    let ads = [
        (5, Status::Paused),
        (11, Status::Deleted),
        (26, Status::Archived),
        (48, Status::Deleted),
        (70, Status::Paused),
    ];
    for (at, status) in ads {
        if let Some(ad) = world.ads.get_mut(at) {
            ad.status = status;
        }
    }
}
