//! From askama's syntax tree to ours: what a template may hold, and what the names in it are.

use std::collections::{BTreeSet, HashSet};

use askama_parser::node::{Lit, Whitespace, Ws};
use askama_parser::{Ast, LetValueOrBlock, Node as Parsed, Span};
use syn::{Ident, LitStr};

use super::model::{For, Node, Role};
use super::text::{Cut, Source};
use crate::diag::Diag;
use crate::messages;
use crate::names::Names;

/// An argument that a template may name.
pub(super) struct Variable<'a> {
    pub(super) name: &'a Ident,
    /// Whether its type reads `Untrusted<..>`. One by another name is found by its type.
    pub(super) untrusted: bool,
}

/// What all sections of a template share.
pub(super) struct Template<'a> {
    pub(super) source: &'a Source,
    pub(super) literal: &'a LitStr,
    pub(super) variables: &'a [Variable<'a>],
    /// How generated code names the library.
    pub(super) library: &'a str,
    pub(super) names: &'a mut Names,
    pub(super) diag: &'a mut Diag,
    pub(super) used: BTreeSet<String>,
    /// The unknown names that were reported: one mistake is one error, however often it is made.
    pub(super) reported: HashSet<String>,
}

/// One section on its way from one tree to the other.
pub(super) struct Lower<'a, 't> {
    pub(super) template: &'t mut Template<'a>,
    pub(super) cut: &'t Cut,
    pub(super) role: Role,
    /// The names that the template itself binds, innermost last.
    pub(super) locals: Vec<String>,
    /// For each loop around this place, its counter and iterator if something asks for them.
    pub(super) loops: Vec<Option<(String, String)>>,
}

/// Whitespace control at both ends of a run of nodes.
type Ends = (Option<Whitespace>, Option<Whitespace>);

impl Lower<'_, '_> {
    /// The nodes of the section; nothing if its text does not parse.
    pub(super) fn section(&mut self) -> Option<Vec<Node>> {
        match Ast::from_str(&self.cut.text, None, &askama_parser::Syntax::default()) {
            Ok(ast) => Some(self.nodes(ast.nodes(), (None, None))),
            Err(error) => {
                let reason = error.message.as_deref().unwrap_or("this is no tag or expression that templates have");
                let reason = sentence(reason);
                self.error_at(error.offset, |place| messages::template_syntax(&reason, place));
                None
            }
        }
    }

    /// Checks that what became of an expression is one in Rust, too: askama reads some that are none.
    pub(super) fn is_rust(&mut self, rust: &str, span: Span) {
        if !self.template.diag.has_errors() && syn::parse_str::<syn::Expr>(rust).is_err() {
            self.error(span, |place| messages::template_syntax("this is no expression of Rust", place));
        }
    }

    pub(super) fn error(&mut self, span: Span, message: impl FnOnce(&str) -> String) {
        self.error_at(span.byte_range().map_or(0, |range| range.start), message);
    }

    fn error_at(&mut self, offset: usize, message: impl FnOnce(&str) -> String) {
        let place = self.template.source.place(self.cut.offset(offset));
        self.template.diag.error(self.template.literal, message(&place));
    }

    pub(super) fn unsupported(&mut self, span: Span, what: &str, instead: &str) {
        self.error(span, |place| messages::template_unsupported(what, place, instead));
    }

