//! One walk over a value.
//!
//! In a quick run the first problem ends it, and nothing is written. In an explaining run the problems are collected.
//! Whether a value follows a node depends on these two alone, so in nested choices the verdicts are remembered: the work
//! grows with nodes × values, also where a schema of choices contains itself.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow::{self, Break, Continue};

use serde_json::{Map, Number, Value};

use super::node::{ArrayRules, Combined, Node, NodeId, NumberRules, ObjectRules, StringRules, Types};
use super::path::Path;
use super::words::{self, count};
use super::{evaluated, number};
use crate::error::Problem;

/// Checks inside checks: a few for each level of the value. What the parser of `serde_json` takes (128 levels) is far below.
pub(super) const DEEPEST: usize = 1_000;

/// No more problems than this are collected; a list of a million wrong items is told by its first ones.
pub(super) const MOST_PROBLEMS: usize = 1_000;

/// Steps that may be spent on finding the form that was meant; then a choice is reported without one.
const FUEL: usize = 20_000;

/// `Break` ends a quick run: there is a problem.
pub(super) type Flow = ControlFlow<()>;

/// How much a problem says against a form as the one that was meant.
#[derive(Clone, Copy)]
pub(super) enum Weight {
    /// A value inside is wrong.
    Value = 1,
    /// A key is missing, or there that should not be.
    Key = 4,
}

/// The state of a walk.
pub(super) struct Run<'n> {
    pub(super) nodes: &'n [Node],
    pub(super) problems: Vec<Problem>,
    /// What the problems weigh together.
    pub(super) weight: usize,
    pub(super) too_deep: bool,
    pub(super) fuel: usize,
    quick: bool,
    depth: usize,
    /// How many choices and the like the current check stands in.
    nested: usize,
    verdicts: HashMap<(NodeId, *const Value), bool>,
    explained: HashSet<(NodeId, *const Value)>,
}

impl<'n> Run<'n> {
    /// A quick run.
    pub(super) fn new(nodes: &'n [Node]) -> Self {
        Self {
            nodes,
            problems: Vec::new(),
            weight: 0,
            too_deep: false,
            fuel: FUEL,
            quick: true,
            depth: 0,
            nested: 0,
            verdicts: HashMap::new(),
            explained: HashSet::new(),
        }
    }

    /// Whether the first problem ends the run.
    pub(super) fn is_quick(&self) -> bool {
        self.quick
    }

    /// From now on problems are collected.
    pub(super) fn explain(&mut self) {
        self.quick = false;
        self.depth = 0;
        self.nested = 0;
    }

    /// Whether the value follows the node.
    pub(super) fn is_valid(&mut self, id: NodeId, value: &Value) -> bool {
        let before = std::mem::replace(&mut self.quick, true);
        let flow = self.inside(id, value, &Path::WHOLE);
        self.quick = before;
        flow.is_continue()
    }

    /// The problems that the value has with the node, and what they weigh, apart from those collected so far.
    pub(super) fn try_out(&mut self, id: NodeId, value: &Value, at: &Path<'_>) -> (Vec<Problem>, usize) {
        let problems = std::mem::take(&mut self.problems);
        let explained = std::mem::take(&mut self.explained);
        let weight = std::mem::take(&mut self.weight);
        let _ = self.check(id, value, at);
        self.explained = explained;
        (std::mem::replace(&mut self.problems, problems), std::mem::replace(&mut self.weight, weight))
    }

