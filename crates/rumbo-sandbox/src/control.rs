//! The switches of a running sandbox, for the program it runs in. `control/http.rs` has the same
//! for everybody else.

pub(crate) mod http;
mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::daily::Restatement;
use crate::fault::{Fault, FaultError};
use crate::leads::ExtraLead;
use crate::tokens::{Death, Token};
use crate::world::message_templates::MessageTemplate;
use crate::world::{Node, Status, parse_day};

/// Settings that can be changed while it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// Every call must carry a right `appsecret_proof`.
    pub require_appsecret_proof: bool,
    /// `standard_access` (Meta's full tier) or `development_access` (the limited one).
    pub api_tier: String,
    /// Calls an hour for each ad account and kind of call instead of Meta's formulas.
    pub calls_per_hour: Option<u64>,
    /// No quotas at all.
    pub unlimited: bool,
    /// The app is live: `http://localhost` redirects are refused.
    pub live_mode: bool,
    /// https redirect addresses registered for the app.
    pub redirect_uris: Vec<String>,
    /// Days leads can be read for; `null` for no end.
    pub lead_retention_days: Option<i64>,
    /// How far the `Date` header of answers is ahead of the machine's clock: a caller's clock that
    /// is wrong, played from this side.
    pub date_ahead_seconds: i64,
    /// Messages a second that a number may send; 0 for no limit.
    pub messages_per_second: u32,
    /// One message each six seconds to one person, 45 of them at once.
    pub pair_limit: bool,
    /// What will fail is refused at once instead of failing later.
    pub refuse_at_once: bool,
    /// Seconds between one status of a message and the next, by the sandbox's clock.
    pub status_delay_seconds: i64,
    /// Meta's message history can be asked.
    pub message_history: bool,
    /// How often each webhook call is made.
    pub webhook_copies: u32,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            require_appsecret_proof: false,
            api_tier: "standard_access".to_owned(),
            calls_per_hour: None,
            unlimited: false,
            live_mode: false,
            redirect_uris: vec!["https://casaalba.example/meta/callback".to_owned()],
            lead_retention_days: Some(90),
            date_ahead_seconds: 0,
            messages_per_second: 80,
            pair_limit: true,
            refuse_at_once: false,
            status_delay_seconds: 0,
            message_history: true,
            webhook_copies: 1,
        }
    }
}

/// How often it was called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Calls answered, entries of batches counted one by one.
    pub calls: u64,
    pub batches: u64,
    pub errors: u64,
    pub throttled: u64,
    /// Scripted faults that struck.
    pub faults: u64,
    /// By `METHOD path`, ids replaced by `{id}`.
    pub by_path: BTreeMap<String, u64>,
}

/// One call as remembered: never a token, proof, secret, code or verifier.
#[derive(Debug, Clone, Serialize)]
pub struct CallRecord {
    pub at: DateTime<Utc>,
    pub method: String,
    /// With version, without parameters.
    pub path: String,
    pub params: BTreeMap<String, String>,
    pub status: u16,
    pub error_code: Option<i64>,
    pub fault: Option<String>,
}

/// A lead to be submitted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadOrder {
    pub form_id: String,
    #[serde(default)]
    pub ad_id: Option<String>,
    /// Answers by question key.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Now, when left out.
    #[serde(default)]
    pub created_time: Option<DateTime<Utc>>,
}

/// A user token to be handed out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOrder {
    pub scopes: BTreeSet<String>,
    /// How long it lives; for ever when left out.
    #[serde(default)]
    pub seconds: Option<i64>,
    /// How long it reads the person's data; 90 days when left out.
    #[serde(default)]
    pub data_access_seconds: Option<i64>,
}

/// What Meta does to a message template by itself: words as Meta writes them. What is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateOrder {
    pub id: String,
    /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, …
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub rejected_reason: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(default)]
    pub quality: Option<String>,
    #[serde(default)]
    pub category: Option<String>,
}

/// The switches.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) app: Arc<App>,
}

impl Control {
    /// The sandbox's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Moves the clock on (or back, by a negative length).
    pub fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// Puts the clock to an instant; a running clock goes on from there.
    pub fn set_time(&self, to: DateTime<Utc>) {
        self.app.clock.set(to);
    }

    /// Arms a fault. Faults are looked at in the order they were added; the first that fits acts.
    pub fn add_fault(&self, fault: Fault) -> Result<(), FaultError> {
        let armed = fault.arm()?;
        self.app.ledger().faults.push(armed);
        Ok(())
    }

    /// Disarms every fault.
    pub fn clear_faults(&self) {
        self.app.ledger().faults.clear();
    }

