use chrono::TimeDelta;
use rumbo_base::Reason;
use rumbo_channels::{ChannelKind, Provider};

use super::*;
use crate::outbox::testing::{
    automation_on, channel, in_both, number, people, template, text_plan,
};
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
        ("Stop promotions", Some(Wish::Stop)),
        ("No recibir promociones", Some(Wish::Stop)),
        ("Não receber mais", Some(Wish::Stop)),
        ("NÃO QUERO RECEBER", Some(Wish::Stop)),
        ("Salir 🛑", Some(Wish::Stop)),
        ("\u{ff33}\u{ff34}\u{ff2f}\u{ff30}", Some(Wish::Stop)),
        ("«stop»", Some(Wish::Stop)),
        ("Desuscribirme!!!", Some(Wish::Stop)),
        ("Alta", Some(Wish::Start)),
        ("start", Some(Wish::Start)),
        ("don't stop", None),
        ("No me des de baja por favor", None),
        ("quiero cancelar mi turno de mañana", None),
        ("stop by at 5?", None),
        ("¿Cómo hago para salir de la autopista?", None),
        ("alto ahí, ¿cuánto sale?", None),
        ("nonstop", None),
        ("para sair do carrinho, o que faço?", None),
        (
            "no quiero recibir mensajes tan tarde, mejor a la mañana",
            None,
        ),
        ("se puede cancelar?", None),
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

