//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{
    AdAccountRow, Assets, CancelSignIn, Connection, ConnectionTest, Disconnect, Disconnected, Done,
    FinishSignIn, GetConnection, GetMetaApp, GetSignIn, ListAdAccounts, ListAssets, ListPortfolios,
    MetaApp, Portfolio, SaveMetaApp, SelectAssets, SignInStarted, SignInStatus, StartSignIn,
    TestConnection, UseAccessToken,
};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn get_connection(_cx: &Context, _req: GetConnection) -> Result<Connection> {
    unfinished()
}

pub async fn get_meta_app(_cx: &Context, _req: GetMetaApp) -> Result<MetaApp> {
    unfinished()
}

pub async fn save_meta_app(_cx: &Context, _req: SaveMetaApp) -> Result<MetaApp> {
    unfinished()
}

pub async fn start_sign_in(_cx: &Context, _req: StartSignIn) -> Result<SignInStarted> {
    unfinished()
}

pub async fn get_sign_in(_cx: &Context, _req: GetSignIn) -> Result<SignInStatus> {
    unfinished()
}

pub async fn cancel_sign_in(_cx: &Context, _req: CancelSignIn) -> Result<Done> {
    unfinished()
}

pub async fn finish_sign_in(_cx: &Context, _req: FinishSignIn) -> Result<Connection> {
    unfinished()
}

pub async fn use_access_token(_cx: &Context, _req: UseAccessToken) -> Result<Connection> {
    unfinished()
}

pub async fn list_portfolios(_cx: &Context, _req: ListPortfolios) -> Result<Vec<Portfolio>> {
    unfinished()
}

pub async fn list_assets(_cx: &Context, _req: ListAssets) -> Result<Assets> {
    unfinished()
}

pub async fn select_assets(_cx: &Context, _req: SelectAssets) -> Result<Vec<AdAccountRow>> {
    unfinished()
}

pub async fn list_ad_accounts(_cx: &Context, _req: ListAdAccounts) -> Result<Vec<AdAccountRow>> {
    unfinished()
}

pub async fn test_connection(_cx: &Context, _req: TestConnection) -> Result<ConnectionTest> {
    unfinished()
}

pub async fn disconnect(_cx: &Context, _req: Disconnect) -> Result<Disconnected> {
    unfinished()
}
