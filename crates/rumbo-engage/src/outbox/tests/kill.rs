//! The sender is really killed: at random moments and at moments that the provider chooses. The
//! provider's own count says whether anybody got a message twice or not at all.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rumbo_base::{ChannelId, Clock, DispatchId, Entropy, Error, Result, WorkspaceId};
use rumbo_channels::{
    Accepted, Again, Capabilities, Channel, Fared, Found, Outcome, Outgoing, Polled, Provider,
    Scope as Reaches, Standing, Told, WebhookRefusal, WebhookRequest,
};
use rumbo_db::{Db, on_tx};
use rumbo_platform::{Scope, testing};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::outbox::testing::{
    Counting, Does, Opens, automation_on, channel, crowd, number, refusal, report, text_plan,
};
use crate::outbox::{Audience, Timing, plan, run_once};

const MESSAGES: u32 = 10_000;
const KILLS: u32 = 200;

/// How often more it is killed for a kind of moment that has not been met.
const MORE_KILLS: u32 = 50;

/// How the store is found after a kill: whether a claim was open, and what the provider knew of it.
const NOTHING: &str = "nothing in hand";
const CLAIMED: &str = "claimed, not taken";
const TAKEN: &str = "taken, not written";
const SOME: &str = "some taken, some not, none written";

/// Short, so that the test is: a claim dies within a second.
const TIMING: Timing = Timing {
    call: Duration::from_millis(400),
    lease: Duration::from_secs(1),
    ask_after: Duration::from_millis(200),
};

/// The provider: one line in, one line out.
#[derive(Default)]
struct Server {
    taken: Mutex<BTreeMap<String, u32>>,
    calls: AtomicU32,
    /// The process to kill, and at which call and at what moment of it.
    order: Mutex<Option<Order>>,
    /// Nobody is answered any more.
    silent: AtomicBool,
    /// Nothing is taken any more.
    deaf: AtomicBool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    BeforeTaking,
    AfterTaking,
    AfterAnswering,
}

struct Order {
    pid: u32,
    at_call: u32,
    moment: Moment,
}

fn signal(pid: u32, name: &str) {
    let done = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

fn kill(pid: u32) {
    signal(pid, "KILL");
}

impl Server {
    /// Carries the order out if its moment is this one.
    fn strike(&self, call: u32, moment: Moment) -> bool {
        let mut order = self.order.lock().unwrap();
        let due = order
            .as_ref()
            .is_some_and(|order| call >= order.at_call && order.moment == moment);
        if due && let Some(order) = order.take() {
            kill(order.pid);
        }
        due
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split_once(' ') {
                Some(("SEND", id)) => match self.send(id) {
                    Some(answer) => answer,
                    // Taken, and never answered.
                    None => std::future::pending().await,
                },
                Some(("FIND", id)) => {
                    if self.taken.lock().unwrap().contains_key(id) {
                        format!("HERE m-{id}")
                    } else {
                        "NEVER".to_owned()
                    }
                }
                _ => "WHAT".to_owned(),
            };
            if answer.is_empty() {
                return;
            }
            if write
                .write_all(format!("{answer}\n").as_bytes())
                .await
                .is_err()
            {
                return;
            }
            self.strike(self.calls.load(Ordering::SeqCst), Moment::AfterAnswering);
        }
    }

    /// The answer; empty hangs up, and `None` never comes.
    fn send(&self, id: &str) -> Option<String> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if self.deaf.load(Ordering::SeqCst) {
            return None;
        }
        if self.strike(call, Moment::BeforeTaking) || call.is_multiple_of(61) {
            return Some(String::new());
        }
        if call.is_multiple_of(47) {
            return Some("WAIT".to_owned());
        }
        *self.taken.lock().unwrap().entry(id.to_owned()).or_default() += 1;
        let silent = self.silent.load(Ordering::SeqCst);
        if self.strike(call, Moment::AfterTaking) || silent || call.is_multiple_of(53) {
            return None;
        }
        Some(format!("OK m-{id}"))
    }
}

/// What speaks to it.
struct Wire {
    address: String,
}

