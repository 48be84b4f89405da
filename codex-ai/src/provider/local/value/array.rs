//! Lists and tuples.

use std::collections::HashSet;

use serde_json::Value;

use super::goal::{Goal, Type};
use super::scope::Scope;
use super::writer::{Made, Step, Writer};
use crate::error::Problem;
use crate::provider::local::classify::Choice;
use crate::provider::local::field::Field;
use crate::provider::local::labels;

/// A list gets at most this many elements from the material, unless the schema wants more.
pub(super) const MOST_ELEMENTS: usize = 50;

impl<'s> Writer<'s, '_> {
    pub(super) fn array(&mut self, goal: &Goal<'s>, field: &Field, need: bool, way: &mut usize) -> Made {
        let least = goal.largest("minItems").unwrap_or(0) as usize;
        let most = goal.smallest("maxItems").map_or(usize::MAX, |most| most as usize);
        if least > most {
            return Err(self.problem(format!("no list has at least {least} and at most {most} elements")));
        }
        let unique = goal.all("uniqueItems").any(|value| *value == Value::Bool(true));
        let prefix = goal.parts.iter().map(|part| prefix(part).len()).max().unwrap_or(0);
        let demanded = self.demanded(goal, most)?;
        let mut values = Vec::new();
        let mut found = false;
        if prefix > 0 {
            found = self.tuple(goal, field, prefix.min(most.max(least)), least, &mut values)?;
        }
        for contains in demanded {
            let mut element = self.element(goal, values.len()).map_err(|message| self.problem(message))?;
            element.add(self.root, contains).map_err(|message| self.problem(message))?;
            let path = Step::Index(values.len());
            if let Some(value) = self.place_in(&path, &element, field, true)? {
                values.push(value);
            }
        }
        let most = if goal.all("maxContains").next().is_some() { values.len().max(least) } else { most };
        if values.is_empty() && !self.is_terse() {
            found |=
                self.elements(goal, field, need, least, most.min(MOST_ELEMENTS.max(least)), unique, &mut values)?;
        }
        if !need && !found {
            return Ok(None);
        }
        // A detour on the list itself means that its elements do not please: one by one they are left out.
        if *way > 0 {
            let drop = (*way).min(values.len().saturating_sub(least.max(prefix)));
            values.truncate(values.len() - drop);
            *way -= drop;
        }
        self.fill_up_list(goal, field, least, unique, &mut values)?;
        Ok(Some(Value::Array(values)))
    }

    /// The schemas of `contains`, each as often as it must be met.
    fn demanded(&self, goal: &Goal<'s>, most: usize) -> Result<Vec<&'s Value>, Problem> {
        let mut demanded = Vec::new();
        for part in &goal.parts {
            let Some(contains) = part.get("contains") else { continue };
            let count = part.get("minContains").and_then(super::goal::whole).unwrap_or(1) as usize;
            if count.saturating_add(demanded.len()) > most.min(MOST_LENGTH) {
                return Err(self.problem(format!(
                    "no list of at most {} elements has the {count} that it must contain",
                    most.min(MOST_LENGTH)
                )));
            }
            demanded.extend(std::iter::repeat_n(contains, count));
        }
        Ok(demanded)
    }

    /// Writes the elements that have a schema each.
    fn tuple(
        &mut self,
        goal: &Goal<'s>,
        field: &Field,
        length: usize,
        least: usize,
        values: &mut Vec<Value>,
    ) -> Result<bool, Problem> {
        let pieces = field.given.as_deref().map(labels::pieces).unwrap_or_default();
        let mut found = false;
        for index in 0..length {
            let element = match self.element(goal, index) {
                Ok(element) => element,
                // A tuple may end where its next element is impossible.
                Err(_) if index >= least => break,
                Err(message) => return Err(self.problem(message)),
            };
            let mut inner = Field { given: pieces.get(index).cloned(), ..field.clone() };
            if !element.description().is_empty() {
                inner = Field { given: inner.given, ..field.child("", element.description()) };
            }
            let mark = self.scope.mark();
            let step = Step::Index(index);
            let value = match self.place_in(&step, &element, &inner, false) {
                Ok(Some(value)) => {
                    found = true;
                    Some(value)
                }
                _ => {
                    self.scope.back_to(mark);
                    self.place_in(&step, &element, &inner, true)?
                }
            };
            values.extend(value);
        }
        Ok(found)
    }

    /// Writes what the material has for a list.
    #[expect(clippy::too_many_arguments, reason = "the bounds of the list, each used once")]
    fn elements(
        &mut self,
        goal: &Goal<'s>,
        field: &Field,
        need: bool,
        least: usize,
        most: usize,
        unique: bool,
        values: &mut Vec<Value>,
    ) -> Result<bool, Problem> {
        let Ok(element) = self.element(goal, 0) else { return Ok(false) };
        let pieces = match self.kind_of(&element) {
            Kind::Text => self.texts(field, need, least, most),
            Kind::Record => self.records(field),
            Kind::Number => self.numbers_for(field),
            Kind::Choice(choices) => self.chosen(&choices, field),
        };
        let mut found = false;
        let whole = self.scope.source.text().len();
        for piece in pieces {
            if values.len() >= most {
                break;
            }
            let scope = Scope::record(&piece);
            // A piece that is the whole text again would go round in circles.
            let smaller = piece.len() < whole;
            let given = Field { given: Some(piece), ..field.clone() };
            let bare = Field { given: None, ..field.clone() };
            let record = smaller && element.types().is_some_and(|types| types.contains(&Type::Object));
            let step = Step::Index(values.len());
            let made = if record {
                self.within(scope, |writer| writer.place_in(&step, &element, &bare, false))
            } else {
                self.place_in(&step, &element, &given, false)
            };
            match made {
                Ok(Some(value)) if !(unique && values.contains(&value)) => {
                    values.push(value);
                    found = true;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Adds elements until there are enough, each different where they must be.
    fn fill_up_list(
        &mut self,
        goal: &Goal<'s>,
        field: &Field,
        least: usize,
        unique: bool,
        values: &mut Vec<Value>,
    ) -> Result<(), Problem> {
        if least > MOST_LENGTH {
            return Err(self.problem(format!("a list of more than {MOST_LENGTH} elements is not made")));
        }
        let outer = self.variant;
        let mut tries = 0;
        let mut seen: HashSet<String> =
            if unique { values.iter().map(Value::to_string).collect() } else { HashSet::new() };
        let bare = Field { given: None, ..field.clone() };
        let mut made = Ok(());
        while values.len() < least {
            let index = values.len();
            let element = match self.element(goal, index) {
                Ok(element) => element,
                Err(message) => return Err(self.problem(message)),
            };
            match self.place_in(&Step::Index(index), &element, &bare, true) {
                Ok(Some(value)) if !unique || seen.insert(value.to_string()) => values.push(value),
                Ok(_) if tries < 2 * least + 64 => {
                    tries += 1;
                    self.variant += 1;
                }
                Ok(_) => made = Err(self.problem(format!("fewer than {least} different elements are found"))),
                Err(problem) => made = Err(problem),
            }
            if made.is_err() {
                break;
            }
        }
        self.variant = outer;
        made
    }

    /// All that applies to the element at this index.
    fn element(&self, goal: &Goal<'s>, index: usize) -> Result<Goal<'s>, String> {
        let mut element = Goal::default();
        let mut evaluated = false;
        for part in &goal.parts {
            let own = prefix(part);
            let rest = || match part.get("items") {
                // Drafts before 2020-12 put the prefix into `items` and the rest into `additionalItems`.
                Some(Value::Array(_)) => part.get("additionalItems"),
                items => items,
            };
            if let Some(schema) = own.get(index).or_else(rest) {
                element.add(self.root, schema)?;
                evaluated = true;
            }
        }
        for schema in goal.all("unevaluatedItems").filter(|_| !evaluated) {
            element.add(self.root, schema)?;
        }
        Ok(element)
    }

    fn kind_of(&self, element: &Goal<'s>) -> Kind {
        let mut element = element.clone();
        let mut names = Vec::new();
        if let Some(branches) = element.next_choice() {
            for branch in branches {
                let mut option = element.clone();
                if branch.iter().try_for_each(|schema| option.add(self.root, schema)).is_err() {
                    continue;
                }
                match option.constants() {
                    Some(values) => names.extend(values.iter().filter_map(|value| {
                        Some(Choice { name: value.as_str()?.to_owned(), about: option.description().to_owned() })
                    })),
                    // Whatever the branches are, records serve objects and texts serve the rest.
                    None if option.types().is_some_and(|types| types.first() == Some(&Type::Object)) => {
                        return Kind::Record;
                    }
                    None => {}
                }
            }
        }
        if let Some(values) = element.constants() {
            names.extend(
                values
                    .iter()
                    .filter_map(|value| Some(Choice { name: value.as_str()?.to_owned(), ..Choice::default() })),
            );
        }
        if !names.is_empty() {
            return Kind::Choice(names);
        }
        match element.types().unwrap_or_default().first() {
            Some(Type::Object) => Kind::Record,
            Some(Type::Integer | Type::Number) => Kind::Number,
            _ => Kind::Text,
        }
    }
}

/// A longer list is not made, whatever the schema demands.
const MOST_LENGTH: usize = 10_000;

/// What the elements of a list are.
enum Kind {
    Text,
    Record,
    Number,
    Choice(Vec<Choice>),
}

/// The schemas of the first elements.
fn prefix(part: &super::goal::Keywords) -> &[Value] {
    match (part.get("prefixItems"), part.get("items")) {
        (Some(Value::Array(prefix)), _) | (None, Some(Value::Array(prefix))) => prefix,
        _ => &[],
    }
}
