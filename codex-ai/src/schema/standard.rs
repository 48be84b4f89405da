//! `LlmSchema` for the types of the standard library and of a few crates that everybody uses.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::num::*;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FreeText, Json, LlmSchema};
use crate::partial::{PartialList, PartialMap, PartialText, Whole};
use crate::structured::Checks;

#[diagnostic::do_not_recommend]
impl LlmSchema for String {
    type Form = FreeText;
    type Partial = PartialText;

    fn llm_key(&self) -> Option<Cow<'_, str>> {
        Some(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl LlmSchema for Box<str> {
    type Form = Json;
    type Partial = PartialText;

    fn llm_key(&self) -> Option<Cow<'_, str>> {
        Some((**self).into())
    }
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
    (), f32, f64, std::path::PathBuf, std::time::Duration, std::time::SystemTime,
    serde_json::Value, serde_json::Map<String, serde_json::Value>, serde_json::Number,
}

/// Types that are written alike as a value and as a key of an object.
macro_rules! keys {
    ($($ty:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl LlmSchema for $ty {
            type Form = Json;
            type Partial = Whole;

            fn llm_key(&self) -> Option<Cow<'_, str>> {
                Some(self.to_string().into())
            }
        }
    )*};
}

keys! {
    bool, char,
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
    std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr,
}

fn each<'a, T: LlmSchema + 'a>(items: impl IntoIterator<Item = &'a T>, checks: &mut Checks<'_>) {
    for (index, item) in items.into_iter().enumerate() {
        item.llm_check(&mut checks.item(index));
    }
}

fn entries<'a, K: LlmSchema + 'a, V: LlmSchema + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    checks: &mut Checks<'_>,
) {
    for (index, (key, value)) in entries.into_iter().enumerate() {
        value.llm_check(&mut checks.entry(key, index));
    }
}

macro_rules! lists {
    ($($name:ident),*) => {$(
        impl<T: LlmSchema> LlmSchema for $name<T> {
            type Form = Json;
            type Partial = PartialList<T>;

            fn llm_check(&self, checks: &mut Checks<'_>) {
                each(self, checks);
            }
        }
    )*};
}

lists!(Vec, VecDeque, LinkedList);

impl<T: LlmSchema> LlmSchema for Option<T> {
    type Form = Json;
    type Partial = T::Partial;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        if let Some(value) = self {
            value.llm_check(checks);
        }
    }
}

impl<T: LlmSchema> LlmSchema for Box<T> {
    type Form = Json;
    // Boxed, as a type may hold itself.
    type Partial = Box<T::Partial>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        T::llm_check(self, checks);
    }

    fn llm_key(&self) -> Option<Cow<'_, str>> {
        T::llm_key(self)
    }
}

impl<T: LlmSchema> LlmSchema for Box<[T]> {
    type Form = Json;
    type Partial = PartialList<T>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        each(self, checks);
    }
}

impl<T: LlmSchema + Ord> LlmSchema for BTreeSet<T> {
    type Form = Json;
    type Partial = PartialList<T>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        each(self, checks);
    }
}

impl<T, S> LlmSchema for HashSet<T, S>
where
    T: LlmSchema + Eq + Hash,
    S: BuildHasher + Default,
{
    type Form = Json;
    type Partial = PartialList<T>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        each(self, checks);
    }
}

impl<K, V> LlmSchema for BTreeMap<K, V>
where
    K: LlmSchema + Ord,
    V: LlmSchema,
{
    type Form = Json;
    type Partial = PartialMap<K, V>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        entries(self, checks);
    }
}

impl<K, V, S> LlmSchema for HashMap<K, V, S>
where
    K: LlmSchema + Eq + Hash,
    V: LlmSchema,
    S: BuildHasher + Default,
{
    type Form = Json;
    type Partial = PartialMap<K, V>;

    fn llm_check(&self, checks: &mut Checks<'_>) {
        entries(self, checks);
    }
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
    ($($($name:ident $index:tt)+),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: LlmSchema),+> LlmSchema for ($($name,)+) {
            type Form = Json;
            type Partial = Whole;

            fn llm_check(&self, checks: &mut Checks<'_>) {
                $( self.$index.llm_check(&mut checks.item($index)); )+
            }
        }
    )*};
}

tuples! {
    A 0,
    A 0 B 1,
    A 0 B 1 C 2,
    A 0 B 1 C 2 D 3,
    A 0 B 1 C 2 D 3 E 4,
    A 0 B 1 C 2 D 3 E 4 F 5,
    A 0 B 1 C 2 D 3 E 4 F 5 G 6,
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7,
}

macro_rules! arrays {
    ($($len:literal)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: LlmSchema> LlmSchema for [T; $len] {
            type Form = Json;
            type Partial = Whole;

            fn llm_check(&self, checks: &mut Checks<'_>) {
                each(self, checks);
            }
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
json!(chrono::NaiveTime, chrono::NaiveDateTime, chrono::Weekday);

#[cfg(feature = "chrono")]
keys!(chrono::NaiveDate);

#[cfg(feature = "uuid")]
keys!(uuid::Uuid);

#[cfg(feature = "url")]
keys!(url::Url);