    /// Notes a problem.
    pub(super) fn fail(&mut self, at: &Path<'_>, weight: Weight, message: impl FnOnce() -> String) -> Flow {
        if self.quick {
            return Break(());
        }
        self.weight += weight as usize;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::new(at.render(), message()));
        }
        Continue(())
    }

    /// The node itself, past references that are nothing else.
    pub(super) fn target(&self, mut id: NodeId) -> NodeId {
        // Ends: a schema that leads to itself is refused when it is compiled.
        while let (true, Some(next)) = (self.nodes[id].only_refers, self.nodes[id].reference) {
            id = next;
        }
        id
    }

    /// Checks a value against a node.
    pub(super) fn check(&mut self, id: NodeId, value: &Value, at: &Path<'_>) -> Flow {
        if self.too_deep {
            return Break(());
        }
        let id = self.target(id);
        let node = &self.nodes[id];
        match node.verdict {
            Some(true) => return Continue(()),
            Some(false) => return self.fail(at, Weight::Key, || "is not allowed here".to_owned()),
            None => {}
        }
        if self.depth >= DEEPEST {
            self.too_deep = true;
            return Break(());
        }
        let key = (id, std::ptr::from_ref(value));
        let has_parts =
            value.as_array().is_some_and(|a| !a.is_empty()) || value.as_object().is_some_and(|o| !o.is_empty());
        let remember = self.quick && self.nested >= 2 && has_parts;
        if remember {
            if let Some(&verdict) = self.verdicts.get(&key) {
                return if verdict { Continue(()) } else { Break(()) };
            }
        } else if !self.quick {
            self.fuel = self.fuel.saturating_sub(1);
            if !self.explained.insert(key) {
                return Continue(());
            }
        }
        self.depth += 1;
        let flow = self.check_node(node, value, at);
        self.depth -= 1;
        if remember && !self.too_deep {
            self.verdicts.insert(key, flow.is_continue());
        }
        flow
    }

    /// Checks the same value against a node of the current one.
    pub(super) fn inside(&mut self, id: NodeId, value: &Value, at: &Path<'_>) -> Flow {
        self.nested += 1;
        let flow = self.check(id, value, at);
        self.nested -= 1;
        flow
    }

    fn check_node(&mut self, node: &'n Node, value: &Value, at: &Path<'_>) -> Flow {
        if let Some(types) = node.types {
            if !types.meets(Types::of(value)) {
                self.fail(at, Weight::Value, || format!("expected {}, found {}", types.words(), words::found(value)))?;
                // Whatever else the node asks for is about values of another type.
                return Continue(());
            }
        }
        if let Some(allowed) = &node.allowed {
            if !allowed.iter().any(|one| number::equal(one, value) == Some(true)) {
                return self.fail(at, Weight::Value, || words::one_of(allowed.iter(), Some(value)));
            }
        }
        match value {
            Value::Number(number) => match &node.numbers {
                Some(rules) => self.check_number(rules, number, at)?,
                None => {}
            },
            Value::String(text) => match &node.strings {
                Some(rules) => self.check_string(rules, text, at)?,
                None => {}
            },
            Value::Array(items) => match &node.arrays {
                Some(rules) => self.check_array(rules, items, at)?,
                None => {}
            },
            Value::Object(map) => match &node.objects {
                Some(rules) => self.check_object(rules, map, value, at)?,
                None => {}
            },
            Value::Null | Value::Bool(_) => {}
        }
        if let Some(target) = node.reference {
            self.inside(target, value, at)?;
        }
        match &node.combined {
            Some(combined) => self.check_combined(combined, value, at)?,
            None => {}
        }
        self.check_unevaluated(node, value, at)
    }

    #[inline(never)]
    fn check_number(&mut self, rules: &NumberRules, number: &Number, at: &Path<'_>) -> Flow {
        let order = |limit: &Number| number::order(number, limit);
        if let Some(limit) = rules.minimum.as_ref().filter(|limit| order(limit).is_lt()) {
            self.fail(at, Weight::Value, || format!("must be at least {limit}, found {number}"))?;
        }
        if let Some(limit) = rules.maximum.as_ref().filter(|limit| order(limit).is_gt()) {
            self.fail(at, Weight::Value, || format!("must be at most {limit}, found {number}"))?;
        }
        if let Some(limit) = rules.above.as_ref().filter(|limit| order(limit).is_le()) {
            self.fail(at, Weight::Value, || format!("must be above {limit}, found {number}"))?;
        }
        if let Some(limit) = rules.below.as_ref().filter(|limit| order(limit).is_ge()) {
            self.fail(at, Weight::Value, || format!("must be below {limit}, found {number}"))?;
        }
        if let Some(divisor) = rules.multiple_of.as_ref().filter(|divisor| !number::is_multiple(number, divisor)) {
            self.fail(at, Weight::Value, || format!("must be a multiple of {divisor}, found {number}"))?;
        }
        Continue(())
    }

    #[inline(never)]
    fn check_string(&mut self, rules: &StringRules, text: &str, at: &Path<'_>) -> Flow {
        if rules.shortest.is_some() || rules.longest.is_some() {
            let length = text.chars().count() as u64;
            let limit = |limit: u64| count(limit, "character", "characters");
            if let Some(shortest) = rules.shortest.filter(|shortest| length < *shortest) {
                self.fail(at, Weight::Value, || format!("must have at least {}, found {length}", limit(shortest)))?;
            }
            if let Some(longest) = rules.longest.filter(|longest| length > *longest) {
                self.fail(at, Weight::Value, || format!("must have at most {}, found {length}", limit(longest)))?;
            }
        }
        let found = || words::quoted(&Value::from(text));
        if let Some((pattern, _)) = rules.pattern.as_ref().filter(|(_, regex)| !regex.is_match(text)) {
            self.fail(at, Weight::Value, || {
                format!("must match the pattern `{}`, found {}", words::cut(pattern), found())
            })?;
        }
        if let Some(format) = rules.format.filter(|format| !format.is_met(text)) {
            self.fail(at, Weight::Value, || format!("must be {}, found {}", format.words(), found()))?;
        }
        Continue(())
    }

    #[inline(never)]
    fn check_array(&mut self, rules: &ArrayRules, items: &[Value], at: &Path<'_>) -> Flow {
        let length = items.len() as u64;
        let limit = |limit: u64| count(limit, "item", "items");
        if let Some(fewest) = rules.fewest.filter(|fewest| length < *fewest) {
            self.fail(at, Weight::Value, || format!("must have at least {}, found {length}", limit(fewest)))?;
        }
        if let Some(most) = rules.most.filter(|most| length > *most) {
            self.fail(at, Weight::Value, || format!("must have at most {}, found {length}", limit(most)))?;
        }
        for (i, item) in items.iter().enumerate() {
            if let Some(id) = rules.prefix.get(i).copied().or(rules.items) {
                if self.nodes[id].verdict == Some(false) {
                    let allowed = rules.prefix.len() as u64;
                    return self
                        .fail(at, Weight::Value, || format!("must have at most {}, found {length}", limit(allowed)));
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
                format!("must have at least {fewest} of the wanted items, found {fitting}")
            })?;
        }
        if let Some(most) = rules.contains_most.filter(|most| fitting > *most) {
            self.fail(at, Weight::Value, || format!("must have at most {most} of the wanted items, found {fitting}"))?;
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
            match first_of.entry(std::hash::Hasher::finish(&hasher)) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(i);
                }
                std::collections::hash_map::Entry::Occupied(first) => {
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
        for name in rules.required.iter().filter(|name| !map.contains_key(&***name)) {
            self.fail(&at.key(name), Weight::Key, || "is missing".to_owned())?;
        }
        let length = map.len() as u64;
        if let Some(fewest) = rules.fewest.filter(|fewest| length < *fewest) {
            let fewest = count(fewest, "key", "keys");
            self.fail(at, Weight::Value, || format!("must have at least {fewest}, found {length}"))?;
        }
        if let Some(most) = rules.most.filter(|most| length > *most) {
            let most = count(most, "key", "keys");
            self.fail(at, Weight::Value, || format!("must have at most {most}, found {length}"))?;
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
            if let Some(id) = rules.names {
                if !self.is_valid(id, &Value::from(key.as_str())) {
                    self.fail(at, Weight::Key, || "has a name that is not allowed".to_owned())?;
                }
            }
        }
        for (_, names) in rules.required_with.iter().filter(|(key, _)| map.contains_key(&**key)) {
            for name in names.iter().filter(|name| !map.contains_key(&***name)) {
                self.fail(&at.key(name), Weight::Key, || "is missing".to_owned())?;
            }
        }
        for (_, id) in rules.schema_with.iter().filter(|(key, _)| map.contains_key(&**key)) {
            self.inside(*id, value, at)?;
        }
        Continue(())
    }

    fn fail_unknown(&mut self, rules: &ObjectRules, map: &Map<String, Value>, key: &str, at: &Path<'_>) -> Flow {
        let free = rules.properties.keys().map(|name| &**name).filter(|name| !map.contains_key(*name));
        self.fail(at, Weight::Key, || match words::suggest(key, free) {
            Some(name) => format!("is not known here; did you mean `{name}`?"),
            None => "is not known here".to_owned(),
        })
    }

    #[inline(never)]
    fn check_combined(&mut self, combined: &Combined, value: &Value, at: &Path<'_>) -> Flow {
        for id in &combined.all {
            self.inside(*id, value, at)?;
        }
        if !combined.any.is_empty() && !combined.any.iter().any(|id| self.is_valid(*id, value)) {
            self.fail_choice(&combined.any, value, at)?;
        }
        if !combined.one.is_empty() {
            let mut fitting = combined.one.iter().enumerate().filter(|(_, id)| self.is_valid(**id, value));
            match (fitting.next(), fitting.next()) {
                (None, _) => self.fail_choice(&combined.one, value, at)?,
                (Some((first, _)), Some((second, _))) => self.fail(at, Weight::Value, || {
                    format!(
                        "must have one of {} forms, has those of {} and {}",
                        combined.one.len(),
                        first + 1,
                        second + 1
                    )
                })?,
                (Some(_), None) => {}
            }
        }
        if combined.not.is_some_and(|not| self.is_valid(not, value)) {
            self.fail(at, Weight::Value, || match value {
                Value::Array(_) | Value::Object(_) => "must not be of this form".to_owned(),
                _ => format!("must not be {}", words::found(value)),
            })?;
        }
        if let Some(condition) = combined.condition {
            let next = if self.is_valid(condition, value) { combined.then } else { combined.otherwise };
            if let Some(id) = next {
                self.inside(id, value, at)?;
            }
        }
        Continue(())
    }

    fn check_unevaluated(&mut self, node: &Node, value: &Value, at: &Path<'_>) -> Flow {
        if let (Value::Object(map), Some(rules)) = (value, &node.objects) {
            if let Some(id) = rules.unevaluated {
                let known = evaluated::keys(self, node, value, map);
                for (key, inner) in map.iter().filter(|(key, _)| !known.holds(key.as_str())) {
                    let at = &at.key(key);
                    if self.nodes[id].verdict == Some(false) {
                        self.fail(at, Weight::Key, || "is not known here".to_owned())?;
                    } else {
                        self.check(id, inner, at)?;
                    }
                }
            }
        }
        if let (Value::Array(items), Some(rules)) = (value, &node.arrays) {
            if let Some(id) = rules.unevaluated {
                let known = evaluated::items(self, node, value, items);
                for (i, item) in items.iter().enumerate().filter(|(i, _)| !known.holds(i)) {
                    self.check(id, item, &at.index(i))?;
                }
            }
        }
        Continue(())
    }
}
