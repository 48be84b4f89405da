//! From the wire to the type.
//!
//! Linear: each part is looked at once, and what the forms of a choice are asked is remembered. What is not in the form of
//! the wire stays as it is, and so does what is in the form of the type already.

use serde_json::Value;

use super::choice::Asked;
use super::plan::{Absent, Entries, Form, Inner, Node, NodeId, Object, SAME, Tuple, Wrapped, value_of};
use super::{digits, text};
use crate::error::Problem;
use crate::json::Tree;
use crate::schema::validate::path::Path;

/// Values nested more deeply than this stay as they are; the check that follows refuses them.
const DEEPEST: usize = 512;

/// A value of a node, as one of the type.
///
/// # Errors
/// What would be lost.
pub(super) fn whole(plan: &Inner, id: NodeId, value: Tree) -> Result<Tree, Problem> {
    Walk { plan, depth: 0, asked: None }.decode(id, value, None, &Path::WHOLE)
}

struct Walk<'p> {
    plan: &'p Inner,
    depth: usize,
    /// Set inside a choice that the look of the value did not settle.
    asked: Option<Asked<'p>>,
}

/// The value as the validator reads it, inside a choice that needed one.
type Seen<'v> = Option<&'v Value>;

impl Walk<'_> {
    fn decode(&mut self, id: NodeId, value: Tree, seen: Seen<'_>, at: &Path<'_>) -> Result<Tree, Problem> {
        if self.plan.is_same(id) || self.depth > DEEPEST {
            return Ok(value);
        }
        self.depth += 1;
        let decoded = match (self.plan.node(id), value) {
            (Node::Object(object), Tree::Object(entries)) => self.object(object, entries, seen, at),
            (Node::List { first, items }, Tree::List(list)) => {
                self.list(list, seen, at, |place| first.get(place).copied().unwrap_or(*items))
            }
            (Node::Map(entries), value) => self.map(entries, value, seen, at),
            (Node::Tuple(tuple), value) => self.tuple(tuple, value, seen, at),
            (Node::Text | Node::Listed(_), Tree::Text(text)) => Ok(text::read(&text).unwrap_or(Tree::Text(text))),
            (Node::Digits, Tree::Text(text)) => Ok(digits::number_of(&text).map_or(Tree::Text(text), Tree::Number)),
            (Node::Wrapped(wrapped), value) => self.wrapped(wrapped, value, seen, at),
            (Node::Choice(forms), value) => self.choice(forms, value, seen, at),
            (_, value) => Ok(value),
        };
        self.depth -= 1;
        decoded
    }

    fn object(
        &mut self,
        object: &Object,
        entries: Vec<(String, Tree)>,
        seen: Seen<'_>,
        at: &Path<'_>,
    ) -> Result<Tree, Problem> {
        let mut out = Vec::with_capacity(entries.len());
        let mut spliced = Vec::new();
        for (key, value) in entries {
            let part = seen.and_then(|seen| seen.get(&key));
            let field = object.by_name.get(key.as_str()).map(|place| &object.fields[*place]);
            let node = match (field, &object.others) {
                (Some(field), _) if field.absent == Absent::Null && value == Tree::Null => continue,
                (Some(field), _) => field.node,
                (None, Some((name, _))) if **name == *key && value == Tree::Null => continue,
                (None, Some((name, others))) if **name == *key => match entries_of(value) {
                    Ok(more) => {
                        spliced.push((others, more, key));
                        continue;
                    }
                    Err(value) => {
                        out.push((key, value));
                        continue;
                    }
                },
                // A free key in place, as the type has it.
                (None, Some((_, others))) => others.value(&key).unwrap_or(SAME),
                (None, None) => value_of(&object.free, &key).unwrap_or(SAME),
            };
            let value = self.decode(node, value, part, &at.key(&key))?;
            out.push((key, value));
        }
        for (others, more, name) in spliced {
            let parts = seen.and_then(|seen| seen.get(&name));
            let mut taken: std::collections::HashSet<_> = out.iter().map(|(key, _)| key.clone()).collect();
            for (index, (key, value)) in more.into_iter().enumerate() {
                let here = at.key(&key);
                if object.by_name.contains_key(key.as_str()) || !taken.insert(key.clone()) {
                    return Err(twice(&here));
                }
                let part = parts.and_then(|parts| parts.get(index)?.get("value"));
                let value = self.decode(others.value(&key).unwrap_or(SAME), value, part, &here)?;
                out.push((key, value));
            }
        }
        Ok(Tree::Object(out))
    }

    fn list(
        &mut self,
        list: Vec<Tree>,
        seen: Seen<'_>,
        at: &Path<'_>,
        node: impl Fn(usize) -> NodeId,
    ) -> Result<Tree, Problem> {
        let mut out = Vec::with_capacity(list.len());
        for (place, item) in list.into_iter().enumerate() {
            let part = seen.and_then(|seen| seen.get(place));
            out.push(self.decode(node(place), item, part, &at.index(place))?);
        }
        Ok(Tree::List(out))
    }

    fn map(&mut self, map: &Entries, value: Tree, seen: Seen<'_>, at: &Path<'_>) -> Result<Tree, Problem> {
        // One entry without its list cannot be told from a map with these two keys.
        if is_entry(&value) {
            return Ok(value);
        }
        let (entries, is_list) = match value {
            Tree::Object(entries) => (entries, false),
            value => match entries_of(value) {
                Ok(entries) => (entries, true),
                Err(value) => return Ok(value),
            },
        };
        let mut taken = std::collections::HashSet::with_capacity(entries.len());
        let mut out = Vec::with_capacity(entries.len());
        for (index, (key, value)) in entries.into_iter().enumerate() {
            let here = at.key(&key);
            if is_list && !taken.insert(key.clone()) {
                return Err(twice(&here));
            }
            let part = seen.and_then(|seen| if is_list { seen.get(index)?.get("value") } else { seen.get(&key) });
            let value = self.decode(map.value(&key).unwrap_or(SAME), value, part, &here)?;
            out.push((key, value));
        }
        Ok(Tree::Object(out))
    }

    fn tuple(&mut self, tuple: &Tuple, value: Tree, seen: Seen<'_>, at: &Path<'_>) -> Result<Tree, Problem> {
        let node = |place: usize| tuple.items.get(place).copied().or(tuple.rest);
        let entries = match value {
            Tree::List(list) => {
                return self.list(list, seen, at, |place| node(place).unwrap_or(SAME));
            }
            Tree::Object(entries) => entries,
            value => return Ok(value),
        };
        let mut places: Vec<Option<Tree>> = vec![None; tuple.items.len()];
        let mut rest = None;
        let has_all = entries.iter().all(|(key, value)| {
            let place = place_of(key, tuple.items.len());
            place.is_some() || tuple.rest.is_some() && key == "rest" && matches!(value, Tree::List(_) | Tree::Null)
        });
        let present = |place: usize| {
            let name = place.to_string();
            entries
                .iter()
                .any(|(key, value)| *key == name && (place < tuple.fewest || !tuple.has_nulls || *value != Tree::Null))
        };
        let length = (0..tuple.items.len()).take_while(|place| present(*place)).count();
        let has_more = (length..tuple.items.len()).any(present)
            || length < tuple.items.len()
                && entries
                    .iter()
                    .any(|(key, value)| key == "rest" && matches!(value, Tree::List(rest) if !rest.is_empty()));
        if !has_all || length < tuple.fewest || has_more {
            return Ok(Tree::Object(entries));
        }
        for (key, value) in entries {
            match place_of(&key, places.len()) {
                Some(place) => {
                    let part = seen.and_then(|seen| seen.get(&key));
                    places[place] = Some(self.decode(tuple.items[place], value, part, &at.index(place))?);
                }
                None => rest = Some(value),
            }
        }
        let mut out: Vec<_> = places.into_iter().take(length).flatten().collect();
        if let (Some(Tree::List(more)), Some(node)) = (rest, tuple.rest) {
            let parts = seen.and_then(|seen| seen.get("rest"));
            for (index, item) in more.into_iter().enumerate() {
                let part = parts.and_then(|parts| parts.get(index));
                out.push(self.decode(node, item, part, &at.index(length + index))?);
            }
        }
        Ok(Tree::List(out))
    }

    fn wrapped(&mut self, wrapped: &Wrapped, value: Tree, seen: Seen<'_>, at: &Path<'_>) -> Result<Tree, Problem> {
        let fit = self.plan.forms.wire.fit(wrapped.form);
        let is_whole = fit.distance(&value).is_some();
        match value {
            Tree::Object(mut entries)
                if entries.len() == 1
                    && *entries[0].0 == *wrapped.name
                    && (!is_whole || fit.distance(&entries[0].1).is_some()) =>
            {
                let Some((key, inner)) = entries.pop() else { return Ok(Tree::Object(entries)) };
                self.decode(wrapped.node, inner, seen.and_then(|seen| seen.get(&key)), at)
            }
            value => self.decode(wrapped.node, value, seen, at),
        }
    }

    fn choice(&mut self, forms: &[Form], value: Tree, seen: Seen<'_>, at: &Path<'_>) -> Result<Tree, Problem> {
        let side = &self.plan.forms.wire;
        let mut made = None;
        let found = match seen {
            Some(seen) => {
                let asked = &mut self.asked;
                side.pick(forms, &value, |form| asked.as_mut().is_some_and(|asked| asked.follows(form, seen)))
            }
            None => {
                let asked = &mut self.asked;
                side.pick(forms, &value, |form| {
                    let seen = made.get_or_insert_with(|| Value::from(value.clone()));
                    let asked = match asked {
                        Some(asked) => Some(asked),
                        None => {
                            *asked = side.probe();
                            asked.as_mut()
                        }
                    };
                    asked.is_some_and(|asked| asked.follows(form, seen))
                })
            }
        };
        // What is in the form of the type already is left as it is, but for what is in it.
        let found =
            found.first().copied().or_else(|| self.plan.forms.own.pick(forms, &value, |_| true).first().copied());
        let decoded = match found {
            Some(form) => self.decode(forms[form].node, value, seen.or(made.as_ref()), at),
            None => Ok(value),
        };
        if made.is_some() {
            // What was remembered is of values that are gone now.
            self.asked = None;
        }
        decoded
    }
}

