//! Meta's minor units: not those of ISO 4217.

/// A currency an ad account can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    pub code: &'static str,
    /// Minor units in one major unit by Meta's own table: 1 for CLP, COP, JPY and a few more, else
    /// 100, also for dinars of three decimals
    /// (developers.facebook.com/documentation/ads-commerce/marketing-api/currencies).
    pub offset: u64,
    /// Rough price of one US dollar in minor units, to make believable amounts.
    pub per_dollar: u64,
}

const TABLE: &[Currency] = &[
    Currency {
        code: "USD",
        offset: 100,
        per_dollar: 100,
    },
    Currency {
        code: "ARS",
        offset: 100,
        per_dollar: 147_000,
    },
    Currency {
        code: "BRL",
        offset: 100,
        per_dollar: 541,
    },
    Currency {
        code: "EUR",
        offset: 100,
        per_dollar: 86,
    },
    Currency {
        code: "JPY",
        offset: 1,
        per_dollar: 154,
    },
    Currency {
        code: "CLP",
        offset: 1,
        per_dollar: 941,
    },
    Currency {
        code: "BHD",
        offset: 100,
        per_dollar: 38,
    },
    Currency {
        code: "COP",
        offset: 1,
        per_dollar: 3_780,
    },
];

impl Currency {
    /// The currency with this code; US dollars for one that is not played.
    pub(crate) fn of(code: &str) -> Self {
        TABLE
            .iter()
            .find(|currency| currency.code == code)
            .copied()
            .unwrap_or(Self {
                code: "USD",
                offset: 100,
                per_dollar: 100,
            })
    }

    /// Turns US cents into this currency's minor units.
    pub(crate) fn of_cents(self, cents: u64) -> u64 {
        (cents * self.per_dollar / 100).max(1)
    }

    /// Major units as Insights writes them: no trailing zeros (`5339.5`).
    pub(crate) fn major(self, minor: u64) -> String {
        decimal(minor, self.offset)
    }
}

/// `value / scale` as a decimal without trailing zeros. `scale` is a power of ten.
pub(crate) fn decimal(value: u64, scale: u64) -> String {
    let scale = scale.max(1);
    let whole = value / scale;
    let rest = value % scale;
    if rest == 0 {
        return whole.to_string();
    }
    let digits = usize::try_from(scale.ilog10()).unwrap_or(0);
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}
