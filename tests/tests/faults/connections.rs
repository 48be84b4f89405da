//! What becomes of connections: used again or not, closed, never taken by a proxy.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use codex_ai::testing::{Step, WireServer};
use codex_ai::{Chunk, ErrorKind};

use crate::table::{failure, good};
use crate::{LIMITS, Limits, TEXT, VENDORS, ask, call, left};

#[tokio::test]
async fn a_connection_is_used_again_unless_its_body_broke() {
    for vendor in VENDORS {
        let steps = [good(), good(), good().chunked().cut_in_half(), good(), failure(ErrorKind::Server), good()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.of(&server);
        let mut ends = Vec::new();
        for _ in 0..6 {
            ends.push(call(&*provider, false).await.is_ok());
        }
        assert_eq!(ends, [true, true, false, true, false, true], "{}", vendor.name);
        let peers: Vec<_> = server.requests().iter().map(|request| request.peer).collect();
        assert!(peers[..3].iter().all(|peer| *peer == peers[0]), "{}: {peers:?}", vendor.name);
        assert!(peers[3..].iter().all(|peer| *peer == peers[3]), "{}: {peers:?}", vendor.name);
        assert_ne!(peers[0], peers[3], "{}", vendor.name);

        // The same for streams, one way or another: what broke is never used again.
        let steps = [good().cut_in_half(), good().without_end(), good().stall_in_half(), good()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.with(&server, Limits { time: Duration::from_secs(1), ..LIMITS });
        for is_good in [false, false, false, true] {
            assert_eq!(call(&*provider, true).await.is_ok(), is_good, "{}", vendor.name);
        }
        let peers: HashSet<_> = server.requests().iter().map(|request| request.peer).collect();
        assert!(peers.len() >= 3, "{}: {peers:?}", vendor.name);
    }
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed() {
    let server = WireServer::script([good(), good()]).unwrap();
    let provider = VENDORS[0].of(&server);
    call(&*provider, false).await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(91)).await;
    tokio::time::resume();
    call(&*provider, false).await.unwrap();
    let peers: Vec<_> = server.requests().iter().map(|request| request.peer).collect();
    assert_ne!(peers[0], peers[1]);
}

#[tokio::test]
async fn a_connection_that_is_closed_between_calls_costs_no_call() {
    let server = WireServer::script((0..20).map(|_| good().with_header("connection", "close"))).unwrap();
    let provider = VENDORS[0].of(&server);
    for _ in 0..20 {
        call(&*provider, false).await.unwrap();
    }
}

#[tokio::test]
async fn dropping_a_call_or_a_stream_closes_its_connection() {
    for vendor in VENDORS {
        let steps =
            [Step::never(), Step::never(), good().stall_in_half(), Step::endless_events(), good().stall_in_half()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.of(&server);
        let request = ask();
        let arrived = async |count: u64| {
            while server.request_count() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            result = provider.generate(&request) => panic!("{result:?}"),
            () = arrived(1) => {}
        }
        left(&server, 1).await;
        tokio::select! {
            result = provider.stream(&request) => panic!("{result:?}"),
            () = arrived(2) => {}
        }
        left(&server, 2).await;
        // Some of the stream was read already.
        for count in [3, 4] {
            let mut stream = provider.stream(&request).await.unwrap();
            while !matches!(stream.next().await.unwrap().unwrap(), Chunk::Text(_)) {}
            drop(stream);
            left(&server, count).await;
        }
        // The future of a read may be dropped without harm; then the stream.
        let mut stream = provider.stream(&request).await.unwrap();
        while !matches!(stream.next().await.unwrap().unwrap(), Chunk::Text(_)) {}
        while tokio::time::timeout(Duration::from_millis(20), stream.next()).await.is_ok() {}
        drop(stream);
        left(&server, 5).await;
    }
}

#[test]
fn no_proxy_catches_a_call_to_this_machine() {
    let proxy = WireServer::script([]).unwrap();
    let url = format!("http://127.0.0.1:{}", proxy.port());
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, &url).env(name.to_uppercase(), &url);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = command.args(["--ignored", "--exact", "connections::child_has_a_proxy"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(proxy.connection_count(), 0);
}

#[tokio::test]
#[ignore = "run by no_proxy_catches_a_call_to_this_machine"]
async fn child_has_a_proxy() {
    for vendor in VENDORS {
        let server = WireServer::script([good(), good(), good(), good()]).unwrap();
        for host in ["127.0.0.1", "localhost"] {
            let origin = format!("http://{host}:{}", server.port());
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                assert_eq!(call(&*provider, streamed).await.unwrap().text(), TEXT, "{}", vendor.name);
            }
        }
    }
}
