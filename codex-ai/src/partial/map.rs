//! A map that is still coming.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Cursor, Grow, Progress};
use crate::json::Tree;
use crate::schema::LlmSchema;

/// A map that is still coming: its entries in the order in which they come. Only the last one can change.
pub struct PartialMap<K, V: LlmSchema> {
    entries: Vec<Option<(K, Progress<V>)>>,
    /// How many entries are complete.
    seen: usize,
}

impl<K, V: LlmSchema> PartialMap<K, V> {
    /// The keys with what has come of their values. An entry whose key is no `K` is left out.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Progress<V>)> {
        self.entries.iter().flatten().map(|(key, value)| (key, value))
    }

    /// What has come for a key; the last one where it is there twice.
    pub fn get<Q>(&self, key: &Q) -> Option<&Progress<V>>
    where
        K: PartialEq<Q>,
        Q: ?Sized,
    {
        self.entries.iter().rev().flatten().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

impl<K: DeserializeOwned, V: LlmSchema> Grow for PartialMap<K, V> {
    fn grow(&mut self, from: Cursor<'_>) -> bool {
        let mut changed = false;
        for (index, entry) in (self.seen..).zip(from.entries(&mut self.seen)) {
            match (self.entries.get_mut(index), entry) {
                (Some(Some((_, known))), Some((_, value))) => changed |= known.grow(value),
                (Some(known), Some((key, value))) => {
                    *known = begun(key, value);
                    changed |= known.is_some();
                }
                (None, Some((key, value))) => {
                    let new = begun(key, value);
                    changed |= new.is_some();
                    self.entries.push(new);
                }
                (None, None) => self.entries.push(None),
                (Some(_), None) => {}
            }
        }
        changed
    }
}

fn begun<K: DeserializeOwned, V: LlmSchema>(key: &str, value: Cursor<'_>) -> Option<(K, Progress<V>)> {
    let mut new = Progress::Pending;
    new.grow(value);
    Some((read_key(key)?, new))
}

/// The key of a map as serde reads it: a number may stand for itself.
fn read_key<K: DeserializeOwned>(key: &str) -> Option<K> {
    let map = Tree::Object(vec![(key.to_owned(), Tree::Null)]);
    serde_json::from_str::<FirstKey<K>>(&map.to_string()).ok().map(|first| first.0)
}

struct FirstKey<K>(K);

impl<'de, K: Deserialize<'de>> Deserialize<'de> for FirstKey<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First<K>(PhantomData<K>);

        impl<'de, K: Deserialize<'de>> Visitor<'de> for First<K> {
            type Value = FirstKey<K>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                match map.next_entry::<K, IgnoredAny>()? {
                    Some((key, _)) => Ok(FirstKey(key)),
                    None => Err(serde::de::Error::custom("no key")),
                }
            }
        }

        deserializer.deserialize_map(First(PhantomData))
    }
}

impl<K, V: LlmSchema> Default for PartialMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), seen: 0 }
    }
}

/// Without the keys, which may have no `Debug`.
impl<K, V: LlmSchema> fmt::Debug for PartialMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, value)| value)).finish()
    }
}
