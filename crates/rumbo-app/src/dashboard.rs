//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{CreativeRow, DataAge, GetDataAges, GetHome, GetRoi, GetThumbnail, Home, ListCreatives, RoiReport, Thumbnail};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn get_home(_cx: &Context, _req: GetHome) -> Result<Home> {
    unfinished()
}

pub async fn get_roi(_cx: &Context, _req: GetRoi) -> Result<RoiReport> {
    unfinished()
}

pub async fn list_creatives(_cx: &Context, _req: ListCreatives) -> Result<Vec<CreativeRow>> {
    unfinished()
}

pub async fn get_thumbnail(_cx: &Context, _req: GetThumbnail) -> Result<Thumbnail> {
    unfinished()
}

pub async fn get_data_ages(_cx: &Context, _req: GetDataAges) -> Result<Vec<DataAge>> {
    unfinished()
}
