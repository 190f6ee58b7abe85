//! Splitting the figures of an ad-day by age, gender, place or device.
//!
//! The parts of one ad-day always add up to the ad-day, except people reached.

use crate::daily::Tally;
use crate::dice::Dice;
use crate::graph::schema::check_enum;
use crate::graph::{GraphError, Params};
use crate::world::Account;

/// Breakdowns that are played, and which may be asked for together (Meta refuses the rest).
const COMBINATIONS: &[&[&str]] = &[
    &["age"],
    &["gender"],
    &["age", "gender"],
    &["country"],
    &["region"],
    &["comscore_market"],
    &["publisher_platform"],
    &["publisher_platform", "platform_position"],
    &["publisher_platform", "impression_device"],
    &[
        "publisher_platform",
        "platform_position",
        "impression_device",
    ],
    &["publisher_platform", "device_platform"],
    &["publisher_platform", "platform_position", "device_platform"],
    &["device_platform"],
    &["impression_device"],
    &["hourly_stats_aggregated_by_advertiser_time_zone"],
    &["hourly_stats_aggregated_by_audience_time_zone"],
];

const AGES: &[(&str, u64)] = &[
    ("18-24", 9),
    ("25-34", 27),
    ("35-44", 28),
    ("45-54", 18),
    ("55-64", 11),
    ("65+", 7),
];
const GENDERS: &[(&str, u64)] = &[("female", 61), ("male", 37), ("unknown", 2)];
const PLATFORMS: &[(&str, u64)] = &[
    ("facebook", 46),
    ("instagram", 47),
    ("audience_network", 3),
    ("messenger", 4),
];
const POSITIONS: &[(&str, &str, u64)] = &[
    ("facebook", "feed", 60),
    ("facebook", "facebook_reels", 25),
    ("facebook", "marketplace", 15),
    ("instagram", "feed", 38),
    ("instagram", "instagram_stories", 32),
    ("instagram", "instagram_reels", 30),
    ("audience_network", "an_classic", 100),
    ("messenger", "messenger_inbox", 100),
];
const DEVICE_PLATFORMS: &[(&str, u64)] = &[("mobile_app", 88), ("mobile_web", 4), ("desktop", 8)];
const DEVICES: &[(&str, u64)] = &[
    ("android_smartphone", 52),
    ("iphone", 38),
    ("desktop", 8),
    ("ipad", 2),
];
const HOURS: &[u64] = &[
    2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 6, 5, 4, 4, 4, 5, 6, 7, 9, 9, 6, 3,
];

/// The breakdowns of a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Breakdowns {
    names: Vec<String>,
}

/// One value of each breakdown, and its weight.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub values: Vec<(String, String)>,
    weight: u64,
}

