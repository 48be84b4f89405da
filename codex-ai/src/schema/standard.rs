//! `LlmSchema` for the types of the standard library and of a few crates that everybody uses.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::num::*;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FreeText, Json, LlmSchema};
use crate::partial::{PartialList, PartialMap, PartialText, Whole};

#[diagnostic::do_not_recommend]
impl LlmSchema for String {
    type Form = FreeText;
    type Partial = PartialText;
}

#[diagnostic::do_not_recommend]
impl LlmSchema for Box<str> {
    type Form = Json;
    type Partial = PartialText;
}

macro_rules! json {
    ($($ty:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl LlmSchema for $ty {
            type Form = Json;
            type Partial = Whole;
        }
    )*};
}

json! {
    bool, char, (), f32, f64,
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
    std::path::PathBuf, std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr, std::time::Duration,
    std::time::SystemTime, serde_json::Value, serde_json::Map<String, serde_json::Value>, serde_json::Number,
}

macro_rules! containers {
    ($($name:ident),*) => {$(
        impl<T: LlmSchema> LlmSchema for $name<T> {
            type Form = Json;
            type Partial = PartialList<T>;
        }
    )*};
}

containers!(Vec, VecDeque, LinkedList);

/// A value that may be missing grows as the value does.
impl<T: LlmSchema> LlmSchema for Option<T> {
    type Form = Json;
    type Partial = T::Partial;
}

// Boxed, as a type may hold itself.
impl<T: LlmSchema> LlmSchema for Box<T> {
    type Form = Json;
    type Partial = Box<T::Partial>;
}

impl<T: LlmSchema> LlmSchema for Box<[T]> {
    type Form = Json;
    type Partial = PartialList<T>;
}

impl<T: LlmSchema + Ord> LlmSchema for BTreeSet<T> {
    type Form = Json;
    type Partial = PartialList<T>;
}

impl<T, S> LlmSchema for HashSet<T, S>
where
    T: LlmSchema + Eq + Hash,
    S: BuildHasher + Default,
{
    type Form = Json;
    type Partial = PartialList<T>;
}

impl<K, V> LlmSchema for BTreeMap<K, V>
where
    K: JsonSchema + for<'de> Deserialize<'de> + Ord,
    V: LlmSchema,
{
    type Form = Json;
    type Partial = PartialMap<K, V>;
}

impl<K, V, S> LlmSchema for HashMap<K, V, S>
where
    K: JsonSchema + for<'de> Deserialize<'de> + Eq + Hash,
    V: LlmSchema,
    S: BuildHasher + Default,
{
    type Form = Json;
    type Partial = PartialMap<K, V>;
}

#[diagnostic::do_not_recommend]
impl<T> LlmSchema for Cow<'_, T>
where
    T: ?Sized + ToOwned + JsonSchema,
    T::Owned: for<'de> Deserialize<'de>,
{
    type Form = Json;
    type Partial = Whole;
}

macro_rules! tuples {
    ($($($name:ident)+),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: LlmSchema),+> LlmSchema for ($($name,)+) {
            type Form = Json;
            type Partial = Whole;
        }
    )*};
}

tuples!(A, A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H);

macro_rules! arrays {
    ($($len:literal)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: LlmSchema> LlmSchema for [T; $len] {
            type Form = Json;
            type Partial = Whole;
        }
    )*};
}

// The lengths that both serde and schemars know.
arrays!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);

#[cfg(feature = "chrono")]
#[diagnostic::do_not_recommend]
impl<Z: chrono::TimeZone> LlmSchema for chrono::DateTime<Z>
where
    Self: for<'de> Deserialize<'de>,
{
    type Form = Json;
    type Partial = Whole;
}

#[cfg(feature = "chrono")]
json!(chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::Weekday);

#[cfg(feature = "uuid")]
json!(uuid::Uuid);

#[cfg(feature = "url")]
json!(url::Url);
