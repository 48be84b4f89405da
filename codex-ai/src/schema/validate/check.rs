//! One walk over a value.
//!
//! In a quick run the first problem ends it, and nothing is written. In an explaining run the problems are collected.
//! Whether a value follows a node depends on these two alone, so in nested choices the verdicts are remembered: the work
//! grows with nodes × values, also where a schema of choices contains itself.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::{self, Break, Continue};

use serde_json::Value;

use super::node::{Combined, Node, NodeId, Types};
use super::path::Path;
use super::said::Said;
use super::{evaluated, number, words};
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
    pub(super) fn fail<S: Into<Said>>(&mut self, at: &Path<'_>, weight: Weight, said: impl FnOnce() -> S) -> Flow {
        if self.quick {
            return Break(());
        }
        self.weight += weight as usize;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(said().into().at(at.render()));
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
        if let Some(types) = node.types.filter(|types| !types.meets(Types::of(value))) {
            // Whatever else the node asks for is about values of another type.
            return self.fail(at, Weight::Value, || Said::wrong_type(types.words(), value));
        }
        let is_it = |one: &Value| number::equal(one, value) == Some(true);
        if let Some(allowed) = node.allowed.as_ref().filter(|allowed| !allowed.iter().any(is_it)) {
            return self.fail(at, Weight::Value, || Said::not_one_of(allowed.iter(), value));
        }
        self.check_rules(node, value, at)?;
        if let Some(target) = node.reference {
            self.inside(target, value, at)?;
        }
        if let Some(combined) = &node.combined {
            self.check_combined(combined, value, at)?;
        }
        self.check_unevaluated(node, value, at)
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
        let of_objects = node.objects.as_ref().and_then(|rules| rules.unevaluated);
        let of_arrays = node.arrays.as_ref().and_then(|rules| rules.unevaluated);
        match (value, of_objects, of_arrays) {
            (Value::Object(map), Some(id), _) => {
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
            (Value::Array(items), _, Some(id)) => {
                let known = evaluated::items(self, node, value, items);
                for (i, item) in items.iter().enumerate().filter(|(i, _)| !known.holds(i)) {
                    self.check(id, item, &at.index(i))?;
                }
            }
            _ => {}
        }
        Continue(())
    }
}
