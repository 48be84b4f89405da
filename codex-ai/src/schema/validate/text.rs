//! The same check on a JSON text, without a [`Value`] of it: most answers are right, and to know that takes no tree.
//!
//! What is said here is `true` or nothing. A part whose schema asks for more than one look (several forms that fit, items
//! that must differ) becomes a value of its own, and is checked as one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::check::Run;
use super::node::{Node, NodeId, ObjectRules, Types};
use super::path::Path;
use super::scan::Scan;
use super::unique::Unique;

/// Whether a text, if it is JSON, follows the schema of these nodes and has no key twice in an object. `false` may also
/// mean that it was not found out. That it is JSON is for the caller to see, who reads a value from it anyway.
pub(super) fn follows(nodes: &[Node], fields: &[Option<Fields>], text: &str) -> bool {
    let mut run = Run::new(nodes);
    let mut scan = Scan::new(text);
    let root = Part { id: Some(0), fields, run: &mut run };
    root.deserialize(&mut scan).is_ok() && scan.is_at_end()
}

/// The properties of an object in the schema's order, which is mostly that of the answer, too.
pub(super) struct Fields {
    names: Box<[(Box<str>, NodeId)]>,
    /// A bit for each property that must be there.
    required: u64,
    /// A bit for each further name of a property. With such a name it is for others to say which property is meant.
    aliases: u64,
}

impl Fields {
    /// For each node the properties, where an object can be checked while it is read.
    pub(super) fn of(nodes: &[Node]) -> Box<[Option<Self>]> {
        nodes.iter().map(|node| Self::of_rules(node.objects.as_ref()?)).collect()
    }

    fn of_rules(rules: &ObjectRules) -> Option<Self> {
        let ObjectRules { properties, patterns, names, required, required_with, schema_with, unevaluated, .. } = rules;
        let simple = patterns.is_empty() && names.is_none() && unevaluated.is_none();
        if !simple || !required_with.is_empty() || !schema_with.is_empty() || properties.len() > u64::BITS as usize {
            return None;
        }
        // Nodes have their numbers in the order of the schema.
        let mut names: Box<[_]> = properties.iter().map(|(name, id)| (name.clone(), *id)).collect();
        names.sort_unstable_by_key(|(_, id)| *id);
        let bit = |name: &str| names.iter().position(|(known, _)| **known == *name).map(|index| 1_u64 << index);
        let required = required.iter().try_fold(0, |bits, name| Some(bits | bit(name)?))?;
        let aliases = rules.aliases.iter().try_fold(0, |bits, (alias, _)| Some(bits | bit(alias)?))?;
        Some(Self { names, required, aliases })
    }

    /// The place of a name; the one that is expected next is looked at first.
    fn find(&self, next: usize, name: &str) -> Option<usize> {
        match self.names.get(next) {
            Some((expected, _)) if **expected == *name => Some(next),
            _ => self.names.iter().position(|(known, _)| **known == *name),
        }
    }
}

/// A part of the text and the node that it must follow; without one anything is allowed.
struct Part<'r, 'n> {
    id: Option<NodeId>,
    fields: &'r [Option<Fields>],
    run: &'r mut Run<'n>,
}

/// How a part is checked.
enum How {
    /// Anything is allowed.
    Free,
    /// By the rules of this node alone.
    By(NodeId),
    /// As a value.
    Whole(NodeId),
}

impl<'n> Part<'_, 'n> {
    /// How a part of this type is checked; `None` where it is not allowed.
    fn how(&self, kind: Types) -> Option<How> {
        let Some(mut id) = self.id else { return Some(How::Free) };
        loop {
            id = self.run.target(id);
            let node = &self.run.nodes[id];
            match node.verdict {
                Some(true) => return Some(How::Free),
                Some(false) => return None,
                None => {}
            }
            if node.types.is_some_and(|types| !types.meets(kind)) {
                return None;
            }
            if node.reference.is_some() {
                return Some(How::Whole(id));
            }
            let Some(combined) = &node.combined else {
                let streams = kind == Types::STRING
                    || node.allowed.is_none()
                        && (kind != Types::OBJECT || node.objects.is_none() || self.fields[id].is_some())
                        && (kind != Types::ARRAY
                            || node.arrays.as_ref().is_none_or(|rules| {
                                !rules.unique && rules.contains.is_none() && rules.unevaluated.is_none()
                            }));
                return Some(if streams { How::By(id) } else { How::Whole(id) });
            };
            // Where a value of this type can have but one of the forms, it must have that one.
            let ((forms, []) | ([], forms)) = (combined.any.as_slice(), combined.one.as_slice()) else {
                return Some(How::Whole(id));
            };
            if !combined.is_only_choice() || !node.has_no_rules() {
                return Some(How::Whole(id));
            }
            let mut fitting = forms.iter().filter(|form| self.run.types(**form, 0).meets(kind));
            match (fitting.next(), fitting.next()) {
                (None, _) => return None,
                (Some(only), None) => id = *only,
                (Some(_), Some(_)) => return Some(How::Whole(id)),
            }
        }
    }

    /// Checks a value without parts.
    fn scalar<E: Error>(self, value: &Value) -> Result<(), E> {
        match self.id {
            Some(id) if self.run.check(id, value, &Path::WHOLE).is_break() => Err(wrong()),
            _ => Ok(()),
        }
    }
}

