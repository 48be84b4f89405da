//! Which of several forms a value has: by what it looks like, and where that is not enough, by which schema it follows.

use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::fit::Fit;
use super::plan::Form;
use crate::json::Tree;
use crate::schema::validate::{NodeId, Probe, Validator};

/// The forms of all choices in a schema.
#[derive(Debug)]
pub(super) struct Forms {
    /// As they are on the wire.
    pub(super) wire: Side,
    /// As they are in the type.
    pub(super) own: Side,
}

/// The forms of all choices, by number.
pub(super) struct Side {
    fits: Vec<Fit>,
    /// The whole schema, with the forms among its definitions.
    document: Value,
    validator: OnceLock<Option<(Validator, Vec<NodeId>)>>,
}

impl Side {
    pub(super) fn new(fits: Vec<Fit>, root: &Value, forms: Vec<Value>) -> Self {
        let mut document = root.clone();
        if let Value::Object(root) = &mut document {
            let definitions = root.entry("$defs").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(definitions) = definitions {
                definitions.extend(forms.into_iter().enumerate().map(|(number, form)| (name(number), form)));
            }
        }
        Self { fits, document, validator: OnceLock::new() }
    }

    pub(super) fn fit(&self, number: usize) -> &Fit {
        &self.fits[number]
    }

    /// Asks which forms values follow; made when it is first needed, since most choices are settled without.
    pub(super) fn probe(&self) -> Option<Asked<'_>> {
        let made = self.validator.get_or_init(|| {
            let definitions = self.document.get("$defs")?;
            let forms: Option<Vec<_>> = (0..self.fits.len()).map(|number| definitions.get(name(number))).collect();
            Validator::compile_parts(&self.document, &forms?).ok()
        });
        made.as_ref().map(|(validator, forms)| Asked { probe: validator.probe(), forms })
    }

    /// The forms that the value may have, the likeliest first. `follows` tells whether it follows one; it is asked where
    /// the look of the value leaves a choice.
    pub(super) fn pick(&self, forms: &[Form], value: &Tree, mut follows: impl FnMut(usize) -> bool) -> Vec<usize> {
        let distance = |form: &Form| self.fits[form.number].distance(value);
        let mut found: Vec<_> =
            forms.iter().enumerate().filter_map(|(at, form)| Some((false, distance(form)?, at))).collect();
        let first = found.first().map(|(.., at)| forms[*at].node);
        if found.iter().any(|(.., at)| Some(forms[*at].node) != first) {
            for (fails, _, at) in &mut found {
                *fails = !follows(forms[*at].number);
            }
        }
        // Forms that it does not follow are a choice only where it follows none.
        if found.iter().any(|(fails, ..)| !fails) {
            found.retain(|(fails, ..)| !fails);
        }
        found.sort_unstable();
        found.into_iter().map(|(.., at)| at).collect()
    }
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side").field("fits", &self.fits).finish_non_exhaustive()
    }
}

/// Tells which forms a value follows, and remembers it. All values that it is asked of must outlive it.
pub(super) struct Asked<'p> {
    probe: Probe<'p>,
    forms: &'p [NodeId],
}

impl Asked<'_> {
    pub(super) fn follows(&mut self, number: usize, value: &Value) -> bool {
        self.probe.accepts(self.forms[number], value)
    }
}

/// What a form is called among the definitions; no one else calls anything so.
fn name(number: usize) -> String {
    format!("\u{1}{number}")
}
