//! A type as the expansion sees it.

use syn::{Attribute, Data, DeriveInput, Expr, ExprPath, Ident, Type, Visibility};

use super::llm::Rules;
use crate::paths::Paths;

/// A type whose rules are checked.
pub(super) struct SchemaType<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) paths: Paths,
    /// `#[llm(description = ..)]` on the type.
    pub(super) description: Option<Expr>,
    /// `#[llm(validate = ..)]` on the type.
    pub(super) validate: Option<ExprPath>,
    pub(super) body: Body<'a>,
    /// Whether it is a struct or an enum without anything that takes schemars' derive.
    pub(super) is_plain: bool,
    pub(super) names: TypeNames,
    /// Whether serde cannot read the type either: a union, a borrowed field.
    pub(super) hopeless: bool,
    /// A mistake that rustc or serde reports.
    pub(super) elsewhere: Option<Elsewhere>,
}

/// A mistake that needs no words of ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// Serde's derive gives up, and so there is no `Deserialize`.
    Serde,
    /// The type holds itself, and so has no size.
    Rustc,
}

/// The names of what is generated for a type.
pub(super) struct TypeNames {
    /// The hidden shape.
    pub(super) shape: Ident,
    /// By which the shape is reached from outside its block.
    pub(super) handle: Ident,
    /// The function that checks the bounds.
    pub(super) checks: Ident,
    /// The partial value.
    pub(super) partial: Ident,
    /// The trait of the partial value's parts.
    pub(super) parts: Ident,
    /// The type that has it.
    pub(super) parts_of: Ident,
    /// The function that checks the fields of a plain struct.
    pub(super) check: Ident,
    /// The function that makes the defaults of a plain struct's fields.
    pub(super) whole: Ident,
    /// The partial value's count of fields that have come.
    pub(super) seen: Ident,
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
    /// Whether it has no attributes but doc comments.
    pub(super) is_bare: bool,
    /// Whether its type is a standard one without checks, by its name.
    pub(super) is_leaf: bool,
    pub(super) vis: &'a Visibility,
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
