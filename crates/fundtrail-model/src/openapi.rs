//! How the basic types look in an OpenAPI description: texts of one form each.
//!
//! Only for whoever serves them; nothing else of the model knows of it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    Amount, Day, DisclosureDigest, DocumentDigest, Figures, Id, KeyId, Moment, PublicKey, Tag, When,
};

/// A text of a form: the type's name, a regular expression, what it is, and one of them.
macro_rules! text {
    ($($type:ty = $name:literal, $pattern:literal, $says:literal, $example:literal;)+) => { $(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                form($pattern, $says, $example).into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )+ };
}

text! {
    Id = "Id", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "An id chosen by a party.", "BANK-A";
    DocumentDigest = "DocumentDigest", "^[0-9a-f]{64}$",
        "SHA-256 of a document that is kept elsewhere.",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    Tag = "Tag", "^[0-9a-f]{64}$",
        "What stands for an identifier: an HMAC under the ledger's tag key.",
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
    KeyId = "KeyId", "^[0-9a-f]{32}$",
        "The name of a key: the first 16 bytes of SHA-256 over its SubjectPublicKeyInfo.",
        "0f5ba31f4eaeba6e6a3b6e80bb0c0ed1";
    PublicKey = "PublicKey", "^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$",
        "An Ed25519 public key: base64 of its SubjectPublicKeyInfo, the middle line of a PEM.",
        "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    DisclosureDigest = "DisclosureDigest", "^[A-Za-z0-9_-]{43}$",
        "SHA-256 of a disclosure, in base64url.",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    When = "When", "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}\\.[0-9]{3}Z)?$",
        "A point in time in UTC, or a date where the time of day is not known.", "2022-08-29";
    Amount = "Amount", "^-?(0|[1-9][0-9]*)\\.[0-9]{2}$",
        "An amount in yuan with two decimals, as text.", "1500000.00";
}

/// A text with a pattern.
fn form(pattern: &str, says: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .description(Some(says))
        .examples([example])
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        // The range stands in the pattern: a format names every year there is.
        form(
            "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            "A business date in China, in the years 1900 to 2199.",
            "2022-08-29",
        )
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .into()
    }
}

impl ToSchema for Day {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Day")
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        form(
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
            "A point in time to the millisecond, in UTC.",
            "2022-08-29T02:00:00.000Z",
        )
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .into()
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Moment")
    }
}

impl PartialSchema for Figures {
    fn schema() -> RefOr<Schema> {
        let figure = OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::Integer))
            .item(ObjectBuilder::new().schema_type(Type::String));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "Named figures in the order in which they matter: a count is a number, all else text.",
            ))
            .additional_properties(Some(AdditionalProperties::from(Schema::from(
                figure.build(),
            ))))
            .into()
    }
}

impl ToSchema for Figures {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Figures")
    }

    fn schemas(_: &mut Vec<(String, RefOr<Schema>)>) {}
}
