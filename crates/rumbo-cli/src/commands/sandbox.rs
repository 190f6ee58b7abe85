//! `rumbo sandbox`

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use rumbo_base::{Code, Error, Reason};
use rumbo_sandbox::{Profile, Sandbox, SandboxConfig};

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::output::print_line;
use crate::signals::StopSignals;

/// Which stand-in for Meta.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Decides every id, name and figure
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// Which business is played: small, agency or huge
    #[arg(long, value_name = "NAME", default_value = "small")]
    profile: Profile,
    /// Serve ad accounts from the seed files of dbt_facebook_ads in this folder instead of a
    /// profile
    #[arg(long, value_name = "FOLDER")]
    load: Option<PathBuf>,
    /// Where its clock stands; it then moves only when told to
    #[arg(long, value_name = "INSTANT", value_parser = flags::instant)]
    now: Option<DateTime<Utc>>,
}

/// Runs until it is asked to stop. Prints one JSON line when it is ready.
pub async fn run(args: SandboxArgs) -> Result<Exit, Failure> {
    let config = SandboxConfig {
        listen: args.listen,
        seed: args.seed,
        profile: args.profile,
        load: args.load,
        now: args.now,
    };
    let sandbox = Sandbox::start(config).await.map_err(|error| {
        let message = error.to_string();
        Error::new(Code::InvalidInput, message)
            .reason(Reason::SandboxUnusable)
            .source(error)
    })?;
    let mut stop = StopSignals::listen().map_err(Error::internal)?;
    print_line(&sandbox.announcement());
    stop.asked().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}
