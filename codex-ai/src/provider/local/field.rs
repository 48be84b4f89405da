//! What the name and the description of a field say about what belongs in it.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::words;

/// A field of the answer, as far as words can tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// The words of its name.
    pub(super) words: Vec<String>,
    /// The words of the names around it.
    pub(super) around: Vec<String>,
    /// The telling words of its description.
    pub(super) about: Vec<String>,
    /// What sort of text it wants.
    pub(super) role: Role,
    /// The text that is known to be about it: what stands behind its label, or the piece of a list.
    pub(super) given: Option<String>,
}

/// The sort of text that a field wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing known.
    #[default]
    Plain,
    Headline,
    Summary,
    Person,
    Place,
    Company,
    Name,
    Email,
    Phone,
    Website,
    Quote,
    Code,
    Date,
    Time,
    Keywords,
    Currency,
    Money,
    Count,
    Year,
}

impl Field {
    /// The whole answer.
    pub(super) fn root(description: &str) -> Self {
        Self { about: words::content_stems(description), ..Self::default() }
    }

    /// The field `name` inside this one.
    pub(super) fn child(&self, name: &str, description: &str) -> Self {
        let own = words::name_words(name);
        let mut around = self.around.clone();
        around.extend(self.words.iter().cloned());
        // What stands far above says little, and deep schemas must not make long lists.
        let skip = around.len().saturating_sub(MOST_AROUND);
        around.drain(..skip);
        let role = role_of(&own).or_else(|| role_in(description)).unwrap_or_default();
        Self { words: own, around, about: words::content_stems(description), role, given: None }
    }

    /// How well a label fits, from 0 to 100: 100 is the same name. Words of the fields around do not count against it.
    pub(super) fn fit(&self, label: &[String]) -> usize {
        let common = self.words.iter().filter(|word| label.contains(word)).count();
        if common == 0 {
            return 0;
        }
        let stray = label.iter().filter(|word| !self.words.contains(word) && !self.around.contains(word)).count();
        100 * 2 * common / (self.words.len() + common + stray)
    }

    /// Words that tell where in a text the field's value may be: those of its name, then those of its description.
    pub(super) fn cues(&self) -> impl Iterator<Item = &String> {
        self.words.iter().chain(&self.about)
    }
}

/// A deeper field forgets the names furthest from it.
const MOST_AROUND: usize = 8;

/// A label that fits worse than this is another one.
pub(super) const FITS: usize = 50;

/// The role that the words of a name give; the last word says most: `author_email` is an address.
fn role_of(words: &[String]) -> Option<Role> {
    words.iter().rev().find_map(|word| roles().get(word.as_str()).copied())
}

/// The role that a description gives in its first words: `The author's name`.
fn role_in(description: &str) -> Option<Role> {
    words::words(description)
        .take(DESCRIBING_WORDS)
        .find_map(|word| roles().get(words::stem(word.text).as_str()).copied())
        .filter(|role| {
            matches!(role, Role::Person | Role::Place | Role::Company | Role::Email | Role::Phone | Role::Website)
        })
}

/// Only so many words of a description may give a role; further on they explain something else.
const DESCRIBING_WORDS: usize = 4;

/// Roles by stem.
fn roles() -> &'static HashMap<String, Role> {
    static ROLES: OnceLock<HashMap<String, Role>> = OnceLock::new();
    ROLES.get_or_init(|| {
        WORDS.iter().flat_map(|(role, words)| words.iter().map(|word| (words::stem(word), *role))).collect()
    })
}

const WORDS: &[(Role, &[&str])] = &[
    (Role::Headline, &["headline", "title", "subject", "heading", "topic", "caption", "titel"]),
    (
        Role::Summary,
        &["summary", "abstract", "overview", "gist", "tldr", "synopsis", "conclusion", "takeaway", "zusammenfassung"],
    ),
    (
        Role::Person,
        &[
            "person",
            "author",
            "customer",
            "sender",
            "recipient",
            "speaker",
            "owner",
            "assignee",
            "contact",
            "writer",
            "people",
            "participant",
            "attendee",
            "employee",
            "manager",
            "patient",
        ],
    ),
    (
        Role::Place,
        &["city", "country", "place", "location", "venue", "town", "region", "destination", "state", "ort", "stadt"],
    ),
    (Role::Company, &["company", "vendor", "brand", "publisher", "manufacturer", "airline", "bank", "institution"]),
    (Role::Name, &["name", "entity", "product"]),
    (Role::Email, &["email"]),
    (Role::Phone, &["phone", "fax"]),
    (Role::Website, &["website", "uri", "url", "link"]),
    (Role::Quote, &["quote", "quotation", "citation", "zitat"]),
    (Role::Code, &["id", "identifier", "number", "code", "sku", "reference", "ref", "iban", "serial", "key"]),
    (Role::Date, &["date", "day", "deadline", "birthday", "published"]),
    (Role::Time, &["time"]),
    (Role::Keywords, &["keyword", "tag", "topics", "theme", "hashtag"]),
    (Role::Currency, &["currency"]),
    (
        Role::Money,
        &[
            "price", "amount", "total", "subtotal", "cost", "fee", "salary", "budget", "revenue", "tax", "balance",
            "payment",
        ],
    ),
    (Role::Count, &["count", "quantity", "stock", "times"]),
    (Role::Year, &["year"]),
];
