//! What a request gives to work on: the instructions, and the material they are about.

use crate::error::{Error, ErrorKind, Result};
use crate::message::{Message, Part, Role, ToolResult};
use crate::request::{Output, Request};
use crate::structured::without_exchange;

use super::blocks::{enclosed, paragraphs};
use super::openings::is_request;
use super::results;
use super::sentences::item_mark;
use super::words;

/// A request taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    /// System text and whatever of the user messages tells what to do.
    pub(super) task: String,
    /// The part of the task that the user messages hold.
    pub(super) asked: String,
    /// The text to work on; empty if there is none besides the task.
    pub(super) material: String,
    /// The user messages that have no answer yet, as they are.
    pub(super) question: String,
    /// How many results of tools there are for them.
    pub(super) results: usize,
}

impl Input {
    /// Takes a request apart.
    ///
    /// The material is in the user messages and in the results of tools. A user message that an assistant message follows
    /// has had its answer: it is an example or an earlier turn, and counts only if the others hold no material. What the
    /// assistant said never counts, nor what is told of an answer that was no value. Inside a text, [`split`] sets the
    /// instructions apart. A question to which tools gave results is answered from these alone, unless it holds a text.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a picture or a part of an unknown kind: this provider cannot look at them.
    pub(super) fn read(request: &Request) -> Result<Self> {
        let mut task: Vec<String> = request.system.iter().cloned().collect();
        let (mut open, mut answered) = (Vec::new(), Vec::new());
        let mut results: Vec<&ToolResult> = Vec::new();
        let prose = matches!(request.output, Output::Text);
        for message in without_exchange(&request.messages) {
            // A picture or an unknown part is found in each, so that none is lost without a word.
            let text = text_of(message)?;
            match message.role {
                Role::System => task.push(text),
                Role::User => open.push(text),
                Role::Tool if results_of(message).next().is_none() => open.push(text),
                Role::Tool => results.extend(results_of(message)),
                // Calls of tools are no answer yet.
                Role::Assistant if message.parts.iter().any(|part| matches!(part, Part::ToolCall(_))) => {}
                Role::Assistant => {
                    answered.append(&mut open);
                    if !results.is_empty() {
                        answered.push(results::material(&std::mem::take(&mut results), prose));
                    }
                }
            }
        }
        let question = open.join("\n\n");
        let (mut instructions, mut material) = split(&question);
        if !results.is_empty() {
            let told = results::material(&results, prose);
            if word_count(&material) > LONGEST_REQUEST {
                material = format!("{material}\n\n{told}");
            } else {
                (instructions, material) = (vec![question.clone()], told);
            }
        } else if material.is_empty() && !answered.is_empty() {
            let (_, earlier) = split(&answered.join("\n\n"));
            material = earlier;
        }
        let asked = instructions.join("\n");
        task.push(asked.clone());
        Ok(Self { task: task.join("\n").trim().to_owned(), asked, material, question, results: results.len() })
    }
}

fn results_of(message: &Message) -> impl Iterator<Item = &ToolResult> {
    message.parts.iter().filter_map(|part| match part {
        Part::ToolResult(result) => Some(result),
        _ => None,
    })
}

fn text_of(message: &Message) -> Result<String> {
    let mut text = String::new();
    for part in &message.parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::ToolResult(result) => {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&result.output);
            }
            Part::Image(_) => {
                return Err(Error::new(ErrorKind::Unsupported, "the `local` provider cannot look at images")
                    .with_help("use a provider with vision, or leave the image out"));
            }
            Part::Raw(_) => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "the `local` provider does not know this kind of message part",
                ));
            }
            // The model's own: nothing to work on.
            Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_) | Part::CachePoint(_) => {}
        }
    }
    Ok(text)
}

/// Sets instructions and material apart:
///
/// 1. The longest fenced block, pair of tags or triple-quoted block is the material if it is longer than the text around it
///    is at its longest; all else is instructions.
/// 2. Paragraphs at the beginning that open with a word of request (`Summarise`, `At most`, `You are`), end with a colon or
///    are a short question are instructions, so are such paragraphs at the end. A paragraph whose first line is one of
///    these and ends with a colon gives only that line away.
/// 3. `Summarise this: the text` in one line is split at the colon; `Text:` and the like before the material are dropped.
/// 4. A single paragraph that opens with a sentence of request is split behind it.
///
/// What is left is the material. If nothing is left there is no material.
pub(super) fn split(text: &str) -> (Vec<String>, String) {
    if let Some((before, inside, after)) = enclosed(text) {
        return (
            [before, after].iter().filter(|t| !t.is_empty()).map(|t| (*t).to_owned()).collect(),
            inside.to_owned(),
        );
    }
    let all: Vec<&str> = paragraphs(text);
    let mut blocks = all.as_slice();
    let mut instructions = Vec::new();
    let mut start = None;
    while let [first, rest @ ..] = blocks {
        match leading(first, rest.is_empty()) {
            Lead::None => break,
            Lead::All => {
                instructions.push((*first).to_owned());
                blocks = rest;
            }
            Lead::Upto(end) => {
                instructions.push(first[..end].trim().to_owned());
                start = Some(offset(text, first) + end);
                break;
            }
        }
    }
    while let [_, .., last] = blocks
        && (is_request(last) || is_question(last))
    {
        instructions.push((*last).to_owned());
        blocks = &blocks[..blocks.len() - 1];
    }
    let [first, ..] = blocks else { return (instructions, String::new()) };
    let start = start.unwrap_or_else(|| offset(text, first));
    let end = blocks.last().map_or(start, |last| offset(text, last) + last.len());
    (instructions, strip_label(text[start..end].trim()).to_owned())
}

