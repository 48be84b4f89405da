//! What the builder of a prompt holds, and what its arguments must be. Generated code uses these; programs meet them in the
//! compiler's messages.

/// A required argument of a builder that was not given yet.
#[derive(Debug)]
pub struct Unset;

/// A required argument of a builder, given.
#[derive(Debug)]
pub struct Set<T>(pub T);

/// A required argument that was given: what [`Set`] holds.
pub trait Take<T> {
    /// The argument.
    fn take(self) -> T;
}

impl<T> Take<T> for Set<T> {
    #[inline]
    fn take(self) -> T {
        self.0
    }
}

/// A required argument that can be given, since it was not yet.
#[diagnostic::on_unimplemented(message = "this argument is already set", label = "remove one of the calls")]
pub trait Once {}

impl Once for Unset {}

/// Compiles where a type may cross threads.
pub const fn send<T: SendArg + ?Sized>() {}

/// A type that may cross threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross threads, prompts run on any thread",
    label = "not `Send`",
    note = "use `Arc<str>`, `String` or another type that is `Send`"
)]
pub trait SendArg {}

#[diagnostic::do_not_recommend]
impl<T: Send + ?Sized> SendArg for T {}
