//! Templates between the store and the sandbox, which refuses what Meta refuses by its own checks.

use std::collections::BTreeMap;
use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Entropy, Reason, TemplateId};
use rumbo_channels::{
    ChannelSettings, MetaTemplates, Provider, TemplateAccount, TemplateChange, TemplateEvent,
    Ycloud,
};
use rumbo_db::on_tx;
use rumbo_db::testing::TestDb;
use rumbo_engage::templates::{
    self, BreakKind, Heard, NOT_LISTED, NewTemplate, Pulled, StoredTemplate, TemplateState,
    WordChange,
};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::templates::{self as meta, Template};
use rumbo_platform::{Scope, testing, workspaces};
use rumbo_sandbox::{Fault, Sandbox, SandboxConfig, TemplateOrder};
use serde_json::json;

/// The first WhatsApp account of the sandbox.
const WABA: &str = "109557302218430";

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    rumbo_db::testing::prepare_all(&rumbo_engage::statements()).await;
}

struct World {
    scope: Scope,
    sandbox: Sandbox,
    graph: GraphClient,
    /// Who keeps the account's templates.
    at: Box<dyn TemplateAccount>,
    provider: Provider,
}

async fn in_both<F, Fut>(test: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        test(world(&db).await).await;
    }
}

async fn world(test: &TestDb) -> World {
    let sandbox = Sandbox::start(SandboxConfig {
        now: Some(test.clock.now()),
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let facts = sandbox.announcement();
    let http = HttpClient::new(
        sandbox.graph_url(),
        HttpSettings::default(),
        test.clock.clone(),
    )
    .unwrap();
    let graph = GraphClient::new(http, GraphSettings::interactive(), Entropy::seeded(3))
        .with_token(
            facts.access_token.as_str().into(),
            Some(facts.app_secret.as_str().into()),
        );
    World {
        scope: testing::make_in(test, testing::named("Casa Alba")).await,
        sandbox,
        at: Box::new(MetaTemplates::of_token(graph.clone())),
        graph,
        provider: Provider::WhatsappCloud,
    }
}

impl World {
    /// The same account, at YCloud.
    fn at_ycloud(self) -> Self {
        let told = self.sandbox.announcement().channels["ycloud"].clone();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let settings = ChannelSettings {
            provider: Provider::Ycloud,
            base_url: Some(text("base_url")),
            sender: text("sender"),
            sender_id: String::new(),
            settings: serde_json::Map::from_iter([("account".to_owned(), json!(WABA))]),
            secrets: BTreeMap::from([("token".to_owned(), text("token").into())]),
        };
        let clock = self.scope.clock.clone();
        let channel = Ycloud::new(&settings, HttpSettings::default(), clock).unwrap();
        Self {
            at: Box::new(channel),
            provider: Provider::Ycloud,
            ..self
        }
    }

    async fn pull(&self) -> Pulled {
        let listed = self.at.list(WABA).await.unwrap();
        let mut tx = self.scope.write().await.unwrap();
        let pulled = templates::pull(&mut tx, &self.scope, self.provider, WABA, &listed)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        pulled
    }

    async fn all(&self) -> Vec<StoredTemplate> {
        let mut tx = self.scope.read().await.unwrap();
        templates::all(&mut tx, self.scope.workspace).await.unwrap()
    }

    async fn named(&self, name: &str, language: &str) -> StoredTemplate {
        let found = self.all().await;
        found
            .into_iter()
            .find(|row| row.name == name && row.language == language)
            .unwrap()
    }

    async fn create(&self, template: Template) -> StoredTemplate {
        let mut tx = self.scope.write().await.unwrap();
        let new = NewTemplate {
            provider: self.provider,
            account: WABA.to_owned(),
            template,
            variables: Vec::new(),
            note: None,
        };
        let row = templates::create(&mut tx, &self.scope, new, "written")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn save(&self, id: TemplateId, template: &Template) -> StoredTemplate {
        let mut tx = self.scope.write().await.unwrap();
        let row = templates::save(&mut tx, &self.scope, id, template, &[], Some("a word"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn submit(&self, id: TemplateId) -> Result<StoredTemplate, rumbo_base::Error> {
        let mut tx = self.scope.read().await.unwrap();
        let submission = templates::prepare(&mut tx, &self.scope, id).await?;
        drop(tx);
        let answered = submission.ask(self.at.as_ref()).await;
        let mut tx = self.scope.write().await.unwrap();
        let (row, failed) = submission
            .settle(&mut tx, &self.scope, answered)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        failed.map_or(Ok(row), Err)
    }

    async fn kinds(&self, id: TemplateId) -> Vec<(String, Option<String>, String)> {
        let mut tx = self.scope.read().await.unwrap();
        let mut found: Vec<_> = templates::happenings(&mut tx, self.scope.workspace, id)
            .await
            .unwrap()
            .into_iter()
            .map(|one| (one.kind, one.before, one.after))
            .collect();
        found.reverse();
        found
    }

    /// Time goes on, here and at Meta.
    fn pass(&self, by: TimeDelta) {
        self.scope.clock.advance(by.to_std().unwrap());
        self.sandbox.control().advance(by);
    }
}

fn template(name: &str, body: &str, examples: &[&str]) -> Template {
    serde_json::from_value(json!({
        "name": name, "language": "es_AR", "category": "UTILITY",
        "components": [
            { "type": "BODY", "text": body, "example": { "body_text": [examples] } },
        ],
    }))
    .unwrap()
}

fn quote() -> Template {
    template(
        "presupuesto_listo",
        "Hola {{1}}, tu presupuesto por {{2}} ya está listo. Te esperamos en la tienda.",
        &["Ana", "la mesa Alba"],
    )
}

fn status(before: Option<&str>, after: &str) -> (String, Option<String>, String) {
    (
        "status".to_owned(),
        before.map(str::to_owned),
        after.to_owned(),
    )
}

#[tokio::test]
async fn a_second_pull_of_the_same_list_changes_nothing() {
    in_both(|world| async move {
        let first = world.pull().await;
        assert!(first.added >= 12, "{first:?}");
        let before = world.all().await;
        let paused = world.named("post_sale_feedback", "pt_BR").await;
        assert_eq!(
            (paused.state, paused.quality.as_deref()),
            (TemplateState::Paused, Some("RED"))
        );
        let rejected = world.named("abandoned_cart", "en_US").await;
        assert_eq!(
            rejected.rejection_reason.as_deref(),
            Some("TAG_CONTENT_MISMATCH")
        );
        world.pass(TimeDelta::hours(1));
        let second = world.pull().await;
        assert_eq!(second.unchanged, first.added);
        assert_eq!((second.added, second.changed, second.vanished), (0, 0, 0));
        let after = world.all().await;
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(old.updated_at, new.updated_at, "{}", old.name);
            assert!(new.synced_at > old.synced_at);
        }
    })
    .await;
}

/// Of a template that nobody submitted the texts say which format is meant; of one that Meta has, what
/// contradicts is told.
#[tokio::test]
async fn the_format_of_variables_follows_how_they_are_written_until_meta_has_it() {
    in_both(|world| async move {
        let said = |text: &str, format: &str| {
            let mut template = template("presupuesto", text, &["Ana"]);
            template.parameter_format = Some(rumbo_meta::templates::ParameterFormat::of(format));
            template
        };
        let numbered = "Hola {{1}}, tu presupuesto ya está listo en la tienda.";
        let named = "Hola {{first_name}}, tu presupuesto ya está listo en la tienda.";
        let row = world.create(said(numbered, "NAMED")).await;
        assert_eq!(row.parameter_format, "positional");
        assert_eq!(templates::lint(&row.template()).len(), 0);
        let row = world.save(row.id, &said(named, "POSITIONAL")).await;
        assert_eq!(row.parameter_format, "named");
        let written = row.template();
        let example = written.components[0].example.as_ref().unwrap();
        let sample = &example.body_text_named_params[0];
        assert_eq!(
            (sample.param_name.as_str(), sample.example.as_str()),
            ("first_name", "Ana")
        );
        assert_eq!(templates::lint(&written).len(), 0);
        let rules = |template: &Template| -> Vec<&'static str> {
            let found = templates::lint(template);
            found.iter().map(|finding| finding.rule.id).collect()
        };
        // Both kinds in one are nobody's to guess.
        let both = "Hola {{1}}, tu presupuesto para {{city}} ya está listo en la tienda.";
        let row = world.save(row.id, &said(both, "NAMED")).await;
        assert!(rules(&row.template()).contains(&"variable.mixed"));
        let row = world.save(row.id, &said(numbered, "NAMED")).await;
        world.submit(row.id).await.unwrap();
        world.save(row.id, &said(named, "POSITIONAL")).await;
        let mut tx = world.scope.read().await.unwrap();
        let stored = templates::get(&mut tx, &world.scope, row.id).await.unwrap();
        let newest = templates::newest(&mut tx, &world.scope, row.id)
            .await
            .unwrap();
        drop(tx);
        let told = rules(&newest.template(&stored));
        assert!(told.contains(&"variable.named-in-positional"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn what_meta_does_is_told_as_it_happened() {
    in_both(|world| async move {
        world.pull().await;
        let row = world.named("spring_sale", "es").await;
        let id = row.external_id.clone().unwrap();
        let order = TemplateOrder {
            id: id.clone(),
            status: Some("PAUSED".to_owned()),
            quality: Some("RED".to_owned()),
            category: Some("UTILITY".to_owned()),
            rejected_reason: None,
        };
        assert!(world.sandbox.control().set_template(&order));
        world.pass(TimeDelta::minutes(1));
        assert_eq!(world.pull().await.changed, 1);
        let now = world.named("spring_sale", "es").await;
        assert_eq!(now.state, TemplateState::Paused);
        assert_eq!(now.previous_category.as_deref(), Some("marketing"));
        assert_eq!(now.version, 1, "nothing was written anew");
        let told = world.kinds(row.id).await;
        assert_eq!(told[0], status(None, "APPROVED"));
        assert!(told.contains(&status(Some("APPROVED"), "PAUSED")));
        assert!(told.contains(&(
            "quality".to_owned(),
            Some("GREEN".to_owned()),
            "RED".to_owned()
        )));
        assert!(told.contains(&(
            "category".to_owned(),
            Some("marketing".to_owned()),
            "utility".to_owned()
        )));
        let order = TemplateOrder {
            id,
            status: Some("SOMETHING_NEW".to_owned()),
            ..TemplateOrder::default()
        };
        world.sandbox.control().set_template(&order);
        world.pull().await;
        let now = world.named("spring_sale", "es").await;
        assert_eq!(now.state, TemplateState::Unknown, "never guessed");
        assert_eq!(now.provider_status.as_deref(), Some("SOMETHING_NEW"));
    })
    .await;
}

#[tokio::test]
async fn what_is_listed_no_more_is_marked_and_may_come_back() {
    in_both(|world| async move {
        world.pull().await;
        let row = world.named("hello_world", "en_US").await;
        let id = row.external_id.clone().unwrap();
        meta::delete_language(&world.graph, WABA, "hello_world", &id)
            .await
            .unwrap();
        world.pass(TimeDelta::minutes(1));
        assert_eq!(world.pull().await.vanished, 1);
        let now = world.named("hello_world", "en_US").await;
        assert_eq!(now.state, TemplateState::Unknown);
        assert!(now.vanished_at.is_some());
        assert_eq!(
            world.kinds(row.id).await.pop(),
            Some(status(Some("APPROVED"), NOT_LISTED))
        );
        assert_eq!(world.pull().await.vanished, 0, "told once");
        // A list of which something could not be read says nothing of what is missing.
        let listed = meta::Listed {
            templates: Vec::new(),
            unreadable: vec!["x".to_owned()],
        };
        let mut tx = world.scope.write().await.unwrap();
        let pulled = templates::pull(
            &mut tx,
            &world.scope,
            Provider::WhatsappCloud,
            WABA,
            &listed,
        )
        .await
        .unwrap();
        assert_eq!(pulled.vanished, 0);
    })
    .await;
}

#[tokio::test]
async fn a_template_is_written_submitted_approved_and_edited_within_the_limits() {
    in_both(|world| async move {
        let row = world.create(quote()).await;
        assert_eq!((row.state, row.version), (TemplateState::Draft, 1));
        assert_eq!(world.save(row.id, &quote()).await.version, 1, "the same");
        let sent = world.submit(row.id).await.unwrap();
        assert_eq!(sent.state, TemplateState::Pending);
        assert!(sent.external_id.is_some() && sent.submitted_at.is_some());
        let again = world.submit(row.id).await.unwrap_err();
        assert_eq!(again.reason_id(), Some(Reason::TemplateUnchanged));
        world.pass(TimeDelta::minutes(2));
        assert_eq!(world.pull().await.unreadable, Vec::<String>::new());
        let now = world.named("presupuesto_listo", "es_AR").await;
        assert_eq!(now.state, TemplateState::Approved);
        assert!(now.decided_at.is_some());
        assert_eq!(now.version, 1, "it came back as it was sent");

        // An edit waits beside what is sent.
        let mut edited = quote();
        edited.components[0].text = Some(
            "Hola {{1}}, tu presupuesto por {{2}} ya está listo. Te esperamos hoy.".to_owned(),
        );
        let waiting = world.save(row.id, &edited).await;
        assert_eq!(waiting.version, 1);
        assert_eq!(waiting.template().components, now.template().components);
        let mut tx = world.scope.read().await.unwrap();
        assert_eq!(
            templates::newest(&mut tx, &world.scope, row.id)
                .await
                .unwrap()
                .version,
            2
        );
        drop(tx);
        let sent = world.submit(row.id).await.unwrap();
        assert_eq!((sent.version, sent.state), (2, TemplateState::Pending));
        world.pass(TimeDelta::minutes(2));
        world.pull().await;

        // Once a day: the time when it is possible is told, and it is right to the minute.
        edited.components[0].text = Some(
            "Hola {{1}}, tu presupuesto por {{2}} está listo. Te esperamos mañana.".to_owned(),
        );
        world.save(row.id, &edited).await;
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateEditLimit));
        let at: DateTime<Utc> = refused.params()["at"].parse().unwrap();
        let wait = at - world.scope.now();
        assert!(wait < TimeDelta::hours(24) && wait > TimeDelta::hours(23));
        world.pass(wait - TimeDelta::minutes(1));
        assert!(world.submit(row.id).await.is_err());
        world.pass(TimeDelta::minutes(2));
        assert_eq!(world.submit(row.id).await.unwrap().version, 3);

        // Another category needs another template.
        world.pass(TimeDelta::days(2));
        world.pull().await;
        edited.category = Some(meta::Category::Marketing);
        world.save(row.id, &edited).await;
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateCategoryFixed));
    })
    .await;
}

#[tokio::test]
async fn what_the_linter_knows_is_never_asked_of_meta_and_the_rest_is_told_in_words() {
    in_both(|world| async move {
        let broken = template("broken", "{{1}}, hola", &["Ana"]);
        let row = world.create(broken).await;
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateWouldBeRefused));
        let asked = world.sandbox.control().calls();
        assert!(asked.iter().all(|call| call.method != "POST"));

        // The same text under another name: only Meta knows.
        let row = world.create(quote()).await;
        world.submit(row.id).await.unwrap();
        let mut twin = quote();
        twin.name = "otro_nombre".to_owned();
        let twin = world.create(twin).await;
        let refused = world.submit(twin.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateExists));
        let now = world.named("otro_nombre", "es_AR").await;
        assert_eq!(now.state, TemplateState::Draft);

        // A name that is taken here is refused at once.
        let mut tx = world.scope.write().await.unwrap();
        let new = NewTemplate {
            provider: Provider::WhatsappCloud,
            account: WABA.to_owned(),
            template: quote(),
            variables: Vec::new(),
            note: None,
        };
        let error = templates::create(&mut tx, &world.scope, new, "written")
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::Conflict);
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_pull_and_never_by_sending_again() {
    in_both(|world| async move {
        let row = world.create(quote()).await;
        let fault: Fault = serde_json::from_value(json!({
            "when": { "method": "POST", "path": "*/message_templates" },
            "then": { "effect": "drop" },
        }))
        .unwrap();
        world.sandbox.control().add_fault(fault).unwrap();
        let lost = world.submit(row.id).await.unwrap_err();
        assert_eq!(lost.reason_id(), Some(Reason::TemplateUnsure), "{lost:?}");
        let now = world.named("presupuesto_listo", "es_AR").await;
        assert_eq!(now.state, TemplateState::Unknown);
        let made = world
            .sandbox
            .control()
            .templates(WABA)
            .into_iter()
            .filter(|(_, name, _)| name == "presupuesto_listo")
            .count();
        assert_eq!(made, 1, "it had arrived");
        world.pull().await;
        let now = world.named("presupuesto_listo", "es_AR").await;
        assert_eq!(now.state, TemplateState::Pending);
        assert!(now.external_id.is_some());
        let posts = world
            .sandbox
            .control()
            .calls()
            .iter()
            .filter(|call| call.method == "POST")
            .count();
        assert_eq!(posts, 1);
    })
    .await;
}

#[tokio::test]
async fn versions_are_compared_word_by_word_and_every_break_is_named() {
    in_both(|world| async move {
        let row = world.create(quote()).await;
        let changed = template(
            "presupuesto_listo",
            "Hola {{1}}, tu presupuesto por {{2}} vence el {{3}}. Te esperamos en la tienda.",
            &["Ana", "la mesa Alba", "lunes"],
        );
        world.save(row.id, &changed).await;
        let mut tx = world.scope.write().await.unwrap();
        let all = templates::versions(&mut tx, world.scope.workspace, row.id)
            .await
            .unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].note.as_deref(), Some("a word"));
        let parts = templates::compare(&all[1].template(&row), &all[0].template(&row));
        let body = parts.iter().find(|part| part.field == "text").unwrap();
        let of = |change: WordChange| -> Vec<&str> {
            body.words
                .iter()
                .filter(|word| word.change == change)
                .map(|word| word.text.trim())
                .collect()
        };
        assert_eq!(of(WordChange::Removed), ["ya", "está", "listo."]);
        assert_eq!(of(WordChange::Added), ["vence", "el", "{{3}}."]);
        let breaks = templates::breaks(&all[1].variables.0, &all[0].variables.0);
        assert_eq!(breaks.len(), 1);
        assert_eq!(
            (breaks[0].breaks, breaks[0].variable.name.as_str()),
            (BreakKind::Added, "3")
        );
        assert_eq!(breaks[0].variable.example, "lunes");
        let back = templates::restore(&mut tx, &world.scope, row.id, 1, None)
            .await
            .unwrap();
        assert_eq!(back.version, 3);
        assert_eq!(back.template().components, quote().components);
        let copy = templates::duplicate(
            &mut tx,
            &world.scope,
            row.id,
            (Provider::WhatsappCloud, WABA),
            None,
            Some("pt_BR"),
        )
        .await
        .unwrap();
        assert_eq!((copy.language.as_str(), copy.version), ("pt_BR", 1));
    })
    .await;
}

#[tokio::test]
async fn webhooks_told_twice_or_late_change_nothing() {
    in_both(|world| async move {
        world.pull().await;
        let row = world.named("lead_followup", "en_US").await;
        let at = world.scope.now() + TimeDelta::minutes(5);
        let told = |status: &str, at: DateTime<Utc>| TemplateEvent {
            account: WABA.to_owned(),
            external_id: row.external_id.clone(),
            name: "lead_followup".to_owned(),
            language: "en-US".to_owned(),
            at,
            change: TemplateChange::Status {
                status: status.to_owned(),
                reason: None,
            },
        };
        let mut tx = world.scope.write().await.unwrap();
        let paused = told("PAUSED", at);
        let mut hear = async |event: &TemplateEvent| {
            templates::hear(&mut tx, &world.scope, event).await.unwrap()
        };
        assert_eq!(hear(&paused).await, Heard::Changed);
        assert_eq!(hear(&paused).await, Heard::Nothing);
        let late = told("REJECTED", at - TimeDelta::minutes(1));
        assert_eq!(hear(&late).await, Heard::Nothing);
        let stranger = TemplateEvent {
            name: "nobody_knows".to_owned(),
            ..paused
        };
        assert_eq!(hear(&stranger).await, Heard::NotHere);
        tx.commit().await.unwrap();
        let now = world.named("lead_followup", "en_US").await;
        assert_eq!(now.state, TemplateState::Paused);
        let mut tx = world.scope.read().await.unwrap();
        let unseen = templates::unseen(&mut tx, world.scope.workspace)
            .await
            .unwrap();
        assert_eq!(unseen.len(), 1, "what was there from the start is no news");
    })
    .await;
}

#[tokio::test]
async fn a_template_in_use_is_deleted_only_when_it_is_meant() {
    in_both(|world| async move {
        let row = world.create(quote()).await;
        world.submit(row.id).await.unwrap();
        used_by_a_bulk_send(&world, row.id).await;
        let mut tx = world.scope.read().await.unwrap();
        let refused = templates::prepare_deletion(&mut tx, &world.scope, row.id, false)
            .await
            .unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateInUse));
        assert_eq!(refused.params()["names"], "\"Spring\"");
        let going = templates::prepare_deletion(&mut tx, &world.scope, row.id, true)
            .await
            .unwrap();
        drop(tx);
        templates::delete_at_provider(world.at.as_ref(), &going)
            .await
            .unwrap();
        templates::delete_at_provider(world.at.as_ref(), &going)
            .await
            .unwrap();
        let mut tx = world.scope.write().await.unwrap();
        templates::delete(&mut tx, &world.scope, row.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(world.all().await.is_empty());
        let left = world.sandbox.control().templates(WABA);
        assert!(left.iter().all(|(_, name, _)| name != "presupuesto_listo"));
        // Its name is free here again.
        world.create(quote()).await;
    })
    .await;
}

/// Components with a picture above, as they are written for YCloud.
fn with_picture(sample: serde_json::Value) -> Template {
    serde_json::from_value(json!({
        "name": "catalogo_de_otono", "language": "es_AR", "category": "MARKETING",
        "message_send_ttl_seconds": 43_200,
        "components": [
            { "type": "HEADER", "format": "IMAGE", "example": sample },
            { "type": "BODY", "text": "Hola {{1}}, ya llegó el catálogo de otoño a la tienda.",
              "example": { "body_text": ["Ana"] } },
            { "type": "FOOTER", "text": "Responde BAJA para no recibir más" },
        ],
    }))
    .unwrap()
}

#[tokio::test]
async fn ycloud_keeps_templates_as_meta_does() {
    in_both(|world| async move {
        let world = world.at_ycloud();
        // Page by page, the same again, and as Meta has them.
        let first = world.pull().await;
        assert!(
            first.added >= 12 && first.unreadable.is_empty(),
            "{first:?}"
        );
        assert_eq!(world.pull().await.unchanged, first.added);
        let rejected = world.named("abandoned_cart", "en_US").await;
        assert_eq!(
            (rejected.state, rejected.rejection_reason.as_deref()),
            (TemplateState::Rejected, Some("TAG_CONTENT_MISMATCH"))
        );
        // What it does not take is said before it is asked.
        let picture = json!({ "header_url": ["https://casaalba.example/otono.jpg"] });
        let uploaded = world
            .create(with_picture(json!({ "header_handle": ["4::aW1hZ2U"] })))
            .await;
        let refused = world.submit(uploaded.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::SampleAddressNeeded));
        let row = world
            .save(uploaded.id, &with_picture(picture.clone()))
            .await;
        let row = world.submit(row.id).await.unwrap();
        assert_eq!(row.state, TemplateState::Pending);
        assert_eq!(row.ttl_seconds, Some(43_200));
        world.pass(TimeDelta::minutes(2));
        world.pull().await;
        let approved = world.named("catalogo_de_otono", "es_AR").await;
        assert_eq!(approved.state, TemplateState::Approved);
        assert_eq!(approved.version, row.version, "it came back as it was sent");
        // An edit replaces the whole; the category stays.
        let mut other = with_picture(picture);
        other.components[1].text =
            Some("Hola {{1}}, el catálogo de otoño está en la tienda.".to_owned());
        world.save(row.id, &other).await;
        let row = world.submit(row.id).await.unwrap();
        assert_eq!(row.state, TemplateState::Pending);
        let mut elsewhere = other.clone();
        elsewhere.category = Some(rumbo_meta::templates::Category::Utility);
        world.pass(TimeDelta::minutes(2));
        world.pull().await;
        world.save(row.id, &elsewhere).await;
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateCategoryFixed));
        // Named variables have no place there.
        let named: Template = serde_json::from_value(json!({
            "name": "con_nombres", "language": "es_AR", "category": "UTILITY",
            "parameter_format": "NAMED",
            "components": [{ "type": "BODY", "text": "Hola {{first_name}}, tu mesa está lista.",
                "example": { "body_text_named_params": [
                    { "param_name": "first_name", "example": "Ana" }] } }],
        }))
        .unwrap();
        let named = world.create(named).await;
        let refused = world.submit(named.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateVariablesNamed));
        // Deleted once or twice it is gone, in this language alone.
        let mut tx = world.scope.read().await.unwrap();
        let going = templates::prepare_deletion(&mut tx, &world.scope, row.id, false)
            .await
            .unwrap();
        drop(tx);
        for _ in 0..2 {
            templates::delete_at_provider(world.at.as_ref(), &going)
                .await
                .unwrap();
        }
        let left = world.sandbox.control().templates(WABA);
        assert!(left.iter().all(|(_, name, _)| name != "catalogo_de_otono"));
        assert_eq!(world.pull().await.vanished, 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_ycloud_that_is_lost_leaves_it_open() {
    in_both(|world| async move {
        let world = world.at_ycloud();
        let row = world.create(quote()).await;
        world
            .sandbox
            .control()
            .add_fault(
                serde_json::from_value::<Fault>(json!({
                    "when": { "method": "POST", "path": "v2/whatsapp/templates" },
                    "then": { "effect": "drop" },
                }))
                .unwrap(),
            )
            .unwrap();
        let lost = world.submit(row.id).await.unwrap_err();
        assert_eq!(lost.reason_id(), Some(Reason::TemplateUnsure));
        let row = world.named("presupuesto_listo", "es_AR").await;
        assert_eq!(row.state, TemplateState::Unknown);
        world.sandbox.control().clear_faults();
        world.pull().await;
        let row = world.named("presupuesto_listo", "es_AR").await;
        assert_eq!(row.state, TemplateState::Pending, "the pull tells");
    })
    .await;
}

/// The same program, used by somebody.
async fn used_by(world: &World, name: &str) -> Scope {
    let id: rumbo_base::UserId = world.scope.id();
    let now = world.scope.now();
    let mut tx = world.scope.db.write_registry().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO users (id, name, state, sign_in_count, created_at, updated_at) \
         VALUES ($1, $2, 'active', 0, $3, $3)"
    )
    .bind(id)
    .bind(name)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    Scope {
        actor: Some(id),
        ..world.scope.clone()
    }
}

