//! The macros of `codex-ai`, which re-exports them: [`macro@prompt`], [`macro@prompts`] and [`derive@LlmSchema`].
//!
//! What they write is in the crate `codex-ai`, so programs depend on that one and not on this.

#[cfg(test)]
mod broken;
mod diag;
mod docs;
mod keys;
mod messages;
mod names;
mod paths;
mod pretty;
mod prompt;
mod prompts;
mod schema;
#[cfg(test)]
mod size;
mod suggest;
mod tool;

use proc_macro::TokenStream;
use quote::ToTokens;

/// Makes an async function a prompt.
///
/// ```standalone_crate
/// use codex_ai::{Dispatcher, Prompt, prompt, provider::Local};
///
/// /// Rewrites a text in another tone.
/// #[prompt(mode = "text.rewrite", temperature = 0.4)]
/// async fn rewrite(
///     /// The text to rewrite.
///     text: &str,
///     /// The tone, in a word or two.
///     #[arg(default = "friendly")]
///     tone: &str,
/// ) -> Prompt {
///     Prompt::new().system(format!("Rewrite what you are given. The tone is {tone}.")).user(text)
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let dispatcher = Dispatcher::new(Local::quiet())?;
/// let text = "We got your letter. You will hear from us.";
/// let polite: String = Rewrite::builder().text(text).tone("polite").call(&dispatcher).await?;
/// let friendly: String = dispatcher.call::<Rewrite>(RewriteArgs { text, tone: "friendly" }).await?;
///
/// // The function itself is still there, for tests of what it says.
/// assert_eq!(rewrite(text, "curt").await.system_text(), Some("Rewrite what you are given. The tone is curt."));
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
///
/// # The function
///
/// It is `async`, has no `self` and no type parameters, and its arguments have names. Arguments may borrow: `&str`,
/// `&[T]`, `&Path`, `&T`. Lifetimes are fine. It returns one of these, or a `Result` of one with any error that converts
/// into a boxed one:
///
/// | return type | the model is asked for |
/// | --- | --- |
/// | `String`, `&'static str` | free text; the returned text is the user's message |
/// | `Prompt` | free text |
/// | `Prompt<T>` | JSON of `T`, which has `LlmSchema` |
///
/// # Keys of `#[prompt(..)]`
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `mode = "news.brief"` | the function's name | the name in calls by name and in listings: lower-case letters, digits, `_`, `-`, `.` and `/` |
/// | `model = "openai/gpt-5.6-luna"` | the provider's | the model, with or without its provider |
/// | `temperature = 0.2` | the provider's | randomness, from 0 to 2 |
/// | `max_tokens = 500` | the provider's | the most tokens that the answer may take, at least 1 |
/// | `tools(look_up, Shop::refund)` | none | the tools that the model may call: paths of functions with [`macro@tool`] |
/// | `requires(images)` | what the arguments imply | what the provider must support: `images`, `tools`, `strict_schema`; see below |
/// | `strict = "openai"` | none | the vendor (`openai`, `anthropic`, `gemini`) in whose form the answer must fit; see below |
/// | `template = ".."` | | the text of the prompt in place of a body, see below |
/// | `template_file = "prompts/x.md"` | | the same from a file; the path begins at the crate's root |
/// | `cache = true` | `false` | marks the place in a template up to which each call is the same |
/// | `marker = Brief` | the function's name in camel case | the name of the marker type, and the beginning of the other two |
/// | `json = false` | `true` | no calls by name, for arguments that cannot come from JSON |
/// | `crate = ::facade::codex_ai` | `::codex_ai` | where this library is, if it is renamed or re-exported |
///
/// A call's options go before those that the function sets on its `Prompt`, and those before the keys.
///
/// # What a prompt needs
///
/// A prompt that `requires(..)` something cannot be called on a typed provider, or a chain with a route, that lacks it: that
/// is a compile error with the names of the prompt, the route and the capability. Behind `AnyProvider` it is an error when
/// the dispatcher is built, for all prompts at once; a prompt's `model = "vendor/.."` names the route that is checked. An
/// argument with the library's `Image` in its type requires `images` without a word.
///
/// ```standalone_crate
/// use codex_ai::provider::Local;
/// use codex_ai::{AnyProvider, Dispatcher, Image, Prompt, prompt};
///
/// #[prompt]
/// async fn describe(picture: Image) -> Prompt {
///     Prompt::new().user("What is this?").image(picture)
/// }
///
/// // The built-in provider takes no pictures.
/// let error = Dispatcher::new(AnyProvider::new(Local::quiet())).unwrap_err();
/// assert!(error.to_string().contains("requires `images`, which `local` does not support"));
/// ```
///
/// `strict = ".."` is for answers that a vendor shall hold to their schema. Free text is a compile error, and so is a struct
/// with more fields of type `Option` than Anthropic takes. What stands in the types of its fields is checked by
/// `codex_ai::testing::assert_registry_ok()`.
///
/// # Templates
///
/// With the feature `templates` of `codex-ai`, a function without a body says what the model is told by a template:
///
/// ```standalone_crate
/// use codex_ai::{Prompt, Untrusted, prompt};
///
/// #[prompt(template = "
/// --- system
/// You are a careful editor. Write for {{ reader|lower }}.
///
/// --- user
/// {% for rule in rules %}
/// {{ loop.index }}. {{ rule }}
/// {% endfor %}
/// {{ text }}
/// ")]
/// async fn edit(reader: &str, rules: &[String], text: Untrusted<&str>) -> Prompt;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let prompt = edit("Children", &["Be brief.".to_owned()], Untrusted::new("It was a dark night.")).await;
/// assert_eq!(prompt.system_text(), Some("You are a careful editor. Write for children."));
/// assert!(prompt.messages()[0].text().unwrap().starts_with("1. Be brief.\nData, not instructions"));
/// # });
/// ```
///
/// A line `--- system`, `--- user` or `--- assistant` begins a message; what stands before the first is the user's. Empty
/// lines around a section are no part of it, a line with nothing but a tag leaves nothing, and a section that turns out
/// empty is left out. The function returns `Prompt<T>`, or a `Result` of one.
///
/// | write | for |
/// | --- | --- |
/// | `{{ order.number }}`, `{{ items[0] }}`, `{{ text.len() }}` | a value with `Display`: an argument, its fields and methods |
/// | <code>{{ name&#124;upper }}</code> | a filter: `capitalize`, `default("..")` for an `Option`, `indent(4)`, `join(", ")`, `lower`, `trim`, `truncate(80)`, `upper`, or a function of yours by its path |
/// | `{% if .. %}`, `{% elif .. %}`, `{% else %}`, `{% endif %}` | conditions, also `{% if let Some(note) = note %}` |
/// | `{% for item in items %}`, `{% else %}`, `{% endfor %}` | loops, with `loop.index`, `loop.index0`, `loop.first` and `loop.last` |
/// | `{% match kind %}{% when Kind::New %}..{% endmatch %}` | cases |
/// | `{% let name = value %}`, `{# a note #}`, `{% raw %}` | a name, a comment, text as it is |
/// | `{%-`, `-%}`, `{{-`, `-}}` | cuts the space on that side |
///
/// The grammar is that of [askama](https://askama.rs). Unknown variables and fields, unused arguments and values that are
/// no text are compile errors, with line and column of the template. A change of the file compiles the crate again.
/// Values of type `Untrusted` are fenced, and stand in user sections only.
///
/// # Keys of `#[arg(..)]`
///
/// | key | meaning |
/// | --- | --- |
/// | `default = 3` | what a builder and a call by name use if the argument is not given; any expression |
/// | `default` | the same with the type's own `Default` |
/// | `rename = "type"` | the name in JSON |
///
/// An argument of type `Option` may be left out without a default. Doc comments on arguments go to the fields, the
/// builder's methods and the input schema. `build`, `call`, `send` and `stream` are methods of every builder and no names
/// for arguments.
///
/// # What it makes
///
/// Besides the function, with its visibility:
///
/// - `Rewrite`: the marker, which stands for the prompt where a type is wanted.
/// - `RewriteArgs`: a struct of all arguments.
/// - `RewriteBuilder`: takes them one by one. A required argument that is missing or given twice is a compile error.
///
/// The prompt is registered when the binary is linked, private ones and those inside function bodies too. In a call by
/// name `&str` points into the JSON, and any other reference to the owned form of its type.
///
/// Generated code names everything by its absolute path, so the names of your crate may be what they like. One thing it
/// cannot do without: in a module with `#![no_implicit_prelude]` a prompt may have optional arguments only, because the
/// compile errors about required ones are written with the attribute `diagnostic::on_unimplemented`, and the name
/// `diagnostic` is part of the prelude.
#[proc_macro_attribute]
pub fn prompt(attr: TokenStream, item: TokenStream) -> TokenStream {
    diag::guard(item.into(), |item| prompt::expand(attr.into(), item)).into()
}

