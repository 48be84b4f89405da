//! Which of the tools that a request offers are called, and with what: by the words of the question.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;

use super::classify::is_negated;
use super::input::Input;
use super::limits::Limits;
use super::source::{Source, one_line};
use super::{value, words};
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, ToolCall};
use crate::request::{Function, Request, Tool, ToolChoice};
use crate::schema::Schema;
use crate::suggest::nearest;

/// More tools than this are not called at once.
const MOST_CALLS: usize = 8;

/// What a hit of a word of the name weighs against one of a word of the description.
const NAME_WEIGHT: usize = 3;

/// The calls for this question, in the order in which the tools are offered; none where it is answered without.
///
/// A tool fits if a word of its name stands in the question or in the instructions, or a third of the telling words of
/// its description, and if each required argument is found in the question. It is called once: where the question has
/// results already, it is answered from them, whatever the choice, so that no conversation goes round for ever.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for a choice of a tool that is not offered, [`ErrorKind::Schema`] for arguments of which
/// no value can be made.
pub(super) fn wanted(request: &Request, input: &Input) -> Result<Vec<ToolCall>> {
    let functions: Vec<&Function> = request.tools.iter().filter_map(function).collect();
    let mut named = None;
    if let Some(ToolChoice::Function(name)) = &request.tool_choice {
        named =
            Some(functions.iter().position(|function| function.name == *name).ok_or_else(|| absent(name, &functions))?);
    }
    let is_off = matches!(request.tool_choice, Some(ToolChoice::None));
    if functions.is_empty() || is_off || input.results > 0 {
        return Ok(Vec::new());
    }
    let chosen = match (named, &request.tool_choice) {
        (Some(index), _) => vec![(index, arguments(functions[index], input, true)?)],
        (None, Some(ToolChoice::Required)) => match fitting(request, &functions, input)? {
            fitting if fitting.is_empty() => vec![any(&functions, input)?],
            fitting => fitting,
        },
        _ => fitting(request, &functions, input)?,
    };
    let before = request.messages.iter().flat_map(|message| &message.parts);
    let before = before.filter(|part| matches!(part, Part::ToolCall(_))).count();
    let calls = chosen.into_iter().enumerate().filter_map(|(count, (index, arguments))| {
        Some(ToolCall::new(format!("call_{}", before + count + 1), functions[index].name.clone(), arguments?))
    });
    Ok(calls.collect())
}

/// The place of a tool in the offer, and its arguments.
type Chosen = (usize, Option<String>);

fn function(tool: &Tool) -> Option<&Function> {
    match tool {
        Tool::Function(function) => Some(function),
        Tool::Raw(_) => None,
    }
}

fn absent(name: &str, functions: &[&Function]) -> Error {
    let error = Error::new(ErrorKind::InvalidRequest, format!("the tool `{name}` is to be called, and is not offered"));
    match nearest(name, functions.iter().map(|function| &*function.name)) {
        Some(meant) => error.with_help(format!("did you mean `{meant}`?")),
        None => error,
    }
}

/// The tools that fit and can be called; the best of them alone where several must not be.
fn fitting(request: &Request, functions: &[&Function], input: &Input) -> Result<Vec<Chosen>> {
    let text = Source::new(format!("{}\n\n{}", input.task, input.question));
    let mut found: Vec<(usize, Chosen)> = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        let score = score(function, &text);
        if score > 0
            && let Some(arguments) = arguments(function, input, false)?
        {
            found.push((score, (index, Some(arguments))));
        }
    }
    if request.options.parallel_tool_calls == Some(false) {
        // Of equal ones the first.
        let best = found.into_iter().rev().max_by_key(|(score, _)| *score);
        return Ok(best.map(|(_, chosen)| chosen).into_iter().collect());
    }
    found.truncate(MOST_CALLS);
    Ok(found.into_iter().map(|(_, chosen)| chosen).collect())
}

/// The first tool whose arguments are found; else the first, with the plainest arguments.
fn any(functions: &[&Function], input: &Input) -> Result<Chosen> {
    for (index, function) in functions.iter().enumerate() {
        if let Some(arguments) = arguments(function, input, false)? {
            return Ok((index, Some(arguments)));
        }
    }
    Ok((0, arguments(functions[0], input, true)?))
}

