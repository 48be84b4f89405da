//! The expressions and patterns of a template, as Rust.

use askama_parser::node::CondTest;
use askama_parser::{Expr, Filter, PathComponent, Span, Target, WithSpan};

use super::lower::Lower;
use super::model::Role;
use crate::messages;

type Spanned<'a> = WithSpan<Box<Expr<'a>>>;

/// The filters, with what to write. Each is a function of the library.
const FILTERS: &[(&str, usize, &str)] = &[
    ("capitalize", 0, "name|capitalize"),
    ("default", 1, "note|default(\"none\")"),
    ("indent", 1, "text|indent(4)"),
    ("join", 1, "points|join(\", \")"),
    ("lower", 0, "name|lower"),
    ("trim", 0, "text|trim"),
    ("truncate", 1, "text|truncate(200)"),
    ("upper", 0, "name|upper"),
];

/// What a loop tells of itself.
const LOOP_FIELDS: &[&str] = &["index", "index0", "first", "last"];

impl Lower<'_, '_> {
    /// The value of `{{ .. }}`.
    pub(super) fn shown(&mut self, value: &Spanned<'_>) -> String {
        if let Expr::Var(name) = &***value
            && self.is_untrusted(name)
        {
            self.template.used.insert((*name).to_owned());
            if self.role != Role::User {
                let (name, section) = (*name, self.role.name());
                self.error(value.span(), |place| messages::untrusted_section(name, section, place));
            }
            return (*name).to_owned();
        }
        let rust = self.expr(value);
        self.is_rust(&format!("&({rust})"), value.span());
        rust
    }

    pub(super) fn condition(&mut self, test: &WithSpan<CondTest<'_>>) -> String {
        let value = self.expr(&test.expr);
        let condition = match &test.target {
            Some(target) => format!("let {} = &({value})", self.pattern(target)),
            None => value,
        };
        self.is_rust(&format!("if {condition} {{}}"), test.span());
        condition
    }

    /// What a loop runs over. What has a name is borrowed, so that it can be used again.
    pub(super) fn list(&mut self, value: &Spanned<'_>) -> String {
        let list = self.expr(value);
        match &***value {
            Expr::Range(_) | Expr::Call(_) | Expr::Filter(_) => format!("({list}).into_iter()"),
            _ => format!("(&({list})).into_iter()"),
        }
    }

    pub(super) fn expr(&mut self, expr: &Spanned<'_>) -> String {
        let span = expr.span();
        match &***expr {
            Expr::BoolLit(value) => value.to_string(),
            Expr::NumLit(text, _) => (*text).to_owned(),
            Expr::StrLit(text) if text.prefix.is_none() => format!("\"{}\"", text.content),
            Expr::CharLit(text) if text.prefix.is_none() => format!("'{}'", text.content),
            Expr::Var(name) => self.variable(name, span),
            Expr::Path(path) => self.path(path, span),
            Expr::Array(items) => format!("[{}]", self.exprs(items)),
            Expr::ArrayRepeat(item, count) => format!("[{}; {}]", self.expr(item), self.expr(count)),
            Expr::AssociatedItem(value, item) if matches!(&***value, Expr::Var("loop")) => {
                self.loop_field(&item.name, span)
            }
            Expr::AssociatedItem(value, item) => {
                if item.generics.is_some() {
                    self.unsupported(span, "a type argument", "call a function that needs none");
                }
                format!("{}.{}", self.expr(value), *item.name)
            }
            Expr::Index(value, index) => format!("{}[{}]", self.expr(value), self.expr(index)),
            Expr::Filter(filter) => self.filter(filter, span),
            Expr::As(value, ty) => format!("(({}) as {})", self.expr(value), **ty),
            Expr::Unary(op, value) => format!("({op}{})", self.expr(value)),
            Expr::BinOp(op) if op.op == "&&" => format!("{} && {}", self.expr(&op.lhs), self.expr(&op.rhs)),
            Expr::BinOp(op) => format!("(({}) {} ({}))", self.expr(&op.lhs), op.op, self.expr(&op.rhs)),
            Expr::Range(range) => {
                let left = range.lhs.as_ref().map(|value| self.expr(value)).unwrap_or_default();
                let right = range.rhs.as_ref().map(|value| self.expr(value)).unwrap_or_default();
                format!("{left}{}{right}", range.op)
            }
            Expr::Group(value) => format!("({})", self.expr(value)),
            Expr::Tuple(items) => format!("({},)", self.exprs(items)).replace("(,)", "()"),
            Expr::Call(call) if call.generics.is_none() => {
                // A function that is in scope; what is no variable may be one.
                let function = match &**call.path {
                    Expr::Var(name) if !self.is_known(name) => (*name).to_owned(),
                    _ => self.expr(&call.path),
                };
                format!("{function}({})", self.exprs(&call.args))
            }
            Expr::IsDefined(name) | Expr::IsNotDefined(name) => {
                self.variable(name, span);
                matches!(&***expr, Expr::IsDefined(_)).to_string()
            }
            Expr::LetCond(test) => self.condition(test),
            other => {
                let (what, instead) = refused(other);
                self.unsupported(span, what, instead);
                String::new()
            }
        }
    }