/// Makes an async function a tool that a model may call.
///
/// ```standalone_crate
/// use codex_ai::{Prompt, prompt, tool};
///
/// #[derive(serde::Serialize)]
/// struct Order {
///     item: String,
///     cents: u32,
/// }
///
/// /// Finds an order of the shop.
/// #[tool]
/// async fn find_order(
///     /// As printed on the receipt.
///     number: &str,
/// ) -> Result<Order, String> {
///     match number {
///         "AB-1204" => Ok(Order { item: "Nails".to_owned(), cents: 450 }),
///         _ => Err(format!("there is no order {number}")),
///     }
/// }
///
/// /// Answers a customer.
/// #[prompt(tools(find_order))]
/// async fn answer(question: &str) -> Prompt {
///     Prompt::new().system("You are a clerk. Look orders up before you speak of them.").user(question)
/// }
/// ```
///
/// A call of the prompt asks the model, calls the tools that it wants, tells it their results, and so on until it answers;
/// `codex_ai::ToolUse` has the limits. The function itself is still there, for tests and for the program's own calls.
///
/// # The function
///
/// Its arguments follow the rules of [`macro@prompt`]: they have names, may borrow, and take `#[arg(default = ..)]` and
/// `#[arg(rename = "..")]`. The doc comments of function and arguments are what the model reads. It returns text, or
/// anything that serde can write, which the model gets as JSON; or a `Result` of one. An error is told to the model in its
/// own words (`Display`), for it to try again or to do without, so an error must say nothing that the model's vendor should
/// not read.
///
/// Arguments that do not fit are told to the model, too, and the function is not called.
///
/// # Its path
///
/// Beside the function stands a type of the same name, so that one `use` brings both and `tools(shop::find_order)` names
/// it. In a block with `#[prompts]` it may be a method with `&self`: `tools(Shop::find_order)`, called on what is mounted.
///
/// # Keys of `#[tool(..)]`
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `name = "find"` | the function's name | what the model calls it: at most 64 letters, digits, `_` and `-` |
/// | `marker = FindOrder` | the function's name | the name of the type, where a module or type has the function's already |
/// | `crate = ::facade::codex_ai` | `::codex_ai` | where this library is, if it is renamed or re-exported |
#[proc_macro_attribute]
pub fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    diag::guard(item.into(), |item| tool::expand(attr.into(), item)).into()
}

