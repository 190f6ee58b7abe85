use super::customer::Customer;
use super::float;
use super::purchase_model::PurchaseParameters;

/// The likelihood of BG/NBD for some customers. Those with the same history are counted, not
/// repeated: most customers of a shop bought once, and of these only the age differs.
#[derive(Debug)]
pub(super) struct PurchaseLikelihood {
    customers: f64,
    /// By frequency, then recency, then age.
    histories: Vec<History>,
}

#[derive(Debug)]
struct History {
    customers: f64,
    frequency: u32,
    recency: f64,
    age: f64,
}

impl PurchaseLikelihood {
    /// Times are divided by `unit`.
    pub fn new(customers: &[Customer], unit: f64) -> Self {
        let mut sorted: Vec<&Customer> = customers.iter().collect();
        sorted.sort_unstable_by(|one, other| {
            (one.frequency().cmp(&other.frequency()))
                .then(one.recency().total_cmp(&other.recency()))
                .then(one.age().total_cmp(&other.age()))
        });
        let histories = sorted
            .chunk_by(|one, other| {
                one.frequency() == other.frequency()
                    && one.recency().total_cmp(&other.recency()).is_eq()
                    && one.age().total_cmp(&other.age()).is_eq()
            })
            .filter_map(|same| {
                same.first().map(|customer| History {
                    customers: float::from_count(same.len()),
                    frequency: customer.frequency(),
                    recency: customer.recency() / unit,
                    age: customer.age() / unit,
                })
            })
            .collect();
        Self {
            customers: float::from_count(customers.len()),
            histories,
        }
    }

    /// The mean log-likelihood of a customer (BG/NBD section 7, in the four terms of the authors'
    /// note brucehardie.com/notes/004), and its slopes by r, α, a and b.
    pub fn mean(&self, parameters: &PurchaseParameters) -> (f64, [f64; 4]) {
        let PurchaseParameters { r, alpha, a, b } = *parameters;
        let (mut buying, mut staying, mut all) =
            (Rising::new(r), Rising::new(b), Rising::new(a + b));
        let (log_alpha, log_a) = (alpha.ln(), a.ln());
        let mut sum = 0.0;
        let mut slopes = [0.0; 4];
        for history in &self.histories {
            let x = f64::from(history.frequency);
            buying.rise(history.frequency);
            staying.rise(history.frequency);
            all.rise(history.frequency);
            let (log_age, by_age) = ((alpha + history.age).ln(), (alpha + history.age).recip());
            let alive = -(r + x) * log_age;
            // Without a repeat the customer is taken for alive.
            let mut log_sum = alive;
            let (mut gone, mut log_time, mut by_time) = (0.0, log_age, by_age);
            if history.frequency > 0 {
                let log_recency = (alpha + history.recency).ln();
                let odds = log_a - (b + x - 1.0).ln() - (r + x) * log_recency - alive;
                log_sum += log_one_plus_exp(odds);
                gone = logistic(odds);
                log_time += gone * (log_recency - log_age);
                by_time += gone * ((alpha + history.recency).recip() - by_age);
            }
            let log = buying.log + r * log_alpha + staying.log - all.log + log_sum;
            let by_b = if history.frequency > 0 {
                gone / (b + x - 1.0)
            } else {
                0.0
            };
            let slope = [
                buying.slope + log_alpha - log_time,
                r / alpha - (r + x) * by_time,
                gone / a - all.slope,
                staying.slope - all.slope - by_b,
            ];
            sum += history.customers * log;
            for (total, part) in slopes.iter_mut().zip(slope) {
                *total += history.customers * part;
            }
        }
        (sum / self.customers, slopes.map(|s| s / self.customers))
    }
}

/// ln Γ(base + steps) − ln Γ(base) and its slope by the base, as a sum over the steps. No gamma
/// function is needed, and nothing is lost where the base is large.
struct Rising {
    base: f64,
    steps: u32,
    log: f64,
    slope: f64,
}

impl Rising {
    const fn new(base: f64) -> Self {
        Self {
            base,
            steps: 0,
            log: 0.0,
            slope: 0.0,
        }
    }

    fn rise(&mut self, steps: u32) {
        for step in self.steps..steps {
            let factor = self.base + f64::from(step);
            self.log += factor.ln();
            self.slope += factor.recip();
        }
        self.steps = steps;
    }
}

/// 1 / (1 + e⁻ˣ)
pub(super) fn logistic(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

/// ln(1 + eˣ) that does not overflow.
fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
