//! A schema in the form that a vendor takes, with the way back for its answers.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use serde_json::value::RawValue;

use super::encode::{self, Encoded, Lacks, Plan};
use super::path::{self, OwnStep};
use super::{Schema, anthropic, gemini, openai, words};
use crate::error::{Error, ErrorKind, Problem, Result, Written};
use crate::json::Tree;
use crate::json::align::Shape;

/// A vendor's schema language.
///
/// What a vendor enforces is sent. What it does not is told in the description in short words, once, and is checked by
/// [`Schema::validate`] when the answer comes. What can be neither is a problem with its path.
///
/// | keyword | OpenAI strict | Anthropic | Gemini | Gemini, OpenAPI |
/// |---|---|---|---|---|
/// | objects | closed, all properties required | closed | as they are | named properties only |
/// | `enum` | all scalars | all scalars | strings, numbers; else told | strings; else told |
/// | `const` | `enum` of one | `enum` of one | as `enum` | as `enum` |
/// | null | one of several types | one of several types | one of several types | `nullable` |
/// | `oneOf` | `anyOf` | `anyOf` | `anyOf` | `anyOf` |
/// | `minimum`, `maximum` | sent | told | sent | sent |
/// | `exclusiveMinimum`, `exclusiveMaximum` | sent | told | shifted for integers, else told | as Gemini |
/// | `multipleOf` | sent | told | told | told |
/// | `minLength`, `maxLength` | told | told | told | sent |
/// | `pattern` | sent unless it looks around | told | told | sent |
/// | `format` | nine are sent | the nine and `uri` | told | `date-time` |
/// | `minItems`, `maxItems` | sent | at least one, else told | sent | sent |
/// | `uniqueItems`, `contains`, `not`, `if`, `dependent*`, numbers of keys | told | told | told | told |
/// | `default` | told | told | told | told |
/// | `$ref` | kept, written out beside a description | kept | kept | written out |
/// | a type that contains itself | sent | sent | its property is not required | refused |
/// | limits | depth 10, 5,000 properties, 1,000 enum values, 120,000 characters | 24 optional, 16 unions outside `$defs` | not known | not known |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WireForm {
    /// JSON Schema as it is.
    #[default]
    Plain,
    /// OpenAI's strict mode.
    OpenAiStrict,
    /// OpenAI's strict mode with the lengths of strings, which not all who offer that mode take.
    OpenAiStrictLengths,
    /// Anthropic's structured output and strict tools.
    Anthropic,
    /// Gemini's `responseJsonSchema`.
    Gemini,
    /// Gemini's older `responseSchema`, a part of OpenAPI.
    GeminiOpenApi,
    /// JSON Schema with an object at the root: the parameters of a function, and JSON modes.
    Object,
}

/// A schema in the form that a vendor takes.
pub struct WireSchema {
    raw: Box<RawValue>,
    plan: Plan,
    shape: OnceLock<Shape>,
    value: OnceLock<Option<Arc<Value>>>,
    text: OnceLock<String>,
}

impl WireForm {
    /// How many there are; each has its place in [`Schema`].
    pub(super) const COUNT: usize = 7;

    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The vendor in words, for errors.
    fn vendor(self) -> &'static str {
        match self {
            Self::Plain => "JSON Schema",
            Self::OpenAiStrict | Self::OpenAiStrictLengths => "`openai` in strict mode",
            Self::Anthropic => "`anthropic`",
            Self::Gemini => "`gemini`",
            Self::GeminiOpenApi => "`gemini` as `responseSchema`",
            Self::Object => "JSON Schema with an object at the root",
        }
    }

    /// The vendor as `#[prompt(strict = ..)]` names it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Plain | Self::Object => "none",
            Self::OpenAiStrict | Self::OpenAiStrictLengths => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini | Self::GeminiOpenApi => "gemini",
        }
    }

    fn lacks(self) -> Lacks {
        match self {
            Self::Plain => Lacks::NONE,
            Self::Object => Lacks::OBJECT,
            Self::OpenAiStrict | Self::OpenAiStrictLengths => Lacks::OPENAI_STRICT,
            Self::Anthropic => Lacks::ANTHROPIC,
            Self::Gemini => Lacks::GEMINI,
            Self::GeminiOpenApi => Lacks::GEMINI_OPENAPI,
        }
    }

    /// The schema in this form.
    ///
    /// # Errors
    /// Everything that cannot be said in it, each with its path.
    pub(super) fn compile(self, schema: &Value, is_of_type: bool) -> Result<WireSchema, Vec<Problem>> {
        let Encoded { schema, plan } = encode::encode(schema, Lacks { fields: is_of_type, ..self.lacks() })?;
        let raw = match self {
            Self::Plain | Self::Object => {
                serde_json::value::to_raw_value(&schema).map_err(|error| vec![Problem::new("", error.to_string())])?
            }
            Self::OpenAiStrict => openai::compile(&schema, false)?,
            Self::OpenAiStrictLengths => openai::compile(&schema, true)?,
            Self::Anthropic => anthropic::compile(&schema)?,
            Self::Gemini => gemini::compile(&schema)?,
            Self::GeminiOpenApi => gemini::compile_open_api(&schema)?,
        };
        Ok(WireSchema { raw, plan, shape: OnceLock::new(), value: OnceLock::new(), text: OnceLock::new() })
    }
}