/// Makes functions of an `impl` block prompts.
///
/// A prompt that is a method reaches what its type holds: a database, a configuration, a cache. The value is mounted on a
/// dispatcher, and the method is called as any other prompt, typed or by name.
///
/// ```standalone_crate
/// use std::sync::Arc;
///
/// use codex_ai::{Dispatcher, Prompt, prompt, prompts, provider::Local};
///
/// struct Support {
///     product: String,
/// }
///
/// #[prompts]
/// impl Support {
///     const TONE: &'static str = "friendly";
///
///     fn instructions(&self) -> String {
///         format!("You answer questions about {}. Be {}.", self.product, Self::TONE)
///     }
///
///     /// Answers a customer.
///     #[prompt(mode = "support.answer", temperature = 0.2)]
///     async fn answer(&self, question: &str) -> Prompt {
///         Prompt::new().system(self.instructions()).user(question)
///     }
///
///     /// Translates an answer. It takes no `&self`, and so can be called on any dispatcher.
///     #[prompt(mode = "support.translate")]
///     async fn translate(text: &str, #[arg(default = "English")] language: &str) -> String {
///         format!("Translate into {language}, and be {}: {text}", Self::TONE)
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let support = Support { product: "Anvil 2000".to_owned() };
/// let dispatcher = Dispatcher::new(Local::quiet())?.mount(Arc::new(support));
/// let answer = Answer::builder().question("Does it float?").call(&dispatcher).await?;
/// let answer = dispatcher.call::<Translate>(TranslateArgs { text: &answer, language: "Danish" }).await?;
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
///
/// # The block
///
/// It is an `impl` of a type, not of a trait. The type has no type parameters and no lifetimes there, but it may be a
/// concrete one of a generic type: `impl Store<Postgres>`. There may be several blocks. What has no `#[prompt]` stays as it
/// is. The type is `Send`, `Sync` and at least as visible as its prompts.
///
/// # The functions
///
/// They are as [`macro@prompt`] says, and may also take `&self` and name `Self`. Methods take no `&mut self` and no `self`,
/// because calls share the value. Marker, arguments and builder stand beside the block: `Answer`, `AnswerArgs`,
/// `AnswerBuilder` for `fn answer` above, so two types of one module with a method of one name need a `marker` and a `mode`.
///
/// # Keys of `#[prompts(..)]`
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `crate = ::facade::codex_ai` | `::codex_ai` | where this library is, for all prompts of the block |
#[proc_macro_attribute]
pub fn prompts(attr: TokenStream, item: TokenStream) -> TokenStream {
    diag::guard(item.into(), |item| prompts::expand(attr.into(), item)).into()
}

