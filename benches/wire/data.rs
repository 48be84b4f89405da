//! The answers that the server gives.

use codex_ai::LlmSchema;

pub const SYSTEM: &str = "You are a careful editor.";
pub const USER: &str = "In at most 20 words:\n\nThe river rose overnight. By noon the bridge was closed.";
/// How many pieces a streamed answer has.
pub const PIECES: usize = 1_000;

/// What was found out about an incident.
#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize, LlmSchema)]
pub struct Report {
    title: String,
    summary: String,
    severity: Severity,
    #[llm(min_items = 1)]
    events: Vec<Happening>,
    sources: Vec<Source>,
    confidence: f64,
}

#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize, LlmSchema)]
enum Severity {
    Low,
    High,
}

#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize, LlmSchema)]
struct Happening {
    time: String,
    what: String,
    people: u32,
    places: Vec<String>,
}

#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize, LlmSchema)]
struct Source {
    name: String,
    #[llm(min = 1900, max = 2100)]
    year: u16,
    page: Option<u32>,
}

pub fn report() -> Report {
    let what = "The gauge at the old mill passed the second mark, and the crew closed the lower road to all traffic.";
    let event = |n: u32| Happening {
        time: format!("{:02}:30", n + 4),
        what: format!("{what} Report {n}."),
        people: 12 * n,
        places: vec!["the old mill".to_owned(), "the lower road".to_owned()],
    };
    let source = |n: u16| Source {
        name: format!("County bulletin no. {n}"),
        year: 2000 + n,
        page: n.is_multiple_of(2).then_some(u32::from(n)),
    };
    Report {
        title: "The bridge is closed".to_owned(),
        summary: "The river rose overnight, and by noon the bridge was closed.".to_owned(),
        severity: Severity::High,
        events: (0..8).map(event).collect(),
        sources: (0..5).map(source).collect(),
        confidence: 0.875,
    }
}

/// A whole answer of OpenAI's Responses API.
pub fn whole(text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!(
        r#"{{"id":"resp_68bb5f153efc81a2b3958ddb1f257ff30886f4f20524f3b9","object":"response","created_at":1757110037,"status":"completed","background":false,"error":null,"incomplete_details":null,"instructions":"{SYSTEM}","max_output_tokens":null,"max_tool_calls":null,"model":"gpt-5.6-luna-2026-09","output":[{{"id":"msg_68bb5f153efc81a2b3958ddb1f257ff30886f4f20524f3b9","type":"message","status":"completed","content":[{{"type":"output_text","annotations":[],"logprobs":[],"text":{text}}}],"role":"assistant"}}],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{{"effort":"none","summary":null}},"safety_identifier":null,"service_tier":"default","store":false,"temperature":1.0,"text":{{"format":{{"type":"text"}},"verbosity":"medium"}},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":{{"input_tokens":36,"input_tokens_details":{{"cached_tokens":0}},"output_tokens":17,"output_tokens_details":{{"reasoning_tokens":0}},"total_tokens":53}},"user":null,"metadata":{{}}}}"#
    )
}

/// The events of a streamed answer of OpenAI's Responses API.
pub fn streamed() -> Vec<String> {
    let mut text = String::new();
    let mut events = Vec::with_capacity(PIECES + 4);
    events.push("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"output\":[]}}\n\n".to_owned());
    for n in 0..PIECES {
        let piece = [" the", " river", " rose", " over", "night", "."][n % 6];
        text.push_str(piece);
        events.push(format!("event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"sequence_number\":{},\"item_id\":\"msg_68bb5f153efc81a2b3958ddb1f257ff30886f4f20524f3b9\",\"output_index\":0,\"content_index\":0,\"delta\":\"{piece}\",\"logprobs\":[],\"obfuscation\":\"kGx1Zq\"}}\n\n", n + 4));
    }
    let reply = whole(&text);
    events.push(format!("event: response.completed\ndata: {{\"type\":\"response.completed\",\"sequence_number\":{},\"response\":{reply}}}\n\n", PIECES + 4));
    events
}
