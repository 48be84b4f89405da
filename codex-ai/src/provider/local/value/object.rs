//! Objects and maps.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::goal::Goal;
use super::scope::{Fact, Scope};
use super::writer::{Made, Step, Writer};
use crate::error::Problem;
use crate::provider::local::field::{FITS, Field};
use crate::provider::local::labels::{self, Label};
use crate::provider::local::words;

/// A map gets at most this many entries from the material.
const MOST_ENTRIES: usize = 32;

/// More labels or properties than this are not matched with each other.
const MOST_MATCHED: usize = 256;

/// A property with all that applies to it.
struct Property<'s> {
    name: &'s str,
    goal: Result<Goal<'s>, String>,
    field: Field,
    required: bool,
    value: Option<Value>,
}

impl<'s> Writer<'s, '_> {
    /// An object: the properties in declared order, optional ones only where something is found.
    pub(super) fn object(&mut self, goal: &Goal<'s>, field: &Field, need: bool) -> Made {
        let Some(given) = field.given.as_deref().filter(|_| !self.is_terse()) else {
            return self.object_here(goal, field, need);
        };
        // What stands behind the object's own label, and the labelled lines that name the object too.
        let mut text = given.to_owned();
        for label in self.scope.source.labels() {
            if field.words.iter().any(|word| label.words.contains(word)) && label.words.len() > field.words.len() {
                text.push_str("\n\n");
                text.push_str(self.scope.source.slice(&(label.name.start..label.value.end)));
            }
        }
        let plain = Field { given: None, ..field.clone() };
        self.within(Scope::record(&text), |writer| writer.object_here(goal, &plain, need))
    }

    fn object_here(&mut self, goal: &Goal<'s>, field: &Field, need: bool) -> Made {
        let (goal, required) = self.with_dependents(goal).map_err(|message| self.problem(message))?;
        let mut properties = self.properties(&goal, field, &required);
        let most = goal.smallest("maxProperties").unwrap_or(u64::MAX) as usize;
        let least = goal.largest("minProperties").unwrap_or(0) as usize;
        if required.len() > most || least > most {
            return Err(
                self.problem(format!("no object has {} and at most {most} properties", required.len().max(least)))
            );
        }
        if !self.is_terse() {
            self.match_labels(&mut properties);
        }
        let mut count = required.len();
        let mut found = false;
        for property in &mut properties {
            if self.is_terse() || (!property.required && count >= most) {
                continue;
            }
            let Ok(goal) = &property.goal else { continue };
            let mark = self.scope.mark();
            // An optional property that cannot be made is left out.
            let Ok(made) = self.place_in(&Step::Name(property.name), goal, &property.field, false) else {
                self.scope.back_to(mark);
                continue;
            };
            if made.is_some() {
                found = true;
                count += usize::from(!property.required);
                property.value = made;
            }
        }
        let mut entries = Map::new();
        if !self.is_terse() && takes_entries(&goal) {
            entries = self.entries(&goal, &properties, most - count.min(most));
            found |= !entries.is_empty();
        }
        if !need && !found {
            return Ok(None);
        }
        for property in properties.iter_mut().filter(|property| property.required && property.value.is_none()) {
            let goal = property.goal.as_ref().map_err(|message| {
                let path = format!("{}.{}", self.path, property.name);
                Problem::new(path.trim_start_matches('.'), message.clone())
            })?;
            property.value = self.place_in(&Step::Name(property.name), goal, &property.field, true)?;
        }
        count += entries.len();
        // Where the schema wants more properties than it names as required, optional ones come in.
        for property in properties.iter_mut().filter(|property| property.value.is_none()) {
            let Ok(goal) = &property.goal else { continue };
            if count >= least {
                break;
            }
            let mark = self.scope.mark();
            match self.place_in(&Step::Name(property.name), goal, &property.field, true) {
                Ok(Some(value)) => {
                    property.value = Some(value);
                    count += 1;
                }
                _ => self.scope.back_to(mark),
            }
        }
        let mut object = Map::new();
        for property in properties {
            if let Some(value) = property.value {
                object.insert(property.name.to_owned(), value);
            }
        }
        object.extend(entries);
        self.fill_up(&goal, field, &mut object, least)?;
        Ok(Some(Value::Object(object)))
    }

    /// The goal with the schemas that required properties bring in, and all required names.
    fn with_dependents(&self, goal: &Goal<'s>) -> Result<(Goal<'s>, Vec<&'s str>), String> {
        let mut goal = goal.clone();
        let mut required: Vec<&str> = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        let (mut part, mut next) = (0, 0);
        loop {
            while let Some(keywords) = goal.parts.get(part) {
                let names = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
                for name in names.filter_map(Value::as_str) {
                    if known.insert(name) {
                        required.push(name);
                    }
                }
                part += 1;
            }
            let Some(&name) = required.get(next) else { return Ok((goal, required)) };
            next += 1;
            let dependents: Vec<&Value> = goal.all("dependentSchemas").filter_map(|map| map.get(name)).collect();
            for schema in dependents {
                goal.add(self.root, schema)?;
            }
            for names in goal.all("dependentRequired").filter_map(|map| map.get(name)?.as_array()) {
                for name in names.iter().filter_map(Value::as_str) {
                    if known.insert(name) {
                        required.push(name);
                    }
                }
            }
        }
    }

    /// The declared properties, then the required ones that nobody declared.
    fn properties(&mut self, goal: &Goal<'s>, field: &Field, required: &[&'s str]) -> Vec<Property<'s>> {
        let demanded: HashSet<&str> = required.iter().copied().collect();
        let mut known: HashSet<&str> = HashSet::new();
        let declared =
            goal.all("properties").filter_map(Value::as_object).flat_map(|map| map.keys().map(String::as_str));
        let names: Vec<&str> = declared.chain(required.iter().copied()).filter(|name| known.insert(name)).collect();
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let inner = self.goal_of(goal, name);
            let brings_more =
                goal.all("dependentSchemas").chain(goal.all("dependentRequired")).any(|map| map.get(name).is_some());
            let required = demanded.contains(name);
            // A property that would bring in more is left alone unless it must be there.
            if brings_more && !required {
                continue;
            }
            let description = inner.as_ref().map_or("", Goal::description);
            let field = field.child(name, description);
            found.push(Property { name, goal: inner, field, required, value: None });
        }
        found
    }

    /// All that applies to the property `name`.
    fn goal_of(&mut self, goal: &Goal<'s>, name: &str) -> Result<Goal<'s>, String> {
        let mut inner = Goal::default();
        let mut evaluated = false;
        for part in &goal.parts {
            let mut here = false;
            if let Some(schema) = part.get("properties").and_then(|map| map.get(name)) {
                inner.add(self.root, schema)?;
                here = true;
            }
            for (pattern, schema) in part.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
                if self.matches(pattern, name) {
                    inner.add(self.root, schema)?;
                    here = true;
                }
            }
            if !here && let Some(schema) = part.get("additionalProperties") {
                inner.add(self.root, schema)?;
                here = true;
            }
            evaluated |= here;
        }
        for schema in goal.all("unevaluatedProperties").filter(|_| !evaluated) {
            inner.add(self.root, schema)?;
        }
        Ok(inner)
    }

    /// Gives every property the text of the label that fits it best; a label goes to the property it fits best.
    fn match_labels(&mut self, properties: &mut [Property<'s>]) {
        let source = self.scope.source.clone();
        let labels = source.labels();
        let mut pairs = Vec::new();
        for (label, Label { words, .. }) in labels.iter().enumerate().take(MOST_MATCHED) {
            if self.scope.is_used(Fact::Label(label)) {
                continue;
            }
            for (property, Property { field, .. }) in properties.iter().enumerate().take(MOST_MATCHED) {
                let fit = field.fit(words);
                if fit >= FITS {
                    pairs.push((fit, label, property));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut taken: HashSet<usize> = HashSet::new();
        for (_, label, property) in pairs {
            let field = &mut properties[property].field;
            if field.given.is_none() && taken.insert(label) {
                field.given = Some(self.take_label(label));
            }
        }
    }

    /// Entries of a map from labelled lines.
    fn entries(&mut self, goal: &Goal<'s>, properties: &[Property<'s>], most: usize) -> Map<String, Value> {
        let source = self.scope.source.clone();
        let mut entries = Map::new();
        for (index, label) in source.labels().iter().enumerate() {
            if entries.len() >= most.min(MOST_ENTRIES) {
                break;
            }
            let name = labels::clean(source.slice(&label.name));
            let taken =
                self.scope.is_used(Fact::Label(index)) || properties.iter().any(|property| property.name == name);
            if taken || entries.contains_key(name) {
                continue;
            }
            let names = [
                name.to_owned(),
                words::words(name).map(|word| word.text).collect::<Vec<_>>().join("_").to_lowercase(),
            ];
            let Some(name) = names.into_iter().find(|name| self.takes_name(goal, name)) else { continue };
            let Ok(inner) = self.goal_of(goal, &name) else { continue };
            let mut field = Field::default().child(&name, "");
            field.given = Some(source.slice(&label.value).to_owned());
            let mark = self.scope.mark();
            match self.place_in(&Step::Name(&name), &inner, &field, false) {
                Ok(Some(value)) => {
                    self.scope.take(Fact::Label(index));
                    entries.insert(name, value);
                }
                _ => self.scope.back_to(mark),
            }
        }
        entries
    }

    /// Adds entries with made-up names until there are enough properties.
    fn fill_up(
        &mut self,
        goal: &Goal<'s>,
        field: &Field,
        object: &mut Map<String, Value>,
        least: usize,
    ) -> Result<(), Problem> {
        if object.len() >= least {
            return Ok(());
        }
        let missing = least - object.len();
        for name in self.made_names(goal, missing.saturating_mul(4).saturating_add(16)) {
            if object.len() >= least {
                return Ok(());
            }
            if object.contains_key(&name) || !self.takes_name(goal, &name) {
                continue;
            }
            let Ok(inner) = self.goal_of(goal, &name) else { continue };
            let child = field.child(&name, "");
            if let Some(value) = self.place_in(&Step::Name(&name), &inner, &child, true)? {
                object.insert(name, value);
            }
        }
        if object.len() < least {
            return Err(self.problem(format!("no names are found for {least} properties")));
        }
        Ok(())
    }

    /// Names that a map may have: those its schema lists, those that follow its patterns, `key_1` and so on.
    fn made_names(&mut self, goal: &Goal<'s>, most: usize) -> Vec<String> {
        let mut names = Vec::new();
        for schema in goal.all("propertyNames") {
            let Ok(inner) = Goal::of(self.root, schema) else { continue };
            names.extend(inner.constants().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)));
            if names.is_empty() {
                for variant in 0..most.min(MOST_MADE_NAMES) {
                    let mut way = variant;
                    if let Ok(Some(Value::String(name))) = self.string(&inner, &Field::default(), true, &mut way) {
                        names.push(name);
                    }
                }
            }
        }
        for patterns in goal.all("patternProperties").filter_map(Value::as_object) {
            for pattern in patterns.keys() {
                names.extend(
                    (0..most.min(MOST_MADE_NAMES)).filter_map(|variant| super::pattern::example(pattern, 0, variant)),
                );
            }
        }
        names.extend((1..=most.min(MOST_MADE_NAMES)).map(|n| format!("key_{n}")));
        names
    }

    /// Whether `propertyNames` lets a name through.
    fn takes_name(&mut self, goal: &Goal<'s>, name: &str) -> bool {
        let schemas: Vec<&Value> = goal.all("propertyNames").collect();
        schemas.into_iter().all(|schema| {
            let Ok(inner) = Goal::of(self.root, schema) else { return false };
            match inner.constants() {
                Some(names) => names.iter().any(|other| other.as_str() == Some(name)),
                None => self.fits(&inner, name),
            }
        })
    }
}

/// At most so many names are made up.
const MOST_MADE_NAMES: usize = 1_000;

/// Whether an object is a map: it says what further properties look like.
fn takes_entries(goal: &Goal<'_>) -> bool {
    let speaks = |schema: &Value| matches!(schema, Value::Object(_) | Value::Bool(true));
    goal.all("additionalProperties").any(speaks) || goal.all("patternProperties").next().is_some()
}
