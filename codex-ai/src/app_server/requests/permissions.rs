//! Requests for permissions beyond the sandbox's.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::handle::request;
use crate::error::Result;

request! {
    /// May the model have these permissions? (`item/permissions/requestApproval`)
    PermissionsRequest, PermissionsParams
}

/// What is known of permissions that are asked for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PermissionsParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
    /// The item that needs them.
    #[serde(default)]
    pub item_id: String,
    /// What is asked for.
    pub permissions: PermissionProfile,
    /// The folder that relative paths begin at.
    pub cwd: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Where they would hold, if there are several places.
    pub environment_id: Option<String>,
    /// When the server began to wait, in milliseconds since 1970.
    pub started_at_ms: Option<i64>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Permissions beyond the sandbox's; empty, none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PermissionProfile {
    /// Of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system: Option<FileSystemPermissions>,
    /// Of the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkPermissions>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Permissions of files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileSystemPermissions {
    /// What may be done where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<FileSystemEntry>>,
    /// How deep patterns look into folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glob_scan_max_depth: Option<u64>,
    /// Paths to read; the older form of [`entries`](Self::entries).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Vec<String>>,
    /// Paths to write; the older form of [`entries`](Self::entries).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<Vec<String>>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What may be done at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSystemEntry {
    /// `read`, `write` or `deny`.
    pub access: String,
    /// Where: an object with a `type` (`path`, `glob_pattern` or `special`) and what belongs to it.
    pub path: Value,
}

/// Permissions of the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkPermissions {
    /// Whether it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// How long permissions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum GrantScope {
    /// Until the turn ends.
    #[default]
    Turn,
    /// Until the session ends.
    Session,
}

impl PermissionProfile {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With the network.
    #[must_use]
    pub fn with_network(mut self) -> Self {
        self.network = Some(NetworkPermissions { enabled: Some(true) });
        self
    }

    /// With the right to read this path.
    #[must_use]
    pub fn with_read(self, path: impl Into<String>) -> Self {
        self.with_access("read", &path.into())
    }

    /// With the right to read and write this path.
    #[must_use]
    pub fn with_write(self, path: impl Into<String>) -> Self {
        self.with_access("write", &path.into())
    }

    fn with_access(mut self, access: &str, path: &str) -> Self {
        let entry = FileSystemEntry { access: access.to_owned(), path: json!({ "type": "path", "path": path }) };
        self.file_system.get_or_insert_default().entries.get_or_insert_default().push(entry);
        self
    }
}

impl PermissionsRequest {
    /// Grants these permissions: all that were asked for, or a part of them.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn grant(self, permissions: &PermissionProfile, scope: GrantScope) -> Result<()> {
        self.answer_raw(&json!({ "permissions": permissions, "scope": scope }))
    }

    /// Grants all that was asked for.
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    pub fn grant_all(self, scope: GrantScope) -> Result<()> {
        let permissions = self.permissions.clone();
        self.grant(&permissions, scope)
    }

    /// Grants nothing, and the turn goes on.
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    pub fn deny(self) -> Result<()> {
        self.into_handle().decline()
    }
}
