//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{
    AddTouchpoint, ContactDetail, ContactRow, GetContact, ListContacts, Page, SaveContact,
};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn list_contacts(_cx: &Context, _req: ListContacts) -> Result<Page<ContactRow>> {
    unfinished()
}

pub async fn get_contact(_cx: &Context, _req: GetContact) -> Result<ContactDetail> {
    unfinished()
}

pub async fn save_contact(_cx: &Context, _req: SaveContact) -> Result<ContactRow> {
    unfinished()
}

pub async fn add_touchpoint(_cx: &Context, _req: AddTouchpoint) -> Result<ContactDetail> {
    unfinished()
}
