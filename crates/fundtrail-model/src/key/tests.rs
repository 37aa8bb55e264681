//! Tests of keys and signatures, against published vectors and every sort of change.

use alloc::string::ToString;
use alloc::{format, vec};

use super::*;

/// A throw-away key made by `openssl genpkey -algorithm ed25519`.
const PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEadbFxhVfbSwjOo/xqfDh2L2oYXDpg3Lqp3ahofErI2
-----END PRIVATE KEY-----
";
/// `openssl pkey -outform DER`.
const DER: &str = "302e020100300506032b657004220420469d6c5c6155f6d2c233a8ff1a9f0e1d8bda86170e98372eaa776a1a1f12b236";
/// `openssl pkey -pubout -outform DER`.
const SPKI: &str =
    "302a300506032b6570032100c693651086b7b5dade0e732072eb7e7173b8a4c4f7a7bf5f8e023d1d6a933a3b";
/// The middle line of `openssl pkey -pubout`.
const SPKI_TEXT: &str = "MCowBQYDK2VwAyEAxpNlEIa3tdreDnMgcut+cXO4pMT3p79fjgI9HWqTOjs=";
/// The beginning of `sha256sum` over that DER.
const ID: &str = "199a00b96ce4cb6a2ef6200580ae6013";
/// `openssl pkeyutl -sign -rawin` over [`MESSAGE`].
const SIGNATURE: &str = "4118145a043da9cd9dd136294ba7305ccd1d744f8cc5e73655752977a3a18b539ae1ff7b341f39fd1e3ec898c0f5e141094e7a79e26ce994ab3aa58c93199405";
const MESSAGE: &[u8] = b"DSSEv1 test message\n";

/// The order of the base point, 2^252 + 277…493, little-endian.
const L: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// Every encoding of every point of order 1, 2, 4 and 8: eight canonical, six not.
const SMALL_ORDER: [(&str, KeyError); 14] = [
    (
        "0100000000000000000000000000000000000000000000000000000000000000",
        KeyError::Weak,
    ),
    (
        "0100000000000000000000000000000000000000000000000000000000000080",
        KeyError::Weak,
    ),
    (
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        KeyError::Weak,
    ),
    (
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        KeyError::Weak,
    ),
    (
        "0000000000000000000000000000000000000000000000000000000000000000",
        KeyError::Weak,
    ),
    (
        "0000000000000000000000000000000000000000000000000000000000000080",
        KeyError::Weak,
    ),
    (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        KeyError::Weak,
    ),
    (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        KeyError::Weak,
    ),
    (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        KeyError::Weak,
    ),
    (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        KeyError::Weak,
    ),
    (
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        KeyError::NotCanonical,
    ),
    (
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        KeyError::NotCanonical,
    ),
    (
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        KeyError::NotCanonical,
    ),
    (
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        KeyError::NotCanonical,
    ),
];

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    parse_lower_hex(text).unwrap()
}

#[test]
fn openssl_key_round_trips() {
    let key = SigningKey::from_pkcs8_pem(PEM).unwrap();
    let public = key.public();
    assert_eq!(key.to_pkcs8_pem().as_str(), PEM);
    assert_eq!(public.spki_der(), bytes(SPKI));
    assert_eq!(public.to_string(), SPKI_TEXT);
    assert_eq!(public.id().to_string(), ID);
    assert_eq!(PublicKey::from_spki_der(&public.spki_der()), Ok(public));
    assert_eq!(PublicKey::from_raw(&public.raw()), Ok(public));
    assert_eq!(PublicKey::parse(SPKI_TEXT), Ok(public));

    let of_der = SigningKey::from_pkcs8_der(&bytes::<48>(DER)).unwrap();
    let of_seed = SigningKey::from_seed(bytes::<48>(DER)[16..].try_into().unwrap());
    assert_eq!((of_der.public(), of_seed.public()), (public, public));
}

#[test]
fn openssl_signature_verifies_and_is_ours() {
    let key = SigningKey::from_pkcs8_pem(PEM).unwrap();
    let signature = bytes(SIGNATURE);
    assert_eq!(key.sign(MESSAGE), signature);
    assert!(key.public().verify(MESSAGE, &signature));
    assert!(!key.public().verify(b"DSSEv1 test message", &signature));
    for at in 0..64 {
        let mut changed = signature;
        changed[at] ^= 1;
        assert!(!key.public().verify(MESSAGE, &changed), "byte {at}");
    }
}