    /// Multiplies the figures of some days: `spend` and `conversions` in thousandths (1000 changes
    /// nothing). `object_id` is an account, campaign, ad set or ad; everything without one. Returns
    /// whether the object and the days exist.
    pub fn restate(
        &self,
        object_id: Option<&str>,
        since: &str,
        until: &str,
        spend: u64,
        conversions: u64,
    ) -> bool {
        let object = match object_id {
            None => None,
            Some(id) if self.app.world().find(id).is_some() => {
                id.strip_prefix("act_").unwrap_or(id).parse().ok()
            }
            Some(_) => return false,
        };
        let (Some(since), Some(until)) = (parse_day(since), parse_day(until)) else {
            return false;
        };
        let restatement = Restatement {
            object,
            since,
            until,
            spend,
            conversions,
        };
        self.app.ledger().restatements.push(restatement);
        true
    }

    /// Ends a token's life with one of the subcodes of code 190 (458, 459, 460, 463, 464, 467,
    /// 492, 493). Returns whether the token and the subcode exist.
    pub fn kill_token(&self, token: &str, subcode: i64) -> bool {
        let Some(death) = Death::of(subcode) else {
            return false;
        };
        match self.app.ledger().tokens.get_mut(token) {
            Some(token) => {
                token.dead = Some(death);
                true
            }
            None => false,
        }
    }

    /// Hands out a user token with these permissions that lives this long; for ever without a
    /// length.
    pub fn issue_token(&self, scopes: &[&str], seconds: Option<i64>) -> String {
        self.issue(&TokenOrder {
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            seconds,
            data_access_seconds: None,
        })
    }

    /// Hands out a user token.
    pub fn issue(&self, order: &TokenOrder) -> String {
        let now = self.now();
        let mut token = Token::user(order.scopes.clone(), now, order.seconds.unwrap_or(0));
        if order.seconds.is_none() {
            token.expires = None;
        }
        if let Some(seconds) = order.data_access_seconds {
            token.data_access_expires = Some(now + TimeDelta::seconds(seconds));
        }
        self.app.issue(token)
    }

    /// Submits a lead and gives its id; nothing when the form, the ad or a question is unknown.
    pub fn submit_lead(&self, order: &LeadOrder) -> Option<String> {
        let world = self.app.world();
        let Some(Node::Form(form)) = world.find(&order.form_id) else {
            return None;
        };
        let ad = match order.ad_id.as_deref().map(|id| world.find(id)) {
            None => None,
            Some(Some(Node::Ad(ad))) => Some(ad),
            Some(_) => return None,
        };
        let questions = world.forms.get(form).map(|form| form.questions.clone())?;
        if order
            .answers
            .keys()
            .any(|key| !questions.iter().any(|(known, _, _)| known == key))
        {
            return None;
        }
        drop(world);
        let created = order.created_time.unwrap_or_else(|| self.now());
        let mut ledger = self.app.ledger();
        let id = 498_000_000_000_000 + ledger.next_serial();
        let answers = order
            .answers
            .iter()
            .map(|(key, value)| (key.clone(), vec![value.clone()]))
            .collect();
        ledger.leads.push(ExtraLead {
            id,
            form,
            ad,
            created,
            answers,
            is_test: false,
        });
        Some(id.to_string())
    }

    /// Changes a campaign, ad set or ad as a person in Ads Manager would. `status` is `ACTIVE`,
    /// `PAUSED`, `ARCHIVED` or `DELETED`. Returns whether there was such an object and status.
    pub fn edit(&self, object_id: &str, status: Option<&str>, name: Option<&str>) -> bool {
        let now = self.now();
        let status = match status.map(Status::parse) {
            Some(None) => return false,
            Some(known) => known,
            None => None,
        };
        let mut world = self.app.world_mut();
        let Some(node) = world.find(object_id) else {
            return false;
        };
        world.edit(node, status, name.map(str::to_owned), now)
    }

    /// Sets a field of a campaign, ad set, ad or creative, as somebody or Meta itself would; `null`
    /// leaves it empty. The value must be of the form that Meta gives the field in.
    ///
    /// # Errors
    /// What is wrong, as a sentence.
    pub fn set(&self, object_id: &str, field: &str, value: Value) -> Result<(), String> {
        let now = self.now();
        let node = self.app.world().find(object_id);
        let Some(node @ (Node::Campaign(_) | Node::AdSet(_) | Node::Ad(_) | Node::Creative(_))) =
            node
        else {
            return Err("There is no such campaign, ad set, ad or creative.".to_owned());
        };
        crate::graph::may_set(node, field, &value)?;
        self.app.world_mut().set(node, field, value, now);
        Ok(())
    }

