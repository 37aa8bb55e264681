//! What is sent: signed transactions as DSSE has them, as they are described. The model reads
//! them; it tells more precisely than a schema what is wrong.

use std::borrow::Cow;

use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A signature of an envelope.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the model reads what is sent")]
pub(crate) struct Signature {
    /// The key, as the ledger has it enrolled.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    keyid: String,
    /// The Ed25519 signature over the payload and its type (DSSE), in base64.
    #[schema(pattern = "^[A-Za-z0-9+/_-]{86}==$")]
    sig: String,
}

/// A DSSE envelope around a transaction, with the openings of what it seals.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described: the model reads what is sent")]
struct Envelope {
    /// The exact bytes of the transaction, in base64, standard or URL-safe.
    #[schema(format = Byte)]
    payload: String,
    /// What the payload is.
    #[schema(pattern = "^application/vnd\\.fundtrail\\.transaction\\+json$")]
    payload_type: String,
    #[schema(min_items = 1, max_items = 32)]
    signatures: Vec<Signature>,
    /// The openings of sealed particulars, where the envelope stands by itself.
    disclosures: Option<Vec<String>>,
}

/// The same where signatures are still collected.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described: the model reads what is sent")]
struct DraftEnvelope {
    /// The exact bytes of the transaction, in base64, standard or URL-safe.
    #[schema(format = Byte)]
    payload: String,
    /// What the payload is.
    #[schema(pattern = "^application/vnd\\.fundtrail\\.transaction\\+json$")]
    payload_type: String,
    #[schema(max_items = 32)]
    signatures: Option<Vec<Signature>>,
    /// The openings of sealed particulars, where the envelope stands by itself.
    disclosures: Option<Vec<String>>,
}

/// An envelope with the openings beside it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the model reads what is sent")]
struct Enveloped {
    envelope: Envelope,
    disclosures: Option<Vec<String>>,
}

/// The same where signatures are still collected.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the model reads what is sent")]
struct DraftEnveloped {
    envelope: DraftEnvelope,
    disclosures: Option<Vec<String>>,
}

/// A signed transaction.
pub(crate) enum Submission {}

/// A transaction that may have no signature yet.
pub(crate) enum DraftSubmission {}

macro_rules! either {
    ($($name:ident: $bare:ident or $beside:ident;)+) => { $(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let one = |name: Cow<'static, str>| Ref::from_schema_name(name);
                OneOfBuilder::new()
                    .item(one($bare::name()))
                    .item(one($beside::name()))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.push(($bare::name().into_owned(), $bare::schema()));
                schemas.push(($beside::name().into_owned(), $beside::schema()));
                $bare::schemas(schemas);
                $beside::schemas(schemas);
            }
        }
    )+ };
}

either! {
    Submission: Envelope or Enveloped;
    DraftSubmission: DraftEnvelope or DraftEnveloped;
}
