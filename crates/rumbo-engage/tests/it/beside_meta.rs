//! The linter beside the sandbox, which was written from the same pages and shares no code with it:
//! where the two disagree, one of them is wrong.

use chrono::TimeDelta;
use rumbo_base::{Clock, Entropy};
use rumbo_engage::templates::rules::Severity;
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::templates::{self as meta, Refusal, Template};
use rumbo_sandbox::{Sandbox, SandboxConfig};

use crate::corpus::{broken, good};

const WABA: &str = "109557302218430";

struct Meta {
    sandbox: Sandbox,
    graph: GraphClient,
    made: usize,
}

async fn meta_account() -> Meta {
    let now = "2026-11-20T15:00:00Z".parse().unwrap();
    let config = SandboxConfig {
        now: Some(now),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let facts = sandbox.announcement();
    let mut switches = sandbox.control().switches();
    switches.unlimited = true;
    sandbox.control().set_switches(switches);
    let http = HttpClient::new(
        sandbox.graph_url(),
        HttpSettings::default(),
        Clock::manual(now),
    )
    .unwrap();
    let graph = GraphClient::new(http, GraphSettings::interactive(), Entropy::seeded(5))
        .with_token(facts.access_token.as_str().into(), None);
    Meta {
        sandbox,
        graph,
        made: 0,
    }
}

impl Meta {
    async fn create(&mut self, template: &Template) -> Result<(), rumbo_meta::error::MetaError> {
        self.made += 1;
        if self.made.is_multiple_of(90) {
            self.sandbox.control().advance(TimeDelta::hours(2));
        }
        meta::create(&self.graph, WABA, template).await.map(|_| ())
    }
}

#[tokio::test]
async fn what_is_good_is_taken() {
    let mut account = meta_account().await;
    let mut wrong = Vec::new();
    for (at, case) in good().into_iter().enumerate() {
        let mut template = case.template;
        let text = serde_json::to_string(&template.components).unwrap();
        // Answers of Meta's, and the samples that YCloud alone takes, are not sent to Meta.
        if template.is_answer() || text.contains("header_url") {
            continue;
        }
        if template.name.len() < 100 {
            template.name = format!("{}_{at}", template.name);
        }
        match account.create(&template).await {
            Ok(()) => {}
            // Two of the corpus may say the same, which is nothing of each.
            Err(error) if Refusal::of(&error) == Some(Refusal::Exists) => {}
            Err(error) => wrong.push(format!("{}: {error}", case.about)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_meta_has_a_code_for_is_refused_with_it() {
    let mut account = meta_account().await;
    let mut wrong = Vec::new();
    let mut agreed = 0;
    let codes: Vec<(String, u32)> = rumbo_engage::templates::rules::all()
        .filter(|rule| rule.severity == Severity::Refused)
        .filter_map(|rule| Some((rule.id.to_owned(), rule.meta_code?)))
        .collect();
    for (at, case) in broken().into_iter().enumerate() {
        let code = codes.iter().find(|(id, _)| *id == case.rule);
        let templates = case.templates();
        let (Some((_, code)), [template]) = (code, templates.as_slice()) else {
            continue;
        };
        let mut template = template.clone();
        template.name = format!("{}_{at}", template.name);
        let refused = account.create(&template).await.err();
        let found = refused
            .as_ref()
            .and_then(|error| error.graph())
            .and_then(|graph| graph.subcode);
        if found == Some(i64::from(*code)) {
            agreed += 1;
        } else {
            wrong.push(format!(
                "{} ({}): {code}, found {found:?}",
                case.rule, case.about
            ));
        }
    }
    assert!(wrong.is_empty(), "agreed {agreed}\n{}", wrong.join("\n"));
}

/// The sandbox is no kinder than the rules: what is told before would be refused.
#[tokio::test]
async fn what_breaks_a_rule_is_refused() {
    let mut account = meta_account().await;
    let refusing: Vec<&str> = rumbo_engage::templates::rules::all()
        .filter(|rule| rule.severity == Severity::Refused)
        .map(|rule| rule.id)
        .collect();
    let (mut kinder, mut refused) = (Vec::new(), 0);
    for (at, case) in broken().into_iter().enumerate() {
        let templates = case.templates();
        let [template] = templates.as_slice() else {
            continue;
        };
        let text = serde_json::to_string(&template.components).unwrap();
        // What Meta answers, and the samples that YCloud alone takes, are not sent to Meta.
        if !refusing.contains(&case.rule.as_str())
            || template.is_answer()
            || text.contains("header_url")
        {
            continue;
        }
        let mut template = template.clone();
        // One name is one template; a name that is itself at fault stays as it is.
        if !case.rule.starts_with("name.") {
            template.name = format!("{}_{at}", template.name);
        }
        match account.create(&template).await {
            // The same words are looked at after everything else.
            Err(error) if Refusal::of(&error) != Some(Refusal::Exists) => refused += 1,
            _ => kinder.push(format!("{} ({})", case.rule, case.about)),
        }
    }
    assert!(
        kinder.is_empty(),
        "{refused} refused, and not\n{}",
        kinder.join("\n")
    );
}

#[tokio::test]
async fn both_know_the_same_languages() {
    let mut account = meta_account().await;
    let template = good().into_iter().next().unwrap().template;
    for (at, language) in rumbo_engage::templates::LANGUAGES.iter().enumerate() {
        let mut template = template.clone();
        template.language = (*language).to_owned();
        template.name = format!("language_{at}");
        let made = account.create(&template).await.err();
        // The same words again are refused after the language was looked at.
        let fine = made
            .as_ref()
            .is_none_or(|error| Refusal::of(error) == Some(Refusal::Exists));
        assert!(fine, "{language}: {made:?}");
    }
}
