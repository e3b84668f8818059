//! `precision` in `[training]`: the engine's precisions by their names.

use std::fmt;
use std::sync::LazyLock;

use banyan_engine::Precision;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, EnumAccess, Error, VariantAccess, Visitor};
use serde::ser::Serializer;

static NAMES: LazyLock<[&str; Precision::ALL.len()]> = LazyLock::new(|| Precision::ALL.map(Precision::name));

pub(super) fn serialize<S: Serializer>(precision: &Precision, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(precision.name())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Precision, D::Error> {
    struct Name;

    impl<'de> Visitor<'de> for Name {
        type Value = Precision;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("the name of a precision")
        }

        fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Precision, A::Error> {
            let (name, rest): (String, _) = access.variant()?;
            rest.unit_variant()?;
            Precision::from_name(&name).ok_or_else(|| A::Error::unknown_variant(&name, NAMES.as_slice()))
        }
    }

    deserializer.deserialize_enum("Precision", NAMES.as_slice(), Name)
}

pub(super) fn schema(_: &mut SchemaGenerator) -> Schema {
    let name = |precision: Precision| json_schema!({ "const": precision.name(), "description": precision.summary(), "type": "string" });
    json_schema!({ "oneOf": Precision::ALL.map(name) })
}
