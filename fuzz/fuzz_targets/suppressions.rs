//! Any bytes as a list of addresses that are not to be written to. What was taken is taken again as the
//! same.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use rumbo_base::TimeZone;
use rumbo_channels::ChannelKind;
use rumbo_engage::consent::Reader;
use rumbo_platform::table_file::{ReadOptions, read_bytes};

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = read_bytes(bytes, &ReadOptions::default()) else {
        return;
    };
    for kind in [None, Some(ChannelKind::Sms), Some(ChannelKind::Email)] {
        let reader = Reader {
            kind,
            region: Some("AR".to_owned()),
            zone: TimeZone::UTC,
            now: DateTime::UNIX_EPOCH,
        };
        let Ok(rows) = reader.rows(&table) else {
            continue;
        };
        for entry in rows.into_iter().filter_map(|(_, _, entry)| entry.ok()) {
            assert!(entry.at.is_none_or(|at| at <= DateTime::UNIX_EPOCH));
            let line = format!("address\n\"{}\"\n", entry.address.replace('"', "\"\""));
            let Ok(table) = read_bytes(line.as_bytes(), &ReadOptions::default()) else {
                continue;
            };
            let again = Reader {
                kind: Some(entry.kind),
                ..reader.clone()
            };
            let read = again.rows(&table);
            let first = read.iter().flatten().next();
            if let Some((_, _, Ok(same))) = first {
                assert_eq!(same.address, entry.address);
            }
        }
    }
});
