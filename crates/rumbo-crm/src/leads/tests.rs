use std::time::Duration;

use super::*;
use crate::credit::check_credit;
use crate::testing::{at, dump, in_both, synced_ad};

fn lead(id: &str, answers: &[(&str, &str)]) -> MetaLead {
    MetaLead {
        leadgen_id: id.into(),
        created: at("2026-11-01T10:00:00Z"),
        form_id: Some("f1".into()),
        form_name: Some("Contact us".into()),
        page_id: Some("p1".into()),
        platform: Some("ig".into()),
        campaign_id: Some("c1".into()),
        ad_set_id: Some("s1".into()),
        ad_id: Some("d1".into()),
        answers: answers
            .iter()
            .map(|(question, value)| Answer {
                question: (*question).into(),
                values: vec![(*value).into()],
            })
            .collect(),
        ..MetaLead::default()
    }
}

#[tokio::test]
async fn a_lead_becomes_a_contact_with_its_answers_and_the_same_lead_again_changes_nothing() {
    in_both(|scope| async move {
        let ana = lead(
            "l1",
            &[
                ("full_name", "Ana Peña"),
                ("phone_number", "(11) 98765-4321"),
                ("email", "ANA@x.com"),
                ("Qual o tamanho?", "M"),
            ],
        );
        let mut tx = scope.write().await.unwrap();
        let first = upsert_lead(&mut tx, &scope, ana.clone()).await.unwrap();
        assert_eq!(
            (first.new_contact, first.touchpoint),
            (true, Written::Added)
        );
        let kept = contacts::get(&mut tx, scope.workspace, first.contact)
            .await
            .unwrap();
        assert_eq!(
            (kept.name.as_str(), kept.phone.as_deref()),
            ("Ana Peña", Some("+5511987654321"))
        );
        assert_eq!(
            (kept.email.as_deref(), kept.lead_source.as_str()),
            (Some("ana@x.com"), "META_ADS")
        );
        assert_eq!(kept.first_seen_at, at("2026-11-01T10:00:00Z"));
        let touch = touchpoints::list(&mut tx, scope.workspace, first.contact)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(touch.answers.as_ref().unwrap().0.len(), 4);
        assert_eq!(
            (
                touch.ad_external_id.as_deref(),
                touch.ad_id,
                touch.medium.as_deref()
            ),
            (Some("d1"), None, Some("ig"))
        );
        tx.commit().await.unwrap();

        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_hours(1));
        let mut tx = scope.write().await.unwrap();
        let again = upsert_lead(&mut tx, &scope, ana).await.unwrap();
        assert_eq!(
            again,
            LeadWritten {
                new_contact: false,
                touchpoint: Written::Unchanged,
                ..first
            }
        );
        tx.commit().await.unwrap();
        assert!(dump(&scope).await == before);

        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        assert_eq!(touchpoints::link_waiting(&mut tx, &scope).await.unwrap(), 1);
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_lead_finds_its_contact_by_phone_then_email_and_fills_what_is_missing() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let by_phone = upsert_lead(
            &mut tx,
            &scope,
            lead("l1", &[("phone_number", "+5511987654321")]),
        )
        .await
        .unwrap();
        let by_email = upsert_lead(&mut tx, &scope, lead("l2", &[("email", "eva@x.com")]))
            .await
            .unwrap();
        assert_ne!(by_phone.contact, by_email.contact);
        // Phone counts before e-mail; the e-mail of another contact is no reason to merge.
        let both = upsert_lead(
            &mut tx,
            &scope,
            lead(
                "l3",
                &[
                    ("first_name", "Ana"),
                    ("last_name", "Paz"),
                    ("phone_number", "+55 11 98765-4321"),
                    ("email", "eva@x.com"),
                    ("city", "Recife"),
                ],
            ),
        )
        .await
        .unwrap();
        assert_eq!((both.contact, both.new_contact), (by_phone.contact, false));
        let ana = contacts::get(&mut tx, scope.workspace, by_phone.contact)
            .await
            .unwrap();
        assert_eq!(
            (ana.name.as_str(), ana.city.as_deref()),
            ("Ana Paz", Some("Recife"))
        );
        // A phone of someone else is not taken over.
        let later = upsert_lead(
            &mut tx,
            &scope,
            lead("l4", &[("email", "eva@x.com"), ("phone_number", "nope")]),
        )
        .await
        .unwrap();
        assert!([by_email.contact, by_phone.contact].contains(&later.contact));
        assert_eq!(
            touchpoints::list(&mut tx, scope.workspace, by_phone.contact)
                .await
                .unwrap()
                .len()
                + touchpoints::list(&mut tx, scope.workspace, by_email.contact)
                    .await
                    .unwrap()
                    .len(),
            4
        );
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn no_lead_is_refused_for_its_answers_or_its_time() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let odd = lead(
            "l1",
            &[
                ("phone_number", "123"),
                ("email", "nope"),
                ("country", "Brasil"),
                ("full_name", ""),
            ],
        );
        let kept = upsert_lead(&mut tx, &scope, odd).await.unwrap();
        let nobody = contacts::get(&mut tx, scope.workspace, kept.contact)
            .await
            .unwrap();
        assert_eq!(
            (nobody.name.as_str(), nobody.phone, nobody.email),
            ("Contact us l1", None, None)
        );
        let organic = MetaLead {
            is_organic: true,
            ad_id: None,
            ad_set_id: None,
            campaign_id: None,
            ..lead("l2", &[("full_name", "Ida")])
        };
        let kept = upsert_lead(&mut tx, &scope, organic).await.unwrap();
        let ida = contacts::get(&mut tx, scope.workspace, kept.contact)
            .await
            .unwrap();
        assert_eq!(ida.lead_source, "ORGANIC");
        let early = MetaLead {
            created: scope.now() + Duration::from_hours(72),
            ..lead("l3", &[("full_name", "Eva")])
        };
        let created = early.created;
        let kept = upsert_lead(&mut tx, &scope, early).await.unwrap();
        let eva = contacts::get(&mut tx, scope.workspace, kept.contact)
            .await
            .unwrap();
        assert_eq!(eva.first_seen_at, created);
    })
    .await;
}
