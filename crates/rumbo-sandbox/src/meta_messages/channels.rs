//! What opens the channels that are played here, for the announcement.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::cloud::phone_and_account;
use super::digits;
use super::pages::instagram_of;
use crate::app::App;
use crate::graph::Session;
use crate::tokens::{Holder, all_scopes};

impl App {
    /// The first number of the first account.
    pub(crate) fn whatsapp_cloud(&self) -> Value {
        let world = self.world();
        let Some((phone, waba)) = phone_and_account(&world, 0) else {
            return Value::Null;
        };
        json!({
            "base_url": self.origin,
            "sender": format!("+{}", digits(phone.number)),
            "sender_id": phone.id.to_string(),
            "account": waba.to_string(),
            "token": self.system_user_token,
            "app_secret": self.secret,
        })
    }

    /// The same number at YCloud.
    pub(crate) fn ycloud(&self) -> Value {
        let world = self.world();
        let Some((phone, waba)) = phone_and_account(&world, 0) else {
            return Value::Null;
        };
        json!({
            "base_url": format!("{}/v2", self.origin),
            "sender": format!("+{}", digits(phone.number)),
            "account": waba.to_string(),
            "token": self.ycloud_api_key,
            "webhook_secret": self.ycloud_webhook_secret,
        })
    }

    /// The first page, or its Instagram account.
    pub(crate) fn page_channel(&self, instagram: bool) -> Value {
        let found = self
            .world()
            .pages
            .first()
            .map(|page| (page.id, page.name.clone()));
        let Some((page, name)) = found else {
            return Value::Null;
        };
        let session = Session {
            token: self.system_user_token.clone(),
            holder: Holder::SystemUser,
            granted: all_scopes(),
            declined: BTreeSet::new(),
        };
        let id = if instagram { instagram_of(page) } else { page };
        json!({
            "base_url": self.origin,
            "sender": name,
            "sender_id": id.to_string(),
            "token": self.page_token(&session, 0),
            "app_secret": self.secret,
        })
    }
}
