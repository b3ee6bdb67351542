//! The invented people, firms and officials. The numbers are valid by check digit but begin with an address that was
//! given to nobody.

use anyhow::Context as _;
use chrono::NaiveDate;
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, OrganisationCode, Uscc};
use tongban_identity::{NewParty, NewStaff, hash_password, register_party, register_staff};
use tongban_store::{Signer, Store};
use uuid::Uuid;

use super::places::City;

/// The password of every account of the demo; the first page shows it.
pub const PASSWORD: &str = "tongban-demo-2026";

/// A person of the demo.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: &'static str,
    pub number: CitizenNumber,
    pub phone: &'static str,
    pub address: &'static str,
}

/// A firm of the demo.
#[derive(Debug, Clone)]
pub struct Firm {
    pub name: &'static str,
    pub code: Uscc,
    pub representative: &'static str,
    pub phone: &'static str,
    pub address: &'static str,
    pub scope: &'static str,
    pub established: NaiveDate,
}

/// An account that the first page offers to try.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct TryAccount {
    pub account: Uuid,
    /// `resident`, `elder`, `representative`, `enterprise`, `clerk`, `approver`, `supervisor`, `operator`.
    pub role: String,
    /// 王建国（居民）
    pub label: String,
    /// What to type on the sign-in page instead.
    pub login: String,
    /// The posts of a member of staff: role and office.
    #[serde(default)]
    pub posts: Vec<(Role, String)>,
}

impl TryAccount {
    /// Whether it is a person or a firm rather than a member of staff.
    pub fn is_party(&self) -> bool {
        matches!(
            self.role.as_str(),
            "resident" | "elder" | "representative" | "enterprise"
        )
    }

    /// Whether it holds this post.
    pub fn holds(&self, role: Role, office: &str) -> bool {
        self.posts.iter().any(|(held, at)| *held == role && at == office)
    }
}

/// What the person or firm of this name is, and its number.
pub fn party_of(name: &str) -> anyhow::Result<(PartyKind, String)> {
    let person = people()?.iter().any(|person| person.name == name);
    let kind = if person {
        PartyKind::Person
    } else {
        PartyKind::Enterprise
    };
    Ok((kind, number_of(name)?))
}

/// The number of the person or firm of this name.
pub fn number_of(name: &str) -> anyhow::Result<String> {
    let person = people()?.into_iter().find(|person| person.name == name);
    let firm = firms()?.into_iter().find(|firm| firm.name == name);
    person
        .map(|person| person.number.as_str().to_owned())
        .or_else(|| firm.map(|firm| firm.code.as_str().to_owned()))
        .with_context(|| format!("nobody in the demo is called {name}"))
}

fn day(year: i32, month: u32, day: u32) -> anyhow::Result<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).context("a day of the demo")
}

/// The people of the registers.
pub fn people() -> anyhow::Result<Vec<Person>> {
    let person = |name, birth, sequence, phone, address| -> anyhow::Result<Person> {
        Ok(Person {
            name,
            number: CitizenNumber::generate("519901", birth, sequence)?,
            phone,
            address,
        })
    };
    Ok(vec![
        person(
            "王建国",
            day(1988, 3, 12)?,
            121,
            "10000000001",
            "邻城市和平路 8 号",
        )?,
        person(
            "陈晓梅",
            day(1990, 7, 2)?,
            142,
            "10000000002",
            "示范市一县政通路 18 号",
        )?,
        person(
            "李秀英",
            day(1944, 10, 1)?,
            224,
            "10000000003",
            "示范市一县青石镇青石村 3 组",
        )?,
        person(
            "赵大山",
            day(1962, 5, 20)?,
            317,
            "10000000004",
            "示范市二县白水镇沿河街 5 号",
        )?,
    ])
}

/// People of whom the registers know and who have no account: whoever tries the demo may open one for them. Each with the number
/// of the social security card, by which the real-name check asks.
pub fn newcomers() -> anyhow::Result<Vec<(Person, String)>> {
    let birthday = day(1996, 4, 18)?;
    [
        ("周小雨", 411, "示范市一县政通路 22 号"),
        ("吴志远", 412, "示范市一县和平路 3 号"),
        ("郑雅文", 413, "示范市二县白水镇沿河街 9 号"),
        ("冯天佑", 414, "示范市二县迎宾路 11 号"),
        ("阿依古丽·买买提", 415, "示范市一县民族街 6 号"),
        ("孙若兰", 416, "示范市一县青石镇青石村 8 组"),
    ]
    .into_iter()
    .map(|(name, sequence, address)| {
        let person = Person {
            name,
            number: CitizenNumber::generate("519901", birthday, sequence)?,
            phone: "",
            address,
        };
        Ok((person, format!("T90000{sequence}")))
    })
    .collect()
}

