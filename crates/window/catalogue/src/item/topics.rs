//! Whom a topic is for. The national portal sorts its topics (主题) by whom they serve, persons or firms; some stand in both lists. A life event
//! of a locality's own, such as 开饭店, stands in neither and is not judged.

use super::domain::Audience;

/// 自然人主题 that stand in no list for firms.
const OF_PERSONS: &[&str] = &[
    "生育收养",
    "婚育收养",
    "户籍办理",
    "户籍与居住",
    "教育科研",
    "就业创业",
    "职业资格",
    "婚姻登记",
    "优待抚恤",
    "住房保障",
    "证件办理",
    "出境入境",
    "旅游观光",
    "消费维权",
    "离职退休",
    "死亡殡葬",
    "身后事",
    "社会救助",
];

/// 法人主题 that stand in no list for persons.
const OF_ENTERPRISES: &[&str] = &[
    "开办企业",
    "设立变更",
    "准营准办",
    "资质认证",
    "年检年审",
    "税收财务",
    "人力资源",
    "投资审批",
    "融资信贷",
    "抵押质押",
    "商务贸易",
    "招标拍卖",
    "海关口岸",
    "涉外服务",
    "检验检疫",
    "安全生产",
    "法人注销",
    "工程建设",
];

/// The one audience that a topic is for; none for a topic of both, or one that the lists do not know.
pub fn audience_of(topic: &str) -> Option<Audience> {
    let topic = topic.trim();
    match (OF_PERSONS.contains(&topic), OF_ENTERPRISES.contains(&topic)) {
        (true, false) => Some(Audience::Person),
        (false, true) => Some(Audience::Enterprise),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_topic_stands_in_both_lists() {
        for topic in OF_PERSONS {
            assert!(!OF_ENTERPRISES.contains(topic), "{topic}");
            assert_eq!(audience_of(topic), Some(Audience::Person));
        }
        assert_eq!(audience_of(" 开办企业"), Some(Audience::Enterprise));
        // 社会保障 and 公用事业 stand in both national lists; 开饭店 in none.
        for topic in ["社会保障", "公用事业", "开饭店", ""] {
            assert_eq!(audience_of(topic), None);
        }
    }
}
