//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{
    AddSale, Board, GetBoard, ListSales, MoveOpportunity, OpportunityCard, Page, RefundSale,
    SaleRow, SaveOpportunity, SetSaleStatus,
};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn get_board(_cx: &Context, _req: GetBoard) -> Result<Board> {
    unfinished()
}

pub async fn save_opportunity(_cx: &Context, _req: SaveOpportunity) -> Result<OpportunityCard> {
    unfinished()
}

pub async fn move_opportunity(_cx: &Context, _req: MoveOpportunity) -> Result<OpportunityCard> {
    unfinished()
}

pub async fn list_sales(_cx: &Context, _req: ListSales) -> Result<Page<SaleRow>> {
    unfinished()
}

pub async fn add_sale(_cx: &Context, _req: AddSale) -> Result<SaleRow> {
    unfinished()
}

pub async fn set_sale_status(_cx: &Context, _req: SetSaleStatus) -> Result<SaleRow> {
    unfinished()
}

pub async fn refund_sale(_cx: &Context, _req: RefundSale) -> Result<SaleRow> {
    unfinished()
}
