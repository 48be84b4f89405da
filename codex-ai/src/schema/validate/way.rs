//! How each part of a text is checked: worked out once for each node that a text has come to.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::check::Run;
use super::node::{Node, NodeId, NumberRules, ObjectRules, Types};

/// How the parts of a text are checked, by the node that they must follow.
pub(super) struct Ways {
    known: Box<[OnceLock<Here>]>,
    fields: Box<[Option<Fields>]>,
}

/// How values of each type are checked at a node.
pub(super) struct Here {
    pub(super) string: Way,
    pub(super) array: Way,
    pub(super) object: Way,
    /// Whether `null` is known to be allowed.
    pub(super) null: bool,
    /// Whether both booleans are known to be allowed.
    pub(super) boolean: bool,
    /// The whole numbers that are known to be allowed.
    pub(super) whole: RangeInclusive<i64>,
    /// Whether all numbers are known to be allowed.
    pub(super) number: bool,
}

/// How a part is checked.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Anything is allowed.
    Free,
    /// Nothing is.
    Never,
    /// By the rules of this node alone.
    By(NodeId),
    /// As a value.
    Whole(NodeId),
}

/// The properties of an object in the schema's order, which is mostly that of the answer, too.
pub(super) struct Fields {
    pub(super) names: Box<[Field]>,
    /// A bit for each property that must be there.
    pub(super) required: u64,
    /// A bit for each further name of a property.
    pub(super) aliases: u64,
}

pub(super) struct Field {
    pub(super) name: Box<str>,
    /// Whether the name stands in a text as it is.
    pub(super) is_plain: bool,
    pub(super) id: NodeId,
}

impl Ways {
    pub(super) fn of_nodes(nodes: &[Node]) -> Self {
        Self {
            known: nodes.iter().map(|_| OnceLock::new()).collect(),
            fields: nodes.iter().map(|node| Fields::of(node.objects.as_ref()?)).collect(),
        }
    }

    /// Those of no schema.
    pub(super) fn none() -> Self {
        Self::of_nodes(&[])
    }

    #[inline]
    pub(super) fn of(&self, run: &Run<'_>, id: NodeId) -> &Here {
        self.known[id].get_or_init(|| self.find(run, id))
    }

    /// The fields of a node, where an object can be checked by them while it is read.
    pub(super) fn fields(&self, id: NodeId) -> Option<&Fields> {
        self.fields[id].as_ref()
    }

    fn find(&self, run: &Run<'_>, id: NodeId) -> Here {
        let way = |kind| self.way(run, id, kind);
        // Beside its type, nothing that a node says is about `null` or a boolean but its values.
        let is_free = |kind| match way(kind) {
            Way::Free => true,
            Way::By(id) => run.nodes[id].allowed.is_none(),
            Way::Never | Way::Whole(_) => false,
        };
        let range = |kind| match way(kind) {
            Way::Free => Some(i64::MIN..=i64::MAX),
            Way::By(id) if run.nodes[id].allowed.is_none() => match &run.nodes[id].numbers {
                Some(rules) => whole_range(rules),
                None => Some(i64::MIN..=i64::MAX),
            },
            _ => None,
        };
        let is_any = |kind| match way(kind) {
            Way::Free => true,
            Way::By(id) => run.nodes[id].allowed.is_none() && run.nodes[id].numbers.is_none(),
            Way::Never | Way::Whole(_) => false,
        };
        Here {
            string: way(Types::STRING),
            array: way(Types::ARRAY),
            object: way(Types::OBJECT),
            null: is_free(Types::NULL),
            boolean: is_free(Types::BOOLEAN),
            #[expect(clippy::reversed_empty_ranges, reason = "it holds nothing")]
            whole: range(Types::INTEGER).unwrap_or(1..=0),
            number: is_any(Types::INTEGER) && is_any(Types::FRACTION),
        }
    }

    /// How a part of this type is checked.
    fn way(&self, run: &Run<'_>, mut id: NodeId, kind: Types) -> Way {
        loop {
            id = run.target(id);
            let node = &run.nodes[id];
            match node.verdict {
                Some(true) => return Way::Free,
                Some(false) => return Way::Never,
                None => {}
            }
            if node.types.is_some_and(|types| !types.meets(kind)) {
                return Way::Never;
            }
            if node.reference.is_some() {
                return Way::Whole(id);
            }
            let Some(combined) = &node.combined else {
                let streams = kind.is_scalar()
                    || node.allowed.is_none()
                        && (kind != Types::OBJECT || node.objects.is_none() || self.fields[id].is_some())
                        && (kind != Types::ARRAY
                            || node.arrays.as_ref().is_none_or(|rules| {
                                !rules.unique && rules.contains.is_none() && rules.unevaluated.is_none()
                            }));
                return if streams { Way::By(id) } else { Way::Whole(id) };
            };
            // Where a value of this type can have but one of the forms, it must have that one.
            let ((forms, []) | ([], forms)) = (combined.any.as_slice(), combined.one.as_slice()) else {
                return Way::Whole(id);
            };
            if !combined.is_only_choice() || !node.has_no_rules() {
                return Way::Whole(id);
            }
            let mut fitting = forms.iter().filter(|form| run.types(**form, 0).meets(kind));
            match (fitting.next(), fitting.next()) {
                (None, _) => return Way::Never,
                (Some(only), None) => id = *only,
                (Some(_), Some(_)) => return Way::Whole(id),
            }
        }
    }
}

impl Fields {
    /// The properties, where an object can be checked while it is read.
    fn of(rules: &ObjectRules) -> Option<Self> {
        let ObjectRules { properties, patterns, names, required, required_with, schema_with, unevaluated, .. } = rules;
        let simple = patterns.is_empty() && names.is_none() && unevaluated.is_none();
        if !simple || !required_with.is_empty() || !schema_with.is_empty() || properties.len() > u64::BITS as usize {
            return None;
        }
        let is_plain = |name: &str| !name.chars().any(|c| matches!(c, '"' | '\\') || c < ' ');
        let fields = properties.iter();
        let fields = fields.map(|(name, id)| Field { name: name.clone(), is_plain: is_plain(name), id: *id });
        let mut names: Box<[_]> = fields.collect();
        // Nodes have their numbers in the order of the schema.
        names.sort_unstable_by_key(|field| field.id);
        let bit = |name: &str| names.iter().position(|field| *field.name == *name).map(|index| 1_u64 << index);
        let required = required.iter().try_fold(0, |bits, name| Some(bits | bit(name)?))?;
        let aliases = rules.aliases.iter().try_fold(0, |bits, (alias, _)| Some(bits | bit(alias)?))?;
        Some(Self { names, required, aliases })
    }
}

/// The whole numbers of 64 bits that the rules allow, where that is easily said.
fn whole_range(rules: &NumberRules) -> Option<RangeInclusive<i64>> {
    let NumberRules { minimum, maximum, above, below, multiple_of } = rules;
    if above.is_some() || below.is_some() || multiple_of.is_some() {
        return None;
    }
    let low = minimum.as_ref().map_or(Some(i64::MIN), serde_json::Number::as_i64)?;
    let high = match maximum {
        Some(maximum) if maximum.as_u64().is_some_and(|maximum| i64::try_from(maximum).is_err()) => i64::MAX,
        Some(maximum) => maximum.as_i64()?,
        None => i64::MAX,
    };
    Some(low..=high)
}
