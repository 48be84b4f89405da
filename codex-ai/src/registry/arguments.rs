//! JSON arguments of a call by name: all problems at once, each with its path.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Entry;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::prompt::Rendered;
use crate::provider::BoxFuture;
use crate::schema::path::{self, Step};

/// Reads arguments one by one and remembers what is wrong.
#[doc(hidden)]
#[derive(Debug)]
pub struct Arguments<'v> {
    entry: &'static Entry,
    object: Option<&'v Map<String, Value>>,
    problems: Vec<Problem>,
}

/// A type that a JSON argument can be read into.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a prompt argument in JSON calls",
    label = "no `Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`, or add `json = false` to `#[prompt]`"
)]
pub trait JsonArg<'v>: Sized {
    #[doc(hidden)]
    fn read(name: &str, value: &'v Value) -> Result<Self, Problem>;
}

#[diagnostic::do_not_recommend]
impl<'v, T: Deserialize<'v>> JsonArg<'v> for T {
    fn read(name: &str, value: &'v Value) -> Result<Self, Problem> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let steps = std::iter::once(Step::Key(name)).chain(path::steps(error.path()));
            Problem::new(path::render(steps), error.inner().to_string())
        })
    }
}

/// A type that an argument of a tool can be read into.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a tool",
    label = "no `Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`: a model gives arguments as JSON"
)]
pub trait ToolArg<'v>: Sized {
    #[doc(hidden)]
    fn read_from(arguments: &mut Arguments<'v>, name: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<'v, T: Deserialize<'v>> ToolArg<'v> for T {
    fn read_from(arguments: &mut Arguments<'v>, name: &str) -> Option<Self> {
        arguments.read(name)
    }
}

impl<'v> Arguments<'v> {
    /// Checks the whole of the arguments against the input schema.
    pub fn new(entry: &'static Entry, arguments: &'v Value) -> Self {
        let Value::Object(object) = arguments else {
            let problem = Problem::new("", format!("expected an object with the arguments, found {}", kind(arguments)));
            return Self { entry, object: None, problems: vec![problem] };
        };
        let problems = match entry.input_schema() {
            Some(schema) => schema.validate(arguments).err().unwrap_or_default(),
            None => Vec::new(),
        };
        Self { entry, object: Some(object), problems }
    }

    /// Reads an argument; `None` where it is absent or does not fit.
    pub fn read<T: JsonArg<'v>>(&mut self, name: &str) -> Option<T> {
        let value = self.object?.get(name)?;
        // What the schema refuses is reported already, and better than serde would.
        if self.problems.iter().any(|problem| starts_with_name(&problem.path, name)) {
            return None;
        }
        T::read(name, value).map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Whether something is wrong.
    pub fn have_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The call of a prompt function that was read; none where something is wrong.
    pub fn call(&self, called: BoxFuture<'v, Result<Rendered>>) -> Option<BoxFuture<'v, Result<Rendered>>> {
        if self.have_problems() { None } else { Some(called) }
    }

    /// The error of arguments that do not fit.
    pub fn into_error(self) -> Error {
        let problems = self.problems;
        let count = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) };
        Error::new(ErrorKind::InvalidArguments, format!("the arguments do not fit ({count})"))
            .with_problems(problems)
            .with_prompt(self.entry.mode())
            .with_help(format!("the function is `{}`", self.entry.signature()))
    }
}

/// Takes out the `null`s that stand for "not given": those of arguments that have a default and do not take `null`.
pub(crate) fn drop_absent(entry: &Entry, arguments: &mut Value) {
    let (Value::Object(object), Some(schema)) = (arguments, entry.input_schema()) else { return };
    for arg in entry.args().iter().filter(|arg| arg.default.is_some()) {
        if object.get(arg.name) != Some(&Value::Null) {
            continue;
        }
        let mut alone = Map::new();
        alone.insert(arg.name.to_owned(), Value::Null);
        let refused = schema
            .validate(&Value::Object(alone))
            .is_err_and(|problems| problems.iter().any(|problem| starts_with_name(&problem.path, arg.name)));
        if refused {
            object.shift_remove(arg.name);
        }
    }
}

/// Whether a path begins with this argument's name.
fn starts_with_name(path: &str, name: &str) -> bool {
    let argument = path::render(std::iter::once(Step::Key(name)));
    path.strip_prefix(argument.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