async fn ask_for_reviews(world: &World) {
    let workspace = world.scope.workspace;
    let mut tx = world.scope.write().await.unwrap();
    let mut settings = workspaces::find(&mut tx, workspace)
        .await
        .unwrap()
        .unwrap()
        .settings;
    settings.template_review = true;
    workspaces::save_settings(&mut tx, workspace, &settings, None, world.scope.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn somebody_else_approves_a_template_before_it_is_submitted() {
    in_both(|world| async move {
        let (ana, eva) = (used_by(&world, "Ana").await, used_by(&world, "Eva").await);
        ask_for_reviews(&world).await;
        let world = World {
            scope: ana.clone(),
            ..world
        };
        let row = world.create(quote()).await;
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateReviewNeeded));
        let ask = async |scope: &Scope| {
            world.pass(TimeDelta::seconds(1));
            let mut tx = scope.write().await.unwrap();
            let row = templates::ask_review(&mut tx, scope, row.id, Some("The tone?")).await;
            tx.commit().await.unwrap();
            row
        };
        let decide = async |scope: &Scope, approve: bool| {
            let mut tx = scope.write().await.unwrap();
            let done =
                templates::decide_review(&mut tx, scope, row.id, approve, Some("Shorter")).await;
            tx.commit().await.unwrap();
            done
        };
        let reviews = async || {
            let mut tx = world.scope.read().await.unwrap();
            let found = templates::reviews(&mut tx, world.scope.workspace, row.id).await;
            found.unwrap()
        };
        let none = decide(&eva, true).await.unwrap_err();
        assert_eq!(none.reason_id(), Some(Reason::TemplateNotInReview));
        let asked = ask(&ana).await.unwrap();
        assert_eq!(asked.state, TemplateState::InReview);
        // Asked twice it is one.
        ask(&ana).await.unwrap();
        assert_eq!(reviews().await.len(), 1);
        let own = decide(&ana, true).await.unwrap_err();
        assert_eq!(own.reason_id(), Some(Reason::TemplateReviewOwn));
        let declined = decide(&eva, false).await.unwrap();
        assert_eq!(declined.state, TemplateState::Draft);
        assert!(world.submit(row.id).await.is_err());
        // Changed while somebody looks at it, it has to be looked at anew.
        ask(&ana).await.unwrap();
        let mut other = quote();
        other.components[0].text =
            Some("Hola {{1}}, tu presupuesto por {{2}} está listo en la tienda.".to_owned());
        let changed = world.save(row.id, &other).await;
        assert_eq!(changed.state, TemplateState::Draft);
        ask(&ana).await.unwrap();
        let approved = decide(&eva, true).await.unwrap();
        assert_eq!(approved.approver_id, eva.actor);
        let known = reviews().await;
        let told: Vec<_> = known
            .iter()
            .map(|one| (one.version, one.outcome.as_deref(), one.decider.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (2, Some("approved"), Some("Eva")),
                (1, Some("withdrawn"), Some("Ana")),
                (1, Some("declined"), Some("Eva")),
            ]
        );
        assert_eq!(known[2].reason.as_deref(), Some("Shorter"));
        let sent = world.submit(row.id).await.unwrap();
        assert_eq!(sent.state, TemplateState::Pending);
        // What is sent goes on while an edit of it is looked at.
        world.pass(TimeDelta::minutes(1));
        world.pull().await;
        world.save(row.id, &quote()).await;
        let asked = ask(&ana).await.unwrap();
        assert_eq!(asked.state, TemplateState::Approved);
        let refused = world.submit(row.id).await.unwrap_err();
        assert_eq!(refused.reason_id(), Some(Reason::TemplateReviewNeeded));
    })
    .await;
}