    fn exprs(&mut self, items: &[Spanned<'_>]) -> String {
        let items: Vec<String> = items.iter().map(|item| self.expr(item)).collect();
        items.join(", ")
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|local| local == name)
    }

    fn is_untrusted(&self, name: &str) -> bool {
        !self.is_local(name) && self.template.variables.iter().any(|found| found.untrusted && found.name == name)
    }

    fn is_known(&self, name: &str) -> bool {
        self.is_local(name) || self.template.variables.iter().any(|found| found.name == name)
    }

    fn variable(&mut self, name: &str, span: Span) -> String {
        if self.is_untrusted(name) {
            self.error(span, |place| messages::untrusted_inside(name, place));
            self.template.used.insert(name.to_owned());
        } else if self.is_local(name) {
        } else if self.is_known(name) {
            self.template.used.insert(name.to_owned());
        } else if !name.starts_with(char::is_uppercase) && self.template.reported.insert(name.to_owned()) {
            // Constants are in scope as they are anywhere else.
            let arguments: Vec<String> =
                self.template.variables.iter().map(|variable| variable.name.to_string()).collect();
            let known: Vec<&str> = self.locals.iter().chain(&arguments).map(String::as_str).collect();
            let place = self.template.source.place(self.cut.offset(span.byte_range().map_or(0, |range| range.start)));
            let message = messages::unknown_variable(name, &place, &known);
            self.template.diag.error(self.template.literal, message);
        }
        name.to_owned()
    }

