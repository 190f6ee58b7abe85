//! The CRM as the program connects it to the sync: leads become contacts with touchpoints.

use futures::future::BoxFuture;
use rumbo_ads::sync::{LeadBatch, LeadCounts, LeadSink};
use rumbo_base::Result;
use rumbo_crm::leads::{MetaLead, upsert_lead};
use rumbo_crm::touchpoints::{Answer, Written, link_waiting};
use rumbo_db::Tx;
use rumbo_meta::objects::Lead;
use rumbo_platform::Scope;

#[derive(Debug)]
pub struct Crm(pub Scope);

impl LeadSink for Crm {
    fn store<'a>(
        &'a self,
        tx: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>> {
        Box::pin(async move {
            let mut counts = LeadCounts::default();
            for lead in batch.leads {
                let written = upsert_lead(tx, &self.0, meta_lead(lead, &batch)).await?;
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
        Box::pin(link_waiting(tx, &self.0))
    }
}

fn meta_lead(lead: &Lead, batch: &LeadBatch<'_>) -> MetaLead {
    let answers = lead.field_data.iter().flatten().map(|field| Answer {
        question: field.name.clone(),
        values: field.values.clone(),
    });
    MetaLead {
        leadgen_id: lead.id.clone(),
        created: lead.created_time.unwrap().0,
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
        answers: answers.collect(),
    }
}
