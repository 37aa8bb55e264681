//! Which tokens hold: one shape, one algorithm, one key that stands, one ledger, one hour.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_model::Moment;
use fundtrail_model::key::SigningKey;
use fundtrail_regulation::state::{Key, Role};
use hmac::{KeyInit as _, Mac as _};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ledger::{ORIGIN, State, enrolled, key, moment, now};
use crate::access::{Denied, token};
use crate::failure::Failure;

/// The bank's key.
const BANK: u8 = 7;

fn state() -> State {
    State::default()
        .put(&enrolled(BANK, "bank-a", Role::Bank))
        .put(&enrolled(8, "bank-b", Role::Bank))
}

fn seconds(moment: Moment) -> i64 {
    moment.millis() / 1000
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "JWT", "kid": key(BANK).public().id() })
}

/// For this ledger, from now on, for ten minutes.
fn claims() -> Value {
    json!({ "aud": ORIGIN, "iat": seconds(now()), "exp": seconds(now()) + 600 })
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &str, claims: &str, key: &SigningKey) -> String {
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn good() -> String {
    signed(&part(&header()), &part(&claims()), &key(BANK))
}

/// The token with one claim set to a value, or taken out.
fn claiming(name: &str, value: Value) -> String {
    signed(
        &part(&header()),
        &part(&with(claims(), name, value)),
        &key(BANK),
    )
}

/// The token with one member of the header set, or taken out.
fn heading(name: &str, value: Value) -> String {
    signed(
        &part(&with(header(), name, value)),
        &part(&claims()),
        &key(BANK),
    )
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => members.remove(name),
        value => members.insert(name.into(), value),
    };
    object
}

fn read(state: &State, token: &str) -> Result<Key, Denied> {
    match token::verify(state.view(), ORIGIN, now(), token) {
        Ok(key) => Ok(key),
        Err(Failure::Denied(denied)) => Err(denied),
        Err(other) => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(token: &str, code: &str) {
    refused_by(&state(), token, code);
}

#[track_caller]
fn refused_by(state: &State, token: &str, code: &str) {
    let denied = read(state, token).expect_err(token);
    assert_eq!(denied.code(), code, "{token}");
    assert_eq!(denied.status().as_u16(), 401);
    assert_eq!(denied.challenge(), Some("Bearer error=\"invalid_token\""));
}

#[test]
fn a_good_token_names_its_key() {
    let found = read(&state(), &good()).unwrap();
    assert_eq!(found, enrolled(BANK, "bank-a", Role::Bank));
    // An id of the token's own may be there.
    assert!(read(&state(), &claiming("jti", json!("a-1"))).is_ok());
    // Sixty minutes, to the second; begun sixty seconds ahead; the last second of its time.
    let last = json!({ "aud": ORIGIN, "iat": seconds(now()) - 3599, "exp": seconds(now()) + 1 });
    let ahead = json!({ "aud": ORIGIN, "iat": seconds(now()) + 60, "exp": seconds(now()) + 3660 });
    for claims in [last, ahead] {
        let token = signed(&part(&header()), &part(&claims), &key(BANK));
        assert!(read(&state(), &token).is_ok(), "{claims}");
    }
}

/// Made with OpenSSL alone; the tool's tests have the same one.
#[test]
fn a_token_made_elsewhere_holds() {
    let token = "eyJhbGciOiJFZERTQSIsImtpZCI6IjMyNGJlMmRlYThiYzQ0NDYxYjAyMzNlNTFmYTQ4OTAyIiwidHlwIjoiSldUIn0\
                 .eyJhdWQiOiJmdW5kLmV4YW1wbGUvYmFvdG91IiwiZXhwIjoxNzAwMDAwNjAwLCJpYXQiOjE3MDAwMDAwMDB9\
                 .UT_4i5QbE9d0i8b1taTCbwzmRRwpoeTelNyR3_yNMh5w5a7A0BYdFJqUePMrGd09g72Z1eUEFFY5IlnzWp3tBQ";
    let at = Moment::from_millis(1_700_000_100_000).unwrap();
    let state = state();
    let found = token::verify(state.view(), "fund.example/baotou", at, token).unwrap();
    assert_eq!(found.party.as_str(), "bank-a");
    // Not at another time, nor at another ledger.
    let later = Moment::from_millis(1_700_000_600_000).unwrap();
    assert!(token::verify(state.view(), "fund.example/baotou", later, token).is_err());
    assert!(token::verify(state.view(), ORIGIN, at, token).is_err());
}

#[test]
fn no_algorithm_but_one() {
    for name in [
        "none", "None", "HS256", "ES256", "RS256", "eddsa", "Ed25519", "",
    ] {
        refused(&heading("alg", json!(name)), "TOKEN_ALGORITHM");
    }
    for value in [Value::Null, json!(["EdDSA"]), json!(1)] {
        refused(&heading("alg", value), "TOKEN_ALGORITHM");
    }
    // None, and no signature.
    let (header, claims) = (with(header(), "alg", json!("none")), part(&claims()));
    refused(&format!("{}.{claims}.", part(&header)), "TOKEN_ALGORITHM");
}

#[test]
fn the_public_key_is_no_secret() {
    let public = key(BANK).public();
    let (raw, der, text) = (
        public.raw().to_vec(),
        public.spki_der().to_vec(),
        public.to_string(),
    );
    for (alg, code) in [("HS256", "TOKEN_ALGORITHM"), ("EdDSA", "TOKEN_SIGNATURE")] {
        let message = format!(
            "{}.{}",
            part(&with(header(), "alg", json!(alg))),
            part(&claims())
        );
        for secret in [&raw, &der, &text.clone().into_bytes()] {
            let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
            mac.update(message.as_bytes());
            let bytes = mac.finalize().into_bytes();
            refused(
                &format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes)),
                code,
            );
        }
    }
}

