//! Which types take which bound of `#[llm(..)]`. For generated code only.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet, LinkedList, VecDeque};
use std::num::*;

macro_rules! bound {
    ($key:ident, $takes:ident, $what:literal, $why:literal, $instead:literal) => {
        #[diagnostic::on_unimplemented(message = $what, label = $why, note = $instead)]
        pub trait $takes {}

        #[diagnostic::do_not_recommend]
        impl<T: $takes> $takes for Option<T> {}
        #[diagnostic::do_not_recommend]
        impl<T: $takes + ?Sized> $takes for Box<T> {}

        /// Compiles where the type takes the bound.
        pub const fn $key<T: $takes + ?Sized>() {}
    };
}

bound!(
    min,
    TakesMin,
    "`min` does not apply to `{Self}`",
    "only numbers have a `min`",
    "use `min_length` for a string, `min_items` for a list"
);
bound!(
    max,
    TakesMax,
    "`max` does not apply to `{Self}`",
    "only numbers have a `max`",
    "use `max_length` for a string, `max_items` for a list"
);
bound!(
    min_length,
    TakesMinLength,
    "`min_length` does not apply to `{Self}`",
    "only strings have a length",
    "use `min` for a number, `min_items` for a list"
);
bound!(
    max_length,
    TakesMaxLength,
    "`max_length` does not apply to `{Self}`",
    "only strings have a length",
    "use `max` for a number, `max_items` for a list"
);
bound!(
    min_items,
    TakesMinItems,
    "`min_items` does not apply to `{Self}`",
    "only lists have items",
    "use `min` for a number, `min_length` for a string"
);
bound!(
    max_items,
    TakesMaxItems,
    "`max_items` does not apply to `{Self}`",
    "only lists have items",
    "use `max` for a number, `max_length` for a string"
);
bound!(
    pattern,
    TakesPattern,
    "`pattern` does not apply to `{Self}`",
    "only strings have a pattern",
    "put it on a field of type `String`"
);
bound!(
    format,
    TakesFormat,
    "`format` does not apply to `{Self}`",
    "only strings have a format",
    "put it on a field of type `String`"
);

macro_rules! take {
    ($types:tt $($takes:ident)*) => {$( take!(@ $takes $types); )*};
    (@ $takes:ident [$($ty:ty),* $(,)?]) => {$( impl $takes for $ty {} )*};
}

take!([f32, f64, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize] TakesMin TakesMax);
take!([String, str, Cow<'_, str>] TakesMinLength TakesMaxLength TakesPattern TakesFormat);

macro_rules! lists {
    ($($takes:ident)*) => {$(
        impl<T> $takes for Vec<T> {}
        impl<T> $takes for VecDeque<T> {}
        impl<T> $takes for LinkedList<T> {}
        impl<T> $takes for [T] {}
        impl<T> $takes for BTreeSet<T> {}
        impl<T, S> $takes for HashSet<T, S> {}
    )*};
}

lists!(TakesMinItems TakesMaxItems);
