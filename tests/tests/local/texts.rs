//! Answers in free text, and the limits that they keep to.

use codex_ai::{FinishReason, Message, Options, Request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::examples::{NEWS, TICKET};
use crate::{ask, text};

#[test]
fn a_summary_has_three_sentences_unless_told_otherwise() {
    let summary = text(&format!("Summarise this article:\n\n{NEWS}"));
    assert_eq!(
        summary,
        "The new harbour tunnel in Hamburg opened to traffic on 5 March 2024, nine years after work began. The tunnel is \
         3.2 km long and cost 1.4 billion euros, twice the first estimate. \"It will take half an hour off every commute,\" \
         said Mayor Anna Keller at the ceremony."
    );
}

#[test]
fn limits_in_words_are_kept() {
    let one = text(&format!("Summarise in one sentence.\n\n{NEWS}"));
    assert_eq!(
        one,
        "The new harbour tunnel in Hamburg opened to traffic on 5 March 2024, nine years after work began."
    );
    let two = text(&format!("{NEWS}\n\nSummarise the text above in two short sentences."));
    assert!(two.starts_with(&one) && two.ends_with("twice the first estimate."), "{two}");

    let points = text(&format!("At most 3 points.\n\n{NEWS}"));
    assert_eq!(points.lines().count(), 3);
    assert!(points.lines().all(|line| line.starts_with("- ")), "{points}");
    assert_eq!(text(&format!("Give me bullet points:\n\n{NEWS}")).lines().count(), 3);

    for most in [5, 20, 60] {
        let short = text(&format!("Summarise in {most} words.\n\n{NEWS}"));
        assert!((1..=most).contains(&short.split_whitespace().count()), "{short}");
    }
    for most in [10, 120, 300] {
        let short = text(&format!("Summarise in no more than {most} characters.\n\n{NEWS}"));
        assert!((1..=most).contains(&short.chars().count()), "{short}");
    }
}

#[test]
fn limits_of_the_system_text_are_kept_too() {
    let request = Request::new(vec![Message::user(NEWS)]).with_system("You answer in one sentence.");
    assert_eq!(ask(&request).expect("a value").text().matches(". ").count(), 0);
}

#[test]
fn the_token_limit_cuts_and_says_so() {
    let request = Request::new(vec![Message::user(NEWS)]);
    let whole = ask(&request).expect("a value");
    assert_eq!(whole.finish_reason, FinishReason::Stop);
    let cut = ask(&request.with_options(Options::new().with_max_tokens(10))).expect("a value");
    assert_eq!(cut.finish_reason, FinishReason::Length);
    assert_eq!(cut.text().chars().count(), 40);
    assert!(whole.text().starts_with(&*cut.text()));
}

#[test]
fn a_label_is_the_whole_answer_to_a_classification() {
    assert_eq!(text(&format!("Classify this ticket as billing, bug or feature request:\n{TICKET}")), "billing");
    let sentiment = |review: &str| text(&format!("Is the sentiment positive, negative or neutral?\n\n{review}"));
    assert_eq!(sentiment("I love this lamp. It is great."), "positive");
    assert_eq!(sentiment("The lamp is broken and the service was terrible."), "negative");
    assert_eq!(sentiment("The lamp has two bulbs."), "neutral");
}

#[test]
fn what_is_to_be_extracted_is_found() {
    assert_eq!(text(&format!("Extract all email addresses:\n\n{TICKET}")), "ada@example.org");
    assert_eq!(text(&format!("List the dates in this text.\n\n{NEWS}")), "- 2024-03-05");
    assert_eq!(
        text("Extract all links:\n\nSee https://example.com/a?b=1, or http://example.org."),
        "https://example.com/a?b=1\nhttp://example.org"
    );
    assert_eq!(text(&format!("Extract all phone numbers:\n\n{TICKET}")), "None found.");
    assert_eq!(
        text("Extract all phone numbers:\n\nCall +49 40 1234567 or (555) 010-9988."),
        "+49 40 1234567\n(555) 010-9988"
    );
}

#[test]
fn a_question_gets_the_sentence_that_shares_its_words() {
    assert_eq!(
        text(&format!("What did the tunnel cost?\n\n{NEWS}")),
        "The tunnel is 3.2 km long and cost 1.4 billion euros, twice the first estimate."
    );
    assert_eq!(text(&format!("When come the tolls?\n\n{NEWS}")), "Tolls will be introduced in 2026.");
}

#[test]
fn without_a_text_the_answer_says_that_there_is_none() {
    for prompt in ["", "  \n ", "Why is the sky blue?", "Write a poem.", "You are brief."] {
        let answer = text(prompt);
        assert!(
            answer.contains("no language model")
                && answer.ends_with(if prompt.trim().is_empty() { "empty." } else { prompt }),
            "{answer}"
        );
    }
}

#[test]
fn the_material_is_found_in_every_usual_form_of_prompt() {
    let body = "The river rose by two metres overnight and the old bridge was closed to all traffic.";
    for prompt in [
        format!("Summarise: {body}"),
        format!("Summarise this text.\n\n{body}"),
        format!("Please summarise the following text. {body}"),
        format!("Ticket:\n{body}"),
        format!("Your task is to summarise.\nBe brief.\n\nText: {body}"),
        format!("Summarise what is in quotes:\n\"\"\"\n{body}\n\"\"\"\nThank you!"),
        format!("Read the article and summarise it.\n<article>\n{body}\n</article>"),
        format!("```\n{body}\n```\nShorten this."),
        format!("{body}\n\nSummarise the above."),
        format!("{body}\n\nWhat happened to the bridge?"),
        body.to_owned(),
    ] {
        assert_eq!(text(&prompt), body, "{prompt}");
    }
}

#[test]
fn sentences_end_where_a_reader_would_end_them() {
    let first = |text_: &str| text(&format!("In one sentence:\n\n{text_}"));
    for sentence in [
        "Dr. Smith paid 3.50 dollars to J. R. Miller, e.g. for the harbour, and left the harbour.",
        "Am 3. Mai fuhr der Zug nach Köln, z. B. über Bonn, und kam in Köln an.",
        "\u{201c}Is the harbour open?\u{201d} asked the captain of the ship in the harbour.",
        "新しいトンネルは五月に開通した。",
        "افتتح النفق الجديد في مايو؟",
        "नई सुरंग मई में खुली।",
    ] {
        let answer = first(&format!("{sentence} It rained."));
        assert_eq!(answer, sentence);
    }
}

#[test]
fn texts_in_other_scripts_are_summarised() {
    assert_eq!(
        text(
            "Fasse in einem Satz zusammen:\n\nDer neue Tunnel wurde am 5. März 2024 eröffnet. Der Tunnel kostete 1,4 Mrd. Euro."
        ),
        "Der neue Tunnel wurde am 5. März 2024 eröffnet."
    );
    assert_eq!(
        text("要約してください：\n\n新しいトンネルは三月に開通した。建設費は千億円だった。"),
        "新しいトンネルは三月に開通した。建設費は千億円だった。"
    );
    assert_eq!(text("لخص:\n\nافتتح النفق يوم الاثنين. هل يقل الازدحام؟"), "افتتح النفق يوم الاثنين. هل يقل الازدحام؟");
}

proptest! {
    #[test]
    fn no_text_is_too_odd(prompt in "(?s).{0,200}", pieces in vec(select(PIECES), 0..40)) {
        prop_assert!(!text(&prompt).is_empty());
        prop_assert!(!text(&pieces.concat()).is_empty());
    }
}

/// What the rules for instructions, sentences, labels and facts look for.
pub(crate) const PIECES: &[&str] = &[
    "Summarise",
    ":",
    "\n",
    "\n\n",
    "```",
    "\"\"\"",
    "<a>",
    "</a>",
    "- ",
    "1. ",
    "|",
    "---",
    "Name: ",
    "Dr",
    ". ",
    "? ",
    "。",
    "\"",
    "“",
    "„",
    "ü",
    "東",
    "\u{301}",
    "12",
    ",",
    "'",
    "-",
    "€",
    "%",
    "k",
    " million",
    "March ",
    "5th ",
    "2024",
    "T10:30",
    "Z",
    "+01:00",
    "@",
    "a.b",
    "https://",
    "not ",
    "Classify as ",
    " or ",
    "one sentence",
    "in 3 words",
    "Ada ",
    "of ",
    "(",
    ")",
    "[x] ",
    "…",
    "\u{0}",
    "#",
    "**",
];

#[test]
fn any_text_gets_an_answer() {
    for odd in [
        "\u{0}\u{1}\u{7}\u{1b}[31m red \u{7f} text",
        "....!!!???",
        "。。。",
        "- \n- \n-",
        "|||\n|-|-|\n|||",
        "```",
        "<a><b></a></b>",
        "\"\"\"\"\"\"",
        ":\n:\n:",
        "\u{feff}\u{200d}🎉👩‍👩‍👧 ok",
        "1. 2. 3. 4.",
        "Summarise:",
    ] {
        assert!(!text(odd).is_empty(), "{odd:?}");
    }
}