impl Wire {
    async fn ask(&self, line: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(format!("{line}\n").as_bytes()).await?;
        let mut lines = BufReader::new(stream).lines();
        lines
            .next_line()
            .await?
            .ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

#[async_trait]
impl Channel for Wire {
    fn provider(&self) -> Provider {
        Provider::Twilio
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            per_second: 2_000,
            ..Counting::new(|_, _| Does::Take).able
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        match self.ask(&format!("SEND {}", message.dispatch_id)).await {
            Ok(answer) if answer == "WAIT" => Outcome::NotSent(refusal(
                Again::After(Duration::from_millis(20)),
                Reaches::Message,
            )),
            Ok(answer) => Outcome::Accepted(Accepted {
                id: answer.trim_start_matches("OK ").to_owned(),
                address: None,
                held: false,
            }),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Outcome::NotSent(refusal(Again::Backoff, Reaches::Sender))
            }
            Err(error) => Outcome::Unknown {
                text: error.to_string(),
                code: None,
            },
        }
    }

    async fn find(&self, dispatch_id: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        let answer = self
            .ask(&format!("FIND {dispatch_id}"))
            .await
            .map_err(Error::internal)?;
        Ok(match answer.strip_prefix("HERE ") {
            Some(message) => Found::Here(Box::new(report(
                dispatch_id,
                message,
                Fared::Sent,
                "2026-11-20T12:00:30Z",
            ))),
            None => Found::NeverArrived,
        })
    }

    async fn check(&self) -> Result<Standing, Error> {
        Err(Error::internal("not asked"))
    }

    fn verify(&self, _: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        Err(WebhookRefusal::Unsigned)
    }

    fn read(&self, _: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        Ok(Told::default())
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}

/// A scope on the file, with the machine's clock.
async fn opened(path: &Path, workspace: WorkspaceId) -> Scope {
    let clock = Clock::system();
    let (db, _) = Db::open_sqlite(path, &clock).await.unwrap();
    Scope {
        db,
        clock,
        entropy: Entropy::system(),
        workspace,
        actor: None,
    }
}

const STORE: &str = "RUMBO_KILL_STORE";
const WORKSPACE: &str = "RUMBO_KILL_WORKSPACE";
const PROVIDER: &str = "RUMBO_KILL_PROVIDER";

#[expect(
    clippy::disallowed_methods,
    reason = "the edge of a program of its own"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The program that is killed. Run by itself it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below"]
async fn sends_until_it_is_killed() {
    let Some(store) = told(STORE) else {
        return;
    };
    let workspace = told(WORKSPACE).unwrap().parse().unwrap();
    let scope = opened(Path::new(&store), workspace).await;
    let wire = Opens(Arc::new(Wire {
        address: told(PROVIDER).unwrap(),
    }));
    let stop = CancellationToken::new();
    loop {
        run_once(&scope, &wire, &TIMING, &stop).await.unwrap();
        scope.clock.sleep(Duration::from_millis(5)).await;
    }
}

fn start(store: &Path, workspace: WorkspaceId, provider: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "outbox::tests::kill::sends_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(STORE, store)
        .env(WORKSPACE, workspace.to_string())
        .env(PROVIDER, provider)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What whoever is dead, or stopped, has in hand.
async fn in_hand(scope: &Scope, server: &Server) -> &'static str {
    let mut tx = scope.read().await.unwrap();
    let claimed: Vec<DispatchId> = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT id FROM dispatches WHERE workspace_id = $1 AND state = 'claimed'"
    )
    .bind(scope.workspace)
    .fetch_all(c)
    .await)
    .unwrap();
    drop(tx);
    let taken = server.taken.lock().unwrap().clone();
    let of = |id: &&DispatchId| taken.contains_key(&id.to_string());
    match (
        claimed.iter().any(|id| !of(&id)),
        claimed.iter().any(|id| of(&id)),
    ) {
        (false, false) => NOTHING,
        (true, false) => CLAIMED,
        (false, true) => TAKEN,
        (true, true) => SOME,
    }
}

/// Plans more where little is left: whoever is killed has something in hand. Answers how many more.
async fn more_to_do(scope: &Scope, sender: ChannelId, everybody: &Audience) -> i64 {
    let left = number(
        scope,
        "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1 AND state = 'queued'",
    )
    .await;
    if left >= 1_000 {
        return 0;
    }
    let text = text_plan(scope, sender, "Hi again {first_name}").await;
    plan(scope, &text, everybody).await.unwrap().go
}

