//! Any bytes as a file to import: text of every encoding, and workbooks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rumbo_platform::table_file::{
    DateOrder, DecimalMark, ReadOptions, date_order, decimal_mark, parse_amount, parse_count,
    parse_date, read_bytes,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = read_bytes(bytes, &ReadOptions::default()) else {
        return;
    };
    for column in 0..table.width.min(16) {
        for decimals in [None, Some(0)] {
            let _ = decimal_mark(table.cells(column), decimals);
        }
        let _ = date_order(table.cells(column));
        for (_, cell) in table.cells(column).take(64) {
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                let _ = (parse_amount(cell, mark), parse_count(cell, mark));
            }
            let _ = parse_date(cell, DateOrder::DayMonth);
            let _ = (cell.id(), cell.text());
        }
    }
});
