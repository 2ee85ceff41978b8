"""Do arbitrageurs lower the prices that consumers pay? With none, one and two of them."""

import market

for arbitrageurs in (0, 1, 2):
    scenario = market.load(
        "synthetic", set={"arbitrageurs.routers.count": arbitrageurs, "ticks": 24}
    )
    summary = market.run(scenario).summary
    print(
        f"{arbitrageurs} arbitrageurs: price index {summary['price_index']:.3f}, "
        f"consumer surplus {summary['consumer_surplus']:.2f} USD per tick"
    )