/// Cancel is what an appointment's button says; Unsubscribe says the same everywhere.
#[test]
fn buttons_say_other_things_than_people_who_write() {
    for label in ["Cancel", "Cancelar", "Salir", "Start", "End", "Sair"] {
        assert!(wish(label).is_some(), "{label}");
        assert_eq!(wish_of_button(label), None, "{label}");
    }
    for label in [
        "Unsubscribe",
        "Stop promotions",
        "Unsubscribe from Promos",
        "STOP",
        "Darme de baja",
        "Baja",
        "Descadastrar",
    ] {
        assert_eq!(wish_of_button(label), Some(Wish::Stop), "{label}");
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
            let changed = from_message(
                &mut tx,
                &scope,
                ChannelKind::Sms,
                ADDRESS,
                "Stop",
                false,
                at,
            )
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
        from_message(
            &mut tx,
            &scope,
            ChannelKind::Sms,
            ADDRESS,
            "START",
            false,
            before,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(goes(&scope, sms).await, 1);
        let mut tx = scope.write().await.unwrap();
        let after = at + TimeDelta::seconds(1);
        from_message(
            &mut tx,
            &scope,
            ChannelKind::Sms,
            ADDRESS,
            "Alta",
            false,
            after,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(goes(&scope, sms).await, 2);
    })
    .await;
}

/// Whoever blocked a bot, or had no WhatsApp, and writes now can be answered; a wish outlives a bounce.
#[tokio::test]
async fn a_bounce_ends_where_somebody_writes_and_a_wish_does_not() {
    in_both(|scope| async move {
        let refusal = NotSent {
            code: Some("403:blocked".to_owned()),
            text: "Forbidden: bot was blocked by the user".to_owned(),
            again: rumbo_channels::Again::Never,
            scope: rumbo_channels::Scope::Message,
            bounced: true,
            opted_out: false,
        };
        let (kind, person, other) = (ChannelKind::Telegram, "77112233", "77112244");
        let at = scope.now();
        let listed = async |tx: &mut Tx| {
            let page = rumbo_base::PageRequest::default();
            let rows = suppressions(tx, &scope, None, None, &page)
                .await
                .unwrap()
                .rows;
            rows.into_iter()
                .map(|row| format!("{} {}", row.address, row.source))
                .collect::<Vec<_>>()
        };
        let mut tx = scope.write().await.unwrap();
        from_message(&mut tx, &scope, kind, other, "STOP", false, at)
            .await
            .unwrap();
        let later = at + TimeDelta::seconds(1);
        for address in [person, other] {
            from_refusal(&mut tx, &scope, kind, address, &refusal, later)
                .await
                .unwrap();
        }
        let both = ["77112233 bounced", "77112244 keyword"];
        assert_eq!(listed(&mut tx).await, both);
        // What was written before the refusal says nothing of what is now.
        from_message(&mut tx, &scope, kind, person, "Hola", false, at)
            .await
            .unwrap();
        assert_eq!(listed(&mut tx).await, both);
        let now = at + TimeDelta::minutes(1);
        for address in [person, other] {
            from_message(&mut tx, &scope, kind, address, "Hola", false, now)
                .await
                .unwrap();
        }
        assert_eq!(listed(&mut tx).await, ["77112244 keyword"]);
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

/// Meta's preference is about marketing: an order is told of all the same.
#[tokio::test]
async fn who_stopped_marketing_at_the_provider_still_hears_of_an_order() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        people(&scope, 1).await;
        let qr = channel(&scope, Provider::Evolution, "{}").await;
        let mut tx = scope.write().await.unwrap();
        let now = scope.now();
        from_preference(&mut tx, &scope, ChannelKind::Whatsapp, ADDRESS, false, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let id = template(&scope, "order", "approved", "Hi, your order is here.").await;
        for (category, wanted) in [("marketing", 0), ("utility", 1)] {
            let mut tx = scope.write().await.unwrap();
            for sql in [
                "UPDATE templates SET category = $2 WHERE workspace_id = $1",
                "UPDATE template_versions SET category = $2 WHERE workspace_id = $1",
            ] {
                rumbo_db::on_tx!(&mut tx, |c| sqlx::query(sql)
                    .bind(scope.workspace)
                    .bind(category)
                    .execute(c)
                    .await
                    .map(|_| ()))
                .unwrap();
            }
            tx.commit().await.unwrap();
            let mut made = text_plan(&scope, qr, "Hi").await;
            let mut tx = scope.read().await.unwrap();
            let stored = crate::outbox::template(&mut tx, scope.workspace, id)
                .await
                .unwrap()
                .unwrap();
            drop(tx);
            let filled = stored.with(&std::collections::BTreeMap::new()).unwrap();
            made.message = crate::outbox::Message::Template(Box::new(filled));
            let everybody = Audience::Filter {
                status: String::new(),
                source: String::new(),
            };
            let counts = plan(&scope, &made, &everybody).await.unwrap();
            assert_eq!(counts.go, wanted, "{category}: {counts:?}");
        }
    })
    .await;
}

/// What was exported of every kind comes in again as the same, in a workspace that knows nobody.
#[tokio::test]
async fn an_export_of_every_kind_is_the_same_list_elsewhere() {
    in_both(|scope| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mixed.csv");
        std::fs::write(
            &file,
            "\u{feff}kind,address,scope,source,note,date\n\
             whatsapp,+5511980000000,marketing,preference,,2026-01-31T10:00:00+00:00\n\
             whatsapp,US.13491208655302741918,all,keyword,Stop,2026-01-31T10:00:00+00:00\n\
             sms,+5511980000000,all,keyword,\"BAJA, por favor\",2026-02-01T10:00:00+00:00\n\
             email,ana@example.com,all,import,,2026-02-02T10:00:00+00:00\n\
             telegram,77112233,all,keyword,/stop,2026-02-03T10:00:00+00:00\n\
             pigeon,1,all,keyword,,2026-02-03T10:00:00+00:00\n",
        )
        .unwrap();
        let nothing = import_file(&scope, &folder.path().join("none.csv"), None).await;
        assert_eq!(nothing.unwrap_err().reason_id(), Some(Reason::FileMissing));
        let done = import_file(&scope, &file, None).await.unwrap();
        assert_eq!((done.added, done.known), (5, 0));
        assert_eq!(done.rejected[0].why.reason_id(), Some(Reason::ValueUnknown));
        // A kind that is said is of the rows that say none.
        let again = import_file(&scope, &file, Some(ChannelKind::Email))
            .await
            .unwrap();
        assert_eq!((again.added, again.known, again.rejected.len()), (0, 5, 1));
        let (bytes, rows) = csv(&scope, None, rumbo_platform::table_file::CsvDialect::Plain)
            .await
            .unwrap();
        assert_eq!(rows, 5);
        let out = folder.path().join("out.csv");
        std::fs::write(&out, &bytes).unwrap();
        let mut tx = scope.write().await.unwrap();
        on_tx(
            &mut tx,
            &scope,
            "DELETE FROM suppressions WHERE workspace_id = $1",
        )
        .await;
        tx.commit().await.unwrap();
        let back = import_file(&scope, &out, None).await.unwrap();
        assert_eq!((back.added, back.rejected.len()), (5, 0));
        let (once_more, _) = csv(&scope, None, rumbo_platform::table_file::CsvDialect::Plain)
            .await
            .unwrap();
        let told = |bytes: &[u8]| -> Vec<String> {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            // Whatever it was before, it comes from a list now.
            text.lines()
                .map(|line| {
                    line.replace(",keyword,", ",import,")
                        .replace(",preference,", ",import,")
                })
                .collect()
        };
        assert_eq!(told(&once_more), told(&bytes));
        // A file that does not say of what kind it is.
        let bare = folder.path().join("bare.csv");
        std::fs::write(&bare, "+5511980000009\n").unwrap();
        let error = import_file(&scope, &bare, None).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::ValueMissing));
    })
    .await;
}