/// How much speaks for a tool; 0 is not enough.
fn score(function: &Function, text: &Source) -> usize {
    let stands = |stem: &&String| text.places_of(stem).any(|at| !is_negated(text.text(), at));
    let name = words::name_words(&function.name);
    let telling = |word: &&String| words::content_stem(word).is_some() && !GENERAL.contains(&word.as_str());
    let by_name = name.iter().filter(telling).filter(stands).count();
    let about = words::content_stems(function.description.as_deref().unwrap_or_default());
    let by_about = about.iter().filter(stands).count();
    if by_name > 0 || (by_about > 0 && by_about * 3 >= about.len()) { NAME_WEIGHT * by_name + by_about } else { 0 }
}

/// Stems of words in names of tools that say nothing about what they are for.
const GENERAL: &[&str] =
    &["get", "look", "find", "fetch", "read", "load", "show", "list", "call", "run", "tool", "search"];

/// The arguments for a question, as JSON text: with what is found in it, and, where the call `must` be made, plain values
/// for required arguments that are not; without, `None` then.
fn arguments(function: &Function, input: &Input, must: bool) -> Result<Option<String>> {
    let Some(parameters) = &function.parameters else { return Ok(Some("{}".to_owned())) };
    let schema = |value: Value| Schema::new(function.name.clone(), value);
    let text = with_labels(&input.question, parameters);
    let question = Input { asked: text.into_owned(), ..Input::default() };
    let fill = |schema: &Schema| value::filled(schema, &question, &Limits::default(), Source::new(String::new()));
    let whole = schema(Value::clone(parameters))?;
    // Where nothing is required, there is what was found and nothing else.
    let mut loose = Value::clone(parameters);
    if let Some(keywords) = loose.as_object_mut() {
        keywords.remove("required");
    }
    let found = fill(&schema(loose)?)?;
    if whole.validate(&found).is_ok() {
        return Ok(Some(found.to_string()));
    }
    if must { Ok(Some(fill(&whole)?.to_string())) } else { Ok(None) }
}

/// The question, with a labelled line for each argument that it names in front of a value: `order 17`, `the city of Oslo`.
fn with_labels<'q>(question: &'q str, parameters: &Value) -> Cow<'q, str> {
    let mut text = Cow::Borrowed(question);
    let properties = parameters.get("properties").and_then(Value::as_object);
    for name in properties.into_iter().flat_map(|map| map.keys()) {
        let value = match name.as_str() {
            "query" | "question" | "text" | "prompt" | "message" | "input" => Some(one_line(question)),
            _ => behind(question, name),
        };
        if let Some(value) = value {
            let _ = write!(text.to_mut(), "\n\n{name}: {value}");
        }
    }
    text
}

/// What stands behind the name of an argument: a number, a code or capitalised words.
fn behind(question: &str, name: &str) -> Option<String> {
    let names: Vec<String> =
        words::name_words(name).into_iter().filter(|word| !LINKS.contains(&word.as_str())).collect();
    let bare = |chunk: &str| chunk.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let closes = |chunk: &str| chunk.ends_with(['.', ',', ';', '?', '!', ')']);
    let chunks: Vec<&str> = question.split_whitespace().collect();
    (0..chunks.len()).find_map(|at| {
        if closes(chunks[at]) || !names.contains(&words::stem(&bare(chunks[at]))) {
            return None;
        }
        let is_link = |chunk: &&&str| LINKS.contains(&bare(chunk).to_lowercase().as_str());
        let from = at + 1 + chunks[at + 1..].iter().take_while(is_link).count();
        let mut value = String::new();
        for chunk in &chunks[from..] {
            let word = bare(chunk);
            let tells = word.contains(|c: char| c.is_ascii_digit()) || word.starts_with(char::is_uppercase);
            if !tells {
                break;
            }
            if !value.is_empty() {
                value.push(' ');
            }
            value.push_str(&word);
            if closes(chunk) {
                break;
            }
        }
        (!value.is_empty()).then_some(value)
    })
}

/// Words between the name of an argument and its value, and at the end of names: `order_id`.
const LINKS: &[&str] = &["of", "is", "no", "nr", "number", "id", "code", "name", "named", "called", "with", "the", ""];
