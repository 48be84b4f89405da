//! The same check on a JSON text, without a [`Value`] of it: most answers are right, and to know that takes no tree.
//!
//! What is said here is `true` or nothing. A part whose schema asks for more than one look (several forms that fit, items
//! that must differ) becomes a value of its own, and is checked as one.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde_json::Value;

use super::check::Run;
use super::node::{ArrayRules, Node, NodeId, ObjectRules, StringRules};
use super::path::Path;
use super::scan::{Digits, Scan, Text};
use super::unique::Unique;
use super::way::{Fields, Way, Ways};

/// Whether a text, if it is JSON, follows the schema of these nodes and has no key twice in an object. `false` may also
/// mean that it was not found out. That it is JSON is for the caller to see, who reads a value from it anyway.
pub(super) fn follows(nodes: &[Node], ways: &Ways, text: &str) -> bool {
    let mut walk = Walk { scan: Scan::new(text), run: Run::new(nodes), ways };
    walk.value(Some(0)).is_some() && walk.scan.is_at_end()
}

/// A walk over a text. Each step gives `None` where something is wrong, or was not found out.
struct Walk<'n, 't> {
    scan: Scan<'t>,
    run: Run<'n>,
    ways: &'n Ways,
}

impl<'t> Walk<'_, 't> {
    /// Checks the value that begins here against a node; without one anything is allowed.
    fn value(&mut self, id: Option<NodeId>) -> Option<()> {
        let at = id.map(|id| self.ways.of(&self.run, id));
        match self.scan.peek()? {
            b'"' => match at.map_or(Way::Free, |at| at.string) {
                Way::Never => None,
                Way::Whole(id) => self.whole(id),
                Way::Free => self.scan.string()?.says_something().then_some(()),
                Way::By(id) => self.string(id),
            },
            b'{' => match at.map_or(Way::Free, |at| at.object) {
                Way::Never => None,
                Way::Whole(id) => self.whole(id),
                Way::Free => self.object(None),
                Way::By(id) => self.object(Some(id)),
            },
            b'[' => match at.map_or(Way::Free, |at| at.array) {
                Way::Never => None,
                Way::Whole(id) => self.whole(id),
                Way::Free => self.array(None),
                Way::By(id) => self.array(self.run.nodes[id].arrays.as_deref()),
            },
            b'n' => {
                self.scan.word("null")?;
                if at.is_none_or(|at| at.null) { Some(()) } else { self.scalar(id, &Value::Null) }
            }
            b't' => {
                self.scan.word("true")?;
                if at.is_none_or(|at| at.boolean) { Some(()) } else { self.scalar(id, &Value::Bool(true)) }
            }
            b'f' => {
                self.scan.word("false")?;
                if at.is_none_or(|at| at.boolean) { Some(()) } else { self.scalar(id, &Value::Bool(false)) }
            }
            _ => match self.scan.number()? {
                Digits::Whole(whole) if at.is_none_or(|at| at.whole.contains(&whole)) => Some(()),
                Digits::Whole(whole) => self.scalar(id, &Value::from(whole)),
                Digits::Other(digits) if at.is_none_or(|at| at.number) => is_finite(digits).then_some(()),
                Digits::Other(digits) => self.scalar(id, &number(digits)?),
            },
        }
    }

    /// Checks a value without parts.
    fn scalar(&mut self, id: Option<NodeId>, value: &Value) -> Option<()> {
        self.run.check(id?, value, &Path::WHOLE).is_continue().then_some(())
    }

    /// Checks what begins here as a value, in a run of its own: a run remembers values by their address.
    fn whole(&mut self, id: NodeId) -> Option<()> {
        let mut values = serde_json::Deserializer::from_str(self.scan.rest()).into_iter::<Tree>();
        let Tree(value) = values.next()?.ok()?;
        self.scan.skip(values.byte_offset());
        let mut run = Run::new(self.run.nodes);
        (run.check(id, &value, &Path::WHOLE).is_continue() && !run.too_deep).then_some(())
    }

    fn string(&mut self, id: NodeId) -> Option<()> {
        let node = &self.run.nodes[id];
        if let Some(allowed) = &node.allowed {
            let text = self.scan.string()?.read()?;
            if !allowed.iter().any(|one| one.as_str() == Some(&*text)) {
                return None;
            }
            return match &node.strings {
                Some(rules) => self.run.check_string(rules, &text, &Path::WHOLE).is_continue().then_some(()),
                None => Some(()),
            };
        }
        let text = self.scan.string()?;
        let Some(rules) = &node.strings else { return text.says_something().then_some(()) };
        if let Text::Escaped(quoted) = text
            && is_surely_right(rules, quoted)
        {
            return Some(());
        }
        self.run.check_string(rules, &text.read()?, &Path::WHOLE).is_continue().then_some(())
    }

    fn array(&mut self, rules: Option<&ArrayRules>) -> Option<()> {
        self.scan.enter()?;
        let mut count = 0;
        while self.scan.has_next(b']', count == 0)? {
            self.value(rules.and_then(|rules| rules.prefix.get(count).copied().or(rules.items)))?;
            count += 1;
        }
        let count = count as u64;
        let fits = |rules: &ArrayRules| {
            rules.fewest.is_none_or(|fewest| count >= fewest) && rules.most.is_none_or(|most| count <= most)
        };
        rules.is_none_or(fits).then_some(())
    }

    fn object(&mut self, id: Option<NodeId>) -> Option<()> {
        self.scan.enter()?;
        let fields = id.and_then(|id| self.ways.fields(id));
        let rules = id.and_then(|id| self.run.nodes[id].objects.as_deref());
        let mut seen = 0_u64;
        let mut others = Names::default();
        let (mut next, mut is_first) = (0, true);
        while self.scan.has_next(b'}', is_first)? {
            is_first = false;
            let id = match self.key(fields, next)? {
                Found::Field(index, id) => {
                    let bit = 1 << index;
                    // With a further name it is for others to say which property is meant.
                    if (seen | fields.map_or(0, |fields| fields.aliases)) & bit != 0 {
                        return None;
                    }
                    seen |= bit;
                    next = index + 1;
                    Some(id)
                }
                Found::Other(key) => {
                    if !others.insert(key) {
                        return None;
                    }
                    rules.and_then(|rules| rules.additional)
                }
            };
            self.scan.expect(b':')?;
            self.value(id)?;
        }
        let missing = fields.is_some_and(|fields| fields.required & !seen != 0);
        let count = u64::from(seen.count_ones()) + others.count();
        let fits = |rules: &ObjectRules| {
            rules.fewest.is_none_or(|fewest| count >= fewest) && rules.most.is_none_or(|most| count <= most)
        };
        (!missing && rules.is_none_or(fits)).then_some(())
    }

    /// The key that begins here; the field that is expected next is looked at first.
    #[inline]
    fn key(&mut self, fields: Option<&Fields>, next: usize) -> Option<Found<'t>> {
        if self.scan.peek()? != b'"' {
            return None;
        }
        let names = fields.map(|fields| &*fields.names).unwrap_or_default();
        if let Some(field) = names.get(next).filter(|field| field.is_plain)
            && self.scan.is_string(&field.name)
        {
            return Some(Found::Field(next, field.id));
        }
        let key = match self.scan.string()? {
            Text::Plain(key) => Cow::Borrowed(key),
            escaped => escaped.read()?,
        };
        Some(match names.iter().position(|field| *field.name == *key) {
            Some(index) => Found::Field(index, names[index].id),
            None => Found::Other(key),
        })
    }
}

