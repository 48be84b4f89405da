//! Prompts whose text is a template.

use codex_ai::{CachePoint, Dispatcher, Part, Prompt, Registry, Role, Untrusted, prompt, provider::Local};

/// An order of a shop.
#[derive(Debug, Clone, serde::Deserialize)]
struct Order {
    number: String,
    items: Vec<Item>,
    note: Option<String>,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct Item {
    name: String,
    count: u32,
}

fn order() -> Order {
    let item = |name: &str, count| Item { name: name.to_owned(), count };
    Order { number: "A-1".to_owned(), items: vec![item("nails", 2), item("a hammer", 1)], note: None }
}

#[prompt(
    mode = "templates.order",
    template = "
--- system
You write for {{ shop|upper }}.

--- user
Order {{ order.number }}:
{% for item in order.items %}
{{ loop.index }}. {{ item.name }}{% if item.count > 1 %} x {{ item.count }}{% endif %}{% if !loop.last %},{% endif %}

{% else %}
nothing
{% endfor %}
{% if let Some(note) = order.note %}
Note: {{ note }}
{% endif %}
{% match urgent %}
    {% when true %}
    Today!
    {% else %}
    No hurry.
{% endmatch %}
--- assistant
Thanks.
--- user
{{ words|join(\", \") }} {# never seen #}
"
)]
async fn order_mail(shop: &str, order: &Order, urgent: bool, words: &[String]) -> Prompt;

fn texts<T>(prompt: &Prompt<T>) -> Vec<(Role, String)> {
    prompt.messages().iter().map(|message| (message.role, message.text().unwrap_or_default().into_owned())).collect()
}

#[tokio::test]
async fn sections_loops_and_conditions() {
    let mut order = order();
    let words = ["a".to_owned(), "b".to_owned()];
    let prompt = order_mail("Nails & Co", &order, true, &words).await;
    assert_eq!(prompt.system_text(), Some("You write for NAILS & CO."));
    assert_eq!(
        texts(&prompt),
        [
            (Role::User, "Order A-1:\n1. nails x 2,\n2. a hammer\n    Today!".to_owned()),
            (Role::Assistant, "Thanks.".to_owned()),
            (Role::User, "a, b".to_owned()),
        ]
    );
    order.items.clear();
    order.note = Some("<ring>".to_owned());
    let prompt = order_mail("x", &order, false, &words).await;
    assert_eq!(texts(&prompt)[0].1, "Order A-1:\nnothing\nNote: <ring>\n    No hurry.");
}
