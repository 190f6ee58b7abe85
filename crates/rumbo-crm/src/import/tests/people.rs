//! Which person a row means.

use std::time::Duration;

use super::*;
use crate::contacts::{self, ContactFields, ContactStatus, Filter};
use crate::credit::check_credit;
use crate::testing::{at, dump, in_both, synced_ad};
use crate::touchpoints;

async fn only_contact(scope: &Scope, search: &str) -> contacts::Contact {
    let mut tx = scope.read().await.unwrap();
    let filter = Filter {
        search: Some(search.into()),
        ..Filter::default()
    };
    let page = contacts::list(
        &mut tx,
        scope.workspace,
        &filter,
        &rumbo_base::PageRequest::default(),
    )
    .await
    .unwrap();
    assert_eq!(page.rows.len(), 1, "{search}: {:?}", page.rows);
    contacts::get(&mut tx, scope.workspace, page.rows[0].id)
        .await
        .unwrap()
}

#[tokio::test]
async fn contacts_are_found_by_id_then_phone_then_email_and_written_once() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let by_hand = ContactFields {
            name: Some("Ana".into()),
            phone: Some("+5511987654321".into()),
            lead_source: Some("REFERRAL".into()),
            status: Some(ContactStatus::Customer),
            ..ContactFields::default()
        };
        contacts::create(&mut tx, &scope, by_hand).await.unwrap();
        tx.commit().await.unwrap();
        let body = "id do cliente,nome,telefone,e-mail,status,origem,cidade,etiquetas\n\
            1,Ana Silva,(11) 98765-4321,ANA@x.com,lead,meta,Recife,vip; novo\n\
            2,Família Um,,casa@x.com,contatado,,,\n\
            3,Família Dois,,casa@x.com,,,,\n\
            ,Sem Código,,casa@x.com,,,Natal,\n\
            2,Família Um,,,,,Olinda,\n\
            ,Só Nome,,,,,,\n\
            ,Só Nome,,,,,,\n\
            7,Outra,11 98765-4321,,,,,\n\
            8,Errada,123,,,,,\n";
        let report = import(&scope, ImportKind::Contacts, body, None)
            .await
            .unwrap();
        // 7 shares Ana's phone, so it is Ana; 8 has no phone of Brazil.
        assert_eq!((counts(&report), report.contacts_added), ([4, 1, 3, 1], 4));
        assert_eq!(report.rejections[0].row, 10);

        let ana = only_contact(&scope, "98765").await;
        assert_eq!(
            (ana.name.as_str(), ana.email.as_deref()),
            ("Outra", Some("ana@x.com"))
        );
        assert_eq!(
            (ana.status, ana.lead_source.as_str()),
            (ContactStatus::Customer, "REFERRAL")
        );
        assert_eq!(ana.tags, ["vip", "novo"]);
        let one = only_contact(&scope, "familia um").await;
        assert_eq!(
            (one.status, one.city.as_deref()),
            (ContactStatus::Contacted, Some("Olinda"))
        );
        assert_eq!(one.lead_source, "IMPORT");
        let mut tx = scope.read().await.unwrap();
        let ids = contacts::external_ids(&mut tx, scope.workspace, ana.id)
            .await
            .unwrap();
        assert_eq!(
            ids.iter()
                .map(|i| i.external_id.as_str())
                .collect::<Vec<_>>(),
            ["1", "7"]
        );
        drop(tx);

        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let again = import(&scope, ImportKind::Contacts, body, None)
            .await
            .unwrap();
        assert_eq!(counts(&again), [0, 0, 8, 1]);
        assert!(dump(&scope).await == before);
    })
    .await;
}

#[tokio::test]
async fn a_row_with_a_campaign_makes_a_touchpoint_that_is_linked_and_credited() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        tx.commit().await.unwrap();
        let body = "email,created at,campaign id,ad id\n\
            a@x.com,2026-03-01 10:00,c1,\n\
            b@x.com,2026-03-02,,d1\n\
            c@x.com,2026-03-03,,\n\
            d@x.com,,c9,\n";
        let report = import(&scope, ImportKind::Contacts, body, None).await.unwrap();
        assert_eq!(counts(&report), [4, 0, 0, 0]);
        let a = only_contact(&scope, "a@x").await;
        // Ten in the morning in São Paulo.
        assert_eq!((a.first_seen_at, a.lead_source.as_str()), (at("2026-03-01T13:00:00Z"), "META_ADS"));
        let mut tx = scope.read().await.unwrap();
        let touch = touchpoints::list(&mut tx, scope.workspace, a.id).await.unwrap().remove(0);
        assert_eq!(a.first_touchpoint_id, Some(touch.id));
        assert!(touch.ad_campaign_id.is_some());
        drop(tx);
        let c = only_contact(&scope, "c@x").await;
        assert_eq!((c.lead_source.as_str(), c.first_seen_at), ("IMPORT", at("2026-03-03T03:00:00Z")));
        let d = only_contact(&scope, "d@x").await;
        assert_eq!(d.first_seen_at, scope.now());

        // A sale with the same person takes its credit from the touch, and one that names a
        // campaign itself from that.
        let sales = "email,date,amount,campaign id\na@x.com,2026-03-05,100,\nc@x.com,2026-03-06,50,c1\n";
        let report = import(&scope, ImportKind::Sales, sales, None).await.unwrap();
        assert_eq!((counts(&report), report.contacts_added), ([2, 0, 0, 0], 0));
        assert_eq!(
            count(&scope, "SELECT CAST(SUM(s.gross_micros) AS BIGINT) FROM sales s JOIN touchpoints t ON t.id = s.touchpoint_id \
                JOIN ad_campaigns c ON c.id = t.ad_campaign_id WHERE s.workspace_id = $1 AND s.attribution_source = 'META_ADS'").await,
            150_000_000
        );
        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_hours(24));
        for (kind, body) in [(ImportKind::Contacts, body), (ImportKind::Sales, sales)] {
            let again = import(&scope, kind, body, None).await.unwrap();
            assert_eq!((again.added, again.changed), (0, 0));
        }
        assert!(dump(&scope).await == before);
        let mut tx = scope.read().await.unwrap();
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn custom_fields_and_constants_fill_contacts() {
    in_both(|scope| async move {
        let mapping: Mapping = serde_json::from_str(
            r#"{"columns": {"email": "mail", "custom.talla": "size"}, "constants": {"source": "Trade show", "tags": "2026"}}"#,
        )
        .unwrap();
        let report = import(&scope, ImportKind::Contacts, "mail,size\na@x.com,M\nb@x.com,\n", Some(&mapping)).await.unwrap();
        assert_eq!(counts(&report), [2, 0, 0, 0]);
        let a = only_contact(&scope, "a@x").await;
        assert_eq!((a.custom["talla"].as_str(), a.tags.len(), a.lead_source.as_str()), ("M", 1, "TRADE_SHOW"));
    })
    .await;
}
