//! The pieces of an answer and its whole, whatever messages the model gives.

use codex_ai::app_server::{ClientOptions, Provider};
use codex_ai::{Chunk, Part, Provider as _};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{asking, begun, end, notify, released};
use crate::peer::Peer;

/// One message: its mark when it begins and when it ends, and whether it comes in pieces.
#[derive(Debug, Clone)]
struct Said {
    begins: Option<&'static str>,
    ends: Option<&'static str>,
    text: String,
    in_pieces: bool,
}

const FINAL: Option<&str> = Some("final_answer");
const PARTIAL: Option<&str> = Some("partial_answer");

fn said() -> impl Strategy<Value = Said> {
    let marks = || prop::sample::select(vec![None, None, FINAL, PARTIAL, Some("commentary")]);
    (marks(), marks(), any::<bool>(), "[a-z ]{0,12}", any::<bool>()).prop_map(
        |(begins, late, changes, text, in_pieces)| {
            // A mark may come late, but does not go.
            let ends = if changes && begins.is_none() { late } else { begins };
            Said { begins, ends, text, in_pieces }
        },
    )
}

/// What the documentation says: the pieces of text, and the text of the reply.
fn promised(all: &[Said]) -> (String, String) {
    let mut is_marked = false;
    let mut texts = Vec::new();
    for said in all {
        // Nothing of a message without pieces is given before its end.
        let mark = if said.in_pieces && !said.text.is_empty() { said.begins } else { said.ends };
        texts.push(mark == FINAL || mark.is_none() && !is_marked);
        is_marked |= said.ends == FINAL;
    }
    let last = |mark| all.iter().rposition(|said| said.ends == mark);
    let answer = last(FINAL).or_else(|| last(None)).or_else(|| last(PARTIAL));
    let of = |(_, said): (&bool, &Said)| said.text.clone();
    let mut pieces: String = texts.iter().zip(all).filter(|(is_text, _)| **is_text).map(of).collect();
    let text = answer.map(|place| all[place].text.clone()).unwrap_or_default();
    if answer.is_some_and(|place| !texts[place]) {
        pieces.push_str(&text);
    }
    (pieces, text)
}

async fn tell(peer: &mut Peer, n: usize, all: &[Said]) {
    begun(peer, n).await;
    for said in all {
        // The ids are the model's own: all messages may have the same one.
        let item =
            |phase, text: &str| json!({ "item": { "type": "agentMessage", "id": "m", "text": text, "phase": phase } });
        notify(peer, n, "item/started", item(said.begins, "")).await;
        for piece in said.text.split_inclusive(' ').filter(|_| said.in_pieces) {
            notify(peer, n, "item/agentMessage/delta", json!({ "itemId": "m", "delta": piece })).await;
        }
        notify(peer, n, "item/completed", item(said.ends, &said.text)).await;
    }
    end(peer, n, "completed", Value::Null).await;
    released(peer, n).await;
}

async fn check(all: &[Said]) {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let provider = Provider::new(client);
    let request = asking("Hi");
    let (whole, ()) = tokio::join!(provider.generate(&request), tell(&mut peer, 1, all));
    let streamed = async {
        let mut stream = provider.stream(&request).await.unwrap();
        let mut text = String::new();
        while let Some(chunk) = stream.next().await {
            if let Chunk::Text(piece) = chunk.unwrap() {
                text.push_str(&piece);
            }
        }
        (text, stream.finish().await.unwrap())
    };
    let ((pieces, reply), ()) = tokio::join!(streamed, tell(&mut peer, 1, all));
    assert_eq!(reply, whole.unwrap(), "the stream and the whole call");
    let (promised_pieces, promised_text) = promised(all);
    assert_eq!((pieces.as_str(), &*reply.text()), (promised_pieces.as_str(), promised_text.as_str()));
    let texts = reply.parts.iter().filter(|part| matches!(part, Part::Text(_))).count();
    assert!(texts <= 1, "{:?}", reply.parts);
    // The rule in short: one message that may be the answer, and the pieces are its text.
    let may_be = |said: &&Said| said.begins != Some("commentary") && said.ends != Some("commentary");
    if all.iter().filter(may_be).count() == 1 && all.iter().all(|said| may_be(&said) || said.begins.is_some()) {
        assert_eq!(pieces, reply.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_pieces_and_the_whole_are_as_promised(all in prop::collection::vec(said(), 0..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(&all));
    }
}
