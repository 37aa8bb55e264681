//! What a step is expected to bring, and whether it did.
//!
//! Codes are compared whole and in order; figures only where the line states them.

use fundtrail_model::Figures;

use crate::answer::Answer;
use crate::word::Word;

/// What stands after `=>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Recorded, with exactly these alerts.
    Recorded(Vec<Wanted>),
    /// Refused, with these codes; with others among them if `others`.
    Refused {
        /// In the order of the text.
        codes: Vec<Wanted>,
        /// Whether the line ends with `...`.
        others: bool,
    },
    /// Malformed, for this reason.
    Malformed(String),
    /// Recorded before.
    Repeated,
    /// Its id is another transaction's.
    Conflict,
}

/// A code, and figures that must stand with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The stable code.
    pub code: String,
    /// Figures by name, as text.
    pub figures: Vec<(String, String)>,
}

impl Expectation {
    /// Reads the words after `=>`.
    ///
    /// # Errors
    /// What cannot be read, in words.
    pub(crate) fn parse(words: &[Word]) -> Result<Expectation, String> {
        let (first, rest) = words.split_first().ok_or("nothing is expected after =>")?;
        match first {
            Word::Bare(verdict) => match (verdict.as_str(), rest) {
                ("recorded", alerts) => alerts
                    .iter()
                    .map(alert)
                    .collect::<Result<_, _>>()
                    .map(Self::Recorded),
                ("refused", codes) => refused(codes),
                ("malformed", [Word::Bare(code)]) => Ok(Self::Malformed(code.clone())),
                ("repeated", []) => Ok(Self::Repeated),
                ("conflict", []) => Ok(Self::Conflict),
                _ => Err(format!(
                    "{verdict}: expected recorded, refused CODE, malformed CODE, repeated or conflict"
                )),
            },
            _ => Err(
                "expected recorded, refused CODE, malformed CODE, repeated or conflict".to_owned(),
            ),
        }
    }

    /// What differs between this and what came, in words; none if it is met.
    pub fn unmet(&self, answer: &Answer) -> Option<String> {
        match (self, answer) {
            (Expectation::Recorded(wanted), Answer::Recorded { effects, .. }) => {
                let got: Vec<(&str, &Figures)> = effects
                    .alerts
                    .iter()
                    .map(|alert| (alert.code.as_str(), &alert.figures))
                    .collect();
                differ("alerts", wanted, &got, false)
            }
            (Expectation::Refused { codes, others }, Answer::Refused(objections)) => {
                let got: Vec<(&str, &Figures)> = objections
                    .iter()
                    .map(|one| (one.code.as_str(), &one.figures))
                    .collect();
                differ("refusals", codes, &got, *others)
            }
            (Expectation::Malformed(code), Answer::Malformed { code: got, .. }) => {
                (code != got).then(|| format!("expected malformed {code}, got malformed {got}"))
            }
            (Expectation::Repeated, Answer::Repeated { .. })
            | (Expectation::Conflict, Answer::Conflict { .. }) => None,
            _ => Some(format!("expected {self}, got {}", answer.name())),
        }
    }
}

