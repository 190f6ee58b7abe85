use futures::TryStreamExt;
use rumbo_meta::error::{ErrorClass, MetaError};
use rumbo_meta::graph::GraphRequest;
use rumbo_meta::marketing;
use rumbo_meta::objects::{Campaign, InsightRow};
use wiremock::matchers::{path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

use crate::server::{TOKEN, client, failure, json};

async fn page(server: &MockServer, after: Option<&str>, body: &str) {
    let mock = Mock::given(path("/v26.0/act_1/campaigns"));
    match after {
        Some(after) => mock.and(query_param("after", after)),
        None => mock.and(query_param_is_missing("after")),
    }
    .respond_with(json(200, body))
    .mount(server)
    .await;
}

fn body(ids: &[&str], after: &str, next: bool) -> String {
    let rows: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let next = if next {
        format!(r#","next":"https://graph.facebook.com/x?access_token={TOKEN}&after={after}""#)
    } else {
        String::new()
    };
    format!(
        r#"{{"data":[{}],"paging":{{"cursors":{{"before":"b","after":"{after}"}}{next}}}}}"#,
        rows.join(",")
    )
}

#[tokio::test]
async fn all_pages_are_read_short_and_empty_ones_too_and_after_on_the_last_page_is_no_next() {
    let (server, client, _) = client().await;
    page(&server, None, &body(&["1", "2"], "A", true)).await;
    page(&server, Some("A"), &body(&[], "B", true)).await;
    page(&server, Some("B"), &body(&["3"], "C", true)).await;
    page(&server, Some("C"), &body(&["4"], "D", false)).await;
    let rows: Vec<Campaign> = marketing::campaigns(&client, "act_1", None)
        .collect()
        .await
        .unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3", "4"]);
    assert_eq!(
        client.stats().calls,
        4,
        "the cursor of the last page is not followed"
    );
    let asked = server.received_requests().await.unwrap();
    let filter = asked[0]
        .url
        .query_pairs()
        .find(|(n, _)| n == "filtering")
        .unwrap()
        .1;
    assert!(
        filter.contains("DELETED") && filter.contains("ARCHIVED"),
        "{filter}"
    );
}

#[tokio::test]
async fn pages_that_go_in_a_circle_end_with_a_failure() {
    let (server, client, _) = client().await;
    page(&server, None, &body(&["1"], "A", true)).await;
    page(&server, Some("A"), &body(&["2"], "B", true)).await;
    page(&server, Some("B"), &body(&["3"], "A", true)).await;
    let pages = marketing::campaigns(&client, "act_1", None);
    let error = pages.collect::<Campaign>().await.unwrap_err();
    assert!(matches!(error, MetaError::PagingLoop { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(TOKEN));
}

#[tokio::test]
async fn empty_pages_without_end_end() {
    let (server, client, _) = client().await;
    // Every page points to a new one, and none has rows.
    Mock::given(path("/v26.0/act_1/campaigns"))
        .respond_with(|request: &wiremock::Request| {
            let after = request
                .url
                .query_pairs()
                .find(|(name, _)| name == "after")
                .map_or(0, |(_, value)| value.parse::<u32>().unwrap());
            json(200, &body(&[], &(after + 1).to_string(), true))
        })
        .mount(&server)
        .await;
    let pages = marketing::campaigns(&client, "act_1", None);
    let error = pages.collect::<Campaign>().await.unwrap_err();
    assert!(matches!(error, MetaError::PagingLoop { .. }), "{error:?}");
}

#[tokio::test]
async fn page_size_falls_on_too_much_data_and_recovers() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/act_1/adcreatives"))
        .respond_with(|request: &wiremock::Request| {
            let find = |wanted: &str| {
                let mut pairs = request.url.query_pairs();
                pairs
                    .find(|(name, _)| name == wanted)
                    .map(|(_, v)| v.parse::<u32>().unwrap())
            };
            let (limit, after) = (find("limit").unwrap(), find("after").unwrap_or(0));
            // At first anything above 20 is too much; "unknown error" with code 1 says so too.
            if after == 0 && limit > 20 {
                return failure(500, 1, if limit == 40 { 99 } else { 0 });
            }
            json(200, &body(&["1"], &(after + 1).to_string(), after < 12))
        })
        .mount(&server)
        .await;
    let request = GraphRequest::get("act_1/adcreatives");
    let mut pages = client.pages(request, 80);
    let mut limits = Vec::new();
    while pages.next().await.unwrap().is_some() {
        limits.push(pages.limit());
    }
    assert_eq!(limits, [20, 20, 20, 20, 40, 40, 40, 40, 40, 80, 80, 80, 80]);
}

#[tokio::test]
async fn too_much_even_for_the_smallest_page_is_reported_as_that() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/act_1/x"))
        .respond_with(failure(500, 1, 0).set_body_string(r#"{"error":{"code":1}}"#))
        .mount(&server)
        .await;
    let error = client
        .pages(GraphRequest::get("act_1/x"), 20)
        .next()
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::TooMuchData);
}

#[tokio::test]
async fn after_a_failure_the_list_goes_on_where_it_was() {
    let (server, client, _) = client().await;
    page(&server, None, &body(&["1"], "A", true)).await;
    Mock::given(query_param("after", "A"))
        .respond_with(failure(400, 10, 0))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let mut pages = marketing::campaigns(&client, "act_1", None);
    assert!(pages.next().await.unwrap().is_some());
    pages.next().await.unwrap_err();
    page(&server, Some("A"), &body(&["2"], "B", false)).await;
    let rows: Vec<Campaign> = pages.next().await.unwrap().unwrap().rows().unwrap();
    assert_eq!(rows[0].id, "2");
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_can_be_streamed_or_read_in_place() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/act_1/insights"))
        .and(query_param(
            "time_range",
            r#"{"since":"2026-02-01","until":"2026-02-28"}"#,
        ))
        .and(query_param("time_increment", "1"))
        .and(query_param("level", "ad"))
        .respond_with(json(
            200,
            r#"{"data":[{"ad_id":"9","date_start":"2026-02-01","date_stop":"2026-02-01"}]}"#,
        ))
        .mount(&server)
        .await;
    let query = marketing::InsightsQuery::ad_days(
        "2026-02-01".parse().unwrap(),
        "2026-02-28".parse().unwrap(),
    );
    let page = marketing::insights(&client, "act_1", &query)
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        page.rows::<InsightRow<'_>>().unwrap()[0].ad_id.as_deref(),
        Some("9")
    );
    page_as_stream(&client).await;
}

#[derive(serde::Deserialize)]
struct OnlyAd {
    ad_id: String,
}

async fn page_as_stream(client: &rumbo_meta::graph::GraphClient) {
    let pages = client.pages(
        GraphRequest::get("act_1/insights")
            .param(
                "time_range",
                r#"{"since":"2026-02-01","until":"2026-02-28"}"#,
            )
            .param("time_increment", "1")
            .param("level", "ad"),
        10,
    );
    let all: Vec<Vec<OnlyAd>> = pages.into_stream().try_collect().await.unwrap();
    assert_eq!(all[0][0].ad_id, "9");
}
