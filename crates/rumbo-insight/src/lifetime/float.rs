//! Whole numbers as floats. The standard library has no such conversion for wide numbers except
//! `as`, which the house does not use because it also narrows in silence.

/// The number with these bytes, the most significant first, as many as make whole words. Exact up to 2⁵³.
fn from_bytes(bytes: &[u8]) -> f64 {
    let words = bytes
        .chunks_exact(4)
        .filter_map(|word| word.try_into().ok());
    words.fold(0.0, |sum, word| {
        sum * 4_294_967_296.0 + f64::from(u32::from_be_bytes(word))
    })
}

pub(crate) fn from_count(count: usize) -> f64 {
    from_bytes(&count.to_be_bytes())
}

pub(crate) fn from_whole(whole: i128) -> f64 {
    let size = from_bytes(&whole.unsigned_abs().to_be_bytes());
    if whole < 0 { -size } else { size }
}