#[tokio::test]
async fn a_list_does_not_undo_what_somebody_asked_for_later() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        let ids = people(&scope, 1).await;
        let sms = channel(&scope, Provider::Twilio, "{}").await;
        let mut tx = scope.write().await.unwrap();
        set(&mut tx, &scope, ids[0], ChannelKind::Sms, Wish::Start, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.csv");
        std::fs::write(
            &file,
            format!("name,phone,date\nAna,{ADDRESS},2020-01-31\n"),
        )
        .unwrap();
        let done = import_file(&scope, &file, Some(ChannelKind::Sms))
            .await
            .unwrap();
        assert_eq!((done.added, done.known, done.rejected.len()), (0, 1, 0));
        assert_eq!(goes(&scope, sms).await, 1);
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
        let done = import_file(&scope, &file, Some(ChannelKind::Sms)).await.unwrap();
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
        let again = import_file(&scope, &file, Some(ChannelKind::Sms)).await.unwrap();
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
        let comma = rumbo_platform::table_file::CsvDialect::Comma;
        let (bytes, rows) = csv(&scope, Some(ChannelKind::Sms), comma).await.unwrap();
        std::fs::write(&out, bytes).unwrap();
        assert_eq!(rows, 2);
        let back = import_file(&scope, &out, Some(ChannelKind::Sms)).await.unwrap();
        assert_eq!((back.added, back.known, back.rejected.len()), (0, 2, 0));
        // A bare list of addresses, without a heading.
        let bare = folder.path().join("bare.txt");
        std::fs::write(&bare, "ana@example.com\nBIA@example.com\nno address\n").unwrap();
        let done = import_file(&scope, &bare, Some(ChannelKind::Email)).await.unwrap();
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

#[tokio::test]
async fn pages_of_addresses_follow_one_another_and_a_strange_cursor_is_refused() {
    in_both(|scope| async move {
        let folder = tempfile::tempdir().unwrap();
        let bare = folder.path().join("bare.txt");
        std::fs::write(&bare, "a@example.com\nb@example.com\nc@example.com\n").unwrap();
        import_file(&scope, &bare, Some(ChannelKind::Email))
            .await
            .unwrap();
        let mut tx = scope.read().await.unwrap();
        let mut page = rumbo_base::PageRequest {
            limit: Some(2),
            cursor: None,
        };
        let first = suppressions(&mut tx, &scope, None, None, &page)
            .await
            .unwrap();
        page.cursor = first.next;
        let rest = suppressions(&mut tx, &scope, None, None, &page)
            .await
            .unwrap();
        let addresses: Vec<&str> = first
            .rows
            .iter()
            .chain(&rest.rows)
            .map(|row| row.address.as_str())
            .collect();
        assert_eq!(
            addresses,
            ["a@example.com", "b@example.com", "c@example.com"]
        );
        assert_eq!(rest.next, None);
        for strange in ["x", "email", "email|a@example.com", "post||a@example.com"] {
            page.cursor = Some(strange.to_owned());
            let refused = suppressions(&mut tx, &scope, None, None, &page)
                .await
                .unwrap_err();
            assert_eq!(refused.reason_id(), Some(Reason::PageGone), "{strange}");
        }
    })
    .await;
}
