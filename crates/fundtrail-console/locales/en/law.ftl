# Policy and rules
policy-title = Policy, version { $version }
policy-version = Version
policy-document = Document
policy-applies = Applies from
policy-from = In force from
policy-to = In force to
rule-code = Code
rule-says = What it says
rule-stage = Stage
rule-from = From
rule-until = Until
rule-binds = Binds
rule-ledger = Ledger
rule-all = All kinds
rule-kinds = { $count } kinds
