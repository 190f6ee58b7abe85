//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{Answer, Request};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn name(_cx: &Context, _req: Request) -> Result<Answer> {
    unfinished()
}
