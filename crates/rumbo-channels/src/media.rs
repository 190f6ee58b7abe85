//! Files that people sent, fetched from whoever keeps them. They go to the disk as they come: none of
//! them is held in memory.

use std::path::Path;
use std::time::Duration;

use rumbo_base::{Clock, Code, Error, Reason};
use rumbo_http::{
    HeaderName, HeaderValue, HttpClient, HttpSettings, Incoming, Request, TransportError,
};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use url::{Host, Url};

use crate::Provider;
use crate::base64_field::Base64Field;
use crate::settings::failed;
use crate::wire::Answer;

/// Answers that point elsewhere are followed this often.
const HOPS: usize = 3;

/// How long a file may take, until its last byte.
pub(crate) const PATIENCE: Duration = Duration::from_mins(20);

/// Bytes that are written at once.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// A file as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedMedia {
    pub bytes: u64,
    /// What the provider says it is.
    pub mime_type: Option<String>,
}

/// Why a file was not fetched.
#[derive(Debug)]
pub enum MediaFailure {
    /// The provider keeps it no more.
    Gone,
    /// It is larger than [`largest_file`].
    TooLarge,
    /// It may be there another time.
    Failed(Error),
    /// It cannot be written here.
    Disk(std::io::Error),
    /// The provider gives no files, or this message names none.
    Cannot,
}

impl From<Error> for MediaFailure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for MediaFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
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

/// The largest file of a provider that is fetched, in bytes.
///
/// WhatsApp takes documents of 100 MB, and nothing that is larger; a bot of Telegram's is given files of
/// 20 MB at most (`getFile`); Messenger and Instagram take 25 MB. Of the providers of SMS no bound of
/// what comes in is published: theirs is WhatsApp's, which both also carry.
pub fn largest_file(provider: Provider) -> u64 {
    let megabytes = match provider {
        Provider::Telegram => 20,
        Provider::Messenger | Provider::Instagram => 25,
        Provider::WhatsappCloud
        | Provider::Ycloud
        | Provider::Evolution
        | Provider::Twilio
        | Provider::Vonage
        | Provider::Smtp => 100,
    };
    megabytes << 20
}

/// Who may see a key that opens a file: the provider's own hosts.
pub(crate) struct Key {
    pub name: HeaderName,
    pub value: HeaderValue,
    /// Ends of host names, such as `ycloud.com`.
    pub hosts: &'static [&'static str],
}

/// Fetches files of one provider.
pub(crate) struct Fetch<'a> {
    /// The provider: its own address may be without encryption where it stands in for one on this
    /// computer, any other may not.
    pub at: &'a HttpClient,
    /// Shown to the provider's own hosts alone, also where an answer points elsewhere.
    pub key: Option<&'a Key>,
    pub most: u64,
    /// Where the file goes.
    pub into: &'a Path,
}

impl Fetch<'_> {
    /// Fetches a file from an address that the provider gave.
    pub async fn from(&self, address: &str) -> Result<FetchedMedia, MediaFailure> {
        let mut url = Url::parse(address).map_err(|_| MediaFailure::Cannot)?;
        for _ in 0..=HOPS {
            let own = url.origin() == self.at.base().origin();
            let stands_in = is_loopback(self.at.base()) && is_loopback(&url);
            if url.scheme() != "https" && !own && !stands_in {
                return Err(MediaFailure::Cannot);
            }
            let trusted = |host: &&str| {
                url.host_str()
                    .is_some_and(|it| it == *host || it.ends_with(&format!(".{host}")))
            };
            let key = self.key.filter(|key| own || key.hosts.iter().any(trusted));
            let client = client(&url, self.most, self.at.clock().clone())?;
            let mut request = Request::get(url.path()).queries(
                url.query_pairs()
                    .map(|(name, value)| (name.into_owned(), value.into_owned())),
            );
            if let Some(key) = key {
                request = request.header(key.name.clone(), key.value.clone());
            }
            let incoming = client.begin(request).await?;
            match incoming.status {
                200 => return self.keep(incoming).await,
                301 | 302 | 303 | 307 | 308 => {
                    let next = incoming
                        .header("location")
                        .and_then(|place| url.join(place).ok());
                    url = next.ok_or(MediaFailure::Cannot)?;
                }
                404 | 410 => return Err(MediaFailure::Gone),
                // A signed address that nobody needs a key for has run out.
                403 if key.is_none() => return Err(MediaFailure::Gone),
                _ => {
                    let answer = Answer::of(&incoming.whole().await?);
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

    /// Keeps the body of an answer.
    pub async fn keep(&self, mut incoming: Incoming) -> Result<FetchedMedia, MediaFailure> {
        let mime_type = incoming
            .header("content-type")
            .map(|kind| {
                let plain = kind.split(';').next().unwrap_or_default();
                plain.trim().to_ascii_lowercase()
            })
            .filter(|kind| !kind.is_empty());
        let mut file = self.file().await?;
        let mut bytes = 0;
        while let Some(piece) = incoming.piece().await? {
            bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if bytes > self.most {
                return Err(MediaFailure::TooLarge);
            }
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok(FetchedMedia { bytes, mime_type })
    }

    /// Keeps what stands as base64 in the field `base64` of a JSON object; `Gone` where there is no such
    /// field.
    pub async fn keep_base64(&self, mut incoming: Incoming) -> Result<FetchedMedia, MediaFailure> {
        let mut file = self.file().await?;
        let (mut field, mut bytes) = (Base64Field::default(), 0);
        while let Some(piece) = incoming.piece().await? {
            let decoded = field.take(&piece).ok_or(MediaFailure::Cannot)?;
            bytes += u64::try_from(decoded.len()).unwrap_or(u64::MAX);
            if bytes > self.most {
                return Err(MediaFailure::TooLarge);
            }
            file.write_all(&decoded).await?;
        }
        file.flush().await?;
        if !field.is_whole() {
            return Err(MediaFailure::Gone);
        }
        Ok(FetchedMedia {
            bytes,
            mime_type: None,
        })
    }

    async fn file(&self) -> Result<BufWriter<File>, MediaFailure> {
        let file = File::create(self.into).await?;
        Ok(BufWriter::with_capacity(WRITTEN_AT_ONCE, file))
    }
}

/// A client for another host than the provider's own, or another bound, which takes files.
fn client(url: &Url, most: u64, clock: Clock) -> Result<HttpClient, Error> {
    let mut base = url.clone();
    base.set_path("/");
    base.set_query(None);
    base.set_fragment(None);
    let settings = HttpSettings {
        max_body: usize::try_from(most).unwrap_or(usize::MAX),
        call_timeout: PATIENCE,
        ..HttpSettings::default()
    };
    HttpClient::new(base, settings, clock)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