/// What a key is.
enum Found<'t> {
    /// The field at this place.
    Field(usize, NodeId),
    Other(Cow<'t, str>),
}

/// Whether a text has the right length however its escapes are read: all of them are longer than what they mean.
fn is_surely_right(rules: &StringRules, quoted: &str) -> bool {
    let StringRules { shortest, longest, pattern, format } = rules;
    let most = quoted.len() as u64;
    let is_plain = pattern.is_none() && format.is_none();
    is_plain && longest.is_none_or(|longest| most <= longest) && shortest.is_none_or(|shortest| most / 12 > shortest)
}

/// Whether a number is none that is too large; without an exponent that takes hundreds of digits.
fn is_finite(digits: &str) -> bool {
    let is_small = digits.len() < 300 && !digits.contains(['e', 'E']);
    is_small || number(digits).is_some()
}

/// As `serde_json` has it: whole where 64 bits hold it, but for a zero below zero.
fn number(digits: &str) -> Option<Value> {
    if digits != "-0" {
        if let Ok(whole) = digits.parse::<u64>() {
            return Some(whole.into());
        }
        if let Ok(whole) = digits.parse::<i64>() {
            return Some(whole.into());
        }
    }
    let fraction = digits.parse::<f64>().ok()?;
    fraction.is_finite().then(|| fraction.into())
}

/// Keys that are no fields, each once.
#[derive(Default)]
struct Names<'t> {
    few: Vec<Cow<'t, str>>,
    /// Made where they are too many: most objects have none at all.
    many: Option<HashSet<Cow<'t, str>>>,
}

impl<'t> Names<'t> {
    /// As many names as are compared one by one.
    const FEW: usize = 8;

    /// Whether the name is there for the first time.
    fn insert(&mut self, name: Cow<'t, str>) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(name);
        }
        if self.few.len() < Self::FEW {
            let is_new = !self.few.contains(&name);
            self.few.push(name);
            return is_new;
        }
        let mut many: HashSet<_> = self.few.drain(..).collect();
        let is_new = many.insert(name);
        self.many = Some(many);
        is_new
    }

    fn count(&self) -> u64 {
        (self.few.len() + self.many.as_ref().map_or(0, HashSet::len)) as u64
    }
}

/// A value with no key twice.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Unique.deserialize(deserializer).map(Self)
    }
}
