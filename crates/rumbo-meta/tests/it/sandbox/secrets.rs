use std::io::Write;
use std::sync::{Arc, Mutex};

use rumbo_base::{Entropy, Error};
use rumbo_meta::marketing;
use rumbo_meta::oauth::Attempt;
use rumbo_sandbox::{Effect, Fault, FaultMatch};
use tracing_subscriber::fmt::MakeWriter;

use super::meta;
use super::signing_in::{decide, follow, settings};
use crate::sign_in::workspace;

/// Keeps every line that anybody logs.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A sign-in, calls, and a failure, with everything logged that our crates log: no secret of the
/// whole run is in the log, in an error's chain or in what `Debug` prints.
#[tokio::test]
async fn no_secret_reaches_a_log_an_error_or_debug() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("rumbo_http=trace,rumbo_meta=trace")
        .with_writer(lines.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let meta = meta().await;
    let own = settings(&meta, true);
    let attempt = Attempt::begin(own, workspace(1), &meta.clock, &Entropy::system())
        .await
        .unwrap();
    let to = decide(&meta, &attempt, &[("decision", "approve_all")])
        .await
        .unwrap();
    let (code, ()) = tokio::join!(attempt.wait(), follow(&meta, &to));
    let code = code.unwrap();
    let early = format!("{attempt:?} {code:?}");
    let done = attempt.exchange(&meta.graph, code).await.unwrap();
    let client = meta.graph.with_token(
        done.token.clone(),
        Some(meta.facts.app_secret.as_str().into()),
    );
    let pages = marketing::my_pages(&client).await.unwrap();
    let when = FaultMatch {
        path: Some("me".into()),
        ..FaultMatch::default()
    };
    let then = Effect::KillToken { subcode: 463 };
    meta.sandbox
        .control()
        .add_fault(Fault { when, then })
        .unwrap();
    let error = Error::from(marketing::me(&client).await.unwrap_err());
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let shown = format!(
        "{early} {done:?} {client:?} {pages:?} {error:?} {} {logged}",
        error.chain()
    );
    assert!(shown.contains("oauth/access_token"), "something was logged");

    let mut secrets = vec![done.token.expose().clone(), meta.facts.app_secret.clone()];
    secrets.extend(
        to.query_pairs()
            .filter(|(name, _)| name == "code")
            .map(|p| p.1.into_owned()),
    );
    let dialog = attempt.dialog_url();
    secrets.extend(
        dialog
            .query_pairs()
            .filter(|(n, _)| n == "state")
            .map(|p| p.1.into_owned()),
    );
    secrets.extend(
        pages
            .iter()
            .filter_map(|page| page.access_token.as_ref())
            .map(|t| t.expose().clone()),
    );
    assert!(secrets.len() >= 5);
    for secret in secrets {
        assert!(
            !shown.contains(&secret),
            "a secret of {} letters is shown",
            secret.len()
        );
    }
}
