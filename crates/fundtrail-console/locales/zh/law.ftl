# 政策与规则
policy-title = 政策第 { $version } 版
policy-version = 版本
policy-document = 文号
policy-applies = 适用起始日
policy-from = 生效日
policy-to = 失效日
rule-code = 代码
rule-says = 规则
rule-stage = 审查环节
rule-from = 自
rule-until = 至
rule-binds = 适用的交易
rule-ledger = 账本规则
rule-all = 全部交易
rule-kinds = { $count } 种交易
