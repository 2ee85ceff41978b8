"""Problems by models: solve probabilities and costs, from records, packs or item response.

It imports only `foundation`, and no simulation: arrays in, frozen data out.
"""

from market.population.item_response import synthetic
from market.population.pack_folders import find_pack, own_packs, shipped_packs
from market.population.packs import Pack, read_pack
from market.population.population import Population
from market.population.records import read_records, write_records
from market.population.students import StudentLaw, with_student

__all__ = [
    "Pack",
    "Population",
    "StudentLaw",
    "find_pack",
    "own_packs",
    "read_pack",
    "read_records",
    "shipped_packs",
    "synthetic",
    "with_student",
    "write_records",
]
