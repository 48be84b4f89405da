//! Lists and tuples.

use std::collections::HashSet;

use serde_json::Value;

use super::goal::{Goal, Type};
use super::scope::{Fact, Scope};
use super::writer::{Made, Step, Writer};
use crate::error::Problem;
use crate::provider::local::classify::Choice;
use crate::provider::local::field::{Field, Role};
use crate::provider::local::labels;
use crate::provider::local::limits::Limits;
use crate::provider::local::names::Cue;
use crate::provider::local::source::one_line;
use crate::provider::local::text::{DEFAULT_KEYWORDS, DEFAULT_SENTENCES};

/// A list gets at most this many elements from the material, unless the schema wants more.
const MOST_ELEMENTS: usize = 50;

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
            found |= self.elements(goal, field, need, least, most.min(MOST_ELEMENTS.max(least)), unique, &mut values)?;
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
            if count.saturating_add(demanded.len()) > most {
                return Err(self.problem(format!("no list of at most {most} elements has {count} of those it must contain")));
            }
            demanded.extend(std::iter::repeat_n(contains, count.min(MOST_LENGTH)));
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
        let mut seen: HashSet<String> = if unique { values.iter().map(Value::to_string).collect() } else { HashSet::new() };
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
                    None if option.types().is_some_and(|types| types.first() == Some(&Type::Object)) => return Kind::Record,
                    None => {}
                }
            }
        }
        if let Some(values) = element.constants() {
            names.extend(values.iter().filter_map(|value| {
                Some(Choice { name: value.as_str()?.to_owned(), ..Choice::default() })
            }));
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

    /// Texts for a list: behind the field's label, or of its kind, or the items of a list, or the best sentences.
    fn texts(&mut self, field: &Field, need: bool, least: usize, most: usize) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = self.scope.source.clone();
        let facts = source.facts();
        let slices = |ranges: &[std::ops::Range<usize>]| ranges.iter().map(|r| one_line(source.slice(r))).collect();
        let named = |cues: &[Option<Cue>]| {
            let fits = facts.names.iter().filter(|name| cues.contains(&name.cue));
            fits.map(|name| one_line(source.slice(&name.range))).collect()
        };
        let mut found: Vec<String> = match field.role {
            Role::Keywords => source.frequent().into_iter().map(|(word, _)| word).take(DEFAULT_KEYWORDS).collect(),
            Role::Email => slices(&facts.emails),
            Role::Website => slices(&facts.urls),
            Role::Phone => slices(&facts.phones),
            Role::Quote => slices(&facts.quotes),
            Role::Date => facts.dates.iter().map(|(_, date)| date.to_string()).collect(),
            Role::Person => named(&[Some(Cue::Person), None]),
            Role::Place => named(&[Some(Cue::Place)]),
            Role::Company => named(&[Some(Cue::Company)]),
            Role::Name => named(&[Some(Cue::Person), Some(Cue::Place), Some(Cue::Company), None]),
            _ => {
                let items: Vec<usize> =
                    (0..source.sentences().len()).filter(|index| source.sentences()[*index].item).collect();
                return if items.len() > 1 {
                    for index in &items {
                        self.scope.take(Fact::Sentence(*index));
                    }
                    items.into_iter().map(|index| source.sentence(index)).collect()
                } else if need || is_points(field) {
                    self.best_sentences(least, most)
                } else {
                    Vec::new()
                };
            }
        };
        let mut seen = HashSet::new();
        found.retain(|text| seen.insert(text.to_lowercase()));
        found
    }

    /// The best sentences, in their order; those that no other field carries first.
    fn best_sentences(&mut self, least: usize, most: usize) -> Vec<String> {
        let Limits { points, sentences, .. } = *self.limits;
        let wanted = points.or(sentences).unwrap_or(DEFAULT_SENTENCES).max(least).min(most);
        let ranked = self.scope.ranked.clone();
        let free = ranked.iter().filter(|index| !self.scope.is_used(Fact::Sentence(**index)));
        let mut chosen: Vec<usize> = free.copied().take(wanted).collect();
        if chosen.len() < least.max(1) {
            let missing = least.max(1) - chosen.len();
            let again: Vec<usize> = ranked.iter().filter(|index| !chosen.contains(index)).copied().take(missing).collect();
            chosen.extend(again);
        }
        chosen.sort_unstable();
        for index in &chosen {
            self.scope.take(Fact::Sentence(*index));
        }
        chosen.into_iter().map(|index| self.scope.source.sentence(index)).collect()
    }

    /// Texts about one thing each: what stands behind the field's label, rows of a table, items of a list, lines with
    /// numbers, else sentences.
    fn records(&mut self, field: &Field) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = self.scope.source.clone();
        let rows = labels::table_rows(source.text());
        if !rows.is_empty() {
            return rows;
        }
        let items: Vec<String> =
            source.sentences().iter().filter(|s| s.item).map(|s| source.slice(&s.range).to_owned()).collect();
        if items.len() > 1 {
            return items;
        }
        let labelled: Vec<usize> = source.labels().iter().map(|label| label.value.end).collect();
        let lines: Vec<String> = crate::provider::local::sentences::lines(source.text())
            .filter(|line| labelled.binary_search(&line.end).is_err())
            .map(|line| source.slice(&line))
            .filter(|line| line.ends_with(|c: char| c.is_ascii_digit() || "€$£%".contains(c)))
            .map(str::to_owned)
            .collect();
        if lines.len() > 1 {
            return lines;
        }
        source.sentences().iter().map(|s| source.slice(&s.range).to_owned()).take(MOST_ELEMENTS).collect()
    }

    /// The numbers behind the field's label, or the prices of the text for a field that wants money.
    fn numbers_for(&self, field: &Field) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = &self.scope.source;
        let wants = |number: &&crate::provider::local::numbers::Number| match field.role {
            Role::Money => number.currency.is_some(),
            Role::Year => number.is_year(),
            _ => false,
        };
        source.facts().numbers.iter().filter(wants).map(|number| source.slice(&number.range).to_owned()).collect()
    }

    /// The names of the choices that the text speaks for.
    fn chosen(&self, choices: &[Choice], field: &Field) -> Vec<String> {
        let ranking = self.rank(choices, field);
        ranking.order.into_iter().take(ranking.speaking).map(|index| choices[index].name.clone()).collect()
    }
}

/// A longer list is not made, whatever the schema demands.
const MOST_LENGTH: usize = 20_000;

/// What the elements of a list are.
enum Kind {
    Text,
    Record,
    Number,
    Choice(Vec<Choice>),
}

/// Names of lists that the best sentences fill well.
fn is_points(field: &Field) -> bool {
    const POINTS: &[&str] = &["point", "highlight", "takeaway", "fact", "bullet", "finding", "insight"];
    field.words.iter().any(|word| POINTS.iter().any(|point| crate::provider::local::words::stem(point) == *word))
}

/// The schemas of the first elements.
fn prefix(part: &super::goal::Keywords) -> &[Value] {
    match (part.get("prefixItems"), part.get("items")) {
        (Some(Value::Array(prefix)), _) | (None, Some(Value::Array(prefix))) => prefix,
        _ => &[],
    }
}
