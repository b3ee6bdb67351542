### 各页公用的文字。本地可在覆盖目录 locales/zh-CN/ 放同名或新的文件，按键逐条替换。

## 站名与页眉
brand = 通办
brand-desk = 通办工作台
title-on-site = { $title } · { $brand } · { $place }
title-site = { $brand } · { $place }
crumbs-label = 所在位置
skip-link = 跳到正文
demo-banner = 演示环境：人物、企业和数据均为虚构
nav-label = 主菜单
nav-items = 办事
nav-my = 我的
nav-verify = 查验
nav-sign-in = 登录
nav-sign-out = 退出
nav-desk-home = 待办
nav-account = { $name }，账号设置
tools-label = 显示方式
elder-on = 关怀版
elder-off = 标准版
language-other = English

## 页脚
footer-hotline = 有问题请拨
footer-data-access = 谁看过我的数据

## 消息的语气，读屏时念出
tone-good = 成功：
tone-note = 提示：
tone-warning = 请注意：
tone-bad = 没有成功：

## 表单
answer-yes = 是
answer-no = 否
choose = 请选择
optional = 选填
value-wrong = 不对？
error-summary-title = { $count ->
    [1] 有 1 处需要改一下
   *[other] 有 { $count } 处需要改一下
}
error-link = { $label }：{ $words }
error-prefix = 错误：
file-hint = 图片（JPG、PNG）或 PDF，每个不超过 { $limit } 兆
file-hint-short = 图片（JPG、PNG）或 PDF
autosave-idle = 边填边存，换手机、换电脑都能接着填
autosave-saving = 正在保存……
autosave-saved = 已自动保存 · { $at }
autosave-failed = 没有存上，请检查网络
autosave-refused = 有的内容还不能保存，请先按提示改
autosave-stale = 这份草稿在别处改过，请刷新页面再填
autosave-expired = 登录过期了，最后几笔没有存上
autosave-retry = 再存一次
autosave-sign-in = 登录后接着填
sending = 正在提交……
go-back = 返回
confirm-yes = 确认
confirm-no = 再想想
search = 搜索
search-suggestions = 有 { $count } 条建议，用上下键选择
search-none = 没有建议

## 分页
pages-label = 分页
pages-previous = 上一页
pages-next = 下一页
pages-where = 第 { $page } 页，共 { $pages } 页
pages-count = 共 { $count } 件
pages-where-open = 第 { $page } 页

## 步骤与进度
steps-label = 办理步骤
steps-where = 第 { $step } 步，共 { $steps } 步
step-done = 已完成
clock-used = { $total } 个工作日已用 { $used } 个
timeline-next = 还没到
timeline-now = 现在

## 亮灯
light-green = 按时
light-yellow = 快到期
light-red = 超期

## 好差评五级，后两级是差评
rating-1 = 非常不满意
rating-2 = 不满意
rating-3 = 基本满意
rating-4 = 满意
rating-5 = 非常满意

## 数据来源
origin-you = 您填写
origin-wait = { $source }暂时没有回应，请先自己填，由办理部门核对
origin-shared = 来自{ $source }

### 延续（行政许可法第五十条）
renewal-which = 要延续的证照
renewal-licence = { $name }，有效期至 { $date }
renewal-none = 没有可以延续的证照：要是本部门核发的、现在有效的、有有效期的同一种证照。
renewal-in-time = 按期提出的延续申请：有效期届满前没有作出决定的，视为准予延续（行政许可法第五十条）；到期那天正在等补正的除外。
renewal-late = 延续申请最晚应在 { $date }提出，现在已经晚了：届满前没有作出决定的，不视为准予延续；到期以后、准予延续以前，不能继续从事这项活动。
renewal-until = 要延续的证照 { $date }到期，要在到期前作出决定（行政许可法第五十条）。

### 听证（行政许可法第四十七条、第四十八条）
hearing-terms = 听证的期限
hearing-ask = 告知听证权利起 { $days } 个工作日内提出听证申请
hearing-announce = 举行听证的 { $days } 个工作日前通知时间、地点
hearing-hold = 提出申请起 { $days } 个工作日内组织听证
hearing-by = 最晚 { $date }