    fn path(&mut self, path: &[PathComponent<'_>], span: Span) -> String {
        if path.iter().any(|part| part.generics.is_some()) {
            self.unsupported(span, "a type argument", "call a function that needs none");
        }
        let names: Vec<&str> = path.iter().map(|part| *part.name).collect();
        names.join("::")
    }

    fn loop_field(&mut self, field: &str, span: Span) -> String {
        if !LOOP_FIELDS.contains(&field) {
            self.error(span, |place| messages::unknown_loop_field(field, place, LOOP_FIELDS));
            return "0".to_owned();
        }
        let names = &mut *self.template.names;
        let Some(innermost) = self.loops.last_mut() else {
            self.unsupported(span, "`loop` outside of a loop", "move it between `{% for .. %}` and `{% endfor %}`");
            return "0".to_owned();
        };
        let (counter, items) =
            innermost.get_or_insert_with(|| (names.fresh("counter").to_string(), names.fresh("items").to_string()));
        match field {
            "index" => format!("({counter} + 1)"),
            "index0" => counter.clone(),
            "first" => format!("({counter} == 0)"),
            _ => format!("{items}.peek().is_none()"),
        }
    }

    fn filter(&mut self, filter: &Filter<'_>, span: Span) -> String {
        use askama_parser::PathOrIdentifier::{Identifier, Path};
        let Some((value, arguments)) = filter.arguments.split_first() else { return String::new() };
        let name = match &filter.name {
            Identifier(name) => **name,
            // A function of the program's own, by its path.
            Path(path) => {
                let (path, value, rest) = (self.path(path, span), self.expr(value), self.exprs(arguments));
                return format!("{path}(&({value}), {rest})");
            }
        };
        let Some((_, count, example)) = FILTERS.iter().find(|(known, _, _)| *known == name) else {
            let known: Vec<&str> = FILTERS.iter().map(|(name, _, _)| *name).collect();
            self.error(span, |place| messages::unknown_filter(name, place, &known));
            self.expr(value);
            return String::new();
        };
        if arguments.len() != *count {
            self.error(span, |place| messages::filter_arguments(name, example, place));
        }
        let value = if name == "join" { self.list(value) } else { format!("&({})", self.expr(value)) };
        let rest = self.exprs(arguments);
        format!("{}::filters::{name}({value}, {rest})", self.template.library)
    }

    /// A pattern; the names that it binds are known from here on.
    pub(super) fn pattern(&mut self, target: &Target<'_>) -> String {
        match target {
            Target::Name(name) => {
                self.locals.push((**name).to_owned());
                (**name).to_owned()
            }
            Target::Tuple(found) => {
                let (path, targets) = &**found;
                let path = self.path(path, found.span());
                let comma = if path.is_empty() && targets.len() == 1 { "," } else { "" };
                format!("{path}({}{comma})", self.patterns(targets))
            }
            Target::Array(targets) => format!("[{}]", self.patterns(targets)),
            Target::Struct(found) => {
                let (path, fields) = &**found;
                let path = self.path(path, found.span());
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| match &field.dest {
                        Target::Rest(_) => "..".to_owned(),
                        dest => format!("{}: {}", *field.src, self.pattern(dest)),
                    })
                    .collect();
                format!("{path} {{ {} }}", fields.join(", "))
            }
            Target::NumLit(text, _) | Target::BoolLit(text) => (**text).to_owned(),
            Target::StrLit(text) => format!("\"{}\"", text.content),
            Target::CharLit(text) => format!("'{}'", text.content),
            Target::Path(path) => self.path(path, path.span()),
            Target::OrChain(targets) => {
                let targets: Vec<String> = targets.iter().map(|target| self.pattern(target)).collect();
                targets.join(" | ")
            }
            Target::Placeholder(_) => "_".to_owned(),
            Target::Rest(name) => match &**name {
                Some(name) => {
                    self.locals.push((**name).to_owned());
                    format!("{} @ ..", **name)
                }
                None => "..".to_owned(),
            },
        }
    }

    fn patterns(&mut self, targets: &[Target<'_>]) -> String {
        let targets: Vec<String> = targets.iter().map(|target| self.pattern(target)).collect();
        targets.join(", ")
    }
}

/// What is not an expression of a prompt's template, and what to write instead.
fn refused(expr: &Expr<'_>) -> (&'static str, &'static str) {
    match expr {
        Expr::RustMacro(..) => ("a macro", "pass its result as an argument"),
        Expr::Try(_) => ("`?`", "pass the value as an argument"),
        Expr::Struct(_) => ("a struct", "pass the value as an argument"),
        Expr::Concat(_) => ("`~` between values", "write the values one behind the other: `{{ a }}{{ b }}`"),
        Expr::NamedArgument(..) => ("a named argument", "write the value alone"),
        Expr::Call(_) => ("a type argument", "call a function that needs none"),
        _ => ("this expression", "pass the value as an argument"),
    }
}
