//! Makes one value: walks the schema, and at every place takes what fits best.

use std::collections::{BTreeMap, HashMap, HashSet};

use regex::Regex;
use serde_json::Value;

use super::goal::{Goal, Type};
use super::height::{DEEPEST, Heights};
use super::scope::{Fact, Scope};
use crate::error::Problem;
use crate::provider::local::classify::{self, Choice, Ranking};
use crate::provider::local::field::Field;
use crate::provider::local::limits::Limits;
use crate::provider::local::source::Source;

/// A value, or `None` where nothing was found and nothing is needed.
pub(super) type Made = Result<Option<Value>, Problem>;

/// Below this depth only what the schema demands is written.
const DEEP: usize = 8;

/// After so many places only what the schema demands is written.
const MANY: usize = 4_000;

/// A value with more places is not made.
const MOST_PLACES: usize = 20_000;

/// The maker of one value.
pub(super) struct Writer<'s, 'a> {
    pub(super) root: &'s Value,
    heights: &'a Heights<'s>,
    pub(super) limits: &'a Limits,
    pub(super) scope: Scope,
    /// Places that are to be filled in another way than the first, and in which.
    detours: &'a BTreeMap<String, usize>,
    plain: bool,
    pub(super) path: String,
    depth: usize,
    places: usize,
    /// Moves every choice below on, to make several values that differ.
    pub(super) variant: usize,
    /// Places that know no further way.
    pub(super) exhausted: HashSet<String>,
    pub(super) patterns: HashMap<String, Option<Regex>>,
}

impl<'s, 'a> Writer<'s, 'a> {
    pub(super) fn new(
        root: &'s Value,
        heights: &'a Heights<'s>,
        limits: &'a Limits,
        scope: Scope,
        detours: &'a BTreeMap<String, usize>,
        plain: bool,
    ) -> Self {
        Self {
            root,
            heights,
            limits,
            scope,
            detours,
            plain,
            path: String::new(),
            depth: 0,
            places: 0,
            variant: 0,
            exhausted: HashSet::new(),
            patterns: HashMap::new(),
        }
    }

    pub(super) fn write_root(&mut self) -> Result<Value, Problem> {
        if self.heights.get(self.root).is_none() {
            return Err(self.problem("every value of this schema is endless, or there is none"));
        }
        let goal = Goal::of(self.root, self.root).map_err(|message| self.problem(message))?;
        let field = Field::root(goal.description());
        let value = self.place(&goal, &field, true)?;
        value.ok_or_else(|| self.problem("nothing fits here"))
    }

