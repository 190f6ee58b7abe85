//! `rumbo sales`

use clap::Subcommand;
use rumbo_app::api;
use rumbo_app::wire::{AddSale, ListSales, RefundSale, SaleRow, SetSaleCost, SetSaleStatus};
use rumbo_base::{ContactId, OpportunityId, SaleId};

use super::pages::{PageArgs, with_next};
use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// What to do with sales.
#[derive(Debug, Subcommand)]
pub enum SalesCommand {
    /// Enter a sale
    Add {
        /// The contact's id
        #[arg(long, value_name = "ID", required_unless_present = "opportunity")]
        contact: Option<ContactId>,
        /// The id of the opportunity it came from
        #[arg(long, value_name = "ID")]
        opportunity: Option<OpportunityId>,
        /// Such as 1842.61
        #[arg(long, value_parser = flags::amount)]
        amount: String,
        /// The workspace's currency when absent
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// Its number in your books; made up when absent
        #[arg(long)]
        reference: Option<String>,
        /// When: an instant, or a day; now when absent
        #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
        at: Option<Moment>,
        /// What it cost the business, such as 900.00
        #[arg(long, value_name = "AMOUNT", value_parser = flags::amount)]
        cost: Option<String>,
        /// How many were sold; 1 when absent
        #[arg(long, value_name = "N")]
        quantity: Option<u32>,
        /// Agreed and not paid yet
        #[arg(long)]
        pending: bool,
    },
    /// List sales, the newest first
    List {
        /// Only this contact's
        #[arg(long, value_name = "ID")]
        contact: Option<ContactId>,
        /// pending, completed, refunded or cancelled
        #[arg(long)]
        status: Option<String>,
        /// Only those of which it is not known what they cost
        #[arg(long)]
        without_cost: bool,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Give money back, all or a part
    Refund {
        /// The sale's id
        id: SaleId,
        /// Such as 100.00
        #[arg(long, value_parser = flags::amount)]
        amount: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        /// When: an instant, or a day; now when absent
        #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
        at: Option<Moment>,
    },
    /// Say what a sale cost the business
    Cost {
        /// The sale's id
        id: SaleId,
        /// Such as 900.00, in the sale's currency
        #[arg(long, value_parser = flags::amount, required_unless_present = "unknown")]
        amount: Option<String>,
        /// What it cost is not known
        #[arg(long, conflicts_with = "amount")]
        unknown: bool,
    },
    /// Mark a pending sale as paid
    Complete {
        /// The sale's id
        id: SaleId,
    },
    /// Call off a pending sale
    Cancel {
        /// The sale's id
        id: SaleId,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: SalesCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let moment = |at: Option<Moment>| at.map(|at| at.at(session.zone()));
            let row = match command {
                SalesCommand::Add {
                    contact,
                    opportunity,
                    amount,
                    currency,
                    reference,
                    at,
                    cost,
                    quantity,
                    pending,
                } => {
                    let request = AddSale {
                        contact_id: contact,
                        opportunity_id: opportunity,
                        amount,
                        currency,
                        reference,
                        completed_at: moment(at),
                        pending,
                        cost,
                        quantity,
                    };
                    api::add_sale(cx, request).await?
                }
                SalesCommand::List {
                    contact,
                    status,
                    without_cost,
                    page,
                } => {
                    let request = ListSales {
                        contact_id: contact,
                        status,
                        without_cost,
                        page: page.into(),
                    };
                    let page = api::list_sales(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(output, rows_text(output, &page.rows), page.next.as_deref())
                    });
                    return Ok(Exit::Done);
                }
                SalesCommand::Refund {
                    id,
                    amount,
                    reason,
                    at,
                } => {
                    let request = RefundSale {
                        id,
                        amount,
                        refunded_at: moment(at),
                        reason,
                    };
                    api::refund_sale(cx, request).await?
                }
                SalesCommand::Cost { id, amount, .. } => {
                    let request = SetSaleCost {
                        id,
                        cost: amount.unwrap_or_default(),
                    };
                    api::set_sale_cost(cx, request).await?
                }
                SalesCommand::Complete { id } => {
                    let request = SetSaleStatus {
                        id,
                        status: "completed".to_owned(),
                    };
                    api::set_sale_status(cx, request).await?
                }
                SalesCommand::Cancel { id } => {
                    let request = SetSaleStatus {
                        id,
                        status: "cancelled".to_owned(),
                    };
                    api::set_sale_status(cx, request).await?
                }
            };
            output.result(&row, |output| rows_text(output, std::slice::from_ref(&row)));
            Ok(Exit::Done)
        })
        .await
}

fn rows_text(output: &Output, rows: &[SaleRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Id,
        Word::Reference,
        Word::Contact,
        Word::Status,
        Word::Date,
        Word::Campaign,
    ]
    .map(|word| output.word(word));
    let figures =
        [Word::Amount, Word::Refunded, Word::Net, Word::Cost].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &figures);
    let numbers = output.numbers();
    for row in rows {
        let day = row.completed_at.map(|at| at.format("%Y-%m-%d").to_string());
        grid.row([
            row.id.to_string(),
            short(&row.reference),
            short(&row.contact_name),
            row.status.clone(),
            day.unwrap_or_else(|| NOTHING.to_owned()),
            row.campaign
                .as_deref()
                .map_or_else(|| NOTHING.to_owned(), short),
            numbers.money(&row.gross, &row.currency),
            numbers.money(&row.refunded, &row.currency),
            numbers.money(&row.net, &row.currency),
            numbers.money_or_nothing(row.cost.as_deref(), &row.currency),
        ]);
    }
    grid.text()
}