/// Compares codes in order, and the figures that are wanted.
fn differ(what: &str, wanted: &[Wanted], got: &[(&str, &Figures)], others: bool) -> Option<String> {
    let codes: Vec<&str> = got.iter().map(|(code, _)| *code).collect();
    let mut from = 0;
    let mut matched = Vec::new();
    for one in wanted {
        let found = codes.iter().skip(from).position(|code| *code == one.code);
        match found {
            Some(skipped) if others || skipped == 0 => {
                matched.push((one, from + skipped));
                from += skipped + 1;
            }
            _ => return Some(listing(what, wanted, &codes)),
        }
    }
    if !others && from != codes.len() {
        return Some(listing(what, wanted, &codes));
    }
    let wrong: Vec<String> = matched
        .into_iter()
        .filter_map(|(one, at)| got.get(at).map(|(_, figures)| (one, *figures)))
        .flat_map(|(one, figures)| one.wrong_figures(figures))
        .collect();
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

fn listing(what: &str, wanted: &[Wanted], codes: &[&str]) -> String {
    let wanted: Vec<&str> = wanted.iter().map(|one| one.code.as_str()).collect();
    format!(
        "expected {what} [{}], got [{}]",
        wanted.join(" "),
        codes.join(" ")
    )
}

impl Wanted {
    fn new(code: &str) -> Wanted {
        Wanted {
            code: code.to_owned(),
            figures: Vec::new(),
        }
    }

    /// `CODE` or `CODE(name=value,name=value)`.
    fn parse(text: &str) -> Result<Wanted, String> {
        let Some((code, figures)) = text.split_once('(') else {
            return Ok(Wanted::new(text));
        };
        let figures = figures
            .strip_suffix(')')
            .ok_or_else(|| format!("{text}: ) is missing"))?;
        let mut wanted = Wanted::new(code);
        for figure in figures.split(',') {
            let (name, value) = figure
                .split_once('=')
                .ok_or_else(|| format!("{figure}: name=value is expected"))?;
            wanted.figures.push((
                name.trim().to_owned(),
                value.trim_matches(['"', ' ']).to_owned(),
            ));
        }
        Ok(wanted)
    }

    fn wrong_figures(&self, figures: &Figures) -> Vec<String> {
        self.figures
            .iter()
            .filter_map(|(name, value)| match figures.get(name) {
                Some(figure) if figure.to_string() == *value => None,
                Some(figure) => Some(format!(
                    "{}: expected {name} {value}, got {figure}",
                    self.code
                )),
                None => Some(format!(
                    "{}: has no figure {name}; it has {figures}",
                    self.code
                )),
            })
            .collect()
    }
}

fn alert(word: &Word) -> Result<Wanted, String> {
    match word {
        Word::Text(name, value) if name == "alert" => Wanted::parse(value),
        _ => Err("after recorded only alert=CODE may follow".to_owned()),
    }
}

fn refused(words: &[Word]) -> Result<Expectation, String> {
    let (mut codes, mut others): (Vec<Wanted>, bool) = (Vec::new(), false);
    for word in words {
        match word {
            Word::Bare(dots) if dots == "..." => others = true,
            Word::Bare(code) => codes.push(Wanted::new(code)),
            Word::Text(name, value) if !name.contains('(') => {
                let last = codes
                    .last_mut()
                    .ok_or_else(|| format!("{name}: a figure before any code"))?;
                last.figures.push((name.clone(), value.clone()));
            }
            // `CODE(name=value,…)`, cut at its first equals sign.
            Word::Text(name, value) => codes.push(Wanted::parse(&format!("{name}={value}"))?),
            Word::Json(..) | Word::Arrow => return Err("a code or a figure is expected".to_owned()),
        }
    }
    if codes.is_empty() {
        return Err("refused: by which code?".to_owned());
    }
    Ok(Expectation::Refused { codes, others })
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |wanted: &[Wanted]| {
            wanted
                .iter()
                .fold(String::new(), |text, one| text + " " + &one.code)
        };
        match self {
            Expectation::Recorded(alerts) => write!(f, "recorded{}", list(alerts)),
            Expectation::Refused { codes, .. } => write!(f, "refused{}", list(codes)),
            Expectation::Malformed(code) => write!(f, "malformed {code}"),
            Expectation::Repeated => f.write_str("repeated"),
            Expectation::Conflict => f.write_str("conflict"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Objection;
    use crate::word;

    fn parse(text: &str) -> Result<Expectation, String> {
        Expectation::parse(&word::split(text)?)
    }

    fn refusal(codes: &[(&str, i64)]) -> Answer {
        let objection = |(code, days): &(&str, i64)| Objection {
            code: (*code).to_owned(),
            rule: "R".to_owned(),
            article: 15,
            figures: Figures::none().with("days", *days),
            zh: String::new(),
            en: String::new(),
        };
        Answer::Refused(codes.iter().map(objection).collect())
    }

    #[test]
    fn codes_are_compared_whole_and_in_order() {
        let came = refusal(&[("A", 1), ("B", 2)]);
        for (text, met) in [
            ("refused A B", true),
            ("refused A B days=2", true),
            ("refused A(days=1) B(days=2)", true),
            ("refused A days=2 B", false),
            ("refused B A", false),
            ("refused A", false),
            ("refused A ...", true),
            ("refused B ...", true),
            ("refused C ...", false),
            ("refused A B C", false),
            ("refused A nights=1 B", false),
            ("recorded", false),
            ("malformed A", false),
        ] {
            assert_eq!(parse(text).unwrap().unmet(&came).is_none(), met, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_expected_is_said() {
        for text in [
            "",
            "perhaps",
            "refused",
            "recorded B",
            "malformed",
            "repeated A",
            "refused x=1 A",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