    /// Fills one place. With `need` there is a value in the end, without it only if the material has something for it.
    pub(super) fn place(&mut self, goal: &Goal<'s>, field: &Field, need: bool) -> Made {
        self.places += 1;
        if self.places > MOST_PLACES {
            return Err(self.problem(format!("a value of this schema has more than {MOST_PLACES} places")));
        }
        if self.depth > DEEPEST + DEEP {
            return Err(self.problem(format!("a value of this schema is nested deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let mut way = self.detours.get(&self.path).copied().unwrap_or(0) + self.variant;
        let made = self.settle(goal.clone(), field, need, &mut way);
        if way > 0 {
            self.exhausted.insert(self.path.clone());
        }
        self.depth -= 1;
        made
    }

    /// Fills the place `name` or `[index]` inside this one.
    pub(super) fn place_in(&mut self, step: &Step<'_>, goal: &Goal<'s>, field: &Field, need: bool) -> Made {
        let length = self.path.len();
        match step {
            Step::Name(name) if length == 0 => self.path.push_str(name),
            Step::Name(name) => {
                self.path.push('.');
                self.path.push_str(name);
            }
            Step::Index(index) => self.path.push_str(&format!("[{index}]")),
        }
        let made = self.place(goal, field, need);
        self.path.truncate(length);
        made
    }

    /// Fills a place from another text.
    pub(super) fn within<T>(&mut self, scope: Scope, fill: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let made = fill(self);
        self.scope = outer;
        made
    }

    /// Whether only what the schema demands is written.
    pub(super) fn is_terse(&self) -> bool {
        self.plain || self.depth > DEEP || self.places > MANY
    }

    /// Whether the place is filled from the schema alone.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.path.clone(), message)
    }

    /// How the choices fit: by the text given for the field if that speaks for one, else by the whole source.
    pub(super) fn rank(&self, choices: &[Choice], field: &Field) -> Ranking {
        if let Some(given) = &field.given {
            let ranking = classify::rank(choices, &Source::new(given.clone()));
            if ranking.found {
                return ranking;
            }
        }
        classify::rank(choices, &self.scope.source)
    }

    /// Takes a branch of every open choice, then fills the place.
    fn settle(&mut self, mut goal: Goal<'s>, field: &Field, need: bool, way: &mut usize) -> Made {
        let Some(branches) = goal.next_choice() else { return self.fill(&goal, field, need, way) };
        let mut options = Vec::new();
        let mut nulls = Vec::new();
        let mut reason = "no branch is left that fits here".to_owned();
        for branch in branches {
            let height = branch.iter().try_fold(0, |most, schema| Some(self.heights.get(schema)?.max(most)));
            let mut option = goal.clone();
            let added = branch.iter().try_for_each(|schema| option.add(self.root, schema));
            match (height, added) {
                (Some(_), Ok(())) if option.types().as_deref() == Some(&[Type::Null]) => nulls.push((0, option)),
                (Some(height), Ok(())) => options.push((height, option)),
                (_, Err(message)) => reason = message,
                (None, _) => {}
            }
        }
        let mut found = false;
        if self.is_terse() {
            options.append(&mut nulls);
            options.sort_by_key(|(height, _)| *height);
        } else {
            if options.len() > 1 {
                let choices: Vec<Choice> = options.iter().map(|(_, option)| choice(&goal, option)).collect();
                let ranking = self.rank(&choices, field);
                found = ranking.found;
                let mut slots: Vec<_> = options.into_iter().map(Some).collect();
                options = ranking.order.into_iter().filter_map(|index| slots[index].take()).collect();
            }
            options.append(&mut nulls);
        }
        if options.is_empty() {
            return Err(self.problem(reason));
        }
        let first = *way % options.len();
        *way /= options.len();
        options.rotate_left(first);
        let mut problem = None;
        // What is found in the text wins over what comes first, unless the text speaks for the first already.
        let passes: &[bool] = match (need, found) {
            (true, false) if options.len() > 1 && !self.is_terse() && first == 0 => &[false, true],
            (true, _) => &[true],
            (false, _) => &[false],
        };
        for &must in passes {
            for (index, (_, option)) in options.iter().enumerate() {
                let mark = self.scope.mark();
                match self.settle(option.clone(), field, must || (found && index == 0), way) {
                    Ok(Some(value)) => return Ok(Some(value)),
                    Ok(None) => {}
                    Err(other) => problem = problem.or(Some(other)),
                }
                self.scope.back_to(mark);
            }
        }
        match problem {
            Some(problem) if need => Err(problem),
            _ => Ok(None),
        }
    }

    /// Fills a place whose choices are made.
    fn fill(&mut self, goal: &Goal<'s>, field: &Field, need: bool, way: &mut usize) -> Made {
        if let Some(constants) = goal.constants() {
            return self.constant(&constants, goal, field, need, way);
        }
        let mut types = goal.types().unwrap_or_default();
        if self.is_terse() {
            types.sort_by_key(|kind| *kind != Type::Null);
        }
        let first = *way % types.len().max(1);
        *way /= types.len().max(1);
        types.rotate_left(first);
        let nullable = types.len() > 1 && types.contains(&Type::Null);
        let mut problem = None;
        for kind in types {
            let mark = self.scope.mark();
            // Where nothing is found, `null` says so.
            let must = need && (!nullable || first > 0);
            let made = match kind {
                Type::Null => Ok(need.then_some(Value::Null)),
                Type::Boolean => Ok(self.boolean(field, must, way)),
                Type::Integer => self.number(goal, field, must, true, way),
                Type::Number => self.number(goal, field, must, false, way),
                Type::String => self.string(goal, field, must, way),
                Type::Array => self.array(goal, field, must, way),
                Type::Object => self.object(goal, field, must),
            };
            match made {
                Ok(Some(value)) => return Ok(Some(value)),
                Ok(None) if !need => return Ok(None),
                Ok(None) => {}
                Err(other) => problem = problem.or(Some(other)),
            }
            self.scope.back_to(mark);
        }
        match problem {
            Some(problem) if need => Err(problem),
            _ if need => Err(self.problem("nothing fits here")),
            _ => Ok(None),
        }
    }

    fn constant(&mut self, values: &[&'s Value], goal: &Goal<'s>, field: &Field, need: bool, way: &mut usize) -> Made {
        let first = *way % values.len().max(1);
        *way /= values.len().max(1);
        let mut order: Vec<usize> = (0..values.len()).collect();
        let mut found = false;
        if values.len() > 1 && !self.is_terse() {
            let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let mut choices: Vec<Choice> =
                values.iter().map(|value| Choice { name: name(value), ..Choice::default() }).collect();
            lines_about(goal.description(), &mut choices);
            // `null` among the values means that nothing was found.
            let ranking = self.rank(&choices, field);
            found = ranking.found;
            order = ranking.order;
            if !found && let Some(null) = order.iter().position(|index| values[*index].is_null()) {
                let null = order.remove(null);
                order.insert(0, null);
            }
        }
        if order.is_empty() {
            return if need { Err(self.problem("no constant is left that fits here")) } else { Ok(None) };
        }
        order.rotate_left(first);
        Ok((need || found).then(|| values[order[0]].clone()))
    }

    /// Takes the label that fits the field, if there is one.
    pub(super) fn take_label(&mut self, index: usize) -> String {
        self.scope.take(Fact::Label(index));
        let source = &self.scope.source;
        source.slice(&source.labels()[index].value).to_owned()
    }
}

/// A step from a place to one inside it.
pub(super) enum Step<'n> {
    Name(&'n str),
    Index(usize),
}

/// What is known of a branch: its constant, or the name of its tag or of its only required property; its title, description
/// and the names of its properties.
fn choice(outer: &Goal<'_>, branch: &Goal<'_>) -> Choice {
    let mut choice = Choice::default();
    let mut about: Vec<&str> = Vec::new();
    let own = branch.parts.iter().filter(|part| !outer.parts.iter().any(|known| std::ptr::eq(*known, **part)));
    for part in own {
        if let Some(Value::String(name)) = part.get("const") {
            choice.name.push_str(name);
        }
        about.extend(["title", "description"].iter().filter_map(|name| part.get(*name)?.as_str()));
        if let Some(Value::Array(values)) = part.get("enum") {
            about.extend(values.iter().take(MOST_NAMES).filter_map(Value::as_str));
        }
        let Some(Value::Object(properties)) = part.get("properties") else { continue };
        let tag = properties.values().find_map(|property| property.get("const")?.as_str());
        let single = properties.keys().next().filter(|_| properties.len() == 1).map(String::as_str);
        if let Some(name) = tag.or(single).filter(|_| choice.name.is_empty()) {
            choice.name.push_str(name);
        }
        about.extend(properties.keys().take(MOST_NAMES).map(String::as_str));
    }
    choice.about = about.join(" ");
    choice
}

/// More names of properties or variants than this say nothing more about a branch.
const MOST_NAMES: usize = 32;

/// Gives each choice the line of a description that begins with its name: `- bug: something is broken`.
fn lines_about(description: &str, choices: &mut [Choice]) {
    for line in description.lines() {
        let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
        let Some((name, about)) = line.split_once(':') else { continue };
        let name = name.trim_matches(|c: char| !c.is_alphanumeric());
        if let Some(choice) = choices.iter_mut().find(|choice| choice.name == name) {
            choice.about = about.trim().to_owned();
        }
    }
}
