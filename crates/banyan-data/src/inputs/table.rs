//! What the table of kinds is made into.

/// Makes the enums of kinds, of their settings, of what was learned, and of the values in a batch; a kind is one line:
/// `Kind "name": Settings, Schema, Values;`.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident $name:literal: $settings:ident, $schema:ident, $values:ty;)+) => {
        /// The kinds of input.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum InputKind {
            $($(#[doc = $doc])* #[serde(rename = $name)] $kind,)+
        }

        impl InputKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The kind as a configuration writes it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// What its cells are, in a few words.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($doc),*).trim(),)+
                }
            }

            /// The names of its settings.
            pub fn keys(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => settings::keys::<$settings>(),)+
                }
            }

            /// Its settings at their defaults.
            pub fn settings(self) -> InputSettings {
                match self {
                    $(Self::$kind => InputSettings::$kind($settings::default()),)+
                }
            }

            /// Reads its settings.
            ///
            /// # Errors
            /// What the deserializer complains about: a setting that the kind does not have, or a value of another type.
            pub fn read_settings<'de, D: Deserializer<'de>>(self, from: D) -> Result<InputSettings, D::Error> {
                match self {
                    $(Self::$kind => $settings::deserialize(from).map(InputSettings::$kind),)+
                }
            }

            /// The JSON Schema of its settings.
            pub fn settings_schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self {
                    $(Self::$kind => $settings::json_schema(generator),)+
                }
            }

            /// The rules by which a column is recognized as one.
            pub(crate) fn rules(self) -> Vec<Rule> {
                match self {
                    $(Self::$kind => $settings::rules(),)+
                }
            }
        }

        /// A kind of input with its settings.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type")]
        pub enum InputSettings {
            $($(#[doc = $doc])* #[serde(rename = $name)] $kind($settings),)+
        }

        impl InputSettings {
            /// The kind.
            pub fn kind(&self) -> InputKind {
                match self {
                    $(Self::$kind(_) => InputKind::$kind,)+
                }
            }

            pub(crate) fn input(&self) -> &dyn Input {
                match self {
                    $(Self::$kind(settings) => settings,)+
                }
            }

            fn input_mut(&mut self) -> &mut dyn Input {
                match self {
                    $(Self::$kind(settings) => settings,)+
                }
            }
        }

        /// The kind of an input, with what was learned of it. Standard deviations are never zero (1 where all values are the same), so that
        /// they can be divided by.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum InputDetails {
            $($(#[doc = $doc])* #[serde(rename = $name)] $kind($schema),)+
        }

        impl InputDetails {
            /// The kind.
            pub fn kind(&self) -> InputKind {
                match self {
                    $(Self::$kind(_) => InputKind::$kind,)+
                }
            }

            pub(crate) fn input(&self) -> &dyn FittedInput {
                match self {
                    $(Self::$kind(schema) => schema,)+
                }
            }

            pub(crate) fn input_mut(&mut self) -> &mut dyn FittedInput {
                match self {
                    $(Self::$kind(schema) => schema,)+
                }
            }
        }

        /// The values of one input in a batch, row after row; those of rows without the input are zeros or empty.
        #[derive(Debug, Clone)]
        pub enum InputValues {
            $($(#[doc = $doc])* $kind($values),)+
        }

        impl InputValues {
            /// The kind of input.
            pub fn kind(&self) -> InputKind {
                match self {
                    $(Self::$kind(_) => InputKind::$kind,)+
                }
            }

            fn values(&self) -> &dyn BatchValues {
                match self {
                    $(Self::$kind(values) => values,)+
                }
            }

            pub(crate) fn values_mut(&mut self) -> &mut dyn BatchValues {
                match self {
                    $(Self::$kind(values) => values,)+
                }
            }
        }

        $(
            impl From<$settings> for InputSettings {
                fn from(settings: $settings) -> Self {
                    Self::$kind(settings)
                }
            }

            impl From<$schema> for InputDetails {
                fn from(schema: $schema) -> Self {
                    Self::$kind(schema)
                }
            }

            impl From<$schema> for Fitting<'_> {
                fn from(schema: $schema) -> Self {
                    Self::Whole(schema.into())
                }
            }
        )+
    };
}

pub(super) use kinds;
