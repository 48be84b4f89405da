//! What a model is told of an answer that is no value.
//!
//! Nothing of it depends on the question, and each line is about one problem: `path | problem | got | expected`. What a
//! model wrote is in the lines, so nothing in a line can end it, part it, or close the fence around all of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::error::Problem;
use crate::fence::{is_unseen, push_unicode};
use crate::message::{Message, Part, Role, ToolResult};
use crate::reply::Reply;
use crate::schema::words::cut;

/// At most this many problems are told; more of them are one mistake mostly.
const TOLD: usize = 10;

/// A sentence of a user's check may be longer than a value.
const LONGEST_SENTENCE: usize = 200;

/// An answer of more bytes than this is not sent back whole: so much is a model running on, and each byte is paid for.
const LONGEST_ANSWER: usize = 256 * 1024;

/// So many characters of it are, for the model to see what it did.
const SENT_OF_IT: usize = 4 * 1024;

/// Says whose words they are: not the user's, who may have asked for something else entirely.
const BEGIN: &str = "Automatic check, not the user: your last answer has these problems (path | problem | got | expected).\n\
                     <problems>\n";

const END: &str = "</problems>\nGive the whole answer again, corrected.";

/// The failed answer and what is wrong with it, as the end of the next request.
pub(super) fn exchange(reply: &Reply, problems: &[Problem]) -> [Message; 2] {
    let text = text(problems);
    let answer = reply.text();
    if answer.len() > LONGEST_ANSWER {
        let begin: String = answer.chars().take(SENT_OF_IT).collect();
        let begin = format!("{begin} [cut here: {} bytes in all]", answer.len());
        return [Message::assistant(begin), Message::user(text)];
    }
    match &reply.answered_by {
        None => [reply.to_message(), Message::user(text)],
        // A call wants its result, and what is wrong with it is one.
        Some(call) => {
            let result = ToolResult::new(call.id.clone(), text).with_name(call.name.clone()).as_error();
            [Message::new(Role::Assistant, call.parts.clone()), Message::tool([result])]
        }
    }
}

/// The problems that a model is told, and some more, in case that lines are the same.
pub(super) fn first(problems: &mut [Problem]) -> impl Iterator<Item = &mut Problem> {
    let mut sorted: Vec<&mut Problem> = problems.iter_mut().collect();
    sorted.sort_by(|a, b| by_path(&a.path, &b.path));
    sorted.into_iter().take(2 * TOLD)
}

/// The messages of a request without such an end, for who gives the same answer whatever was wrong with it.
pub(crate) fn without_exchange(messages: &[Message]) -> &[Message] {
    let is_told = |message: &Message| match message.parts.as_slice() {
        [Part::Text(text)] => text.starts_with(BEGIN),
        [Part::ToolResult(result)] => result.output.starts_with(BEGIN),
        _ => false,
    };
    match messages {
        [own @ .., answer, told] if answer.role == Role::Assistant && is_told(told) => own,
        all => all,
    }
}

fn text(problems: &[Problem]) -> String {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by(|a, b| by_path(&a.path, &b.path));
    let mut text = String::from(BEGIN);
    let mut lines: Vec<String> = sorted.into_iter().map(line).collect();
    lines.dedup();
    for line in lines.iter().take(TOLD) {
        text.push_str(line);
        text.push('\n');
    }
    if let Some(more @ 1..) = lines.len().checked_sub(TOLD) {
        let _ = writeln!(text, "and {more} more");
    }
    text.push_str(END);
    text
}

fn line(problem: &Problem) -> String {
    let said = problem.brief.map_or_else(|| shortened(&problem.message), Cow::Borrowed);
    let mut line = String::new();
    let (path, got, expected) = match &problem.written {
        Some(written) => (&written.path, &written.got, &written.expected),
        None => (&problem.path, &problem.got, &problem.expected),
    };
    let got = got.as_deref().map(cut).unwrap_or_default();
    let expected = expected.as_deref().map(shortened).unwrap_or_default();
    for (i, cell) in [shortened(path), said, got, expected].iter().enumerate() {
        if i > 0 {
            line.push_str(" | ");
        }
        escape(&mut line, cell);
    }
    line.truncate(line.trim_end_matches([' ', '|']).len());
    line
}

fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_SENTENCE) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Writes a cell so that it stays one: in the escapes of JSON, which a model reads as what they stand for.
fn escape(line: &mut String, cell: &str) {
    for c in cell.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '<' | '|' => push_unicode(line, c),
            c if c.is_control() || is_unseen(c) => push_unicode(line, c),
            c => line.push(c),
        }
    }
}

/// Paths in the order of a value: `a[2]` before `a[10]`, and what is wrong with the whole first.
fn by_path(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.strip_prefix('$').unwrap_or(a), b.strip_prefix('$').unwrap_or(b));
    loop {
        let (run, other) = (digits(a), digits(b));
        if run > 0 && other > 0 {
            let (left, right) = (a[..run].trim_start_matches('0'), b[..other].trim_start_matches('0'));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[run..], &b[other..]);
            continue;
        }
        let (mut left, mut right) = (a.chars(), b.chars());
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (left.as_str(), right.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
