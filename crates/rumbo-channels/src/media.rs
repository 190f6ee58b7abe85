//! Files that people sent, fetched from whoever keeps them.

use rumbo_base::{Clock, Code, Error, Reason};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Request, TransportError};
use url::Url;

use crate::settings::failed;
use crate::wire::Answer;

/// The largest file that is fetched, in bytes.
pub const LARGEST_FILE: usize = 64 << 20;

/// Answers that point elsewhere are followed this often.
const HOPS: usize = 3;

/// A file as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedMedia {
    pub bytes: Vec<u8>,
    /// What the provider says it is.
    pub mime_type: Option<String>,
}

/// Why a file was not fetched.
#[derive(Debug)]
pub enum MediaFailure {
    /// The provider keeps it no more.
    Gone,
    /// It is larger than [`LARGEST_FILE`].
    TooLarge,
    /// It may be there another time.
    Failed(Error),
    /// The provider gives no files, or this message names none.
    Cannot,
}

impl From<Error> for MediaFailure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<TransportError> for MediaFailure {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::BodyTooLarge { .. } => Self::TooLarge,
            other => Self::Failed(other.into()),
        }
    }
}

/// Who may see a key that opens a file: the provider's own hosts.
pub(crate) struct Key {
    pub name: HeaderName,
    pub value: HeaderValue,
    /// Ends of host names, such as `ycloud.com`.
    pub hosts: &'static [&'static str],
}

/// Fetches a file from an address that the provider gave. `at` is the provider: its own address may be
/// without encryption where it stands in for one on this computer, any other may not. The key is shown
/// to the provider's own hosts alone, also where an answer points elsewhere.
pub(crate) async fn download(
    at: &HttpClient,
    address: &str,
    key: Option<&Key>,
) -> Result<FetchedMedia, MediaFailure> {
    let mut url = Url::parse(address).map_err(|_| MediaFailure::Cannot)?;
    for _ in 0..=HOPS {
        let own = url.origin() == at.base().origin();
        if url.scheme() != "https" && !own {
            return Err(MediaFailure::Cannot);
        }
        let trusted = |host: &&str| {
            url.host_str()
                .is_some_and(|it| it == *host || it.ends_with(&format!(".{host}")))
        };
        let key = key.filter(|key| own || key.hosts.iter().any(trusted));
        let client = client(&url, at.clock().clone())?;
        let mut request = Request::get(url.path()).queries(
            url.query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned())),
        );
        if let Some(key) = key {
            request = request.header(key.name.clone(), key.value.clone());
        }
        let response = client.send(request).await?;
        match response.status {
            200 => {
                let kind = response.header("content-type").map(|kind| {
                    let plain = kind.split(';').next().unwrap_or_default();
                    plain.trim().to_ascii_lowercase()
                });
                return Ok(FetchedMedia {
                    mime_type: kind.filter(|kind| !kind.is_empty()),
                    bytes: response.body.to_vec(),
                });
            }
            301 | 302 | 303 | 307 | 308 => {
                let next = response
                    .header("location")
                    .and_then(|place| url.join(place).ok());
                url = next.ok_or(MediaFailure::Cannot)?;
            }
            404 | 410 => return Err(MediaFailure::Gone),
            // A signed address that nobody needs a key for has run out.
            403 if key.is_none() => return Err(MediaFailure::Gone),
            _ => {
                let answer = Answer::of(&response);
                return Err(failed("The provider", &answer, "").into());
            }
        }
    }
    Err(MediaFailure::Failed(
        Error::new(
            Code::MetaUnavailable,
            "The provider points from one address to the next without an end.",
        )
        .reason(Reason::ProviderFailed)
        .param("provider", "The provider")
        .param("answer", "redirects"),
    ))
}

/// A client for another host than the provider's own, which takes files.
fn client(url: &Url, clock: Clock) -> Result<HttpClient, Error> {
    let mut base = url.clone();
    base.set_path("/");
    base.set_query(None);
    base.set_fragment(None);
    let settings = HttpSettings {
        max_body: LARGEST_FILE,
        call_timeout: std::time::Duration::from_mins(5),
        ..HttpSettings::default()
    };
    HttpClient::new(base, settings, clock)
}
