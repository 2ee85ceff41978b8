# Everyday questions, a line each; `market verbs` lists what may be set by name. Add --replicates 5
# --no-resample for a first look.

# What if DeepSeek halved its list price?
market compare swebench --set price_factor.DeepSeek=0.5

# What if a model came of which only a solve rate and a cost are known?
market compare swebench --set 'add.newcomer={ like = "gpt5mini", solve_rate = 0.6, cost = 0.02 }'

# What if arbitrageurs paid a tax of 5%?
market compare swebench --set tax=0.05

# What if two providers merged?
market compare price_response --set 'merge=["OpenAI", "DeepSeek"]'

# What if one were not there?
market compare swebench --set 'remove=["Alibaba"]'

# Three scenarios in one chart: half a price, and a tax beside it.
market compare swebench half_price swebench --set-in C tax=0.05 --out results/three
market report results/three
