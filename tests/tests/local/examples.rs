//! What people try first: a news text, a support ticket, an invoice, people, a recipe, a table.

use serde_json::{Value, json};

use crate::fill;

pub(crate) const NEWS: &str = "\
Harbour tunnel opens after nine years

The new harbour tunnel in Hamburg opened to traffic on 5 March 2024, nine years after work began. The tunnel is 3.2 km \
long and cost 1.4 billion euros, twice the first estimate. \"It will take half an hour off every commute,\" said Mayor \
Anna Keller at the ceremony. Environmental groups criticised the project because it brings more cars to the city. Tolls \
will be introduced in 2026. About 40,000 vehicles are expected each day.";

pub(crate) const TICKET: &str = "\
Hi, I was charged twice for my subscription this month. Please refund the second payment to my card. My account email is \
ada@example.org. Thanks, Ada Lovelace";

pub(crate) const INVOICE: &str = "\
ACME GmbH
Invoice No.: INV-2024-0017
Date: 12.03.2024
Customer: Ada Lovelace
Due date: 26 March 2024

2 x Steel bracket    EUR 19.90
10 x Hex bolt M8     EUR 4.50
1 x Mounting kit     EUR 120.00

Total: EUR 144.40
Paid: no";

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

#[test]
fn a_news_text_gives_a_headline_and_points_that_differ() {
    let schema = object(
        &json!({
            "headline": { "type": "string", "description": "One sentence, no jargon." },
            "points": { "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 7 },
        }),
        &["headline", "points"],
    );
    assert_eq!(
        fill(&format!("At most 2 points.\n\n{NEWS}"), schema),
        json!({
            "headline": "Harbour tunnel opens after nine years",
            "points": [
                "The new harbour tunnel in Hamburg opened to traffic on 5 March 2024, nine years after work began.",
                "The tunnel is 3.2 km long and cost 1.4 billion euros, twice the first estimate.",
            ],
        })
    );
}

#[test]
fn the_facts_of_a_news_text_go_where_they_belong() {
    let schema = object(
        &json!({
            "city": { "type": "string" },
            "date": { "type": "string", "format": "date" },
            "cost": { "type": "number", "format": "double" },
            "length_km": { "type": "number", "format": "double" },
            "vehicles": { "type": "integer", "format": "uint32", "minimum": 0 },
            "speaker": { "type": "string" },
            "quote": { "type": "string" },
            "category": { "type": "string", "enum": ["politics", "sports", "transport"] },
            "subtitle": { "type": ["string", "null"] },
        }),
        &["city", "date", "cost", "length_km", "vehicles", "speaker", "quote", "category"],
    );
    assert_eq!(
        fill(&format!("Extract the facts.\n\n{NEWS}"), schema),
        json!({
            "city": "Hamburg",
            "date": "2024-03-05",
            "cost": 1_400_000_000,
            "length_km": 3.2,
            "vehicles": 40_000,
            "speaker": "Mayor Anna Keller",
            "quote": "It will take half an hour off every commute",
            "category": "transport",
        })
    );
}

/// As schemars writes a unit enum with documentation.
fn documented_enum() -> Value {
    json!({ "oneOf": [
        { "type": "string", "const": "Bug", "description": "Something does not work." },
        { "type": "string", "const": "Billing", "description": "About money and refunds." },
        { "type": "string", "const": "Other" },
    ] })
}

#[test]
fn a_ticket_is_classified_by_the_words_it_shares_with_a_variant() {
    let bug = "The app shows an error and stops every time I open a file.";
    assert_eq!(fill(&format!("Classify this ticket:\n{TICKET}"), documented_enum()), "Billing");
    assert_eq!(fill(&format!("Classify this ticket:\n{bug}"), documented_enum()), "Bug");
    assert_eq!(fill("Classify this ticket:\nWhere is your office?", documented_enum()), "Other");
}

#[test]
fn words_of_the_instructions_do_not_classify() {
    let prompt =
        "Decide whether this is a bug or about billing and refunds.\n\nWhere is your office? I would like to visit.";
    assert_eq!(fill(prompt, documented_enum()), "Other");
}

#[test]
fn a_ticket_gives_a_customer_and_truth_values() {
    let schema = object(
        &json!({
            "wants_refund": { "type": "boolean" },
            "is_urgent": { "type": "boolean" },
            "customer": object(
                &json!({
                    "name": { "type": "string" },
                    "email": { "type": "string", "format": "email" },
                    "phone": { "type": ["string", "null"] },
                }),
                &["name", "email"],
            ),
            "confidence": { "type": "number", "minimum": 0, "maximum": 1 },
        }),
        &["wants_refund", "is_urgent", "customer", "confidence"],
    );
    assert_eq!(
        fill(&format!("Triage this ticket:\n{TICKET}"), schema),
        json!({
            "wants_refund": true,
            "is_urgent": false,
            "customer": { "name": "Ada Lovelace", "email": "ada@example.org" },
            "confidence": 0.5,
        })
    );
}

#[test]
fn a_negation_is_heard() {
    let schema = object(&json!({ "urgent": { "type": "boolean" } }), &["urgent"]);
    assert_eq!(fill("Triage:\n\nThis is urgent, the shop is closed.", schema.clone()), json!({ "urgent": true }));
    assert_eq!(fill("Triage:\n\nIt is not urgent, take your time.", schema.clone()), json!({ "urgent": false }));
    assert_eq!(fill("Triage:\n\nTopic: shop\nUrgent: yes", schema), json!({ "urgent": true }));
}

#[test]
fn an_invoice_gives_numbers_dates_and_its_lines() {
    let mut schema = object(
        &json!({
            "vendor": { "type": "string" },
            "number": { "type": "string" },
            "date": { "type": "string", "format": "date" },
            "due_date": { "type": ["string", "null"], "format": "date" },
            "customer": object(&json!({ "name": { "type": "string" } }), &["name"]),
            "items": { "type": "array", "items": { "$ref": "#/$defs/Item" } },
            "total": { "type": "number", "format": "double" },
            "currency": { "type": "string" },
            "paid": { "type": "boolean" },
        }),
        &["vendor", "number", "date", "customer", "items", "total", "currency", "paid"],
    );
    schema["$defs"]["Item"] = object(
        &json!({
            "description": { "type": "string" },
            "quantity": { "type": "integer", "format": "uint32", "minimum": 0 },
            "price": { "type": "number", "format": "double" },
        }),
        &["description", "quantity", "price"],
    );
    assert_eq!(
        fill(&format!("Extract the invoice:\n\n{INVOICE}"), schema),
        json!({
            "vendor": "ACME GmbH",
            "number": "INV-2024-0017",
            "date": "2024-03-12",
            "due_date": "2024-03-26",
            "customer": { "name": "Ada Lovelace" },
            "items": [
                { "description": "Steel bracket", "quantity": 2, "price": 19.9 },
                { "description": "Hex bolt M8", "quantity": 10, "price": 4.5 },
                { "description": "Mounting kit", "quantity": 1, "price": 120 },
            ],
            "total": 144.4,
            "currency": "EUR",
            "paid": false,
        })
    );
}

#[test]
fn sentences_about_people_give_people() {
    let person = object(
        &json!({
            "name": { "type": "string" },
            "age": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
            "city": { "type": ["string", "null"] },
        }),
        &["name", "age"],
    );
    let text =
        "Ada Lovelace, 36, was a mathematician from London. Charles Babbage was 79 years old and lived in Marylebone.";
    assert_eq!(
        fill(&format!("Extract the people.\n\n{text}"), json!({ "type": "array", "items": person })),
        json!([
            { "name": "Ada Lovelace", "age": 36, "city": "London" },
            { "name": "Charles Babbage", "age": 79, "city": "Marylebone" },
        ])
    );
}

#[test]
fn minutes_give_who_does_what_until_when() {
    let text = json!({ "type": "string" });
    let list = json!({ "type": "array", "items": text });
    let action = object(
        &json!({
            "owner": { "type": ["string", "null"] },
            "task": text,
            "due": { "type": ["string", "null"], "format": "date" },
        }),
        &["task"],
    );
    let schema = object(
        &json!({ "date": { "type": "string", "format": "date" }, "attendees": list, "summary": text,
                 "action_items": { "type": "array", "items": action } }),
        &["date", "attendees", "summary", "action_items"],
    );
    let notes = "Meeting notes, 12 June 2024\n\nAttendees: Ada Lovelace, Grace Hopper\n\nWe discussed the launch of the new \
                 billing page. Grace reported that the load test is still missing.\n\nAction items:\n\
                 - Ada: write the release notes by 18 June 2024\n- Grace: inform support";
    assert_eq!(
        fill(&format!("Extract the minutes:\n\n{notes}"), schema),
        json!({
            "date": "2024-06-12",
            "attendees": ["Ada Lovelace", "Grace Hopper"],
            "summary": "We discussed the launch of the new billing page. Grace reported that the load test is still missing.",
            "action_items": [
                { "owner": "Ada", "task": "write the release notes by 18 June 2024", "due": "2024-06-18" },
                { "owner": "Grace", "task": "inform support" },
            ],
        })
    );
}

#[test]
fn a_review_gives_a_sentiment_and_a_rating() {
    let schema = object(
        &json!({
            "sentiment": { "type": "string", "enum": ["positive", "negative", "neutral"] },
            "rating": { "type": "integer", "minimum": 1, "maximum": 5 },
            "recommends": { "type": "boolean" },
        }),
        &["sentiment", "rating", "recommends"],
    );
    let review = "The coffee is good, but the foamer broke after three days. I am disappointed. 2 out of 5 stars. I would not \
                  recommend it.";
    assert_eq!(
        fill(&format!("Analyse this review.\n\n{review}"), schema),
        json!({ "sentiment": "negative", "rating": 2, "recommends": false })
    );
}

#[test]
fn a_request_without_a_text_gives_its_facts_and_no_made_up_sentences() {
    let schema = object(
        &json!({ "name": { "type": "string" }, "country": { "type": "string" }, "about": { "type": "string" },
                 "landmarks": { "type": "array", "items": { "type": "string" } } }),
        &["name", "country", "about", "landmarks"],
    );
    assert_eq!(
        fill("Describe the city of Paris.", schema),
        json!({ "name": "Paris", "country": "unknown", "about": "unknown", "landmarks": [] })
    );
}

#[test]
fn lists_below_a_name_go_to_the_field_of_that_name() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let schema = object(
        &json!({ "title": { "type": "string" }, "ingredients": list, "steps": list, "servings": { "type": "integer" } }),
        &["title", "ingredients", "steps", "servings"],
    );
    let recipe =
        "Pancakes\n\nIngredients:\n- 200 g flour\n- 3 eggs\n\nSteps:\n1. Mix all.\n2. Fry in butter.\n\nServes 4.";
    assert_eq!(
        fill(&format!("Here is a recipe:\n\n{recipe}"), schema),
        json!({
            "title": "Pancakes",
            "ingredients": ["200 g flour", "3 eggs"],
            "steps": ["Mix all.", "Fry in butter."],
            "servings": 4,
        })
    );
}

