//! wip
use codex_ai::provider::local::Local;
use codex_ai::{Message, Output, Provider, Reply, Request, Schema};
use serde_json::{Value, json};
use std::sync::Arc;

fn ask(request: &Request) -> Reply {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(Local::quiet().generate(request)).unwrap()
}
fn text(user: &str) -> String { ask(&Request::new(vec![Message::user(user)])).text().into_owned() }
fn fill(user: &str, schema: Value) -> Value {
    let schema = Arc::new(Schema::new("T", schema).unwrap());
    let r = ask(&Request::new(vec![Message::user(user)]).with_output(Output::Schema(schema)));
    serde_json::from_str(&r.text()).unwrap()
}
const NEWS: &str = "Harbour tunnel opens after nine years\n\nThe new harbour tunnel in Hamburg opened to traffic on 5 March 2024, nine years after work began. The tunnel is 3.2 km long and cost 1.4 billion euros, twice the first estimate. \"It will take half an hour off every commute,\" said Mayor Anna Keller at the ceremony. Environmental groups criticised the project because it brings more cars to the city. Tolls will be introduced in 2026. About 40,000 vehicles are expected each day.";
const TICKET: &str = "Hi, I was charged twice for my subscription this month. Please refund the second payment to my card. My account email is ada@example.org. Thanks, Ada Lovelace";
const INVOICE: &str = "ACME GmbH\nInvoice No.: INV-2024-0017\nDate: 12.03.2024\nCustomer: Ada Lovelace\nDue date: 26 March 2024\n\n2 x Steel bracket    EUR 19.90\n10 x Hex bolt M8     EUR 4.50\n1 x Mounting kit     EUR 120.00\n\nTotal: EUR 144.40\nPaid: no";
#[test]
fn play() {
    for t in [format!("At most 3 points.\n\n{NEWS}"), format!("Summarise in one sentence:\n\n{NEWS}"), format!("Summarize the following article in at most 20 words.\n\n{NEWS}"), format!("Classify this ticket as billing, bug or feature request:\n{TICKET}"), format!("Extract all email addresses from this text:\n{TICKET}"), "Why is the sky blue?".into(), format!("What did it cost?\n\n{NEWS}"), "Translate to French: Good morning, friends.".into(), String::new(), format!("Is the sentiment positive, negative or neutral?\n\n{TICKET}"), NEWS.to_string(), format!("{NEWS}\n\nSummarise the text above in two sentences.")] {
        println!("---- {}\n{}", t.chars().take(60).collect::<String>(), text(&t));
    }
    let s = |v| serde_json::to_string_pretty(&v).unwrap();
    println!("{}", s(fill(&format!("At most 3 points.\n\n{NEWS}"), json!({"type":"object","properties":{"headline":{"type":"string","description":"One sentence, no jargon."},"points":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":7}},"required":["headline","points"]}))));
    println!("{}", s(fill(&format!("Extract the facts.\n\n{NEWS}"), json!({"type":"object","properties":{"title":{"type":"string"},"summary":{"type":"string"},"city":{"type":"string"},"date":{"type":"string","format":"date"},"cost":{"type":"number"},"speaker":{"type":"string"},"quote":{"type":"string"},"length_km":{"type":"number"},"vehicles":{"type":"integer"},"keywords":{"type":"array","items":{"type":"string"}},"category":{"type":"string","enum":["politics","sports","business","weather","transport"]},"subtitle":{"type":["string","null"]},"opened_at":{"type":"string","format":"date-time"}},"required":["title","summary","city","date","cost","speaker","quote","length_km","vehicles","keywords","category"]}))));
    println!("{}", s(fill(&format!("Classify this ticket:\n{TICKET}"), json!({"oneOf":[{"const":"Bug","description":"Something does not work."},{"const":"Billing","description":"About money, invoices, refunds."},{"const":"Other"}]}))));
    println!("{}", s(fill(&format!("Triage:\n{TICKET}"), json!({"type":"object","properties":{"category":{"type":"string","enum":["bug","billing","feature"]},"is_urgent":{"type":"boolean"},"wants_refund":{"type":"boolean"},"customer":{"type":"object","properties":{"name":{"type":"string"},"email":{"type":"string","format":"email"},"phone":{"type":["string","null"]}},"required":["name","email"]},"reason":{"type":"string"},"confidence":{"type":"number","minimum":0,"maximum":1}},"required":["category","is_urgent","wants_refund","customer","reason","confidence"]}))));
    println!("{}", s(fill(&format!("Extract the invoice:\n\n{INVOICE}"), json!({"type":"object","properties":{"vendor":{"type":"string"},"number":{"type":"string"},"date":{"type":"string","format":"date"},"due_date":{"type":["string","null"],"format":"date"},"customer":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]},"items":{"type":"array","items":{"$ref":"#/$defs/Item"}},"total":{"type":"number"},"currency":{"type":"string"},"paid":{"type":"boolean"}},"required":["vendor","number","date","customer","items","total","currency","paid"],"$defs":{"Item":{"type":"object","properties":{"description":{"type":"string"},"quantity":{"type":"integer","format":"uint32","minimum":0},"price":{"type":"number"}},"required":["description","quantity","price"]}}}))));
    println!("{}", s(fill("Extract the people.\n\nAda Lovelace, 36, was a mathematician from London. Charles Babbage was 79 years old and lived in Marylebone.", json!({"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","format":"uint8","minimum":0,"maximum":255},"city":{"type":["string","null"]}},"required":["name","age"]}}))));
    println!("{}", s(fill("Here is a recipe:\n\nPancakes\n\nIngredients:\n- 200 g flour\n- 3 eggs\n- 300 ml milk\n\nSteps:\n1. Mix all.\n2. Fry in butter.\n\nServes 4. Takes 20 minutes.", json!({"type":"object","properties":{"title":{"type":"string"},"ingredients":{"type":"array","items":{"type":"string"}},"steps":{"type":"array","items":{"type":"string"}},"servings":{"type":"integer"},"minutes":{"type":"integer"},"extra":{"type":"object","additionalProperties":{"type":"string"}}},"required":["title","ingredients","steps","servings","minutes","extra"]}))));
    println!("{}", s(fill("| Item | Qty | Price |\n|---|---|---|\n| Apple | 3 | $1.20 |\n| Pear | 5 | $2.00 |", json!({"type":"array","items":{"type":"object","properties":{"item":{"type":"string"},"quantity":{"type":"integer"},"price":{"type":"number"}},"required":["item","quantity","price"]}}))));
}