impl WireSchema {
    /// The schema as it is sent; the same bytes each time.
    pub fn as_raw(&self) -> &RawValue {
        &self.raw
    }

    /// The schema as a value, made at the first call; `None` where it is nested too deeply to be one.
    pub(crate) fn parameters(&self) -> Option<&Arc<Value>> {
        self.value.get_or_init(|| serde_json::from_str(self.raw.get()).ok().map(Arc::new)).as_ref()
    }

    /// The schema as a short text, as [`Schema::type_text`] is.
    pub(crate) fn type_text<'a>(&'a self, schema: &'a Schema) -> &'a str {
        match self.parameters() {
            Some(value) if !self.is_same() => self.text.get_or_init(|| super::type_text::text_of(&schema.name, value)),
            _ => schema.type_text(),
        }
    }

    /// Whether an answer is read as it is: [`decode`](Self::decode) changes nothing then. [`encode`](Self::encode) still
    /// writes a property that was left out, where all must be there.
    pub fn is_same(&self) -> bool {
        self.plan.is_same()
    }

    /// A value of the type as the vendor would write it.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with the path of what has no place in the vendor's form.
    pub fn encode(&self, value: Value) -> Result<Value> {
        match self.plan.encode(value.into()) {
            Ok(tree) => Ok(tree.into()),
            Err(problem) => {
                Err(Error::new(ErrorKind::Schema, "the value has no vendor's form").with_problems(vec![problem]))
            }
        }
    }

    /// A value that the vendor wrote, as one of the type. It is not checked.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOutput`] with the path of what would be lost.
    pub fn decode(&self, value: Value) -> Result<Value> {
        match self.decode_tree(value.into()) {
            Ok(tree) => Ok(tree.into()),
            Err(problem) => {
                Err(Error::new(ErrorKind::InvalidOutput, "the answer is not in the form that was asked for")
                    .with_problems(vec![problem]))
            }
        }
    }

    /// What a value in this form may be, worked out at the first call.
    pub(crate) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| {
            let schema: Value = serde_json::from_str(self.raw.get()).unwrap_or(Value::Bool(true));
            Shape::of(&schema)
        })
    }

    pub(crate) fn decode_tree(&self, value: Tree) -> Result<Tree, Problem> {
        self.plan.decode(value)
    }

    /// Gives a problem with its path in what the vendor wrote the path in the value of the type.
    pub(crate) fn tell_meant(&self, problem: &mut Problem, written: &Tree) {
        if let Some(path) = path::parse(&problem.path).and_then(|steps| self.plan.meant(written, &steps)) {
            problem.path = path;
        }
    }

    /// Adds to a problem with its path in `value`, a value of the type, the words of the form that the vendor wrote.
    pub(crate) fn tell_written(&self, problem: &mut Problem, value: &Value, written: &Tree) {
        let Some(steps) = path::parse(&problem.path) else { return };
        let Some(there) = self.plan.written(written, &steps) else { return };
        let own = steps.iter().try_fold(value, |here, step| match step {
            OwnStep::Key(key) => here.get(key),
            OwnStep::Index(index) => here.get(index),
        });
        // It may be a figure, such as a length, and no value.
        let is_value = problem.got.is_some() && problem.got == own.map(words::brief);
        let got = match there.value {
            Some(value) if is_value => Some(words::brief(&value.clone().into())),
            _ => problem.got.clone(),
        };
        let is_form = matches!(problem.brief, Some("wrong type" | "missing"));
        let expected = there.form.filter(|_| is_form).or_else(|| problem.expected.clone());
        if there.path != problem.path || got != problem.got || expected != problem.expected {
            problem.written = Some(Box::new(Written { path: there.path, got, expected }));
        }
    }
}

impl fmt::Debug for WireSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireSchema").field("raw", &self.raw).field("same", &self.is_same()).finish()
    }
}

impl Schema {
    /// The schema in a vendor's form, made at the first call.
    ///
    /// What the vendor cannot check stands in the descriptions and is checked by [`validate`](Self::validate).
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with the path of everything that the vendor cannot hold.
    pub fn wire(&self, form: WireForm) -> Result<&WireSchema> {
        match self.wire[form.index()].get_or_init(|| form.compile(&self.value, self.is_of_type)) {
            Ok(wire) => Ok(wire),
            Err(problems) => {
                let message = format!("the schema of `{}` is not accepted by {}", self.name, form.vendor());
                Err(Error::new(ErrorKind::Schema, message).with_problems(problems.clone()))
            }
        }
    }
}
