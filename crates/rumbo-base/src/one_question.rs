//! Figures that answer one question of Meta's, for one object and one period. The people of Monday
//! and those of Tuesday overlap: what is here cannot be added up or averaged, and does not compile
//! where somebody tries.

/// Meta's estimate of how many people saw an ad at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Reach(pub i64);

/// How often each of them saw it: impressions / reach of the same question.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Frequency(pub f64);

/// How many of them clicked, whatever on, or on the link: `unique_clicks`, `unique_inline_link_clicks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct UniqueClicks(pub i64);

/// Fails to compile for a type that has one of the operations named.
#[macro_export]
macro_rules! never_added {
    ($($type:ty: $($operation:path),+;)+) => {
        $($(const _: fn() = || {
            struct Added;
            trait Either<A> { fn one() {} }
            impl<T: ?Sized> Either<()> for T {}
            impl<T: $operation> Either<Added> for T {}
            // With the operation there are two of it, and the compiler cannot tell which is meant.
            let _ = <$type as Either<_>>::one;
        };)+)+
    };
}

never_added! {
    Reach: std::ops::Add, std::ops::AddAssign, std::iter::Sum;
    Frequency: std::ops::Add, std::ops::AddAssign, std::iter::Sum;
    UniqueClicks: std::ops::Add, std::ops::AddAssign, std::iter::Sum;
}
