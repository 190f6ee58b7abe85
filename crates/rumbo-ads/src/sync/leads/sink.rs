//! Where leads go.

use std::fmt;

use futures::future::BoxFuture;
use rumbo_base::Result;
use rumbo_db::Tx;
use rumbo_meta::objects::Lead;
use serde::{Deserialize, Serialize};

/// What writing leads did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCounts {
    /// Leads that were new.
    pub added: u64,
    /// Leads of which something was filled in.
    pub changed: u64,
    /// Leads that were known.
    pub unchanged: u64,
}

impl LeadCounts {
    /// Adds the counts of another write.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// Leads as Meta gave them, and where they were found.
#[derive(Clone, Copy, Debug)]
pub struct LeadBatch<'a> {
    /// Meta's id of the page, where it is known.
    pub page: Option<&'a str>,
    /// Meta's id and the name of the form, where they were read by form.
    pub form: Option<(&'a str, &'a str)>,
    /// The bare number of the ad account, where they were read by ad.
    pub ad_account: Option<&'a str>,
    pub leads: &'a [Lead],
}

/// Where leads go: the CRM, which this crate does not know. Both calls run inside the sync's own
/// transaction, so that leads and the progress of reading them are kept together.
pub trait LeadSink: fmt::Debug + Send + Sync {
    /// Stores leads. The same lead again must change nothing.
    fn store<'a>(
        &'a self,
        tx: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>>;

    /// Links whatever waits for campaigns, ad sets and ads that have just been stored; says how
    /// many were.
    fn link<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<u64>>;
}

/// Keeps no leads and asks for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLeads;

impl LeadSink for NoLeads {
    fn store<'a>(
        &'a self,
        _: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>> {
        let unchanged = u64::try_from(batch.leads.len()).unwrap_or(u64::MAX);
        Box::pin(async move {
            Ok(LeadCounts {
                unchanged,
                ..LeadCounts::default()
            })
        })
    }

    fn link<'a>(&'a self, _: &'a mut Tx) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async { Ok(0) })
    }
}