#[test]
fn a_header_says_three_things() {
    for value in [Value::Null, json!("jwt"), json!("at+jwt"), json!(1)] {
        refused(&heading("typ", value), "TOKEN_FORM");
    }
    let upper = key(BANK).public().id().to_string().to_uppercase();
    for value in [
        Value::Null,
        json!("bank-a"),
        json!(7),
        json!(upper),
        json!(""),
    ] {
        refused(&heading("kid", value), "TOKEN_FORM");
    }
    // Nothing that could point to another key, or that must be understood.
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" });
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://keys.example")),
        ("x5u", json!("https://keys.example")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
    ] {
        refused(&heading(name, value), "TOKEN_FORM");
    }
}

#[test]
fn the_key_is_one_that_stands() {
    let kid = key(9).public().id();
    refused(&heading("kid", json!(kid)), "TOKEN_KEY_UNKNOWN");
    // A key that is enrolled, but did not sign.
    let other = key(8).public().id();
    refused(&heading("kid", json!(other)), "TOKEN_SIGNATURE");
    refused(
        &signed(&part(&header()), &part(&claims()), &key(8)),
        "TOKEN_SIGNATURE",
    );

    let revoked = Key {
        revoked: Some(12),
        ..enrolled(BANK, "bank-a", Role::Bank)
    };
    let state = state().put(&revoked);
    refused_by(&state, &good(), "TOKEN_KEY_REVOKED");
    // The key that took its place.
    let next = Key {
        lineage: revoked.lineage,
        ..enrolled(10, "bank-a", Role::Bank)
    };
    let header = with(header(), "kid", json!(next.key_id));
    let token = signed(&part(&header), &part(&claims()), &key(10));
    refused_by(&state, &token, "TOKEN_KEY_UNKNOWN");
    let state = state.put(&next);
    assert_eq!(read(&state, &token).unwrap(), next);
    refused_by(&state, &good(), "TOKEN_KEY_REVOKED");
}

