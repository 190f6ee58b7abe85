//! One running sandbox: its world, its clock and what has happened in it.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::clock::SandboxClock;
use crate::config::{Announcement, SandboxConfig, SandboxError};
use crate::daily::Moment;
use crate::dice::Dice;
use crate::graph::Session;
use crate::ledger::Ledger;
use crate::messages::Courier;
use crate::meta_messages::Messages;
use crate::tokens::{self, Holder, LONG_LIFE, Token};
use crate::world::World;

#[derive(Debug)]
pub(crate) struct App {
    /// `http://127.0.0.1:4000`
    pub origin: String,
    pub clock: SandboxClock,
    pub dice: Dice,
    pub id: String,
    pub secret: String,
    access_token: String,
    pub system_user_token: String,
    pub ycloud_api_key: String,
    pub ycloud_webhook_secret: String,
    world: RwLock<World>,
    ledger: Mutex<Ledger>,
    /// Takes webhooks to whoever registered for them.
    pub courier: Courier,
    /// Where the mail server listens.
    pub smtp: Option<SocketAddr>,
    /// Taken after the world's templates and never together with the ledger.
    meta_messages: Mutex<Messages>,
}

impl App {
    pub(crate) fn new(
        config: &SandboxConfig,
        origin: String,
        courier: Courier,
        smtp: Option<SocketAddr>,
    ) -> Result<Self, SandboxError> {
        let clock = SandboxClock::new(config.now);
        let now = clock.now();
        let world = World::build(config, now)?;
        let dice = world.dice.with_text("app");
        let app_secret = format!("{:016x}{:016x}", dice.with(1).bits(), dice.with(2).bits());
        let access_token = token_text(dice.with(100));
        let system_user_token = token_text(dice.with(101));
        let mut ledger = Ledger::default();
        let user = Token::user(tokens::all_scopes(), now, LONG_LIFE);
        let system = Token {
            holder: Holder::SystemUser,
            expires: None,
            ..user.clone()
        };
        let system = Token {
            data_access_expires: None,
            ..system
        };
        ledger.tokens.insert(access_token.clone(), user);
        ledger.tokens.insert(system_user_token.clone(), system);
        let app_id = world.app_id.to_string();
        let app_token = Token {
            holder: Holder::App,
            granted: std::collections::BTreeSet::new(),
            declined: std::collections::BTreeSet::new(),
            issued: now - TimeDelta::days(400),
            expires: None,
            data_access_expires: None,
            dead: None,
        };
        ledger
            .tokens
            .insert(format!("{app_id}|{app_secret}"), app_token);
        Ok(Self {
            origin,
            clock,
            dice,
            id: app_id,
            secret: app_secret,
            access_token,
            system_user_token,
            ycloud_api_key: dice.with(102).text(32),
            ycloud_webhook_secret: format!("whsec_{}", dice.with(103).text(32)),
            world: RwLock::new(world),
            ledger: Mutex::new(ledger),
            courier,
            smtp,
            meta_messages: Mutex::default(),
        })
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn meta_messages(&self) -> MutexGuard<'_, Messages> {
        self.meta_messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The moment figures are read at, with the restatements ordered so far.
    pub(crate) fn moment(&self, now: DateTime<Utc>) -> Moment {
        self.ledger().moment(now)
    }

    /// Whether `proof` is the token's `appsecret_proof`: hex HMAC-SHA256 of the token, keyed with
    /// the app secret.
    pub(crate) fn is_proof(&self, token: &str, proof: &str) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else {
            return false;
        };
        mac.update(token.as_bytes());
        let expected = hex::encode(mac.finalize().into_bytes());
        bool::from(
            expected
                .as_bytes()
                .ct_eq(proof.to_ascii_lowercase().as_bytes()),
        )
    }

    /// Hands out a token nobody had before.
    pub(crate) fn issue(&self, token: Token) -> String {
        let mut ledger = self.ledger();
        let serial = ledger.next_serial();
        let text = token_text(self.dice.with(200).with(serial));
        ledger.tokens.insert(text.clone(), token);
        text
    }

    /// The page token a user's token gives; the same one every time. One that comes from a
    /// long-lived token does not expire.
    pub(crate) fn page_token(&self, session: &Session, page: usize) -> Option<String> {
        match session.holder {
            Holder::Page(own) if own == page => return Some(session.token.clone()),
            Holder::Page(_) | Holder::App => return None,
            Holder::User | Holder::SystemUser => {}
        }
        if !session.has("pages_show_list") {
            return None;
        }
        let salt = u64::try_from(page).unwrap_or(0);
        let text = token_text(self.dice.with(300 + salt).with_text(&session.token));
        let mut ledger = self.ledger();
        let user = ledger.tokens.get(&session.token)?.clone();
        let is_long = user
            .expires
            .is_none_or(|expires| expires - user.issued > TimeDelta::days(1));
        let expires = if is_long { None } else { user.expires };
        ledger.tokens.entry(text.clone()).or_insert(Token {
            holder: Holder::Page(page),
            expires,
            ..user
        });
        Some(text)
    }

    pub(crate) fn announcement(&self) -> Announcement {
        let world = self.world();
        Announcement {
            graph_url: self.origin.clone(),
            dialog_url: format!("{}/v26.0/dialog/oauth", self.origin),
            app_id: self.id.clone(),
            app_secret: self.secret.clone(),
            access_token: self.access_token.clone(),
            system_user_token: self.system_user_token.clone(),
            ad_account_ids: world
                .accounts
                .iter()
                .map(|it| format!("act_{}", it.id))
                .collect(),
            page_ids: world.pages.iter().map(|it| it.id.to_string()).collect(),
            business_ids: world
                .businesses
                .iter()
                .map(|it| it.id.to_string())
                .collect(),
            version: "v26.0".to_owned(),
            control_url: format!("{}/__sandbox", self.origin),
            channels: self.channels(),
        }
    }
}

/// Looks like a token of Meta's; opens nothing but this sandbox.
fn token_text(dice: Dice) -> String {
    format!("EAAKJ{}ZD", dice.text(120))
}