fn twice(at: &Path<'_>) -> Problem {
    Problem::new(at.render(), "is there twice; a key must be there once")
}

/// The place that a key of a tuple names.
fn place_of(key: &str, length: usize) -> Option<usize> {
    let is_number = key == "0" || !key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit());
    key.parse().ok().filter(|place| is_number && *place < length)
}

/// Whether the value is an object of a key and a value, and the key is a scalar.
fn is_entry(value: &Tree) -> bool {
    let Tree::Object(parts) = value else { return false };
    let (key, has_value) = match parts.as_slice() {
        [(first, key), (second, _)] if first == "key" => (key, second == "value"),
        [(first, _), (second, key)] if second == "key" => (key, first == "value"),
        _ => return false,
    };
    has_value && matches!(key, Tree::Text(_) | Tree::Number(_) | Tree::Bool(_))
}

/// The entries of a list of them; the value itself where it is none.
fn entries_of(value: Tree) -> Result<Vec<(String, Tree)>, Tree> {
    let Tree::List(items) = value else { return Err(value) };
    if !items.iter().all(is_entry) {
        return Err(Tree::List(items));
    }
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        let Tree::Object(parts) = item else { continue };
        let (mut key, mut value) = (String::new(), Tree::Null);
        for (name, part) in parts {
            match (name.as_str(), part) {
                ("key", Tree::Text(text)) => key = text,
                ("key", Tree::Number(digits)) => key = digits,
                ("key", Tree::Bool(word)) => key = word.to_string(),
                (_, part) => value = part,
            }
        }
        entries.push((key, value));
    }
    Ok(entries)
}