#[test]
fn times_are_whole_seconds_within_an_hour() {
    let at = seconds(now());
    for name in ["exp", "iat"] {
        for value in [
            Value::Null,
            json!((at + 600).to_string()),
            json!(at as f64 + 0.5),
            json!(-1),
            json!([at]),
            json!(true),
            json!("never"),
        ] {
            refused(&claiming(name, value), "TOKEN_FORM");
        }
    }
    refused(&claiming("exp", json!(at + 3601)), "TOKEN_LIFETIME");
    refused(&claiming("exp", json!(at + 86_400)), "TOKEN_LIFETIME");
    refused(&claiming("exp", json!(u64::MAX)), "TOKEN_LIFETIME");
    refused(&claiming("exp", json!(at)), "TOKEN_LIFETIME");
    refused(&claiming("iat", json!(at + 600)), "TOKEN_LIFETIME");
    refused(&claiming("iat", json!(at + 61)), "TOKEN_LIFETIME");
    refused(&claiming("iat", json!(0)), "TOKEN_LIFETIME");
    refused(&claiming("iat", json!(u64::MAX)), "TOKEN_LIFETIME");
    // Over at the second it names, without leeway.
    for exp in [at, at - 1, at - 60] {
        let claims = json!({ "aud": ORIGIN, "iat": at - 600, "exp": exp });
        let token = signed(&part(&header()), &part(&claims), &key(BANK));
        refused(&token, "TOKEN_EXPIRED");
    }
}

#[test]
fn a_millisecond_counts() {
    let (state, token) = (state(), good());
    let until = |text: &str| token::verify(state.view(), ORIGIN, moment(text), &token).is_ok();
    assert!(until("2022-03-01T10:09:59.999+08:00"));
    assert!(!until("2022-03-01T10:10:00.000+08:00"));
    assert!(until("2022-03-01T09:59:00.000+08:00"));
    assert!(!until("2022-03-01T09:58:59.999+08:00"));
}

#[test]
fn it_is_for_one_ledger() {
    for other in [
        "ledger.example/other",
        "",
        "ledger.example/baotou ",
        "LEDGER.EXAMPLE/BAOTOU",
    ] {
        refused(&claiming("aud", json!(other)), "TOKEN_AUDIENCE");
    }
    // Nor for several, this one among them.
    refused(&claiming("aud", json!([ORIGIN])), "TOKEN_FORM");
    refused(&claiming("aud", json!([ORIGIN, "x"])), "TOKEN_FORM");
    refused(&claiming("aud", Value::Null), "TOKEN_FORM");
    refused(&claiming("aud", json!(1)), "TOKEN_FORM");
}

#[test]
fn it_claims_nothing_else() {
    for (name, value) in [
        ("nbf", json!(seconds(now()))),
        ("sub", json!("bank-b")),
        ("iss", json!("bank-b")),
        ("role", json!("office")),
        ("scope", json!("whole")),
        ("jti", json!(1)),
    ] {
        refused(&claiming(name, value), "TOKEN_FORM");
    }
    for claims in [json!([ORIGIN, 1, 2]), json!("x"), json!(null), json!({})] {
        refused(
            &signed(&part(&header()), &part(&claims), &key(BANK)),
            "TOKEN_FORM",
        );
    }
    // A member twice: readers disagree which one counts.
    let at = seconds(now());
    let twice = format!(
        r#"{{"aud":"{ORIGIN}","iat":{at},"exp":{},"exp":{}}}"#,
        at + 600,
        at + 601
    );
    let twice = URL_SAFE_NO_PAD.encode(twice);
    refused(&signed(&part(&header()), &twice, &key(BANK)), "TOKEN_FORM");
}

#[test]
fn it_has_three_parts_of_bounded_length() {
    let good = good();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else {
        panic!("{good}")
    };
    for token in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        head.into(),
        format!("{head}.{body}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!(".{good}"),
        format!("{head}.{head}.{body}.{signature}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}="),
        good.replace('.', ".="),
    ] {
        refused(&token, "TOKEN_FORM");
    }
    refused(&format!("{head}.{body}."), "TOKEN_SIGNATURE");
    refused(&format!("{body}.{head}.{signature}"), "TOKEN_ALGORITHM");
    // Cut short anywhere.
    for length in 0..good.len() {
        assert!(read(&state(), &good[..length]).is_err(), "{length}");
    }
    let long = claiming("jti", json!("x".repeat(token::TOKEN_BYTES_MAX)));
    refused(&long, "TOKEN_FORM");
    // Just within the bound, and just beyond it.
    let fits = (0..token::TOKEN_BYTES_MAX)
        .rev()
        .map(|length| claiming("jti", json!("x".repeat(length))))
        .find(|token| token.len() <= token::TOKEN_BYTES_MAX)
        .unwrap();
    assert!(fits.len() > token::TOKEN_BYTES_MAX - 8 && read(&state(), &fits).is_ok());
}