/// The firms of the registers.
pub fn firms() -> anyhow::Result<Vec<Firm>> {
    let firm =
        |name, body: &str, representative, phone, address, scope, established| -> anyhow::Result<Firm> {
            let code = Uscc::generate('9', '1', "519901", &OrganisationCode::generate(body)?)?;
            Ok(Firm {
                name,
                code,
                representative,
                phone,
                address,
                scope,
                established,
            })
        };
    Ok(vec![
        firm(
            "示范市蜀香小馆",
            "MA990001",
            "赵大山",
            "10000000005",
            "示范市一县政通路 18 号",
            "餐饮服务",
            day(2026, 9, 8)?,
        )?,
        firm(
            "示范市云栖宾馆",
            "MA990002",
            "陈晓梅",
            "10000000006",
            "示范市一县迎宾路 2 号",
            "住宿服务",
            day(2025, 4, 16)?,
        )?,
    ])
}

/// Registers everybody; answers those whom the first page offers.
pub async fn build(store: &Store, city: &City, neighbour: &City) -> anyhow::Result<Vec<TryAccount>> {
    let mut offered = Vec::new();
    let password = hash_password(PASSWORD).await?;
    for (index, person) in people()?.into_iter().enumerate() {
        let new = NewParty {
            kind: PartyKind::Person,
            name: person.name.to_owned(),
            number: person.number.as_str().to_owned(),
            phone: Some(person.phone.to_owned()),
            password: Some(password.clone()),
        };
        let account = register(store, new).await?;
        let role = match index {
            0 => "resident",
            2 => "elder",
            // of the first firm
            3 => "representative",
            _ => continue,
        };
        offered.push(TryAccount {
            account,
            role: role.to_owned(),
            label: person.name.to_owned(),
            login: person.number.as_str().to_owned(),
            posts: Vec::new(),
        });
    }
    for (index, firm) in firms()?.into_iter().enumerate() {
        let new = NewParty {
            kind: PartyKind::Enterprise,
            name: firm.name.to_owned(),
            number: firm.code.as_str().to_owned(),
            phone: Some(firm.phone.to_owned()),
            password: Some(password.clone()),
        };
        let account = register(store, new).await?;
        if index == 0 {
            offered.push(TryAccount {
                account,
                role: "enterprise".to_owned(),
                label: firm.name.to_owned(),
                login: firm.code.as_str().to_owned(),
                posts: Vec::new(),
            });
        }
    }
    let staff = [
        ("clerk", "刘敏", vec![(Role::Clerk, "政务服务中心")]),
        ("approver", "周正", vec![(Role::Approver, "公安局")]),
        (
            "approver.market",
            "吴凡",
            vec![(Role::Approver, "市场监督管理局")],
        ),
        ("approver.civil", "郑平", vec![(Role::Approver, "民政局")]),
        (
            "approver.health",
            "孙宁",
            vec![
                (Role::Approver, "卫生健康委员会"),
                (Role::Approver, "人力资源和社会保障局"),
            ],
        ),
        (
            "approver.land",
            "韩青",
            vec![
                (Role::Approver, "自然资源局"),
                (Role::Approver, "住房和城乡建设局"),
            ],
        ),
        ("supervisor", "何明", vec![(Role::Supervisor, "行政审批局")]),
        ("operator", "林远", vec![(Role::Operator, "行政审批局")]),
        // what one operator writes of a joined system, another reviews
        ("operator.second", "何静", vec![(Role::Operator, "行政审批局")]),
    ];
    for (login, name, posts) in staff {
        let mut held = Vec::new();
        let mut label = name.to_owned();
        for (role, office) in posts {
            let office = city.office(office)?;
            if held.is_empty() {
                label = format!("{name} · {}", office.name);
            }
            held.push(Post {
                organisation: office.id,
                organisation_name: office.name.clone(),
                // The operator keeps the lists of the whole province: a real list imported beside the city is theirs to mend too.
                region: match role {
                    Role::Operator => city.region.parent().unwrap_or_else(|| city.region.clone()),
                    _ => city.region.clone(),
                },
                role,
            });
        }
        let posts = held
            .iter()
            .map(|post: &Post| (post.role, post.organisation_name.clone()))
            .collect();
        let new = NewStaff {
            login: login.to_owned(),
            name: name.to_owned(),
            password: Some(password.clone()),
            posts: held,
        };
        let account = store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { register_staff(&tx, &Actor::System, new).await }
            })
            .await?;
        let role = login.split('.').next().unwrap_or(login).to_owned();
        offered.push(TryAccount {
            account,
            role,
            label,
            login: login.to_owned(),
            posts,
        });
    }
    // The first page offers people of the city only; these sign in by name.
    let beside = [
        ("neighbour.clerk", "唐悦", Role::Clerk, "政务服务中心"),
        ("neighbour.approver", "高远", Role::Approver, "公安局"),
    ];
    for (login, name, role, office) in beside {
        let office = neighbour.office(office)?;
        let new = NewStaff {
            login: login.to_owned(),
            name: name.to_owned(),
            password: Some(password.clone()),
            posts: vec![Post {
                organisation: office.id,
                organisation_name: office.name.clone(),
                region: neighbour.region.clone(),
                role,
            }],
        };
        store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { register_staff(&tx, &Actor::System, new).await }
            })
            .await?;
    }
    Ok(offered)
}

async fn register(store: &Store, new: NewParty) -> anyhow::Result<Uuid> {
    Ok(store
        .write(Signer::system(), move |tx| {
            let new = new.clone();
            async move { register_party(&tx, &Actor::System, new).await }
        })
        .await?)
}
