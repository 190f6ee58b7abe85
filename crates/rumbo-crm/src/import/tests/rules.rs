//! What importing opportunities and sales again, changed, does.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_base::{Micros, PageRequest, Reason};
use rumbo_db::on_tx;

use super::*;
use crate::credit::check_credit;
use crate::sales::{self, SaleFilter, SaleStatus};
use crate::stages;
use crate::testing::{dump, in_both};

async fn all_sales(scope: &Scope) -> Vec<sales::SaleRow> {
    let mut tx = scope.read().await.unwrap();
    let (all, page) = (SaleFilter::default(), PageRequest::default());
    let mut rows = sales::list(&mut tx, scope.workspace, &all, &page)
        .await
        .unwrap()
        .rows;
    rows.sort_by(|a, b| a.reference.cmp(&b.reference));
    rows
}

#[tokio::test]
async fn rows_without_an_id_are_told_apart_by_what_they_say_and_how_often() {
    in_both(|scope| async move {
        let january = "email,date,amount\na@x.com,2026-01-31,5\na@x.com,2026-01-31,5\nb@x.com,2026-01-31,5\n";
        let report = import(&scope, ImportKind::Sales, january, None).await.unwrap();
        assert_eq!((counts(&report), total(&report, "BRL").as_str()), ([3, 0, 0, 0], "15.00"));
        // The same days with two more columns, in another order, and one day more.
        let longer = "date,amount,quantity,status,email\n2026-01-31,5.00,2,paid,b@x.com\n2026-01-31,5.00,1,paid,a@x.com\n\
            2026-01-31,5.00,1,paid,a@x.com\n2026-02-01,5.00,1,paid,a@x.com\n";
        let report = import(&scope, ImportKind::Sales, longer, None).await.unwrap();
        assert_eq!(counts(&report), [1, 3, 0, 0]);
        assert_eq!(count(&scope, "SELECT CAST(SUM(gross_micros) AS BIGINT) FROM sales WHERE workspace_id = $1").await, 20_000_000);
        // Nor does the time zone make other sales of them.
        let elsewhere = Mapping {
            columns: [("email", "email"), ("date", "date"), ("amount", "amount")].map(|(a, b)| (a.into(), b.into())).into(),
            timezone: Some("Asia/Tokyo".into()),
            ..Mapping::default()
        };
        let report = import(&scope, ImportKind::Sales, january, Some(&elsewhere)).await.unwrap();
        assert_eq!(counts(&report), [0, 3, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_sale_that_changed_in_the_file_is_changed_and_refunds_add_up() {
    in_both(|scope| async move {
        let head = "order id,email,date,amount,status,refunded\n";
        let first = format!("{head}1,a@x.com,2026-01-31,100,pending,\n2,a@x.com,2026-01-31,50,paid,\n3,a@x.com,2026-01-31,30,paid,10\n4,a@x.com,2026-01-31,20,cancelled,\n");
        let report = import(&scope, ImportKind::Sales, &first, None).await.unwrap();
        assert_eq!(counts(&report), [4, 0, 0, 0]);
        let second = format!("{head}1,a@x.com,2026-01-31,100,paid,\n2,a@x.com,2026-01-31,50,refunded,\n3,a@x.com,2026-01-31,30,paid,30\n4,a@x.com,2026-01-31,20,cancelled,\n");
        let report = import(&scope, ImportKind::Sales, &second, None).await.unwrap();
        assert_eq!(counts(&report), [0, 3, 1, 0]);
        let rows = all_sales(&scope).await;
        let states: Vec<_> = rows.iter().map(|r| (r.status, r.gross_micros.0, r.refunded_micros.0)).collect();
        assert_eq!(
            states,
            [
                (SaleStatus::Completed, 100_000_000, 0),
                (SaleStatus::Refunded, 50_000_000, 50_000_000),
                (SaleStatus::Refunded, 30_000_000, 30_000_000),
                (SaleStatus::Cancelled, 20_000_000, 0),
            ]
        );
        assert_eq!(rows[0].reference, "S-000001");
        assert_eq!(count(&scope, "SELECT COUNT(*) FROM sale_refunds WHERE workspace_id = $1").await, 2);
        assert_eq!(
            count(&scope, "SELECT CAST(SUM(amount_micros) AS BIGINT) FROM sale_refunds WHERE workspace_id = $1").await,
            80_000_000
        );

        // What a person gave back by hand is part of what the file says was given back.
        let mut tx = scope.write().await.unwrap();
        sales::refund(&mut tx, &scope, rows[0].id, Micros(40_000_000), None, None).await.unwrap();
        tx.commit().await.unwrap();
        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let report = import(&scope, ImportKind::Sales, &second, None).await.unwrap();
        assert_eq!(counts(&report), [0, 0, 4, 0]);
        assert!(dump(&scope).await == before);
        let third = format!("{head}1,a@x.com,2026-01-31,100,paid,60\n3,a@x.com,2026-01-31,30,paid,5\n2,a@x.com,2026-01-31,40,paid,\n");
        let report = import(&scope, ImportKind::Sales, &third, None).await.unwrap();
        assert_eq!(counts(&report), [0, 1, 0, 2]);
        assert_eq!(all_sales(&scope).await[0].refunded_micros.0, 60_000_000);
        assert_eq!(
            count(&scope, "SELECT COUNT(*) FROM sales s WHERE s.workspace_id = $1 AND s.refunded_micros <> \
                COALESCE((SELECT SUM(r.amount_micros) FROM sale_refunds r WHERE r.sale_id = s.id), 0)").await,
            0
        );
    })
    .await;
}

/// A file tells the whole amount and the last day: what was given back before stays on its day.
#[tokio::test]
async fn a_later_refund_leaves_the_earlier_one_on_its_day() {
    in_both(|scope| async move {
        let file = |refunded: &str| format!("order id,email,date,amount,refunded,refund_date\n1,a@x.com,2026-03-01,100,{refunded}\n");
        let given_back = async || {
            let mut tx = scope.read().await.unwrap();
            let rows: Vec<(DateTime<Utc>, i64)> = on_tx!(&mut tx, |c| sqlx::query_as(
                "SELECT refunded_at, amount_micros FROM sale_refunds WHERE workspace_id = $1 ORDER BY refunded_at"
            )
            .bind(scope.workspace)
            .fetch_all(c)
            .await)
            .unwrap();
            rows.into_iter()
                .map(|(at, micros)| (at.date_naive().to_string(), micros / 1_000_000))
                .collect::<Vec<_>>()
        };
        let days = |rows: &[(&str, i64)]| {
            rows.iter()
                .map(|(day, amount)| ((*day).to_owned(), *amount))
                .collect::<Vec<_>>()
        };
        for (said, changed, expected) in [
            ("10,2026-03-05", [1, 0, 0, 0], days(&[("2026-03-05", 10)])),
            ("10,2026-03-05", [0, 0, 1, 0], days(&[("2026-03-05", 10)])),
            // The day was wrong.
            ("10,2026-03-06", [0, 1, 0, 0], days(&[("2026-03-06", 10)])),
            ("30,2026-04-05", [0, 1, 0, 0], days(&[("2026-03-06", 10), ("2026-04-05", 20)])),
            ("30,2026-04-05", [0, 0, 1, 0], days(&[("2026-03-06", 10), ("2026-04-05", 20)])),
            ("30,", [0, 0, 1, 0], days(&[("2026-03-06", 10), ("2026-04-05", 20)])),
            // Of the last one the amount was wrong.
            ("35,2026-04-05", [0, 1, 0, 0], days(&[("2026-03-06", 10), ("2026-04-05", 25)])),
            ("100,2026-05-01", [0, 1, 0, 0], days(&[("2026-03-06", 10), ("2026-04-05", 25), ("2026-05-01", 65)])),
            ("20,2026-05-01", [0, 0, 0, 1], days(&[("2026-03-06", 10), ("2026-04-05", 25), ("2026-05-01", 65)])),
        ] {
            scope.clock.advance(Duration::from_mins(1));
            let report = import(&scope, ImportKind::Sales, &file(said), None).await.unwrap();
            assert_eq!(counts(&report), changed, "{said}");
            assert_eq!(given_back().await, expected, "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn opportunities_enter_their_stage_once_and_sales_find_them() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "pt-BR").await.unwrap();
        tx.commit().await.unwrap();
        let head = "id da oportunidade,e-mail,oportunidade,valor,etapa,data\n";
        let first = format!("{head}1,a@x.com,Plano,1000,Proposta,2026-01-05\n2,b@x.com,Curso,,,2026-01-06\n3,b@x.com,Casa,5,Lua,2026-01-06\n");
        let report = import(&scope, ImportKind::Opportunities, &first, None).await.unwrap();
        assert_eq!((counts(&report), report.contacts_added), ([2, 0, 0, 1], 2));
        assert!(report.rejections[0].reason.contains("Negociação"), "{:?}", report.rejections);
        let second = format!("{head}1,a@x.com,Plano,1200,won,2026-01-05\n2,b@x.com,Curso,,,2026-01-06\n");
        let report = import(&scope, ImportKind::Opportunities, &second, None).await.unwrap();
        assert_eq!(counts(&report), [0, 1, 1, 0]);
        assert_eq!(count(&scope, "SELECT COUNT(*) FROM opportunity_moves WHERE workspace_id = $1").await, 3);
        assert_eq!(count(&scope, "SELECT COUNT(*) FROM opportunities WHERE workspace_id = $1 AND state = 'won' AND closed_at IS NOT NULL").await, 1);
        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let report = import(&scope, ImportKind::Opportunities, &second, None).await.unwrap();
        assert_eq!(counts(&report), [0, 0, 2, 0]);
        assert!(dump(&scope).await == before);

        let sold = "email,date,amount,opportunity id\na@x.com,2026-01-20,1200,1\nb@x.com,2026-01-20,5,1\nb@x.com,2026-01-20,6,99\n";
        let report = import(&scope, ImportKind::Sales, sold, None).await.unwrap();
        assert_eq!(counts(&report), [1, 0, 0, 2]);
        assert!(report.rejections[0].reason.contains("another contact"));
        assert!(report.rejections[1].reason.contains("no opportunity 99"));
        let mut tx = scope.read().await.unwrap();
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn currencies_keep_to_their_own_coins() {
    in_both(|scope| async move {
        let body = "email,date,amount,currency\na@x.com,2026-01-31,1500,JPY\na@x.com,2026-01-31,1500.5,JPY\n\
            a@x.com,2026-01-31,1.234,BHD\na@x.com,2026-01-31,12.34,CLP\na@x.com,2026-01-31,12.34,USD\na@x.com,2026-01-31,1,XYZ1\n";
        let report = import(&scope, ImportKind::Sales, body, None).await.unwrap();
        assert_eq!(counts(&report), [3, 0, 0, 3]);
        assert_eq!((total(&report, "JPY").as_str(), total(&report, "BHD").as_str()), ("1500", "1.234"));
        // Pesos of Chile have no decimals: a point can only stand between thousands.
        let pesos = Mapping { currency: Some("CLP".into()), columns: [("email", "mail"), ("date", "date"), ("amount", "amount")].map(|(a, b)| (a.into(), b.into())).into(), ..Mapping::default() };
        let body = "mail,date,amount\na@x.com,2026-01-31,12.990\n";
        let report = import(&scope, ImportKind::Sales, body, Some(&pesos)).await.unwrap();
        assert_eq!(total(&report, "CLP"), "12990");
    })
    .await;
}

#[tokio::test]
async fn rows_that_lie_ahead_or_are_given_back_before_they_were_sold_are_rejected() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        tx.commit().await.unwrap();
        let head = "order id,email,date,amount,refunded,refund date\n";
        let file = format!(
            "{head}1,a@x.com,2090-01-31,100,,\n2,a@x.com,2026-01-31,50,10,2026-01-30\n\
             3,a@x.com,2026-01-31 18:00,50,10,2026-01-31\n4,a@x.com,2026-01-31,50,10,2090-01-01\n"
        );
        let report = import(&scope, ImportKind::Sales, &file, None)
            .await
            .unwrap();
        assert_eq!(counts(&report), [1, 0, 0, 3]);
        let why: Vec<_> = report
            .rejections
            .iter()
            .map(|row| (row.row, row.told.reason))
            .collect();
        assert_eq!(
            why,
            [
                (2, Some(Reason::DayInFuture)),
                (3, Some(Reason::RefundBeforeSale)),
                (5, Some(Reason::DayInFuture)),
            ]
        );
        let said = &report.rejections[1].reason;
        assert!(
            said.contains("2026-01-30") && said.contains("2026-01-31"),
            "{said}"
        );
        // A sale does not move to a day after its refund.
        let moved = format!("{head}3,a@x.com,2026-02-02,50,10,2026-01-31\n");
        let report = import(&scope, ImportKind::Sales, &moved, None)
            .await
            .unwrap();
        assert_eq!(counts(&report), [0, 0, 0, 1]);

        let file = "id,email,date,value\n1,a@x.com,2090-01-31,100\n2,a@x.com,2026-01-31,100\n";
        let report = import(&scope, ImportKind::Opportunities, file, None)
            .await
            .unwrap();
        assert_eq!(counts(&report), [1, 0, 0, 1]);
        assert_eq!(report.rejections[0].told.reason, Some(Reason::DayInFuture));
    })
    .await;
}
