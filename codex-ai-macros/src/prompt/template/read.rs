//! From the keys of `#[prompt(..)]` to a checked template.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use syn::Type;

use super::Key;
use super::lower::{Lower, Template as Shared, Variable};
use super::model::{Node, Role, Section, Template};
use super::text::{Source, sections};
use crate::diag::Diag;
use crate::messages;
use crate::names::Names;
use crate::prompt::check::plain_name;
use crate::prompt::model::Arg;
use crate::prompt::types::generic_argument;
use crate::suggest::nearest;

/// The text behind `template` or `template_file`.
pub(in crate::prompt) fn source(key: &Key, diag: &mut Diag) -> Option<Source> {
    let literal = &key.literal;
    let value = literal.value();
    if !key.is_file {
        return Some(Source { text: value, file: None });
    }
    if value.is_empty() || Path::new(&value).is_absolute() {
        diag.error(literal, messages::template_file_absolute(&value));
        return None;
    }
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    let path = Path::new(&root).join(&value);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(Source { text: text.replace("\r\n", "\n"), file: Some(value) }),
        Err(error) => {
            let reason = match error.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
                _ => error.to_string(),
            };
            let meant = neighbour(&path, &value);
            diag.error(literal, messages::template_file_unread(&value, &reason, meant.as_deref()));
            None
        }
    }
}

/// A file of a similar name in the same folder.
fn neighbour(path: &Path, written: &str) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = std::fs::read_dir(path.parent()?).ok()?;
    let mut names: Vec<String> = folder.filter_map(|file| file.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let meant = nearest(name, &known)?;
    (meant != name).then(|| format!("{}{meant}", written.strip_suffix(name).unwrap_or_default()))
}

/// Checks a template against the arguments of its function.
pub(in crate::prompt) fn template(
    (key, source): (&Key, &Source),
    (args, cache): (&[Arg<'_>], bool),
    (library, names): (&str, &mut Names),
    diag: &mut Diag,
) -> Option<Template> {
    let literal = &key.literal;
    let variables: Vec<Variable<'_>> =
        args.iter().map(|arg| Variable { name: arg.name, untrusted: is_untrusted(arg.ty) }).collect();
    let mut own = Diag::default();
    let mut shared = Shared {
        source,
        literal,
        variables: &variables,
        library,
        names,
        diag: &mut own,
        used: BTreeSet::new(),
        reported: HashSet::new(),
    };
    let (sections, whole) = all_sections(&mut shared);
    let used = shared.used;
    // What is behind a mistake may use the argument.
    if whole && !own.has_errors() {
        for arg in args {
            let name = arg.name.to_string();
            if !used.contains(&name) && !name.starts_with('_') {
                own.error(arg.name, messages::argument_unused(&plain_name(arg.name)));
            }
        }
    }
    let (writer, none) = (names.fresh("writer"), names.fresh("none"));
    let mut template = Template { literal: literal.clone(), is_file: key.is_file, sections, writer, none };
    if cache && !own.has_errors() && !mark_border(&mut template.sections) {
        own.error(literal, messages::nothing_to_cache(&source.place(first_variable(&source.text))));
    }
    diag.extend(own);
    Some(template)
}

/// All sections, and whether each could be read.
fn all_sections(shared: &mut Shared<'_>) -> (Vec<Section>, bool) {
    let source = shared.source;
    let (raw, unknown) = sections(&source.text);
    let mut whole = unknown.is_empty();
    for (header, word) in unknown {
        let message = messages::section_unknown(&word, &source.place(header.start), &Role::NAMES);
        shared.diag.error(shared.literal, message);
    }
    let mut all: Vec<Section> = Vec::new();
    for section in &raw {
        let place = source.place(section.header.start);
        if section.text.text.trim().is_empty() {
            let message = if section.header.is_empty() {
                messages::template_empty()
            } else {
                messages::section_empty(section.role.name(), &place)
            };
            shared.diag.error(shared.literal, message);
            continue;
        }
        if section.role == Role::System && all.iter().any(|earlier| earlier.role != Role::System) {
            shared.diag.error(shared.literal, messages::system_not_first(&place));
        }
        let mut lower = Lower {
            template: &mut *shared,
            cut: &section.text,
            role: section.role,
            locals: Vec::new(),
            loops: Vec::new(),
        };
        match lower.section() {
            Some(mut nodes) => {
                trim_start(&mut nodes);
                trim_end(&mut nodes);
                all.push(Section { role: section.role, nodes });
            }
            None => whole = false,
        }
    }
    (all, whole)
}

fn is_untrusted(ty: &Type) -> bool {
    let ty = match crate::prompt::types::peel(ty) {
        Type::Reference(reference) => &reference.elem,
        ty => ty,
    };
    generic_argument(ty).is_some_and(|(name, _)| name == "Untrusted")
}

/// The empty lines below a header are no part of the message.
fn trim_start(nodes: &mut Vec<Node>) {
    if let Some(Node::Text(text)) = nodes.first_mut() {
        *text = text.trim_start().to_owned();
        if text.is_empty() {
            nodes.remove(0);
        }
    }
}

/// Nor are those above the next one, also where the last thing is a condition.
fn trim_end(nodes: &mut Vec<Node>) {
    match nodes.last_mut() {
        Some(Node::Text(text)) => {
            text.truncate(text.trim_end().len());
            if text.is_empty() {
                nodes.pop();
                trim_end(nodes);
            }
        }
        Some(Node::If(branches)) => branches.iter_mut().for_each(|(_, nodes)| trim_end(nodes)),
        Some(Node::Match(_, arms)) => arms.iter_mut().for_each(|(_, nodes)| trim_end(nodes)),
        _ => {}
    }
}

/// Puts a cache point where the first thing stands that may differ. Returns whether there is text before it.
fn mark_border(sections: &mut [Section]) -> bool {
    let mut last = None;
    for (i, section) in sections.iter_mut().enumerate() {
        let nodes = &mut section.nodes;
        let variable = nodes.iter().position(|node| !matches!(node, Node::Text(_)));
        match variable {
            None => last = Some(i),
            Some(0) => break,
            Some(at) => {
                nodes.insert(at, Node::CachePoint);
                return true;
            }
        }
    }
    let Some(section) = last.and_then(|i| sections.get_mut(i)) else { return false };
    section.nodes.push(Node::CachePoint);
    true
}

fn first_variable(text: &str) -> usize {
    text.find(['{']).unwrap_or(0)
}