    /// Runs `inner` where further names may be bound.
    fn scope<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.locals.len();
        let result = inner(self);
        self.locals.truncate(depth);
        result
    }

    fn nodes(&mut self, nodes: &[Box<Parsed<'_>>], ends: Ends) -> Vec<Node> {
        self.scope(|this| {
            let mut lowered = Vec::new();
            for (i, node) in nodes.iter().enumerate() {
                let before = match i.checked_sub(1).and_then(|i| nodes.get(i)) {
                    Some(node) => outer(node).1,
                    None => ends.0,
                };
                let after = nodes.get(i + 1).map_or(ends.1, |node| outer(node).0);
                this.node(node, (before, after), &mut lowered);
            }
            lowered
        })
    }

    fn node(&mut self, node: &Parsed<'_>, around: Ends, lowered: &mut Vec<Node>) {
        let span = node.span();
        match node {
            Parsed::Lit(lit) => push_text(lowered, text(lit, around)),
            Parsed::Raw(raw) => push_text(lowered, text(&raw.lit, (raw.ws1.1, raw.ws2.0))),
            Parsed::Comment(_) => {}
            Parsed::Expr(_, value) => lowered.push(Node::Value(self.shown(value))),
            Parsed::If(branches) => {
                let mut all = Vec::new();
                for (i, branch) in branches.branches.iter().enumerate() {
                    let close = branches.branches.get(i + 1).map_or(branches.ws.0, |next| next.ws.0);
                    all.push(self.scope(|this| {
                        let condition = branch.cond.as_ref().map(|test| this.condition(test));
                        (condition, this.nodes(&branch.nodes, (branch.ws.1, close)))
                    }));
                }
                lowered.push(Node::If(all));
            }
            Parsed::Match(found) => {
                let value = self.expr(&found.expr);
                self.is_rust(&format!("&({value})"), span);
                let mut arms = Vec::new();
                for (i, arm) in found.arms.iter().enumerate() {
                    let close = found.arms.get(i + 1).map_or(found.ws2.0, |next| next.ws.0);
                    arms.push(self.scope(|this| {
                        let patterns: Vec<String> = arm.target.iter().map(|target| this.pattern(target)).collect();
                        let pattern = patterns.join(" | ");
                        this.is_rust(&format!("match 0 {{ {pattern} => {{}} }}"), span);
                        (pattern, this.nodes(&arm.nodes, (arm.ws.1, close)))
                    }));
                }
                lowered.push(Node::Match(value, arms));
            }
            Parsed::Loop(found) => {
                if let Some(condition) = &found.cond {
                    self.unsupported(
                        condition.span(),
                        "a loop with a condition",
                        "write `{% if .. %}` inside the loop",
                    );
                }
                let list = self.list(&found.iter);
                self.is_rust(&list, span);
                self.loops.push(None);
                let (pattern, body) = self.scope(|this| {
                    let pattern = this.pattern(&found.var);
                    this.is_rust(&format!("match 0 {{ {pattern} => {{}} }}"), span);
                    (pattern, this.nodes(&found.body, (found.ws1.1, found.ws2.0)))
                });
                let counter = self.loops.pop().flatten();
                let otherwise = self.nodes(&found.else_nodes, (found.ws2.1, found.ws3.0));
                lowered.push(Node::For(For { pattern, list, body, otherwise, counter }));
            }
            Parsed::Let(found) => match &found.val {
                LetValueOrBlock::Value(value) if found.ty.is_none() && !found.is_mutable => {
                    let value = self.expr(value);
                    self.is_rust(&format!("&({value})"), span);
                    let pattern = self.pattern(&found.var);
                    self.is_rust(&format!("match 0 {{ {pattern} => {{}} }}"), span);
                    lowered.push(Node::Let(pattern, value));
                }
                _ => self.unsupported(span, "such a `let`", "write `{% let name = value %}`"),
            },
            Parsed::Break(_) => lowered.push(Node::Break),
            Parsed::Continue(_) => lowered.push(Node::Continue),
            Parsed::Call(_) | Parsed::Macro(_) => {
                self.unsupported(span, "a macro", "write the text out, or pass it as an argument");
            }
            Parsed::Extends(_) | Parsed::BlockDef(_) | Parsed::Include(_) | Parsed::Import(_) => {
                self.unsupported(span, "another template", "pass the text as an argument");
            }
            Parsed::FilterBlock(_) => self.unsupported(span, "a filter block", "write `{{ value|filter }}`"),
            Parsed::Compound(_) | Parsed::Declare(_) => {
                self.unsupported(span, "an assignment", "write `{% let name = value %}`");
            }
        }
    }
}

/// Whitespace control at the outer ends of a node.
fn outer(node: &Parsed<'_>) -> Ends {
    let both = |ws: Ws| (ws.0, ws.1);
    match node {
        Parsed::Comment(node) => both(node.ws),
        Parsed::Expr(ws, _) => both(*ws),
        Parsed::If(node) => (node.branches.first().and_then(|first| first.ws.0), node.ws.1),
        Parsed::Match(node) => (node.ws1.0, node.ws2.1),
        Parsed::Loop(node) => (node.ws1.0, node.ws3.1),
        Parsed::Let(node) => both(node.ws),
        Parsed::Raw(node) => (node.ws1.0, node.ws2.1),
        Parsed::Break(ws) | Parsed::Continue(ws) => both(**ws),
        // Text has none, and the rest is refused.
        _ => (None, None),
    }
}

/// The text between two tags, as these want it.
fn text(lit: &Lit<'_>, (before, after): Ends) -> String {
    let trimmed = |space: &str, control: Option<Whitespace>| match control {
        Some(Whitespace::Suppress) => String::new(),
        Some(Whitespace::Minimize) if space.contains('\n') => "\n".to_owned(),
        Some(Whitespace::Minimize) if !space.is_empty() => " ".to_owned(),
        _ => space.to_owned(),
    };
    if lit.val.is_empty() {
        // Space alone stands between the two: it is cut if one of them says so.
        let once = trimmed(&lit.lws, before);
        return trimmed(&once, after);
    }
    format!("{}{}{}", trimmed(&lit.lws, before), &**lit.val, trimmed(&lit.rws, after))
}

fn push_text(nodes: &mut Vec<Node>, text: String) {
    match nodes.last_mut() {
        Some(Node::Text(last)) => last.push_str(&text),
        _ if text.is_empty() => {}
        _ => nodes.push(Node::Text(text)),
    }
}

/// The parser's words as one sentence like our own.
fn sentence(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default().trim().trim_end_matches(['.', ':']);
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "this is not understood".to_owned(),
    }
}
