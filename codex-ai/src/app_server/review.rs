//! What a model can be asked to review.

use serde::{Deserialize, Serialize};

/// What is reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum ReviewTarget {
    /// What is changed in the folder, staged or not, new files included.
    UncommittedChanges,
    /// What differs from where this branch began.
    BaseBranch {
        /// The branch, as `main`.
        branch: String,
    },
    /// What a commit changed.
    Commit {
        /// Its hash.
        sha: String,
        /// Its title, for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    /// What these words say.
    Custom {
        /// What is to be reviewed, and how.
        instructions: String,
    },
}

impl ReviewTarget {
    /// What differs from where this branch began.
    pub fn base_branch(branch: impl Into<String>) -> Self {
        Self::BaseBranch { branch: branch.into() }
    }

    /// What a commit changed.
    pub fn commit(sha: impl Into<String>) -> Self {
        Self::Commit { sha: sha.into(), title: None }
    }

    /// What these words say.
    pub fn custom(instructions: impl Into<String>) -> Self {
        Self::Custom { instructions: instructions.into() }
    }
}
