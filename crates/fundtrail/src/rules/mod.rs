//! `fundtrail rules`: the rules, kinds, alerts and codes, as the code has them.

mod markdown;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use fundtrail_regulation::chapters;

use crate::failure::{Answer, Ending};
use crate::files;
use crate::language::Language;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Print the whole reference, docs/RULES.md, in both languages.
    #[arg(long)]
    markdown: bool,
    /// Language of the table.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let text = if arguments.markdown {
        markdown::reference()
    } else {
        format!("{}\n", table(arguments.lang))
    };
    files::print(&text)?;
    Ok(Answer::Yes)
}

/// One line for each rule, in the order in which they are asked.
fn table(language: Language) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(match language {
        Language::Zh => ["代码", "条", "编号", "规则"],
        Language::En => ["code", "Art.", "id", "rule"],
    });
    for rule in chapters::rules() {
        let article = match rule.article {
            0 => String::new(),
            article => article.to_string(),
        };
        let title = language.of(rule.title.zh, rule.title.en);
        table.add_row([rule.code, &article, rule.id, title]);
    }
    table
}
