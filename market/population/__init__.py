"""Problems by models: solve probabilities and costs, from records, packs or item response.

It imports only `foundation`, and no simulation: arrays in, frozen data out.
"""