/// Checks a value in a run of its own: a run remembers values by their address.
fn whole<E: Error>(nodes: &[Node], id: NodeId, value: &Value) -> Result<(), E> {
    let mut run = Run::new(nodes);
    let follows = run.check(id, value, &Path::WHOLE).is_continue() && !run.too_deep;
    if follows { Ok(()) } else { Err(wrong()) }
}

/// Nobody sees it: the text is checked again as a value, with paths and words.
fn wrong<E: Error>() -> E {
    E::custom("does not follow the schema")
}

impl<'de> DeserializeSeed<'de> for Part<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(&Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(&Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(&Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(&Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(&Value::from(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.how(Types::STRING) {
            None => Err(wrong()),
            Some(How::Free) => Ok(()),
            Some(How::By(id)) => {
                let nodes = self.run.nodes;
                let allowed = nodes[id].allowed.as_ref();
                if allowed.is_some_and(|allowed| !allowed.iter().any(|one| one.as_str() == Some(text))) {
                    return Err(wrong());
                }
                match &nodes[id].strings {
                    Some(rules) if self.run.check_string(rules, text, &Path::WHOLE).is_break() => Err(wrong()),
                    _ => Ok(()),
                }
            }
            Some(How::Whole(id)) => whole(self.run.nodes, id, &Value::from(text)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let rules = match self.how(Types::ARRAY) {
            None => return Err(wrong()),
            Some(How::Whole(id)) => return whole(self.run.nodes, id, &Unique.visit_seq(seq)?),
            Some(How::Free) => None,
            Some(How::By(id)) => self.run.nodes[id].arrays.as_ref(),
        };
        let mut count = 0;
        loop {
            let id = rules.and_then(|rules| rules.prefix.get(count).copied().or(rules.items));
            if seq.next_element_seed(Part { id, fields: self.fields, run: &mut *self.run })?.is_none() {
                break;
            }
            count += 1;
        }
        let count = count as u64;
        let fits = |rules: &super::node::ArrayRules| {
            rules.fewest.is_none_or(|fewest| count >= fewest) && rules.most.is_none_or(|most| count <= most)
        };
        if rules.is_none_or(|rules| fits(rules)) { Ok(()) } else { Err(wrong()) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (fields, rules) = match self.how(Types::OBJECT) {
            None => return Err(wrong()),
            Some(How::Whole(id)) => return whole(self.run.nodes, id, &Unique.visit_map(map)?),
            Some(How::Free) => (None, None),
            Some(How::By(id)) => (self.fields[id].as_ref(), self.run.nodes[id].objects.as_ref()),
        };
        let mut seen = 0_u64;
        let mut others = HashSet::new();
        let mut next = 0;
        while let Some(Key(key)) = map.next_key()? {
            let id = match fields.and_then(|fields| Some((fields, fields.find(next, &key)?))) {
                Some((fields, index)) => {
                    let bit = 1 << index;
                    if (seen | fields.aliases) & bit != 0 {
                        return Err(wrong());
                    }
                    seen |= bit;
                    next = index + 1;
                    Some(fields.names[index].1)
                }
                None => {
                    if !others.insert(key) {
                        return Err(wrong());
                    }
                    rules.and_then(|rules| rules.additional)
                }
            };
            map.next_value_seed(Part { id, fields: self.fields, run: &mut *self.run })?;
        }
        let missing = fields.is_some_and(|fields| fields.required & !seen != 0);
        let count = u64::from(seen.count_ones()) + others.len() as u64;
        let fits = |rules: &ObjectRules| {
            rules.fewest.is_none_or(|fewest| count >= fewest) && rules.most.is_none_or(|most| count <= most)
        };
        if !missing && rules.is_none_or(|rules| fits(rules)) { Ok(()) } else { Err(wrong()) }
    }
}

/// A key, borrowed where nothing in it is escaped.
struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
