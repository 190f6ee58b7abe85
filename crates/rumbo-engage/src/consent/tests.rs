use chrono::TimeDelta;
use rumbo_base::Reason;
use rumbo_channels::{ChannelKind, Provider};

use super::*;
use crate::outbox::testing::{automation_on, channel, in_both, number, people, text_plan};
use crate::outbox::{Audience, Why, plan};

#[test]
fn a_keyword_counts_alone_and_never_inside_a_sentence() {
    for (text, said) in [
        ("STOP", Some(Wish::Stop)),
        (" stop. ", Some(Wish::Stop)),
        ("¡BAJA!", Some(Wish::Stop)),
        ("Sair", Some(Wish::Stop)),
        ("Cancelar suscripción", Some(Wish::Stop)),
        ("UNSUBSCRIBE", Some(Wish::Stop)),
        ("Parar", Some(Wish::Stop)),
        ("opt-out", Some(Wish::Stop)),
        ("*STOP*", Some(Wish::Stop)),
        ("Alta", Some(Wish::Start)),
        ("start", Some(Wish::Start)),
        ("don't stop", None),
        ("No me des de baja por favor", None),
        ("quiero cancelar mi turno de mañana", None),
        ("stop by at 5?", None),
        ("una falda baja", None),
        ("", None),
        ("👍", None),
        (
            "I am out of the office and will stop by the desk on Monday",
            None,
        ),
    ] {
        assert_eq!(wish(text), said, "{text}");
    }
}

#[test]
fn keywords_are_folded_and_stand_once() {
    let mut seen = std::collections::BTreeSet::new();
    for keyword in KEYWORDS {
        assert_eq!(rumbo_platform::table_file::fold(keyword.word), keyword.word);
        assert!(seen.insert(keyword.word), "{}", keyword.word);
        assert_eq!(wish(&keyword.word.to_uppercase()), Some(keyword.wish));
    }
}

const ADDRESS: &str = "+5511980000000";

async fn goes(scope: &Scope, id: rumbo_base::ChannelId) -> i64 {
    let made = text_plan(scope, id, "Hi").await;
    let everybody = Audience::Filter {
        status: String::new(),
        source: String::new(),
    };
    plan(scope, &made, &everybody).await.unwrap().go
}

#[tokio::test]
async fn who_says_stop_is_left_alone_on_that_kind_of_channel_until_they_say_start() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        people(&scope, 2).await;
        let sms = channel(&scope, Provider::Twilio, "{}").await;
        let qr = channel(&scope, Provider::Evolution, "{}").await;
        let mut tx = scope.write().await.unwrap();
        let at = scope.now();
        for _ in 0..2 {
            let changed = from_message(&mut tx, &scope, ChannelKind::Sms, ADDRESS, "Stop", at)
                .await
                .unwrap();
            assert_eq!(
                changed,
                Some(Changed {
                    wish: Wish::Stop,
                    contacts: 1
                })
            );
        }
        tx.commit().await.unwrap();
        let lines = "SELECT COUNT(*) FROM contact_consents WHERE workspace_id = $1";
        assert_eq!(number(&scope, lines).await, 1, "told twice, it is one line");
        assert_eq!(goes(&scope, sms).await, 1);
        assert_eq!(goes(&scope, qr).await, 2);

        // A second contact with the same number is no way round it: numbers are unique, but the number
        // of one that is gone may come back.
        let mut tx = scope.write().await.unwrap();
        on_tx(
            &mut tx,
            &scope,
            "DELETE FROM dispatches WHERE workspace_id = $1",
        )
        .await;
        on_tx(
            &mut tx,
            &scope,
            "DELETE FROM contact_consents WHERE workspace_id = $1",
        )
        .await;
        tx.commit().await.unwrap();
        assert_eq!(goes(&scope, sms).await, 1);

        let mut tx = scope.write().await.unwrap();
        // A start from before the stop does not undo it.
        let before = at - TimeDelta::hours(1);
        from_message(&mut tx, &scope, ChannelKind::Sms, ADDRESS, "START", before)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(goes(&scope, sms).await, 1);
        let mut tx = scope.write().await.unwrap();
        let after = at + TimeDelta::seconds(1);
        from_message(&mut tx, &scope, ChannelKind::Sms, ADDRESS, "Alta", after)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(goes(&scope, sms).await, 2);
    })
    .await;
}

