//! Customers that behave as the models say, from a small generator with a seed.

use crate::lifetime::{Customer, PurchaseParameters, SpendParameters};

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly between 0 and 1, both left out.
    pub fn fraction(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).unwrap();
        (f64::from(bits) + 0.5) / 4_294_967_296.0
    }

    fn exponential(&mut self) -> f64 {
        -self.fraction().ln()
    }

    fn normal(&mut self) -> f64 {
        let angle = std::f64::consts::TAU * self.fraction();
        (2.0 * self.exponential()).sqrt() * angle.cos()
    }

    /// With rate 1 (Marsaglia, Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let smaller = self.fraction().powf(shape.recip());
            return self.gamma(shape + 1.0) * smaller;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.fraction().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (one, other) = (self.gamma(a), self.gamma(b));
        one / (one + other)
    }

    /// A customer of an age from `youngest` to `oldest`.
    pub fn customer(
        &mut self,
        buying: &PurchaseParameters,
        spending: &SpendParameters,
        youngest: f64,
        oldest: f64,
    ) -> Customer {
        let age = youngest + (oldest - youngest) * self.fraction();
        let rate = self.gamma(buying.r) / buying.alpha;
        let leaving = self.beta(buying.a, buying.b);
        let (mut time, mut frequency, mut recency) = (0.0, 0, 0.0);
        loop {
            time += self.exponential() / rate;
            if time > age {
                break;
            }
            frequency += 1;
            recency = time;
            if self.fraction() < leaving {
                break;
            }
        }
        let monetary = if frequency == 0 {
            0.0
        } else {
            let x = f64::from(frequency);
            let rate = self.gamma(spending.q) / spending.v;
            self.gamma(spending.p * x) / (rate * x)
        };
        Customer::new(frequency, recency, age, monetary).unwrap()
    }

    /// Like the customers of CDNOW, but in whole days, which is how a shop's own are.
    pub fn like_cdnow(&mut self, many: usize) -> Vec<Customer> {
        let buying = PurchaseParameters {
            r: 0.243,
            alpha: 4.414 * 7.0,
            a: 0.793,
            b: 2.426,
        };
        let spending = SpendParameters {
            p: 6.25,
            q: 3.74,
            v: 15.4,
        };
        (0..many)
            .map(|_| {
                let it = self.customer(&buying, &spending, 30.0, 730.0);
                let (recency, age) = (it.recency().floor(), it.age().floor());
                Customer::new(it.frequency(), recency, age, it.monetary()).unwrap()
            })
            .collect()
    }
}
