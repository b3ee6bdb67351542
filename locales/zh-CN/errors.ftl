### 填错了怎么改、办不成怎么说。先说哪里不对，再说怎么做。

## 字段
error-required = 这一项必须填
error-choice = 请选一项
error-number = 请填数字，例如 80
error-integer = 请填整数，例如 3
error-minimum = 不能小于 { $limit }
error-maximum = 不能大于 { $limit }
error-too-short = 至少要 { $limit } 个字
error-too-long = 最多 { $limit } 个字
error-pattern = 格式不对，请照提示填写
error-date = 请填日期，例如 2026-12-01
error-email = 请填电子邮箱，例如 name@example.com
error-mobile = 请填 11 位手机号
error-citizen-number = 身份证号码不对，请逐位核对，共 18 位
error-uscc = 统一社会信用代码不对，请逐位核对，共 18 位
error-file-required = 请选择文件
error-file-kind = “{ $name }”不是 JPG、PNG 或 PDF，请换一个文件
error-file-size = “{ $name }”超过了 { $limit } 兆，请压缩或重拍后再传
error-file-count = 最多上传 { $limit } 个文件
error-file-empty = “{ $name }”是空文件，请重新选择
error-other = 这一项有误，请检查

## 整页的问题：标题、说明、下一步
problem-not-found-title = 没有找到这一页
problem-not-found-words = 地址可能输错了，或者内容已经下线。
problem-not-found-next = 您可以回到首页搜一搜要办的事。
problem-forbidden-title = 这一页您不能看
problem-forbidden-words = 当前登录的身份没有查看或办理的权限。
problem-forbidden-next = 如果应该由您办理，请换一个身份登录，或联系本单位管理员。
problem-foreign-form-title = 请从页面重新提交
problem-foreign-form-words = 这张表打开太久了，或者不是从本站页面提交的。为了您的安全，我们没有处理。
problem-foreign-form-next = 请返回上一页，刷新后再提交一次。
problem-sign-in-needed-title = 请先登录
problem-sign-in-needed-words = 登录后才能继续。
problem-sign-in-needed-next = 登录后会回到刚才的地方。
problem-bad-input-title = 这个请求我们看不懂
problem-bad-input-words = 地址或提交的内容不完整。
problem-bad-input-next = 请返回上一页重试。
problem-conflict-title = 内容已经变了
problem-conflict-words = 您打开页面以后，有人先改了这件事。您的修改没有保存。
problem-conflict-next = 请刷新看最新的内容，再决定要不要改。
problem-too-many-title = 操作太频繁了
problem-too-many-words = 短时间内尝试的次数太多。
problem-too-many-next = 请过一会儿再试。
problem-too-large-title = 内容太大了
problem-too-large-words = 提交的文件或内容超过了上限，没有收下。
problem-too-large-next = 请压缩文件，或分几次上传。
problem-too-slow-title = 等得太久了
problem-too-slow-words = 这次处理超时了。
problem-too-slow-next = 请稍后再试；提交过的办件请先到“我的”里看一看。
problem-method-title = 请从页面上操作
problem-method-words = 这个地址不能这样打开。
problem-method-next = 请回到上一页，用页面上的按钮继续。
problem-unavailable-title = 暂时用不了
problem-unavailable-words = 系统的一部分暂时没有回应，您没有做错什么。
problem-unavailable-next = 请过几分钟再试。已保存的内容不会丢。
problem-internal-title = 对不起，我们出错了
problem-internal-words = 这不是您的问题。我们已经记下，会尽快处理。
problem-internal-next = 请稍后再试。着急的话请打电话，报上下面的编号。
problem-refused-title = 现在还不能这样办
problem-refused-next = 请返回上一页，按提示修改后再试。
problem-hotline = 需要帮助请拨 { $hotline }
problem-id = 编号 { $id }
problem-id-hint = 打电话时报上编号，我们能更快找到原因。
problem-home = 回到首页
problem-desk-home = 回到工作台

## 各房间的拒绝理由（键名：refused-代码，点换成横线）；没有专门文字时用这一句
refused-other = 这一步现在办不了。请检查后再试，或拨打热线询问。

# 登录过期时填到一半的表
kept-ended = 登录过期了，请重新登录
kept-ended-words = 刚才填的内容没有丢。登录以后先给您看一遍，您按了“发送”才会提交。
kept-title = 刚才填的内容还在
kept-words = 登录过期时没有提交。核对以后按“发送”，就和刚才在原来的页面上提交一样。
kept-whose = 刚才的页面上没有登记是谁在填。请先看清楚下面是不是您自己填的，再决定发不发送。
kept-address = 提交到
kept-empty = （空）
kept-send = 发送
kept-drop = 不发送，回到原来的页面
kept-drop-words = 不发送的话，这些内容不再保留。
kept-not = 登录过期了，刚才填的内容没能保留，请登录后重新填写
kept-not-files = 登录过期了，请重新登录。文件没有收到，登录以后请重新选择文件
kept-not-long = 登录过期了，请重新登录。刚才填的内容太长，没能保留；可以用浏览器的“后退”找回来
kept-not-password = 登录过期了，请重新登录。密码不保留，登录以后请重新填写
kept-not-yours = 刚才填的内容是用另一个账号填的，没有带到这个账号里来，也没有提交
kept-lost = 刚才填的内容保留的时间过了，没有提交，请重新填写
kept-field-any = 填写的内容
kept-field-text = 填写的文字
kept-field-reason = 理由
kept-field-note = 说明
kept-field-outcome = 结果
kept-field-present = 本人和证件已核对
kept-field-confirmed = 已经再次确认
kept-field-version = 页面版本
kept-field-then = 按的按钮
