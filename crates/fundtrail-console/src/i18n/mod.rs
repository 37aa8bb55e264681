//! The words of the pages, in Chinese and English, by Fluent.
//!
//! `locales/{zh,en}/AREA.ftl` has a message for each key; a key belongs to the area that its
//! file names, but for that keys are global. [`Words::t`] and [`Words::ta`] give a message,
//! [`Words::of_family`] the name of one of a closed list of wire names ([`families`]). What is
//! called by a name in the regulation (kinds, rules, alerts) is called so here too.
//!
//! A test reads the sources: each key that is used exists in both languages, and none is there
//! that is not used.

pub(crate) mod families;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fundtrail_regulation::{Bilingual, Kind, alerts};
use unic_langid::LanguageIdentifier;

use families::Family;

/// A file of `locales/`, in both languages.
macro_rules! area {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../locales/zh/", $name, ".ftl")),
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
        )
    };
}

/// Every file of `locales/`: its name, and its text in Chinese and English.
#[rustfmt::skip]
const AREAS: &[(&str, &str, &str)] = &[
    area!("chrome"),
    area!("names"),
    area!("members"),
    area!("entries"),
    area!("records"),
    area!("books"),
    area!("law"),
    area!("overview"),
    area!("work"),
    area!("reports"),
    area!("vouchers"),
];

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Chinese, where nothing is said.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub(crate) const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// From its code in an address or a cookie.
    pub(crate) fn parse(text: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == text)
    }

    /// Its code in an address.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// Its tag in a page (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// What it calls itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Lang::Zh => "中文",
            Lang::En => "English",
        }
    }

    /// The language to switch to.
    pub(crate) const fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(Lang);

impl Words {
    /// Those of a language.
    pub(crate) const fn of(lang: Lang) -> Words {
        Words(lang)
    }

    /// The language.
    pub(crate) const fn lang(self) -> Lang {
        self.0
    }

    /// A message; the key itself where there is none, which a test rules out.
    pub(crate) fn t(self, key: &str) -> String {
        self.found(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// A message with what it speaks of: a key and its arguments.
    pub(crate) fn ta(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> = arguments
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        self.found(key, Some(&arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    /// What a wire name is called; the name itself where the family does not have it.
    pub(crate) fn of_family(self, family: &Family, value: &str) -> String {
        if !family.values.contains(&value) {
            return value.to_owned();
        }
        let key = format!("{}-{}", family.name, value.replace('_', "-"));
        self.found(&key, None).unwrap_or_else(|| value.to_owned())
    }

    /// What a policy's choice is called, a purpose or a sort of right; itself where another
    /// city's policy has a name of its own.
    pub(crate) fn choice(self, value: &str) -> String {
        self.of_family(&families::CHOICE, value)
    }

    /// What a kind of transaction is called.
    pub(crate) fn kind(self, name: &str) -> String {
        let kind = Kind::ALL.iter().find(|kind| kind.name() == name);
        kind.map_or_else(|| name.to_owned(), |kind| self.one(kind.title()))
    }

    /// What an alert says.
    pub(crate) fn alert(self, code: &str) -> String {
        alerts::by_code(code).map_or_else(|| code.to_owned(), |alert| self.one(alert.title))
    }

    /// The one of two texts that is in this language.
    pub(crate) fn one(self, both: Bilingual) -> String {
        match self.0 {
            Lang::Zh => both.zh.to_owned(),
            Lang::En => both.en.to_owned(),
        }
    }

    fn found(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundle = match self.0 {
            Lang::Zh => &*ZH,
            Lang::En => &*EN,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors);
        for error in errors {
            tracing::error!(key, %error, "a message of the console");
        }
        Some(text.into_owned())
    }
}

type Bundle = FluentBundle<FluentResource>;

static ZH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Zh));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En));

/// What cannot be read of a file is left out; a test rules that out.
fn bundle(lang: Lang) -> Bundle {
    let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Foreign text is shown with its marks written out: see `dress`.
    bundle.set_use_isolating(false);
    for (_, zh, en) in AREAS {
        let text = match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        let resource = FluentResource::try_new((*text).to_owned());
        let resource = resource.unwrap_or_else(|(partial, _)| partial);
        let _ = bundle.add_resource(resource);
    }
    bundle
}
