//! Runs a sandbox until it is stopped: `cargo run -p rumbo-sandbox --example sandbox -- --listen
//! 127.0.0.1:0 --seed 1 --profile small`. Prints the announcement as one JSON line.

use std::error::Error;
use std::io::Write as _;

use rumbo_sandbox::{Sandbox, SandboxConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut config = SandboxConfig::default();
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "sandbox");
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--listen" => config.listen = value.parse()?,
            "--seed" => config.seed = value.parse()?,
            "--profile" => config.profile = value.parse()?,
            "--load" => config.load = Some(value.into()),
            "--now" => config.now = Some(value.parse()?),
            other => return Err(format!("There is no option {other}").into()),
        }
    }
    let sandbox = Sandbox::start(config).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(&sandbox.announcement())?)?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