/// Gives a type a schema that a model can follow, and that its answers are held to.
///
/// ```
/// use codex_ai::{LlmSchema, Schema};
/// use serde_json::json;
///
/// /// An order of a shop.
/// #[derive(serde::Deserialize, LlmSchema)]
/// #[serde(rename_all = "camelCase")]
/// struct Order {
///     /// As printed at the top.
///     #[llm(pattern = "^[A-Z]{2}-[0-9]+$", example = "AB-1204")]
///     order_number: String,
///     #[llm(description = "When it was placed.", format = "date")]
///     placed_on: String,
///     #[llm(min_items = 1, max_items = 50)]
///     items: Vec<Item>,
/// }
///
/// #[derive(serde::Deserialize, LlmSchema)]
/// struct Item {
///     #[llm(min_length = 1, max_length = 80)]
///     name: String,
///     #[llm(min = 1, max = 100)]
///     count: u32,
/// }
///
/// let schema = Schema::of::<Order>();
/// assert_eq!(schema.as_value()["properties"]["orderNumber"]["description"], "As printed at the top.");
///
/// let answer = json!({ "orderNumber": "1204", "placedOn": "2026-02-30", "items": [{ "name": "Nails", "count": 0 }] });
/// let paths: Vec<_> = schema.validate(&answer).unwrap_err().into_iter().map(|problem| problem.path).collect();
/// assert_eq!(paths, ["orderNumber", "placedOn", "items[0].count"]);
/// ```
///
/// # The type
///
/// A struct with named fields, a struct of one unnamed field, or an enum; it has `serde::Deserialize`, too. Its parts have
/// `LlmSchema`: the types of the standard library have it, those of `chrono`, `uuid` and `url` by features of `codex-ai`.
/// Keys of maps have it, too.
/// Type parameters and recursion through `Box` or `Vec` are fine; fields own their data.
///
/// `#[serde(..)]` is honoured: `rename`, `rename_all`, `tag`, `content`, `untagged`, `flatten`, `default`, `skip`,
/// `transparent` and the rest. Doc comments are the descriptions that the model reads.
///
/// # Keys of `#[llm(..)]` on fields
///
/// Each bound is part of the schema, and the answer is checked against it. A bound that does not apply to the field's type
/// is a compile error; on `Option<T>` it holds for `T`.
///
/// | key | on | meaning |
/// | --- | --- | --- |
/// | `description = ".."` | all | what the model is told, in place of the doc comment |
/// | `min = 1`, `max = 10` | numbers | the least and the greatest value |
/// | `min_length = 1`, `max_length = 80` | strings | the length in characters |
/// | `min_items = 1`, `max_items = 7` | lists and sets | how many items |
/// | `pattern = "^[a-z]+$"` | strings | a regular expression that matches anywhere, unless it is anchored |
/// | `format = "date"` | strings | one of `date-time`, `date`, `time`, `duration`, `email`, `hostname`, `ipv4`, `ipv6`, `uuid`, `uri`, `regex` |
/// | `example = ".."` | all | a value to show to the model: text, or an expression of the field's type |
/// | `with = String` | all | describes the field by another type, for types without `LlmSchema` |
///
/// | `check = path` | all | a function that checks the value, see below |
/// | `stream = "done"` | all | how the field is shown while it is still coming, see below |
///
/// # Keys of `#[llm(..)]` on types and variants
///
/// | key | on | meaning |
/// | --- | --- | --- |
/// | `description = ".."` | types, variants | what the model is told, in place of the doc comment |
/// | `validate = path` | types | a function that checks the whole value |
/// | `crate = ::facade::codex_ai` | types | where this library is, if it is renamed or re-exported |
///
/// # Checks
///
/// What a schema cannot say is checked by functions. They are ordinary ones: `check` names a
/// `fn(&Field) -> Result<(), E>`, `validate` a `fn(&Type) -> Result<(), E>`. `E` is text, or any type with `Display`, or
/// `Vec<codex_ai::Problem>` for several problems, each with a path from the place that is checked. On `Option<T>` the
/// function gets `&T`, and is not called for `None`. A `&String` may be taken as `&str`, a `&Vec<T>` as `&[T]`.
///
/// All checks of a value are run, those of its parts first. What they say is part of the error, with the path of the value
/// as it is in the JSON, and it is what the model reads if it is asked again. So say what is wanted.
///
/// ```
/// use codex_ai::{LlmSchema, Problem, ToolCall};
///
/// #[derive(serde::Deserialize, LlmSchema)]
/// #[llm(validate = Trip::is_in_order)]
/// struct Trip {
///     #[serde(rename = "stations")]
///     stops: Vec<Stop>,
/// }
///
/// #[derive(serde::Deserialize, LlmSchema)]
/// struct Stop {
///     #[llm(check = is_name)]
///     city: String,
///     day: u32,
/// }
///
/// fn is_name(text: &str) -> Result<(), String> {
///     if text.contains('/') { Err("one city only".to_owned()) } else { Ok(()) }
/// }
///
/// impl Trip {
///     fn is_in_order(&self) -> Result<(), Vec<Problem>> {
///         let before = |at: &usize| self.stops[*at].day < self.stops[*at - 1].day;
///         let wrong: Vec<_> = (1..self.stops.len())
///             .filter(before)
///             .map(|at| Problem::new(format!("stations[{at}].day"), "comes before the day of the last station"))
///             .collect();
///         if wrong.is_empty() { Ok(()) } else { Err(wrong) }
///     }
/// }
///
/// let answer = r#"{ "stations": [{ "city": "Oslo", "day": 3 }, { "city": "Bergen/Voss", "day": 2 }] }"#;
/// let error = ToolCall::new("call_1", "plan", answer).read::<Trip>().map(drop).unwrap_err();
/// let problems: Vec<_> = error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect();
/// assert_eq!(problems, [
///     "stations[1].city: one city only",
///     "stations[1].day: comes before the day of the last station",
/// ]);
/// ```
///
/// What is in a field with `#[llm(with = ..)]` or `#[serde(skip)]` is not looked into, and neither is a type that serde
/// reads by way of another (`from`, `try_from`); its own checks are run, with the path of the whole.
///
/// # Further names
///
/// A field with `#[serde(alias = "..")]` is read by each of its names. The further ones stand in the schema as `x-aliases`;
/// vendors do not see them.
///
/// # Partial values
///
/// While an answer streams, it grows into a `codex_ai::Partial<T>`: for a struct the same fields with the same visibility,
/// each a `Progress`, which is pending, partial or done. Functions name the type in that way.
///
/// ```
/// use codex_ai::{LlmSchema, Partial};
///
/// #[derive(serde::Deserialize, LlmSchema)]
/// struct Summary {
///     headline: String,
///     #[llm(stream = "done")]
///     author: Option<String>,
///     points: Vec<String>,
/// }
///
/// fn line(summary: &Partial<Summary>) -> String {
///     let points = summary.points.partial().map_or(0, |points| points.len());
///     format!("{} ({points})", summary.headline.as_str())
/// }
///
/// assert_eq!(line(&Partial::<Summary>::default()), " (0)");
/// ```
///
/// A flattened field is the partial value of its type, and so is the content of a newtype. Enums are shown when they are
/// complete. Left out are fields that serde skips or reads by a function of their own.
///
/// The words of `stream`, with commas between several: `done` shows the field only when it is complete; with `not_null`
/// nothing of the struct is shown until the field is; `with_state` adds to the field how far it has come where partial
/// values are JSON. They stand in the schema as `x-stream-done` and so on; vendors do not see them.
#[proc_macro_derive(LlmSchema, attributes(llm, serde, schemars, validate, garde))]
pub fn llm_schema(item: TokenStream) -> TokenStream {
    diag::guard_derive(item.into(), schema::expand).into()
}

fn tokens(syntax: impl ToTokens) -> proc_macro2::TokenStream {
    syntax.into_token_stream()
}
