//! Clients for developers to try: known names, a secret that is none, addresses on the developer's own machine.

use tongban_openid::{ClientAuth, ClientContent, ClientKind, GrantType, Registered, register_sandbox_client};
use tongban_store::{Signer, Store};

/// The secret of the sandbox. The demo listens on loopback alone and its people are invented.
pub const SECRET: &str = "sandbox-secret-for-trying";

fn content(name: &str, english: &str, kind: ClientKind, auth: ClientAuth) -> ClientContent {
    ClientContent {
        name: name.to_owned(),
        name_english: english.to_owned(),
        organisation: "示范市政务服务和数据局（测试）".to_owned(),
        purpose: "供开发人员试用统一身份认证".to_owned(),
        kind,
        auth,
        keys: None,
        redirect_uris: vec!["http://127.0.0.1:9009/callback".to_owned()],
        post_logout_uris: vec!["http://127.0.0.1:9009/".to_owned()],
        back_channel_uri: None,
        sector: "sandbox".to_owned(),
        scopes: [
            "openid",
            "profile",
            "number",
            "phone",
            "mandates",
            "offline_access",
            "sandbox.read",
        ]
        .map(str::to_owned)
        .to_vec(),
        grants: GrantType::ALL.to_vec(),
        algorithm: "ES256".to_owned(),
        pushed_only: false,
        proof_needed: false,
        introspects: false,
    }
}

/// A web site with a secret (`sandbox-web`), the same with SM2 (`sandbox-sm2`), and a program on a device without one
/// (`sandbox-app`), which may listen on any port.
pub(super) async fn register(store: &Store) -> anyhow::Result<()> {
    let web = |name, english| content(name, english, ClientKind::Web, ClientAuth::Secret);
    let mut national = web("测试网站（国密）", "Test site (SM2)");
    national.algorithm = "SM2".to_owned();
    let mut app = content("测试程序", "Test program", ClientKind::Native, ClientAuth::None);
    app.redirect_uris = vec!["http://127.0.0.1/callback".to_owned()];
    app.grants
        .retain(|grant| !matches!(grant, GrantType::ClientCredentials | GrantType::TokenExchange));
    for (client_id, content) in [
        ("sandbox-web", web("测试网站", "Test site")),
        ("sandbox-sm2", national),
        ("sandbox-app", app),
    ] {
        let secret = (content.auth == ClientAuth::Secret).then(|| SECRET.to_owned());
        let input = Registered {
            client_id: client_id.to_owned(),
            secret,
            content,
        };
        store
            .write(Signer::system(), move |tx| {
                let input = input.clone();
                async move { register_sandbox_client(&tx, input).await }
            })
            .await?;
    }
    Ok(())
}
