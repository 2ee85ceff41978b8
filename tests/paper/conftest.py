import numpy as np
import pytest
from paper_markets import geometric_market


@pytest.fixture(scope="module")
def lively():
    rng = np.random.default_rng(11)
    prob = rng.beta(0.6, 0.6, size=(60, 2)) * 0.9
    cost = np.exp(rng.normal([-4.0, -3.0], 0.4, size=(60, 2)))
    return geometric_market(prob, cost)
