//! The same place in a value of the type and in what a vendor wrote for it. Only asked for where something is wrong.

use serde_json::Value;

use super::plan::{Entries, Form, Inner, Node, NodeId, Object, SAME, Tuple, value_of};
use crate::json::Tree;
use crate::schema::path::{self, OwnStep, Step};

/// Values nested more deeply than this are decoded as they are, so their paths are the same.
const DEEPEST: usize = 512;

/// A place in what a vendor wrote.
pub(crate) struct Written<'t> {
    pub(crate) path: String,
    /// What stands there; `None` where nothing does.
    pub(crate) value: Option<&'t Tree>,
    /// What is to be there, where that is not what the type has.
    pub(crate) form: Option<String>,
}

/// Where the part at `steps` of the decoded value stands in what was written.
pub(super) fn written<'t>(plan: &Inner, whole: &'t Tree, steps: &[OwnStep]) -> Written<'t> {
    let mut walk = Walk { plan, node: plan.root, here: Some(whole), path: String::new() };
    let mut rest = steps;
    for _ in 0..DEEPEST {
        if let Node::Wrapped(wrapped) = walk.settled() {
            if walk.is_wrapped() {
                walk.key(&wrapped.name);
            }
            walk.node = wrapped.node;
            continue;
        }
        let Some((step, after)) = rest.split_first() else { break };
        walk.step(step);
        rest = after;
    }
    rest.iter().for_each(|step| walk.plain(step));
    let form = if rest.is_empty() { form_of(walk.settled()) } else { None };
    Written { path: walk.rendered(), value: walk.here, form }
}

/// Where the part at `steps` of what was written stands in the decoded value.
pub(super) fn meant(plan: &Inner, whole: &Tree, steps: &[OwnStep]) -> String {
    let mut walk = Walk { plan, node: plan.root, here: Some(whole), path: String::new() };
    // The path of the type; that of the walk is what was written.
    let mut own = String::new();
    let mut rest = steps;
    for _ in 0..DEEPEST {
        if let Node::Wrapped(wrapped) = walk.settled() {
            if walk.is_wrapped() {
                walk.key(&wrapped.name);
                rest = rest.get(1..).unwrap_or_default();
            }
            walk.node = wrapped.node;
            continue;
        }
        let Some((step, after)) = rest.split_first() else { break };
        rest = after;
        let is_list = matches!(walk.here, Some(Tree::List(_)));
        let apart: Option<(&Entries, &OwnStep)> = match (walk.settled(), step) {
            (Node::Map(entries), OwnStep::Index(_)) if is_list => Some((&**entries, step)),
            (Node::Object(object), OwnStep::Key(key)) => match (&object.others, rest.split_first()) {
                (Some((name, entries)), Some((index, after))) if **name == **key => {
                    walk.plain(step);
                    rest = after;
                    Some((entries, index))
                }
                (Some((name, _)), None) if **name == **key => break,
                _ => None,
            },
            (Node::Tuple(tuple), OwnStep::Key(key)) => {
                let place = match (key.parse(), rest.split_first()) {
                    (Ok(place), _) => place,
                    (_, Some((OwnStep::Index(index), after))) => {
                        rest = after;
                        tuple.items.len() + index
                    }
                    _ => break,
                };
                walk.step(&OwnStep::Index(place));
                path::push(&mut own, Step::Index(place));
                continue;
            }
            _ => None,
        };
        let Some((entries, index)) = apart else {
            walk.step(step);
            path::push(&mut own, step.as_step());
            continue;
        };
        walk.plain(index);
        let Some(key) = walk.here.and_then(key_of) else { break };
        path::push(&mut own, Step::Key(&key));
        match rest.split_first() {
            Some((OwnStep::Key(part), after)) if part == "value" => {
                walk.key("value");
                walk.node = entries.value(&key).unwrap_or(SAME);
                rest = after;
            }
            _ => return own,
        }
    }
    rest.iter().for_each(|step| path::push(&mut own, step.as_step()));
    if own.is_empty() { "$".to_owned() } else { own }
}

struct Walk<'p, 't> {
    plan: &'p Inner,
    node: NodeId,
    here: Option<&'t Tree>,
    path: String,
}