#[test]
fn a_table_gives_a_record_for_each_row() {
    let row = object(
        &json!({ "item": { "type": "string" }, "quantity": { "type": "integer" }, "price": { "type": "number" } }),
        &["item", "quantity", "price"],
    );
    let table = "| Item | Qty | Price |\n|---|---|---|\n| Apple | 3 | $1.20 |\n| Pear | 5 | $2.00 |";
    assert_eq!(
        fill(table, json!({ "type": "array", "items": row })),
        json!([{ "item": "Apple", "quantity": 3, "price": 1.2 }, { "item": "Pear", "quantity": 5, "price": 2 }])
    );
}

#[test]
fn labelled_lines_become_the_entries_of_a_map() {
    let text = "Extract the settings:\n\nHost: example.com\nPort: 8080\nUser name: ada";
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    assert_eq!(
        fill(text, map(json!({ "type": "string" }))),
        json!({ "Host": "example.com", "Port": "8080", "User name": "ada" })
    );
    assert_eq!(fill(text, map(json!({ "type": "integer" }))), json!({ "Port": 8080 }));
}

#[test]
fn a_variant_with_data_is_chosen_and_filled() {
    // As schemars writes an internally tagged enum.
    let variant = |tag: &str, name: &str, schema: Value| {
        object(&json!({ "kind": { "type": "string", "const": tag }, name: schema }), &["kind", name])
    };
    let schema = json!({ "oneOf": [
        variant("refund", "amount", json!({ "type": "number" })),
        variant("meeting", "date", json!({ "type": "string", "format": "date" })),
    ] });
    assert_eq!(
        fill("What is this about?\n\nLet us have a meeting on 3 May 2024.", schema.clone()),
        json!({ "kind": "meeting", "date": "2024-05-03" })
    );
    assert_eq!(
        fill("What is this about?\n\nI want a refund, the amount is $12.50.", schema),
        json!({ "kind": "refund", "amount": 12.5 })
    );
}

