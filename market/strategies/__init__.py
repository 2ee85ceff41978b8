"""What agents decide by: pricing, routing, demand and distillation rules, and what rules see.

It imports economics (`frontier` and below), never the agents or the model that its rules serve.
"""
