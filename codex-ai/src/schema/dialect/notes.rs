//! What a dialect does not hold, in short words for the description. It is checked here when the answer comes.

use serde_json::{Map, Value};

use super::keyword::{self, Excluded, Rules};
use super::{Objects, Translator};
use crate::schema::validate::words::{self, count};

/// A schema in a description is cut to this many characters.
const LONGEST: usize = 400;

impl Translator<'_> {
    /// What depends on other values, in words; `false` where there is a problem.
    pub(super) fn conditions(&mut self, rules: &Rules<'_>, notes: &mut Vec<String>, at: &str) -> bool {
        let mut all: Vec<Map<String, Value>> = Vec::new();
        let whole = |keywords: &[&str]| {
            let all = keywords.iter().filter_map(|keyword| Some(((*keyword).to_owned(), rules.get(keyword)?.clone())));
            all.collect::<Map<_, _>>()
        };
        if rules.get("if").is_some() && rules.has_any(&["then", "else"]) {
            all.push(whole(&["if", "then", "else"]));
        }
        if rules.get("dependentSchemas").and_then(Value::as_object).is_some_and(|map| !map.is_empty()) {
            all.push(whole(&["dependentSchemas"]));
        }
        let known = rules.get("properties").and_then(Value::as_object);
        for also in &all {
            // A field that only a condition tells of would have no place.
            let branches = ["then", "else", "dependentSchemas"].iter().filter_map(|keyword| also.get(*keyword));
            let is_open = self.dialect.objects == Objects::Open;
            if !is_open && !branches.into_iter().all(|branch| names_only(branch, known, 0)) {
                let keyword = also.keys().next().map_or("if", String::as_str);
                let name = self.dialect.name;
                self.problem(
                    at,
                    format!("has fields that depend on conditions (`{keyword}`), which {name} does not hold"),
                );
                return false;
            }
            let also = Value::Object(also.clone());
            notes.push(format!("Also follows the JSON Schema {}.", cut(&also.to_string())));
        }
        match rules.get("not").map(keyword::excluded) {
            None => true,
            Some(Excluded::All) => {
                self.nothing(at);
                false
            }
            Some(Excluded::Values(words)) => {
                notes.push(format!("Not {words}."));
                true
            }
            Some(Excluded::Other) => {
                notes.extend(rules.get("not").map(|not| also("not", not)));
                true
            }
        }
    }
}

/// Whether a branch of a condition names no property but these, nor refers to something that might.
fn names_only(branch: &Value, known: Option<&Map<String, Value>>, depth: usize) -> bool {
    let Value::Object(map) = branch else { return !branch.is_array() };
    let has = |name: &str| known.is_some_and(|known| known.contains_key(name));
    depth < 20
        && map.iter().all(|(keyword, value)| match keyword.as_str() {
            "$ref" | "$dynamicRef" | "patternProperties" => false,
            "properties" => value.as_object().is_some_and(|map| map.keys().all(|name| has(name))),
            "required" => value.as_array().into_iter().flatten().filter_map(Value::as_str).all(has),
            "allOf" | "anyOf" | "oneOf" => {
                value.as_array().into_iter().flatten().all(|branch| names_only(branch, known, depth + 1))
            }
            "then" | "else" => names_only(value, known, depth + 1),
            // `dependentSchemas` holds a schema under the name of each property.
            _ if depth == 0 && has(keyword) => names_only(value, known, depth + 1),
            _ => true,
        })
}

/// The keywords of an object that no dialect has, but for what is so anyhow: these properties are always there, and
/// there are at most so many.
pub(super) fn of_object(rules: &Rules<'_>, required: &[String], most: Option<usize>) -> Vec<String> {
    let least = rules.count("minProperties").filter(|least| *least > required.len() as u64);
    let most = rules.count("maxProperties").filter(|limit| most.is_none_or(|most| most as u64 > *limit));
    let mut notes: Vec<_> = between(least, most, "property", "properties").into_iter().collect();
    if let Some(names) = rules.get("propertyNames").filter(|names| names.as_object().is_some_and(|map| !map.is_empty()))
    {
        notes.push(match names.get("pattern").and_then(Value::as_str) {
            Some(pattern) => format!("Keys match the regular expression `{pattern}`."),
            None => format!("Keys follow the JSON Schema {}.", cut(&names.to_string())),
        });
    }
    for (name, with) in rules.get("dependentRequired").and_then(Value::as_object).into_iter().flatten() {
        let with = with.as_array().into_iter().flatten();
        let with = with.filter(|name| !required.iter().any(|known| *name == known));
        let with: Vec<_> = with.map(words::quoted).collect();
        if !with.is_empty() {
            notes.push(format!("With `{name}` also {}.", with.join(", ")));
        }
    }
    notes
}

/// The keywords of a list that no dialect has.
pub(super) fn of_array(rules: &Rules<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if rules.get("uniqueItems") == Some(&Value::Bool(true)) {
        notes.push("No item twice.".to_owned());
    }
    if let Some(contains) = rules.get("contains") {
        let (least, most) = (rules.count("minContains").unwrap_or(1), rules.count("maxContains"));
        let what = match contains.get("const") {
            Some(value) => words::quoted(value),
            None => format!("an item that follows the JSON Schema {}", cut(&contains.to_string())),
        };
        match (least, most) {
            (1, None) => notes.push(format!("Must contain {what}.")),
            (0, None) => {}
            (least, None) => notes.push(format!("Must contain at least {least} times {what}.")),
            (0, Some(most)) => notes.push(format!("May contain at most {most} times {what}.")),
            (least, Some(most)) => notes.push(format!("Must contain {least} to {most} times {what}.")),
        }
    }
    if let Some(rest) = rules.get("unevaluatedItems").filter(|rest| **rest != Value::Bool(true)) {
        notes.push(also("unevaluatedItems", rest));
    }
    notes
}

/// What is said about values of any type.
pub(super) fn of_any(rules: &Rules<'_>) -> Option<String> {
    const TOLD: [&str; 5] = ["if", "then", "else", "not", "dependentSchemas"];
    let all = rules.keywords().filter(|(keyword, _)| !TOLD.contains(&keyword.as_str()));
    let all: Map<_, _> = all.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
    (!all.is_empty()).then(|| format!("Also follows the JSON Schema {}.", cut(&Value::Object(all).to_string())))
}

/// A keyword as it is.
pub(super) fn also(keyword: &str, value: &Value) -> String {
    let schema = Value::Object(Map::from_iter([(keyword.to_owned(), value.clone())]));
    format!("Also follows the JSON Schema {}.", cut(&schema.to_string()))
}

/// How many there must be, in words; `None` where the number is free.
pub(super) fn between(fewest: Option<u64>, most: Option<u64>, one: &str, many: &str) -> Option<String> {
    Some(match (fewest.filter(|n| *n > 0), most) {
        (None, None) => return None,
        (Some(fewest), None) => format!("At least {}.", count(fewest, one, many)),
        (None, Some(most)) => format!("At most {}.", count(most, one, many)),
        (Some(fewest), Some(most)) if fewest == most => format!("Exactly {}.", count(most, one, many)),
        (Some(fewest), Some(most)) => format!("{fewest} to {}.", count(most, one, many)),
    })
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