#[test]
fn a_field_with_a_pattern_takes_the_word_that_matches() {
    let schema = object(&json!({ "order": { "type": "string", "pattern": "^[A-Z]{2}-\\d{4}$" } }), &["order"]);
    assert_eq!(fill("Find the order.\n\nMy order (AB-1234) is late.", schema.clone()), json!({ "order": "AB-1234" }));
    // Nothing matches: a text is made for the pattern.
    assert_eq!(fill("Find the order.\n\nIt is late.", schema), json!({ "order": "AA-1111" }));
}

#[test]
fn dates_are_read_in_the_forms_that_people_write() {
    let schema = object(&json!({ "date": { "type": "string", "format": "date" } }), &["date"]);
    for (written, date) in [
        ("2024-03-05", "2024-03-05"),
        ("2024/03/05", "2024-03-05"),
        ("05.03.2024", "2024-03-05"),
        ("3/5/2024", "2024-03-05"),
        ("25/3/2024", "2024-03-25"),
        ("5 March 2024", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("5th of March 2024", "2024-03-05"),
        ("5. März 2024", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("29 February 2024", "2024-02-29"),
        ("29 February 2023", "1970-01-01"),
    ] {
        assert_eq!(fill(&format!("The day was {written}."), schema.clone()), json!({ "date": date }), "{written}");
    }
    let schema = object(&json!({ "at": { "type": "string", "format": "date-time" } }), &["at"]);
    let text = "The meeting is on 5 March 2024, 10:30.";
    assert_eq!(fill(text, schema), json!({ "at": "2024-03-05T10:30:00Z" }));
}

#[test]
fn numbers_are_read_in_the_forms_that_people_write() {
    let schema = object(&json!({ "price": { "type": "number" } }), &["price"]);
    for (written, number) in [
        ("1,234.50", json!(1234.5)),
        ("1.234,50", json!(1234.5)),
        ("12,345", json!(12_345)),
        ("3,5", json!(3.5)),
        ("1.25 million", json!(1_250_000)),
        ("$3k", json!(3_000)),
        ("-7", json!(-7)),
        ("seven", json!(7)),
    ] {
        assert_eq!(
            fill(&format!("The price is {written} now."), schema.clone()),
            json!({ "price": number }),
            "{written}"
        );
    }
}

#[test]
fn a_short_sentence_that_points_at_the_text_is_a_request() {
    let schema = object(&json!({ "title": { "type": "string" } }), &["title"]);
    let value = fill("Triage this mail.\n\nThe login page is down. Nobody can work.", schema);
    assert_eq!(value, json!({ "title": "The login page is down" }));
}