async fn on_tx(tx: &mut Tx, scope: &Scope, sql: &'static str) {
    rumbo_db::on_tx!(tx, |c| sqlx::query(sql)
        .bind(scope.workspace)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
}

#[tokio::test]
async fn a_preference_of_marketing_stops_and_resumes_marketing() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        let ids = people(&scope, 1).await;
        let qr = channel(&scope, Provider::Evolution, "{}").await;
        for (marketing, wanted) in [(false, 0), (true, 1), (false, 0)] {
            scope.clock.advance(std::time::Duration::from_secs(5));
            let mut tx = scope.write().await.unwrap();
            let now = scope.now();
            from_preference(
                &mut tx,
                &scope,
                ChannelKind::Whatsapp,
                ADDRESS,
                marketing,
                now,
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(goes(&scope, qr).await, wanted);
        }
        let mut tx = scope.read().await.unwrap();
        let told = history(&mut tx, &scope, ids[0]).await.unwrap();
        assert_eq!(told.len(), 3);
        assert_eq!(told[0].consent, "opted_out");
        assert_eq!(told[0].source, "preference");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_imported_once_exported_and_imported_again() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        people(&scope, 3).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stop.csv");
        std::fs::write(
            &file,
            "Teléfono;alcance;nota;fecha\n(11) 98000-0000;all;said no;2026-01-31\n+5511980000001;marketing;;\n\
             123;all;;\n+5511980000002;everything;;\n+5511980000002;all;;2027-01-01\n",
        )
        .unwrap();
        let done = import_file(&scope, &file, ChannelKind::Sms).await.unwrap();
        assert_eq!((done.added, done.known, done.rejected.len()), (2, 0, 3));
        let reasons: Vec<_> = done.rejected.iter().map(|r| (r.row, r.why.reason_id())).collect();
        assert_eq!(
            reasons,
            [
                (4, Some(Reason::PhoneInvalidIn)),
                (5, Some(Reason::ValueUnknown)),
                (6, Some(Reason::DayInFuture))
            ]
        );
        let again = import_file(&scope, &file, ChannelKind::Sms).await.unwrap();
        assert_eq!((again.added, again.known, again.rejected.len()), (0, 2, 3));
        let sms = channel(&scope, Provider::Twilio, "{}").await;
        let made = text_plan(&scope, sms, "Hi").await;
        let everybody = Audience::Filter {
            status: String::new(),
            source: String::new(),
        };
        let counts = plan(&scope, &made, &everybody).await.unwrap();
        assert_eq!((counts.go, counts.skipped.get(&Why::OptedOut)), (1, Some(&2)));

        let out = folder.path().join("out.csv");
        let rows = export_csv(
            &scope,
            &out,
            Some(ChannelKind::Sms),
            rumbo_platform::table_file::CsvDialect::Comma,
        )
        .await
        .unwrap();
        assert_eq!(rows, 2);
        let back = import_file(&scope, &out, ChannelKind::Sms).await.unwrap();
        assert_eq!((back.added, back.known, back.rejected.len()), (0, 2, 0));
        // A bare list of addresses, without a heading.
        let bare = folder.path().join("bare.txt");
        std::fs::write(&bare, "ana@example.com\nBIA@example.com\nno address\n").unwrap();
        let done = import_file(&scope, &bare, ChannelKind::Email).await.unwrap();
        assert_eq!((done.added, done.rejected.len()), (2, 1));
        let mut tx = scope.read().await.unwrap();
        let page = suppressions(&mut tx, &scope, None, Some("bia"), &rumbo_base::PageRequest::default())
            .await
            .unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].source, "import");
    })
    .await;
}
