//! The names by which serde reads fields and variants, and where it looks for a variant's content.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, Ident, LitStr, Meta};

use super::attributes::{first_name, key_of, split};
use crate::keys::ungroup;
use crate::prompt::plain_name;

/// How the variants of an enum are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tagging {
    /// `{"Variant": content}`
    External,
    /// `{"tag": "Variant", ..content}`
    Internal,
    /// `{"tag": "Variant", "content": content}`
    Adjacent { content: String },
    /// `content`
    Untagged,
}

impl Tagging {
    /// That of an enum.
    pub(super) fn of(attrs: &[Attribute]) -> Self {
        let has = |key| key_of(&["serde"], attrs, key).is_some();
        if has("untagged") {
            Self::Untagged
        } else if let Some(content) = text(attrs, "content") {
            Self::Adjacent { content }
        } else if has("tag") {
            Self::Internal
        } else {
            Self::External
        }
    }
}

/// The key of an enum's tag.
pub(super) fn tag(attrs: &[Attribute]) -> Option<String> {
    text(attrs, "tag")
}

/// Whether serde reads the type by way of another one, so that its own fields say nothing of the JSON.
pub(super) fn is_read_by_another(attrs: &[Attribute]) -> bool {
    ["from", "try_from", "remote"].iter().any(|key| key_of(&["serde"], attrs, key).is_some())
}

/// Whether serde never reads the field.
pub(super) fn is_skipped(attrs: &[Attribute]) -> bool {
    ["skip", "skip_deserializing"].iter().any(|key| key_of(&["serde"], attrs, key).is_some())
}

/// The name of a field. `variant` has the attributes of the variant that it is in.
pub(super) fn of_field(
    field: &Ident,
    attrs: &[Attribute],
    variant: Option<&[Attribute]>,
    of_type: &[Attribute],
) -> String {
    let rule = || match variant {
        None => text(of_type, "rename_all"),
        Some(variant) => text(variant, "rename_all").or_else(|| text(of_type, "rename_all_fields")),
    };
    text(attrs, "rename").unwrap_or_else(|| Case::named(rule().as_deref()).of_field(&plain_name(field)))
}

/// The name of a variant.
pub(super) fn of_variant(variant: &Ident, attrs: &[Attribute], of_type: &[Attribute]) -> String {
    text(attrs, "rename")
        .unwrap_or_else(|| Case::named(text(of_type, "rename_all").as_deref()).of_variant(&plain_name(variant)))
}

/// All names by which a field or variant is read, the first one first.
pub(super) fn with_aliases(name: String, attrs: &[Attribute]) -> Vec<String> {
    let mut names = vec![name];
    for alias in aliases(attrs) {
        if !names.contains(&alias) {
            names.push(alias);
        }
    }
    names
}

/// The further names by which a field or variant is read.
pub(super) fn aliases(attrs: &[Attribute]) -> Vec<String> {
    values(attrs, "alias")
}

/// The text that serde has for a key when it reads: that of `key = ".."` or of `key(deserialize = "..")`.
fn text(attrs: &[Attribute], key: &str) -> Option<String> {
    values(attrs, key).into_iter().next()
}

fn values(attrs: &[Attribute], key: &str) -> Vec<String> {
    let lists = attrs.iter().filter(|attr| attr.path().is_ident("serde")).filter_map(|attr| match &attr.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        _ => None,
    });
    let entries = lists.flat_map(split).filter(|entry| first_name(entry) == key);
    entries.filter_map(value).collect()
}

/// The value of `key = ".."` or of `key(deserialize = "..")`.
fn value(entry: TokenStream) -> Option<String> {
    let mut trees = entry.into_iter().skip(1);
    match trees.next()? {
        TokenTree::Punct(equals) if equals.as_char() == '=' => literal(trees.collect()),
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            split(group.stream()).into_iter().find(|entry| first_name(entry) == "deserialize").and_then(value)
        }
        _ => None,
    }
}

fn literal(tokens: TokenStream) -> Option<String> {
    syn::parse2::<LitStr>(ungroup(tokens)).ok().map(|literal| literal.value())
}

/// The rules for names that stand in these attributes.
pub(super) fn rules(attrs: &[Attribute]) -> Vec<String> {
    let mut rules = values(attrs, "rename_all");
    rules.extend(values(attrs, "rename_all_fields"));
    rules
}

/// Whether serde knows the rule.
pub(super) fn is_rule(name: &str) -> bool {
    Case::named(Some(name)) != Case::AsIs
}

/// A rule of `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    AsIs,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    /// The rule of this name; what serde does not know, serde complains of.
    fn named(name: Option<&str>) -> Self {
        match name {
            Some("lowercase") => Self::Lower,
            Some("UPPERCASE") => Self::Upper,
            Some("PascalCase") => Self::Pascal,
            Some("camelCase") => Self::Camel,
            Some("snake_case") => Self::Snake,
            Some("SCREAMING_SNAKE_CASE") => Self::ScreamingSnake,
            Some("kebab-case") => Self::Kebab,
            Some("SCREAMING-KEBAB-CASE") => Self::ScreamingKebab,
            _ => Self::AsIs,
        }
    }

    /// The name of a field, which is taken to be in snake case.
    fn of_field(self, name: &str) -> String {
        match self {
            Self::AsIs | Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => first_lowered(&pascal(name)),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The name of a variant, which is taken to be in Pascal case.
    fn of_variant(self, name: &str) -> String {
        match self {
            Self::AsIs | Self::Pascal => name.to_owned(),
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Camel => first_lowered(name),
            Self::Snake => snake(name),
            Self::ScreamingSnake => snake(name).to_ascii_uppercase(),
            Self::Kebab => snake(name).replace('_', "-"),
            Self::ScreamingKebab => snake(name).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(name: &str) -> String {
    name.split('_').fold(String::new(), |mut text, word| {
        let mut letters = word.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text
    })
}

fn first_lowered(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_lowercase(), letters.as_str()))
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
