use codex_ai::Dispatcher;
use codex_ai::provider::Local;

struct Reviewer;

fn mount(dispatcher: &Dispatcher<Local>) {
    let _ = dispatcher.mount(Reviewer);
}

fn main() {
    let _ = mount;
}
