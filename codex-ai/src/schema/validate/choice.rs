//! A value that fits none of several forms: which one was meant, and what is wrong with the value as that one.

use serde_json::{Map, Value};

use super::check::{Flow, Run, Weight};
use super::node::{NodeId, Types};
use super::path::Path;
use super::said::Said;
use super::words;

/// References and wrappers are followed this far to see what a form is.
const FARTHEST: usize = 4;

/// So many forms are told one by one when none is the closest.
const TOLD: usize = 3;

impl Run<'_> {
    /// Reports that the value has none of these forms.
    pub(super) fn fail_choice(&mut self, forms: &[NodeId], value: &Value, at: &Path<'_>) -> Flow {
        if self.is_quick() {
            return Flow::Break(());
        }
        let fitting: Vec<_> = forms.iter().copied().filter(|id| self.types(*id, 0).meets(Types::of(value))).collect();
        match (fitting.as_slice(), value) {
            ([], _) => {
                let types = forms.iter().fold(Types::default(), |types, id| types.and(self.types(*id, 0)));
                self.fail(at, Weight::Value, || Said::wrong_type(types.words(), value))
            }
            ([only], _) => self.inside(*only, value, at),
            (_, Value::Object(map)) => self.fail_object(fitting, map, value, at),
            _ => match self.all_allowed(&fitting) {
                Some(allowed) => self.fail(at, Weight::Value, || Said::not_one_of(allowed.iter(), value)),
                None => self.fail_closest(&fitting, value, at),
            },
        }
    }

    /// An object shows by its tag, or by its only key, which form it is meant to be.
    fn fail_object(&mut self, mut forms: Vec<NodeId>, map: &Map<String, Value>, value: &Value, at: &Path<'_>) -> Flow {
        if let Some(tag) = self.tag_of(&forms) {
            let tags: Vec<_> = forms.iter().map(|id| self.allowed_at(*id, &tag)).collect();
            let all = || tags.iter().flatten().flatten();
            let is_complete = tags.iter().all(Option::is_some);
            match map.get(&*tag) {
                Some(found) => {
                    let fits = |allowed: &Option<Vec<Value>>| allowed.as_ref().is_some_and(|list| list.contains(found));
                    if tags.iter().any(fits) {
                        let mut fit = tags.iter().map(fits);
                        forms.retain(|_| fit.next() == Some(true));
                    } else if is_complete {
                        return self.fail(&at.key(&tag), Weight::Key, || Said::not_one_of(all(), found));
                    }
                }
                None if is_complete => {
                    return self.fail(&at.key(&tag), Weight::Key, || Said::missing_tag(all()));
                }
                None => {}
            }
        } else if let Some(names) = forms.iter().map(|id| self.only_key(*id)).collect::<Option<Vec<_>>>() {
            match names.iter().position(|name| map.contains_key(&**name)) {
                Some(meant) => forms = vec![forms[meant]],
                None => {
                    let names: Vec<_> = names.into_iter().map(Value::from).collect();
                    let found = map.keys().next().map(|key| Value::from(key.as_str()));
                    return self.fail(at, Weight::Key, || {
                        format!("its only key {}", words::one_of(names.iter(), found.as_ref()))
                    });
                }
            }
        }
        match forms.as_slice() {
            [only] => self.inside(*only, value, at),
            _ => self.fail_closest(&forms, value, at),
        }
    }

    /// Tries each form; the problems of the one that is clearly the closest are told.
    fn fail_closest(&mut self, forms: &[NodeId], value: &Value, at: &Path<'_>) -> Flow {
        let mut tries = Vec::new();
        for id in forms {
            if self.fuel == 0 {
                tries.clear();
                break;
            }
            let (problems, weight) = self.try_out(*id, value, at);
            if self.too_deep {
                return Flow::Break(());
            }
            tries.push((weight, problems));
        }
        let least = tries.iter().map(|(weight, _)| *weight).min().unwrap_or_default();
        let mut closest = tries.iter_mut().filter(|(weight, _)| *weight == least);
        if let (Some((weight, problems)), None) = (closest.next(), closest.next()) {
            self.weight += *weight;
            self.problems.append(problems);
            return Flow::Continue(());
        }
        self.fail(at, Weight::Key, || {
            let mut text = format!("has none of the {} allowed forms", forms.len());
            if (1..=TOLD).contains(&tries.len()) {
                let reasons = tries.iter().filter_map(|(_, problems)| problems.first()).map(ToString::to_string);
                text = format!("{text} ({})", reasons.collect::<Vec<_>>().join("; or "));
            }
            text
        })
    }

    /// What a node asks for, in words; `None` where it takes anything.
    pub(super) fn wanted(&self, id: NodeId) -> Option<String> {
        if let Some(allowed) = &self.nodes[self.target(id)].allowed {
            return Some(words::choice_of(allowed.iter()));
        }
        let types = self.types(id, 0);
        (types != Types::ALL && types != Types::default()).then(|| types.words())
    }

    /// The types of value that a form can take at all.
    pub(super) fn types(&self, id: NodeId, depth: usize) -> Types {
        let node = &self.nodes[self.target(id)];
        if node.verdict == Some(false) {
            return Types::default();
        }
        let mut types = node.types.unwrap_or(Types::ALL);
        if let Some(allowed) = &node.allowed {
            types = types.common(allowed.iter().fold(Types::default(), |types, one| types.and(Types::of(one))));
        }
        if depth >= FARTHEST {
            return types;
        }
        if let Some(target) = node.reference {
            types = types.common(self.types(target, depth + 1));
        }
        if let Some(combined) = &node.combined {
            for id in &combined.all {
                types = types.common(self.types(*id, depth + 1));
            }
            for forms in [&combined.any, &combined.one].into_iter().filter(|forms| !forms.is_empty()) {
                types = types
                    .common(forms.iter().fold(Types::default(), |types, id| types.and(self.types(*id, depth + 1))));
            }
        }
        types
    }

    /// All values that the forms allow, if each is a list of values.
    fn all_allowed(&self, forms: &[NodeId]) -> Option<Vec<Value>> {
        let lists = forms.iter().map(|id| self.nodes[self.target(*id)].allowed.as_deref());
        Some(lists.collect::<Option<Vec<_>>>()?.concat())
    }

    /// The key whose value tells the forms apart: most of all forms allow only certain values there.
    fn tag_of(&self, forms: &[NodeId]) -> Option<Box<str>> {
        let names = forms.iter().flat_map(|id| self.tags(*id, 0));
        let mut counts: Vec<(Box<str>, usize)> = Vec::new();
        for name in names {
            match counts.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => counts.push((name, 1)),
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max().filter(|most| *most >= 2)?;
        counts.into_iter().filter(|(_, count)| *count == most).map(|(name, _)| name).min()
    }

    /// The required keys of a form that allow only certain values.
    fn tags(&self, id: NodeId, depth: usize) -> Vec<Box<str>> {
        let node = &self.nodes[self.target(id)];
        let mut tags = Vec::new();
        if let Some(rules) = &node.objects {
            let is_tag = |name: &str| {
                rules.properties.get(name).is_some_and(|id| self.nodes[self.target(*id)].allowed.is_some())
            };
            tags.extend(rules.required.iter().filter(|name| is_tag(name)).cloned());
        }
        if depth < FARTHEST {
            tags.extend(node.reference.into_iter().flat_map(|id| self.tags(id, depth + 1)));
            let all = node.combined.iter().flat_map(|combined| &combined.all);
            tags.extend(all.flat_map(|id| self.tags(*id, depth + 1)));
        }
        tags
    }

    /// The values that a form allows at its tag.
    fn allowed_at(&self, id: NodeId, tag: &str) -> Option<Vec<Value>> {
        let mut open = vec![(id, 0)];
        while let Some((id, depth)) = open.pop() {
            let node = &self.nodes[self.target(id)];
            let property = node.objects.as_ref().and_then(|rules| rules.properties.get(tag));
            if let Some(allowed) = property.and_then(|id| self.nodes[self.target(*id)].allowed.as_deref()) {
                return Some(allowed.to_vec());
            }
            if depth < FARTHEST {
                open.extend(node.reference.map(|id| (id, depth + 1)));
                open.extend(node.combined.iter().flat_map(|combined| &combined.all).map(|id| (*id, depth + 1)));
            }
        }
        None
    }

    /// The only key of a form that has but one, as a variant with content has.
    fn only_key(&self, id: NodeId) -> Option<String> {
        let rules = self.nodes[self.target(id)].objects.as_ref()?;
        let [name] = rules.required.as_slice() else { return None };
        (rules.properties.len() == 1 && rules.properties.contains_key(name)).then(|| name.to_string())
    }
}
