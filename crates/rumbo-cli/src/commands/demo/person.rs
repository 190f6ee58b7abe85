//! The person at the browser, for a dialog that needs none: the sandbox's form is posted and the
//! redirect followed, as a browser would.

use rumbo_base::{Clock, Code, Error};
use rumbo_http::{HttpClient, HttpSettings, Request, Response};
use url::Url;

use crate::exit::Failure;

/// Approves everything that the sandbox's dialog at `address` asks for.
pub async fn approve(address: &str, clock: &Clock) -> Result<(), Failure> {
    let dialog = Url::parse(address).map_err(Error::internal)?;
    let mut form = pairs(&dialog);
    form.push(("decision".to_owned(), "approve_all".to_owned()));
    let answer = send(&dialog, clock, |path| Request::post_form(path, form)).await?;
    let Some(landing) = answer.header("location").and_then(|to| Url::parse(to).ok()) else {
        return Err(Error::new(
            Code::MetaUnavailable,
            "The sandbox's dialog did not send the browser back.",
        )
        .into());
    };
    let query = pairs(&landing);
    send(&landing, clock, |path| Request::get(path).queries(query)).await?;
    Ok(())
}

fn pairs(address: &Url) -> Vec<(String, String)> {
    address
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

async fn send(
    address: &Url,
    clock: &Clock,
    request: impl FnOnce(String) -> Request,
) -> Result<Response, Failure> {
    let mut site = address.clone();
    site.set_query(None);
    site.set_fragment(None);
    site.set_path("");
    let client = HttpClient::new(site, HttpSettings::default(), clock.clone())?;
    let answer = client.send(request(address.path().to_owned())).await;
    answer.map_err(|error| Error::from(error).into())
}
