//! What the code of a template calls. Programs meet these in the compiler's messages.

pub mod filters;

use std::fmt::{self, Display, Write};
use std::marker::PhantomData;

use super::Prompt;
use super::untrusted::Untrusted;
use crate::fence;
use crate::message::{CachePoint, Message, Part, Role};
use crate::request::Request;

/// A prompt that is being written, section by section.
#[derive(Debug)]
pub struct TemplateWriter {
    request: Request,
    role: Role,
    parts: Vec<Part>,
    text: String,
    /// Where the last value ends: the space behind it is the template's, and that of the value is not.
    value_end: usize,
    /// Whether the text ends with a block, behind which a line begins.
    fenced: bool,
}

impl TemplateWriter {
    /// Nothing yet.
    #[expect(clippy::new_without_default, reason = "for generated code")]
    pub fn new() -> Self {
        let request = Request::default();
        Self { request, role: Role::User, parts: Vec::new(), text: String::new(), value_end: 0, fenced: false }
    }

    /// Begins the instructions, or goes on with them.
    pub fn system(&mut self) {
        self.section(Role::System);
    }

    /// Begins a message of the user's.
    pub fn user(&mut self) {
        self.section(Role::User);
    }

    /// Begins a message of the model's.
    pub fn assistant(&mut self) {
        self.section(Role::Assistant);
    }

    /// Adds text of the template.
    pub fn text(&mut self, text: &str) {
        if self.fenced && !text.is_empty() {
            self.fenced = false;
            if !text.starts_with('\n') {
                self.text.push('\n');
            }
        }
        self.text.push_str(text);
    }

    /// Adds a value to a message of the user's.
    pub fn value<V: TemplateValue + ?Sized>(&mut self, name: &str, value: &V) {
        value.write(name, self);
        self.value_end = self.text.len();
    }

    /// Adds a value to the instructions, or to words of the model.
    pub fn trusted<V: TemplateValue<Trust: IsTrusted> + ?Sized>(&mut self, _: &str, value: &V) {
        value.write_plain(&mut self.text);
        self.value_end = self.text.len();
    }

    /// Says that all before this is the same in every call.
    pub fn cache_point(&mut self) {
        self.end_text();
        self.parts.push(CachePoint::new().into());
    }

    fn fenced(&mut self, block: &str) {
        let begins_a_line = self.text.is_empty() || self.text.ends_with('\n');
        self.text(if begins_a_line { "" } else { "\n" });
        self.text.push_str(block);
        self.fenced = true;
    }

    fn section(&mut self, role: Role) {
        self.end();
        self.role = role;
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        (self.value_end, self.fenced) = (0, false);
        if !text.is_empty() {
            self.parts.push(Part::Text(text));
        }
    }

    /// Ends a section; one without text is left out.
    fn end(&mut self) {
        // A loop or a condition at the end of a section ends with a line, too.
        let end = self.text.trim_end().len().max(self.value_end);
        self.text.truncate(end);
        self.end_text();
        let parts = std::mem::take(&mut self.parts);
        if !parts.iter().any(|part| matches!(part, Part::Text(text) if !text.trim().is_empty())) {
            return;
        }
        match (self.role, parts.as_slice()) {
            (Role::System, [Part::Text(text)]) if self.request.messages.is_empty() => match &mut self.request.system {
                Some(system) => {
                    system.push_str("\n\n");
                    system.push_str(text);
                }
                none => *none = Some(text.clone()),
            },
            _ => self.request.messages.push(Message::new(self.role, parts)),
        }
    }
}

impl Write for TemplateWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// What a function with a template returns.
#[diagnostic::on_unimplemented(
    message = "a prompt function with a template cannot return `{Self}`",
    label = "return `Prompt<T>`",
    note = "`Prompt<T>` asks the model for a `T`, `Prompt` for free text"
)]
pub trait FromTemplate {
    /// Makes it of what was written.
    fn from_template(writer: TemplateWriter) -> Self;
}

impl<T> FromTemplate for Prompt<T> {
    fn from_template(mut writer: TemplateWriter) -> Self {
        writer.end();
        Self { request: writer.request, output: PhantomData }
    }
}

impl<P: FromTemplate, E> FromTemplate for Result<P, E> {
    fn from_template(writer: TemplateWriter) -> Self {
        Ok(P::from_template(writer))
    }
}

/// A value that a template can write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written in a template",
    label = "a value in this template has no `Display`",
    note = "name one of its fields, loop over its items, or for an `Option` write `{{{{ value|default(\"none\") }}}}`"
)]
pub trait TemplateValue {
    /// [`Trusted`] for all but [`Untrusted`] data.
    type Trust;

    /// Writes it into a message of the user's.
    fn write(&self, name: &str, writer: &mut TemplateWriter);

    /// Writes it as it is.
    fn write_plain(&self, text: &mut String);
}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> TemplateValue for T {
    type Trust = Trusted;

    fn write(&self, _: &str, writer: &mut TemplateWriter) {
        let _ = write!(writer, "{self}");
    }

    fn write_plain(&self, text: &mut String) {
        let _ = write!(text, "{self}");
    }
}

#[diagnostic::do_not_recommend]
impl<T: Display> TemplateValue for Untrusted<T> {
    type Trust = Self;

    fn write(&self, name: &str, writer: &mut TemplateWriter) {
        writer.fenced(&fence::data(name, &self.expose().to_string()));
    }

    fn write_plain(&self, text: &mut String) {
        text.push_str(&fence::data("", &self.expose().to_string()));
    }
}

#[diagnostic::do_not_recommend]
impl<T: Display> TemplateValue for &Untrusted<T> {
    type Trust = Untrusted<T>;

    fn write(&self, name: &str, writer: &mut TemplateWriter) {
        (*self).write(name, writer);
    }

    fn write_plain(&self, text: &mut String) {
        (*self).write_plain(text);
    }
}

/// What may stand anywhere in a template, and go through filters.
#[derive(Debug)]
pub enum Trusted {}

/// Whether a value may stand outside of the user's messages.
#[diagnostic::on_unimplemented(
    message = "untrusted data can stand in a user section of a template only, and without filters",
    label = "this template writes untrusted data elsewhere",
    note = "write `{{{{ name }}}}` in a user section, where it is fenced"
)]
pub trait IsTrusted {}

impl IsTrusted for Trusted {}
