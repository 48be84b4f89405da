//! What a model's name says about it.

/// Whether a model takes system messages among the others (Claude Opus 4.8 and all later models, November 2026). Names
/// that say no version are taken for later ones.
pub(super) fn takes_system_messages(model: &str) -> bool {
    let Some((_, name)) = model.rsplit_once("claude-") else { return true };
    // A number of more than two digits is a date.
    let mut numbers =
        name.split(['-', '.', '@', ':']).filter(|word| word.len() <= 2).filter_map(|word| word.parse().ok());
    let version: Option<(u8, u8)> = numbers.next().map(|major| (major, numbers.next().unwrap_or(0)));
    version.is_none_or(|version| version >= (4, 8))
}
