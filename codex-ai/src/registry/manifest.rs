//! All prompts of a program as a text that lies beside it, so that a change of one is seen.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::difference::Difference;
use super::{Entry, Registry};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::words::cut;

/// What every manifest begins with.
const HEADING: &str = "# Prompts by codex-ai, version ";

/// The version of the format.
const VERSION: u32 = 1;

/// All prompts of a program, each with what a model, or a caller by name, can tell from another: the arguments with types
/// and defaults, the options, what it requires, and hashes of its schemas and of its template.
///
/// `Display` writes the file, [`FromStr`] reads it, [`difference`](Self::difference) tells what changed.
/// [`testing::assert_manifest`](crate::testing::assert_manifest) is a test of one line.
///
/// ```standalone_crate
/// use codex_ai::{Registry, prompt};
/// use codex_ai::registry::Manifest;
///
/// #[prompt(temperature = 0.2)]
/// async fn greet(name: &str, #[arg(default = 3)] words: u8) -> String {
///     format!("Greet {name} in {words} words.")
/// }
///
/// let now = Registry::discover()?.manifest();
/// assert!(now.to_string().contains("argument words = u8, default 3"));
/// // As a file that was accepted some time ago would have it:
/// let accepted: Manifest = now.to_string().replace("default 3", "default 5").parse()?;
/// let difference = accepted.difference(&now);
/// assert_eq!(
///     difference.to_string(),
///     "the prompt `greet` changed:\n  - argument words = u8, default 5\n  + argument words = u8, default 3"
/// );
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The lines `key = value` of each prompt, by mode.
    pub(super) prompts: BTreeMap<String, Vec<String>>,
}

impl Registry {
    /// All prompts with what shall not change unnoticed.
    pub fn manifest(&self) -> Manifest {
        Manifest { prompts: self.iter().map(|entry| (entry.mode().to_owned(), lines(entry))).collect() }
    }
}

impl Manifest {
    /// The modes of the prompts, sorted.
    pub fn modes(&self) -> impl Iterator<Item = &str> {
        self.prompts.keys().map(String::as_str)
    }

    /// What is otherwise in `now` than here.
    pub fn difference(&self, now: &Self) -> Difference {
        Difference::between(self, now)
    }

    /// Whether a text is a manifest of any version, however broken: another file shall not be overwritten by one.
    #[cfg(feature = "testing")]
    pub(crate) fn is_one(text: &str) -> bool {
        text.trim_start_matches('\u{feff}').starts_with(HEADING)
    }
}

/// What is told of one prompt.
fn lines(entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |key: &str, value: String| {
        let line = format!("{key} = {value}").replace('\r', "\\r").replace('\n', "\\n");
        lines.push(line.trim().to_owned());
    };
    add("function", entry.path());
    if let Some(state) = entry.state() {
        add("method of", state.to_owned());
    }
    for arg in entry.args() {
        let default = arg.default.map(|default| format!(", default {default}")).unwrap_or_default();
        add(&format!("argument {}", arg.name), format!("{}{default}", arg.ty));
    }
    add("returns", entry.returns().to_owned());
    if let Some(model) = entry.model() {
        add("model", model.to_owned());
    }
    if let Some(temperature) = entry.temperature() {
        add("temperature", temperature.to_string());
    }
    if let Some(max_tokens) = entry.max_tokens() {
        add("max_tokens", max_tokens.to_string());
    }
    if !entry.requires().is_empty() {
        let names: Vec<&str> = entry.requires().iter().map(|capability| capability.name()).collect();
        add("requires", names.join(", "));
    }
    if let Some(strict) = entry.strict() {
        add("strict", strict.key().to_owned());
    }
    for tool in entry.tools() {
        let schema = tool.input_schema().map(|schema| schema.as_value().to_string()).unwrap_or_default();
        add(
            &format!("tool {}", tool.name()),
            format!("{}, {}", tool.path(), hash(&format!("{}\n{schema}", tool.docs()))),
        );
    }
    if let Some(template) = entry.template() {
        add("template", hash(template));
    }
    match entry.input_schema() {
        Some(schema) => add("argument schema", hash(&schema.as_value().to_string())),
        None => add("json", "false".to_owned()),
    }
    if let Some(schema) = entry.output_schema() {
        add("answer schema", hash(&schema.as_value().to_string()));
    }
    lines
}

/// FNV-1a of 64 bits: the same everywhere and for ever. It is there to notice a change, not to withstand an attack.
fn hash(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADING}{VERSION}. A test writes it: set UPDATE_PROMPTS=1 to accept what changed.")?;
        for (mode, lines) in &self.prompts {
            writeln!(f, "\n[{mode}]")?;
            for line in lines {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Manifest {
    type Err = Error;

    /// Reads what `Display` wrote. Empty lines and lines that begin with `#` say nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with the line that is none of a manifest.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let Some(rest) = text.strip_prefix(HEADING) else {
            return Err(Error::new(ErrorKind::Config, format!("it does not begin with `{}`", HEADING.trim_end())));
        };
        let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if version.parse() != Ok(VERSION) {
            let message = format!("it has version {}, and this library reads {VERSION}", cut(&version));
            return Err(Error::new(ErrorKind::Config, message).with_help("use the version of `codex-ai` that wrote it"));
        }
        let mut prompts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut open: Option<String> = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let wrong =
                |what: &str| Err(Error::new(ErrorKind::Config, format!("line {}, `{}`, {what}", index + 1, cut(line))));
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
                return wrong("is left of a merge");
            }
            if let Some(mode) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                if prompts.insert(mode.to_owned(), Vec::new()).is_some() {
                    return wrong("names a prompt for the second time");
                }
                open = Some(mode.to_owned());
                continue;
            }
            if !line.contains(" = ") {
                return wrong("is neither `[mode]` nor `key = value`");
            }
            match open.as_ref().and_then(|mode| prompts.get_mut(mode)) {
                Some(lines) => lines.push(line.to_owned()),
                None => return wrong("stands before the first `[mode]`"),
            }
        }
        Ok(Self { prompts })
    }
}
