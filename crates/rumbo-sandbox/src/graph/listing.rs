//! Lists in pages, with Meta's cursors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::call::Params;
use super::error::GraphError;
use super::{Context, fields::Field};

/// Where a page starts and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub start: usize,
    pub end: usize,
}

/// Rows in one page when nothing is asked, and at most.
const USUAL: u64 = 25;
const MOST: u64 = 5_000;

/// The place before the first one.
const BEFORE_ALL: u64 = u64::MAX;

/// An opaque cursor for a place in a list. The label keeps lists apart.
pub(crate) fn cursor(label: &str, at: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("QVFIU|{label}|{at}"))
}

/// The place a cursor stands for. Only a cursor of the same list is taken (code 2642 else).
pub(crate) fn place(label: &str, cursor: &str) -> Result<u64, GraphError> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            let rest = text
                .strip_prefix("QVFIU|")?
                .strip_prefix(label)?
                .strip_prefix('|')?;
            rest.parse().ok()
        })
        .ok_or_else(|| GraphError::new(2642, "(#2642) Invalid cursors values"))
}

/// The cursor of the place before another one's, so that the page after it begins there.
pub(crate) fn one_before(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (list, at) = text.rsplit_once('|')?;
    let before = at.parse::<u64>().ok()?.checked_sub(1).unwrap_or(BEFORE_ALL);
    Some(URL_SAFE_NO_PAD.encode(format!("{list}|{before}")))
}

/// Rows asked for in one page.
pub(crate) fn page_size(params: &Params, usual: u64) -> Result<u64, GraphError> {
    match params.whole("limit")? {
        None => Ok(usual),
        Some(0) => Err(GraphError::parameter(
            "The parameter limit must be greater than zero.",
        )),
        Some(size) => Ok(size.min(MOST)),
    }
}

/// Which part of a list of `length` the parameters ask for.
pub(crate) fn window(label: &str, params: &Params, length: usize) -> Result<Window, GraphError> {
    let size = usize::try_from(page_size(params, USUAL)?).unwrap_or(length);
    let at = |cursor: &str| {
        place(label, cursor).map(|place| usize::try_from(place).unwrap_or(usize::MAX))
    };
    let over = || {
        GraphError::new(
            100,
            "(#100) After Cursor specified exceeds the max limit supported by this endpoint",
        )
    };
    match (params.get("after"), params.get("before")) {
        (Some(after), _) => {
            let after = at(after)?;
            let first = usize::try_from(BEFORE_ALL).unwrap_or(usize::MAX);
            if after > length && after != first {
                return Err(over());
            }
            let start = after.wrapping_add(1).min(length);
            Ok(Window {
                start,
                end: start.saturating_add(size).min(length),
            })
        }
        (None, Some(before)) => {
            let end = at(before)?.min(length);
            Ok(Window {
                start: end.saturating_sub(size),
                end,
            })
        }
        (None, None) => {
            let offset = params.whole("offset")?.unwrap_or(0);
            let start = usize::try_from(offset).unwrap_or(length).min(length);
            Ok(Window {
                start,
                end: start.saturating_add(size).min(length),
            })
        }
    }
}

/// The whole answer of one page. `path` is `<id>/<edge>`; `asked` the field list as asked.
pub(crate) fn page(
    context: &Context<'_>,
    path: &str,
    label: &str,
    params: &Params,
    rows: Vec<Value>,
    window: Window,
    length: usize,
) -> Value {
    let mut answer = Map::new();
    let count = rows.len();
    answer.insert("data".to_owned(), Value::from(rows));
    let whole = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    if count > 0 {
        let mut paging = Map::new();
        let first = cursor(label, whole(window.start));
        let last = cursor(label, whole(window.end.saturating_sub(1)));
        if window.end < length {
            paging.insert(
                "next".to_owned(),
                url(context, path, params, "after", &last).into(),
            );
        }
        if window.start > 0 {
            let previous = url(context, path, params, "before", &first);
            paging.insert("previous".to_owned(), previous.into());
        }
        // Meta gives `after` on the last page too; only a missing `next` ends a list.
        paging.insert(
            "cursors".to_owned(),
            json!({ "before": first, "after": last }),
        );
        answer.insert("paging".to_owned(), paging.into());
    } else if window.start > 0 {
        let first = cursor(label, whole(window.start));
        let previous = url(context, path, params, "before", &first);
        answer.insert("paging".to_owned(), json!({ "previous": previous }));
    }
    if wants_total(params) {
        answer.insert("summary".to_owned(), json!({ "total_count": length }));
    }
    Value::from(answer)
}

fn wants_total(params: &Params) -> bool {
    params
        .get("summary")
        .is_some_and(|text| text == "true" || text == "1" || text.contains("total_count"))
}

/// The address of another page. Like Meta's it carries the access token.
pub(crate) fn url(
    context: &Context<'_>,
    path: &str,
    params: &Params,
    cursor_name: &str,
    cursor: &str,
) -> String {
    let mut query = params.clone();
    query.remove("before");
    query.remove("after");
    query.remove("offset");
    query.remove("appsecret_proof");
    query.set("access_token", context.session.token.clone());
    query.set(cursor_name, cursor);
    format!(
        "{}/{}/{path}?{}",
        context.app.origin,
        context.call.served_version(),
        query.encoded()
    )
}

/// Fields asked for as parameters of a nested edge.
pub(crate) fn params_of(field: &Field) -> Params {
    let mut params = Params::default();
    for (name, value) in &field.params {
        params.set(name, value.clone());
    }
    if let Some(fields) = &field.fields {
        params.set("fields", text_of(fields));
    }
    params
}

fn text_of(fields: &[Field]) -> String {
    fields
        .iter()
        .map(|field| {
            let params: Vec<String> = field
                .params
                .iter()
                .map(|(name, value)| format!(".{name}({value})"))
                .collect();
            let params = params.concat();
            let inner = field
                .fields
                .as_ref()
                .map_or_else(String::new, |inner| format!("{{{}}}", text_of(inner)));
            format!("{}{params}{inner}", field.name)
        })
        .collect::<Vec<_>>()
        .join(",")
}
