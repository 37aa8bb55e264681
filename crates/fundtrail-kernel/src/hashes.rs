//! Lists of hashes in documents: texts in padded standard base64, as C2SP writes a hash.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_merkle::Hash;
use serde::{Deserialize, Deserializer, Serializer, de};

pub(crate) fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(hashes.iter().map(|hash| STANDARD.encode(hash.as_bytes())))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Hash>, D::Error> {
    let texts: Vec<String> = Vec::deserialize(from)?;
    let hash = |text: &String| {
        let bytes = STANDARD.decode(text).map_err(de::Error::custom)?;
        Hash::from_slice(&bytes).ok_or_else(|| de::Error::custom("a hash has 32 bytes"))
    };
    texts.iter().map(hash).collect()
}
