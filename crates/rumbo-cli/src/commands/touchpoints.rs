//! `rumbo touchpoints`

use clap::Subcommand;
use rumbo_app::api;
use rumbo_app::wire::AddTouchpoint;
use rumbo_base::ContactId;

use super::contacts::detail_text;
use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::session::Program;

/// What to do with touchpoints.
#[derive(Debug, Subcommand)]
pub enum TouchpointsCommand {
    /// Add one way a contact arrived
    Add {
        /// The contact's id
        #[arg(long, value_name = "ID")]
        contact: ContactId,
        /// A lead source, such as META_ADS, REFERRAL or ORGANIC
        #[arg(long)]
        source: String,
        /// How, such as cpc or qr
        #[arg(long)]
        medium: Option<String>,
        /// Meta's id of the campaign; it need not be synced yet
        #[arg(long, value_name = "ID")]
        campaign: Option<String>,
        /// Meta's id of the ad set
        #[arg(long, value_name = "ID")]
        adset: Option<String>,
        /// Meta's id of the ad
        #[arg(long, value_name = "ID")]
        ad: Option<String>,
        /// Meta's id of the form
        #[arg(long, value_name = "ID")]
        form: Option<String>,
        /// What the ad said at the time
        #[arg(long, value_name = "TEXT")]
        headline: Option<String>,
        /// What the ad said below its headline
        #[arg(long, value_name = "TEXT")]
        body: Option<String>,
        /// What this arrival cost, such as 12.50
        #[arg(long, value_name = "AMOUNT", value_parser = flags::amount)]
        cost: Option<String>,
        /// Currency of the cost; the workspace's when absent
        #[arg(long, value_name = "CODE", value_parser = flags::currency, requires = "cost")]
        currency: Option<String>,
        /// The click id, such as fbclid or ctwa_clid
        #[arg(long, value_name = "ID")]
        click_id: Option<String>,
        /// When: an instant, or a day; now when absent
        #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
        at: Option<Moment>,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: TouchpointsCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| match command {
            TouchpointsCommand::Add {
                contact,
                source,
                medium,
                campaign,
                adset,
                ad,
                form,
                headline,
                body,
                cost,
                currency,
                click_id,
                at,
            } => {
                let request = AddTouchpoint {
                    contact_id: Some(contact),
                    occurred_at: at.map(|at| at.at(session.zone())),
                    source,
                    medium,
                    campaign_external_id: campaign,
                    ad_set_external_id: adset,
                    ad_external_id: ad,
                    form_external_id: form,
                    click_id,
                    ad_headline: headline,
                    ad_body: body,
                    cost,
                    cost_currency: currency,
                };
                let detail = api::add_touchpoint(&session.cx, request).await?;
                session
                    .output
                    .result(&detail, |output| detail_text(output, &detail));
                Ok(Exit::Done)
            }
        })
        .await
}
