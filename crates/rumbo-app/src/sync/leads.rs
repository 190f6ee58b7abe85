//! Leads of Instant Forms on their way from the sync into the CRM.

use futures::future::BoxFuture;
use rumbo_ads::sync::{LeadBatch, LeadCounts, LeadSink};
use rumbo_base::Result;
use rumbo_crm::leads::{MetaLead, upsert_lead};
use rumbo_crm::touchpoints::{Answer, Written, link_waiting};
use rumbo_db::Tx;
use rumbo_meta::objects::Lead;
use rumbo_platform::Scope;

/// Writes leads as contacts with their touchpoints, in the sync's own transaction.
#[derive(Debug)]
pub(crate) struct IntoCrm {
    pub scope: Scope,
}

impl LeadSink for IntoCrm {
    fn store<'a>(
        &'a self,
        tx: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>> {
        Box::pin(async move {
            let mut counts = LeadCounts::default();
            for lead in batch.leads {
                let written =
                    upsert_lead(tx, &self.scope, meta_lead(lead, &batch, &self.scope)).await?;
                match written.touchpoint {
                    Written::Added => counts.added += 1,
                    Written::Changed => counts.changed += 1,
                    Written::Unchanged => counts.unchanged += 1,
                }
            }
            Ok(counts)
        })
    }

    fn link<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<u64>> {
        Box::pin(link_waiting(tx, &self.scope))
    }
}

fn meta_lead(lead: &Lead, batch: &LeadBatch<'_>, scope: &Scope) -> MetaLead {
    MetaLead {
        leadgen_id: lead.id.clone(),
        created: lead.created_time.map_or_else(|| scope.now(), |time| time.0),
        form_id: lead
            .form_id
            .clone()
            .or_else(|| batch.form.map(|(id, _)| id.to_owned())),
        form_name: batch.form.map(|(_, name)| name.to_owned()),
        page_id: batch.page.map(str::to_owned),
        platform: lead.platform.clone(),
        ad_account_id: batch.ad_account.map(str::to_owned),
        campaign_id: lead.campaign_id.clone(),
        ad_set_id: lead.adset_id.clone(),
        ad_id: lead.ad_id.clone(),
        is_organic: lead.is_organic.unwrap_or(false),
        answers: lead
            .field_data
            .iter()
            .flatten()
            .map(|field| Answer {
                question: field.name.clone(),
                values: field.values.clone(),
            })
            .collect(),
    }
}
