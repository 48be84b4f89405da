//! The schemas of plain types, put together as schemars' derive would have it. For generated code only.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::LlmSchema;
use super::shape::{Unchecked, json};
use crate::partial::{Grow, Step};

/// The schema of a plain struct while its fields are told, as schemars' derive would tell them.
#[derive(Debug)]
pub struct Object<'g> {
    generator: &'g mut SchemaGenerator,
    fields: Vec<Told>,
    /// The field whose keywords are set.
    at: usize,
    /// What the type is described by in other words than its doc comment.
    description: Option<&'static str>,
}

/// A field of a plain struct.
#[derive(Debug)]
struct Told {
    name: String,
    schema: schemars::Schema,
    is_option: bool,
    has_default: bool,
    /// Whether it may be missing in what serde writes.
    may_be_left_out: bool,
}

impl<'g> Object<'g> {
    /// The fields of a struct by its partial value, with the doc comments of them all.
    pub fn of<P: Grow>(generator: &'g mut SchemaGenerator, docs: &'static [&'static str]) -> Self {
        let mut object = Self::new(generator);
        P::default().fields(Step::Tell(&mut object));
        for (field, docs) in object.fields.iter_mut().zip(docs) {
            document(&mut field.schema, docs);
        }
        object
    }

    fn new(generator: &'g mut SchemaGenerator) -> Self {
        Self { generator, fields: Vec::new(), at: 0, description: None }
    }

    /// Tells a field.
    pub(crate) fn field<T: LlmSchema>(&mut self, name: &str) {
        let schema = self.generator.subschema_for::<T>();
        self.tell(name, schema, T::_schemars_private_is_option());
    }

    fn tell(&mut self, name: &str, schema: schemars::Schema, is_option: bool) {
        let name = name.to_owned();
        self.fields.push(Told { name, schema, is_option, has_default: false, may_be_left_out: false });
    }

    /// Turns to the field of this index.
    pub fn at(mut self, index: usize) -> Self {
        self.at = index;
        self
    }

    /// Describes the field in other words than its doc comment.
    pub fn described(self, text: &'static str) -> Self {
        self.insert("description", text.into())
    }

    /// Sets a keyword of the field.
    pub fn with<V: serde::Serialize + ?Sized>(self, keyword: &'static str, value: &V) -> Self {
        self.insert(keyword, json(value))
    }

    /// The field has a default, which may have no JSON.
    pub fn default(mut self, value: Option<Value>) -> Self {
        self.default_at(self.at, value);
        self
    }

    /// The field of this index has a default.
    pub fn default_at(&mut self, index: usize, value: Option<Value>) {
        if let Some(field) = self.fields.get_mut(index) {
            field.has_default = true;
            if let Some(value) = value {
                field.schema.insert("default".to_owned(), value);
            }
        }
    }

    /// Tells the defaults of many fields.
    pub fn defaults(mut self, tell: fn(&mut Object<'_>)) -> Self {
        tell(&mut self);
        self
    }

    /// The field may be missing in what serde writes.
    pub fn left_out(mut self) -> Self {
        if let Some(field) = self.fields.get_mut(self.at) {
            field.may_be_left_out = true;
        }
        self
    }

    /// Describes the type in other words than its doc comment.
    pub fn about(self, text: &'static str) -> Self {
        Self { description: Some(text), ..self }
    }

    fn insert(mut self, keyword: &'static str, value: Value) -> Self {
        if let Some(field) = self.fields.get_mut(self.at) {
            field.schema.insert(keyword.to_owned(), value);
        }
        self
    }

    /// The schema.
    pub fn end(self, docs: &'static str, is_closed: bool) -> schemars::Schema {
        let description = self.description;
        let mut schema = self.properties(is_closed);
        document(&mut schema, docs);
        describe(&mut schema, description);
        schema
    }

    /// The schema without what it is described by.
    fn properties(self, is_closed: bool) -> schemars::Schema {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        if is_closed {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        let mut schema = schemars::Schema::from(schema);
        let is_read = self.generator.contract().is_deserialize();
        for field in self.fields {
            let is_optional = if is_read { field.has_default || field.is_option } else { field.may_be_left_out };
            schemars::_private::insert_object_property(&mut schema, &field.name, is_optional, field.schema);
        }
        schema
    }
}

fn describe(schema: &mut schemars::Schema, description: Option<&'static str>) {
    if let Some(text) = description {
        schema.insert("description".to_owned(), text.into());
    }
}

/// Title and description from a doc comment.
fn document(schema: &mut schemars::Schema, docs: &'static str) {
    let (title, description) = schemars::_private::get_title_and_description(docs);
    for (keyword, text) in [("title", title), ("description", description)] {
        if !text.is_empty() {
            schema.insert(keyword.to_owned(), text.into());
        }
    }
}

/// Tells a field.
pub type Tell = fn(&mut Object<'_>, &str);

/// Tells a field of this type.
pub fn field_of<T: LlmSchema>(object: &mut Object<'_>, name: &str) {
    object.field::<T>(name);
}

/// Tells a field of a type that is a standard one by its name.
pub fn leaf_of<T: Unchecked>(object: &mut Object<'_>, name: &str) {
    object.field::<T>(name);
}

/// Tells what stands in the place of a variant, beside the tag.
pub fn content_of<T: LlmSchema>(object: &mut Object<'_>, name: &str) {
    let schema = schemars::_private::json_schema_for_internally_tagged_enum_newtype_variant::<T>(object.generator);
    object.tell(name, schema, false);
}

/// How the variants of an enum are told apart.
#[derive(Debug, Clone, Copy)]
pub enum Tagging {
    /// By the key of the content.
    External,
    /// By this key among those of the content.
    Internal(&'static str),
    /// By the first key, beside the content at the second one.
    Adjacent(&'static str, &'static str),
    /// By the content.
    Untagged,
}

/// What a variant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// One value.
    One,
    /// A list of values.
    Items,
    /// Fields with names.
    Fields,
}

/// The schema of an enum while its variants are told.
#[derive(Debug)]
pub struct Choice<'g> {
    /// The fields of the variant that is told.
    object: Object<'g>,
    tagging: Tagging,
    is_closed: bool,
    variant: Option<Variant>,
    names: Vec<Value>,
    variants: Vec<Value>,
}

#[derive(Debug)]
struct Variant {
    name: &'static str,
    content: Content,
    docs: &'static str,
}

impl<'g> Choice<'g> {
    /// The enum before its variants are told.
    pub fn new(generator: &'g mut SchemaGenerator, tagging: Tagging, is_closed: bool) -> Self {
        let object = Object::new(generator);
        Self { object, tagging, is_closed, variant: None, names: Vec::new(), variants: Vec::new() }
    }

    /// Tells the variants that are nothing but names.
    pub fn names(mut self, names: &[&'static str]) -> Self {
        self.names = names.iter().map(|name| Value::from(*name)).collect();
        self
    }

    /// Tells a variant, with the names and doc comments of its fields.
    pub fn variant(
        mut self,
        name: &'static str,
        docs: &'static str,
        content: Content,
        fields: &[(&'static str, &'static str, Tell)],
    ) -> Self {
        self.close();
        self.variant = Some(Variant { name, content, docs });
        for (name, docs, tell) in fields {
            tell(&mut self.object, name);
            if let Some(field) = self.object.fields.last_mut() {
                document(&mut field.schema, docs);
            }
        }
        self
    }

    /// Says more of the fields of the variant, or of the variant itself.
    pub fn with(self, said: fn(Object<'_>) -> Object<'_>) -> Self {
        Self { object: said(self.object), ..self }
    }

    /// The schema.
    pub fn end(mut self, docs: &'static str, description: Option<&'static str>) -> schemars::Schema {
        self.close();
        let mut schema = if self.variants.is_empty() {
            names(&self.names)
        } else {
            if !self.names.is_empty() {
                self.variants.insert(0, names(&self.names).to_value());
            }
            let keyword = if matches!(self.tagging, Tagging::Untagged) { "anyOf" } else { "oneOf" };
            schemars::Schema::from(Map::from_iter([(keyword.to_owned(), Value::Array(self.variants))]))
        };
        document(&mut schema, docs);
        describe(&mut schema, description);
        schema
    }

    /// Ends the variant that was told last.
    fn close(&mut self) {
        let Some(Variant { name, content, docs }) = self.variant.take() else { return };
        let description = self.object.description.take();
        let has_content = content != Content::Nothing;
        let inner = self.content(content);
        let mut schema = match self.tagging {
            Tagging::External if has_content => schemars::_private::new_externally_tagged_enum_variant(name, inner),
            Tagging::External => schemars::_private::new_unit_enum_variant(name),
            Tagging::Internal(tag) => {
                let mut schema = inner;
                schemars::_private::apply_internal_enum_variant_tag(&mut schema, tag, name, self.is_closed);
                schema
            }
            Tagging::Adjacent(tag, content) => {
                let tag_schema = json!({"type": "string", "const": name});
                let mut schema = json!({"type": "object", "properties": {tag: tag_schema}, "required": [tag]});
                if has_content {
                    schema["properties"][content] = json!(inner);
                    schema["required"] = json!([tag, content]);
                }
                if self.is_closed {
                    schema["additionalProperties"] = false.into();
                }
                schemars::Schema::try_from(schema).unwrap_or_default()
            }
            Tagging::Untagged => {
                let mut schema = inner;
                if self.object.generator.settings().untagged_enum_variant_titles {
                    schema.insert("title".to_owned(), name.into());
                }
                schema
            }
        };
        document(&mut schema, docs);
        describe(&mut schema, description);
        self.variants.push(schema.to_value());
    }

    /// The schema of what a variant holds.
    fn content(&mut self, content: Content) -> schemars::Schema {
        let fields = std::mem::take(&mut self.object.fields);
        match content {
            Content::Nothing => schemars::json_schema!({"type": "null"}),
            Content::One => fields.into_iter().next().map(|field| field.schema).unwrap_or_default(),
            Content::Items if fields.is_empty() => schemars::json_schema!({"type": "array", "maxItems": 0}),
            Content::Items => {
                let count = fields.len();
                let items: Vec<Value> = fields.into_iter().map(|field| field.schema.to_value()).collect();
                schemars::json_schema!({
                    "type": "array",
                    "prefixItems": items,
                    "minItems": count,
                    "maxItems": count,
                })
            }
            Content::Fields => {
                let mut object = Object::new(self.object.generator);
                object.fields = fields;
                object.properties(self.is_closed)
            }
        }
    }
}

fn names(names: &[Value]) -> schemars::Schema {
    schemars::json_schema!({"type": "string", "enum": names})
}
