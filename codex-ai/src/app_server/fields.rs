//! How structs of options are written down: a list of fields, each of them sent only where it is set.

/// A struct of options with a `with_*` method for each field.
macro_rules! options {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$doc:meta])* $field:ident: $of:ty => $with:ident, )*
        }
        here {
            $( $(#[$own_doc:meta])* $own:ident: $own_of:ty => $own_with:ident, )*
        }
    ) => {
        $(#[$meta])*
        ///
        /// What is not set is left out of what is sent.
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$of>,
            )*
            $(
                $(#[$own_doc])*
                #[serde(skip)]
                pub $own: Option<$own_of>,
            )*
            /// Fields of the protocol that have no name here, sent as they are.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// Nothing is set.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $with(mut self, $field: impl Into<$of>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*

            $(
                $(#[$own_doc])*
                #[must_use]
                pub fn $own_with(mut self, $own: impl Into<$own_of>) -> Self {
                    self.$own = Some($own.into());
                    self
                }
            )*

            /// No approvals: what would need one is not done, and the model is told so.
            #[must_use]
            pub fn with_deny_all(mut self) -> Self {
                self.approval_policy = Some($crate::app_server::ApprovalPolicy::Never);
                self
            }

            /// A model of the vendor reviews what needs an approval; nobody is asked.
            #[must_use]
            pub fn with_auto_review(mut self) -> Self {
                self.approval_policy = Some($crate::app_server::ApprovalPolicy::OnRequest);
                self.approvals_reviewer = Some($crate::app_server::ApprovalsReviewer::AutoReview);
                self
            }

            /// A field of the protocol that has no name here.
            #[must_use]
            pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.extra.insert(name.into(), value.into());
                self
            }
        }
    };
}

pub(crate) use options;
