//! The rules for numbers, strings, lists and objects.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::ControlFlow::{Break, Continue};

use serde_json::{Map, Number, Value};

use super::check::{Flow, Run, Weight};
use super::node::{ArrayRules, Node, NumberRules, ObjectRules, StringRules};
use super::number;
use super::path::Path;
use super::said::Said;
use super::words::{self, count};
use crate::suggest::nearest;

impl Run<'_> {
    /// Checks a value against the rules that the node has for its type.
    pub(super) fn check_rules(&mut self, node: &Node, value: &Value, at: &Path<'_>) -> Flow {
        match (value, &node.numbers, &node.strings, &node.arrays, &node.objects) {
            (Value::Number(number), Some(rules), ..) => self.check_number(rules, number, at),
            (Value::String(text), _, Some(rules), ..) => self.check_string(rules, text, at),
            (Value::Array(items), _, _, Some(rules), _) => self.check_array(rules, items, at),
            (Value::Object(map), _, _, _, Some(rules)) => self.check_object(rules, map, value, at),
            _ => Continue(()),
        }
    }

    #[inline(never)]
    fn check_number(&mut self, rules: &NumberRules, number: &Number, at: &Path<'_>) -> Flow {
        let order = |limit: &Number| number::order(number, limit);
        if let Some(limit) = rules.minimum.as_ref().filter(|limit| order(limit).is_lt()) {
            self.fail(at, Weight::Value, || Said::must("too small", "be", format!("at least {limit}"), number))?;
        }
        if let Some(limit) = rules.maximum.as_ref().filter(|limit| order(limit).is_gt()) {
            self.fail(at, Weight::Value, || Said::must("too large", "be", format!("at most {limit}"), number))?;
        }
        if let Some(limit) = rules.above.as_ref().filter(|limit| order(limit).is_le()) {
            self.fail(at, Weight::Value, || Said::must("too small", "be", format!("above {limit}"), number))?;
        }
        if let Some(limit) = rules.below.as_ref().filter(|limit| order(limit).is_ge()) {
            self.fail(at, Weight::Value, || Said::must("too large", "be", format!("below {limit}"), number))?;
        }
        if let Some(divisor) = rules.multiple_of.as_ref().filter(|divisor| !number::is_multiple(number, divisor)) {
            self.fail(at, Weight::Value, || {
                Said::must("wrong value", "be", format!("a multiple of {divisor}"), number)
            })?;
        }
        Continue(())
    }

    #[inline(never)]
    pub(super) fn check_string(&mut self, rules: &StringRules, text: &str, at: &Path<'_>) -> Flow {
        // A character has 1 to 4 bytes, so most texts need not be counted.
        let bytes = text.len() as u64;
        let is_long = rules.shortest.is_none_or(|shortest| bytes / 4 >= shortest);
        if !is_long || rules.longest.is_some_and(|longest| bytes > longest) {
            let length = text.chars().count() as u64;
            let limit = |limit: u64| count(limit, "character", "characters");
            if let Some(shortest) = rules.shortest.filter(|shortest| length < *shortest) {
                self.fail(at, Weight::Value, || {
                    Said::must("too short", "have", format!("at least {}", limit(shortest)), length)
                })?;
            }
            if let Some(longest) = rules.longest.filter(|longest| length > *longest) {
                self.fail(at, Weight::Value, || {
                    Said::must("too long", "have", format!("at most {}", limit(longest)), length)
                })?;
            }
        }
        let found = || words::quoted(&Value::from(text));
        if let Some((pattern, _)) = rules.pattern.as_ref().filter(|(_, regex)| !regex.is_match(text)) {
            self.fail(at, Weight::Value, || {
                Said::must("wrong format", "match", format!("the pattern `{}`", words::cut(pattern)), found())
            })?;
        }
        if let Some(format) = rules.format.filter(|format| !format.is_met(text)) {
            self.fail(at, Weight::Value, || Said::must("wrong format", "be", format.words().to_owned(), found()))?;
        }
        Continue(())
    }

    #[inline(never)]
    fn check_array(&mut self, rules: &ArrayRules, items: &[Value], at: &Path<'_>) -> Flow {
        let length = items.len() as u64;
        let limit = |limit: u64| count(limit, "item", "items");
        if let Some(fewest) = rules.fewest.filter(|fewest| length < *fewest) {
            self.fail(at, Weight::Value, || {
                Said::must("too few items", "have", format!("at least {}", limit(fewest)), length)
            })?;
        }
        if let Some(most) = rules.most.filter(|most| length > *most) {
            self.fail(at, Weight::Value, || {
                Said::must("too many items", "have", format!("at most {}", limit(most)), length)
            })?;
        }
        for (i, item) in items.iter().enumerate() {
            if let Some(id) = rules.prefix.get(i).copied().or(rules.items) {
                if self.nodes[id].verdict == Some(false) {
                    let allowed = rules.prefix.len() as u64;
                    return self.fail(at, Weight::Value, || {
                        Said::must("too many items", "have", format!("at most {}", limit(allowed)), length)
                    });
                }
                self.check(id, item, &at.index(i))?;
            }
        }
        if rules.unique {
            self.check_unique(items, at)?;
        }
        let Some(contains) = rules.contains else { return Continue(()) };
        let fitting = items.iter().filter(|item| self.is_valid(contains, item)).count() as u64;
        let fewest = rules.contains_fewest.unwrap_or(1);
        if fitting < fewest {
            self.fail(at, Weight::Value, || {
                Said::must("too few items", "have", format!("at least {fewest} of the wanted items"), fitting)
            })?;
        }
        if let Some(most) = rules.contains_most.filter(|most| fitting > *most) {
            self.fail(at, Weight::Value, || {
                Said::must("too many items", "have", format!("at most {most} of the wanted items"), fitting)
            })?;
        }
        Continue(())
    }

    /// Linear: only items of the same hash are compared, and who writes the items does not know the hasher's key.
    fn check_unique(&mut self, items: &[Value], at: &Path<'_>) -> Flow {
        if items.len() < 2 {
            return Continue(());
        }
        let state = RandomState::new();
        let mut first_of: HashMap<u64, usize> = HashMap::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let mut hasher = state.build_hasher();
            if number::hash(item, &mut hasher, 0).is_none() {
                self.too_deep = true;
                return Break(());
            }
            match first_of.entry(hasher.finish()) {
                Entry::Vacant(place) => {
                    place.insert(i);
                }
                Entry::Occupied(first) => {
                    let first = *first.get();
                    if number::equal(&items[first], item) == Some(true) {
                        self.fail(&at.index(i), Weight::Value, || format!("is the same as the item at {first}"))?;
                    }
                }
            }
        }
        Continue(())
    }

    #[inline(never)]
    fn check_object(&mut self, rules: &ObjectRules, map: &Map<String, Value>, value: &Value, at: &Path<'_>) -> Flow {
        let is_there = |name: &str| {
            let mut aliases = rules.aliases.iter().filter(|(_, main)| **main == *name);
            map.contains_key(name) || aliases.any(|(alias, _)| map.contains_key(&**alias))
        };
        for name in rules.required.iter().filter(|name| !is_there(name)) {
            let wanted = rules.properties.get(name).filter(|_| !self.is_quick()).and_then(|id| self.wanted(*id));
            self.fail(&at.key(name), Weight::Key, || Said::missing(wanted))?;
        }
        let length = map.len() as u64;
        if let Some(fewest) = rules.fewest.filter(|fewest| length < *fewest) {
            let fewest = count(fewest, "key", "keys");
            self.fail(at, Weight::Value, || Said::must("too few keys", "have", format!("at least {fewest}"), length))?;
        }
        if let Some(most) = rules.most.filter(|most| length > *most) {
            let most = count(most, "key", "keys");
            self.fail(at, Weight::Value, || Said::must("too many keys", "have", format!("at most {most}"), length))?;
        }
        for (key, inner) in map {
            let at = &at.key(key);
            let mut known = false;
            if let Some(&id) = rules.properties.get(key.as_str()) {
                known = true;
                self.check(id, inner, at)?;
            }
            for (_, id) in rules.patterns.iter().filter(|(regex, _)| regex.is_match(key)) {
                known = true;
                self.check(*id, inner, at)?;
            }
            if let Some(id) = rules.additional.filter(|_| !known) {
                if self.nodes[id].verdict == Some(false) {
                    self.fail_unknown(rules, map, key, at)?;
                } else {
                    self.check(id, inner, at)?;
                }
            }
            if rules.names.is_some_and(|id| !self.is_valid(id, &Value::from(key.as_str()))) {
                self.fail(at, Weight::Key, || "has a name that is not allowed".to_owned())?;
            }
        }
        for (_, names) in rules.required_with.iter().filter(|(key, _)| map.contains_key(&**key)) {
            for name in names.iter().filter(|name| !map.contains_key(&***name)) {
                self.fail(&at.key(name), Weight::Key, || Said::missing(None))?;
            }
        }
        for (_, id) in rules.schema_with.iter().filter(|(key, _)| map.contains_key(&**key)) {
            self.inside(*id, value, at)?;
        }
        Continue(())
    }

    fn fail_unknown(&mut self, rules: &ObjectRules, map: &Map<String, Value>, key: &str, at: &Path<'_>) -> Flow {
        let is_alias = |name: &str| rules.aliases.iter().any(|(alias, _)| **alias == *name);
        let names = rules.properties.keys().map(|name| &**name);
        let free = names.filter(|name| !map.contains_key(*name) && !is_alias(name));
        self.fail(at, Weight::Key, || match nearest(key, free) {
            Some(name) => format!("is not known here; did you mean `{name}`?"),
            None => "is not known here".to_owned(),
        })
    }
}
