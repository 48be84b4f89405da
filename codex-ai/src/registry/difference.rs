//! What changed from one manifest to another.

use std::fmt;

use super::manifest::Manifest;

/// What changed from one [`Manifest`] to another; `Display` tells it in lines, as `diff` does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    New {
        mode: String,
    },
    Gone {
        mode: String,
    },
    Lines {
        mode: String,
        gone: Vec<String>,
        new: Vec<String>,
    },
    /// The lines are the same in another order, as of arguments.
    Order {
        mode: String,
    },
}

impl Difference {
    pub(super) fn between(before: &Manifest, now: &Manifest) -> Self {
        let mut changes = Vec::new();
        for (mode, lines) in &before.prompts {
            match now.prompts.get(mode) {
                None => changes.push(Change::Gone { mode: mode.clone() }),
                Some(same) if same == lines => {}
                Some(other) => changes.push(Change::of(mode, lines, other)),
            }
        }
        let new = now.prompts.keys().filter(|mode| !before.prompts.contains_key(*mode));
        changes.extend(new.map(|mode| Change::New { mode: mode.clone() }));
        changes.sort_by(|a, b| a.mode().cmp(b.mode()));
        Self { changes }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The modes of the prompts that are new, gone or changed, sorted.
    pub fn modes(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(Change::mode)
    }
}

impl Change {
    fn of(mode: &str, before: &[String], now: &[String]) -> Self {
        let without = |lines: &[String], others: &[String]| -> Vec<String> {
            lines.iter().filter(|line| !others.contains(line)).cloned().collect()
        };
        let (gone, new) = (without(before, now), without(now, before));
        let mode = mode.to_owned();
        if gone.is_empty() && new.is_empty() { Self::Order { mode } } else { Self::Lines { mode, gone, new } }
    }

    fn mode(&self) -> &str {
        match self {
            Self::New { mode } | Self::Gone { mode } | Self::Lines { mode, .. } | Self::Order { mode } => mode,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, change) in self.changes.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            match change {
                Change::New { mode } => write!(f, "the prompt `{mode}` is new")?,
                Change::Gone { mode } => write!(f, "the prompt `{mode}` is gone")?,
                Change::Order { mode } => write!(f, "the arguments of the prompt `{mode}` have another order")?,
                Change::Lines { mode, gone, new } => {
                    write!(f, "the prompt `{mode}` changed:")?;
                    for line in gone {
                        write!(f, "\n  - {line}")?;
                    }
                    for line in new {
                        write!(f, "\n  + {line}")?;
                    }
                }
            }
        }
        Ok(())
    }
}