#[test]
fn unreduced_scalar_is_refused() {
    let key = SigningKey::from_pkcs8_pem(PEM).unwrap();
    let mut signature: [u8; 64] = bytes(SIGNATURE);
    let mut carry = 0_u16;
    for (digit, order) in signature[32..].iter_mut().zip(bytes::<32>(L)) {
        let sum = u16::from(*digit) + u16::from(order) + carry;
        *digit = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(!key.public().verify(MESSAGE, &signature));
}

#[test]
fn small_order_keys_are_refused() {
    for (text, expected) in SMALL_ORDER {
        let raw = bytes(text);
        assert_eq!(PublicKey::from_raw(&raw), Err(expected), "{text}");
        let mut der = bytes::<44>(SPKI);
        der[12..].copy_from_slice(&raw);
        assert_eq!(PublicKey::from_spki_der(&der), Err(expected), "{text}");
        let json = format!("\"{}\"", STANDARD.encode(der));
        assert!(serde_json::from_str::<PublicKey>(&json).is_err(), "{text}");
    }
}

#[test]
fn small_order_commitment_is_refused() {
    let key = SigningKey::from_pkcs8_pem(PEM).unwrap().public();
    for (text, _) in SMALL_ORDER {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&bytes::<32>(text));
        assert!(!key.verify(MESSAGE, &signature), "{text}");
    }
}

#[test]
fn every_unreduced_coordinate_is_refused() {
    for low in 0xed..=0xff {
        for high in [0x7f, 0xff] {
            let mut raw = [0xff; 32];
            (raw[0], raw[31]) = (low, high);
            assert_eq!(PublicKey::from_raw(&raw), Err(KeyError::NotCanonical));
        }
    }
}

#[test]
fn half_of_all_coordinates_are_off_the_curve() {
    let mut raw = [0; 32];
    raw[0] = 2;
    assert_eq!(PublicKey::from_raw(&raw), Err(KeyError::NotOnCurve));
}

#[test]
fn public_key_has_one_form() {
    let der = bytes::<44>(SPKI);
    assert_eq!(PublicKey::from_spki_der(&der[..43]), Err(KeyError::Form));
    assert_eq!(PublicKey::from_spki_der(&[]), Err(KeyError::Form));
    let mut longer = der.to_vec();
    longer.push(0);
    assert_eq!(PublicKey::from_spki_der(&longer), Err(KeyError::Form));
    for at in 0..12 {
        let mut changed = der;
        changed[at] ^= 1;
        assert_eq!(
            PublicKey::from_spki_der(&changed),
            Err(KeyError::Form),
            "byte {at}"
        );
    }
    // No padding, other trailing bits, the other alphabet, white space around.
    let unpadded = SPKI_TEXT.trim_end_matches('=');
    assert_eq!(PublicKey::parse(unpadded), Err(KeyError::Form));
    assert_eq!(
        PublicKey::parse(&SPKI_TEXT.replace("s=", "t=")),
        Err(KeyError::Form)
    );
    assert_eq!(
        PublicKey::parse(&SPKI_TEXT.replace('+', "-")),
        Err(KeyError::Form)
    );
    assert_eq!(
        PublicKey::parse(&format!("{SPKI_TEXT}\n")),
        Err(KeyError::Form)
    );
}

#[test]
fn other_private_keys_are_refused() {
    for pem in [
        "",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        SPKI_TEXT,
    ] {
        assert_eq!(
            SigningKey::from_pkcs8_pem(pem).err(),
            Some(KeyError::PrivateForm)
        );
    }
    let x25519 = bytes::<48>(&DER.replace("2b6570", "2b656e"));
    assert_eq!(
        SigningKey::from_pkcs8_der(&x25519).err(),
        Some(KeyError::PrivateForm)
    );
    let long = vec![0; PRIVATE_KEY_BYTES_MAX + 1];
    assert_eq!(
        SigningKey::from_pkcs8_der(&long).err(),
        Some(KeyError::PrivateForm)
    );
}

#[test]
fn key_id_is_strict() {
    let id = KeyId::parse(ID).unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{ID}\""));
    assert_eq!(
        serde_json::from_str::<KeyId>(&format!("\"{ID}\"")).unwrap(),
        id
    );
    assert_eq!(KeyId::from(*id.as_bytes()), id);
    for text in [
        "",
        &ID[..31],
        &ID[..30],
        &format!("{ID}0"),
        &format!("{ID}00"),
    ] {
        assert_eq!(KeyId::parse(text), None, "{text}");
    }
    assert_eq!(KeyId::parse(&ID.to_uppercase()), None);
    assert_eq!(KeyId::parse(&ID.replace('1', "g")), None);
    assert!(serde_json::from_str::<KeyId>("1").is_err());
}

#[test]
fn debug_shows_no_secret() {
    let key = SigningKey::from_pkcs8_pem(PEM).unwrap();
    assert_eq!(format!("{key:?}"), format!("SigningKey({ID})"));
}

#[test]
fn codes_begin_the_messages() {
    use KeyError::{Form, NotCanonical, NotOnCurve, PrivateForm, Weak};
    for error in [Form, NotCanonical, NotOnCurve, PrivateForm, Weak] {
        assert!(
            error
                .to_string()
                .starts_with(&format!("{}: ", error.code()))
        );
    }
}