#[tokio::test]
async fn a_sample_is_uploaded_in_parts_and_has_a_handle() {
    let world = world(&TestDb::sqlite().await).await;
    let app = world.sandbox.announcement().app_id;
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let handle = meta::upload_sample(&world.graph, &app, "a.png", "image/png", bytes.into())
        .await
        .unwrap();
    assert!(handle.starts_with("4::"), "{handle}");
    let refused = meta::upload_sample(&world.graph, &app, "a.gif", "image/gif", vec![1].into())
        .await
        .unwrap_err();
    assert_eq!(refused.graph().unwrap().code, 100);
}

async fn used_by_a_bulk_send(world: &World, template: TemplateId) {
    let (workspace, now) = (world.scope.workspace, world.scope.now());
    let channel: rumbo_base::ChannelId = world.scope.id();
    let send: rumbo_base::BulkSendId = world.scope.id();
    let mut tx = world.scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, active, \
         state, state_since, created_at, updated_at) VALUES ($1, $2, 'WhatsApp', 'whatsapp', 'whatsapp_cloud', '+1', '1', \
         '{}', '', TRUE, 'connected', $3, $3, $3)"
    )
    .bind(workspace)
    .bind(channel)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO bulk_sends (workspace_id, id, name, channel_id, template_id, template_version, audience, parameters, \
         state, expected, created_at, updated_at) VALUES ($1, $2, 'Spring', $3, $4, 1, '{}', '{}', 'running', 1, $5, $5)"
    )
    .bind(workspace)
    .bind(send)
    .bind(channel)
    .bind(template)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}
