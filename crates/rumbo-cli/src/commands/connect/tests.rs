use super::*;

fn dialog(graph: &str, dialog: Option<&str>) -> Option<String> {
    let parse = |text: &str| Url::parse(text).unwrap();
    dialog_of(Some(&parse(graph)), dialog.map(parse).as_ref())
}

#[test]
fn the_dialog_is_beside_graph_unless_graph_is_metas() {
    assert_eq!(
        dialog("http://127.0.0.1:4000/", None).unwrap(),
        "http://127.0.0.1:4000"
    );
    assert_eq!(
        dialog("https://graph.facebook.com", None).unwrap(),
        "https://www.facebook.com"
    );
    assert_eq!(dialog_of(None, None), None);
}

#[test]
fn a_full_dialog_address_is_cut_to_its_site() {
    for given in [
        "http://127.0.0.1:4000/v26.0/dialog/oauth",
        "http://127.0.0.1:4000/dialog/oauth?x=1",
        "http://127.0.0.1:4000/",
        "http://127.0.0.1:4000",
    ] {
        assert_eq!(
            dialog("https://graph.facebook.com", Some(given)).unwrap(),
            "http://127.0.0.1:4000",
            "{given}"
        );
    }
}
