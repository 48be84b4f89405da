//! A type as the expansion sees it.

use syn::{Attribute, Data, DeriveInput, Expr, Ident, Type};

use super::llm::Rules;
use crate::paths::Paths;

/// A type whose rules are checked.
pub(super) struct SchemaType<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) paths: Paths,
    /// `#[llm(description = ..)]` on the type.
    pub(super) description: Option<Expr>,
    pub(super) body: Body<'a>,
    /// The name of the hidden shape.
    pub(super) shape: Ident,
    /// The name by which the shape is reached from outside its block.
    pub(super) handle: Ident,
    /// The name of the function that checks the bounds.
    pub(super) checks: Ident,
    /// Whether serde cannot read the type either: a union, a borrowed field.
    pub(super) hopeless: bool,
}

pub(super) enum Body<'a> {
    Struct(Fields<'a>),
    Enum(Vec<Variant<'a>>),
    /// Something that has no schema.
    Unknown,
}

pub(super) struct Fields<'a> {
    pub(super) style: Style,
    pub(super) fields: Vec<Field<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Named,
    Unnamed,
    Unit,
}

pub(super) struct Field<'a> {
    pub(super) attrs: &'a [Attribute],
    pub(super) name: Option<&'a Ident>,
    pub(super) ty: &'a Type,
    pub(super) rules: Rules,
    pub(super) names: FieldNames,
}

/// The names of what is generated for one field.
pub(super) struct FieldNames {
    /// The shape's type parameter.
    pub(super) parameter: Ident,
    /// What stands for the field's type.
    pub(super) stand_in: Ident,
    /// The function that makes the default.
    pub(super) default: Ident,
}

pub(super) struct Variant<'a> {
    pub(super) attrs: &'a [Attribute],
    pub(super) name: &'a Ident,
    pub(super) fields: Fields<'a>,
    /// `#[llm(description = ..)]` on the variant.
    pub(super) description: Option<Expr>,
}

impl SchemaType<'_> {
    pub(super) fn is_struct(&self) -> bool {
        matches!(self.input.data, Data::Struct(_))
    }
}