/// Kills one that is stopped again and again until it has in hand what is asked for, and answers with
/// what it had.
async fn kill_with(
    kind: &str,
    scope: &Scope,
    server: &Server,
    wire: &Opens,
    store: &Path,
    provider: &str,
) -> &'static str {
    // What the dead before it had in hand is nobody's any more.
    scope.clock.sleep(TIMING.lease * 2).await;
    let stop = CancellationToken::new();
    stop.cancel();
    run_once(scope, wire, &TIMING, &stop).await.unwrap();
    server.deaf.store(kind == CLAIMED, Ordering::SeqCst);
    server.silent.store(kind == TAKEN, Ordering::SeqCst);
    let calls = server.calls.load(Ordering::SeqCst);
    let mut child = start(store, scope.workspace, provider);
    for look in 0..200 {
        // Who has nothing in hand may not have begun; with the others it has.
        while kind != NOTHING && server.calls.load(Ordering::SeqCst) == calls && look < 100 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        signal(child.id(), "STOP");
        // What is on the wire arrives.
        tokio::time::sleep(Duration::from_millis(20)).await;
        if in_hand(scope, server).await == kind {
            break;
        }
        signal(child.id(), "CONT");
        tokio::time::sleep(Duration::from_millis(3 + look % 7)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    server.deaf.store(false, Ordering::SeqCst);
    server.silent.store(false, Ordering::SeqCst);
    in_hand(scope, server).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_two_hundred_times_nobody_gets_it_twice_and_nobody_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("rumbo.db");
    let clock = Clock::system();
    let (db, _) = Db::open_sqlite(&store, &clock).await.unwrap();
    let scope = testing::make(db, clock, Entropy::system(), testing::named("Casa Alba")).await;
    automation_on(&scope).await;
    crowd(&scope, MESSAGES).await;
    let sender = channel(&scope, Provider::Twilio, "{}").await;
    let text = text_plan(&scope, sender, "Hi {first_name}").await;
    let everybody = Audience::Filter {
        status: String::new(),
        source: String::new(),
    };
    let counts = plan(&scope, &text, &everybody).await.unwrap();
    assert_eq!(counts.go, i64::from(MESSAGES));
    let mut planned = counts.go;

    let server = Arc::new(Server::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider = listener.local_addr().unwrap().to_string();
    let serving = Arc::clone(&server);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&serving).serve(stream));
        }
    });

    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    let mut moments: BTreeMap<Option<Moment>, u32> = BTreeMap::new();
    for turn in 0..KILLS {
        planned += more_to_do(&scope, sender, &everybody).await;
        let mut child = start(&store, scope.workspace, &provider);
        let calls = server.calls.load(Ordering::SeqCst);
        let moment = match turn % 5 {
            0 => Some(Moment::BeforeTaking),
            1 => Some(Moment::AfterTaking),
            2 => Some(Moment::AfterAnswering),
            _ => None,
        };
        *moments.entry(moment).or_default() += 1;
        let room = 10 + turn * 7 % 60;
        if let Some(moment) = moment {
            *server.order.lock().unwrap() = Some(Order {
                pid: child.id(),
                at_call: calls + room,
                moment,
            });
            let waited = tokio::task::spawn_blocking(move || child.wait());
            let late = tokio::time::timeout(Duration::from_secs(20), waited).await;
            if late.is_err()
                && let Some(order) = server.order.lock().unwrap().take()
            {
                kill(order.pid);
            }
        } else {
            // Once it works, some microseconds later: in a transaction, between two, in a call.
            let begun = std::time::Instant::now();
            while server.calls.load(Ordering::SeqCst) < calls + 3
                && begun.elapsed() < Duration::from_secs(20)
            {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let pause = Duration::from_micros(u64::from(turn) * 7_919 % 40_000);
            tokio::time::sleep(pause).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        *found.entry(in_hand(&scope, &server).await).or_default() += 1;
    }
    // It was at work when it was killed.
    assert!(found.get(NOTHING).copied().unwrap_or(0) < 100, "{found:?}");

    let wire = Opens(Arc::new(Wire {
        address: provider.clone(),
    }));
    // Every kind of moment is met: the one that chance did not bring is waited for.
    let mut more = 0;
    while let Some(kind) = [NOTHING, CLAIMED, TAKEN, SOME]
        .into_iter()
        .find(|kind| !found.contains_key(kind))
    {
        assert!(
            more < MORE_KILLS,
            "killed {} times and never found with {kind}: {found:?}",
            KILLS + more
        );
        more += 1;
        planned += more_to_do(&scope, sender, &everybody).await;
        let how = kill_with(kind, &scope, &server, &wire, &store, &provider).await;
        *found.entry(how).or_default() += 1;
    }

    // The last one is left to finish, and asks about what the dead left behind.
    let stop = CancellationToken::new();
    for _ in 0..2_000 {
        run_once(&scope, &wire, &TIMING, &stop).await.unwrap();
        let left = number(
            &scope,
            "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1 AND state <> 'sent'",
        )
        .await;
        if left == 0 {
            break;
        }
        scope.clock.sleep(Duration::from_millis(50)).await;
    }
    let taken = server.taken.lock().unwrap().clone();
    let twice = taken.values().filter(|count| **count > 1).count();
    eprintln!(
        "kills {moments:?}, found {found:?}, calls {:?}",
        server.calls
    );
    assert_eq!((twice, i64::try_from(taken.len()).unwrap()), (0, planned));
    for (what, sql) in [
        (
            "dispatches",
            "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1 AND state = 'sent' AND provider_message_id IS NOT NULL",
        ),
        (
            "messages in conversations",
            "SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND status = 'sent' AND provider_message_id IS NOT NULL",
        ),
    ] {
        assert_eq!(number(&scope, sql).await, planned, "{what}");
    }
}
