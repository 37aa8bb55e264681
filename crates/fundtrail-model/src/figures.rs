//! Named figures: the numbers that decided a verdict, in the order they matter.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::amount::Amount;
use crate::day::{Day, Moment};

/// One figure: a whole number, or anything else as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A count, such as of days or signatures.
    Count(i64),
    /// An amount, a date, an id, as the format writes it.
    Text(String),
}

/// Figures by name, in order. A JSON object on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(Vec<(Cow<'static, str>, Figure)>);

impl Figures {
    /// No figures.
    pub fn none() -> Figures {
        Figures::default()
    }

    /// These figures and one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, figure: impl Into<Figure>) -> Figures {
        self.0.push((Cow::Borrowed(name), figure.into()));
        self
    }

    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<&Figure> {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, figure)| figure)
    }

    /// Every figure, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Figure)> {
        self.0.iter().map(|(name, figure)| (name.as_ref(), figure))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Count(count) => fmt::Display::fmt(count, f),
            Figure::Text(text) => f.pad(text),
        }
    }
}

/// `overdue_days: 59, required: 60`
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, figure)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{name}: {figure}")?;
        }
        Ok(())
    }
}

/// Figures made from the types that verdicts speak of.
macro_rules! figure_from {
    ($($type:ty),+ => count) => { $(impl From<$type> for Figure {
        fn from(count: $type) -> Figure { Figure::Count(i64::try_from(count).unwrap_or(i64::MAX)) }
    })+ };
    ($($type:ty),+ => text) => { $(impl From<$type> for Figure {
        fn from(text: $type) -> Figure { Figure::Text(text.to_string()) }
    })+ };
}

figure_from!(i64, u64, u32, u16, usize => count);
figure_from!(Amount, Day, Moment, &str, &crate::id::Id, &crate::tag::Tag => text);

impl From<String> for Figure {
    fn from(text: String) -> Figure {
        Figure::Text(text)
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, figure) in self.iter() {
            match figure {
                Figure::Count(count) => map.serialize_entry(name, count)?,
                Figure::Text(text) => map.serialize_entry(name, text)?,
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Figures, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Figures;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of figures")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Figures, A::Error> {
                let mut figures = Vec::new();
                while let Some((name, figure)) = members.next_entry::<String, Figure>()? {
                    figures.push((Cow::Owned(name), figure));
                }
                Ok(Figures(figures))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Figure, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = Figure;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text")
            }
            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Figure, E> {
                Ok(Figure::Count(count))
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Figure, E> {
                i64::try_from(count)
                    .map(Figure::Count)
                    .map_err(de::Error::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Figure, E> {
                Ok(Figure::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}
