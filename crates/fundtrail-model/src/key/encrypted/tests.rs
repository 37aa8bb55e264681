//! Tests of encrypted key files, against files that OpenSSL wrote.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::*;

/// The passphrase of all of them.
const PASSPHRASE: &[u8] = "口令 1".as_bytes();
/// The key inside, as `openssl pkey -pubout` shows it.
const PUBLIC: &str = "MCowBQYDK2VwAyEAxpNlEIa3tdreDnMgcut+cXO4pMT3p79fjgI9HWqTOjs=";
/// `openssl pkcs8 -topk8 -iter 2`.
const LOCKED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAhTBiEHBUgmmAIBAjAM
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQsl43NgLYlT0Lg48ADh+hwgRAcf8y
Xm/MHDlj1fDKtcclurZ/uK1gvw6lQvqM9S0qOiDQOBJPGGduJwyQSzBClfiAnvbc
evn32UcUhuC9BATmpw==
-----END ENCRYPTED PRIVATE KEY-----
";
/// `-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000`.
const SLOW: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGcMFgGCSqGSIb3DQEFDTBLMCoGCSqGSIb3DQEFDDAdBAgYmftiUKiCswIDCSfA
MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAgYTm3INKDRqEXIylWiH1rBEDM
vcf20QwUNJ4rcq/lNoARpjYiWBv5AuLNGPg3SRDorNMDt2LNI+stgPxPofXHfb+i
GbIRs4151+DJKnT36veg
-----END ENCRYPTED PRIVATE KEY-----
";
/// Other encryptions: AES-128, HMAC-SHA1, HMAC-SHA512, triple DES, scrypt.
const OTHERS: [&str; 5] = [
    "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgHQd1thIPrAQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEN2SLzVuIKtg2AVntRfCCyMEQBkj
EFWR6K7KsB9Upztar6xK8vNfGnVrrK2B/PrsScC3RvUcimVW+LOkEuHLR+TQEhC6
du0WLtmr/xBQJQcoeEI=
-----END ENCRYPTED PRIVATE KEY-----
",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGNMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAixivp6yLPVOQICCAAw
HQYJYIZIAWUDBAEqBBD8XLm8BjdqXOiX+AozjuRLBEDqEGfI6WrVCOTKm7TcHSgX
YEF0OGlBUpgazrDbU+S+4snwvPXsAD4e7AgIWBmnNuphVgBbRAT8UZHYZVuV0PCu
-----END ENCRYPTED PRIVATE KEY-----
",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiW2GfekaMoGwICCAAw
DAYIKoZIhvcNAgsFADAdBglghkgBZQMEASoEEANcZ1cXu7wzxgyWsjF4xfoEQMHs
k3RuuX7Of0VMr9E06zte1wYPLEQjohF4c1UgRqT7OWqG5GHV8dHooBMQlxET05/Y
5wC5nVSJF/XiGmEYlEI=
-----END ENCRYPTED PRIVATE KEY-----
",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGKME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAhWpzbBBHQoBwICCAAw
DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQI0wWkJtiQmpIEOLl4+OR2M2nNCtV4
PPbJCgQ3PZ7Q5pb5rH4x9Bs9cE1QDD2nsMXMj5/icnqMZijnqY0KBuCznhkE
-----END ENCRYPTED PRIVATE KEY-----
",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhxsCBgHby/hQICQAAC
AQgCAQEwHQYJYIZIAWUDBAEqBBCiuJ79lqEPQnLttdS6kClOBEDUAVB/S+zXtt+e
J3OgoIi4Wehghqmka/QUCH6S0MCc7OglWTMpbYIkjam2WAtjzVEt5jpSz6WaxIAY
jMfAawj+
-----END ENCRYPTED PRIVATE KEY-----
",
];
/// An X25519 key under the same passphrase.
const X25519: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAhoDsQ5XjupJQIBAjAM
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ9eWA9AO05qZF7/p+6fKf9gRAZi0T
ALBU1QHS/7kpwEVkcQD+4IKomb+kyBuzHPBaoHNmnBIWD6lXFL0XTmIq1rldrjH5
xrkuU46qSqadwXiJLA==
-----END ENCRYPTED PRIVATE KEY-----
";

fn read(pem: &str, passphrase: &[u8]) -> Result<String, &'static str> {
    let key = SigningKey::from_encrypted_pem(pem, passphrase);
    key.map(|key| key.public().to_string())
        .map_err(EncryptedKeyError::code)
}