impl Breakdowns {
    pub(super) fn read(params: &Params) -> Result<Self, GraphError> {
        let names = params.list("breakdowns")?;
        for (at, name) in names.iter().enumerate() {
            check_enum("breakdowns", &format!("breakdowns[{at}]"), name)?;
        }
        let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        // What the accounts here have nothing of (catalogues, assets, app installs) is empty.
        let nothing = matches!(names.as_slice(), [one] if !COMBINATIONS.iter().any(|it| it.contains(&one.as_str())));
        let played = names.is_empty()
            || nothing
            || COMBINATIONS.iter().any(|combination| {
                let mut own = combination.to_vec();
                own.sort_unstable();
                own == sorted
            });
        if !played {
            return Err(GraphError::parameter(format!(
                "Current combination of data breakdown columns (action_type, {}) is invalid",
                names.join(", ")
            )));
        }
        Ok(Self { names })
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// Most slices one row can fall into.
    pub(super) fn fan(&self) -> u64 {
        let most = |name: &str| match name {
            "age" => 6,
            "gender" | "device_platform" => 3,
            "publisher_platform" | "impression_device" => 4,
            "platform_position" => 2,
            "country" | "region" | "comscore_market" => 5,
            name if name.starts_with("hourly_stats") => 24,
            _ => 1,
        };
        self.names.iter().map(|name| most(name)).product()
    }

    /// Every slice for ads of this account, in one fixed order.
    pub(super) fn slices(&self, account: &Account) -> Vec<Slice> {
        let mut slices = vec![Slice {
            values: Vec::new(),
            weight: 1,
        }];
        for name in &self.names {
            if name == "platform_position" {
                continue;
            }
            let values = values(name, account);
            slices = slices
                .iter()
                .flat_map(|slice| {
                    values.iter().map(|(value, weight)| {
                        let mut wider = slice.clone();
                        wider.values.push((name.clone(), value.clone()));
                        wider.weight *= weight;
                        wider
                    })
                })
                .collect();
        }
        if self.has("platform_position") {
            slices = slices.iter().flat_map(with_positions).collect();
        }
        slices
    }

    /// The part of an ad-day in each slice. Conversions Meta learns from pixels are not known by
    /// region, market or hour.
    pub(super) fn split(&self, whole: &Tally, slices: &[Slice], dice: Dice) -> Vec<Tally> {
        let mut whole = whole.clone();
        if self.names.iter().any(|name| {
            name == "region" || name == "comscore_market" || name.starts_with("hourly_stats")
        }) {
            whole.pixel_leads = 0;
            whole.pixel_purchases = 0;
            whole.pixel_value = 0;
            whole.carts = 0;
            whole.custom = 0;
        }
        let weights: Vec<u64> = (1_u64..)
            .zip(slices)
            .map(|(at, slice)| slice.weight * dice.with(at).between(60, 140))
            .collect();
        let total: u64 = weights.iter().sum::<u64>().max(1);
        let mut parts = vec![Tally::default(); slices.len()];
        for (at, number) in whole.numbers().into_iter().enumerate() {
            let start = dice.with(700 + u64::try_from(at).unwrap_or(0)).below(total);
            let mut before = 0_u64;
            for (part, weight) in parts.iter_mut().zip(&weights) {
                let share = along(number, before + weight, start, total)
                    .saturating_sub(along(number, before, start, total));
                if let Some(mine) = part.numbers_mut().into_iter().nth(at) {
                    *mine = share;
                }
                before += weight;
            }
        }
        for ((part, slice), at) in parts.iter_mut().zip(slices).zip(800_u64..) {
            part.delivered = part.impressions > 0;
            if let Some(reach) = (whole.day_reach * part.impressions).checked_div(whole.impressions)
            {
                part.day_reach = reach.max(u64::from(part.delivered));
            }
            let weights: u64 = slices.iter().map(|slice| slice.weight).sum();
            part.meet(whole.audience.part(slice.weight, weights), dice.with(at));
        }
        parts
    }
}

fn along(number: u64, weight: u64, start: u64, total: u64) -> u64 {
    let wide = (u128::from(number) * u128::from(weight) + u128::from(start)) / u128::from(total);
    u64::try_from(wide).unwrap_or(u64::MAX)
}

fn with_positions(slice: &Slice) -> Vec<Slice> {
    let platform = slice
        .values
        .iter()
        .find(|(name, _)| name == "publisher_platform")
        .map_or("", |(_, value)| value.as_str());
    POSITIONS
        .iter()
        .filter(|(of, _, _)| *of == platform)
        .map(|(_, position, weight)| {
            let mut wider = slice.clone();
            wider
                .values
                .push(("platform_position".to_owned(), (*position).to_owned()));
            wider.weight *= weight;
            wider
        })
        .collect()
}

fn values(name: &str, account: &Account) -> Vec<(String, u64)> {
    let list: &[(&str, u64)] = match name {
        "age" => AGES,
        "gender" => GENDERS,
        "publisher_platform" => PLATFORMS,
        "device_platform" => DEVICE_PLATFORMS,
        "impression_device" => DEVICES,
        "country" => {
            let others = ["US", "UY", "ES", "PY"];
            let mut countries = vec![(account.country.to_owned(), 92)];
            countries.extend(
                others
                    .iter()
                    .filter(|other| **other != account.country)
                    .take(2)
                    .map(|other| ((*other).to_owned(), 4)),
            );
            return countries;
        }
        "region" => regions(account.country),
        "comscore_market" => match account.country {
            "US" => &[
                ("Miami-Ft. Lauderdale, FL", 70),
                ("Orlando-Daytona Beach, FL", 30),
            ],
            _ => &[("Unknown", 1)],
        },
        name if name.starts_with("hourly_stats") => {
            return HOURS
                .iter()
                .enumerate()
                .map(|(hour, weight)| (format!("{hour:02}:00:00 - {hour:02}:59:59"), *weight))
                .collect();
        }
        _ => &[],
    };
    list.iter()
        .map(|(value, weight)| ((*value).to_owned(), *weight))
        .collect()
}

fn regions(country: &str) -> &'static [(&'static str, u64)] {
    match country {
        "AR" => &[
            ("Buenos Aires", 45),
            ("Ciudad Autónoma de Buenos Aires", 35),
            ("Córdoba", 20),
        ],
        "BR" => &[
            ("São Paulo (state)", 70),
            ("Rio de Janeiro (state)", 20),
            ("Minas Gerais", 10),
        ],
        "US" => &[("Florida", 80), ("New York", 12), ("Georgia", 8)],
        _ => &[("Unknown", 1)],
    }
}
