//! From the type to the wire.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::choice::Asked;
use super::plan::{Absent, Entries, Form, Inner, Node, NodeId, Object, SAME, Tuple, value_of};
use super::{decode, digits};
use crate::error::Problem;
use crate::json::Tree;
use crate::schema::validate::{number, path::Path};

/// Values nested more deeply than this are refused.
const DEEPEST: usize = 512;

/// A value of the type in the vendor's form.
///
/// # Errors
/// What has no place there.
pub(super) fn whole(plan: &Inner, value: Tree) -> Result<Tree, Problem> {
    let seen = Value::from(value.clone());
    Walk { plan, depth: 0, asked: None }.encode(plan.root, value, &seen, &Path::WHOLE)
}

struct Walk<'p> {
    plan: &'p Inner,
    depth: usize,
    asked: Option<Asked<'p>>,
}

impl Walk<'_> {
    /// A value of a node; one that does not follow the schema may stay as it is.
    fn encode(&mut self, id: NodeId, value: Tree, seen: &Value, at: &Path<'_>) -> Result<Tree, Problem> {
        if self.depth > DEEPEST {
            return Err(Problem::new(at.render(), "is nested too deeply"));
        }
        self.depth += 1;
        let encoded = match (self.plan.node(id), value) {
            (Node::Object(object), Tree::Object(entries)) => self.object(object, entries, seen, at),
            (Node::List { first, items }, Tree::List(list)) => {
                let node = |place: usize| first.get(place).copied().unwrap_or(*items);
                let items = list.into_iter().enumerate();
                items
                    .map(|(place, item)| self.encode(node(place), item, part(seen, place), &at.index(place)))
                    .collect::<Result<_, _>>()
                    .map(Tree::List)
            }
            (Node::Map(map), Tree::Object(entries)) => self.entries(map, entries, seen, at),
            (Node::Tuple(tuple), Tree::List(list)) => self.tuple(tuple, list, seen, at),
            (Node::Listed(listed), value) => {
                // A value has many texts, and one of them is on the list.
                let value = Value::from(value);
                let known = listed.iter().find(|known| number::equal(known, &value) == Some(true));
                Ok(Tree::Text(known.unwrap_or(&value).to_string()))
            }
            (Node::Text, value) => Ok(Tree::Text(value.to_string())),
            (Node::Digits, Tree::Number(number)) => match digits::digits_of(&number) {
                Some(digits) => Ok(Tree::Text(digits.to_owned())),
                None => Err(Problem::new(at.render(), format!("`{number}` has no form in digits"))),
            },
            (Node::Wrapped(wrapped), value) => {
                let inner = self.encode(wrapped.node, value, seen, at)?;
                Ok(Tree::Object(vec![(wrapped.name.to_string(), inner)]))
            }
            (Node::Choice(forms), value) => self.choice(id, forms, value, seen, at),
            (_, value) => Ok(value),
        };
        self.depth -= 1;
        encoded
    }

    fn object(
        &mut self,
        object: &Object,
        entries: Vec<(String, Tree)>,
        seen: &Value,
        at: &Path<'_>,
    ) -> Result<Tree, Problem> {
        let mut named: Vec<Option<Tree>> = vec![None; object.fields.len()];
        let mut free = Vec::new();
        for (key, value) in entries {
            match object.by_name.get(key.as_str()) {
                Some(place) => named[*place] = Some(value),
                None => free.push((key, value)),
            }
        }
        let mut out = Vec::with_capacity(named.len() + 1);
        for (field, value) in object.fields.iter().zip(named) {
            let name = field.name.to_string();
            let here = at.key(&name);
            let written = match (value, &field.absent) {
                (Some(value), _) => self.encode(field.node, value, part(seen, &*name), &here)?,
                (None, Absent::Left) => continue,
                (None, Absent::Null) => Tree::Null,
                (None, Absent::Value(value)) => {
                    let seen = Value::from(value.clone());
                    // What was remembered must not be taken for this value, which is gone soon.
                    let asked = self.asked.take();
                    let written = self.encode(field.node, value.clone(), &seen, &here)?;
                    self.asked = asked;
                    written
                }
            };
            out.push((name, written));
        }
        match &object.others {
            Some((name, others)) => {
                let others = self.entries(others, free, seen, at)?;
                out.push((name.to_string(), others));
            }
            None => {
                for (key, value) in free {
                    let here = at.key(&key);
                    let node = value_of(&object.free, &key);
                    // Patterns become the one form of all keys in some vendor's form.
                    if object.is_closed || node.is_none() && !object.free.is_empty() {
                        return Err(Problem::new(here.render(), "is not named by the schema"));
                    }
                    let value = self.encode(node.unwrap_or(SAME), value, part(seen, &*key), &here)?;
                    out.push((key, value));
                }
            }
        }
        Ok(Tree::Object(out))
    }

    fn entries(
        &mut self,
        map: &Entries,
        entries: Vec<(String, Tree)>,
        seen: &Value,
        at: &Path<'_>,
    ) -> Result<Tree, Problem> {
        let mut taken = HashSet::with_capacity(entries.len());
        let mut out = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let here = at.key(&key);
            if !taken.insert(key.clone()) {
                return Err(Problem::new(here.render(), "is there twice; a key must be there once"));
            }
            let Some(node) = map.value(&key) else {
                return Err(Problem::new(here.render(), "is not named by the schema"));
            };
            let value = self.encode(node, value, part(seen, &*key), &here)?;
            let key = match digits::number_of(&key).filter(|digits| *digits == key) {
                Some(digits) if map.has_number_keys => Tree::Number(digits),
                None if map.has_number_keys => {
                    return Err(Problem::new(here.render(), "is no whole number as a key"));
                }
                _ => Tree::Text(key),
            };
            out.push(Tree::Object(vec![("key".to_owned(), key), ("value".to_owned(), value)]));
        }
        Ok(Tree::List(out))
    }

    fn tuple(&mut self, tuple: &Tuple, list: Vec<Tree>, seen: &Value, at: &Path<'_>) -> Result<Tree, Problem> {
        let mut out = Vec::with_capacity(tuple.items.len() + 1);
        let mut rest = Vec::new();
        for (place, item) in list.into_iter().enumerate() {
            let here = at.index(place);
            match (tuple.items.get(place), tuple.rest) {
                (Some(node), _) => {
                    out.push((place.to_string(), self.encode(*node, item, part(seen, place), &here)?));
                }
                (None, Some(node)) => rest.push(self.encode(node, item, part(seen, place), &here)?),
                (None, None) => return Err(Problem::new(here.render(), "is one item too much")),
            }
        }
        for place in out.len()..tuple.items.len() {
            if tuple.has_nulls {
                out.push((place.to_string(), Tree::Null));
            }
        }
        if tuple.rest.is_some() {
            out.push(("rest".to_owned(), Tree::List(rest)));
        }
        Ok(Tree::Object(out))
    }

    /// The likeliest form in which the value is read back as the same one.
    fn choice(
        &mut self,
        id: NodeId,
        forms: &[Form],
        value: Tree,
        seen: &Value,
        at: &Path<'_>,
    ) -> Result<Tree, Problem> {
        let asked = &mut self.asked;
        let side = &self.plan.forms.own;
        let found = side.pick(forms, &value, |form| {
            let asked = match asked {
                Some(asked) => Some(asked),
                None => {
                    *asked = side.probe();
                    asked.as_mut()
                }
            };
            asked.is_some_and(|asked| asked.follows(form, seen))
        });
        let mut problem = None;
        for form in &found {
            let node = forms[*form].node;
            match self.encode(node, value.clone(), seen, at) {
                Ok(written) if self.is_read_back(id, &written, &value) => return Ok(written),
                Ok(_) => {
                    problem.get_or_insert_with(|| {
                        Problem::new(
                            at.render(),
                            "looks like a value of another form once it is written for the vendor",
                        )
                    });
                }
                Err(error) => {
                    problem.get_or_insert(error);
                }
            }
        }
        problem.map_or(Ok(value), Err)
    }

    fn is_read_back(&self, id: NodeId, written: &Tree, value: &Tree) -> bool {
        self.plan.is_same(id) || decode::whole(self.plan, id, written.clone()).is_ok_and(|read| is_same(&read, value))
    }
}

/// Whether two values are the same, where null is as good as a key that is not there.
fn is_same(a: &Tree, b: &Tree) -> bool {
    match (a, b) {
        (Tree::List(a), Tree::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Tree::Object(a), Tree::Object(b)) => {
            let of_b: HashMap<_, _> = b.iter().map(|(key, value)| (key, value)).collect();
            let of_a: HashSet<_> = a.iter().map(|(key, _)| key).collect();
            a.iter().all(|(key, value)| is_same(value, of_b.get(key).copied().unwrap_or(&Tree::Null)))
                && b.iter().all(|(key, value)| *value == Tree::Null || of_a.contains(key))
        }
        (Tree::Number(a), Tree::Number(b)) => {
            a == b || digits::digits_of(a).is_some_and(|a| digits::digits_of(b) == Some(a))
        }
        (a, b) => a == b,
    }
}

fn part<I: serde_json::value::Index>(seen: &Value, index: I) -> &Value {
    seen.get(index).unwrap_or(&Value::Null)
}