impl<'p> Walk<'p, '_> {
    /// The node itself: past links, and the form that was chosen.
    fn settled(&mut self) -> &'p Node {
        for _ in 0..DEEPEST {
            match self.plan.node(self.node) {
                Node::Choice(forms) => match self.chosen(forms) {
                    Some(node) => self.node = node,
                    None => return &Node::Same,
                },
                node => return node,
            }
        }
        &Node::Same
    }

    /// The form that decoding takes.
    fn chosen(&self, forms: &[Form]) -> Option<NodeId> {
        let Some(here) = self.here else {
            // What is not there has the form that needs words.
            return forms.iter().find(|form| !self.plan.is_same(form.node)).map(|form| form.node);
        };
        let value = Value::from(here.clone());
        let mut asked = self.plan.forms.wire.probe();
        let follows = |form| asked.as_mut().is_some_and(|asked| asked.follows(form, &value));
        let found = self.plan.forms.wire.pick(forms, here, follows).first().copied();
        let found = found.or_else(|| self.plan.forms.own.pick(forms, here, |_| true).first().copied());
        found.map(|form| forms[form].node)
    }

    /// Whether the value has the one property around it, or is to have it.
    fn is_wrapped(&self) -> bool {
        let (Node::Wrapped(wrapped), Some(here)) = (self.plan.node(self.node), self.here) else { return true };
        let fit = self.plan.forms.wire.fit(wrapped.form);
        match here {
            Tree::Object(entries) if entries.len() == 1 && *entries[0].0 == *wrapped.name => {
                fit.distance(here).is_none() || fit.distance(&entries[0].1).is_some()
            }
            _ => false,
        }
    }

    /// Goes a step of the type.
    fn step(&mut self, step: &OwnStep) {
        match (self.settled(), step) {
            (Node::Object(object), OwnStep::Key(key)) => self.property(object, key),
            (Node::List { first, items }, OwnStep::Index(index)) => {
                self.plain(step);
                self.node = first.get(*index).copied().unwrap_or(*items);
            }
            (Node::Map(entries), OwnStep::Key(key)) => self.entry(entries, key),
            (Node::Tuple(tuple), OwnStep::Index(index)) => self.item(tuple, *index),
            _ => self.plain(step),
        }
    }

    fn property(&mut self, object: &Object, key: &str) {
        let node = match (object.by_name.get(key), &object.others) {
            (Some(place), _) => object.fields[*place].node,
            (None, Some((name, entries))) => {
                let is_apart = self.here.and_then(|here| entry_at(part(here, name)?, key)).is_some();
                if is_apart {
                    self.key(name);
                    return self.entry(entries, key);
                }
                entries.value(key).unwrap_or(SAME)
            }
            (None, None) => value_of(&object.free, key).unwrap_or(SAME),
        };
        self.key(key);
        self.node = node;
    }

    fn entry(&mut self, entries: &Entries, key: &str) {
        match self.here.and_then(|list| entry_at(list, key)) {
            Some(index) => {
                self.plain(&OwnStep::Index(index));
                self.key("value");
            }
            None => self.key(key),
        }
        self.node = entries.value(key).unwrap_or(SAME);
    }

    fn item(&mut self, tuple: &Tuple, index: usize) {
        let node = tuple.items.get(index).copied().or(tuple.rest);
        if matches!(self.here, Some(Tree::List(_))) {
            self.plain(&OwnStep::Index(index));
        } else if index < tuple.items.len() || tuple.rest.is_none() {
            self.key(&index.to_string());
        } else {
            self.key("rest");
            self.plain(&OwnStep::Index(index - tuple.items.len()));
        }
        self.node = node.unwrap_or(SAME);
    }

    fn key(&mut self, key: &str) {
        self.plain(&OwnStep::Key(key.to_owned()));
    }

    /// Goes a step of what was written; what is there is as it is.
    fn plain(&mut self, step: &OwnStep) {
        path::push(&mut self.path, step.as_step());
        self.node = SAME;
        self.here = match (self.here, step) {
            (Some(here), OwnStep::Key(key)) => part(here, key),
            (Some(Tree::List(items)), OwnStep::Index(index)) => items.get(*index),
            _ => None,
        };
    }

    fn rendered(&mut self) -> String {
        if self.path.is_empty() { "$".to_owned() } else { std::mem::take(&mut self.path) }
    }
}

/// What is to be written for a value of the node, in words.
fn form_of(node: &Node) -> Option<String> {
    Some(match node {
        Node::Map(_) => "a list of objects with `key` and `value`".to_owned(),
        Node::Tuple(tuple) => match tuple.items.len() {
            1 => "an object with the property `0`".to_owned(),
            length => format!("an object with the properties `0` to `{}`", length.saturating_sub(1)),
        },
        Node::Text => "a string with JSON text".to_owned(),
        Node::Digits => "a string of digits".to_owned(),
        _ => return None,
    })
}

fn part<'t>(value: &'t Tree, key: &str) -> Option<&'t Tree> {
    let Tree::Object(entries) = value else { return None };
    entries.iter().find(|(name, _)| name == key).map(|(_, part)| part)
}

/// The key of an entry, as text.
fn key_of(entry: &Tree) -> Option<String> {
    match part(entry, "key")? {
        Tree::Text(text) => Some(text.clone()),
        Tree::Number(digits) => Some(digits.clone()),
        Tree::Bool(word) => Some(word.to_string()),
        _ => None,
    }
}

/// Which entry of a list has this key.
fn entry_at(list: &Tree, key: &str) -> Option<usize> {
    let Tree::List(items) = list else { return None };
    items.iter().position(|item| key_of(item).is_some_and(|name| name == key))
}
