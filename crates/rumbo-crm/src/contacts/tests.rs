use std::time::Duration;

use rumbo_base::{Code, PageRequest};

use super::*;
use crate::testing::{dump, in_both};

fn fields(name: &str, phone: &str, email: &str) -> ContactFields {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ContactFields {
        name: some(name),
        phone: some(phone),
        email: some(email),
        ..ContactFields::default()
    }
}

#[tokio::test]
async fn a_contact_is_kept_in_one_form_and_its_phone_is_its_own() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = create(
            &mut tx,
            &scope,
            fields(" Ana  Peña ", "(11) 98765-4321", "ANA@x.com"),
        )
        .await
        .unwrap();
        assert_eq!(ana.name, "Ana Peña");
        assert_eq!(ana.phone.as_deref(), Some("+5511987654321"));
        assert_eq!(ana.email.as_deref(), Some("ana@x.com"));
        assert_eq!(
            (ana.status, ana.lead_source.as_str()),
            (ContactStatus::Lead, "ORGANIC")
        );
        assert_eq!(get(&mut tx, scope.workspace, ana.id).await.unwrap(), ana);

        let taken = create(&mut tx, &scope, fields("Eva", "+55 11 98765 4321", ""))
            .await
            .unwrap_err();
        assert_eq!(
            (taken.code(), taken.field_name()),
            (Code::Conflict, Some("phone"))
        );
        assert!(taken.message().contains("Ana Peña"), "{taken}");
        let eva = create(&mut tx, &scope, fields("Eva", "", "eva@x.com"))
            .await
            .unwrap();
        let taken = update(&mut tx, &scope, eva.id, fields("", "11987654321", ""))
            .await
            .unwrap_err();
        assert_eq!(taken.code(), Code::Conflict);
        // Her own number is no conflict.
        update(&mut tx, &scope, ana.id, fields("Ana P.", "11987654321", ""))
            .await
            .unwrap();

        for (bad, field) in [
            (fields("Ida", "123", ""), "phone"),
            (fields("Ida", "", "ida"), "email"),
            (fields("", "", ""), "name"),
            (fields(&"x".repeat(201), "", ""), "name"),
        ] {
            let error = create(&mut tx, &scope, bad).await.unwrap_err();
            assert_eq!(
                (error.code(), error.field_name()),
                (Code::InvalidInput, Some(field))
            );
        }
        let nameless = create(&mut tx, &scope, fields("", "", "Only@x.com"))
            .await
            .unwrap();
        assert_eq!(nameless.name, "only@x.com");
        assert_eq!(
            get(&mut tx, scope.workspace, scope.id())
                .await
                .unwrap_err()
                .code(),
            Code::NotFound
        );
    })
    .await;
}

#[tokio::test]
async fn only_a_value_that_differs_moves_the_time_of_change() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = create(&mut tx, &scope, fields("Ana", "", "ana@x.com"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let mut tx = scope.write().await.unwrap();
        let same = ContactFields {
            lead_source: Some("organic".into()),
            ..fields("Ana", "", "")
        };
        update(&mut tx, &scope, ana.id, same).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(dump(&scope).await, before);
        let mut tx = scope.write().await.unwrap();
        let change = ContactFields {
            email: Some(String::new()),
            tags: Some(vec!["vip".into(), " vip ".into()]),
            custom: [("size".to_owned(), "M".to_owned())].into(),
            ..ContactFields::default()
        };
        let changed = update(&mut tx, &scope, ana.id, change).await.unwrap();
        assert_eq!(
            (changed.email.as_deref(), changed.tags.as_slice()),
            (None, ["vip".to_owned()].as_slice())
        );
        assert_eq!(changed.custom["size"], "M");
        assert_eq!(changed.updated_at, scope.now());
        assert_eq!(changed.created_at, ana.created_at);
    })
    .await;
}

#[tokio::test]
async fn search_finds_names_without_accents_and_numbers_in_any_form() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        for (name, phone, email) in [
            ("Ana Peña", "+5511987654321", "ana@x.com"),
            ("José da Silva", "+5511912345678", "jose@acme.com.br"),
            ("Zoé 100%", "", "zoe_1@x.com"),
            ("Zoe 1000", "", "zoe@x.com"),
        ] {
            create(&mut tx, &scope, fields(name, phone, email))
                .await
                .unwrap();
        }
        for (search, found) in [
            ("pena", vec!["Ana Peña"]),
            ("SILVA jos", vec!["José da Silva"]),
            ("acme", vec!["José da Silva"]),
            ("(11) 9876", vec!["Ana Peña"]),
            ("+55 11 91234-5678", vec!["José da Silva"]),
            ("100%", vec!["Zoé 100%"]),
            ("zoe_1", vec!["Zoé 100%"]),
            ("nobody", vec![]),
            (
                "",
                vec!["Ana Peña", "José da Silva", "Zoe 1000", "Zoé 100%"],
            ),
        ] {
            let filter = Filter {
                search: Some(search.to_owned()),
                sort: ContactSort::Name,
                ..Filter::default()
            };
            let page = list(&mut tx, scope.workspace, &filter, &PageRequest::default())
                .await
                .unwrap();
            let mut names: Vec<_> = page.rows.iter().map(|r| r.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, found, "{search}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_hold_every_contact_once() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        for n in 0..25 {
            // Several share a time of change, and two a name.
            scope
                .clock
                .advance(Duration::from_secs(u64::from(n % 3 == 0)));
            let status = if n % 5 == 0 {
                ContactStatus::Customer
            } else {
                ContactStatus::Lead
            };
            let new = ContactFields {
                status: Some(status),
                ..fields(&format!("C {:02}", n / 2), "", "")
            };
            create(&mut tx, &scope, new).await.unwrap();
        }
        for (sort, status, total) in [
            (ContactSort::Recent, None, 25),
            (ContactSort::Name, None, 25),
            (ContactSort::Recent, Some(ContactStatus::Customer), 5),
        ] {
            let filter = Filter {
                status,
                sort,
                ..Filter::default()
            };
            let mut page = PageRequest {
                limit: Some(4),
                cursor: None,
            };
            let mut seen = Vec::new();
            loop {
                let rows = list(&mut tx, scope.workspace, &filter, &page)
                    .await
                    .unwrap();
                assert!(rows.rows.len() <= 4);
                seen.extend(rows.rows);
                match rows.next {
                    Some(next) => page.cursor = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen.len(), total);
            let in_order = seen.windows(2).all(|pair| match sort {
                ContactSort::Recent => pair[0].updated_at >= pair[1].updated_at,
                ContactSort::Name => pair[0].name <= pair[1].name,
            });
            assert!(in_order);
            let mut ids: Vec<_> = seen.iter().map(|r| r.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), total);
        }
        let bad = PageRequest {
            limit: None,
            cursor: Some("x".into()),
        };
        let error = list(&mut tx, scope.workspace, &Filter::default(), &bad)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
    })
    .await;
}

#[test]
fn lead_sources_have_one_form() {
    for (text, source) in [
        ("Meta Ads", "META_ADS"),
        ("facebook", "META_ADS"),
        ("Indicação", "REFERRAL"),
        ("trade-show 2026", "TRADE_SHOW_2026"),
        ("", "UNKNOWN"),
    ] {
        assert_eq!(lead_source(text).unwrap(), source);
    }
    assert!(lead_source("a,b").is_err());
}
