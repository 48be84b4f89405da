//! The page of the documentation that lists the messages: it is made from the cases, and this test says when it is old.
//!
//! `TRYBUILD=overwrite cargo test -p codex-ai-ui-tests` writes it anew, after the cases themselves.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The first letter of a case's name says where its mistake is made.
const THEMES: &[(&str, &str)] = &[
    ("a", "Where `#[prompt]` stands"),
    ("b", "Arguments"),
    ("c", "Keys and return types"),
    ("d", "`#[derive(LlmSchema)]`"),
    ("e", "Calls"),
    ("f", "Whole programs"),
    ("g", "Methods"),
    ("h", "Templates"),
    ("i", "Tools"),
    ("j", "What a prompt needs of a provider"),
];

/// One message: what was written, what the compiler says, and what to do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    mistake: String,
    message: String,
    fix: String,
}

#[test]
fn the_page_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = page(&root.join("fail"));
    let path = root.join("../codex-ai/src/compiler_messages.md");
    if std::env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
        fs::write(&path, &page).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let different = page.lines().zip(written.lines()).find(|(new, old)| new != old);
    assert!(
        page == written,
        "{} is old, the first difference is {different:?}\n= help: run `TRYBUILD=overwrite cargo test -p codex-ai-ui-tests`",
        path.display()
    );
}

fn page(folder: &Path) -> String {
    let mut text = String::new();
    let cases = cases(folder);
    for (letter, title) in THEMES {
        let mut seen = BTreeSet::new();
        let of_theme = cases.iter().filter(|(name, ..)| name.starts_with(letter));
        let rows = of_theme.flat_map(|(_, source, stderr)| rows(source, stderr));
        // Two cases may show one mistake at different places.
        let rows: Vec<Row> = rows.filter(|row| seen.insert((row.message.clone(), row.fix.clone()))).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n# {title}\n\n| what was written | what the compiler says | what to do |\n| --- | --- | --- |\n"
        );
        for Row { mistake, message, fix } in rows {
            let _ = writeln!(text, "| {} | {} | {} |", code(&mistake), cell(&message), cell(&fix));
        }
    }
    text.trim_start().to_owned()
}

/// The cases: name, source and what the compiler says.
fn cases(folder: &Path) -> Vec<(String, String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    files.sort();
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let case = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, read(path), read(&path.with_extension("stderr")))
    };
    files.iter().map(case).collect()
}

fn rows(source: &str, stderr: &str) -> Vec<Row> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in stderr.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    let rows: Vec<(bool, Row)> = blocks.iter().filter_map(|block| row(source, block)).collect();
    // What follows from a mistake is told at the same line: one message of ours says it all, or else the first.
    let mut shown: Vec<(bool, Row)> = Vec::new();
    for (ours, row) in rows {
        match shown.iter_mut().find(|(_, earlier)| earlier.mistake == row.mistake) {
            Some((false, earlier)) if ours => *earlier = row,
            Some(_) if !ours => {}
            _ => shown.push((ours, row)),
        }
    }
    shown.into_iter().map(|(_, row)| row).collect()
}

/// The row, and whether it has an advice of ours.
fn row(source: &str, block: &[&str]) -> Option<(bool, Row)> {
    let (level, message) = block.first()?.split_once(": ")?;
    if !level.starts_with("error") {
        return None;
    }
    let place = block.iter().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let line: usize = place.split(':').nth(1)?.parse().ok()?;
    let mistake = source.lines().nth(line.checked_sub(1)?)?.trim().to_owned();
    // Of an assertion that is evaluated by the compiler all is ours: what is wrong, and behind the colon what to do.
    let own = message.strip_prefix("evaluation panicked: ").and_then(|text| text.rsplit_once(": "));
    let (ours, message, fix) = match (own, fix(block)) {
        (Some((message, fix)), _) => (true, message, fix.to_owned()),
        (None, (ours, fix)) => (ours, message, fix),
    };
    Some((ours, Row { mistake, message: message.to_owned(), fix }))
}

/// Our own help, else the note of a trait of ours, else what rustc suggests, else what stands at the caret; and whether it
/// is ours.
fn fix(block: &[&str]) -> (bool, String) {
    if let Some(help) = block.get(1).and_then(|line| line.strip_prefix("       = help: ")) {
        return (true, help.to_owned());
    }
    let after = |start: &'static str| block.iter().filter_map(move |line| line.trim_start().strip_prefix(start));
    let ours = ["add ", "use ", "call ", "return ", "write ", "put ", "enable ", "required: ", "expected the marker"];
    let note = after("= note: ").find(|note| ours.iter().any(|start| note.starts_with(start)));
    let label = label(block);
    match (&label, note, suggestion(block)) {
        (Some(label), Some(note), _) if label.starts_with("call ") => (true, format!("{label}; {note}")),
        (_, Some(note), _) => (true, note.to_owned()),
        (_, None, Some(suggestion)) => (false, suggestion),
        (_, None, None) => (false, label.unwrap_or_default()),
    }
}

/// What stands behind the carets.
fn label(block: &[&str]) -> Option<String> {
    let labels = block.iter().filter_map(|line| {
        let (_, marked) = line.split_once('|')?;
        let (marks, label) = marked.rsplit_once('^')?;
        let only_marks = marks.chars().all(|letter| matches!(letter, '^' | '-' | '_' | '|' | ' '));
        (only_marks && label.starts_with(' ')).then(|| label.trim().to_owned())
    });
    let mut good = labels.filter(|label| !label.is_empty() && !label.starts_with(['-', '|']));
    // Below the carets, where something else stands behind them.
    let below = || {
        let mut texts = block.iter().filter_map(|line| Some(line.split_once('|')?.1.trim_start_matches([' ', '|'])));
        texts.find(|text| text.starts_with("expected ")).map(str::to_owned)
    };
    good.next().or_else(below)
}

/// What rustc suggests, with the line that it would write.
fn suggestion(block: &[&str]) -> Option<String> {
    let helps = ["help: ", "= help: "];
    let (at, help) = block.iter().enumerate().find_map(|(at, line)| {
        let help = helps.iter().find_map(|start| line.trim_start().strip_prefix(start))?;
        let is_advice =
            !["the ", "within ", "items from ", "consider importing"].iter().any(|start| help.starts_with(start));
        is_advice.then_some((at, help.trim_end_matches(':')))
    })?;
    let written = block[at + 1..].iter().find_map(|line| {
        let line = line.trim_start();
        let behind = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let code = behind.strip_prefix(" + ").or_else(|| behind.strip_prefix(" | "))?;
        (behind.len() < line.len()).then(|| code.trim())
    });
    match written {
        Some(code) if !code.contains('`') => Some(format!("{help}: `{code}`")),
        _ => Some(help.to_owned()),
    }
}

/// Code in a table.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|"))
}

/// Prose in a table: outside code, brackets and angles mean something to Markdown.
fn cell(text: &str) -> String {
    let mut in_code = false;
    let mut cell = String::new();
    for letter in text.chars() {
        in_code ^= letter == '`';
        match letter {
            '|' => cell.push_str("\\|"),
            '<' | '>' | '[' | ']' | '*' | '_' if !in_code => {
                cell.push('\\');
                cell.push(letter);
            }
            _ => cell.push(letter),
        }
    }
    cell
}
