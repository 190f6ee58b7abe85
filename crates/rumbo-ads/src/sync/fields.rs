//! Fields that Meta refuses: found out, left out for the rest of the run, and said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use rumbo_base::{Code, DateRange, Error, Reason};
use rumbo_meta::error::{ErrorClass, MetaError};
use rumbo_meta::graph::{Pages, RowPage};
use serde::de::DeserializeOwned;

use super::engine::Shared;
use super::failure::Failure;
use super::report::SyncIssue;
use super::slices::Kind;

/// What is read with a list of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Of(Kind),
    Forms,
}

impl Asked {
    /// Without these there is no use in the rest.
    fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Of(Kind::AdSets) => &["id", "campaign_id"],
            Self::Of(Kind::Ads) => &["id", "campaign_id", "adset_id"],
            // Without the spend every day would look free.
            Self::Of(
                Kind::Insights
                | Kind::ByAge
                | Kind::ByGender
                | Kind::ByCountry
                | Kind::ByPlacement
                | Kind::ByDevice,
            ) => &["campaign_id", "adset_id", "ad_id", "spend"],
            Self::Of(Kind::Leads) => &["id", "created_time", "field_data"],
            Self::Of(Kind::Campaigns | Kind::Creatives) | Self::Forms => &["id"],
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Of(kind) => kind,
            Self::Forms => Kind::Leads,
        }
    }
}

/// The fields that Meta refused in this run.
#[derive(Debug, Default)]
pub(super) struct Refused {
    known: Mutex<BTreeMap<Asked, BTreeSet<String>>>,
    /// Held while one account finds them out: the others wait, and need not.
    finding: tokio::sync::Mutex<()>,
}

impl Refused {
    /// `all` without those that were refused.
    pub fn left<'a>(&self, asked: Asked, all: &[&'a str]) -> Vec<&'a str> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = known.get(&asked);
        all.iter()
            .copied()
            .filter(|field| refused.is_none_or(|refused| !refused.contains(*field)))
            .collect()
    }

    fn add(&self, asked: Asked, fields: &[&str]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(asked)
            .or_default()
            .extend(fields.iter().map(|field| (*field).to_owned()));
    }
}

/// A list that is read page by page, without the fields that Meta refuses.
pub(super) struct List<'a, F> {
    shared: &'a Shared<'a>,
    read: Read<'a>,
    /// Makes the list as it is read with all fields.
    make: F,
    fields: Vec<String>,
    pages: Pages,
    begun: bool,
}

/// What is read, and of what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read<'a> {
    pub asked: Asked,
    /// `act:N` or `page:N`.
    pub scope: &'a str,
    /// Which days, for insights.
    pub days: Option<DateRange>,
}

impl<'a, F: Fn() -> Pages> List<'a, F> {
    pub fn new(shared: &'a Shared<'a>, asked: Asked, scope: &'a str, make: F) -> Self {
        let (pages, fields) = begin(shared, asked, &make);
        let read = Read {
            asked,
            scope,
            days: None,
        };
        Self {
            shared,
            read,
            make,
            fields,
            pages,
            begun: false,
        }
    }

    /// The next page, or `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RowPage>, Failure> {
        loop {
            let failure = match self.pages.next().await {
                Ok(page) => {
                    self.begun = true;
                    return Ok(page);
                }
                Err(error) => Failure::from(error),
            };
            let fields: Vec<&str> = self.fields.iter().map(String::as_str).collect();
            // A page was given with these fields: they are not what is wrong.
            if self.begun
                || !self
                    .shared
                    .leaves_out(self.read, &fields, &failure, &self.make)
                    .await?
            {
                return Err(failure);
            }
            (self.pages, self.fields) = begin(self.shared, self.read.asked, &self.make);
        }
    }

    /// The fields it is read with; known once a page was given.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// All rows of all pages.
    pub async fn collect<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, Failure> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.append(&mut page.rows()?);
        }
        Ok(rows)
    }
}