/// The file with its DER changed.
fn with_der(pem: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let (label, document) = der::Document::from_pem(pem).unwrap();
    let mut bytes = document.as_bytes().to_vec();
    change(&mut bytes);
    der::pem::encode_string(label, LineEnding::LF, &bytes).unwrap()
}

#[test]
fn what_openssl_locked_opens_with_its_passphrase_only() {
    for pem in [LOCKED, SLOW] {
        assert!(is_encrypted(pem));
        assert_eq!(read(pem, PASSPHRASE), Ok(PUBLIC.into()));
    }
    for wrong in ["", "口令 2", "口令 1 ", "x"] {
        assert_eq!(read(LOCKED, wrong.as_bytes()), Err("WRONG_PASSPHRASE"));
    }
    // About four of a thousand have a padding that fits.
    for wrong in 0..1000_u32 {
        assert_eq!(read(LOCKED, &wrong.to_be_bytes()), Err("WRONG_PASSPHRASE"));
    }
}

#[test]
fn a_key_that_is_locked_here_opens_and_differs_each_time() {
    let key = SigningKey::from_seed(&[9; 32]);
    let locked = key.to_encrypted_pem(b"secret", &[1; 16], [2; 16]).unwrap();
    assert_eq!(read(&locked, b"secret"), Ok(key.public().to_string()));
    assert_eq!(read(&locked, b"Secret"), Err("WRONG_PASSPHRASE"));
    let other = key.to_encrypted_pem(b"secret", &[3; 16], [2; 16]).unwrap();
    assert_ne!(*locked, *other);
    assert!(!locked.contains(key.to_pkcs8_pem().lines().nth(1).unwrap()));
}

#[test]
fn other_encryptions_are_named() {
    for (at, pem) in OTHERS.into_iter().enumerate() {
        assert_eq!(read(pem, PASSPHRASE), Err("UNSUPPORTED_ENCRYPTION"), "{at}");
    }
}

#[test]
fn what_is_no_encrypted_key_is_not_read() {
    let plain = SigningKey::from_seed(&[9; 32]).to_pkcs8_pem();
    assert!(!is_encrypted(&plain));
    let long = alloc::format!("{LOCKED}{}", " ".repeat(PRIVATE_KEY_BYTES_MAX));
    for pem in ["", "x", &plain, &LOCKED[..80], &long, X25519] {
        assert_eq!(read(pem, PASSPHRASE), Err("KEY_PRIVATE_FORM"), "{pem}");
    }
    // Cut off anywhere, or with something behind.
    let length = der::Document::from_pem(LOCKED).unwrap().1.as_bytes().len();
    for to in 1..length {
        let cut = with_der(LOCKED, |bytes| bytes.truncate(to));
        assert_eq!(read(&cut, PASSPHRASE), Err("KEY_PRIVATE_FORM"), "{to}");
    }
    let longer = with_der(LOCKED, |bytes| bytes.push(0));
    assert_eq!(read(&longer, PASSPHRASE), Err("KEY_PRIVATE_FORM"));
}

#[test]
fn hashing_is_bounded() {
    // The salt has eight bytes; three of them make room for a longer number.
    let iterations = |number: &[u8]| {
        let pem = with_der(LOCKED, |bytes| {
            let at = bytes
                .windows(3)
                .position(|three| three == [2, 1, 2])
                .unwrap();
            let (salt, more) = (at - 10, number.len() - 1);
            assert_eq!(bytes[salt..salt + 2], [4, 8]);
            bytes[salt + 1] -= u8::try_from(more).unwrap();
            let mut written = alloc::vec![2, u8::try_from(number.len()).unwrap()];
            written.extend(number);
            bytes.splice(at - more..at + 3, written);
        });
        read(&pem, PASSPHRASE)
    };
    assert_eq!(iterations(&[2]), Ok(PUBLIC.into()));
    for bounded in [&[1][..], &[3], &[0x7f, 0xff]] {
        assert_eq!(iterations(bounded), Err("WRONG_PASSPHRASE"), "{bounded:?}");
    }
    for number in [&[0][..], &[0, 0x98, 0x96, 0x81], &[0x7f, 0xff, 0xff, 0xff]] {
        assert_eq!(iterations(number), Err("ITERATIONS"), "{number:?}");
    }
    for number in [&[0xff][..], &[0, 2]] {
        assert_eq!(iterations(number), Err("KEY_PRIVATE_FORM"), "{number:?}");
    }
}