    /// Does to a message template what Meta does by itself. Returns whether there is such a template.
    pub fn set_template(&self, order: &TemplateOrder) -> bool {
        let Ok(id) = order.id.parse::<u64>() else {
            return false;
        };
        let now = self.now();
        let world = self.app.world();
        let mut templates = world.message_templates();
        let Some(template) = templates.by_id_mut(id) else {
            return false;
        };
        let before = template.clone();
        if let Some(status) = &order.status {
            template.status.clone_from(status);
            self.app.ledger().templates.reviews.remove(&id);
        }
        if let Some(reason) = &order.rejected_reason {
            template.rejected_reason.clone_from(reason);
        }
        if let Some(quality) = &order.quality {
            template.quality.clone_from(quality);
        }
        if let Some(category) = &order.category
            && *category != template.category
        {
            template.previous_category =
                Some(std::mem::replace(&mut template.category, category.clone()));
        }
        let after = template.clone();
        drop(templates);
        let mut messages = self.app.meta_messages();
        messages.post.template_changed(&before, &after, now);
        true
    }

    /// Puts a message template back that an earlier sandbox had: as Meta answers with it, with the
    /// account it belongs to. What was under review is reviewed anew. Returns whether it is whole.
    pub fn put_template(&self, account_id: &str, answer: &Value) -> bool {
        let now = self.now();
        let text = |field: &str| answer.get(field).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").and_then(|id| id.parse::<u64>().ok());
        let (Ok(waba), Some(id), Some(name), Some(language), Some(components)) = (
            account_id.parse::<u64>(),
            id,
            text("name"),
            text("language"),
            answer.get("components").filter(|list| list.is_array()),
        ) else {
            return false;
        };
        let status = text("status").unwrap_or_else(|| "PENDING".to_owned());
        let pending = status == "PENDING";
        let score = answer
            .get("quality_score")
            .and_then(|score| score.get("score"))
            .and_then(Value::as_str);
        let template = MessageTemplate {
            id,
            waba,
            name,
            language,
            category: text("category").unwrap_or_else(|| "MARKETING".to_owned()),
            previous_category: text("previous_category"),
            status,
            rejected_reason: text("rejected_reason").unwrap_or_else(|| "NONE".to_owned()),
            quality: score.unwrap_or("UNKNOWN").to_owned(),
            named: text("parameter_format").is_some_and(|word| word == "NAMED"),
            components: components.clone(),
            created: now,
            edits: Vec::new(),
        };
        let world = self.app.world();
        world.message_templates().put(template);
        if pending {
            self.app.ledger().templates.reviews.insert(id, now);
        }
        true
    }

    /// Ids of the message templates of an account, with name and language.
    pub fn templates(&self, account_id: &str) -> Vec<(String, String, String)> {
        let waba = account_id.parse().unwrap_or(0);
        self.app
            .world()
            .message_templates()
            .of(waba)
            .map(|it| (it.id.to_string(), it.name.clone(), it.language.clone()))
            .collect()
    }

    /// Gives an ad a new creative that looks and is set like the one it shows, as editing it does,
    /// and gives the new one's id; nothing when there is no such ad.
    pub fn replace_creative(&self, ad_id: &str) -> Option<String> {
        let now = self.now();
        let mut world = self.app.world_mut();
        let Some(Node::Ad(at)) = world.find(ad_id) else {
            return None;
        };
        world.replace_creative(at, now).map(|id| id.to_string())
    }

    /// Gives or takes the person's right to read an ad account; it stays in the lists. Returns
    /// whether there is such an account.
    pub fn set_access(&self, account_id: &str, readable: bool) -> bool {
        let mut world = self.app.world_mut();
        let Some(Node::Account(at)) = world.find(account_id) else {
            return false;
        };
        world
            .accounts
            .get_mut(at)
            .map(|account| account.readable = readable)
            .is_some()
    }

    /// The settings as they stand.
    pub fn switches(&self) -> Switches {
        self.app.ledger().switches.clone()
    }

    /// Replaces all settings.
    pub fn set_switches(&self, switches: Switches) {
        self.app.ledger().switches = switches;
    }

    /// Puts the quota of one kind of call (`ads_insights`, `ads_management`) of an ad account at
    /// this many percent. Returns whether the account exists.
    pub fn fill_quota(&self, account_id: &str, kind: &str, percent: u64) -> bool {
        crate::usage::fill(&self.app, account_id, kind, percent)
    }

    /// How often it was called so far.
    pub fn counters(&self) -> Counters {
        self.app.ledger().counters.clone()
    }

    /// The last calls, oldest first; at most 5,000.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.app.ledger().calls.iter().cloned().collect()
    }

    /// Forgets counters and calls.
    pub fn forget_calls(&self) {
        let mut ledger = self.app.ledger();
        ledger.counters = Counters::default();
        ledger.calls.clear();
    }
}
