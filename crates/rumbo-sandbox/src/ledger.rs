//! Everything that changes while the sandbox runs, except what people edit in Ads Manager.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::control::{CallRecord, Counters, Switches};
use crate::daily::{Moment, Restatement};
use crate::fault::Armed;
use crate::insights::job::{Fate, Job};
use crate::leads::ExtraLead;
use crate::messages::Messages;
use crate::tokens::Token;
use crate::usage::Usage;

/// An authorization code waiting to be exchanged.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub redirect_uri: String,
    pub challenge: Option<Challenge>,
    pub granted: BTreeSet<String>,
    pub declined: BTreeSet<String>,
    pub issued: DateTime<Utc>,
    pub used: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub value: String,
    pub sha256: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub tokens: HashMap<String, Token>,
    pub codes: HashMap<String, Code>,
    /// Permissions the person declined before; the dialog does not offer them again by itself.
    pub declined: BTreeSet<String>,
    pub jobs: BTreeMap<u64, Arc<Job>>,
    pub opt_in_jobs: Vec<(usize, DateTime<Utc>)>,
    pub next_job_fate: Option<Fate>,
    pub leads: Vec<ExtraLead>,
    /// Pages that send leads to the app.
    pub subscriptions: BTreeMap<usize, BTreeSet<String>>,
    pub faults: Vec<Armed>,
    pub restatements: Vec<Restatement>,
    pub templates: crate::templates::Records,
    pub usage: Usage,
    pub switches: Switches,
    pub counters: Counters,
    pub calls: VecDeque<CallRecord>,
    pub messages: Messages,
    serial: u64,
}

impl Ledger {
    /// The moment figures are read at, with the restatements ordered so far.
    pub(crate) fn moment(&self, now: DateTime<Utc>) -> Moment {
        Moment {
            now,
            restatements: self.restatements.clone(),
        }
    }

    /// A number never given before.
    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}