/// Where a piece of a text begins in it.
fn offset(text: &str, piece: &str) -> usize {
    piece.as_ptr() as usize - text.as_ptr() as usize
}

/// How much of a paragraph is instructions.
enum Lead {
    None,
    All,
    /// The first so many bytes.
    Upto(usize),
}

fn leading(block: &str, only: bool) -> Lead {
    let (line, rest) = block.split_once('\n').map_or((block, ""), |(line, rest)| (line.trim_end(), rest));
    let asks = is_request(line);
    if rest.is_empty() {
        if asks {
            return match block.find([':', '：']) {
                Some(colon) if word_count(&block[..colon]) <= LONGEST_LEAD && word_count(&block[colon + 1..]) > 0 => {
                    Lead::Upto(colon + block[colon..].chars().next().map_or(1, char::len_utf8))
                }
                _ if only => first_sentence(block).map_or(Lead::All, Lead::Upto),
                _ if word_count(block) <= LONGEST_REQUEST => Lead::All,
                _ => first_sentence(block).map_or(Lead::None, Lead::Upto),
            };
        }
        let alone = line.ends_with([':', '：', '?', '？', '؟']) && word_count(line) <= LONGEST_LEAD;
        return if !only && (alone || points_on(block)) { Lead::All } else { Lead::None };
    }
    // Several lines: the lines up to a colon, or all of them if they only ask.
    if let Some(end) = colon_line(block).filter(|end| asks || *end == line.len()) {
        return if block[end..].trim().is_empty() { Lead::All } else { Lead::Upto(end) };
    }
    if asks && block.lines().all(|line| is_request(line) || item_mark(line.trim()) > 0) {
        return Lead::All;
    }
    match asks {
        true if only || word_count(line) <= LONGEST_REQUEST => Lead::Upto(line.len()),
        true if word_count(block) <= LONGEST_REQUEST => Lead::All,
        _ => Lead::None,
    }
}

/// Whether a short paragraph points at what follows it, as in `Triage this mail.`
fn points_on(block: &str) -> bool {
    const LONGEST: usize = 12;
    let mut words = words::words(block).skip(1).take(LONGEST).map(|word| word.text.to_lowercase());
    words.any(|word| matches!(word.as_str(), "this" | "these" | "following" | "below"))
        && words::words(block).nth(LONGEST).is_none()
}

/// A request in front of a colon has at most this many words.
const LONGEST_LEAD: usize = 25;

/// A paragraph with more words is not only a request.
const LONGEST_REQUEST: usize = 60;

/// The end of the first line that ends with a colon, among the first few lines. A line such as `Items:` in the middle of
/// a text is not meant: only the first one counts, and only near the beginning.
fn colon_line(block: &str) -> Option<usize> {
    let mut end = 0;
    for line in block.split_inclusive('\n').take(3) {
        end += line.len();
        if line.trim_end().ends_with([':', '：']) {
            return Some(block[..end].trim_end().len());
        }
    }
    None
}

fn first_sentence(block: &str) -> Option<usize> {
    let sentences = super::sentences::split(block);
    // As long as they ask; a question about nothing is material for nobody.
    let mut end = None;
    for sentence in &sentences {
        if !is_request(&block[sentence.range.clone()]) {
            return end;
        }
        end = Some(sentence.range.end);
    }
    None
}

/// Whether a paragraph is one short question.
fn is_question(block: &str) -> bool {
    block.ends_with(['?', '？', '؟']) && word_count(block) <= LONGEST_LEAD && super::sentences::split(block).len() == 1
}

/// A name before the material that is no part of it.
fn strip_label(material: &str) -> &str {
    let Some((label, rest)) = material.split_once([':', '：']) else { return material };
    let known = matches!(
        label.trim_matches(['*', '#', ' ']).to_lowercase().as_str(),
        "text"
            | "article"
            | "input"
            | "document"
            | "content"
            | "message"
            | "ticket"
            | "passage"
            | "transcript"
            | "review"
    );
    if known && !rest.trim().is_empty() { rest.trim_start_matches('*').trim() } else { material }
}

fn word_count(text: &str) -> usize {
    words::words(text).take(LONGEST_REQUEST + 1).count()
}