/// The list with the fields that Meta has not refused, and what they are.
fn begin(shared: &Shared<'_>, asked: Asked, make: impl Fn() -> Pages) -> (Pages, Vec<String>) {
    let pages = make();
    let fields = shared.refused.left(asked, &pages.fields());
    let owned = fields.iter().map(|field| (*field).to_owned()).collect();
    (make().with_fields(&fields), owned)
}

impl Shared<'_> {
    /// Whether a read that failed with these fields works once it is tried again with those that
    /// are left: Meta blames some by name, or refuses a call with them and takes it without.
    /// `list` is the same read, for trying it with one row.
    ///
    /// What is left out stays out for the rest of the run, and is an issue of it.
    ///
    /// # Errors
    /// What a trial met instead, such as a limit.
    pub async fn leaves_out(
        &self,
        read: Read<'_>,
        fields: &[&str],
        failure: &Failure,
        list: impl Fn() -> Pages,
    ) -> Result<bool, Failure> {
        let Failure::Meta(error) = failure else {
            return Ok(false);
        };
        let Some(blamed) = blamed(error) else {
            return Ok(false);
        };
        let _alone = self.refused.finding.lock().await;
        // Another account has met it meanwhile.
        if self.refused.left(read.asked, fields).len() < fields.len() {
            return Ok(true);
        }
        let needed = read.asked.needed();
        let optional: Vec<&str> = fields
            .iter()
            .copied()
            .filter(|field| !needed.contains(field))
            .collect();
        let named: Vec<&str> = optional
            .iter()
            .copied()
            .filter(|field| blamed.iter().any(|blamed| blamed == field))
            .collect();
        let refused = if named.is_empty() {
            find(needed, &optional, list).await?
        } else {
            named
        };
        if refused.is_empty() {
            return Ok(false);
        }
        self.refused.add(read.asked, &refused);
        let error = Error::new(
            Code::MetaRefused,
            format!(
                "Meta no longer gives {}. Everything else was read; a newer Rumbo may know more.",
                refused.join(", ")
            ),
        )
        .reason(Reason::FieldsRefused)
        .param("fields", refused.join(", "));
        self.issue(SyncIssue::new(
            read.scope,
            Some(read.asked.kind()),
            read.days,
            &error,
        ));
        Ok(true)
    }
}

/// The fields that Meta blames, none where it blames the call without saying what of it; `None`
/// for any other failure.
fn blamed(error: &MetaError) -> Option<Vec<String>> {
    let graph = error
        .graph()
        .filter(|graph| graph.class == ErrorClass::CallerBug)?;
    let blamed: Vec<String> = graph.blamed.iter().flatten().cloned().collect();
    (graph.code == 100 || !blamed.is_empty()).then_some(blamed)
}

/// Which of the fields Meta refuses, by trying with all, with none, and then by halves. None when
/// the fields make no difference.
async fn find<'a>(
    needed: &[&'a str],
    optional: &[&'a str],
    list: impl Fn() -> Pages,
) -> Result<Vec<&'a str>, Failure> {
    let takes = async |part: &[&str]| -> Result<bool, Failure> {
        let fields = [needed, part].concat();
        match list().with_fields(&fields).with_limit(1).next().await {
            Ok(_) => Ok(true),
            Err(error) if blamed(&error).is_some() => Ok(false),
            Err(error) => Err(error.into()),
        }
    };
    if takes(optional).await? || !takes(&[]).await? {
        return Ok(Vec::new());
    }
    let mut refused = Vec::new();
    let mut parts: Vec<&[&'a str]> = vec![optional];
    while let Some(part) = parts.pop() {
        // Of all together it is known that they are refused.
        if part.len() < optional.len() && takes(part).await? {
            continue;
        }
        match part {
            [] => {}
            [field] => refused.push(*field),
            _ => {
                let (early, late) = part.split_at(part.len() / 2);
                parts.extend([late, early]);
            }
        }
    }
    Ok(refused)
}
