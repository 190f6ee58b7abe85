use super::*;

fn asset(id: &str) -> AdAccountAsset {
    AdAccountAsset {
        id: id.to_owned(),
        name: format!("Account {id}"),
        currency: "USD".to_owned(),
        timezone: "America/New_York".to_owned(),
        status: "active".to_owned(),
        disable_reason: None,
        relation: "owned".to_owned(),
        spent_28_days: None,
        selectable: true,
        selected: false,
    }
}

fn row(id: &str) -> AdAccountRow {
    AdAccountRow {
        id: rumbo_base::AdAccountId(uuid_of(id)),
        external_id: id.to_owned(),
        name: format!("Account {id}"),
        currency: "USD".to_owned(),
        timezone: "America/New_York".to_owned(),
        status: "active".to_owned(),
        selected: true,
        last_synced_at: None,
        last_error: None,
        last_error_code: None,
        last_error_reason: None,
        last_error_params: std::collections::BTreeMap::new(),
    }
}

fn uuid_of(id: &str) -> uuid::Uuid {
    uuid::Uuid::from_u128(id.bytes().map(u128::from).sum())
}

#[test]
fn what_meta_lists_and_what_is_kept_become_one_list() {
    let accounts = merged(
        vec![asset("act_1"), asset("act_2")],
        vec![row("act_2"), row("act_3")],
    );
    let seen: Vec<(&str, bool, bool)> = accounts
        .iter()
        .map(|a| (a.id.as_str(), a.relation.is_some(), a.selected))
        .collect();
    assert_eq!(
        seen,
        [
            ("act_1", true, false),
            ("act_2", true, true),
            ("act_3", false, true)
        ]
    );
}

#[test]
fn an_id_is_found_with_or_without_its_prefix() {
    let mut offered = nothing_offered(Vec::new());
    offered.ad_accounts = vec![asset("act_12"), asset("act_123")];
    assert_eq!(find(&offered, "123").unwrap(), "act_123");
    assert_eq!(find(&offered, "act_12").unwrap(), "act_12");
    let error = find(&offered, "999").unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(error.message().contains("act_12, act_123"), "{error}");
}