/// A signature of Ed25519 with the group's order added to its second half: the same
/// equation holds, and strict verification refuses it.
#[test]
fn a_signature_has_one_form() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let good = good();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    assert_eq!(carry, 0);
    refused(
        &format!("{message}.{}", URL_SAFE_NO_PAD.encode(&bytes)),
        "TOKEN_SIGNATURE",
    );
    for length in [0, 32, 63, 65, 128] {
        bytes.resize(length, 0);
        refused(
            &format!("{message}.{}", URL_SAFE_NO_PAD.encode(&bytes)),
            "TOKEN_SIGNATURE",
        );
    }
}

#[test]
fn the_header_is_bearer_once() {
    let of = |values: &[&'static str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        token::shown(&headers).map(|token| token.map(str::to_owned))
    };
    assert_eq!(of(&[]), Ok(None));
    for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c"] {
        assert_eq!(of(&[value]), Ok(Some("a.b.c".into())));
    }
    for values in [
        &["Bearer a.b.c", "Bearer a.b.c"][..],
        &["Basic YTpi"],
        &["Bearer"],
        &["a.b.c"],
        &[""],
        &["Bearera.b.c"],
    ] {
        let denied = of(values).expect_err(values[0]);
        assert_eq!(denied.code(), "TOKEN_FORM");
    }
    // What follows is not trimmed: a token has one spelling.
    refused(&of(&["Bearer  a.b.c"]).unwrap().unwrap(), "TOKEN_FORM");
}

/// What happens to a token on its way.
#[derive(Clone, Debug)]
enum Accident {
    Replace(usize, char),
    Insert(usize, char),
    Remove(usize),
    Swap(usize, usize),
    Double(usize),
}

fn accident() -> impl Strategy<Value = Accident> {
    let printable = || prop::char::range(' ', '~');
    let place = || 0..4096usize;
    prop_oneof![
        (place(), printable()).prop_map(|(at, with)| Accident::Replace(at, with)),
        (place(), printable()).prop_map(|(at, what)| Accident::Insert(at, what)),
        place().prop_map(Accident::Remove),
        (place(), place()).prop_map(|(one, two)| Accident::Swap(one, two)),
        place().prop_map(Accident::Double),
    ]
}

impl Accident {
    fn befall(&self, token: &mut Vec<char>) {
        let length = token.len();
        match *self {
            Accident::Replace(at, with) => token[at % length] = with,
            Accident::Insert(at, what) => token.insert(at % (length + 1), what),
            Accident::Remove(at) => {
                token.remove(at % length);
            }
            Accident::Swap(one, two) => token.swap(one % length, two % length),
            Accident::Double(at) => token.insert(at % length, token[at % length]),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_other_text_is_this_token(accidents in prop::collection::vec(accident(), 1..4)) {
        let good = good();
        let mut token: Vec<char> = good.chars().collect();
        for accident in &accidents {
            accident.befall(&mut token);
        }
        let token: String = token.into_iter().collect();
        prop_assume!(token != good);
        prop_assert!(read(&state(), &token).is_err(), "{}", token);
    }
}

/// Every byte of what is signed, and of the signature, in every other spelling of a bit.
#[test]
fn no_bit_of_a_token_is_idle() {
    let good = good();
    for at in 0..good.len() {
        for bit in 0..7 {
            let mut bytes = good.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let token = String::from_utf8(bytes).unwrap();
            assert!(read(&state(), &token).is_err(), "{at} {bit}");
        }
    }
}
