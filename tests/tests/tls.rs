//! HTTPS: HTTP/2 where the server speaks it, HTTP/1.1 where not, and nothing for a server that nobody vouches for.
//!
//! The certificate is made here, and a process of its own trusts it by `SSL_CERT_FILE`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::convert::Infallible;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use codex_ai::provider::openai::OpenAi;
use codex_ai::{ErrorKind, Message, Provider, Request, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::CertifiedKey;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const CANARY: &str = "sk-canary-7f3a9c51e0";
const ANSWER: &str = r#"{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"type":"message",
    "id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"by ","annotations":[]}]}]}"#;

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

/// A server that speaks these protocols; it answers with the version of HTTP that it was asked in.
async fn serve(key: &CertifiedKey<rcgen::KeyPair>, protocols: &[&str]) -> (String, Arc<Seen>) {
    let secret = PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let mut config = config.with_single_cert(vec![key.cert.der().clone()], secret).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("https://localhost:{}/v1", listener.local_addr().unwrap().port());
    let seen = Arc::new(Seen::default());
    let counts = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&counts));
            tokio::spawn(async move {
                // A client that does not trust us hangs up.
                let Ok(stream) = acceptor.accept(socket).await else { return };
                seen.connections.fetch_add(1, Ordering::Relaxed);
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
                // How a connection ends is the client's business.
                let _ = if is_http2 {
                    http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
                } else {
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
                };
            });
        }
    });
    (url, seen)
}

async fn answer(
    request: http::Request<Incoming>,
    seen: Arc<Seen>,
) -> std::result::Result<http::Response<Full<Bytes>>, Infallible> {
    seen.requests.fetch_add(1, Ordering::Relaxed);
    let version = format!("by {:?}", request.version());
    assert!(request.into_body().collect().await.unwrap().to_bytes().starts_with(b"{"));
    let body = Full::from(ANSWER.replace("by ", &version));
    Ok(http::Response::builder().header("content-type", "application/json").body(body).unwrap())
}

async fn ask(openai: &OpenAi) -> Result<String> {
    openai.generate(&Request::new(vec![Message::user("Hi")])).await.map(|reply| reply.text().into_owned())
}

fn openai(url: &str) -> OpenAi {
    OpenAi::builder().key(CANARY).base_url(url).build().unwrap()
}

/// Runs one of the ignored tests below in a process of its own with these variables.
async fn in_child(test: &'static str, variables: Vec<(&'static str, String)>) {
    let run = move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command.args(["--ignored", "--exact", test]).envs(variables).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "certificates of other systems do not come from a file")]
async fn https_by_either_version() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = std::env::temp_dir().join(format!("codex-ai-tls-{}.pem", std::process::id()));
    std::fs::write(&file, key.cert.pem()).unwrap();
    let (both, http2) = serve(&key, &["h2", "http/1.1"]).await;
    let (old, http1) = serve(&key, &[]).await;
    let trusted = file.to_string_lossy().into_owned();
    in_child("child_calls_over_tls", vec![("SSL_CERT_FILE", trusted), ("BOTH", both), ("OLD", old)]).await;
    std::fs::remove_file(&file).unwrap();
    // One connection is enough for all calls at once, and those that follow.
    assert_eq!((http2.connections.load(Ordering::Relaxed), http2.requests.load(Ordering::Relaxed)), (1, 41));
    assert_eq!((http1.connections.load(Ordering::Relaxed), http1.requests.load(Ordering::Relaxed)), (1, 2));
}

#[tokio::test]
#[ignore = "run by https_by_either_version"]
async fn child_calls_over_tls() {
    let both = Arc::new(openai(&std::env::var("BOTH").unwrap()));
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let both = Arc::clone(&both);
            tokio::spawn(async move { ask(&both).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "by HTTP/2.0");
    }
    assert_eq!(ask(&both).await.unwrap(), "by HTTP/2.0");

    let old = openai(&std::env::var("OLD").unwrap());
    for _ in 0..2 {
        assert_eq!(ask(&old).await.unwrap(), "by HTTP/1.1");
    }
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "certificates of other systems do not come from a file")]
async fn a_server_that_nobody_vouches_for_is_not_asked() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (url, seen) = serve(&key, &["h2", "http/1.1"]).await;
    in_child("child_does_not_trust", vec![("UNKNOWN", url)]).await;
    assert_eq!(seen.requests.load(Ordering::Relaxed), 0);
}

#[tokio::test]
#[ignore = "run by a_server_that_nobody_vouches_for_is_not_asked"]
async fn child_does_not_trust() {
    let error = ask(&openai(&std::env::var("UNKNOWN").unwrap())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let seen = format!("{error:?}");
    assert!(seen.to_lowercase().contains("certificate"), "{seen}");
    assert!(!seen.contains(CANARY), "{seen}");
}
