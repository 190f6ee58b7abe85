//! The program on a folder of its own, with a clock that is wound by hand, a keyring that is played
//! and a sandbox that plays Meta: every command runs in it, and no window does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use rumbo_app::wire::*;
use rumbo_app::{App, AppConfig, Context};
use rumbo_base::{Clock, Entropy, Result};
use rumbo_http::{HttpClient, HttpSettings, Request};
use rumbo_platform::vault::VaultChoice;
use rumbo_platform::vault::testing::PlayedKeyring;
use rumbo_sandbox::{Announcement, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

/// Makes, out of the one list, the names and a function that calls by name.
macro_rules! calls {
    ($($module:ident::$name:ident($request:ty) -> $answer:ty, $effect:ident [$($tag:ident),*], needs [$($need:ident),*];)*) => {
        /// Every command of the core.
        pub const COMMANDS: &[&str] = &[$(stringify!($name),)*];

        async fn dispatch(cx: &Context, name: &str, request: Value) -> Result<Value> {
            match name {
                $(stringify!($name) => {
                    let request: $request = serde_json::from_value(request).unwrap();
                    // Boxed: one future that holds all of them would be very large.
                    let work = Box::pin(rumbo_app::api::$name(cx, request));
                    let answer: $answer = work.await?;
                    Ok(serde_json::to_value(&answer).unwrap())
                })*
                _ => panic!("there is no command {name}"),
            }
        }
    };
}

rumbo_app::with_commands!(calls);

pub struct TestHost {
    pub app: App,
    pub clock: Clock,
    pub keyring: PlayedKeyring,
    pub sandbox: Sandbox,
    pub meta: Announcement,
    pub called: Mutex<BTreeSet<String>>,
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl TestHost {
    pub async fn start() -> Self {
        Self::with_environment(&[]).await
    }

    pub async fn with_environment(environment: &[(&str, &str)]) -> Self {
        // The machine's day: the `Date` of the sandbox's answers is the machine's too.
        let now = Clock::system().now();
        let sandbox = Sandbox::start(SandboxConfig {
            now: Some(now),
            ..SandboxConfig::default()
        })
        .await
        .unwrap();
        let meta = sandbox.announcement();
        let environment: BTreeMap<String, String> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let folder = TempDir::new().unwrap();
        let (clock, keyring) = (Clock::manual(now), PlayedKeyring::default());
        let config = config(&folder, &clock, &keyring, &environment);
        Self {
            app: App::open(config).await.unwrap(),
            clock,
            keyring,
            sandbox,
            meta,
            called: Mutex::default(),
            folder,
            environment,
        }
    }

    /// With a workspace that knows the sandbox's app and is signed in, with every ad account chosen.
    pub async fn connected() -> Self {
        let host = Self::start().await;
        host.workspace("Casa Alba").await;
        let accounts = host.meta.ad_account_ids.clone();
        let choice = json!({ "ad_account_ids": accounts, "page_ids": host.meta.page_ids,
            "whatsapp_ids": [], "start_sync": false });
        host.call("select_assets", choice).await;
        host
    }

    /// Makes a workspace and signs in there, with the sandbox's ready token.
    pub async fn workspace(&self, name: &str) {
        self.make_workspace(name).await;
        self.set_app(json!({ "app_secret": self.meta.app_secret }))
            .await;
        self.sign_in_with(&self.meta.access_token).await;
    }

    pub async fn make_workspace(&self, name: &str) {
        let zone = "America/New_York";
        self.call(
            "create_workspace",
            json!({ "name": name, "currency": "USD", "timezone": zone }),
        )
        .await;
    }

    /// Names the sandbox's app in the workspace in use, and whatever else is given.
    pub async fn set_app(&self, more: Value) -> Value {
        let mut app = json!({ "app_id": self.meta.app_id, "graph_url": self.meta.graph_url,
            "dialog_url": self.meta.dialog_url });
        let fields = app.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        self.call("save_meta_app", app).await
    }

    /// Somebody unknown writes by a WhatsApp channel, which is made for it.
    pub async fn somebody_writes(&self, body: &str) {
        use rumbo_channels::{InboundKind, InboundMessage, Provider};
        use rumbo_engage::conversations::{ChannelRef, receive};

        let cx = self.cx().await;
        let scope = cx.scope().unwrap();
        let channel: rumbo_base::ChannelId = scope.id();
        let mut tx = scope.write().await.unwrap();
        rumbo_db::on_tx!(&mut tx, |c| rumbo_db::sqlx::query(
            "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, \
             active, state, state_since, created_at, updated_at) \
             VALUES ($1, $2, 'Reception', 'whatsapp', 'whatsapp_cloud', '+15550001111', '77', '{}', '', TRUE, \
             'connected', $3, $3, $3)"
        )
        .bind(scope.workspace)
        .bind(channel)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        let message = InboundMessage {
            sender: "77".to_owned(),
            id: "wamid.1".to_owned(),
            address: "+5491123456789".to_owned(),
            user_id: None,
            name: Some("Ana".to_owned()),
            at: scope.now(),
            kind: InboundKind::Text,
            body: body.to_owned(),
            media: None,
            payload: None,
            reply_to: None,
            referral: None,
            group: None,
            echo: false,
            raw: json!({}),
        };
        let provider = Provider::WhatsappCloud;
        let channel = ChannelRef {
            id: channel,
            provider,
        };
        receive(&mut tx, scope, channel, &message).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn sign_in_with(&self, token: &str) -> Value {
        self.call("use_access_token", json!({ "token": token }))
            .await
    }

    pub async fn cx(&self) -> Context {
        self.app.context(None).await.unwrap()
    }

    /// Calls a command as a shell does.
    pub async fn attempt(&self, name: &str, request: Value) -> Result<Value> {
        self.called.lock().unwrap().insert(name.to_owned());
        dispatch(&self.cx().await, name, request).await
    }

    /// Calls a command that has to work.
    pub async fn call(&self, name: &str, request: Value) -> Value {
        match self.attempt(name, request).await {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {}", error.chain()),
        }
    }

    /// The connection, as shown.
    pub async fn connection(&self) -> Value {
        self.call("get_connection", json!({})).await
    }

    pub async fn state(&self) -> String {
        self.connection().await["state"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The last day that has begun wherever an ad account of the sandbox is.
    pub fn today(&self) -> NaiveDate {
        (self.clock.now() - TimeDelta::hours(8)).date_naive()
    }

    /// Syncs the last days, and gives the end.
    pub async fn sync(&self) -> Value {
        let since = self.today() - chrono::Days::new(4);
        let begun = self
            .attempt("start_sync", json!({ "since": since, "full": false }))
            .await;
        match begun {
            Ok(_) => {
                let end = rumbo_app::sync::wait_for_sync(&self.cx().await)
                    .await
                    .unwrap();
                serde_json::to_value(end).unwrap()
            }
            Err(error) => json!({ "state": "refused", "error": WireError::from(&error) }),
        }
    }

    /// Winds the clocks of this machine and of Meta on.
    pub fn advance(&self, by: Duration) {
        let shift = TimeDelta::from_std(by).unwrap();
        self.clock.advance(by);
        self.sandbox.control().advance(shift);
        self.switch(|switches| switches.date_ahead_seconds += shift.num_seconds());
    }

    pub fn switch(&self, change: impl FnOnce(&mut rumbo_sandbox::Switches)) {
        let mut switches = self.sandbox.control().switches();
        change(&mut switches);
        self.sandbox.control().set_switches(switches);
    }

    /// Plays the person: posts the dialog's form and gives the address the browser is sent to.
    pub async fn approve(&self, dialog: &str) -> String {
        let dialog: Url = dialog.parse().unwrap();
        let mut form: Vec<(String, String)> = dialog.query_pairs().into_owned().collect();
        form.push(("decision".to_owned(), "approve_all".to_owned()));
        let reply = self.send(Request::post_form(dialog.path(), form)).await;
        reply.header("location").unwrap().to_owned()
    }

    /// Sends a call to the sandbox as somebody else would.
    pub async fn send(&self, request: Request) -> rumbo_http::Response {
        let base = self.sandbox.graph_url();
        let browser = HttpClient::new(base, HttpSettings::default(), self.clock.clone()).unwrap();
        browser.send(request).await.unwrap()
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Ends the program and starts it again, on the same folder and keyring.
    pub async fn restart(&mut self) {
        self.app.close().await;
        let config = config(&self.folder, &self.clock, &self.keyring, &self.environment);
        self.app = App::open(config).await.unwrap();
    }
}

fn config(
    folder: &TempDir,
    clock: &Clock,
    keyring: &PlayedKeyring,
    environment: &BTreeMap<String, String>,
) -> AppConfig {
    let mut config =
        AppConfig::from_environment(Some(folder.path().join("data")), environment.clone()).unwrap();
    config.clock = clock.clone();
    config.entropy = Entropy::system();
    config.open_browser = false;
    config.vault = VaultChoice::Played(keyring.clone());
    config
}
